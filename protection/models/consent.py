from django.db import models
from django.utils.translation import gettext_lazy as _

from protection.choices import ConsentPurpose, ConsentState
from protection.models.base import UuidModel, in_choices
from protection.models.person import Person


class ConsentQuerySet(models.QuerySet["Consent"]):
    def current(self) -> "ConsentQuerySet":
        return self.filter(superseded_at__isnull=True)

    def given(self) -> "ConsentQuerySet":
        return self.current().filter(state=ConsentState.GIVEN)


class Consent(UuidModel):
    """One decision for one purpose. A later decision supersedes it; none is erased."""

    person = models.ForeignKey(
        Person,
        on_delete=models.CASCADE,
        related_name="consents",
        verbose_name=_("person"),
    )
    purpose = models.CharField(_("purpose"), max_length=30, choices=ConsentPurpose)
    state = models.CharField(_("state"), max_length=10, choices=ConsentState)
    decided_at = models.DateTimeField(_("decided at"))
    recorded_by = models.CharField(_("recorded by"), max_length=60)
    superseded_at = models.DateTimeField(_("superseded at"), null=True, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        ordering = ["decided_at"]
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.CheckConstraint(
                name="protection_consent_purpose",
                condition=in_choices("purpose", ConsentPurpose),
            ),
            models.CheckConstraint(
                name="protection_consent_state",
                condition=in_choices("state", ConsentState),
            ),
            models.UniqueConstraint(
                fields=["person", "purpose"],
                condition=models.Q(superseded_at__isnull=True),
                name="protection_consent_one_current",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.state}"
