from django.db import models
from django.utils.translation import gettext_lazy as _

from alerts.choices import ReplyMode
from alerts.models.escalation import EscalationPolicy
from protection.models import Person
from protection.models.base import UuidModel, in_choices


class Enrolment(UuidModel):
    """How a person speaks to us: their own words, kept only as keyed fingerprints."""

    person = models.OneToOneField(
        Person, on_delete=models.CASCADE, related_name="enrolment"
    )
    alert_word = models.CharField(max_length=32, blank=True, editable=False)
    ok_word = models.CharField(max_length=32, blank=True, editable=False)
    duress_word = models.CharField(max_length=32, blank=True, editable=False)
    reply = models.CharField(
        _("reply"), max_length=10, choices=ReplyMode, default=ReplyMode.NONE
    )
    policy = models.ForeignKey(
        EscalationPolicy,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("policy"),
        help_text=_("Instead of the default one for urgent alerts."),
    )

    class Meta:
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        constraints = [
            models.CheckConstraint(
                name="alerts_enrolment_reply", condition=in_choices("reply", ReplyMode)
            ),
            models.CheckConstraint(
                name="alerts_enrolment_words_differ",
                condition=~(
                    models.Q(alert_word=models.F("duress_word"))
                    & ~models.Q(alert_word="")
                )
                & ~(models.Q(ok_word=models.F("duress_word")) & ~models.Q(ok_word=""))
                & ~(models.Q(ok_word=models.F("alert_word")) & ~models.Q(ok_word="")),
            ),
        ]

    def __str__(self) -> str:
        return f"enrolment {self.id}"
