"""System packages that no wheel carries: installed where that is permitted."""

import os
import shutil
import subprocess
import sys

from config.local.places import Refused

# What the tests look for, and the Debian package that brings it.
PACKAGES = {"chromium": "chromium"}


def install_missing() -> int:
    """Install what is missing with apt-get, or stop with the line that would."""
    missing = [package for program, package in PACKAGES.items() if not _has(program)]
    if not missing:
        return 0
    by_hand = f"sudo apt-get update && sudo apt-get install -y {' '.join(missing)}"
    if shutil.which("apt-get") is None:
        raise Refused(f"These programs are missing: {', '.join(missing)}.")
    permitted = _as_root()
    if permitted is None:
        raise Refused(f"System packages are missing. Run once:\n  {by_hand}")
    print(f"Installing {', '.join(missing)} with apt-get.", file=sys.stderr, flush=True)
    install = ["apt-get", "install", "-y", "--no-install-recommends", *missing]
    for command in (["apt-get", "update"], install):
        _run([*permitted, *command], by_hand)
    return 0


def _has(program: str) -> bool:
    return shutil.which(program) is not None


def _as_root() -> list[str] | None:
    """What to write before a command so that it runs as root; None: not permitted."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    asked = subprocess.run(["sudo", "-n", "true"], capture_output=True)
    return ["sudo", "-n"] if asked.returncode == 0 else None


def _run(command: list[str], by_hand: str) -> None:
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
    )
    if done.returncode:
        said = (done.stdout + done.stderr)[-1500:]
        raise Refused(f"{said}\napt-get failed. Run once by hand:\n  {by_hand}")
