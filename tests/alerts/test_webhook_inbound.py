"""The door: what is let in, what is held, and what the provider is told."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from urllib.parse import urlencode, urlsplit

import pytest
from django.db import connection, connections, transaction
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from alerts.choices import InboundState
from alerts.models import Alert, InboundMessage, OutboundMessage, QuarantineOverflow
from alerts.services import intake, quarantine
from protection.models import Person
from protection.services.people import put
from tests.alerts.conftest import INBOUND, SID, Post, form, sign
from tests.factories import NOW, a_person, number_of
from tests.personas import World


@pytest.fixture
def sent(world: World) -> dict[str, str]:
    return form(From=number_of(world.elena), Body="girasol")


def test_signed_text_is_stored_and_answered(sent: dict[str, str], post: Post):
    answer = post(sent)

    message = InboundMessage.objects.get()
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/xml"
    assert answer.content.endswith(b"<Response/>")
    assert (message.provider_sid, message.text) == (SID, "girasol")
    assert bytes(message.payload) == urlencode(sent).encode()


def test_signed_text_of_an_enrolled_person_raises_an_alert(
    sent: dict[str, str], post: Post, world: World
):
    post(sent)

    alert = Alert.objects.get()
    assert (alert.person, alert.kind, alert.severity) == (world.elena, "alarm", 4)


@pytest.mark.parametrize(
    "signature", [None, "", "wrong", "AAAAAAAAAAAAAAAAAAAAAAAAAAA="]
)
def test_unsigned_text_is_held_and_wakes_nobody(
    sent: dict[str, str], post: Post, signature: str | None
):
    answer = post(sent, signature=signature)

    held = InboundMessage.objects.get()
    assert answer.status_code == 403
    assert (held.state, held.reason) == (InboundState.QUARANTINED, "signature")
    assert not Alert.objects.exists()


def test_signature_of_another_body_is_refused(sent: dict[str, str], post: Post):
    answer = post(sent | {"Body": "girasol "}, signature=sign(INBOUND, sent))

    assert answer.status_code == 403


def test_signature_is_checked_against_the_configured_address(
    sent: dict[str, str], client: Client
):
    answer = client.post(
        INBOUND,
        urlencode(sent),
        content_type="application/x-www-form-urlencoded",
        headers={
            "X-Twilio-Signature": sign(INBOUND, sent),
            "Host": "localhost",
            "X-Forwarded-Host": "evil.example",
            "X-Forwarded-Proto": "https",
        },
    )

    assert answer.status_code == 200


def test_both_tokens_are_good_in_a_rotation(sent: dict[str, str], post: Post, settings):
    old = sign(INBOUND, sent)
    settings.TWILIO_AUTH_TOKEN_PREVIOUS = settings.TWILIO_AUTH_TOKEN
    settings.TWILIO_AUTH_TOKEN = "the-new-token"

    answers = [post(sent, signature=old).status_code, post(sent).status_code]

    assert answers == [200, 200]


def test_old_token_is_refused_after_a_rotation(
    sent: dict[str, str], post: Post, settings
):
    old = sign(INBOUND, sent)
    settings.TWILIO_AUTH_TOKEN = "the-new-token"

    assert post(sent, signature=old).status_code == 403


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"AccountSid": "AC99999999999999999999999999999999"}, "account"),
        ({"AccountSid": None}, "account"),
        ({"To": "+520000000009"}, "recipient"),
        ({"To": None}, "incomplete"),
        ({"From": None}, "incomplete"),
        ({"From": ""}, "incomplete"),
        ({"MessageSid": None}, "incomplete"),
        ({"MessageSid": "SM\x00"}, "incomplete"),
        ({"MessageSid": "S" * 65}, "incomplete"),
    ],
)
def test_signed_request_that_is_not_ours_is_held(
    sent: dict[str, str], post: Post, change: dict[str, str], reason: str
):
    fields = {k: v for k, v in (sent | change).items() if v is not None}

    answer = post(fields)

    assert answer.status_code == 403
    assert InboundMessage.objects.get().reason == reason
    assert not Alert.objects.exists()


def test_our_messaging_service_makes_any_number_ours(
    sent: dict[str, str], post: Post, settings
):
    settings.TWILIO_MESSAGING_SERVICE_SID = "MG1"

    answer = post(sent | {"To": "+520000000009", "MessagingServiceSid": "MG1"})

    assert answer.status_code == 200


def test_valid_copy_of_a_held_text_is_processed(sent: dict[str, str], post: Post):
    post(sent, signature="wrong")

    answer = post(sent)

    assert answer.status_code == 200
    assert Alert.objects.count() == 1
    assert InboundMessage.objects.filter(state="processed").count() == 1


def test_same_message_again_changes_nothing(sent: dict[str, str], post: Post):
    post(sent)

    answers = [post(sent).status_code for _ in range(3)]

    assert answers == [200, 200, 200]
    assert InboundMessage.objects.count() == Alert.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_twenty_deliveries_at_once_are_one_message(sent: dict[str, str], post: Post):
    def deliver(_number: int) -> int:
        try:
            return post(sent).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(deliver, range(20)))

    assert answers == [200] * 20
    assert InboundMessage.objects.count() == Alert.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_twenty_texts_of_one_person_at_once_are_one_alert(
    sent: dict[str, str], post: Post
):
    def deliver(number: int) -> int:
        try:
            return post(sent | {"MessageSid": f"SM{number:032x}"}).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(deliver, range(20)))

    assert answers == [200] * 20
    assert InboundMessage.objects.filter(state="processed").count() == 20
    assert Alert.objects.count() == 1


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("", id="empty"),
        pytest.param(" ", id="space"),
        pytest.param("\x00", id="nul"),
        pytest.param("a\x00b", id="nul-inside"),
        pytest.param("ayuda 🚨", id="emoji"),
        pytest.param("á" * 1600, id="long"),
        pytest.param("😀" * 800, id="long-emoji"),
        pytest.param("STOP", id="stop"),
        pytest.param("1", id="digit"),
    ],
)
def test_any_text_of_an_enrolled_person_is_an_alert(
    sent: dict[str, str], post: Post, body: str
):
    answer = post(sent | {"Body": body})

    assert answer.status_code == 200
    assert InboundMessage.objects.get().text == body
    assert Alert.objects.count() == 1


@pytest.mark.django_db
@hypothesis_settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    text=st.text(max_size=200), extra=st.dictionaries(st.text(min_size=1), st.text())
)
def test_whatever_is_written_is_answered_and_stored(
    post: Post, policies: None, text: str, extra: dict[str, str]
):
    InboundMessage.objects.all().delete()
    extra = {
        key: value
        for key, value in extra.items()
        if key not in form() and key != "MessagingServiceSid"
    }
    encodable = "".join((text, *extra, *extra.values()))
    if any("\ud800" <= letter <= "\udfff" for letter in encodable):
        return

    answer = post(form(Body=text) | extra)

    assert answer.status_code == 200
    assert InboundMessage.objects.get().text == text


def test_body_that_is_not_utf8_is_held(client: Client, world: World):
    answer = client.post(
        INBOUND,
        b"MessageSid=SM1&Body=%ff%fe\xff&From=%2B520010000001&To=%2B520000000000",
        content_type="application/x-www-form-urlencoded",
        headers={"X-Twilio-Signature": "whatever"},
    )

    assert answer.status_code == 403
    assert InboundMessage.objects.get().state == InboundState.QUARANTINED


def test_signed_body_with_broken_utf8_is_stored(
    sent: dict[str, str], client: Client, world: World
):
    """The provider signs what it sends; we check what we read: U+FFFD for both."""
    fields = sent | {"Body": "\ufffd\ufffd"}
    raw = urlencode(sent | {"Body": "x"}).replace("Body=x", "Body=%ff%fe")

    answer = client.post(
        INBOUND,
        raw,
        content_type="application/x-www-form-urlencoded",
        headers={"X-Twilio-Signature": sign(INBOUND, fields)},
    )

    assert answer.status_code == 200
    assert Alert.objects.count() == 1


def test_huge_body_is_refused_and_held_shortened(client: Client, db: None):
    answer = client.post(
        INBOUND,
        "Body=" + "a" * 2_000_000,
        content_type="application/x-www-form-urlencoded",
        headers={"X-Twilio-Signature": "x"},
    )

    held = InboundMessage.objects.get()
    assert answer.status_code == 403
    assert held.reason == "too_large"
    assert len(held.payload) == quarantine.LONGEST_PAYLOAD


def test_two_thousand_fields_are_refused(client: Client, db: None):
    answer = client.post(
        INBOUND,
        "&".join(f"f{number}=1" for number in range(2000)),
        content_type="application/x-www-form-urlencoded",
        headers={"X-Twilio-Signature": "x"},
    )

    assert answer.status_code == 403


def test_get_is_not_allowed(client: Client, db: None):
    assert client.get(INBOUND).status_code == 405


def test_quarantine_counts_the_same_request_on_its_row(
    sent: dict[str, str], post: Post
):
    for _ in range(3):
        post(sent, signature="wrong")

    assert InboundMessage.objects.get().times_seen == 3


def test_full_quarantine_still_refuses_and_counts(
    sent: dict[str, str], post: Post, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(quarantine, "MOST_IN_A_MINUTE", {True: 600, False: 2})

    answers = [
        post(sent | {"Body": f"text {number}"}, signature="wrong").status_code
        for number in range(5)
    ]

    assert answers == [403] * 5
    assert InboundMessage.objects.count() == 2
    assert QuarantineOverflow.objects.get().refused == 3


def test_flood_of_forged_requests_never_crowds_out_a_signed_one(
    sent: dict[str, str], post: Post, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(quarantine, "MOST_IN_A_MINUTE", {True: 600, False: 2})
    for number in range(5):
        post(sent | {"Body": f"text {number}"}, signature="wrong")

    post(sent | {"To": "+520000000009"})

    assert InboundMessage.objects.filter(reason="recipient").count() == 1


def test_oldest_forged_requests_make_room_for_new_ones(
    sent: dict[str, str], post: Post, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(quarantine, "MOST_UNSIGNED", 100)
    for number in range(102):
        post(sent | {"Body": f"text {number}"}, signature="wrong")

    texts = {message.text for message in InboundMessage.objects.all()}
    assert len(texts) == 100
    assert "text 101" in texts and "text 0" not in texts


def test_id_that_swallowed_its_neighbour_is_not_another_message(
    sent: dict[str, str], post: Post
):
    """Fields are signed without delimiters: the old signature fits this form too."""
    post(sent)
    swallowed = {key: value for key, value in sent.items() if key != "NumMedia"}
    swallowed["MessageSid"] = sent["MessageSid"] + "NumMedia0"

    answer = post(swallowed, signature=sign(INBOUND, sent))

    assert answer.status_code == 403
    assert InboundMessage.objects.filter(state="processed").count() == 1


def test_public_host_is_ours_though_nobody_listed_it(
    sent: dict[str, str], client: Client
):
    """The provider calls the public address: to turn it away would lose every text."""
    from django.conf import settings

    assert urlsplit(settings.PUBLIC_BASE_URL).hostname in settings.ALLOWED_HOSTS


@pytest.mark.django_db(transaction=True)
def test_long_import_does_not_hold_up_a_text(sent: dict[str, str], post: Post):
    """CONTRACT 8.12: rows that another transaction has locked are not waited for."""
    begun, over = Event(), Event()

    def import_people() -> None:
        try:
            with transaction.atomic():
                put(Person, code="P-ELENA", values={"alias": "x"}, by="t", now=NOW)
                begun.set()
                over.wait(20)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        importing = pool.submit(import_people)
        assert begun.wait(10)
        try:
            answer = post(sent)
            raised = Alert.objects.count()
        finally:
            over.set()
        importing.result()

    assert (answer.status_code, raised) == (200, 1)


def test_refusal_says_nothing_of_the_text(sent: dict[str, str], post: Post):
    answer = post(sent | {"Body": "marcador"}, signature="wrong")

    assert answer.content == b"This request was not accepted."


def test_text_that_fails_to_be_processed_is_answered_and_swept(
    sent: dict[str, str], post: Post, monkeypatch: pytest.MonkeyPatch
):
    """Whatever breaks after the commit, the provider is told that we have it."""
    with monkeypatch.context() as broken:
        broken.setattr(intake, "raise_or_update", _fails)
        answer = post(sent)

    message = InboundMessage.objects.get()
    assert (answer.status_code, message.state) == (200, InboundState.RECEIVED)

    intake.process(message_id=message.pk, now=message.received_at)

    assert Alert.objects.count() == 1


def _fails(*_arguments: object) -> None:
    raise RuntimeError("broken on purpose")


@pytest.mark.django_db(transaction=True)
def test_raw_message_is_committed_before_it_is_processed(
    sent: dict[str, str], post: Post, monkeypatch: pytest.MonkeyPatch
):
    seen = []

    def look(*, message_id: object, now: object) -> bool:
        with ThreadPoolExecutor(1) as other_connection:
            seen.append(other_connection.submit(_count).result())
        return False

    monkeypatch.setattr(intake, "process", look)

    post(sent)

    assert seen == [1]


def _count() -> int:
    try:
        return InboundMessage.objects.count()
    finally:
        connection.close()


def test_shared_number_raises_one_alert_that_names_all(world: World, post: Post):
    brother = a_person("P-HERMANO", number=number_of(world.elena))

    post(form(From=number_of(world.elena), Body="auxilio"))

    alert = Alert.objects.get()
    assert alert.person is None
    assert set(alert.candidates.all()) == {world.elena, brother}


@pytest.mark.parametrize(
    "written",
    ["+520010000001", "+5210010000001", "whatsapp:+5210010000001", "0440010000001"],
)
def test_person_is_found_however_the_network_writes_the_number(
    world: World, post: Post, written: str
):
    post(form(From=written))

    assert Alert.objects.get().person == world.elena


def test_webhook_asks_for_the_escalation_by_task_name_only(
    sent: dict[str, str],
    post: Post,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks,
):
    asked = []
    monkeypatch.setattr(
        "celery.app.base.Celery.send_task",
        lambda self, name, *args, **options: asked.append((name, args, options)),
    )

    with django_capture_on_commit_callbacks(execute=True):
        post(sent)

    ((name, arguments, options),) = asked
    assert (name, arguments) == ("alerts.tasks.wake", ())
    assert options.keys() == {"queue", "producer", "retry"}


def test_webhook_answers_when_the_broker_is_down(
    sent: dict[str, str],
    post: Post,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks,
):
    def down(*_args: object, **_kwargs: object) -> None:
        raise ConnectionError("no broker")

    monkeypatch.setattr("celery.app.base.Celery.send_task", down)
    monkeypatch.setattr("alerts.outbox._paused_until", 0.0)

    with django_capture_on_commit_callbacks(execute=True):
        answer = post(sent)

    assert answer.status_code == 200
    assert Alert.objects.count() == 1
    assert not OutboundMessage.objects.exists()
