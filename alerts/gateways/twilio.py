"""The road to Twilio: the only file that imports its library.

Facts that shape it (MESSAGING 2.6, 2.7): creating a message has no idempotency key, the
library has no time-out of its own, and its exceptions hold phone numbers. So: both
time-outs set, no automatic retry, one client a process, and codes instead of messages.
"""

from datetime import UTC, datetime, timedelta
from functools import cache
from ssl import SSLCertVerificationError
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from urllib3.exceptions import NewConnectionError, SSLError

from alerts.gateways.base import Accepted, GatewayError, Letter
from alerts.rules.delivery import ErrorClass, class_of
from protection.rules.phones import is_fictional

CONNECT_LIMIT = 5.0  # seconds
READ_LIMIT = 10.0  # seconds
CONNECTIONS = 32  # as many as the threads of one worker
CLOCK_SLACK = timedelta(seconds=5)  # the provider's clock shows whole seconds
PROVIDER_HOST = ".twilio.com"
FICTIONAL_CODE = 21211  # what the provider says of a number that cannot exist


class TimedHttpClient(HttpClient):  # type: ignore[misc]  # the library is partly typed
    """Connect and read time-outs, one session, no retry, and nowhere but the provider.

    With ``TWILIO_API_BASE_URL`` every call goes to that address instead.
    """

    def __init__(self, base_url: str = "") -> None:
        super().__init__(None, False, None)
        self.base = urlsplit(base_url) if base_url else None
        self.session = requests.Session()
        adapter = HTTPAdapter(pool_maxsize=CONNECTIONS, max_retries=0)
        self.session.mount("https://", adapter)
        self.session.mount("http://", adapter)

    def request(
        self,
        method: str,
        url: str,
        params: dict[str, Any] | None = None,
        data: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        response = self.session.request(
            method.upper(),
            self._address(url),
            params=params,
            data=data,
            headers=headers,
            auth=auth,
            timeout=(CONNECT_LIMIT, READ_LIMIT),
            allow_redirects=False,
        )
        return Response(response.status_code, response.text, dict(response.headers))

    def _address(self, url: str) -> str:
        parts = urlsplit(url)
        if not (parts.hostname or "").endswith(PROVIDER_HOST):
            raise ValueError("Credentials are sent to the provider only.")
        if self.base is None:
            return url
        return urlunsplit(
            (self.base.scheme, self.base.netloc, parts.path, parts.query, "")
        )


class TwilioGateway:
    """Sends with an API key if there is one, so that workers need not hold the token
    that can forge alerts."""

    def __init__(self) -> None:
        user = settings.TWILIO_API_KEY or settings.TWILIO_ACCOUNT_SID
        password = settings.TWILIO_API_SECRET or settings.TWILIO_AUTH_TOKEN
        self.client = Client(
            user,
            password,
            settings.TWILIO_ACCOUNT_SID,
            http_client=TimedHttpClient(settings.TWILIO_API_BASE_URL),
        )

    def send(self, letter: Letter) -> Accepted:
        if is_fictional(letter.to) and not settings.TWILIO_API_BASE_URL:
            raise GatewayError(ErrorClass.ADDRESS, code=FICTIONAL_CODE)
        service = settings.TWILIO_MESSAGING_SERVICE_SID
        sender = (
            {"messaging_service_sid": service}
            if service
            else {"from_": settings.TWILIO_FROM_NUMBER}
        )
        try:
            message = self.client.messages.create(
                to=letter.to,
                body=letter.text,
                status_callback=letter.callback_url,
                smart_encoded=False,
                **sender,
            )
        except (requests.RequestException, TwilioException, ValueError) as error:
            raise _gateway_error(error) from None
        return Accepted(message.sid, str(message.status))

    def find(
        self, letter: Letter, *, since: datetime, besides: frozenset[str]
    ) -> Accepted | None:
        try:
            listed = self.client.messages.list(to=letter.to, limit=50, page_size=50)
        except (requests.RequestException, TwilioException, ValueError) as error:
            raise _gateway_error(error) from None
        for message in listed:
            created = message.date_created or datetime.now(UTC)
            if (
                message.body == letter.text
                and message.sid not in besides
                and str(message.direction).startswith("outbound")
                and created >= since - CLOCK_SLACK
            ):
                return Accepted(message.sid, str(message.status))
        return None


def _gateway_error(error: Exception) -> GatewayError:
    if isinstance(error, TwilioRestException):
        code = int(error.code) if error.code else None
        status = int(error.status)
        return GatewayError(
            class_of(code, http_status=status), code=code, http_status=status
        )
    if _never_left(error):
        return GatewayError(ErrorClass.TRANSIENT)
    return GatewayError(ErrorClass.AMBIGUOUS)


def _never_left(error: Exception) -> bool:
    """True where no connection came about, so that nothing can have been sent.

    A certificate we do not trust ends the handshake; any other fault of TLS may come
    after the text was read.
    """
    if isinstance(error, requests.ConnectTimeout):
        return True
    cause = error.args[0] if error.args else None
    reason = getattr(cause, "reason", cause)
    inner = reason.args[0] if isinstance(reason, SSLError) and reason.args else reason
    return isinstance(error, requests.ConnectionError) and isinstance(
        inner, NewConnectionError | SSLCertVerificationError
    )


@cache
def gateway() -> TwilioGateway:
    """One client a process: its session keeps connections (PERFORMANCE finding 4)."""
    return TwilioGateway()


def is_signed(*, path: str, params: Any, signature: str) -> bool:
    """Was this request signed for our public address, with a token in force?

    The address is the configured one: headers a client may set play no part.
    """
    url = settings.PUBLIC_BASE_URL + path
    tokens = [settings.TWILIO_AUTH_TOKEN, settings.TWILIO_AUTH_TOKEN_PREVIOUS]
    return any(
        RequestValidator(token).validate(url, params, signature or "")
        for token in tokens
        if token
    )


def signature_for(*, path: str, params: dict[str, str]) -> str:
    """Sign as the provider would, to try the system without a phone."""
    validator = RequestValidator(settings.TWILIO_AUTH_TOKEN)
    return str(validator.compute_signature(settings.PUBLIC_BASE_URL + path, params))
