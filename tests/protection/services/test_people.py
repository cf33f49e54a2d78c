import pytest

from protection.choices import MethodKind, NumberState
from protection.models import AuditEvent, Contact, ContactMethod, Person
from protection.services.people import put, put_method
from tests.factories import NOW, a_contact, a_mechanism

FIRST, SECOND, THIRD = "+520010000001", "+520010000002", "+520010000003"


def put_person(**values) -> tuple[Person, bool]:
    return put(Person, code="P-1", values=values, by="test", now=NOW)


def put_number(
    holder: Person | Contact, number: str, position: int = 1, channel: str = "sms"
) -> bool:
    return put_method(
        holder=holder,
        kind=MethodKind.PHONE,
        value=number,
        channel=channel,
        position=position,
        by="test",
        now=NOW,
    )


@pytest.fixture
def person(db: None) -> Person:
    return Person.objects.create(code="P-1")


def numbers(holder: Person | Contact) -> list[str]:
    return [method.value for method in holder.methods.all()]


# --- The row -----------------------------------------------------------------------
def test_put_registers_a_new_code(db: None):
    person, is_new = put_person(alias="Jacaranda")

    assert (person.alias, is_new) == ("Jacaranda", True)


def test_put_again_changes_nothing(db: None):
    put_person(alias="Jacaranda")

    _, changed = put_person(alias="Jacaranda")

    assert (changed, AuditEvent.objects.count()) == (False, 1)


def test_put_amends_only_what_is_named(db: None):
    put_person(alias="Jacaranda", given_names="Elena")

    put_person(given_names="Helena")

    person = Person.objects.get()
    assert (person.alias, person.given_names) == ("Jacaranda", "Helena")


def test_put_is_audited_with_fields_not_values(db: None):
    put_person(alias="Jacaranda", given_names="Elena")
    put_person(alias="Colibrí", given_names="Elena", language="en")

    assert list(
        AuditEvent.objects.order_by("id").values_list("action", "target", "details")
    ) == [
        ("person.registered", "P-1", {}),
        ("person.amended", "P-1", {"fields": ["alias", "language"]}),
    ]


# --- Numbers -----------------------------------------------------------------------
def test_number_is_recorded_once(person: Person):
    first, second = put_number(person, FIRST), put_number(person, FIRST)

    assert (first, second, numbers(person)) == (True, False, [FIRST])


def test_known_number_keeps_state_and_opt_out(person: Person):
    put_number(person, FIRST)
    ContactMethod.objects.update(opted_out_at=NOW, state=NumberState.SEIZED)

    put_number(person, FIRST, channel="whatsapp")

    method = ContactMethod.objects.get()
    assert (method.channel, method.opted_out_at, method.state) == (
        "whatsapp",
        NOW,
        "seized",
    )


def test_new_first_number_is_tried_before_the_old_one(person: Person):
    put_number(person, FIRST)

    put_number(person, SECOND)

    assert numbers(person) == [SECOND, FIRST]


def test_numbers_that_change_places_are_tried_in_the_new_order(person: Person):
    put_number(person, FIRST, 1)
    put_number(person, SECOND, 2)

    put_number(person, SECOND, 1)
    put_number(person, FIRST, 2)

    assert numbers(person) == [SECOND, FIRST]


def test_replaced_numbers_settle_at_the_second_run(person: Person):
    put_number(person, FIRST, 1)
    for _ in range(2):
        changed = [put_number(person, SECOND, 1), put_number(person, THIRD, 2)]

    assert (changed, numbers(person)) == ([False, False], [SECOND, THIRD, FIRST])


def test_same_number_may_belong_to_a_contact_and_a_person(person: Person):
    contact = a_contact("C-1", a_mechanism(), number=FIRST)

    put_number(person, FIRST)

    assert (numbers(person), numbers(contact)) == ([FIRST], [FIRST])


def test_number_is_audited_by_the_code_of_its_holder(person: Person):
    put_number(person, FIRST)

    event = AuditEvent.objects.get()
    assert (event.action, event.target, event.details) == (
        "contact_method.recorded",
        "P-1",
        {"kind": "phone"},
    )
