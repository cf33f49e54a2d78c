"""The plain desk: what it shows, what it lets in, what it keeps out."""

import pytest
from django.test import Client

from alerts.models import Alert, Enrolment
from alerts.services.enrolment import word_fingerprint
from protection.models import AuditEvent, Consent, User
from protection.services.conflicts import record_conflict
from tests.factories import NOW, a_text, number_of
from tests.personas import World


@pytest.fixture
def carmen(db: None) -> User:
    return User.objects.create_superuser("carmen", password="x", code="U-CARMEN")


@pytest.fixture
def desk(client: Client, carmen: User) -> Client:
    client.force_login(carmen)
    return client


@pytest.fixture
def alert(world: World) -> Alert:
    a_text(number_of(world.elena), "girasol")
    return Alert.objects.get()


def pages(alert: Alert) -> list[str]:
    person = alert.person
    assert person is not None
    message = alert.messages.get()
    return [
        f"/admin/alerts/alert/{alert.pk}/change/",
        f"/admin/protection/person/{person.pk}/change/",
        f"/admin/alerts/inboundmessage/{message.pk}/change/",
        f"/admin/alerts/enrolment/{person.enrolment.pk}/change/",
    ]


def test_every_page_opens_and_is_audited(desk: Client, alert: Alert):
    answers = [desk.get(page).status_code for page in pages(alert)]

    assert answers == [200, 200, 200, 200]
    assert (
        AuditEvent.objects.filter(action="desk.viewed", actor="user:U-CARMEN").count()
        == 4
    )


def test_user_whom_the_person_distrusts_sees_nothing(
    desk: Client, carmen: User, alert: Alert, world: World
):
    record_conflict(person=world.elena, with_whom=carmen, by="test", now=NOW)

    answers = [desk.get(page).status_code for page in pages(alert)]
    listed = desk.get("/admin/alerts/alert/").content.decode()

    assert answers == [302, 302, 302, 302]  # the desk says: there is no such thing
    assert "P-ELENA" not in listed


def test_other_users_go_on_seeing_it(desk: Client, alert: Alert, world: World):
    other = User.objects.create_superuser("fausto", password="x", code="U-FAUSTO")
    record_conflict(person=world.elena, with_whom=other, by="test", now=NOW)

    assert "P-ELENA" in desk.get("/admin/alerts/alert/").content.decode()


def test_shared_number_hides_the_alert_if_one_of_them_distrusts(
    desk: Client, carmen: User, world: World
):
    from tests.factories import a_person

    a_person("P-HERMANO", number=number_of(world.elena))
    a_text(number_of(world.elena), "x")
    record_conflict(person=world.elena, with_whom=carmen, by="test", now=NOW)

    answer = desk.get(f"/admin/alerts/alert/{Alert.objects.get().pk}/change/")

    assert answer.status_code == 302


def test_user_who_is_distrusted_cannot_read_it_in_the_trail(
    desk: Client, carmen: User, alert: Alert, world: World
):
    """Excluded users never see that they are excluded (CONTRACT 8.10)."""
    record_conflict(person=world.elena, with_whom=carmen, by="test", now=NOW)

    listed = desk.get("/admin/protection/auditevent/?q=P-ELENA").content.decode()
    everything = desk.get("/admin/protection/auditevent/").content.decode()

    assert "conflict.recorded" not in listed
    assert str(alert.pk) not in everything


def test_words_are_changed_and_never_shown(desk: Client, world: World):
    enrolment = world.elena.enrolment

    desk.post(
        f"/admin/alerts/enrolment/{enrolment.pk}/change/",
        {"reply": "neutral", "new_alert_word": "Cenzontle"},
    )

    enrolment = Enrolment.objects.get()
    page = desk.get(f"/admin/alerts/enrolment/{enrolment.pk}/change/")
    expected = word_fingerprint("cenzontle", person_id=world.elena.pk)
    assert (enrolment.alert_word, enrolment.reply) == (expected, "neutral")
    assert "enzontle" not in page.content.decode()


