from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from protection.admin.base import AuditedAdmin, ReadOnlyAdmin
from protection.admin.people import MethodInline
from protection.models import (
    Contact,
    Municipality,
    NonWorkingDay,
    Organisation,
    State,
    WorkingCalendar,
)


@admin.register(Organisation)
class OrganisationAdmin(AuditedAdmin):
    list_display = ["code", "name", "kind", "level", "state", "is_active"]
    list_filter = ["kind", "level", "is_active"]
    list_select_related = ["state"]
    search_fields = ["code", "name"]
    autocomplete_fields = ["municipality"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["code"] if obj else []


@admin.register(Contact)
class ContactAdmin(AuditedAdmin):
    list_display = ["code", "organisation", "role", "on_duty", "state", "is_active"]
    list_filter = ["role", "on_duty", "is_active", "organisation__kind"]
    list_select_related = ["organisation", "state"]
    search_fields = ["code", "organisation__code", "organisation__name"]
    autocomplete_fields = ["organisation", "municipality"]
    inlines = [MethodInline]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["code"] if obj else []


@admin.register(State)
class StateAdmin(ReadOnlyAdmin):
    list_display = ["code", "name", "population"]
    search_fields = ["name", "code"]


@admin.register(Municipality)
class MunicipalityAdmin(ReadOnlyAdmin):
    list_display = ["code", "name", "state", "population"]
    list_select_related = ["state"]
    search_fields = ["name", "code"]


class DayInline(admin.TabularInline[NonWorkingDay, WorkingCalendar]):
    model = NonWorkingDay
    extra = 0


@admin.register(WorkingCalendar)
class WorkingCalendarAdmin(AuditedAdmin):
    list_display = ["code", "name", "base"]
    inlines = [DayInline]
