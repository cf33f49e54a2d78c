"""What every request passes: it must come to this machine, and from no other page.

The Host check stops a web page that points its own name at 127.0.0.1; the Origin
checks stop one that posts here directly. Programs send no Origin and pass.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from .loopback import host_of_header, is_loopback_host
from .resource import ApiError
from .settings import Refused

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

CSP = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    # "no-referrer" would make browsers send "Origin: null" with our own form.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def refusal(request: web.Request) -> str | None:
    host = request.headers.get("Host", "")
    if not is_loopback_host(host_of_header(host)):
        return "The Host header must name this machine (127.0.0.1 or localhost)."
    origin = request.headers.get("Origin")
    if origin is not None and origin.lower() != f"http://{host.lower()}":
        return "Requests from other web pages are refused."
    site = request.headers.get("Sec-Fetch-Site", "none")
    if request.method not in {"GET", "HEAD"} and site not in {"none", "same-origin"}:
        return "Requests from other web pages are refused."
    return None


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    sentence = refusal(request)
    if sentence is not None:
        return web.json_response({"error": sentence}, status=403)
    return await handler(request)


@web.middleware
async def explain(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Errors as JSON: Twilio's shape under the API, a sentence elsewhere."""
    api = request.path.startswith("/2010-04-01/")
    try:
        return await handler(request)
    except ApiError as error:
        headers = {"Retry-After": str(error.retry_after)} if error.retry_after else {}
        if error.status == 401:
            headers["WWW-Authenticate"] = 'Basic realm="Twilio API"'
        return web.json_response(error.to_json(), status=error.status, headers=headers)
    except Refused as error:
        return web.json_response({"error": str(error)}, status=error.status)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        if api:
            code = 20404 if error.status == 404 else 20004
            body = ApiError(error.status, code, f"{error.reason}.").to_json()
        else:
            body = {"error": f"{error.reason}: {request.method} {request.path}."}
        return web.json_response(body, status=error.status)


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(HEADERS)
