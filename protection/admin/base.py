"""What every page of the desk does: note who looked and who changed what."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from protection.services import audit


def actor(request: HttpRequest) -> str:
    """Who acts, as the audit trail names them."""
    return f"user:{request.user.code}" if request.user.is_authenticated else "unknown"


class AuditedAdmin(admin.ModelAdmin[Any]):
    """Views, changes and additions enter the audit trail, by code."""

    show_full_result_count = False
    list_per_page = 50

    def change_view(
        self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if request.method == "GET" and (row := self.get_object(request, object_id)):
            audit.record("desk.viewed", row, by=actor(request), now=timezone.now())
        return super().change_view(request, object_id, *args, **kwargs)

    def log_addition(
        self, request: HttpRequest, obj: models.Model, message: Any
    ) -> Any:
        audit.record("desk.added", obj, by=actor(request), now=timezone.now())

    def log_change(self, request: HttpRequest, obj: models.Model, message: Any) -> Any:
        audit.record(
            "desk.changed",
            obj,
            by=actor(request),
            now=timezone.now(),
            fields=_changed_fields(message),
        )

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        for row in queryset:
            audit.record("desk.deleted", row, by=actor(request), now=timezone.now())

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is deleted on the desk: people and codes are made inactive."""
        return False

    def history_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """The trail is the audit's, not Django's own log, which copies values."""

        raise Http404


def _changed_fields(message: Any) -> list[str]:
    """The names of the fields a form changed; never what was in them."""
    if not isinstance(message, list):
        return []
    return sorted(
        str(field)
        for part in message
        for change in part.values()
        for field in change.get("fields", [])
    )


class ReadOnlyAdmin(AuditedAdmin):
    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyInline(admin.TabularInline[Any, Any]):
    extra = 0
    can_delete = False
    show_change_link = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
