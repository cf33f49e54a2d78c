"""What anybody sees where nothing is found or something broke."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, HTTPStatus.NOT_FOUND)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, HTTPStatus.FORBIDDEN)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, HTTPStatus.BAD_REQUEST)


def broken(request: HttpRequest) -> HttpResponse:
    return _page(request, HTTPStatus.INTERNAL_SERVER_ERROR)


def _page(request: HttpRequest, status: HTTPStatus) -> HttpResponse:
    """A problem document for programs, a page for people; never a traceback."""
    if request.path.startswith("/api/"):
        return JsonResponse(
            {"type": "about:blank", "title": status.phrase, "status": status.value},
            status=status,
            content_type="application/problem+json",
        )
    return render(request, "error.html", {"code": status.value}, status=status)
