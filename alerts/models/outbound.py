from django.db import models
from django.utils.translation import gettext_lazy as _

from alerts.choices import (
    NOT_YET_SENT,
    AttemptOutcome,
    OutboundStatus,
    Priority,
    Purpose,
)
from alerts.models.alert import Alert
from alerts.models.escalation import Escalation
from protection.choices import Channel
from protection.fields import EncryptedTextField
from protection.models import ContactMethod
from protection.models.base import UuidModel, in_choices


class OutboundQuerySet(models.QuerySet["OutboundMessage"]):
    def waiting(self) -> "OutboundQuerySet":
        return self.filter(status=OutboundStatus.PENDING)


class OutboundMessage(UuidModel):
    """The outbox: one intended text to one number for one reason.

    Written in the transaction that decided it; it leaves after commit, or with the next
    sweep. The keys of CONTRACT 8.14 make a second one impossible.
    """

    alert = models.ForeignKey(
        Alert, on_delete=models.PROTECT, related_name="sent_messages"
    )
    method = models.ForeignKey(
        ContactMethod, on_delete=models.PROTECT, related_name="sent_messages"
    )
    purpose = models.CharField(_("purpose"), max_length=15, choices=Purpose)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority)
    channel = models.CharField(
        _("channel"), max_length=10, choices=Channel, default=Channel.SMS
    )
    escalation = models.ForeignKey(
        Escalation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="sent_messages",
    )
    step = models.PositiveSmallIntegerField(_("step"), null=True, blank=True)
    round = models.PositiveIntegerField(_("round"), null=True, blank=True)
    occasion = models.CharField(
        max_length=60, blank=True, help_text=_("What a text outside a run answers.")
    )
    text = EncryptedTextField(_("text"))
    status = models.CharField(
        _("status"),
        max_length=15,
        choices=OutboundStatus,
        default=OutboundStatus.PENDING,
    )
    status_reason = models.CharField(_("reason"), max_length=30, blank=True)
    error_code = models.PositiveIntegerField(_("error code"), null=True, blank=True)
    attempt_count = models.PositiveSmallIntegerField(_("attempts"), default=0)
    provider_sid = models.CharField(_("provider id"), max_length=64, blank=True)
    created_at = models.DateTimeField(_("queued at"))
    not_before = models.DateTimeField(_("not before"))

    objects = OutboundQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name = _("text sent")
        verbose_name_plural = _("texts sent")
        constraints = [
            models.UniqueConstraint(
                fields=["escalation", "step", "round", "method"],
                condition=models.Q(escalation__isnull=False),
                name="alerts_outbound_once_per_step",
            ),
            models.UniqueConstraint(
                fields=["purpose", "alert", "occasion", "method"],
                condition=models.Q(escalation__isnull=True),
                name="alerts_outbound_once_per_occasion",
            ),
            models.CheckConstraint(
                name="alerts_outbound_run_or_occasion",
                condition=models.Q(
                    escalation__isnull=False,
                    step__isnull=False,
                    round__isnull=False,
                    occasion="",
                )
                | models.Q(
                    escalation__isnull=True, step__isnull=True, round__isnull=True
                )
                & ~models.Q(occasion=""),
            ),
            models.CheckConstraint(
                name="alerts_outbound_status",
                condition=in_choices("status", OutboundStatus),
            ),
        ]
        indexes = [
            models.Index(  # read by deliver_messages
                fields=["priority", "not_before"],
                condition=models.Q(status=OutboundStatus.PENDING),
                name="alerts_outbound_waiting",
            ),
            models.Index(fields=["-created_at", "-id"], name="alerts_outbound_newest"),
            models.Index(  # read by the watchman
                fields=["created_at"],
                condition=models.Q(status__in=NOT_YET_SENT, priority=Priority.P0),
                name="alerts_outbound_owed",
            ),
        ]

    def __str__(self) -> str:
        return f"text {self.id}"

    def move_to(self, status: OutboundStatus, reason: str) -> OutboundStatus:
        """Set the status and why; the caller holds the row's lock."""
        self.status = status
        self.status_reason = reason
        self.save(update_fields=["status", "status_reason"])
        return status


class AttemptQuerySet(models.QuerySet["OutboundAttempt"]):
    def unsettled(self) -> "AttemptQuerySet":
        return self.filter(outcome__in=(AttemptOutcome.CLAIMED, AttemptOutcome.UNKNOWN))


class OutboundAttempt(UuidModel):
    """One call to the provider, written down before it is made."""

    message = models.ForeignKey(
        OutboundMessage, on_delete=models.CASCADE, related_name="attempts"
    )
    number = models.PositiveSmallIntegerField(_("attempt"))
    token = models.CharField(
        max_length=43,
        unique=True,
        editable=False,
        help_text=_("In the callback address: tells us that this attempt arrived."),
    )
    claimed_at = models.DateTimeField(_("claimed at"))
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    outcome = models.CharField(
        _("outcome"),
        max_length=10,
        choices=AttemptOutcome,
        default=AttemptOutcome.CLAIMED,
    )
    provider_sid = models.CharField(
        _("provider id"), max_length=64, null=True, unique=True, blank=True
    )
    error_code = models.PositiveIntegerField(_("error code"), null=True, blank=True)

    objects = AttemptQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        constraints = [
            models.UniqueConstraint(
                fields=["message", "number"], name="alerts_attempt_number"
            ),
            models.UniqueConstraint(
                fields=["message"],
                condition=models.Q(
                    outcome__in=(AttemptOutcome.CLAIMED, AttemptOutcome.UNKNOWN)
                ),
                name="alerts_attempt_one_in_flight",
            ),
            models.CheckConstraint(
                name="alerts_attempt_outcome",
                condition=in_choices("outcome", AttemptOutcome),
            ),
            models.CheckConstraint(
                name="alerts_attempt_accepted_has_sid",
                condition=~models.Q(
                    outcome=AttemptOutcome.ACCEPTED, provider_sid__isnull=True
                ),
            ),
        ]
        indexes = [
            models.Index(  # read by settle_attempts
                fields=["claimed_at"],
                condition=models.Q(
                    outcome__in=(AttemptOutcome.CLAIMED, AttemptOutcome.UNKNOWN)
                ),
                name="alerts_attempt_unsettled",
            ),
            # read by the provider's state and by settle_attempts
            models.Index(fields=["-claimed_at"], name="alerts_attempt_newest"),
        ]

    def __str__(self) -> str:
        return f"attempt {self.id}"


class DeliveryReceipt(models.Model):
    """A status the provider reported, as it came; the message keeps the highest."""

    attempt = models.ForeignKey(
        OutboundAttempt, on_delete=models.CASCADE, related_name="receipts"
    )
    status = models.CharField(_("status"), max_length=20)
    error_code = models.PositiveIntegerField(_("error code"), null=True, blank=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        ordering = ["at", "id"]
        verbose_name = _("delivery receipt")
        verbose_name_plural = _("delivery receipts")
        constraints = [
            models.UniqueConstraint(
                fields=["attempt", "status"], name="alerts_receipt_once"
            )
        ]

    def __str__(self) -> str:
        return self.status
