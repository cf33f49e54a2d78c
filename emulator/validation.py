"""Whether a create request is one Twilio would take, asked in Twilio's order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from .loopback import is_loopback_url
from .options import E164, Options
from .resource import ApiError
from .settings import Settings

MAX_BODY = 1600
MAX_SCHEDULE = timedelta(days=35)


@dataclass(frozen=True)
class Draft:
    """A create request that passed: what the message will be made from."""

    to: str
    sender: str | None
    service_sid: str | None
    body: str
    num_media: int
    callback_url: str | None
    send_at: datetime | None


def bare(address: str) -> str:
    """A number without its channel: "whatsapp:+52..." gives "+52..."."""
    return address.rpartition(":")[2]


def channel(address: str) -> str:
    return address.rpartition(":")[0]


def check_create(
    form: Mapping[str, str],
    media_count: int,
    options: Options,
    settings: Settings,
    now: datetime,
) -> Draft:
    to = form.get("To", "")
    check_recipient(to, options, settings)
    sender, service_sid = check_sender(form, to, options)
    callback_url = form.get("StatusCallback") or None
    if callback_url and not is_loopback_url(callback_url):
        raise ApiError(
            400, 21609, "The StatusCallback URL is not a valid URL on this machine."
        )
    body = form.get("Body", "")
    if not body and not media_count and not form.get("ContentSid"):
        raise ApiError(400, 21602, "Message body is required.")
    if len(body) > MAX_BODY:
        raise ApiError(
            400,
            21617,
            "The concatenated message body exceeds the 1600 character limit.",
        )
    send_at = check_schedule(form, service_sid, settings, now)
    return Draft(to, sender, service_sid, body, media_count, callback_url, send_at)


def check_recipient(to: str, options: Options, settings: Settings) -> None:
    number = bare(to)
    if not to:
        raise ApiError(400, 21604, "A 'To' phone number is required.")
    if not E164.match(number) or number in options.own_numbers:
        raise ApiError(400, 21211, f"The 'To' number {to} is not a valid phone number.")
    if not number.startswith(tuple(settings.country_prefixes)):
        raise ApiError(
            400,
            21408,
            "Permission to send an SMS has not been enabled for the region "
            f"indicated by the 'To' number: {to}.",
        )
    code = settings.bad_numbers.get(number)
    if code is not None and code < 30000:
        raise ApiError(400, code, f"'To' number {to} cannot receive this message.")


def check_sender(
    form: Mapping[str, str], to: str, options: Options
) -> tuple[str | None, str | None]:
    sender = form.get("From") or None
    service_sid = form.get("MessagingServiceSid") or None
    if sender is None and service_sid is None:
        raise ApiError(
            400, 21603, "A 'From' phone number or MessagingServiceSid is required."
        )
    if service_sid is not None and service_sid != options.service_sid:
        raise ApiError(
            400, 21703, f"The Messaging Service {service_sid} does not exist."
        )
    if sender is None:
        return None, service_sid
    if not E164.match(bare(sender)):
        raise ApiError(
            400, 21212, f"The 'From' number {sender} is not a valid phone number."
        )
    pool = options.service_numbers if service_sid else options.own_numbers
    if bare(sender) not in pool:
        raise ApiError(
            400,
            21606,
            f"The 'From' phone number {sender} is not a message-capable number "
            "of this account.",
        )
    if channel(sender) != channel(to):
        raise ApiError(400, 21910, "'From' and 'To' must use the same channel.")
    return sender, service_sid


def check_schedule(
    form: Mapping[str, str], service_sid: str | None, settings: Settings, now: datetime
) -> datetime | None:
    if not form.get("ScheduleType") and not form.get("SendAt"):
        return None
    if service_sid is None:
        raise ApiError(
            400, 35118, "A MessagingServiceSid is required to schedule a message."
        )
    if form.get("ScheduleType") != "fixed" or not form.get("SendAt"):
        raise ApiError(400, 35111, "ScheduleType 'fixed' and SendAt come together.")
    send_at = parse_moment(form["SendAt"])
    earliest = now + timedelta(seconds=settings.schedule_min_seconds)
    if send_at is None or not earliest <= send_at <= now + MAX_SCHEDULE:
        raise ApiError(
            400, 35114, "SendAt must be a time between 15 minutes and 35 days away."
        )
    return send_at


def parse_moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
