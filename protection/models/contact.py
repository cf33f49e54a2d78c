from django.db import models
from django.utils.translation import gettext_lazy as _

from protection.choices import ContactRole, Language, OnDuty
from protection.fields import EncryptedTextField
from protection.models.base import (
    default_language,
    in_choices,
    in_own_state,
)
from protection.models.organisation import Organisation
from protection.models.place import PlacedModel


class Contact(PlacedModel):
    """Somebody in an institution or outlet who promised to act when woken.

    Without a territory of their own, the organisation's counts.
    """

    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        related_name="contacts",
        verbose_name=_("organisation"),
    )
    name = EncryptedTextField(_("name"), max_length=120, blank=True, default="")
    role = models.CharField(_("role"), max_length=20, choices=ContactRole)
    language = models.CharField(
        _("language"), max_length=2, choices=Language, default=default_language
    )
    code_phrase = EncryptedTextField(
        _("code phrase"),
        max_length=20,
        blank=True,
        default="",
        help_text=_("Agreed word that begins our texts, since the sender may change."),
    )
    on_duty = models.CharField(
        _("on duty"), max_length=10, choices=OnDuty, default=OnDuty.ALWAYS
    )

    class Meta:
        ordering = ["code"]
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        constraints = [
            in_own_state("protection_contact_in_own_state"),
            models.CheckConstraint(
                name="protection_contact_role",
                condition=in_choices("role", ContactRole),
            ),
            models.CheckConstraint(
                name="protection_contact_on_duty",
                condition=in_choices("on_duty", OnDuty),
            ),
            models.CheckConstraint(
                name="protection_contact_language",
                condition=in_choices("language", Language),
            ),
        ]
