"""What counts as this machine. Nothing here may ever speak to another one."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit


def is_loopback_host(host: str | None) -> bool:
    if not host:
        return False
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def is_loopback_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  (raises ValueError on a port that is no port)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and is_loopback_host(parts.hostname)


def host_of_header(header: str) -> str:
    """The name in a Host header, without its port: "[::1]:80" gives "::1"."""
    try:
        return urlsplit(f"//{header}").hostname or ""
    except ValueError:
        return ""
