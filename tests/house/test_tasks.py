"""Whatever is named by a string exists."""

import ast
import inspect
import re

import pytest
from celery import current_app
from django.conf import settings

from alerts.catalogue import FOLDER, templates
from config.celery import app
from protection.choices import Language
from tests.house.code import ROOT, modules, tree

NAMED = re.compile(r"(?:alerts|protection|cases|dashboards)\.tasks\.\w+")


@pytest.fixture(scope="module")
def tasks() -> set[str]:
    app.loader.import_default_modules()
    return {name for name in current_app.tasks if not name.startswith("celery.")}


def test_every_task_that_the_code_names_exists(tasks: set[str]):
    named = {
        name
        for path in modules("alerts", "protection", "cases", "dashboards", "config")
        for name in NAMED.findall(path.read_text(encoding="utf-8"))
    }

    assert named - tasks == set()


def test_every_task_the_outbox_asks_for_exists_and_has_a_queue(tasks: set[str]):
    words = {
        node.value
        for node in ast.walk(tree(ROOT / "alerts" / "outbox.py"))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    asked = {f"alerts.tasks.{word}" for word in words} & tasks | {"alerts.tasks.wake"}

    assert asked == {
        "alerts.tasks.wake",
        "alerts.tasks.deliver_urgent",
        "alerts.tasks.deliver_ordinary",
    }
    assert asked - set(settings.CELERY_TASK_ROUTES) == set()


def test_every_task_is_asked_for_by_somebody(tasks: set[str]):
    scheduled = {entry["task"] for entry in app.conf.beat_schedule.values()}

    assert tasks - scheduled - set(settings.CELERY_TASK_ROUTES) == set()


def test_every_task_takes_no_argument(tasks: set[str]):
    """Rows say what is to do: no number or name ever travels through the broker."""
    taking = {
        name
        for name in tasks
        if inspect.signature(current_app.tasks[name].run).parameters
    }

    assert taking == set()


# --- Texts -------------------------------------------------------------------------
def test_every_text_is_written_in_every_language():
    names = {name for name, _ in templates()}

    assert set(templates()) == {
        (name, lang) for name in names for lang in Language.values
    }


def test_every_text_the_code_names_is_written():
    stems = {path.stem.split(".")[0].split("_")[0] for path in FOLDER.glob("*.txt")}
    looks_like_one = re.compile(rf"(?:{'|'.join(sorted(stems))})_[a-z]+")
    named = {
        node.value
        for path in modules("alerts")
        if "services" in path.parts
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and looks_like_one.fullmatch(node.value)
    }

    assert named == {name for name, _ in templates()}


def test_every_folder_of_texts_holds_texts_only():
    assert {path.suffix for path in FOLDER.iterdir()} == {".txt"}
