"""What several nouns share."""

import re

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Left
from django.utils.translation import gettext_lazy as _

from protection.fields import time_ordered_uuid

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")

code_validator = RegexValidator(
    rf"\A{CODE.pattern}\Z",
    _("A code is 1 to 40 letters, digits, dots, hyphens or underscores."),
)


def default_language() -> str:
    """The installation's language, for people of whom nothing else is known."""
    return str(settings.LANGUAGE_CODE)


class UuidModel(models.Model):
    """A row whose key exists before it is saved: encrypted fields are bound to it."""

    id = models.UUIDField(primary_key=True, default=time_ordered_uuid, editable=False)

    class Meta:
        abstract = True


class CodedModel(UuidModel):
    """Something the outside world names by a code; its text form is that code."""

    code = models.CharField(
        _("code"), max_length=40, unique=True, validators=[code_validator]
    )
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("recorded at"), auto_now_add=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.code


def one_of(*fields: str) -> models.Q:
    """A constraint: exactly one of these fields is filled."""
    condition = models.Q()
    for chosen in fields:
        condition |= models.Q(
            **{f"{field}__isnull": field != chosen for field in fields}
        )
    return condition


def in_choices(field: str, choices: type[models.TextChoices]) -> models.Q:
    return models.Q(**{f"{field}__in": choices.values})


def in_own_state(name: str) -> models.CheckConstraint:
    """A constraint: the municipality, if any, lies in the state of the row."""
    return models.CheckConstraint(
        name=name,
        condition=models.Q(municipality__isnull=True)
        | models.Q(state=Left("municipality", 2)),
        violation_error_message=_("This municipality lies in another state."),
    )


def is_pair(first: str, second: str) -> models.Q:
    """A constraint: both fields are filled, or neither."""
    return models.Q(**{f"{first}__isnull": True, f"{second}__isnull": True}) | models.Q(
        **{f"{first}__isnull": False, f"{second}__isnull": False}
    )
