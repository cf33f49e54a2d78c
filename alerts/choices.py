"""The vocabulary of what happens and who is woken. Values are stored as written."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _


class InboundState(TextChoices):
    RECEIVED = "received", _("Received")
    PROCESSED = "processed", _("Processed")
    QUARANTINED = "quarantined", _("Held in quarantine")


class InboundSource(TextChoices):
    WEBHOOK = "webhook", _("Webhook")
    FALLBACK = "fallback", _("Fallback address")


class QuarantineReason(TextChoices):
    SIGNATURE = "signature", _("Signature missing or wrong")
    ACCOUNT = "account", _("Another account")
    RECIPIENT = "recipient", _("Not one of our numbers")
    INCOMPLETE = "incomplete", _("Required fields missing")
    TOO_LARGE = "too_large", _("Too large")


class Meaning(TextChoices):
    """What we took a text to be."""

    ALERT = "alert", _("Alert")
    UPDATE = "update", _("More on an open alert")
    ACKNOWLEDGEMENT = "acknowledgement", _("Acknowledgement")
    UNCLEAR_REPLY = "unclear_reply", _("Reply for a human")
    UNKNOWN_SENDER = "unknown_sender", _("Unknown sender")


class AlertSource(TextChoices):
    SMS = "sms", _("SMS")
    WHATSAPP = "whatsapp", _("WhatsApp")
    VOICE = "voice", _("Voice")
    MANUAL = "manual", _("Manual intake")
    API = "api", _("Partner system")
    CHECKIN = "checkin", _("Check-in")
    CASE = "case", _("Case")


class AlertKind(TextChoices):
    ALARM = "alarm", _("Alarm")
    DURESS = "duress", _("Duress")
    UNCLEAR = "unclear", _("Unclear")
    MISSED_CHECKIN = "missed_checkin", _("Missed check-in")
    DEADLINE = "deadline", _("Legal deadline")
    RELAYED = "relayed", _("Relayed")
    DRILL = "drill", _("Drill")


class AlertStatus(TextChoices):
    NEW = "new", _("New")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    IN_CHARGE = "in_charge", _("In charge")
    RESOLVED = "resolved", _("Resolved")
    DISMISSED = "dismissed", _("Dismissed")


OPEN_STATUSES = (AlertStatus.NEW, AlertStatus.ACKNOWLEDGED, AlertStatus.IN_CHARGE)


class Severity(IntegerChoices):
    LOW = 1, _("Low")
    MEDIUM = 2, _("Medium")
    HIGH = 3, _("High")
    CRITICAL = 4, _("Critical")


class AlertEventKind(TextChoices):
    RAISED = "raised", _("Raised")
    MESSAGE = "message", _("Text received")
    RAISED_HIGHER = "raised_higher", _("Urgency raised")
    STEP = "step", _("Step carried out")
    NOBODY = "nobody", _("Nobody could be told at this step")
    EMPTY_ROUND = "empty_round", _("A whole round reached nobody")
    WITHHELD = "withheld", _("Text withheld at sending")
    POLICY = "policy", _("Policy changed")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")


class EscalationStatus(TextChoices):
    RUNNING = "running", _("Running")
    PAUSED_BY_ACK = "paused_by_ack", _("Paused by acknowledgement")
    STOPPED = "stopped", _("Stopped")
    EXHAUSTED = "exhausted", _("Exhausted")


class Target(TextChoices):
    """Whom a step wakes. Who that is, is read at each step."""

    DUTY_OFFICERS = "duty_officers", _("Duty officers on shift")
    LIAISONS = "liaisons", _("Liaisons of the territory")
    COORDINATORS = "coordinators", _("Coordinators")
    MEDIA_OWNER = "media_owner", _("Media owner")


class Purpose(TextChoices):
    WAKE = "wake", _("Wake somebody")
    NEWS = "news", _("News for whoever holds it")
    CONFIRMATION = "confirmation", _("Confirm a reply")
    WHICH = "which", _("Ask which one is meant")
    RECEIPT = "receipt", _("Receipt to the person")


class Priority(IntegerChoices):
    """P0 saves lives and goes at least once; P2 informs and goes at most once."""

    P0 = 0, "P0"
    P1 = 1, "P1"
    P2 = 2, "P2"


class OutboundStatus(TextChoices):
    """Our own words until the provider has it, then the provider's."""

    PENDING = "pending", _("Waiting to leave")
    SUBMITTING = "submitting", _("Being handed over")
    UNKNOWN = "unknown", _("Outcome unknown")
    ACCEPTED = "accepted", _("Accepted")
    SCHEDULED = "scheduled", _("Scheduled")
    QUEUED = "queued", _("Queued")
    SENDING = "sending", _("Sending")
    SENT = "sent", _("Sent")
    DELIVERED = "delivered", _("Delivered")
    READ = "read", _("Read")
    UNDELIVERED = "undelivered", _("Undelivered")
    FAILED = "failed", _("Failed")
    CANCELED = "canceled", _("Canceled")
    SUPERSEDED = "superseded", _("No longer needed")
    WITHHELD = "withheld", _("Withheld")
    ABANDONED = "abandoned", _("Not sent again")


NOT_YET_SENT = (
    OutboundStatus.PENDING,
    OutboundStatus.SUBMITTING,
    OutboundStatus.UNKNOWN,
)


class AttemptOutcome(TextChoices):
    CLAIMED = "claimed", _("Claimed")
    ACCEPTED = "accepted", _("Accepted by the provider")
    NOT_SENT = "not_sent", _("Certainly not sent")
    REFUSED = "refused", _("Refused by the provider")
    UNKNOWN = "unknown", _("Outcome unknown")
    LOST = "lost", _("Never confirmed")


class ReplyMode(TextChoices):
    NONE = "none", _("Never reply")
    NEUTRAL = "neutral", _("Neutral receipt")
