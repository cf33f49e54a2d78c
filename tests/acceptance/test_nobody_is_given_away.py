"""Seeded names, places, numbers and words are looked for in every sink."""

from pathlib import Path
from urllib.parse import quote

import pytest
import redis

from config.local.servers import PostgreSQL, Valkey
from tests.acceptance.conftest import Town
from tests.servers import wait_until

pytestmark = pytest.mark.slow

NUMBER = "+520044440001"
MARKERS = [
    "Zoraida", "Quetzalli", "Tepehuacan", "Mixtlan", "Jilguerillo", "escondite",
    "Xalapa", "Veracruz",
]  # fmt: skip
PERSON = (
    "code,alias,given_names,family_names,state,municipality,phone,alert_word,reply,"
    "consents\n"
    f"P-MARK,Jilguerillo,Zoraida,Quetzalli Tepehuacan,30,30087,{NUMBER},mixtlan,"
    "neutral,receive_alerts;notify_authorities\n"
)
DUTY = "+520020000001"


@pytest.fixture(scope="module")
def marked(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Town:
    """A person full of markers writes; while the workers rest, their tasks stay."""
    file: Path = tmp_path_factory.mktemp("marked") / "people.csv"
    file.write_text(PERSON, encoding="utf-8")
    assert town.system.manage("import_people", str(file)).returncode == 0
    before = len(town.received(DUTY))
    with town.without("worker-urgent", "worker"):
        town.text(NUMBER, "Mixtlan! soy Zoraida, voy al escondite en Tepehuacan")
        town.text(NUMBER, "otra vez, Zoraida", signature="wrong")
        queued = town.system.places.var / "queued.txt"
        queued.write_text(_everything_in_the_broker(town), encoding="utf-8")
    wait_until(lambda: len(town.received(DUTY)) > before, 60, "the officer woken")
    wait_until(lambda: town.received(NUMBER), 60, "the receipt")
    town.quiet()
    return town


def _everything_in_the_broker(town: Town) -> str:
    """Each key of the broker in full: lists are the queues, hashes the unacked."""
    client = redis.Redis.from_url(
        Valkey(town.system.places).url(), decode_responses=True
    )
    parts = []
    for key in client.scan_iter():
        kind = client.type(key)
        if kind == "list":
            parts += client.lrange(key, 0, -1)
        elif kind == "hash":
            parts += [str(client.hgetall(key))]
        parts.append(str(key))
    client.close()
    return "\n".join(parts)


def hits(text: str) -> list[str]:
    forms = [*MARKERS, NUMBER[1:], NUMBER[3:], quote(NUMBER)]
    return [form for form in forms if form.casefold() in text.casefold()]


def test_tasks_carry_nothing(marked: Town) -> None:
    queued = (marked.system.places.var / "queued.txt").read_text(encoding="utf-8")

    assert "alerts.tasks.wake" in queued  # there was something to look at
    assert hits(queued) == []


def test_texts_carry_nothing(marked: Town) -> None:
    words = "&".join(f"word={quote(form)}" for form in [*MARKERS, NUMBER[3:]])

    assert marked.received(DUTY)
    assert marked.emulator("GET", f"pii_scan?{words}")["hits"] == []


def test_logs_carry_nothing(marked: Town) -> None:
    folder = marked.system.places.var / "log"
    ours = ("web", "worker", "worker-urgent", "beat", "watchman", "broker", "postgres")
    logs = {name: (folder / f"{name}.log").read_text(errors="replace") for name in ours}

    assert "quarantine" in logs["web"]  # there was something to look at
    assert {name: hits(text) for name, text in logs.items() if hits(text)} == {}


# The map, and the public names of institutions.
PUBLIC = {"protection_municipality", "protection_state", "protection_organisation"}


def test_database_holds_no_marker_in_the_clear(marked: Town) -> None:
    """What a thief of the files would read: every row that is not public."""
    with PostgreSQL(marked.system.places).connect() as connection:
        tables = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        ).fetchall()
        rows = {
            table: connection.execute(f'SELECT t::text FROM "{table}" t').fetchall()
            for (table,) in tables
            if table not in PUBLIC
        }

    found = {table: hits(str(content)) for table, content in rows.items()}
    assert "P-MARK" in str(rows["protection_person"])
    assert {table: what for table, what in found.items() if what} == {}
