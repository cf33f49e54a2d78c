from django.db import models
from django.utils.translation import gettext_lazy as _

from alerts.choices import (
    InboundSource,
    InboundState,
    Meaning,
    QuarantineReason,
)
from alerts.models.alert import Alert
from protection.choices import Channel
from protection.fields import EncryptedField, EncryptedTextField
from protection.models.base import UuidModel, in_choices


class InboundQuerySet(models.QuerySet["InboundMessage"]):
    def waiting(self) -> "InboundQuerySet":
        return self.filter(state=InboundState.RECEIVED)

    def quarantined(self) -> "InboundQuerySet":
        return self.filter(state=InboundState.QUARANTINED)


class InboundMessage(UuidModel):
    """A text as it came, stored before the provider gets its answer.

    A doubtful request is held here as well, in quarantine; only accepted messages
    occupy a provider id (CONTRACT 8.2).
    """

    state = models.CharField(
        _("state"), max_length=15, choices=InboundState, default=InboundState.RECEIVED
    )
    source = models.CharField(_("came by"), max_length=10, choices=InboundSource)
    provider_sid = models.CharField(
        _("provider id"), max_length=64, blank=True, db_index=True
    )
    channel = models.CharField(
        _("channel"), max_length=10, choices=Channel, default=Channel.SMS
    )
    sender = EncryptedTextField(_("from"), default="")
    sender_index = models.CharField(max_length=32, blank=True, editable=False)
    text = EncryptedTextField(_("text"), default="")
    payload = EncryptedField(
        editable=False, help_text=_("The request's body, byte for byte.")
    )
    received_at = models.DateTimeField(_("received at"))
    processed_at = models.DateTimeField(_("processed at"), null=True, blank=True)
    meaning = models.CharField(
        _("taken as"), max_length=20, choices=Meaning, blank=True
    )
    alert = models.ForeignKey(
        Alert,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="messages",
        verbose_name=_("alert"),
    )
    needs_human = models.BooleanField(_("for a human"), default=False)
    reason = models.CharField(
        _("held because"), max_length=15, choices=QuarantineReason, blank=True
    )
    fingerprint = models.CharField(
        max_length=32, blank=True, editable=False, help_text=_("Of a held request.")
    )
    times_seen = models.PositiveIntegerField(_("times seen"), default=1)

    objects = InboundQuerySet.as_manager()

    class Meta:
        ordering = ["-received_at", "-id"]
        verbose_name = _("text received")
        verbose_name_plural = _("texts received")
        constraints = [
            models.UniqueConstraint(
                fields=["provider_sid"],
                condition=~models.Q(state=InboundState.QUARANTINED),
                name="alerts_inbound_sid_once",
            ),
            models.UniqueConstraint(
                fields=["fingerprint"],
                condition=models.Q(state=InboundState.QUARANTINED),
                name="alerts_inbound_held_once",
            ),
            models.CheckConstraint(
                name="alerts_inbound_state", condition=in_choices("state", InboundState)
            ),
            models.CheckConstraint(
                name="alerts_inbound_accepted_has_sid",
                condition=models.Q(state=InboundState.QUARANTINED)
                | ~models.Q(provider_sid=""),
            ),
            models.CheckConstraint(
                name="alerts_inbound_held_has_reason",
                condition=~models.Q(state=InboundState.QUARANTINED, reason=""),
            ),
            models.CheckConstraint(
                name="alerts_inbound_processed_has_meaning",
                condition=~models.Q(state=InboundState.PROCESSED)
                | models.Q(processed_at__isnull=False) & ~models.Q(meaning=""),
            ),
        ]
        indexes = [
            models.Index(  # read by sweep_inbound
                fields=["received_at"],
                condition=models.Q(state=InboundState.RECEIVED),
                name="alerts_inbound_waiting",
            ),
            models.Index(  # read by the bound on quarantine
                fields=["received_at"],
                condition=models.Q(state=InboundState.QUARANTINED),
                name="alerts_inbound_held",
            ),
            models.Index(fields=["-received_at", "-id"], name="alerts_inbound_newest"),
        ]

    def __str__(self) -> str:
        return f"text {self.id}"


class QuarantineOverflow(models.Model):
    """How many requests were refused without being held, hour by hour."""

    hour = models.DateTimeField(_("hour"), primary_key=True)
    refused = models.PositiveIntegerField(_("refused"), default=0)

    class Meta:
        verbose_name = _("quarantine overflow")
        verbose_name_plural = _("quarantine overflows")

    def __str__(self) -> str:
        return f"{self.hour:%Y-%m-%d %H}h"
