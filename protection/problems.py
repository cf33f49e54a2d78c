"""Errors of the API as problem documents (RFC 9457)."""

from http import HTTPStatus
from typing import Any

from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler


def problem_details(error: Exception, context: dict[str, Any]) -> Response | None:
    """Render what DRF would have said, in the standard's form."""
    response = exception_handler(error, context)
    if response is None:
        return None
    status = HTTPStatus(response.status_code)
    problem: dict[str, Any] = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
    }
    if isinstance(error, exceptions.ValidationError):
        problem["detail"] = "Some values cannot be used."
        problem["errors"] = response.data
    elif isinstance(error, Http404):
        problem["detail"] = "There is nothing here, or nothing you may see."
    else:
        problem["detail"] = str(getattr(error, "detail", status.description))
    response.data = problem
    response.content_type = "application/problem+json"
    return response
