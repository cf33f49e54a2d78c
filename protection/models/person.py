from django.db import models
from django.utils.translation import gettext_lazy as _

from protection.choices import Language, OrganisationKind
from protection.fields import EncryptedTextField
from protection.models.base import (
    default_language,
    in_choices,
    in_own_state,
)
from protection.models.organisation import Organisation
from protection.models.place import PlacedModel


class Person(PlacedModel):
    """Anyone we have promised something: journalists, relatives, petitioners."""

    alias = EncryptedTextField(_("alias"), max_length=80, blank=True, default="")
    given_names = EncryptedTextField(
        _("given names"), max_length=120, blank=True, default=""
    )
    family_names = EncryptedTextField(
        _("family names"), max_length=120, blank=True, default=""
    )
    language = models.CharField(
        _("language"), max_length=2, choices=Language, default=default_language
    )
    outlet = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="staff",
        limit_choices_to={"kind": OrganisationKind.MEDIA_OUTLET},
        verbose_name=_("media outlet"),
    )
    time_zone = models.CharField(
        _("time zone"), max_length=40, default="America/Mexico_City"
    )

    class Meta:
        ordering = ["code"]
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            in_own_state("protection_person_in_own_state"),
            models.CheckConstraint(
                name="protection_person_language",
                condition=in_choices("language", Language),
            ),
        ]
