from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from alerts.models import Enrolment
from alerts.rules.commands import squashed
from alerts.services.enrolment import (
    SHORTEST_WORD,
    WORDS,
    put_enrolment,
    same_words,
)
from protection.admin.base import AuditedAdmin, actor
from protection.selectors import people_visible_to


class EnrolmentForm(forms.ModelForm[Enrolment]):
    """Words are typed and never shown again: only fingerprints are kept."""

    new_alert_word = forms.CharField(label=_("New alert word"), required=False)
    new_ok_word = forms.CharField(label=_("New ok word"), required=False)
    new_duress_word = forms.CharField(label=_("New duress word"), required=False)

    class Meta:
        model = Enrolment
        fields = ["person", "reply", "policy"]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        typed = {name: self.cleaned_data.get(f"new_{name}", "") for name in WORDS}
        short = [
            name
            for name, word in typed.items()
            if word and len(squashed(word)) < SHORTEST_WORD
        ]
        stored = self.instance if self.instance.person_id else None
        for name in {*short, *same_words(stored, typed)}:
            self.add_error(
                f"new_{name}",
                _("Needs at least two letters or digits, and no other word the same."),
            )
        return cleaned


@admin.register(Enrolment)
class EnrolmentAdmin(AuditedAdmin):
    """How a person speaks to us. Lists show codes only."""

    form = EnrolmentForm
    list_display = ["person", "reply", "policy"]
    list_select_related = ["person", "policy"]
    search_fields = ["=person__code"]
    autocomplete_fields = ["person"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Enrolment]:
        return Enrolment.objects.filter(person__in=people_visible_to(request.user))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["person"] if obj else []

    def save_model(
        self, request: HttpRequest, obj: Enrolment, form: Any, change: bool
    ) -> None:
        words = {name: form.cleaned_data[f"new_{name}"] for name in WORDS}
        values = {name: word for name, word in words.items() if word}
        put_enrolment(
            person=obj.person,
            values={"reply": obj.reply, "policy": obj.policy, **values},
            by=actor(request),
            now=timezone.now(),
        )
        obj.pk = Enrolment.objects.get(person=obj.person).pk
