from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from alerts.models import Alert, AlertEvent, Escalation, InboundMessage, OutboundMessage
from alerts.selectors import alerts_visible_to
from protection.admin.base import ReadOnlyAdmin, ReadOnlyInline


class EscalationInline(ReadOnlyInline):
    model = Escalation
    fields = ["policy", "status", "round", "step", "started_at", "next_due_at"]


class InboundInline(ReadOnlyInline):
    model = InboundMessage
    fields = ["received_at", "text", "meaning"]


class OutboundInline(ReadOnlyInline):
    model = OutboundMessage
    fields = ["created_at", "method_holder", "purpose", "status", "status_reason"]
    readonly_fields = ["method_holder"]

    @admin.display(description="→")
    def method_holder(self, message: OutboundMessage) -> str:
        return str(message.method.contact or message.method.person)

    def get_queryset(self, request: HttpRequest) -> QuerySet[OutboundMessage]:
        rows = super().get_queryset(request)
        return rows.select_related("method__contact", "method__person")


class EventInline(ReadOnlyInline):
    model = AlertEvent
    fields = ["at", "kind", "by", "details"]


@admin.register(Alert)
class AlertAdmin(ReadOnlyAdmin):
    """What happened to an alert and who was told, as it stands."""

    list_display = [
        "raised_at",
        "severity",
        "kind",
        "status",
        "person",
        "source",
        "acknowledged_at",
        "acknowledged_by",
    ]
    list_filter = ["status", "severity", "kind"]
    list_select_related = ["person"]
    search_fields = ["=person__code"]
    date_hierarchy = "raised_at"
    exclude = ["subject"]

    inlines = [EscalationInline, InboundInline, OutboundInline, EventInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Alert]:
        return alerts_visible_to(request.user).select_related("person")
