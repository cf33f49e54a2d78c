from django.db import models
from django.utils.translation import gettext_lazy as _

from protection.models.base import CodedModel
from protection.models.territory import Municipality, State


class PlacedModel(CodedModel):
    """Something with a territory: a state, or one municipality of it, or neither."""

    state = models.ForeignKey(
        State, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("state")
    )
    municipality = models.ForeignKey(
        Municipality,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("municipality"),
    )

    class Meta:
        abstract = True
