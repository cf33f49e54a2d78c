from django.db import models
from django.utils.translation import gettext_lazy as _

from protection.choices import Level, OrganisationKind
from protection.models.base import in_choices, in_own_state
from protection.models.place import PlacedModel
from protection.models.territory import WorkingCalendar


class Organisation(PlacedModel):
    """Mechanisms, authorities, outlets and partners: one code space (CONTRACT 8.15)."""

    name = models.CharField(_("name"), max_length=200, blank=True)
    kind = models.CharField(_("kind"), max_length=20, choices=OrganisationKind)
    level = models.CharField(
        _("level"), max_length=10, choices=Level, default=Level.NONE
    )
    calendar = models.ForeignKey(
        WorkingCalendar,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("working calendar"),
    )

    class Meta:
        ordering = ["code"]
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        constraints = [
            in_own_state("protection_organisation_in_own_state"),
            models.CheckConstraint(
                name="protection_organisation_kind",
                condition=in_choices("kind", OrganisationKind),
            ),
            models.CheckConstraint(
                name="protection_organisation_level",
                condition=in_choices("level", Level),
            ),
            models.CheckConstraint(
                name="protection_organisation_level_has_territory",
                condition=~models.Q(level=Level.STATE, state__isnull=True)
                & ~models.Q(level=Level.MUNICIPAL, municipality__isnull=True),
                violation_error_message=_(
                    "A state body needs its state, a municipal body its municipality."
                ),
            ),
        ]
