from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from protection.choices import Channel, MethodKind, NumberState
from protection.fields import EncryptedTextField, number_index
from protection.models.base import UuidModel, in_choices, is_pair, one_of
from protection.models.contact import Contact
from protection.models.person import Person


class ContactMethodQuerySet(models.QuerySet["ContactMethod"]):
    def of_number(self, number: str) -> "ContactMethodQuerySet":
        """Every way to reach somebody that is this number, whoever holds it."""
        return self.filter(kind=MethodKind.PHONE, index=number_index(number))


class ContactMethod(UuidModel):
    """A way to reach a person or a contact, with what it may be used for."""

    person = models.ForeignKey(
        Person,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="methods",
        verbose_name=_("person"),
    )
    contact = models.ForeignKey(
        Contact,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="methods",
        verbose_name=_("contact"),
    )
    kind = models.CharField(
        _("kind"), max_length=10, choices=MethodKind, default=MethodKind.PHONE
    )
    value = EncryptedTextField(_("number or address"), max_length=254)
    index = models.CharField(max_length=32, editable=False)
    channel = models.CharField(
        _("preferred channel"), max_length=10, choices=Channel, default=Channel.SMS
    )
    position = models.PositiveSmallIntegerField(
        _("order"), default=1, help_text=_("1 is tried first.")
    )
    state = models.CharField(
        _("state"), max_length=20, choices=NumberState, default=NumberState.ACTIVE
    )
    bad_since = models.DateTimeField(
        _("bad since"),
        null=True,
        blank=True,
        help_text=_("The provider says that nothing can be sent to it."),
    )
    bad_code = models.PositiveIntegerField(
        _("provider's error code"), null=True, blank=True
    )
    opted_out_at = models.DateTimeField(_("opted out at"), null=True, blank=True)
    verified_at = models.DateTimeField(_("verified at"), null=True, blank=True)

    objects = ContactMethodQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]
        verbose_name = _("contact method")
        verbose_name_plural = _("contact methods")
        constraints = [
            models.CheckConstraint(
                name="protection_contactmethod_one_holder",
                condition=one_of("person", "contact"),
                violation_error_message=_(
                    "A number belongs to one person or to one contact."
                ),
            ),
            models.CheckConstraint(
                name="protection_contactmethod_state",
                condition=in_choices("state", NumberState),
            ),
            models.CheckConstraint(
                name="protection_contactmethod_kind",
                condition=in_choices("kind", MethodKind),
            ),
            models.CheckConstraint(
                name="protection_contactmethod_channel",
                condition=in_choices("channel", Channel),
            ),
            models.CheckConstraint(
                name="protection_contactmethod_bad_pair",
                condition=is_pair("bad_since", "bad_code"),
            ),
            models.UniqueConstraint(
                Coalesce("person_id", "contact_id"),
                "kind",
                "index",
                name="protection_contactmethod_once",
                violation_error_message=_("This number is already recorded there."),
            ),
        ]
        indexes = [  # read by every inbound text
            models.Index(fields=["index"], name="protection_method_index")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    def save(self, *args: object, **kwargs: object) -> None:
        """Keep the blind index with the value it finds."""
        self.index = number_index(self.value)
        super().save(*args, **kwargs)  # type: ignore[arg-type]  # Django's own signature
