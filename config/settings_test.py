"""Settings of the tests: the same, but for what is slow or opens a pool."""

from config.settings import *  # noqa: F403 -- a settings module extends another
from config.settings import DATABASES

# 100 MiB of memory for each password would slow every sign-in down.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# One connection a thread: the test database is dropped while pools would hold it open.
DATABASES["default"]["OPTIONS"].pop("pool")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
