"""Pages for everyone: no sign-in, no cookie, no personal model."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import patch_vary_headers

LANGUAGES = {"es": "Español", "en": "English"}


def home(request: HttpRequest) -> HttpResponse:
    """What the service is, in the language asked for by ``?lang=`` or the browser."""
    asked = request.GET.get("lang", "")
    language = asked if asked in LANGUAGES else translation.get_language() or "es"
    with translation.override(language):
        response = render(
            request,
            "dashboards/home.html",
            {"language": language, "languages": LANGUAGES},
        )
    response.headers["Content-Language"] = language
    response.headers["Cache-Control"] = "public, max-age=300"
    patch_vary_headers(response, ["Accept-Language"])
    return response
