from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from protection.choices import Scope
from protection.models.base import UuidModel


class ApiToken(UuidModel):
    """A partner system's key. Shown once; only its SHA-256 is kept."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scopes = ArrayField(models.CharField(max_length=20, choices=Scope))
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        constraints = [
            models.CheckConstraint(
                name="protection_apitoken_known_scopes",
                condition=models.Q(scopes__contained_by=Scope.values),
            )
        ]

    def __str__(self) -> str:
        return f"token {self.id}"
