from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from protection.admin.base import AuditedAdmin, ReadOnlyInline, actor
from protection.choices import ConsentPurpose, ConsentState, MethodKind
from protection.models import ConflictOfInterest, Consent, ContactMethod, Person
from protection.rules.phones import BadPhone, canonical_number
from protection.selectors import people_visible_to
from protection.services.conflicts import record_conflict
from protection.services.consent import record_consent


class MethodForm(forms.ModelForm[ContactMethod]):
    """A number typed on the desk is kept in the one form by which texts find it."""

    usable_again = forms.BooleanField(
        label=_("usable again"),
        required=False,
        help_text=_("Somebody has checked a number that the provider called bad."),
    )

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        value = self.cleaned_data.get("value")
        if not value or self.cleaned_data.get("kind") != MethodKind.PHONE:
            return cleaned
        try:
            self.cleaned_data["value"] = canonical_number(
                value, allow_fictional=bool(settings.TWILIO_API_BASE_URL)
            )
        except BadPhone:
            self.add_error(
                "value", _("Write the country code: in Mexico +52 and ten digits.")
            )
        return cleaned

    def save(self, commit: bool = True) -> ContactMethod:
        if self.cleaned_data.get("usable_again"):
            self.instance.bad_since = self.instance.bad_code = None
        return super().save(commit=commit)


class MethodInline(admin.TabularInline[ContactMethod, Any]):
    model = ContactMethod
    form = MethodForm
    extra = 0
    fields = [
        "kind",
        "value",
        "channel",
        "position",
        "state",
        "opted_out_at",
        "bad_since",
        "usable_again",
    ]
    readonly_fields = ["opted_out_at", "bad_since"]
    can_delete = False


class ConsentForm(forms.ModelForm[Consent]):
    class Meta:
        model = Consent
        fields = ["purpose", "state"]

    def validate_constraints(self) -> None:
        """The service supersedes what stood before; nothing can collide."""


class ConsentInline(ReadOnlyInline):
    """What was decided stands; a new decision is added and takes its place."""

    model = Consent
    form = ConsentForm
    fields = ["purpose", "state", "decided_at", "recorded_by", "superseded_at"]
    readonly_fields = ["decided_at", "recorded_by", "superseded_at"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True


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

    def get_queryset(self, request: HttpRequest) -> QuerySet[Person]:
        return people_visible_to(request.user)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["code"] if obj else []

    def save_formset(
        self, request: HttpRequest, form: Any, formset: Any, change: bool
    ) -> None:
        """Consents and conflicts are recorded by their services."""
        person, by, now = form.instance, actor(request), timezone.now()
        for row in formset.save(commit=False):
            if isinstance(row, Consent):
                record_consent(
                    person=person,
                    purpose=ConsentPurpose(row.purpose),
                    state=ConsentState(row.state),
                    by=by,
                    now=now,
                )
            elif isinstance(row, ConflictOfInterest):
                side = row.organisation or row.contact or row.user
                if side:
                    record_conflict(
                        person=person, with_whom=side, by=by, now=now, reason=row.reason
                    )
            else:
                row.save()
