"""Puts the parts together and serves them on 127.0.0.1, and nowhere else."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

from aiohttp import web

from .api import Api
from .background import Background
from .carrier import Carrier
from .clock import Clock, SystemClock
from .control import Control
from .guard import add_headers, explain, guard
from .inbound import Inbox
from .options import Options
from .phones import Phones
from .state import State
from .webhooks import WebhookClient

ADDRESS = "127.0.0.1"
STATIC = Path(__file__).parent / "static"


class Server:
    def __init__(self, options: Options, clock: Clock | None = None) -> None:
        self._options = options
        self._state = State(options, clock or SystemClock())
        self._background = Background()

    async def run(self) -> None:
        """Serve until told to stop; what was accepted before goes on first."""
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(name, stop.set)
        webhooks = WebhookClient(self._options.auth_token)
        carrier = Carrier(self._state, webhooks, self._background)
        runner = web.AppRunner(
            self._app(webhooks, carrier), access_log=None, shutdown_timeout=1.0
        )
        try:
            await runner.setup()
            await web.TCPSite(runner, ADDRESS, self._options.port, backlog=1024).start()
            carrier.resume()
            port = runner.addresses[0][1]
            print(f"Emulator ready: http://{ADDRESS}:{port}", flush=True)
            await stop.wait()
        finally:
            await self._background.stop()
            await runner.cleanup()
            await webhooks.close()
            self._state.journal.close()

    def _app(self, webhooks: WebhookClient, carrier: Carrier) -> web.Application:
        inbox = Inbox(self._state, webhooks, carrier)
        app = web.Application(middlewares=[explain, guard])
        app.add_routes(Api(self._state, carrier).routes())
        app.add_routes(Control(self._state, inbox, self._background).routes())
        app.add_routes(Phones(self._state, inbox, self._background).routes())
        app.router.add_static("/static", STATIC)
        app.on_response_prepare.append(add_headers)
        return app
