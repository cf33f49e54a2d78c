from protection.models.api_token import ApiToken
from protection.models.audit import AuditEvent
from protection.models.conflict import ConflictOfInterest
from protection.models.consent import Consent
from protection.models.contact import Contact
from protection.models.contact_method import ContactMethod
from protection.models.heartbeat import Heartbeat
from protection.models.organisation import Organisation
from protection.models.person import Person
from protection.models.territory import (
    Municipality,
    MunicipalityNeighbour,
    NonWorkingDay,
    State,
    StateNeighbour,
    WorkingCalendar,
)
from protection.models.user import User

__all__ = [
    "ApiToken",
    "AuditEvent",
    "ConflictOfInterest",
    "Consent",
    "Contact",
    "ContactMethod",
    "Heartbeat",
    "Municipality",
    "MunicipalityNeighbour",
    "NonWorkingDay",
    "Organisation",
    "Person",
    "State",
    "StateNeighbour",
    "User",
    "WorkingCalendar",
]
