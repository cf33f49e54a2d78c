from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from protection.fields import EncryptedTextField
from protection.models.base import UuidModel, one_of
from protection.models.contact import Contact
from protection.models.organisation import Organisation
from protection.models.person import Person


class ConflictQuerySet(models.QuerySet["ConflictOfInterest"]):
    def in_force(self) -> "ConflictQuerySet":
        return self.filter(ended_at__isnull=True)


class ConflictOfInterest(UuidModel):
    """A person distrusts an organisation, an office or a user: they learn nothing."""

    person = models.ForeignKey(
        Person,
        on_delete=models.CASCADE,
        related_name="conflicts",
        verbose_name=_("person"),
    )
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("organisation"),
    )
    contact = models.ForeignKey(
        Contact,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("contact"),
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("user"),
    )
    reason = EncryptedTextField(_("reason"), max_length=500, blank=True, default="")
    since = models.DateTimeField(_("since"))
    recorded_by = models.CharField(_("recorded by"), max_length=60)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = ConflictQuerySet.as_manager()

    class Meta:
        ordering = ["since"]
        verbose_name = _("conflict of interest")
        verbose_name_plural = _("conflicts of interest")
        constraints = [
            models.CheckConstraint(
                name="protection_conflict_one_side",
                condition=one_of("organisation", "contact", "user"),
                violation_error_message=_(
                    "Name one organisation, one contact or one user."
                ),
            ),
            *(
                models.UniqueConstraint(
                    fields=["person", side],
                    condition=models.Q(ended_at__isnull=True),
                    name=f"protection_conflict_one_{side}",
                )
                for side in ("organisation", "contact", "user")
            ),
        ]

    def __str__(self) -> str:
        return f"conflict {self.id}"
