"""Reference data from the files the project ships; loading it twice changes nothing."""

import csv
import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import models, transaction

from protection.models import (
    Municipality,
    MunicipalityNeighbour,
    NonWorkingDay,
    State,
    StateNeighbour,
    WorkingCalendar,
)

DATA = Path(__file__).resolve().parent.parent / "data"
FEDERAL_CALENDAR = "mx-lft"


@transaction.atomic
def load_territory() -> dict[str, int]:
    """States, municipalities and neighbours by INEGI code."""
    _upsert(State, list(_states()), key=["code"])
    _upsert(Municipality, list(_municipalities()), key=["code"])
    _add(StateNeighbour, list(_state_neighbours()))
    _add(MunicipalityNeighbour, list(_municipality_neighbours()))
    return {
        "states": State.objects.count(),
        "municipalities": Municipality.objects.count(),
        "borders": MunicipalityNeighbour.objects.count(),
    }


@transaction.atomic
def load_calendars() -> dict[str, int]:
    """Compulsory rest days (art. 74 LFT). Days an administrator added stay."""
    WorkingCalendar.objects.get_or_create(
        code=FEDERAL_CALENDAR,
        defaults={"name": "Días de descanso obligatorio, art. 74 LFT"},
    )
    days = [
        NonWorkingDay(
            calendar_id=FEDERAL_CALENDAR,
            date=row["fecha"],
            name=row["nombre"],
            legal_basis=row["fundamento"],
        )
        for row in _rows("mx_feriados_lft.csv")
    ]
    _upsert(NonWorkingDay, days, key=["calendar", "date"])
    return {"non_working_days": NonWorkingDay.objects.count()}


def _rows(file: str) -> Iterator[dict[str, str]]:
    with (DATA / file).open(encoding="utf-8", newline="") as opened:
        yield from csv.DictReader(opened)


def _states() -> Iterator[State]:
    for row in _rows("mx_estados.csv"):
        yield State(
            code=row["cve_ent"],
            name=row["nombre"],
            official_name=row["nombre_oficial"],
            abbreviation=row["abrev_oficial"],
            iso_code=row["iso_3166_2"],
            population=int(row["pob_2020"]),
        )


def _municipalities() -> Iterator[Municipality]:
    for row in _rows("mx_municipios.csv"):
        yield Municipality(
            code=row["cve"],
            state_id=row["cve_ent"],
            name=row["nombre"],
            head_town=row["cabecera"],
            population=int(row["pob_2020"]) if row["pob_2020"] else None,
            latitude=Decimal(row["lat"]) if row["lat"] else None,
            longitude=Decimal(row["lon"]) if row["lon"] else None,
            map_code=row["cve_mapa"],
        )


def _state_neighbours() -> Iterator[StateNeighbour]:
    borders = json.loads((DATA / "mx_adyacencia_estados.json").read_text("utf-8"))
    for state, neighbours in borders["vecinos"].items():
        for neighbour in neighbours:
            yield StateNeighbour(state_id=state, neighbour_id=neighbour)


def _municipality_neighbours() -> Iterator[MunicipalityNeighbour]:
    """A municipality newer than the map borders what its parent borders, and it."""
    borders = json.loads((DATA / "mx_adyacencia_municipios.json").read_text("utf-8"))
    pairs = {
        (one, other) for one, others in borders["vecinos"].items() for other in others
    }
    for new, parent in borders["sin_poligono"].items():
        for other in (parent, *borders["vecinos"][parent]):
            pairs |= {(new, other), (other, new)}
    for one, other in sorted(pairs):
        yield MunicipalityNeighbour(municipality_id=one, neighbour_id=other)


def _upsert(
    model: type[models.Model], rows: Sequence[Any], *, key: Sequence[str]
) -> None:
    """Insert what is new, bring what is known up to the file, remove nothing."""
    names = {field.name for field in model._meta.concrete_fields}
    model._default_manager.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=list(key),
        update_fields=sorted(names - set(key) - {"id"}),
        batch_size=1000,
    )


def _add(model: type[models.Model], rows: Sequence[Any]) -> None:
    model._default_manager.bulk_create(rows, ignore_conflicts=True, batch_size=2000)
