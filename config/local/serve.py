"""Servers of their own for one test run, gone with whoever asked for them.

The asking process holds our standard input open. When that ends, for whatever reason,
kill -9 included, the servers stop, whatever else carries the mark of this run too, and
the directory is removed.
"""

import json
import signal
import sys
import tempfile
from pathlib import Path

from config.local import leftovers
from config.local.environment import Plan
from config.local.places import Places
from config.local.programs import own_servers
from config.local.run import server_addresses
from config.local.servers import Running


def serve() -> int:
    """Serve until standard input ends; the first line out says where."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # meant for the one who asked
    places = Places(Path(tempfile.mkdtemp(prefix="resguardo-test-")).resolve())
    places.make()
    try:
        servers = own_servers(places, Plan.from_environment({}), fast=True)
        with Running(servers):
            told = {"directory": str(places.var), **server_addresses(servers)}
            print(json.dumps(told), flush=True)
            sys.stdin.buffer.read()
            leftovers.stop(places, patience=5)
    finally:
        places.forget()
    return 0
