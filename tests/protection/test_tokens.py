"""Who may call the API, and what the others are told (CONTRACT section 4)."""

from datetime import timedelta

import pytest
from django.core.cache import caches
from django.test import Client
from django.utils import timezone, translation

from protection.choices import Scope
from protection.models import ApiToken
from protection.services.tokens import issue_token, revoke_token
from protection.tokens import TokenThrottle

ALERTS = "/api/v1/alerts/"


def issue(*scopes: str, expires_at=None) -> str:
    return issue_token(
        name="partner",
        scopes=scopes,
        expires_at=expires_at,
        by="test",
        now=timezone.now(),
    )


def get(client: Client, token: str = "", path: str = ALERTS, **headers: str):
    if token:
        headers["authorization"] = f"Bearer {token}"
    with translation.override("en"):
        return client.get(path, headers={"accept-language": "en", **headers})


def problem(answer) -> tuple[int, str, str]:
    body = answer.json()
    assert answer["Content-Type"] == "application/problem+json"
    assert (body["type"], body["status"]) == ("about:blank", answer.status_code)
    return answer.status_code, body["title"], body.get("detail", "")


UNKNOWN = (401, "Unauthorized", "This token is unknown or was revoked.")
NOT_GIVEN = (401, "Unauthorized", "Authentication credentials were not provided.")


@pytest.fixture
def token(db: None) -> str:
    return issue(Scope.ALERTS_READ)


def test_token_with_the_scope_may_read(client: Client, token: str):
    assert get(client, token).status_code == 200


@pytest.mark.parametrize("kind", ["bearer", "BEARER"])
def test_kind_of_authorization_is_read_in_any_case(client, token, kind):
    answer = client.get(ALERTS, headers={"authorization": f"{kind} {token}"})

    assert answer.status_code == 200


def test_request_without_a_token_is_refused(client: Client, db: None):
    assert problem(get(client)) == NOT_GIVEN


@pytest.mark.parametrize("value", ["Basic dTpw", "Token x", "rsg_x", ""])
def test_other_authorization_counts_as_none(client: Client, db: None, value: str):
    assert problem(get(client, authorization=value)) == NOT_GIVEN


@pytest.mark.parametrize("value", ["Bearer", "Bearer ", "Bearer rsg_x", "Bearer ñ x"])
def test_unknown_token_is_refused(client: Client, token: str, value: str):
    assert problem(get(client, authorization=value)) == UNKNOWN


def test_stored_digest_is_no_token(client: Client, token: str):
    assert problem(get(client, ApiToken.objects.get().digest)) == UNKNOWN


def test_revoked_token_is_refused(client: Client, token: str):
    revoke_token(token=ApiToken.objects.get(), by="test", now=timezone.now())

    assert problem(get(client, token)) == UNKNOWN


@pytest.mark.parametrize(
    ("minutes", "status"), [(-1, 401), (1, 200)], ids=["past", "future"]
)
def test_token_ends_when_it_expires(client: Client, db: None, minutes, status):
    expires_at = timezone.now() + timedelta(minutes=minutes)

    answer = get(client, issue(Scope.ALERTS_READ, expires_at=expires_at))

    assert answer.status_code == status


def test_expired_token_is_told_so(client: Client, db: None):
    token = issue(Scope.ALERTS_READ, expires_at=timezone.now())

    assert problem(get(client, token)) == (
        401,
        "Unauthorized",
        "This token has expired.",
    )


@pytest.mark.parametrize("value", ["", "Bearer rsg_x"], ids=["missing", "unknown"])
def test_refused_caller_learns_how_to_authenticate(client: Client, db: None, value):
    assert get(client, authorization=value)["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("scope", set(Scope) - {Scope.ALERTS_READ})
def test_token_of_another_scope_is_forbidden(client: Client, db: None, scope: str):
    assert problem(get(client, issue(scope))) == (
        403,
        "Forbidden",
        "This needs a token with the scope alerts:read.",
    )


def test_signed_in_user_is_no_token(client: Client, admin_client: Client):
    assert problem(get(admin_client)) == NOT_GIVEN


@pytest.mark.parametrize(
    "path",
    [
        f"{ALERTS}00000000-0000-7000-8000-000000000000/",
        f"{ALERTS}nothing/",
    ],
    ids=["unknown id", "no id"],
)
def test_what_is_not_there_is_a_problem_document(client, token, path):
    assert problem(get(client, token, path)) == (
        404,
        "Not Found",
        "There is nothing here, or nothing you may see.",
    )


def test_unknown_address_is_a_problem_document(client: Client, token: str):
    assert problem(get(client, token, "/api/v1/nothing/"))[0] == 404


def test_other_method_is_a_problem_document(client: Client, token: str):
    answer = client.delete(ALERTS, headers={"authorization": f"Bearer {token}"})

    assert problem(answer)[:2] == (405, "Method Not Allowed")


def test_bad_filter_is_a_problem_document_that_names_it(client: Client, token: str):
    answer = get(client, token, f"{ALERTS}?status=lost")

    assert problem(answer)[0] == 400
    assert list(answer.json()["errors"]) == ["status"]


# --- Throttle ----------------------------------------------------------------------
@pytest.fixture
def two_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    caches["default"].clear()
    monkeypatch.setattr(TokenThrottle, "THROTTLE_RATES", {"token": "2/min"})


@pytest.mark.usefixtures("two_a_minute")
def test_eager_token_is_told_to_wait(client: Client, token: str):
    answers = [get(client, token) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert problem(answers[2])[1] == "Too Many Requests"
    assert 0 < int(answers[2]["Retry-After"]) <= 60


@pytest.mark.usefixtures("two_a_minute")
def test_tokens_are_counted_apart(client: Client, token: str):
    other = issue_token(
        name="other",
        scopes=[Scope.ALERTS_READ],
        expires_at=None,
        by="test",
        now=timezone.now(),
    )

    answers = [get(client, name) for name in (token, token, other)]

    assert [answer.status_code for answer in answers] == [200, 200, 200]


@pytest.mark.usefixtures("two_a_minute")
def test_throttle_lets_everyone_through_when_redis_is_down(client, token, settings):
    down = {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1"}
    settings.CACHES = {"default": down}

    answers = [get(client, token) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 200]
