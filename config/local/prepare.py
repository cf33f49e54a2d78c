"""Bring database and static files up to date: several commands, one start of Django.

Run by `make run` in a process of its own: python -m config.local.prepare NAME...
"""

import hashlib
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import CommandError, call_command

QUIET = {"interactive": False, "verbosity": 0}


def prepare(names: Sequence[str]) -> int:
    django.setup()
    for name in names:
        try:
            _step(name)
        except CommandError as error:
            return _failed(name, str(error))
        except Exception:
            return _failed(name, traceback.format_exc())
    return 0


def _step(name: str) -> None:
    if name == "collectstatic":
        _collect_static()
    elif name == "migrate":
        call_command(name, **QUIET)
    else:
        call_command(name)


def _collect_static() -> None:
    """Compressing all files takes seconds: only when one of them is another."""
    root = Path(settings.STATIC_ROOT)
    stamp = root.with_name(f"{root.name}.collected")
    found = _static_fingerprint()
    if (root / "staticfiles.json").exists() and _read(stamp) == found:
        return
    call_command("collectstatic", **QUIET)
    stamp.write_text(found, encoding="utf-8")


def _static_fingerprint() -> str:
    files = (
        Path(storage.path(name))
        for finder in get_finders()
        for name, storage in finder.list([])
    )
    marks = sorted(f"{path} {path.stat().st_mtime_ns}" for path in files)
    return hashlib.sha256("\n".join(marks).encode()).hexdigest()


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _failed(name: str, said: str) -> int:
    print(said, f"{name} failed.", sep="\n", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(prepare(sys.argv[1:]))
