from alerts.models.alert import Alert, AlertEvent
from alerts.models.duty import DutyShift
from alerts.models.enrolment import Enrolment
from alerts.models.escalation import Escalation, EscalationPolicy, EscalationStep
from alerts.models.inbound import InboundMessage, QuarantineOverflow
from alerts.models.message_record import MessageRecord
from alerts.models.outbound import DeliveryReceipt, OutboundAttempt, OutboundMessage
from alerts.models.reply_code import ReplyCode

__all__ = [
    "Alert",
    "AlertEvent",
    "DeliveryReceipt",
    "DutyShift",
    "Enrolment",
    "Escalation",
    "EscalationPolicy",
    "EscalationStep",
    "InboundMessage",
    "MessageRecord",
    "OutboundAttempt",
    "OutboundMessage",
    "QuarantineOverflow",
    "ReplyCode",
]
