from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from alerts.models import InboundMessage, QuarantineOverflow
from alerts.selectors import texts_visible_to
from protection.admin.base import ReadOnlyAdmin


@admin.register(InboundMessage)
class InboundMessageAdmin(ReadOnlyAdmin):
    """Texts received: those for a human, those in quarantine, and all others."""

    list_display = ["received_at", "state", "meaning", "needs_human", "reason", "alert"]
    list_filter = ["state", "needs_human", "meaning", "reason"]
    list_select_related = ["alert"]
    search_fields = ["=provider_sid"]
    fields = [
        "received_at",
        "state",
        "source",
        "channel",
        "provider_sid",
        "sender",
        "text",
        "meaning",
        "needs_human",
        "alert",
        "reason",
        "times_seen",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[InboundMessage]:
        return texts_visible_to(request.user).select_related("alert")


@admin.register(QuarantineOverflow)
class QuarantineOverflowAdmin(ReadOnlyAdmin):
    list_display = ["hour", "refused"]
