"""The people of the stories. All invented.

Elena, the journalist · Diego, duty officer of the federal mechanism · Carmen, its
coordinator · Hugo, liaison of the state · Julia, owner of Elena's weekly · Fausto, duty
officer of the municipal police, whom Elena distrusts.
"""

from dataclasses import dataclass

from protection.choices import (
    ConsentPurpose,
    ContactRole,
    Level,
    OrganisationKind,
)
from protection.models import Contact, Organisation, Person
from protection.services.conflicts import record_conflict
from tests.factories import (
    NOW,
    a_contact,
    a_mechanism,
    a_municipality,
    a_person,
    a_state,
    an_organisation,
)


@dataclass
class World:
    elena: Person
    diego: Contact
    carmen: Contact
    hugo: Contact
    julia: Contact
    fausto: Contact
    police: Organisation
    weekly: Organisation


def build_world() -> World:
    veracruz, xalapa = a_state(), a_municipality()
    mechanism = a_mechanism()
    state_unit = an_organisation(
        "UE-VER", OrganisationKind.AUTHORITY, level=Level.STATE, state=veracruz
    )
    police = an_organisation(
        "POL-XAL",
        OrganisationKind.POLICE,
        level=Level.MUNICIPAL,
        state=veracruz,
        municipality=xalapa,
    )
    weekly = an_organisation("NIEBLA", OrganisationKind.MEDIA_OUTLET)
    elena = a_person(
        "P-ELENA",
        number="+520010000001",
        words=("girasol", "llegué bien", "llegué muy bien"),
        consents=(
            ConsentPurpose.RECEIVE_ALERTS,
            ConsentPurpose.NOTIFY_OUTLET,
            ConsentPurpose.NOTIFY_AUTHORITIES,
        ),
        alias="Jacaranda",
        given_names="Elena",
        family_names="Rivas Montero",
        state=veracruz,
        municipality=xalapa,
        outlet=weekly,
    )
    record_conflict(person=elena, with_whom=police, by="test", now=NOW)
    return World(
        elena=elena,
        diego=a_contact("DIEGO", mechanism, number="+520020000001", code_phrase="FARO"),
        carmen=a_contact(
            "CARMEN", mechanism, ContactRole.COORDINATOR, number="+520020000003"
        ),
        hugo=a_contact("HUGO", state_unit, ContactRole.LIAISON, number="+520020000004"),
        julia=a_contact(
            "JULIA", weekly, ContactRole.MEDIA_OWNER, number="+520020000008"
        ),
        fausto=a_contact("FAUSTO", police, number="+520020000007"),
        police=police,
        weekly=weekly,
    )
