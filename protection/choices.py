"""The vocabulary of people, institutions and promises. Values are stored as written."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class UserRole(TextChoices):
    ADMINISTRATOR = "administrator", _("Administrator")
    COORDINATOR = "coordinator", _("Coordinator")
    CASEWORKER = "caseworker", _("Caseworker")


class Language(TextChoices):
    SPANISH = "es", _("Spanish")
    ENGLISH = "en", _("English")


class OrganisationKind(TextChoices):
    MECHANISM = "mechanism", _("Protection mechanism")
    AUTHORITY = "authority", _("Authority")
    PROSECUTOR = "prosecutor", _("Prosecutor's office")
    POLICE = "police", _("Police")
    MEDIA_OUTLET = "media_outlet", _("Media outlet")
    PRESS_FREEDOM = "press_freedom", _("Press-freedom organisation")
    OTHER = "other", _("Other")


class Level(TextChoices):
    FEDERAL = "federal", _("Federal")
    STATE = "state", _("State")
    MUNICIPAL = "municipal", _("Municipal")
    NONE = "none", _("None")


class ContactRole(TextChoices):
    DUTY_OFFICER = "duty_officer", _("Duty officer")
    LIAISON = "liaison", _("Liaison")
    COORDINATOR = "coordinator", _("Coordinator")
    MEDIA_OWNER = "media_owner", _("Media owner")
    EDITOR = "editor", _("Editor")


class OnDuty(TextChoices):
    ALWAYS = "always", _("Always on duty")
    ROSTER = "roster", _("On duty by roster")


class MethodKind(TextChoices):
    PHONE = "phone", _("Phone")
    EMAIL = "email", _("E-mail")


class Channel(TextChoices):
    SMS = "sms", _("SMS")
    WHATSAPP = "whatsapp", _("WhatsApp")


class NumberState(TextChoices):
    """What a number may still be used for (PEERS 2.7)."""

    ACTIVE = "active", _("Active")
    DO_NOT_TEXT = "do_not_text", _("Do not text back")
    NEUTRAL_ONLY = "neutral_only", _("Neutral words only")
    SEIZED = "seized", _("Phone seized")
    CHANGED_OWNER = "changed_owner", _("Number changed owner")


class ConsentPurpose(TextChoices):
    RECEIVE_ALERTS = "receive_alerts", _("Receive texts from us")
    NOTIFY_OUTLET = "notify_outlet", _("Tell the media outlet")
    NOTIFY_AUTHORITIES = "notify_authorities", _("Tell other authorities")
    SHARE_PARTNERS = "share_partners", _("Share with partners")
    PUBLISH_AGGREGATE = "publish_aggregate", _("Count in published figures")


class ConsentState(TextChoices):
    GIVEN = "given", _("Given")
    IMPEDED = "impeded", _("Impeded")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Scope(TextChoices):
    """What an API token may do (CONTRACT section 4)."""

    ALERTS_READ = "alerts:read"
    ALERTS_WRITE = "alerts:write"
    CASES_READ = "cases:read"
    CASES_WRITE = "cases:write"
    PEOPLE_READ = "people:read"
    PEOPLE_WRITE = "people:write"
    MESSAGES_READ = "messages:read"
    FIGURES_READ = "figures:read"
