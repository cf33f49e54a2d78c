"""What the provider posts to us: texts and receipts (CONTRACT section 3).

The order is the promise: verify, store and commit, answer. No network call is made
here, and nothing that fails after the commit changes the answer. Never rate-limited.
"""

import logging
import re
from uuid import UUID

from django.conf import settings
from django.core.exceptions import TooManyFieldsSent
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from alerts.choices import InboundSource, QuarantineReason
from alerts.gateways.twilio import is_signed
from alerts.services import intake, outcomes, quarantine
from protection.rules.phones import sender_of

logger = logging.getLogger(__name__)

LARGEST_BODY = 64 * 1024  # bytes; 1,600 characters of emoji, encoded, are 19 kB
# Exactly as long as the provider makes it: fields are signed without delimiters, so a
# longer one could swallow its neighbour and let an old request pass under a new id.
_SID = re.compile(r"[A-Z]{2}[0-9A-Za-z]{32}", re.ASCII)
_ERROR_CODE = re.compile(r"[0-9]{1,9}", re.ASCII)
_REQUIRED = ("MessageSid", "AccountSid", "From", "To")
_EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response/>'


@csrf_exempt
@require_POST
def inbound(request: HttpRequest) -> HttpResponse:
    return _receive(request, InboundSource.WEBHOOK)


@csrf_exempt
@require_POST
def fallback(request: HttpRequest) -> HttpResponse:
    return _receive(request, InboundSource.FALLBACK)


@csrf_exempt
@require_POST
def status(request: HttpRequest, token: str) -> HttpResponse:
    """A delivery receipt for the attempt that carries this token."""
    body, too_large = _body(request)
    form = _form(body)
    if too_large or _doubt_of_origin(request, form):
        return _text(403, "This request was not accepted.")
    sid, error_code = _field(form, "MessageSid"), _field(form, "ErrorCode")
    is_ours = _SID.fullmatch(sid) and outcomes.record_receipt(
        token=token,
        provider_sid=sid,
        status=_safe(_field(form, "MessageStatus")),
        error_code=int(error_code) if _ERROR_CODE.fullmatch(error_code) else None,
        now=timezone.now(),
    )
    if not is_ours:
        logger.error("A signed receipt names no attempt of ours.")
    return HttpResponse(status=204)


def _receive(request: HttpRequest, source: InboundSource) -> HttpResponse:
    body, too_large = _body(request)
    form = _form(body)
    reason = QuarantineReason.TOO_LARGE if too_large else _doubt(request, form)
    try:
        if reason:
            _hold(body, form, reason, source)
            return _text(403, "This request was not accepted.")
        message_id = intake.store(
            intake.Arrival(
                provider_sid=_field(form, "MessageSid"),
                reported_sender=_field(form, "From"),
                text=_field(form, "Body"),
                payload=body,
                source=source,
            ),
            now=timezone.now(),
        )
    except DatabaseError:
        logger.exception("A text could not be stored; the provider is told to retry.")
        return _text(503, "Try again.")
    if message_id:
        _process(message_id)
    return HttpResponse(_EMPTY_TWIML, content_type="text/xml")


def _process(message_id: UUID) -> None:
    """The text is safe already: whatever goes wrong here, the sweep does again."""
    try:
        intake.process(message_id=message_id, now=timezone.now())
    except Exception:
        logger.exception(
            "A stored text waits for the sweep.", extra={"row": str(message_id)}
        )


def _body(request: HttpRequest) -> tuple[bytes, bool]:
    """The body byte for byte, as far as a text of ours can be long; nothing of one that
    broke off on the way."""
    try:
        body = request.read(LARGEST_BODY + 1)
    except OSError:
        return b"", False
    return body[:LARGEST_BODY], len(body) > LARGEST_BODY


def _form(body: bytes) -> QueryDict:
    """The form's fields; none where the body is no form. Nothing here can fail."""
    try:
        return QueryDict(body, encoding="utf-8")
    except (TooManyFieldsSent, ValueError):
        return QueryDict()


def _field(form: QueryDict, name: str) -> str:
    return str(form.get(name) or "")


def _doubt_of_origin(request: HttpRequest, form: QueryDict) -> QuarantineReason | None:
    signature = request.headers.get("X-Twilio-Signature", "")
    if not is_signed(path=request.get_full_path(), params=form, signature=signature):
        return QuarantineReason.SIGNATURE
    if _field(form, "AccountSid") != settings.TWILIO_ACCOUNT_SID:
        return QuarantineReason.ACCOUNT
    return None


def _doubt(request: HttpRequest, form: QueryDict) -> QuarantineReason | None:
    """Why this request may not be from our provider for us; None when it is."""
    if reason := _doubt_of_origin(request, form):
        return reason
    has_all = all(_field(form, name) for name in _REQUIRED)
    if not has_all or not _SID.fullmatch(_field(form, "MessageSid")):
        return QuarantineReason.INCOMPLETE
    return None if _is_ours(form) else QuarantineReason.RECIPIENT


def _is_ours(form: QueryDict) -> bool:
    """Any configured number, or our Messaging Service (CONTRACT 8.8)."""
    service = settings.TWILIO_MESSAGING_SERVICE_SID
    if service and _field(form, "MessagingServiceSid") == service:
        return True
    numbers = {
        sender_of(number).address
        for number in (
            *settings.TWILIO_INTAKE_NUMBERS,
            settings.TWILIO_FROM_NUMBER,
            settings.TWILIO_VOICE_NUMBER,
            settings.TWILIO_WHATSAPP_NUMBER,
        )
        if number
    }
    return sender_of(_field(form, "To")).address in numbers


def _hold(
    body: bytes, form: QueryDict, reason: QuarantineReason, source: InboundSource
) -> None:
    sid = _field(form, "MessageSid")
    quarantine.hold(
        quarantine.Doubtful(
            reason=reason,
            provider_sid=sid if _SID.fullmatch(sid) else "",
            reported_sender=_field(form, "From"),
            text=_field(form, "Body"),
            payload=body,
            source=source,
        ),
        now=timezone.now(),
    )
    logger.warning("A request is held in quarantine.", extra={"reason": str(reason)})


def _safe(word: str) -> str:
    return re.sub(r"[^a-z_]", "", word.lower())[:20]


def _text(code: int, sentence: str) -> HttpResponse:
    return HttpResponse(sentence, status=code, content_type="text/plain; charset=utf-8")
