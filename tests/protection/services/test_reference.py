from datetime import date

import pytest
from django.db.models import Model, Sum

from protection.models import (
    AuditEvent,
    Municipality,
    MunicipalityNeighbour,
    NonWorkingDay,
    State,
    StateNeighbour,
    WorkingCalendar,
)
from protection.services.reference import load_calendars, load_territory

NEW = {
    "02007": "San Felipe",
    "04013": "Dzitbalché",
    "12082": "Las Vigas",
    "12083": "Ñuu Savi",
    "12084": "Santa Cruz del Rincón",
    "12085": "San Nicolás",
    "24059": "Villa de Pozos",
    "25019": "Eldorado",
    "25020": "Juan José Ríos",
}


@pytest.fixture(scope="module")
def country(django_db_setup, django_db_blocker):
    """Loaded once for this file, and taken away again."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        load_territory()
        load_calendars()
        yield
        transaction.set_rollback(True)


pytestmark = pytest.mark.usefixtures("country", "db")


def codes_beside(code: str) -> list[str]:
    return sorted(
        MunicipalityNeighbour.objects.filter(municipality=code).values_list(
            "neighbour", flat=True
        )
    )


def everything() -> dict[str, list[tuple[object, ...]]]:
    models: list[type[Model]] = [
        State,
        Municipality,
        StateNeighbour,
        MunicipalityNeighbour,
        WorkingCalendar,
        NonWorkingDay,
    ]
    return {
        model.__name__: sorted(model._default_manager.values_list(), key=str)
        for model in models
    }


def test_country_has_its_states_and_municipalities():
    assert (State.objects.count(), Municipality.objects.count()) == (32, 2478)


def test_population_is_that_of_the_census():
    counted = Municipality.objects.exclude(population=None)

    total = counted.aggregate(total=Sum("population"))["total"]
    assert total == 126_014_024


def test_municipality_lies_in_the_state_its_code_says():
    assert [m for m in Municipality.objects.all() if m.code[:2] != m.state_id] == []


def test_loading_again_changes_nothing():
    before, events = everything(), AuditEvent.objects.count()

    load_territory()
    load_calendars()

    assert (everything(), AuditEvent.objects.count()) == (before, events)


def test_loading_again_corrects_what_was_changed():
    Municipality.objects.filter(code="30087").update(name="Jalapa")

    load_territory()

    assert Municipality.objects.get(code="30087").name == "Xalapa"


@pytest.mark.parametrize(
    ("model", "side"),
    [(StateNeighbour, "state_id"), (MunicipalityNeighbour, "municipality_id")],
    ids=["states", "municipalities"],
)
def test_borders_are_stored_in_both_directions(model, side):
    pairs = set(model.objects.values_list(side, "neighbour_id"))

    assert {(other, one) for one, other in pairs} == pairs


def test_border_counts_are_those_of_the_map():
    of_the_map = MunicipalityNeighbour.objects.exclude(municipality__in=NEW).exclude(
        neighbour__in=NEW
    )

    assert (StateNeighbour.objects.count(), of_the_map.count()) == (2 * 67, 2 * 7120)


def test_no_municipality_is_without_neighbours():
    beside = set(MunicipalityNeighbour.objects.values_list("municipality", flat=True))

    assert set(Municipality.objects.values_list("code", flat=True)) - beside == set()


@pytest.mark.parametrize(
    ("code", "neighbours"),
    [
        ("30087", ["30026", "30038", "30065", "30093", "30112", "30182"]),
        ("08037", ["08001", "08005", "08028"]),
        (
            "15033",
            [
                *("09005", "15002", "15011", "15020", "15044", "15058"),
                *("15081", "15099", "15104", "15109"),
            ],
        ),
        ("23001", ["23008"]),
    ],
    ids=["Xalapa", "Juárez", "Ecatepec", "Cozumel"],
)
def test_neighbours_are_those_of_the_map(code: str, neighbours: list[str]):
    assert codes_beside(code) == neighbours


@pytest.mark.parametrize("code", NEW)
def test_new_municipality_borders_its_parent_and_what_that_borders(code: str):
    row = Municipality.objects.get(code=code)
    around = set(codes_beside(row.map_code)) - {code}

    assert row.name == NEW[code]
    assert row.population is None
    assert set(codes_beside(code)) - set(NEW) == (around | {row.map_code}) - set(NEW)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("08037", "Juárez"),
        ("23005", "Benito Juárez"),
        ("09015", "Cuauhtémoc"),
        ("20067", "Oaxaca de Juárez"),
        ("02004", "Tijuana"),
    ],
)
def test_municipality_is_found_by_its_code(code: str, name: str):
    assert Municipality.objects.get(code=code).name == name


# --- Calendar ----------------------------------------------------------------------
def test_compulsory_rest_days_are_there():
    assert NonWorkingDay.objects.filter(calendar="mx-lft").count() == 51


@pytest.mark.parametrize(
    ("day", "is_off"),
    [
        (date(2026, 2, 2), True),
        (date(2026, 3, 16), True),
        (date(2026, 9, 16), True),
        (date(2026, 11, 16), True),
        (date(2030, 10, 1), True),
        (date(2026, 5, 5), False),
        (date(2026, 11, 20), False),
    ],
    ids=str,
)
def test_rest_day_is_that_of_the_law(day: date, is_off: bool):
    days = NonWorkingDay.objects.filter(calendar="mx-lft", date=day)

    assert days.exists() == is_off


def test_day_an_administrator_added_stays():
    added = NonWorkingDay.objects.create(
        calendar_id="mx-lft", date="2026-05-05", name="Local", legal_basis="DOF"
    )

    load_calendars()

    assert NonWorkingDay.objects.filter(pk=added.pk).exists()
