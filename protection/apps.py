from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProtectionConfig(AppConfig):
    name = "protection"
    verbose_name = _("Whom we protect")

    def ready(self) -> None:
        from protection import schema  # noqa: F401 -- registers itself; apps come first
