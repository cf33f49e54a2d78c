from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AlertsConfig(AppConfig):
    name = "alerts"
    verbose_name = _("What has happened")

    def ready(self) -> None:
        from alerts.catalogue import check_templates  # apps must be loaded first

        check_templates()
