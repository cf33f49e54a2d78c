"""Every field says whether it is personal; what is personal is sealed (STYLE, 34).

A new field fails here until somebody has decided. Personal means: it tells who a
protected person, a contact or a sender is, how to reach them, or what they wrote.
"""

import pytest
from django.apps import apps
from django.db import models

from protection.fields import EncryptedField

APPS = ("protection", "alerts", "cases", "dashboards")

SEALED = """
protection.Person: alias given_names family_names
protection.Contact: name code_phrase
protection.ContactMethod: value
protection.ConflictOfInterest: reason
alerts.InboundMessage: sender text payload
alerts.OutboundMessage: text
"""

# Keyed with BLIND_INDEX_KEY: equal values are found, none can be read.
FINGERPRINTS = """
protection.ContactMethod: index
alerts.Enrolment: alert_word ok_word duress_word
alerts.InboundMessage: sender_index fingerprint
alerts.ReplyCode: number_index
alerts.Alert: subject
"""

# Personal, and kept readable, each for its reason.
READABLE = {
    # Colleagues' own names: the desk shows who is who, and they sign in with them.
    "protection.User": "username first_name last_name email",
}

NOT_PERSONAL = """
protection.State: code name official_name abbreviation iso_code population
protection.Municipality: code state name head_town population latitude longitude
protection.Municipality: map_code
protection.StateNeighbour: id state neighbour
protection.MunicipalityNeighbour: id municipality neighbour
protection.WorkingCalendar: code name base
protection.NonWorkingDay: id calendar date name legal_basis
protection.Heartbeat: name at
protection.Organisation: id code is_active created_at name kind level state
protection.Organisation: municipality calendar
protection.Person: id code is_active created_at language state municipality outlet
protection.Person: time_zone
protection.Contact: id code is_active created_at organisation role language on_duty
protection.Contact: state municipality
protection.ContactMethod: id person contact kind channel position state bad_since
protection.ContactMethod: bad_code opted_out_at verified_at
protection.Consent: id person purpose state decided_at recorded_by superseded_at
protection.ConflictOfInterest: id person organisation contact user since recorded_by
protection.ConflictOfInterest: ended_at
protection.User: id password last_login is_superuser is_staff is_active date_joined
protection.User: code role state groups user_permissions
protection.ApiToken: id name digest scopes created_at expires_at revoked_at
protection.AuditEvent: id at actor action target_kind target details position digest
alerts.Alert: id person candidates kind severity source status received_at raised_at
alerts.Alert: acknowledged_at acknowledged_by taken_charge_at taken_charge_by
alerts.AlertEvent: id alert at kind by details
alerts.DutyShift: id contact starts_at ends_at
alerts.Enrolment: id person reply policy
alerts.EscalationPolicy: id code version is_current repeat_after becomes
alerts.EscalationStep: id policy position after channel targets
alerts.Escalation: id alert policy program status round step round_reached started_at
alerts.Escalation: next_due_at
alerts.InboundMessage: id state source provider_sid channel received_at processed_at
alerts.InboundMessage: meaning alert needs_human reason times_seen
alerts.QuarantineOverflow: hour refused
alerts.MessageRecord: id direction channel purpose priority status provider_sid
alerts.MessageRecord: received_at processed_at error_code attempt_count alert_id
alerts.OutboundMessage: id alert method purpose priority channel escalation step round
alerts.OutboundMessage: occasion status status_reason error_code attempt_count
alerts.OutboundMessage: provider_sid created_at not_before
alerts.OutboundAttempt: id message number token claimed_at finished_at outcome
alerts.OutboundAttempt: provider_sid error_code
alerts.DeliveryReceipt: id attempt status error_code at
alerts.ReplyCode: id alert method code created_at closed_at
"""


def listed(table: str) -> set[str]:
    found = set()
    for line in table.split("\n"):
        model, _, names = line.partition(":")
        found |= {f"{model}.{name}" for name in names.split()}
    return found


PERSONAL_READABLE = listed("\n".join(f"{m}: {names}" for m, names in READABLE.items()))
TABLES = {
    "sealed": listed(SEALED),
    "fingerprints": listed(FINGERPRINTS),
    "readable": PERSONAL_READABLE,
    "not personal": listed(NOT_PERSONAL),
}


def fields() -> dict[str, models.Field]:
    return {
        f"{model._meta.label}.{field.name}": field
        for app in APPS
        for model in apps.get_app_config(app).get_models()
        for field in (*model._meta.fields, *model._meta.many_to_many)
    }


def test_every_field_is_classified():
    assert set(fields()) - set().union(*TABLES.values()) == set()


def test_no_field_is_classified_that_is_gone():
    assert set().union(*TABLES.values()) - set(fields()) == set()


def test_no_field_is_classified_twice():
    names = [name for table in TABLES.values() for name in table]

    assert [name for name in set(names) if names.count(name) > 1] == []


def test_sealed_fields_are_those_in_the_table():
    sealed = {
        name for name, field in fields().items() if isinstance(field, EncryptedField)
    }

    assert sealed == TABLES["sealed"]


@pytest.mark.parametrize("name", sorted(TABLES["fingerprints"]))
def test_fingerprint_is_not_shown_on_forms(name: str):
    assert fields()[name].editable is False


# A text field that anybody can fill is where a name slips in: these are the only ones
# that take free text and are readable.
FREE_TEXT = {
    "protection.Organisation.name",  # institutions and outlets are public
    "protection.ApiToken.name",  # a partner system
    "protection.WorkingCalendar.name",
    "protection.NonWorkingDay.name",
    "protection.NonWorkingDay.legal_basis",
    "protection.Person.time_zone",
}


def test_readable_free_text_is_on_the_list():
    free = {
        name
        for name, field in fields().items()
        if name in TABLES["not personal"]
        and isinstance(field, models.CharField | models.TextField)
        and field.editable
        and not field.choices
        and not field.validators[1:]  # a code has a validator besides its length
        and name.split(".")[1] not in {"State", "Municipality", "MessageRecord"}
    }

    written_by_code_only = {
        *("protection.User.password", "protection.Heartbeat.name"),
        *(
            "protection.Consent.recorded_by",
            "protection.ConflictOfInterest.recorded_by",
        ),
        *(f"protection.AuditEvent.{n}" for n in ("actor", "action", "target")),
        "protection.AuditEvent.target_kind",
        *("alerts.Alert.acknowledged_by", "alerts.Alert.taken_charge_by"),
        *("alerts.AlertEvent.by", "alerts.DeliveryReceipt.status"),
        *("alerts.Escalation.policy", "alerts.EscalationPolicy.becomes"),
        "alerts.EscalationStep.channel",
        *("alerts.InboundMessage.provider_sid", "alerts.OutboundMessage.provider_sid"),
        *("alerts.OutboundAttempt.provider_sid", "alerts.ReplyCode.code"),
        "alerts.OutboundMessage.occasion",
        "alerts.OutboundMessage.status_reason",
        "protection.WorkingCalendar.code",
    }
    assert free - written_by_code_only == FREE_TEXT
