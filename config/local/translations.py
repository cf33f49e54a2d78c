"""Compile the translations with Babel: .mo files are not in git; no gettext needed."""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from config.local.places import ROOT


def compile_all(root: Path = ROOT) -> int:
    """Compile every catalogue newer than its compiled form; returns how many."""
    stale = [path for path in _catalogues(root) if _is_stale(path)]
    for path in stale:
        _compile(path)
    return len(stale)


def _catalogues(root: Path) -> list[Path]:
    return sorted(root.glob("locale/*/LC_MESSAGES/*.po"))


def _is_stale(path: Path) -> bool:
    compiled = path.with_suffix(".mo")
    return (
        not compiled.exists() or compiled.stat().st_mtime_ns < path.stat().st_mtime_ns
    )


def _compile(path: Path) -> None:
    with path.open("rb") as source:
        catalogue = read_po(source)
    unfinished = path.with_suffix(".mo.new")  # a reader never sees half a file
    with unfinished.open("wb") as target:
        write_mo(target, catalogue)
    unfinished.replace(path.with_suffix(".mo"))
