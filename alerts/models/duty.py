from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from protection.models import Contact
from protection.models.base import UuidModel


class DutyShiftQuerySet(models.QuerySet["DutyShift"]):
    def at(self, now: datetime) -> "DutyShiftQuerySet":
        return self.filter(starts_at__lte=now, ends_at__gt=now)


class DutyShift(UuidModel):
    """A contact on duty by roster, from one moment to another."""

    contact = models.ForeignKey(
        Contact,
        on_delete=models.CASCADE,
        related_name="shifts",
        verbose_name=_("contact"),
    )
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))

    objects = DutyShiftQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at"]
        verbose_name = _("duty shift")
        verbose_name_plural = _("duty shifts")
        constraints = [
            models.CheckConstraint(
                name="alerts_dutyshift_ends_after_start",
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                violation_error_message=_("A shift ends after it starts."),
            )
        ]
        indexes = [
            models.Index(fields=["contact", "ends_at"], name="alerts_shift_contact")
        ]

    def __str__(self) -> str:
        return f"shift {self.id}"
