"""What no file of ours holds, and how long a module may be."""

import re
from pathlib import Path

import pytest

from tests.house.code import ROOT, TOP, modules, name_of, tracked

LONGEST = 300
TEXT = {
    *(".py", ".md", ".txt", ".in", ".toml", ".yaml", ".yml", ".html", ".css", ".js"),
    *(".csv", ".json", ".po", ".svg", ".sh", ".cfg", ".example", ".conf", ""),
}
# This page has to name what it looks for.
SELF = Path(__file__)
MACHINE_PATH = re.compile(r"(?<![\w.~])/(?:work|root|home)/\w")
PACKAGE_HOST = re.compile(
    r"(?:pypi|pythonhosted|npmjs)\.(?:org|com)|--index-url"
    r"|extra-index-url|artifactory|/simple/"
)
REAL_NUMBER = re.compile(r"\+52[ -]?1?[ -]?[2-9]\d[ -]?\d{4}[ -]?\d{4}")


def texts() -> list[Path]:
    return [p for p in tracked() if p.suffix in TEXT and p != SELF]


def lines_with(pattern: re.Pattern[str], paths: list[Path]) -> list[str]:
    return [
        f"{name_of(path)}:{number}: {found[0]}"
        for path in paths
        for number, line in enumerate(
            path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1
        )
        if (found := pattern.search(line))
    ]


def test_no_file_holds_a_path_of_somebodys_machine():
    assert lines_with(MACHINE_PATH, texts()) == []


def test_no_file_names_a_package_registry():
    assert lines_with(PACKAGE_HOST, texts()) == []


def test_every_number_in_tests_and_demo_is_fictional():
    """`+52 00 …` routes nowhere (CONTRACT section 9)."""
    paths = [
        path
        for path in texts()
        if name_of(path).split("/")[0] in {"tests", "emulator", "bench"}
        or "demo" in path.parts
    ]

    assert lines_with(REAL_NUMBER, paths) == []


def test_lock_files_name_no_host():
    locks = [ROOT / name for name in ("requirements.txt", "requirements-dev.txt")]

    assert (
        lines_with(re.compile(r"https?://|--(?:extra-)?index|--find-links"), locks)
        == []
    )


def test_no_file_is_huge():
    """Reference data is the largest thing that belongs here."""
    large = {name_of(path) for path in tracked() if path.stat().st_size > 300_000}

    assert large == set()


@pytest.mark.parametrize(
    "path",
    [path for path in modules(*TOP) if path.parts[len(ROOT.parts)] != "tests"],
    ids=name_of,
)
def test_module_has_300_lines_at_most(path: Path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST


# --- Templates ---------------------------------------------------------------------
PAGES = [path for path in tracked() if path.suffix == ".html"]
INLINE = {
    "script": re.compile(r"<script(?![^>]*\bsrc=)", re.IGNORECASE),
    "style": re.compile(r"<style\b", re.IGNORECASE),
    "style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "event handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "javascript address": re.compile(r"javascript:", re.IGNORECASE),
    "another site": re.compile(r"(?:src|href|action)=[\"'](?:https?:)?//"),
}


@pytest.mark.parametrize("path", PAGES, ids=name_of)
@pytest.mark.parametrize("what", INLINE)
def test_page_holds_nothing_that_the_policy_forbids(path: Path, what: str):
    assert INLINE[what].findall(path.read_text(encoding="utf-8")) == []


def test_there_are_pages_to_check():
    assert "dashboards/templates/dashboards/home.html" in map(name_of, PAGES)


STYLES = [path for path in tracked() if path.suffix == ".css"]


@pytest.mark.parametrize("path", STYLES, ids=name_of)
def test_style_sheet_asks_nothing_of_other_sites(path: Path):
    found = re.findall(r"@import|url\(\s*[\"']?(?:https?:)?//", path.read_text())

    assert found == []
