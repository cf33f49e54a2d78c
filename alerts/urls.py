from django.urls import path

from alerts import webhooks

app_name = "alerts"

urlpatterns = [
    path("twilio/inbound/", webhooks.inbound, name="inbound"),
    path("twilio/fallback/", webhooks.fallback, name="fallback"),
    path("twilio/status/<str:token>/", webhooks.status, name="status"),
]
