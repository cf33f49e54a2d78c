from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditEvent(models.Model):
    """Who did or saw what. Append-only by trigger; sealed in order by one process.

    No foreign keys: an event outlives what it speaks of. It holds codes and ids only,
    so that a person can be forgotten without touching the trail. ``position`` and
    ``digest`` are empty until ``seal_audit`` chains the event; the trigger lets them be
    written once and nothing else be changed, ever.
    """

    at = models.DateTimeField(_("at"))
    actor = models.CharField(_("actor"), max_length=60)
    action = models.CharField(_("action"), max_length=60)
    target_kind = models.CharField(_("kind of thing"), max_length=60)
    target = models.CharField(_("thing"), max_length=60)
    details = models.JSONField(_("details"), default=dict, blank=True)
    position = models.BigIntegerField(
        _("position in the chain"), null=True, editable=False, unique=True
    )
    digest = models.BinaryField(_("digest"), null=True, editable=False, max_length=32)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        indexes = [
            models.Index(  # read by seal_audit
                fields=["id"],
                name="protection_audit_unsealed",
                condition=models.Q(position__isnull=True),
            ),
            models.Index(
                fields=["target_kind", "target"], name="protection_audit_target"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="protection_auditevent_sealed_pair",
                condition=models.Q(position__isnull=True, digest__isnull=True)
                | models.Q(position__isnull=False, digest__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.target_kind} {self.target}"
