"""Seal a value so that it can be read only with the key, and only in its own place.

Format: version (1 byte) ‖ key id (4) ‖ nonce (12) ‖ AES-256-GCM ciphertext and tag.
The context (model, field and row) is authenticated: a value copied into another row or
column does not open.
"""

import hashlib
import hmac
import os
from collections.abc import Sequence
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VERSION = b"\x01"
KEY_ID_LENGTH = 4
NONCE_LENGTH = 12
HEADER_LENGTH = 1 + KEY_ID_LENGTH + NONCE_LENGTH


class SealBroken(Exception):
    """The value was changed, moved, or sealed with a key we no longer have."""


def key_id(key: bytes) -> bytes:
    """A name for a key that reveals nothing of it."""
    return hashlib.sha256(b"key id" + key).digest()[:KEY_ID_LENGTH]


@lru_cache(maxsize=16)
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


def seal(value: bytes, *, key: bytes, context: str) -> bytes:
    nonce = os.urandom(NONCE_LENGTH)
    sealed = _cipher(key).encrypt(nonce, value, context.encode())
    return VERSION + key_id(key) + nonce + sealed


def sealed_with(value: bytes) -> bytes:
    """The id of the key a value was sealed with."""
    return value[1 : 1 + KEY_ID_LENGTH]


def unseal(value: bytes, *, keys: Sequence[bytes], context: str) -> bytes:
    """Open a sealed value.

    Raises:
        SealBroken: without the value, its context or any part of it in the message.
    """
    if value[:1] != VERSION:
        raise SealBroken("This value has an unknown format.")
    for key in keys:
        if key_id(key) == sealed_with(value):
            nonce = value[1 + KEY_ID_LENGTH : HEADER_LENGTH]
            try:
                return _cipher(key).decrypt(
                    nonce, value[HEADER_LENGTH:], context.encode()
                )
            except (InvalidTag, ValueError):  # ValueError: cut short
                raise SealBroken(
                    "This value was changed or belongs to another place."
                ) from None
    raise SealBroken(
        "This value was sealed with a key that is not in FIELD_ENCRYPTION_KEYS."
    )


def blind_index(value: str, *, key: bytes, purpose: str) -> str:
    """A keyed fingerprint that finds equal values without storing them.

    Cut to 16 bytes: collisions stay out of reach for any country's list of numbers.
    """
    message = f"{purpose}:{value}".encode()
    return hmac.new(key, message, hashlib.sha256).hexdigest()[:32]
