"""API tokens: made once, shown once, stored hashed."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from protection.models import ApiToken
from protection.services import audit

PREFIX = "rsg_"


def token_digest(token: str) -> str:
    """SHA-256 is enough here: the token is 256 random bits, not a password."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def issue_token(
    *,
    name: str,
    scopes: Sequence[str],
    expires_at: datetime | None,
    by: str,
    now: datetime,
) -> str:
    """Make a token and return it. It cannot be shown again."""
    token = PREFIX + secrets.token_urlsafe(32)
    row = ApiToken.objects.create(
        name=name,
        digest=token_digest(token),
        scopes=sorted(set(scopes)),
        expires_at=expires_at,
    )
    audit.record("token.issued", row, by=by, now=now, scopes=row.scopes)
    return token


@transaction.atomic
def revoke_token(*, token: ApiToken, by: str, now: datetime) -> None:
    token.revoked_at = now
    token.save(update_fields=["revoked_at"])
    audit.record("token.revoked", token, by=by, now=now)
