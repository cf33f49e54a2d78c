"""States, municipalities, their neighbours and working-day calendars.

Reference data (INEGI), loaded by ``load_reference``. Codes are text with leading zeros
and are the keys; names repeat and are never keys.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.Model):
    code = models.CharField(_("INEGI code"), max_length=2, primary_key=True)
    name = models.CharField(_("name"), max_length=60)
    official_name = models.CharField(_("official name"), max_length=80)
    abbreviation = models.CharField(_("abbreviation"), max_length=12)
    iso_code = models.CharField("ISO 3166-2", max_length=6, unique=True)
    population = models.PositiveIntegerField(_("population in 2020"))

    class Meta:
        ordering = ["code"]
        verbose_name = _("state")
        verbose_name_plural = _("states")

    def __str__(self) -> str:
        return self.name


class Municipality(models.Model):
    code = models.CharField(_("INEGI code"), max_length=5, primary_key=True)
    state = models.ForeignKey(State, on_delete=models.PROTECT)
    name = models.CharField(_("name"), max_length=120)
    head_town = models.CharField(_("head town"), max_length=120)
    population = models.PositiveIntegerField(
        _("population in 2020"),
        null=True,
        help_text=_("Empty for municipalities created after the census."),
    )
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    map_code = models.CharField(
        max_length=5, help_text=_("The municipality whose polygon holds its head town.")
    )

    class Meta:
        ordering = ["code"]
        verbose_name = _("municipality")
        verbose_name_plural = _("municipalities")

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


class StateNeighbour(models.Model):
    """Two states that share a border; stored in both directions."""

    state = models.ForeignKey(State, on_delete=models.CASCADE, related_name="borders")
    neighbour = models.ForeignKey(State, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["state", "neighbour"], name="protection_stateneighbour_once"
            ),
            models.CheckConstraint(
                name="protection_stateneighbour_other",
                condition=~models.Q(state=models.F("neighbour")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state_id}–{self.neighbour_id}"


class MunicipalityNeighbour(models.Model):
    """Two municipalities that share a border line; stored in both directions."""

    municipality = models.ForeignKey(
        Municipality, on_delete=models.CASCADE, related_name="borders"
    )
    neighbour = models.ForeignKey(
        Municipality, on_delete=models.CASCADE, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "neighbour"],
                name="protection_municipalityneighbour_once",
            ),
            models.CheckConstraint(
                name="protection_municipalityneighbour_other",
                condition=~models.Q(municipality=models.F("neighbour")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.municipality_id}–{self.neighbour_id}"


class WorkingCalendar(models.Model):
    """The days an authority does not work.

    ``mx-lft`` holds the compulsory rest days of art. 74 of the Ley Federal del Trabajo.
    Each authority publishes further days of its own (art. 28 of the Ley Federal de
    Procedimiento Administrativo): its calendar names the one it starts from.
    """

    code = models.CharField(_("code"), max_length=40, primary_key=True)
    name = models.CharField(_("name"), max_length=120)
    base = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("base")
    )

    class Meta:
        verbose_name = _("working calendar")
        verbose_name_plural = _("working calendars")

    def __str__(self) -> str:
        return self.code


class NonWorkingDay(models.Model):
    calendar = models.ForeignKey(
        WorkingCalendar, on_delete=models.CASCADE, related_name="days"
    )
    date = models.DateField(_("date"))
    name = models.CharField(_("name"), max_length=120)
    legal_basis = models.CharField(_("legal basis"), max_length=120)

    class Meta:
        ordering = ["date"]
        verbose_name = _("non-working day")
        verbose_name_plural = _("non-working days")
        constraints = [
            models.UniqueConstraint(
                fields=["calendar", "date"], name="protection_nonworkingday_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.calendar_id} {self.date}"