@pytest.mark.parametrize(
    ("field", "word"), [("new_duress_word", "GIRASOL"), ("new_alert_word", "x")]
)
def test_words_that_cannot_be_told_apart_are_refused(
    desk: Client, world: World, field: str, word: str
):
    before = Enrolment.objects.get()

    answer = desk.post(
        f"/admin/alerts/enrolment/{before.pk}/change/", {"reply": "none", field: word}
    )

    after = Enrolment.objects.get()
    assert answer.status_code == 200
    assert (after.alert_word, after.duress_word) == (
        before.alert_word,
        before.duress_word,
    )


def person_form(world: World, **changes: str) -> dict[str, str]:
    method = world.elena.methods.get()
    return {
        "alias": "x",
        "given_names": "x",
        "family_names": "x",
        "language": "es",
        "time_zone": "America/Mexico_City",
        "is_active": "on",
        "methods-TOTAL_FORMS": "1",
        "methods-INITIAL_FORMS": "1",
        "methods-0-id": str(method.pk),
        "methods-0-person": str(world.elena.pk),
        "methods-0-kind": "phone",
        "methods-0-value": method.value,
        "methods-0-channel": "sms",
        "methods-0-position": "1",
        "methods-0-state": "active",
        "consents-TOTAL_FORMS": "0",
        "consents-INITIAL_FORMS": "0",
        "conflicts-TOTAL_FORMS": "0",
        "conflicts-INITIAL_FORMS": "0",
    } | changes


def test_consent_is_withdrawn_on_the_desk(desk: Client, world: World):
    answer = desk.post(
        f"/admin/protection/person/{world.elena.pk}/change/",
        person_form(
            world,
            **{
                "consents-TOTAL_FORMS": "4",
                "consents-INITIAL_FORMS": "3",
                "consents-3-person": str(world.elena.pk),
                "consents-3-purpose": "notify_outlet",
                "consents-3-state": "withdrawn",
            },
            **{
                f"consents-{number}-{name}": str(value)
                for number, consent in enumerate(world.elena.consents.all())
                for name, value in (("id", consent.pk), ("person", world.elena.pk))
            },
        ),
    )

    assert answer.status_code == 302, answer.context["errors"]
    current = Consent.objects.current().get(purpose="notify_outlet")
    assert (current.state, current.recorded_by) == ("withdrawn", "user:U-CARMEN")


def test_number_called_bad_is_usable_again_when_somebody_says_so(
    desk: Client, world: World
):
    method = world.elena.methods.get()
    method.bad_since, method.bad_code = NOW, 30005
    method.save()

    desk.post(
        f"/admin/protection/person/{world.elena.pk}/change/",
        person_form(world, **{"methods-0-usable_again": "on"}),
    )

    method.refresh_from_db()
    assert (method.bad_since, method.bad_code) == (None, None)


def test_conflict_is_recorded_on_the_desk(desk: Client, world: World):
    desk.post(
        f"/admin/protection/person/{world.elena.pk}/change/",
        person_form(
            world,
            **{
                "conflicts-TOTAL_FORMS": "2",
                "conflicts-INITIAL_FORMS": "1",
                "conflicts-0-id": str(world.elena.conflicts.get().pk),
                "conflicts-0-person": str(world.elena.pk),
                "conflicts-1-person": str(world.elena.pk),
                "conflicts-1-contact": str(world.hugo.pk),
            },
        ),
    )

    conflict = world.elena.conflicts.get(contact=world.hugo)
    assert conflict.recorded_by == "user:U-CARMEN"


@pytest.mark.parametrize("path", ["/nada", "/api/v1/nada/"])
def test_unknown_address_is_told_plainly(client: Client, db: None, path: str):
    answer = client.get(path)

    kind = "application/problem+json" if "api" in path else "text/html; charset=utf-8"
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, kind)


@pytest.mark.parametrize("path", ["/", "/nada", "/admin/login/", "/readyz"])
def test_every_page_has_a_strict_policy(client: Client, db: None, path: str):
    policy = client.get(path).headers["Content-Security-Policy"]

    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
