"""Who calls the API: bearer tokens with scopes (CONTRACT section 4)."""

from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from redis.exceptions import RedisError
from rest_framework import authentication, exceptions, permissions, throttling
from rest_framework.request import Request

from protection.models import ApiToken
from protection.services.tokens import token_digest

if TYPE_CHECKING:  # DRF's views import their settings, which import this module
    from rest_framework.views import APIView


class BearerAuthentication(authentication.BaseAuthentication):
    """``Authorization: Bearer <token>``. The token becomes ``request.auth``."""

    def authenticate(self, request: Request) -> tuple[None, ApiToken] | None:
        kind, _space, value = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer":
            return None
        token = ApiToken.objects.filter(digest=token_digest(value.strip())).first()
        now = timezone.now()
        if token is None or (token.revoked_at and token.revoked_at <= now):
            raise exceptions.AuthenticationFailed(
                _("This token is unknown or was revoked.")
            )
        if token.expires_at and token.expires_at <= now:
            raise exceptions.AuthenticationFailed(_("This token has expired."))
        return None, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class HasScope(permissions.BasePermission):
    """The view names the scope it needs for reading: ``scope_to_read``."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        token = request.auth
        if not isinstance(token, ApiToken):
            return False
        needed = getattr(view, "scope_to_read", None)
        self.message = _("This needs a token with the scope %(scope)s.") % {
            "scope": needed
        }
        return needed in token.scopes


class TokenThrottle(throttling.SimpleRateThrottle):
    """Per token. Lets everyone through when the broker's cache is down."""

    scope = "token"

    def get_cache_key(self, request: Request, view: "APIView") -> str | None:
        token = request.auth
        if isinstance(token, ApiToken):
            return f"throttle:{token.pk}"
        return f"throttle:{self.get_ident(request)}"

    def allow_request(self, request: Request, view: "APIView") -> bool:
        try:
            return super().allow_request(request, view)
        except (OSError, RedisError):
            return True
