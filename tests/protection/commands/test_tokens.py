import pytest

from protection.models import ApiToken, AuditEvent
from protection.services.tokens import token_digest
from tests.protection.commands.support import Said, run

pytestmark = pytest.mark.django_db


def issue(*arguments: str) -> Said:
    return run("issue_token", "partner", "--scopes", "alerts:read", *arguments)


def test_issue_prints_the_token_alone_on_the_last_line():
    said = issue()

    last = said.out.splitlines()[-1]
    assert (said.out[-1], said.err) == ("\n", "")
    assert ApiToken.objects.get().digest == token_digest(last)


def test_issue_keeps_scopes_and_expiry():
    issue("messages:read", "--expires", "2999-01-31")

    token = ApiToken.objects.get()
    assert token.scopes == ["alerts:read", "messages:read"]
    assert f"{token.expires_at:%Y-%m-%d %H:%M}" == "2999-01-31 23:59"


@pytest.mark.parametrize(
    ("expires", "sentence"),
    [
        ("2001-01-31", "--expires lies in the past."),
        (
            "soon",
            "--expires must be a date such as 2027-01-31 (ISO 8601).",
        ),
        (
            "2999-02-31",
            "--expires must be a date such as 2027-01-31 (ISO 8601).",
        ),
    ],
)
def test_issue_refuses_an_expiry_that_helps_nobody(expires: str, sentence: str):
    said = issue("--expires", expires)

    assert (said.failure, ApiToken.objects.count()) == (sentence, 0)


def test_issue_refuses_a_name_in_use():
    issue()

    said = issue()

    assert (said.out, ApiToken.objects.count()) == ("", 1)
    assert said.failure == (
        "A token of this name exists. Revoke it with revoke_token,"
        " or choose another name."
    )


def test_issue_refuses_an_unknown_scope():
    said = run("issue_token", "partner", "--scopes", "everything")

    assert (said.out, ApiToken.objects.count()) == ("", 0)
    assert said.failure.startswith("Error: argument --scopes: invalid choice")


def test_revoked_token_is_revoked_and_audited():
    issue()

    said = run("revoke_token", "partner")

    assert said == Said("The token is revoked.\n", "", "")
    assert ApiToken.objects.get().revoked_at is not None
    assert AuditEvent.objects.latest("id").action == "token.revoked"


@pytest.mark.parametrize("name", ["partner", "nobody"])
def test_revoking_what_is_not_in_use_fails(name: str):
    issue()
    run("revoke_token", "partner")

    assert run("revoke_token", name).failure == "No token of this name is in use."
