"""gunicorn: threads, because a request waits for PostgreSQL, not for Python."""

import socket
import struct
from typing import Any

PATIENCE = 10  # seconds that a client may be silent in the middle of a request

worker_class = "gthread"
workers = 2
threads = 4
timeout = 30
graceful_timeout = 10
keepalive = 15
limit_request_line = 8190
accesslog = None  # addresses and query strings are not written anywhere
errorlog = "-"
control_socket_disable = True  # nobody steers it but its supervisor, by signals
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "protection.logs.RedactingJsonFormatter"}},
    "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["out"], "level": "INFO"},
    "loggers": {"gunicorn.error": {"level": "INFO", "propagate": True}},
}


def when_ready(server: Any) -> None:
    """Accepted sockets inherit this: a body that never comes frees its thread again.

    A client that drips a byte now and then is kept off by the buffering proxy in front
    (SECURITY.md).
    """
    limit = struct.pack("ll", PATIENCE, 0)
    for listener in server.LISTENERS:
        listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)
