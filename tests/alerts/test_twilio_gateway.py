"""The real library against the emulator: every way a call can end."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from alerts.gateways import twilio as road
from alerts.gateways.base import GatewayError, Letter
from alerts.gateways.twilio import TimedHttpClient, TwilioGateway
from alerts.rules.delivery import ErrorClass
from tests.emulator.support import ACCOUNT, OWN, TOKEN, Emulator
from tests.servers import free_port

DIEGO = "+520020000001"
CALLBACK = "http://127.0.0.1:1/alerts/twilio/status/x/"


@pytest.fixture(scope="module")
def running() -> Iterator[Emulator]:
    emulator = Emulator(inbound_url="http://127.0.0.1:1/alerts/twilio/inbound/")
    yield emulator
    emulator.stop()


@pytest.fixture
def emulator(running: Emulator) -> Emulator:
    running.post("reset")
    running.settings(delays=0)
    return running


@pytest.fixture
def gateway(emulator: Emulator, settings) -> Iterator[TwilioGateway]:
    settings.TWILIO_API_BASE_URL = emulator.url
    settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = ACCOUNT, TOKEN
    settings.TWILIO_FROM_NUMBER = OWN
    gateway = TwilioGateway()
    yield gateway
    gateway.client.http_client.session.close()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(road, "READ_LIMIT", 0.3)


def letter(text: str = "FARO 4. Ref K7Q2.", to: str = DIEGO) -> Letter:
    return Letter(to=to, text=text, callback_url=CALLBACK)


def failure(gateway: TwilioGateway, one: Letter | None = None) -> GatewayError:
    with pytest.raises(GatewayError) as caught:
        gateway.send(one or letter())
    return caught.value


def test_text_reaches_the_phone(gateway: TwilioGateway, emulator: Emulator):
    accepted = gateway.send(letter())
    emulator.idle()

    (entry,) = emulator.received(DIEGO)
    assert (entry["sid"], entry["text"]) == (accepted.provider_sid, "FARO 4. Ref K7Q2.")


def test_api_key_sends_instead_of_the_token(emulator: Emulator, settings):
    settings.TWILIO_API_KEY, settings.TWILIO_API_SECRET = "SKwrong", "wrong"
    settings.TWILIO_API_BASE_URL = emulator.url

    assert failure(TwilioGateway()).code == 20003


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"kind": "429"}, ErrorClass.TRANSIENT),
        ({"kind": "500_before"}, ErrorClass.AMBIGUOUS),
        ({"kind": "500_after_accept"}, ErrorClass.AMBIGUOUS),
        ({"kind": "timeout_before"}, ErrorClass.AMBIGUOUS),
        ({"kind": "timeout_after_accept"}, ErrorClass.AMBIGUOUS),
        ({"kind": "reset_after_accept"}, ErrorClass.AMBIGUOUS),
        ({"kind": "account_suspended"}, ErrorClass.CONFIGURATION),
    ],
    ids=lambda value: value["kind"] if isinstance(value, dict) else "",
)
def test_fault_has_its_class_and_is_called_once(
    gateway: TwilioGateway,
    emulator: Emulator,
    impatient: None,
    fault: dict[str, str],
    error: ErrorClass,
):
    emulator.post("faults", fault | {"seconds": 3})

    found = failure(gateway)

    assert found.error_class == error
    assert emulator.get("stats")["create_calls"] == 1


def test_nobody_listening_means_certainly_not_sent(gateway: TwilioGateway, settings):
    settings.TWILIO_API_BASE_URL = f"http://127.0.0.1:{free_port()}"

    assert failure(TwilioGateway()).error_class == ErrorClass.TRANSIENT


@pytest.mark.parametrize(
    ("code", "error"),
    [(21614, ErrorClass.ADDRESS), (21635, ErrorClass.ADDRESS)],
)
def test_number_without_sms_has_its_class(
    gateway: TwilioGateway, emulator: Emulator, code: int, error: ErrorClass
):
    emulator.settings(bad_numbers={DIEGO: code})

    found = failure(gateway)

    assert (found.error_class, found.code) == (error, code)


def test_opted_out_number_has_its_class(gateway: TwilioGateway, emulator: Emulator):
    emulator.post("optout", {"number": DIEGO, "blocked": True})

    assert failure(gateway).error_class == ErrorClass.OPTED_OUT


def test_errors_never_carry_the_number(gateway: TwilioGateway, emulator: Emulator):
    emulator.settings(bad_numbers={DIEGO: 21211})

    found = failure(gateway)

    assert "0020000001" not in f"{found!s} {found!r} {found.__cause__}"
    assert found.__suppress_context__


def test_lost_text_is_found_in_the_list(
    gateway: TwilioGateway, emulator: Emulator, impatient: None
):
    since = datetime.now(UTC)
    emulator.post("faults", {"kind": "timeout_after_accept", "seconds": 2})
    failure(gateway)

    found = gateway.find(letter(), since=since, besides=frozenset())

    assert found is not None
    assert (
        gateway.find(letter(), since=since, besides=frozenset({found.provider_sid}))
        is None
    )


def test_older_or_other_texts_are_not_taken_for_the_lost_one(
    gateway: TwilioGateway, emulator: Emulator
):
    gateway.send(letter())
    later = datetime.now(UTC) + timedelta(minutes=1)
    now = datetime.now(UTC) - timedelta(seconds=1)

    assert gateway.find(letter(), since=later, besides=frozenset()) is None
    assert gateway.find(letter("other"), since=now, besides=frozenset()) is None


def test_fictional_number_never_reaches_the_real_provider(
    gateway: TwilioGateway, emulator: Emulator, settings
):
    settings.TWILIO_API_BASE_URL = ""

    assert failure(gateway).error_class == ErrorClass.ADDRESS
    assert emulator.get("stats")["api_calls"] == 0


def test_client_has_both_time_limits_and_no_retry():
    client = TimedHttpClient()

    adapters = [
        client.session.get_adapter(f"{scheme}://x") for scheme in ("http", "https")
    ]
    assert [adapter.max_retries.total for adapter in adapters] == [0, 0]
    assert (road.CONNECT_LIMIT, road.READ_LIMIT) == (5.0, 10.0)


def test_credentials_go_nowhere_but_to_the_provider():
    with pytest.raises(ValueError, match="provider only"):
        TimedHttpClient().request("GET", "https://evil.example/twilio.com")
