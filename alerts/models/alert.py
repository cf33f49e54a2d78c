from django.db import models
from django.utils.translation import gettext_lazy as _

from alerts.choices import (
    OPEN_STATUSES,
    AlertEventKind,
    AlertKind,
    AlertSource,
    AlertStatus,
    Severity,
)
from protection.models import Person
from protection.models.base import UuidModel, in_choices, is_pair


class AlertQuerySet(models.QuerySet["Alert"]):
    def open(self) -> "AlertQuerySet":
        return self.filter(status__in=OPEN_STATUSES)


class Alert(UuidModel):
    """Something happened to somebody, and a human has to look."""

    person = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="alerts",
        verbose_name=_("person"),
        help_text=_("Empty when several people share the number."),
    )
    candidates = models.ManyToManyField(
        Person,
        related_name="+",
        blank=True,
        verbose_name=_("who it may be"),
    )
    subject = models.CharField(
        max_length=40,
        editable=False,
        help_text=_("Who or which shared number: one open alert each."),
    )
    kind = models.CharField(_("kind"), max_length=20, choices=AlertKind)
    severity = models.PositiveSmallIntegerField(_("severity"), choices=Severity)
    source = models.CharField(_("source"), max_length=10, choices=AlertSource)
    status = models.CharField(
        _("status"), max_length=15, choices=AlertStatus, default=AlertStatus.NEW
    )
    received_at = models.DateTimeField(_("received at"))
    raised_at = models.DateTimeField(_("raised at"))
    acknowledged_at = models.DateTimeField(_("acknowledged at"), null=True, blank=True)
    acknowledged_by = models.CharField(
        _("acknowledged by"), max_length=60, null=True, blank=True
    )
    taken_charge_at = models.DateTimeField(_("taken charge at"), null=True, blank=True)
    taken_charge_by = models.CharField(
        _("taken charge by"), max_length=60, null=True, blank=True
    )

    objects = AlertQuerySet.as_manager()

    class Meta:
        ordering = ["-raised_at", "-id"]
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        constraints = [
            models.UniqueConstraint(
                fields=["subject"],
                condition=models.Q(status__in=OPEN_STATUSES),
                name="alerts_alert_one_open",
            ),
            models.CheckConstraint(
                name="alerts_alert_status", condition=in_choices("status", AlertStatus)
            ),
            models.CheckConstraint(
                name="alerts_alert_kind", condition=in_choices("kind", AlertKind)
            ),
            models.CheckConstraint(
                name="alerts_alert_severity",
                condition=models.Q(severity__range=(1, 4)),
            ),
            models.CheckConstraint(
                name="alerts_alert_acknowledged_pair",
                condition=is_pair("acknowledged_at", "acknowledged_by"),
            ),
            models.CheckConstraint(
                name="alerts_alert_taken_charge_pair",
                condition=is_pair("taken_charge_at", "taken_charge_by"),
            ),
            models.CheckConstraint(
                name="alerts_alert_acknowledged_has_who",
                condition=~models.Q(
                    status=AlertStatus.ACKNOWLEDGED, acknowledged_at__isnull=True
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["-raised_at", "-id"], name="alerts_alert_newest"),
            models.Index(
                fields=["-severity", "raised_at"],
                condition=models.Q(status__in=OPEN_STATUSES),
                name="alerts_alert_open",
            ),
        ]

    def __str__(self) -> str:
        return f"alert {self.id}"


class AlertEvent(models.Model):
    """What happened to an alert, in order. Appended, never changed; codes only."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField(_("at"))
    kind = models.CharField(_("what"), max_length=20, choices=AlertEventKind)
    by = models.CharField(_("by"), max_length=60)
    details = models.JSONField(_("details"), default=dict, blank=True)

    class Meta:
        ordering = ["at", "id"]
        verbose_name = _("alert event")
        verbose_name_plural = _("alert events")

    def __str__(self) -> str:
        return f"{self.kind} {self.alert_id}"
