"""Where the local system keeps things: state in var/, sockets in a short directory."""

import hashlib
import os
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Refused(Exception):
    """A sentence for the person at the keyboard; the command ends with status 1."""


@dataclass(frozen=True)
class Places:
    """Every directory of one local system. `var` names it; the rest follows."""

    var: Path

    @classmethod
    def given(cls) -> "Places":
        """The ones of this clone, or of RESGUARDO_VAR where the tests set it."""
        return cls(Path(os.environ.get("RESGUARDO_VAR") or ROOT / "var").resolve())

    @property
    def name(self) -> str:
        """A short name that two clones, or two users, never share."""
        digest = hashlib.sha256(os.fsencode(self.var)).hexdigest()[:12]
        return f"resguardo-{os.geteuid()}-{digest}"

    @property
    def sockets(self) -> Path:
        """Not in var/: the path of a socket is limited to 107 bytes."""
        return _short_temporary_directory() / self.name

    @property
    def control_socket(self) -> Path:
        return self.sockets / "supervisor.sock"

    @property
    def outside(self) -> Path:
        """Takes what the database's own user cannot reach in var/ (see servers)."""
        return Path("/var/tmp") / self.name

    @property
    def logs(self) -> Path:
        return self.var / "log"

    @property
    def lock(self) -> Path:
        return self.var / "lock"

    def make(self) -> None:
        self.var.parent.mkdir(parents=True, exist_ok=True)
        for directory in (self.var, self.sockets):
            private_directory(directory, widest=0o711)  # see database_home
        for name in ("log", "valkey", "emulator", "beat", "static"):
            private_directory(self.var / name)

    def forget_sockets(self) -> None:
        shutil.rmtree(self.sockets, ignore_errors=True)

    def forget(self) -> None:
        for directory in (self.sockets, self.outside, self.var):
            if directory.is_symlink():
                raise Refused(f"{directory} is a link; remove it by hand.")
            shutil.rmtree(directory, ignore_errors=True)


def private_directory(path: Path, *, widest: int = 0o700) -> Path:
    """Make a directory of ours, or accept it; somebody else's is refused."""
    path.mkdir(mode=0o700, exist_ok=True)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise Refused(f"{path} belongs to somebody else. Remove it and try again.")
    if stat.S_IMODE(found.st_mode) & ~widest:
        path.chmod(0o700)
    return path


def others_can_enter(directory: Path) -> bool:
    """Whether another user may pass through every directory on the way, and this."""
    return all(
        part.stat().st_mode & stat.S_IXOTH for part in (directory, *directory.parents)
    )


def _short_temporary_directory() -> Path:
    """/tmp even where TMPDIR is long: every command of one clone must agree on it."""
    usual = Path("/tmp")
    return usual if os.access(usual, os.W_OK) else Path(tempfile.gettempdir())
