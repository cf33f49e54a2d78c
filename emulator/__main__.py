"""python -m emulator: see README.md."""

from __future__ import annotations

import asyncio
import os
import sys

from .options import BadOptions, parse_options
from .server import Server


def main() -> int:
    try:
        asyncio.run(Server(parse_options(sys.argv[1:], os.environ)).run())
    except BadOptions as problem:
        print(f"The emulator does not start: {problem}", file=sys.stderr)
        return 2
    except OSError as problem:
        print(f"The emulator does not start: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
