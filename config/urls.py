"""The table of contents of the site."""

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

urlpatterns = [
    path("", include("dashboards.urls")),
    path("alerts/", include("alerts.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", include("alerts.api_urls")),
    path("api/v1/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("", include("alerts.health_urls")),
]

handler400 = "protection.pages.bad_request"
handler403 = "protection.pages.forbidden"
handler404 = "protection.pages.not_found"
handler500 = "protection.pages.broken"
