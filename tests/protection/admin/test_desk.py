"""The desk: who looked is written down, lists show codes, nothing is deleted."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from alerts.models import DutyShift, QuarantineOverflow
from protection.admin.organisations import DayInline
from protection.choices import Scope
from protection.models import (
    ApiToken,
    AuditEvent,
    ConflictOfInterest,
    ContactMethod,
    Person,
    User,
    WorkingCalendar,
)
from protection.services.tokens import issue_token
from tests.factories import NOW, a_text, number_of
from tests.personas import World

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
SECRETS = (
    *("Elena", "Rivas", "Montero", "Jacaranda", "Secreto"),
    *("10000001", "20000001", "20000007", "me siguen", "FARO"),
)


@pytest.fixture
def desk(db: None, client: Client) -> Client:
    user = User.objects.create_superuser("carmen", password="x", code="U-CARMEN")
    client.force_login(user)
    return client


@pytest.fixture
def full(world: World) -> World:
    """At least one row on every page of the desk that holds something of a person."""
    a_text(number_of(world.elena), "girasol me siguen")
    issue_token(
        name="partner", scopes=[Scope.ALERTS_READ], expires_at=None, by="t", now=NOW
    )
    world.diego.name = "Nombre Secreto"
    world.diego.save()
    WorkingCalendar.objects.create(code="local", name="x")
    DutyShift.objects.create(
        contact=world.diego, starts_at=NOW, ends_at=NOW + timedelta(hours=8)
    )
    QuarantineOverflow.objects.create(hour=NOW)
    return world


def address(model: Any, page: str, *arguments: object) -> str:
    meta = model._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{page}", args=arguments)


def page_of(model: Any, row: Any) -> str:
    return address(model, "change", row.pk)


# --- Lists -------------------------------------------------------------------------
@pytest.mark.parametrize("model", MODELS, ids=lambda m: m._meta.label)
def test_list_shows_no_name_number_or_text(desk: Client, full: World, model: Any):
    shown = desk.get(address(model, "changelist"))

    assert shown.status_code == 200
    assert [secret for secret in SECRETS if secret in shown.text] == []


def test_list_of_people_opens_no_sealed_value(desk: Client, full: World, unsealed):
    desk.get(address(Person, "changelist"))

    assert unsealed == []


@pytest.mark.parametrize("count", [1, 3])
def test_list_of_people_takes_the_same_queries(
    desk: Client, db: None, count: int, django_assert_num_queries
):
    for number in range(count):
        Person.objects.create(code=f"P-{number}")

    with django_assert_num_queries(5):
        desk.get(address(Person, "changelist"))


def test_names_cannot_be_searched(desk: Client, full: World):
    shown = desk.get(address(Person, "changelist"), {"q": "Rivas"})

    assert "P-ELENA" not in shown.text.split('id="changelist-form"')[1]


# --- Looking -----------------------------------------------------------------------
def events(action: str) -> list[tuple[str, str, str]]:
    return list(
        AuditEvent.objects.filter(action=action).values_list(
            "actor", "target_kind", "target"
        )
    )


def test_looking_at_a_person_is_audited_by_code(desk: Client, full: World):
    shown = desk.get(page_of(Person, full.elena))

    assert (shown.status_code, "Rivas" in shown.text) == (200, True)
    assert events("desk.viewed") == [("user:U-CARMEN", "protection.person", "P-ELENA")]


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m._meta.label)
def test_looking_at_anything_is_audited(desk: Client, full: World, model: Any):
    row = model._default_manager.first()

    shown = desk.get(page_of(model, row))

    expected = [] if model is AuditEvent else [model._meta.label_lower]
    assert shown.status_code == 200
    assert [kind for _, kind, _ in events("desk.viewed")] == expected


def test_looking_at_what_is_not_there_is_not_audited(desk: Client, db: None):
    desk.get(address(Person, "change", "019ab3c4-0000-7345-8123-456789012345"))

    assert events("desk.viewed") == []


def test_stranger_sees_nothing(client: Client, full: World):
    shown = client.get(page_of(Person, full.elena))

    assert (shown.status_code, events("desk.viewed")) == (302, [])


# --- Changing ----------------------------------------------------------------------
NO_ROWS = {
    f"{prefix}-{name}": "0"
    for prefix in ("methods", "consents", "conflicts")
    for name in ("TOTAL_FORMS", "INITIAL_FORMS")
}
FORM = {
    "code": "P-9",
    "alias": "Copal",
    "given_names": "Itzel",
    "language": "es",
    "initial-language": "es",  # Django's forms send it along
    "time_zone": "America/Mexico_City",
    "is_active": "on",
    **NO_ROWS,
}


def method_row(value: str, kind: str = "phone") -> dict[str, str]:
    values = {
        "kind": kind,
        "value": value,
        "channel": "sms",
        "position": "1",
        "state": "active",
    }
    return {
        "methods-TOTAL_FORMS": "1",
        **{f"methods-0-{name}": given for name, given in values.items()},
    }


def test_added_person_is_audited_by_code(desk: Client, db: None):
    answer = desk.post(address(Person, "add"), FORM)

    assert (answer.status_code, Person.objects.get().given_names) == (302, "Itzel")
    assert events("desk.added") == [("user:U-CARMEN", "protection.person", "P-9")]


def test_changed_person_is_audited_by_field_not_by_value(desk: Client, db: None):
    desk.post(address(Person, "add"), FORM)

    desk.post(page_of(Person, Person.objects.get()), {**FORM, "given_names": "Citlali"})

    event = AuditEvent.objects.get(action="desk.changed")
    assert event.details == {"fields": ["Given names"]}
    assert Person.objects.get().given_names == "Citlali"


def test_code_cannot_be_changed(desk: Client, db: None):
    desk.post(address(Person, "add"), FORM)

    desk.post(page_of(Person, Person.objects.get()), {**FORM, "code": "P-10"})

    assert Person.objects.get().code == "P-9"


@pytest.mark.parametrize("written", ["+52 00 1000 0001", "0052 00 1000-0001"])
def test_number_typed_on_the_desk_is_kept_in_one_form(
    desk: Client, db: None, written: str
):
    desk.post(address(Person, "add"), {**FORM, **method_row(written)})

    assert ContactMethod.objects.of_number("+520010000001").count() == 1


def test_bad_number_typed_on_the_desk_is_refused(desk: Client, db: None):
    answer = desk.post(address(Person, "add"), {**FORM, **method_row("911")})

    assert (answer.status_code, Person.objects.count()) == (200, 0)


def test_address_typed_on_the_desk_is_kept_as_it_is(desk: Client, db: None):
    row = method_row("itzel@ejemplo.mx", kind="email")

    desk.post(address(Person, "add"), {**FORM, **row})

    assert ContactMethod.objects.get().value == "itzel@ejemplo.mx"


def test_conflict_added_on_the_desk_says_who_recorded_it(desk: Client, full: World):
    person = Person.objects.create(code="P-9")
    row = {
        "conflicts-TOTAL_FORMS": "1",
        "conflicts-0-organisation": str(full.police.pk),
        "conflicts-0-person": str(person.pk),
    }

    desk.post(page_of(Person, person), {**FORM, **row})

    conflict = ConflictOfInterest.objects.get(person=person)
    assert (conflict.organisation, conflict.recorded_by) == (
        full.police,
        "user:U-CARMEN",
    )


def test_colleague_can_be_added(desk: Client, db: None):
    form = {
        "code": "U-NEW",
        "username": "nadia",
        "role": "caseworker",
        "password1": "una frase larga y segura",
        "password2": "una frase larga y segura",
    }

    answer = desk.post(address(User, "add"), form)

    assert (answer.status_code, User.objects.filter(code="U-NEW").count()) == (302, 1)
    assert events("desk.added") == [("user:U-CARMEN", "protection.user", "U-NEW")]


# --- Deleting ----------------------------------------------------------------------
@pytest.mark.parametrize("model", MODELS, ids=lambda m: m._meta.label)
def test_nothing_is_deleted(desk: Client, full: World, model: Any):
    row = model._default_manager.first()

    answer = desk.post(address(model, "delete", row.pk), {"post": "yes"})

    assert (answer.status_code, model._default_manager.filter(pk=row.pk).count()) == (
        403,
        1,
    )


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m._meta.label)
def test_list_offers_no_deleting(desk: Client, full: World, model: Any):
    assert "delete_selected" not in desk.get(address(model, "changelist")).text


def test_no_row_inside_a_page_is_deleted():
    """A day off entered by mistake must be removable: nobody is promised anything."""
    inlines = {
        inline for page in admin.site._registry.values() for inline in page.inlines
    }

    assert {inline for inline in inlines if inline.can_delete} == {DayInline}


def test_history_of_django_is_not_shown(desk: Client, full: World):
    answer = desk.get(address(Person, "history", full.elena.pk))

    assert answer.status_code == 404


def test_desk_writes_no_log_of_its_own(desk: Client, db: None):
    desk.post(address(Person, "add"), FORM)

    assert admin.models.LogEntry.objects.count() == 0


def test_page_of_a_token_shows_no_digest(desk: Client, full: World):
    token = ApiToken.objects.get()

    assert token.digest not in desk.get(page_of(ApiToken, token)).text
