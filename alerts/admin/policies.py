from django.contrib import admin

from alerts.models import DutyShift, EscalationPolicy, EscalationStep
from protection.admin.base import AuditedAdmin, ReadOnlyAdmin, ReadOnlyInline


class StepInline(ReadOnlyInline):
    model = EscalationStep
    fields = ["position", "after", "channel", "targets"]


@admin.register(EscalationPolicy)
class EscalationPolicyAdmin(ReadOnlyAdmin):
    """Shown only: a policy is changed by two persons."""

    list_display = ["code", "version", "is_current", "repeat_after", "becomes"]
    inlines = [StepInline]


@admin.register(DutyShift)
class DutyShiftAdmin(AuditedAdmin):
    list_display = ["contact", "starts_at", "ends_at"]
    list_select_related = ["contact"]
    autocomplete_fields = ["contact"]
