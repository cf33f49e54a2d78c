from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from alerts.choices import EscalationStatus, Target
from alerts.models.alert import Alert
from protection.models.base import UuidModel, code_validator, in_choices


class EscalationPolicy(UuidModel):
    """Whom to wake, in which order. A change is a new version; runs keep theirs."""

    code = models.CharField(_("code"), max_length=40, validators=[code_validator])
    version = models.PositiveIntegerField(_("version"), default=1)
    is_current = models.BooleanField(_("current"), default=True)
    repeat_after = models.DurationField(
        _("next round after"), help_text=_("Time after the last step.")
    )
    becomes = models.CharField(
        _("becomes"),
        max_length=40,
        blank=True,
        help_text=_("The policy that follows instead of another round."),
    )

    class Meta:
        ordering = ["code", "-version"]
        verbose_name = _("escalation policy")
        verbose_name_plural = _("escalation policies")
        constraints = [
            models.UniqueConstraint(
                fields=["code", "version"], name="alerts_policy_version"
            ),
            models.UniqueConstraint(
                fields=["code"],
                condition=models.Q(is_current=True),
                name="alerts_policy_one_current",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"


class EscalationStep(UuidModel):
    policy = models.ForeignKey(
        EscalationPolicy, on_delete=models.CASCADE, related_name="steps"
    )
    position = models.PositiveSmallIntegerField(_("position"))
    after = models.DurationField(_("after"), help_text=_("Since the round began."))
    channel = models.CharField(_("channel"), max_length=10)
    targets = ArrayField(
        models.CharField(max_length=20, choices=Target), verbose_name=_("targets")
    )

    class Meta:
        ordering = ["position"]
        verbose_name = _("escalation step")
        verbose_name_plural = _("escalation steps")
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "position"], name="alerts_step_position"
            )
        ]

    def __str__(self) -> str:
        return f"step {self.position}"


class EscalationQuerySet(models.QuerySet["Escalation"]):
    def running(self) -> "EscalationQuerySet":
        return self.filter(status=EscalationStatus.RUNNING)


class Escalation(UuidModel):
    """One run of a policy. It freezes steps and waits, never people (CONTRACT 8.3)."""

    alert = models.ForeignKey(
        Alert, on_delete=models.CASCADE, related_name="escalations"
    )
    policy = models.CharField(_("policy"), max_length=60)
    program = models.JSONField(
        editable=False, help_text=_("Steps and waits as they were at the start.")
    )
    status = models.CharField(
        _("status"),
        max_length=15,
        choices=EscalationStatus,
        default=EscalationStatus.RUNNING,
    )
    round = models.PositiveIntegerField(_("round"), default=1)
    step = models.PositiveSmallIntegerField(
        _("step"), default=0, help_text=_("Steps done in this round.")
    )
    round_reached = models.PositiveIntegerField(
        default=0, editable=False, help_text=_("People told in this round.")
    )
    started_at = models.DateTimeField(_("started at"))
    next_due_at = models.DateTimeField(_("next step due at"), null=True, blank=True)

    objects = EscalationQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at"]
        verbose_name = _("escalation")
        verbose_name_plural = _("escalations")
        constraints = [
            models.UniqueConstraint(
                fields=["alert"],
                condition=models.Q(status=EscalationStatus.RUNNING),
                name="alerts_escalation_one_running",
            ),
            models.CheckConstraint(
                name="alerts_escalation_status",
                condition=in_choices("status", EscalationStatus),
            ),
            models.CheckConstraint(
                name="alerts_escalation_running_is_due",
                condition=~models.Q(
                    status=EscalationStatus.RUNNING, next_due_at__isnull=True
                ),
            ),
        ]
        indexes = [
            models.Index(  # read by advance_escalations
                fields=["next_due_at"],
                condition=models.Q(status=EscalationStatus.RUNNING),
                name="alerts_escalation_due",
            )
        ]

    def __str__(self) -> str:
        return f"escalation {self.id}"
