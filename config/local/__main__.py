"""The commands behind the Makefile: python -m config.local run, manage, ..."""

import signal
import sys
from collections.abc import Callable, Sequence

from config.local import lock, packages, translations
from config.local.manage import manage, stop_on_termination, with_settings
from config.local.places import Places, Refused
from config.local.run import run
from config.local.serve import serve


def clean() -> int:
    """Forget var/: database, keys, logs."""
    places = Places.given()
    if not places.var.exists():
        return 0
    try:
        with lock.held(places, lock.COMMAND):
            places.forget()
    except lock.Held:
        raise Refused("Resguardo is running here. Stop it first.") from None
    return 0


def compile_translations() -> int:
    translations.compile_all()
    return 0


COMMANDS: dict[str, Callable[[], int]] = {
    "run": run,
    "clean": clean,
    "serve": serve,
    "packages": packages.install_missing,
    "translations": compile_translations,
}


def main(arguments: Sequence[str]) -> int:
    name, rest = (arguments[0] if arguments else ""), arguments[1:]
    if name == "manage":
        signal.signal(signal.SIGTERM, stop_on_termination)
        return manage(rest)
    if name == "with-settings":
        return with_settings(rest)
    if name not in COMMANDS or rest:
        raise Refused(
            f"Use one of: {', '.join([*COMMANDS, 'manage', 'with-settings'])}."
        )
    return COMMANDS[name]()


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Refused as sentence:
        sys.exit(str(sentence))
    except KeyboardInterrupt:
        sys.exit(130)
