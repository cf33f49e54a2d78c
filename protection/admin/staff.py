from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from protection.admin.base import AuditedAdmin, ReadOnlyAdmin
from protection.models import ApiToken, AuditEvent, User
from protection.selectors import audit_visible_to

admin.site.unregister(Group)
admin.site.site_header = "Resguardo"
admin.site.site_title = "Resguardo"
admin.site.index_title = _("The desk")


@admin.register(User)
class StaffAdmin(AuditedAdmin, UserAdmin[User]):
    list_display = ["code", "username", "role", "state", "is_active"]
    list_filter = ["role", "is_active"]
    fieldsets = [
        (None, {"fields": ["code", "username", "password"]}),
        (_("Role"), {"fields": ["role", "state", "is_active", "is_staff"]}),
        (_("Person"), {"fields": ["first_name", "last_name", "email"]}),
        (_("Rights"), {"fields": ["is_superuser", "user_permissions"]}),
    ]
    add_fieldsets: Any = [
        (None, {"fields": ["code", "username", "role", "password1", "password2"]})
    ]


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnlyAdmin):
    list_display = ["name", "scopes", "created_at", "expires_at", "revoked_at"]


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    list_display = ["at", "actor", "action", "target_kind", "target", "position"]
    list_filter = ["action"]
    search_fields = ["=target", "=actor"]
    exclude = ["digest"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEvent]:
        return audit_visible_to(request.user)

    def change_view(self, *args: Any, **kwargs: Any) -> Any:
        """Looking at the trail is not itself entered, or it would grow by reading."""
        return super(AuditedAdmin, self).change_view(*args, **kwargs)
