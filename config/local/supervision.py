"""supervisord: keeps the programs alive, writes their logs, stops them in order."""

import http.client
import shlex
import subprocess
import sys
import xmlrpc.client
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from supervisor.xmlrpc import SupervisorTransport

from config.local.places import ROOT, Places, Refused
from config.local.programs import LAYERS, Program
from config.local.servers import until

# What talking to a supervisord that is gone, or going, may raise.
NO_ANSWER = (OSError, http.client.HTTPException, xmlrpc.client.Error)


class Supervisor:
    """One supervisord and its control socket."""

    def __init__(self, places: Places, programs: Sequence[Program]) -> None:
        self._places = places
        self._programs = programs
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, environment: Mapping[str, str]) -> None:
        """Start supervisord with the first layer; the others when told (`begin`)."""
        configuration = self._places.var / "supervisord.conf"
        configuration.write_text(self._configuration(), encoding="utf-8")
        self._places.control_socket.unlink(missing_ok=True)
        with (self._places.logs / "supervisord-start.log").open("wb") as log:
            program = [sys.executable, "-m", "supervisor.supervisord"]
            self._process = subprocess.Popen(
                [*program, "-n", "-s", "-c", str(configuration)],
                cwd=ROOT,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C comes to us; we stop it in order
            )
        if not until(self.answers, 20):
            tail = self.log_tail("supervisord-start") or self.log_tail("supervisord")
            raise Refused(f"supervisord does not answer.\n{tail}")

    def answers(self) -> bool:
        try:
            return bool(self._call("getPID"))
        except NO_ANSWER:
            return False

    def pid(self) -> int:
        return int(self._call("getPID"))

    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def begin(self, layer: str) -> None:
        for program in self._programs:
            if program.layer == layer:
                with suppress(xmlrpc.client.Fault):  # it runs already
                    self._call("startProcess", program.full_name, False)

    def states(self) -> dict[str, tuple[str, int]]:
        """State and pid by name; empty while supervisord does not answer."""
        try:
            return {
                str(found["name"]): (str(found["statename"]), int(found["pid"]))
                for found in self._call("getAllProcessInfo")
            }
        except NO_ANSWER:
            return {}

    def given_up(self) -> list[str]:
        return [name for name, (state, _) in self.states().items() if state == "FATAL"]

    def revive(self) -> None:
        """Start again what supervisord gave up on: it tries only a few times."""
        given_up = self.given_up()
        for program in self._programs:
            if program.name in given_up:
                with suppress(*NO_ANSWER):
                    self._call("startProcess", program.full_name, False)

    def stop(self) -> None:
        """Stop everything, last layer first, and wait for it."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(timeout=90)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def log_tail(self, name: str, lines: int = 30) -> str:
        log = self._places.logs / f"{name}.log"
        if not log.exists():
            return ""
        text = log.read_text(encoding="utf-8", errors="replace")
        return "\n".join(text.splitlines()[-lines:])

    def _call(self, method: str, *arguments: object) -> Any:
        address = f"unix://{self._places.control_socket}"
        transport = SupervisorTransport(None, None, address)
        with xmlrpc.client.ServerProxy("http://127.0.0.1", transport) as proxy:
            return getattr(proxy.supervisor, method)(*arguments)

    def _configuration(self) -> str:
        sections = [
            _section(
                "supervisord",
                logfile=self._places.logs / "supervisord.log",
                logfile_maxbytes="5MB",
                logfile_backups=1,
                pidfile=self._places.var / "supervisord.pid",
                childlogdir=self._places.logs,
            ),
            _section(
                "unix_http_server", file=self._places.control_socket, chmod="0700"
            ),
            _section(
                "rpcinterface:supervisor",
                **{
                    "supervisor.rpcinterface_factory": (
                        "supervisor.rpcinterface:make_main_rpcinterface"
                    )
                },
            ),
        ]
        sections += [self._program(program) for program in self._programs]
        sections += [self._layer(at, name) for at, name in enumerate(LAYERS)]
        return "\n".join(sections)

    def _layer(self, at: int, name: str) -> str:
        members = [each.name for each in self._programs if each.layer == name]
        if not members:
            return ""
        return _section(f"group:{name}", programs=",".join(members), priority=at)

    def _program(self, program: Program) -> str:
        optional = {"user": program.user} if program.user else {}
        return _section(
            f"program:{program.name}",
            command=shlex.join(program.command),
            directory=program.directory,
            environment=",".join(f'{k}="{v}"' for k, v in program.environment.items()),
            autostart=str(program.layer == LAYERS[0]).lower(),
            autorestart="true",
            startsecs=1,
            startretries=3,  # then FATAL, and `revive` begins anew: no long pauses
            stopsignal=program.stop_signal,
            stopwaitsecs=program.stop_seconds,
            killasgroup="true",
            redirect_stderr="true",
            stdout_logfile=self._places.logs / f"{program.name}.log",
            stdout_logfile_maxbytes="5MB",
            stdout_logfile_backups=3,
            **optional,
        )


def _section(title: str, /, **options: object) -> str:
    lines = (
        f"{name} = {str(value).replace('%', '%%')}" for name, value in options.items()
    )
    return "\n".join([f"[{title}]", *lines, ""])
