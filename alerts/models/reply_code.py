from django.db import models
from django.utils.translation import gettext_lazy as _

from alerts.models.alert import Alert
from protection.models import ContactMethod
from protection.models.base import UuidModel


class ReplyCodeQuerySet(models.QuerySet["ReplyCode"]):
    def open(self) -> "ReplyCodeQuerySet":
        """Still bound to the number their contact has: a changed number ends them."""
        return self.filter(
            closed_at__isnull=True, number_index=models.F("method__index")
        )


class ReplyCode(UuidModel):
    """Four characters that stand for one alert on one phone, and on no other."""

    alert = models.ForeignKey(
        Alert, on_delete=models.CASCADE, related_name="reply_codes"
    )
    method = models.ForeignKey(
        ContactMethod, on_delete=models.CASCADE, related_name="reply_codes"
    )
    number_index = models.CharField(max_length=32, editable=False)
    code = models.CharField(_("reference"), max_length=4)
    created_at = models.DateTimeField(_("created at"))
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    objects = ReplyCodeQuerySet.as_manager()

    class Meta:
        verbose_name = _("reply code")
        verbose_name_plural = _("reply codes")
        constraints = [
            models.UniqueConstraint(
                fields=["alert", "method", "number_index"],
                condition=models.Q(closed_at__isnull=True),
                name="alerts_replycode_one_open",
            ),
            models.UniqueConstraint(
                fields=["number_index", "code"], name="alerts_replycode_never_reused"
            ),
        ]

    def __str__(self) -> str:
        return self.code
