from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from protection.admin.base import AuditedAdmin, ReadOnlyInline, actor
from protection.models import ConflictOfInterest, Consent, ContactMethod, Person


class MethodInline(admin.TabularInline[ContactMethod, Any]):
    model = ContactMethod
    extra = 0
    fields = ["kind", "value", "channel", "position", "state"]
    can_delete = False


class ConsentInline(ReadOnlyInline):
    model = Consent
    fields = ["purpose", "state", "decided_at", "recorded_by", "superseded_at"]


class ConflictInline(admin.TabularInline[ConflictOfInterest, Any]):
    model = ConflictOfInterest
    extra = 0
    fields = ["organisation", "contact", "user", "reason"]
    can_delete = False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A conflict is added here; ending one needs a second person."""
        return False


@admin.register(Person)
class PersonAdmin(AuditedAdmin):
    """Lists show codes and places only; names and numbers on the person's own page."""

    list_display = ["code", "state", "municipality", "outlet", "language", "is_active"]
    list_filter = ["is_active", "state"]
    list_select_related = ["state", "municipality", "outlet"]
    search_fields = ["code"]
    autocomplete_fields = ["municipality", "outlet"]
    inlines = [MethodInline, ConsentInline, ConflictInline]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["code"] if obj else []

    def save_formset(
        self, request: HttpRequest, form: Any, formset: Any, change: bool
    ) -> None:
        for row in formset.save(commit=False):
            if isinstance(row, ConflictOfInterest):
                row.since = timezone.now()
                row.recorded_by = actor(request)
            row.save()
        formset.save_m2m()
