import uuid
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import FieldError
from django.db import connection

from protection.fields import number_index, time_ordered_uuid
from protection.models import Contact, ContactMethod, Person
from protection.rules.sealing import SealBroken, sealed_with
from tests.factories import NOW, a_contact, a_mechanism, a_person

PEOPLE = [("P-1", "Jacaranda"), ("P-2", "Colibrí"), ("P-3", "Copal")]


@pytest.fixture
def people(db: None) -> list[Person]:
    return Person.objects.bulk_create(
        Person(code=code, alias=alias, given_names="Elena") for code, alias in PEOPLE
    )


def stored(person: Person, column: str = "alias") -> bytes:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {column} FROM protection_person WHERE id = %s", [person.pk]
        )
        return bytes(cursor.fetchone()[0])


def rows_where(sql: str, *values: bytes) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE protection_person SET {sql}", values)


# --- At rest -----------------------------------------------------------------------
def test_value_comes_back_as_it_was(people: list[Person]):
    assert [(p.code, p.alias) for p in Person.objects.order_by("code")] == PEOPLE


def test_value_is_not_readable_in_the_database(people: list[Person]):
    assert b"Jacaranda" not in stored(people[0])


def test_value_is_sealed_with_the_newest_key(people: list[Person], settings):
    old = sealed_with(stored(people[0]))
    settings.FIELD_ENCRYPTION_KEYS = [b"n" * 32, *settings.FIELD_ENCRYPTION_KEYS]

    person = Person.objects.get(code="P-1")
    person.alias = "Jacaranda"
    person.save()

    assert sealed_with(stored(people[0])) != old


def test_value_sealed_with_an_older_key_opens(people: list[Person], settings):
    settings.FIELD_ENCRYPTION_KEYS = [b"n" * 32, *settings.FIELD_ENCRYPTION_KEYS]

    assert Person.objects.get(code="P-1").alias == "Jacaranda"


def test_empty_text_is_kept_empty(db: None):
    Person.objects.create(code="P-9")

    assert Person.objects.get(code="P-9").alias == ""


def test_surrogates_of_a_broken_text_are_kept(db: None):
    Person.objects.create(code="P-9", alias="a\ud83dz\0")

    assert Person.objects.get(code="P-9").alias == "a\ud83dz\0"


# --- Opened only when asked --------------------------------------------------------
def test_list_that_shows_no_name_opens_nothing(people: list[Person], unsealed):
    shown = [str(person) for person in Person.objects.order_by("code")]

    assert (shown, unsealed) == (["P-1", "P-2", "P-3"], [])


def test_value_is_opened_once_and_alone(people: list[Person], unsealed):
    person = Person.objects.get(code="P-1")

    aliases = [person.alias, person.alias]

    assert (aliases, unsealed) == (
        ["Jacaranda", "Jacaranda"],
        [f"protection.person.alias:{person.pk}"],
    )


def test_saving_another_field_opens_nothing(people: list[Person], unsealed):
    person = Person.objects.get(code="P-1")
    person.is_active = False
    person.save()

    assert unsealed == []
    assert Person.objects.get(code="P-1").alias == "Jacaranda"


def test_deferred_value_is_fetched_and_opened(people: list[Person]):
    person = Person.objects.defer("alias").get(code="P-2")

    assert person.alias == "Colibrí"


def test_refreshed_value_is_the_stored_one(people: list[Person]):
    person = Person.objects.get(code="P-1")
    person.alias = "changed"

    person.refresh_from_db()

    assert person.alias == "Jacaranda"


# --- Bound to its row --------------------------------------------------------------
def test_value_moved_to_another_row_does_not_open(people: list[Person]):
    rows_where("alias = %s WHERE code = 'P-2'", stored(people[0]))

    with pytest.raises(SealBroken):
        _ = Person.objects.get(code="P-2").alias


def test_value_moved_to_another_column_does_not_open(people: list[Person]):
    rows_where("family_names = alias")

    with pytest.raises(SealBroken):
        _ = Person.objects.get(code="P-1").family_names


def test_moved_value_leaves_the_other_fields_readable(people: list[Person]):
    rows_where("family_names = alias")

    assert Person.objects.get(code="P-1").alias == "Jacaranda"


# --- What cannot be done, says so --------------------------------------------------
def test_update_is_refused(people: list[Person]):
    with pytest.raises(FieldError) as refused:
        Person.objects.update(alias="Otro")

    assert str(refused.value) == (
        "alias is encrypted and bound to its row: save the object,"
        " update() cannot write it."
    )


def test_bulk_update_is_refused(people: list[Person]):
    people[0].alias = "Otro"

    with pytest.raises(FieldError):
        Person.objects.bulk_update(people, ["alias"])


@pytest.mark.parametrize(
    "lookup", ["alias", "alias__iexact", "alias__contains", "alias__in", "alias__gt"]
)
def test_search_is_refused(people: list[Person], lookup: str):
    with pytest.raises(FieldError) as refused:
        Person.objects.filter(**{lookup: "Jacaranda"}).exists()

    assert str(refused.value) == "alias is encrypted: it cannot be searched."


def test_emptiness_can_be_asked(people: list[Person]):
    assert Person.objects.filter(alias__isnull=False).count() == 3


# --- Blind index -------------------------------------------------------------------
def test_number_is_found_by_its_index(db: None):
    contact = a_contact("C-1", a_mechanism(), number="+520020000001")

    found = ContactMethod.objects.of_number("+520020000001").get()

    assert (found.contact, found.value) == (contact, "+520020000001")


def test_index_follows_a_changed_number(db: None):
    contact = a_contact("C-1", a_mechanism(), number="+520020000001")
    method = contact.methods.get()
    method.value = "+520020000002"
    method.save()

    assert ContactMethod.objects.of_number("+520020000001").count() == 0
    assert ContactMethod.objects.of_number("+520020000002").get() == method


def test_index_depends_on_its_key(settings):
    before = number_index("+520020000001")
    settings.BLIND_INDEX_KEY = b"b" * 32

    assert number_index("+520020000001") != before


# --- Keys of rows ------------------------------------------------------------------
def test_uuid_is_of_version_7():
    made = time_ordered_uuid()

    assert (made.version, made.variant) == (7, uuid.RFC_4122)


def test_uuids_sort_by_time():
    with time_machine.travel(NOW, tick=False) as clock:
        made = []
        for _ in range(50):
            made.append(time_ordered_uuid())
            clock.shift(timedelta(milliseconds=1))

    assert made == sorted(made)


def test_uuid_begins_with_its_millisecond():
    with time_machine.travel(NOW, tick=False):
        made = time_ordered_uuid()

    assert made.int >> 80 == int(NOW.timestamp() * 1000)


def test_uuids_of_one_moment_differ():
    with time_machine.travel(NOW, tick=False):
        made = {time_ordered_uuid() for _ in range(1000)}

    assert len(made) == 1000


def test_key_exists_before_the_row(db: None):
    assert Contact(code="C-1").pk is not None


def test_row_copied_under_a_new_key_is_refused_rather_than_lost(db):
    """An unopened value is bound to its row: elsewhere it could never be read."""
    copied = Person.objects.get(pk=a_person("P-1", given_names="Marta").pk)
    copied.pk, copied.code, copied._state.adding = time_ordered_uuid(), "P-2", True

    with pytest.raises(FieldError, match="bound to the row"):
        copied.save()
