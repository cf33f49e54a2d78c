"""Our own files, and what they import. Read with `ast`: nothing is executed."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from config.local.places import ROOT

APPS = ("protection", "alerts", "cases", "dashboards")
TOP = (*APPS, "config", "emulator", "bench", "tests")


@cache
def tracked() -> list[Path]:
    """Every file that is in the repository or about to be."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    paths = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    return sorted(path for path in paths if path.is_file())


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def modules(*folders: str) -> list[Path]:
    """Python files under these folders, migrations excepted."""
    return [
        path
        for path in tracked()
        if path.suffix == ".py"
        and name_of(path).split("/")[0] in folders
        and "migrations" not in path.parts
    ]


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imports(path: Path) -> Iterator[str]:
    """Dotted names that a module imports, anywhere in it, with what it takes of them.

    ``from alerts import outbox`` gives ``alerts.outbox``.
    """
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = ".".join(filter(None, (_package(path, node.level), node.module)))
            yield from (f"{module}.{alias.name}" for alias in node.names)


def _package(path: Path, level: int) -> str:
    """What the dots of a relative import stand for."""
    parts = list(path.relative_to(ROOT).parts)
    return ".".join(parts[:-level]) if level else ""


def names_used(path: Path) -> Iterator[str]:
    """Dotted names that a module mentions: ``timezone.now``, ``settings``."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield f"{node.value.id}.{node.attr}"
        elif isinstance(node, ast.Name):
            yield node.id
