from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from protection.choices import UserRole
from protection.models.base import code_validator, in_choices
from protection.models.territory import State


class User(AbstractUser):
    """Somebody who signs in to the desk. Named by code everywhere but the desk."""

    code = models.CharField(
        _("code"), max_length=40, unique=True, validators=[code_validator]
    )
    role = models.CharField(
        _("role"), max_length=20, choices=UserRole, default=UserRole.CASEWORKER
    )
    state = models.ForeignKey(
        State,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("territory"),
    )

    REQUIRED_FIELDS = ["code"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.CheckConstraint(
                name="protection_user_role", condition=in_choices("role", UserRole)
            )
        ]

    def __str__(self) -> str:
        return self.code
