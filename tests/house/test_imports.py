"""Imports run downhill (STYLE, lines 15 to 18)."""

from pathlib import Path

import pytest

from tests.house.code import APPS, ROOT, TOP, imports, modules, name_of, names_used

# What each part may import of ours, besides itself.
BELOW = {
    "protection": set(),
    "alerts": {"protection"},
    "cases": {"protection", "alerts"},
    "dashboards": {"protection", "alerts", "cases"},
    "emulator": set(),
    "config": set(),
}

# The rooms of an app, from the ground up: a room imports from itself and from below.
ROOMS = [
    {"choices"},
    {"rules"},
    {"fields"},  # what models are made of
    {"models"},
    {"selectors"},
    {"outbox", "catalogue"},  # what services speak through: names of tasks, texts
    {"gateways/base"},  # the interface alone; services hold letters and errors
    {"services"},
    {"gateways"},
    {"tasks"},
    {  # the edges
        *("admin", "api", "views", "webhooks", "health", "watchman", "importing"),
        *("tokens", "problems", "schema", "logs", "pages", "serializers"),
    },
    {"management", "urls", "api_urls", "health_urls", "apps"},  # name the edges
]


def layer_of(parts: list[str]) -> int:
    """The floor on which a module of an app lives."""
    for name in ("/".join(parts[:2]), parts[0]):
        for floor, rooms in enumerate(ROOMS):
            if name in rooms:
                return floor
    raise AssertionError(f"{parts[0]} is no room of the house: see ROOMS")


def parts_of(path: Path) -> list[str]:
    return name_of(path).removesuffix(".py").split("/")


PARTS = [
    path for path in modules(*BELOW) if not name_of(path).startswith("config/local")
]


@pytest.mark.parametrize("path", PARTS, ids=name_of)
def test_app_imports_only_apps_below(path: Path):
    own = parts_of(path)[0]
    allowed = BELOW[own] | {own}

    ours = {name.split(".")[0] for name in imports(path)} & set(TOP)

    assert ours - allowed == set()


def test_config_names_apps_by_string_only():
    """The local system too: its programs are other processes."""
    taken = {
        f"{name_of(path)} takes {name}"
        for path in modules("config")
        for name in imports(path)
        if name.split(".")[0] in {*APPS, "emulator", "tests"}
    }

    assert taken == set()


def test_no_app_is_imported_by_the_emulator_nor_the_emulator_by_an_app():
    """It stands in for a stranger: it shares no code with those it tests."""
    taken = {
        f"{name_of(path)} takes {name}"
        for path in modules(*APPS, "emulator")
        for name in imports(path)
        if name.split(".")[0] in {*APPS, "emulator"}
        and (name.split(".")[0] == "emulator") != name_of(path).startswith("emulator")
    }

    assert taken == set()


IN_ROOMS = [
    path for path in modules(*APPS) if parts_of(path)[1:] not in (["__init__"], [])
]


@pytest.mark.parametrize("path", IN_ROOMS, ids=name_of)
def test_room_imports_only_rooms_below(path: Path):
    app, *room = parts_of(path)
    floor = layer_of(room)

    own = [name.split(".")[1:] for name in imports(path) if name.startswith(f"{app}.")]

    assert [name for name in own if layer_of(_module(app, name)) > floor] == []


def _module(app: str, name: list[str]) -> list[str]:
    """Leave off what is taken out of a module: only files and folders are rooms."""
    while len(name) > 1 and not _is_file(app, name):
        name = name[:-1]
    return name


def _is_file(app: str, name: list[str]) -> bool:
    path = ROOT.joinpath(app, *name)
    return path.is_dir() or path.with_suffix(".py").exists()


# --- Purity ------------------------------------------------------------------------
RULES = [path for path in modules(*APPS) if "rules" in path.parts]
IMPURE = ("django.db", "django.conf", "django.utils.timezone", "celery", "requests")
# Words of the domain are TextChoices: the one thing of Django that rules may touch,
# and they come through choices.py.
CLOCKS = {
    *("timezone.now", "datetime.now", "datetime.utcnow", "datetime.today"),
    *("date.today", "time.time", "time.monotonic", "settings"),
}


@pytest.mark.parametrize("path", RULES, ids=name_of)
def test_rule_imports_neither_rows_nor_settings_nor_network(path: Path):
    taken = [name for name in imports(path) if name.startswith(IMPURE)]

    assert taken == []


@pytest.mark.parametrize("path", RULES, ids=name_of)
def test_rule_reads_no_clock_and_no_setting(path: Path):
    assert CLOCKS & set(names_used(path)) == set()


def test_there_are_rules_to_check():
    assert {path.parts[-3] for path in RULES} >= {"protection", "alerts"}


# --- The road to the provider ------------------------------------------------------
def test_only_gateways_import_the_providers_library():
    importing = {
        name_of(path)
        for path in modules(*TOP)
        if any(name.split(".")[0] == "twilio" for name in imports(path))
    }

    # The emulator is tested with the real client: that is what it must satisfy.
    ours = {name for name in importing if not name.startswith("tests/")}
    assert ours == {"alerts/gateways/twilio.py"}


def test_services_never_call_a_gateway_of_their_own():
    taken = {
        f"{name_of(path)} takes {name}"
        for path in modules("alerts")
        if "services" in path.parts
        for name in imports(path)
        if name.startswith("alerts.gateways.")
        and not name.startswith("alerts.gateways.base.")
    }

    assert taken == set()


def test_public_pages_import_no_personal_model():
    taken = {
        f"{name_of(path)} takes {name}"
        for path in modules("dashboards")
        for name in imports(path)
        if name.startswith(("protection.models", "alerts.models", "cases.models"))
        or name.startswith(("protection.selectors", "alerts.selectors"))
    }

    assert taken == set()
