"""Every variable is explained in .env.example, and every line there is read."""

import ast
import re

import pytest

from tests.house.code import ROOT, names_used, tree

READERS = {
    "broker",
    "time_zone",
    "text",
    "web_address",
    "items",
    "keys",
    "database",
    "whole",
    "parsed",
}
EXAMPLE = ROOT / ".env.example"


def read_by_settings() -> set[str]:
    return {
        str(node.args[0].value)
        for node in ast.walk(tree(ROOT / "config" / "settings.py"))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and (node.func.value.id, node.func.attr in READERS) == ("env", True)
        and isinstance(node.args[0], ast.Constant)
    }


def explained() -> dict[str, str]:
    """Each variable of the example with the comment above it."""
    found, comment = {}, ""
    for line in EXAMPLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            comment = f"{comment} {line.lstrip('# ')}".strip()
        elif match := re.match(r"([A-Z_]+)=", line):
            found[match[1]], comment = comment, ""
        else:
            comment = ""
    return found


def test_every_variable_of_the_settings_is_in_the_example():
    assert read_by_settings() - set(explained()) == set()


def test_every_variable_of_the_example_is_read():
    assert set(explained()) - read_by_settings() == set()


@pytest.mark.parametrize("name", sorted(explained()))
def test_variable_is_explained_in_a_sentence(name: str):
    assert re.fullmatch(r"[A-Z].{15,}\.", explained()[name])


def test_example_holds_no_working_secret():
    text = EXAMPLE.read_text(encoding="utf-8")

    values = dict(
        re.findall(r"^([A-Z_]*(?:KEY|TOKEN|SECRET)[A-Z_]*)=(.+)$", text, re.M)
    )
    assert {name for name, value in values.items() if len(set(value)) > 20} == set()


def test_environment_is_read_in_one_place():
    """`os.environ` elsewhere would be a variable that nobody explains."""
    allowed = {
        "config/environment.py",  # the one place
        "config/celery.py",  # names the settings module, as Django's own manage.py
        "config/wsgi.py",
        "alerts/management/commands/seed_demo.py",  # DEMO_PASSWORD, of `make run`
    }
    from tests.house.code import APPS, modules, name_of

    reading = {
        name_of(path)
        for path in modules(*APPS, "config")
        if not name_of(path).startswith("config/local/")
        and {"os.environ", "os.getenv"} & set(names_used(path))
    }

    assert reading == allowed
