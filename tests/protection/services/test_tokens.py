import pytest
from django.db import IntegrityError, transaction

from protection.models import ApiToken, AuditEvent
from protection.services.tokens import issue_token, revoke_token, token_digest
from tests.factories import NOW


def issue(name: str = "partner", scopes=("messages:read", "alerts:read")) -> str:
    return issue_token(name=name, scopes=scopes, expires_at=None, by="test", now=NOW)


def test_token_is_long_and_marked(db: None):
    token = issue()

    assert (token[:4], len(token)) == ("rsg_", 47)


def test_token_is_stored_as_a_digest_only(db: None):
    token = issue()

    row = ApiToken.objects.values().get()
    assert row["digest"] == token_digest(token)
    assert [value for value in row.values() if token in str(value)] == []


def test_scopes_are_kept_sorted_and_once(db: None):
    issue(scopes=["messages:read", "alerts:read", "messages:read"])

    assert ApiToken.objects.get().scopes == ["alerts:read", "messages:read"]


def test_every_token_is_another(db: None):
    assert issue("one") != issue("two")


def test_unknown_scope_is_refused_by_the_database(db: None):
    with pytest.raises(IntegrityError), transaction.atomic():
        issue(scopes=["everything"])


def test_token_is_audited_without_its_name_or_secret(db: None):
    token = issue(name="Nombre Secreto")
    revoke_token(token=ApiToken.objects.get(), by="test", now=NOW)

    said = str(list(AuditEvent.objects.values()))
    assert [e.action for e in AuditEvent.objects.order_by("id")] == [
        "token.issued",
        "token.revoked",
    ]
    assert [secret for secret in (token, "Secreto") if secret in said] == []


def test_revoked_token_says_when(db: None):
    issue()
    revoke_token(token=ApiToken.objects.get(), by="test", now=NOW)

    assert ApiToken.objects.get().revoked_at == NOW
