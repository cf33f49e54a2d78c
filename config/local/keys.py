"""Secrets of the local system: made once, kept in var/secrets.json, never shown."""

import base64
import json
import os
import secrets
from pathlib import Path

from config.local.places import Places, Refused


def kept_keys(places: Places) -> dict[str, str]:
    """The secrets of this var/, by the name of their variable."""
    path = places.var / "secrets.json"
    if not path.exists():
        _write_private(path, json.dumps(new_keys(), indent=2))
    try:
        keys = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Refused(f"{path} cannot be read: {error}.") from None
    return {str(name): str(value) for name, value in keys.items()}


def new_keys() -> dict[str, str]:
    return {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "FIELD_ENCRYPTION_KEYS": _base64_key(),
        "BLIND_INDEX_KEY": _base64_key(),
        # Eight zeros mark an account that no provider ever gave out.
        "TWILIO_ACCOUNT_SID": "AC00000000" + secrets.token_hex(12),
        "TWILIO_AUTH_TOKEN": secrets.token_hex(16),
        "DEMO_PASSWORD": secrets.token_urlsafe(12),
    }


def _base64_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def _write_private(path: Path, text: str) -> None:
    """All or nothing: half a file of secrets would lock the database's contents."""
    unfinished = path.with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
