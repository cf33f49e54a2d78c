"""From a text to a human who has it (CONTRACT sections 6 to 8)."""

from datetime import timedelta

from alerts.choices import AlertStatus, EscalationStatus, OutboundStatus
from alerts.models import Alert, Escalation, OutboundMessage, ReplyCode
from tests.conftest import Phones
from tests.factories import NOW, a_text, go_on, number_of
from tests.personas import World


def code_of(contact) -> str:
    return ReplyCode.objects.get(method__contact=contact).code


def test_alert_word_wakes_every_duty_officer_once(world: World, phones: Phones):
    a_text(number_of(world.elena), "¡Girasol! me siguen")

    go_on()
    phones.deliver()

    code = code_of(world.diego)
    assert [letter.to for letter in phones.received] == [number_of(world.diego)]
    assert phones.of(number_of(world.diego)) == [
        f"FARO 4. Ref {code}. 14:05. Si puede atender envie 1 {code} a +520000000000."
        " Si nadie responde, avisaremos a otros."
    ]


def test_distrusted_office_is_never_told(world: World, phones: Phones):
    a_text(number_of(world.elena), "girasol")

    for minutes in range(0, 60, 2):
        go_on(NOW + timedelta(minutes=minutes))
        phones.deliver(NOW + timedelta(minutes=minutes))

    assert phones.of(number_of(world.fausto)) == []


def test_steps_follow_the_policy_until_somebody_answers(world: World, phones: Phones):
    a_text(number_of(world.elena), "girasol")
    told = {}

    for minutes in range(0, 19):
        now = NOW + timedelta(minutes=minutes)
        go_on(now)
        before = len(phones.received)
        phones.deliver(now)
        if names := [letter.to for letter in phones.received[before:]]:
            told[minutes] = names

    assert told == {
        0: [number_of(world.diego)],
        4: [number_of(world.carmen), number_of(world.hugo)],
        8: [number_of(world.julia)],
        18: [number_of(world.diego)],
    }


def test_code_from_its_addressee_acknowledges(world: World, phones: Phones):
    a_text(number_of(world.elena), "girasol")
    go_on()

    a_text(number_of(world.diego), f"1 {code_of(world.diego).lower()}")

    alert = Alert.objects.get()
    assert (alert.status, alert.acknowledged_by) == (
        AlertStatus.ACKNOWLEDGED,
        "contact:DIEGO",
    )
    assert Escalation.objects.get().status == EscalationStatus.PAUSED_BY_ACK
    assert OutboundMessage.objects.get(purpose="wake").status == (
        OutboundStatus.SUPERSEDED
    )


def test_code_from_anybody_else_acknowledges_nothing(world: World, phones: Phones):
    a_text(number_of(world.elena), "girasol")
    go_on()
    code = code_of(world.diego)

    for number in (number_of(world.hugo), number_of(world.fausto), "+520088880000"):
        a_text(number, f"1 {code}")

    assert Alert.objects.get().status == AlertStatus.NEW


def test_acknowledgement_is_confirmed_to_its_sender(world: World, phones: Phones):
    a_text(number_of(world.elena), "girasol")
    go_on()
    phones.deliver()
    code = code_of(world.diego)

    a_text(number_of(world.diego), f"1{code} voy para alla")
    phones.deliver()

    assert phones.of(number_of(world.diego))[1:] == [
        f"FARO. Ref {code}: recibimos su respuesta, 14:05."
        " Entre al panel para ver lo que se sabe."
    ]


def test_anything_else_is_reviewed_then_becomes_urgent(world: World, phones: Phones):
    a_text(number_of(world.elena), "hola, hay una camioneta afuera")

    go_on()
    phones.deliver()
    escalation = Escalation.objects.get()

    assert (escalation.policy, escalation.next_due_at) == (
        "revisar v1",
        NOW + timedelta(minutes=10),
    )

    go_on(NOW + timedelta(minutes=10))
    phones.deliver(NOW + timedelta(minutes=10))

    escalation.refresh_from_db()
    assert (escalation.policy, escalation.round, escalation.step) == (
        "urgente v1",
        2,
        1,
    )
    assert len(phones.of(number_of(world.diego))) == 2


def test_alert_word_on_a_reviewed_alert_starts_the_urgent_round(
    world: World, phones: Phones
):
    a_text(number_of(world.elena), "hola")
    go_on()
    phones.deliver()

    a_text(number_of(world.elena), "girasol")
    go_on()
    phones.deliver()

    alert = Alert.objects.get()
    assert (alert.kind, alert.severity) == ("alarm", 4)
    assert len(phones.of(number_of(world.diego))) == 2


def test_unknown_sender_is_kept_for_a_human(world: World):
    message = a_text("+520088880000", "ayuda")

    assert (message.meaning, message.needs_human) == ("unknown_sender", True)
    assert not Alert.objects.exists()
