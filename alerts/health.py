"""Is the process alive, and can the system keep its promise?"""

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from kombu import Connection

from alerts.rules.readiness import SWEEPS, WORKERS, Part, age_of
from alerts.selectors import provider_part
from protection.models import Heartbeat


def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


def readyz(request: HttpRequest) -> JsonResponse:
    """503 when the system itself cannot keep a promise, not when people are slow."""
    now = timezone.now()
    parts = {"broker": _broker()}
    try:
        beats = dict(Heartbeat.objects.values_list("name", "at"))
        parts["provider"] = provider_part(now)
        parts["database"] = Part(True, "ok")
    except DatabaseError:
        beats = {}
        parts["database"] = Part(False, "cannot be reached")
        parts["provider"] = Part(False, "not known without the database")
    parts["workers"] = age_of(WORKERS, beats, now)
    parts["last_sweep"] = age_of(SWEEPS, beats, now)
    parts["watchman"] = age_of(("watchman",), beats, now)
    is_ready = all(part.is_well for part in parts.values())
    return JsonResponse(
        {"status": "ready" if is_ready else "not_ready"}
        | {name: _shown(part) for name, part in sorted(parts.items())},
        status=200 if is_ready else 503,
        headers={"Cache-Control": "no-store"},
    )


def _shown(part: Part) -> dict[str, object]:
    shown: dict[str, object] = {"ok": part.is_well, "says": part.says}
    if part.age_seconds is not None:
        shown["age_seconds"] = part.age_seconds
    return shown


def _broker() -> Part:
    try:
        with Connection(
            settings.CELERY_BROKER_URL,
            connect_timeout=1,
            transport_options={"socket_connect_timeout": 1, "socket_timeout": 1},
        ) as connection:
            connection.default_channel.client.ping()  # type: ignore[attr-defined]
    except Exception:  # whatever the transport raises, the broker is not there
        return Part(False, "cannot be reached")
    return Part(True, "ok")
