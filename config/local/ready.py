"""When the system counts as up: every part is asked, none is believed."""

import http.client
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable

from config.local.places import Refused
from config.local.supervision import Supervisor

# No proxy: these addresses are always on this machine.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def answers(address: str) -> tuple[bool, str]:
    """Whether an address answers 200, and what it said."""
    try:
        with _opener.open(address, timeout=5) as answer:
            return answer.status == 200, answer.read(4000).decode(errors="replace")
    except urllib.error.HTTPError as error:
        return False, f"{error.code}: {error.read(4000).decode(errors='replace')}"
    except (OSError, http.client.HTTPException) as error:
        return False, str(error)


def must_be_free(variable: str, port: int) -> None:
    """Refuse a port that somebody listens on, and say which variable changes it."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise Refused(
                f"Port {port} is taken by another program."
                f" {variable}=NUMBER before the command chooses another."
            ) from None


def wait(
    name: str,
    asks: Callable[[], tuple[bool, str]],
    supervisor: Supervisor,
    *,
    seconds: float = 90,
) -> None:
    """Ask until the answer is yes.

    Raises:
        Refused: with what was said last and the end of the program's log.
    """
    end = time.monotonic() + seconds
    while True:
        yes, said = asks()
        if yes:
            return
        if name in supervisor.given_up():
            said = "it ends by itself as soon as it is started"
        elif time.monotonic() < end:
            time.sleep(0.25)
            continue
        raise Refused(f"{name} is not ready: {said}\n{supervisor.log_tail(name)}")
