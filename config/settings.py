"""Settings: one module, every value from the environment (see .env.example)."""

from pathlib import Path
from urllib.parse import urlsplit

import django_stubs_ext

from config.environment import Environment

django_stubs_ext.monkeypatch()  # lets classes of Django name their types at run time

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment()

# --- Who and where we are ----------------------------------------------------------
SECRET_KEY = env.text("SECRET_KEY", purpose="what signs sessions; any long random text")
PUBLIC_BASE_URL = env.web_address(
    "PUBLIC_BASE_URL",
    purpose="the address given to the SMS provider; signatures are checked against it",
    default=None,
)
ALLOWED_HOSTS = env.items("ALLOWED_HOSTS", default="127.0.0.1,localhost")
# The provider calls this host: to forget it in the list would turn every text away.
ALLOWED_HOSTS += [host for host in [urlsplit(PUBLIC_BASE_URL).hostname] if host]
DEBUG = False
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
AUTH_USER_MODEL = "protection.User"
APPEND_SLASH = False  # a redirect would drop the body of a provider's POST

# --- Parts -------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",  # before ours: the desk replaces its pages
    "protection",
    "alerts",
    "cases",
    "dashboards",
    "django.contrib.admin",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "csp",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# --- Database and broker -----------------------------------------------------------
# The pool replaces CONN_MAX_AGE: web and workers run threads, and Celery closes its
# connection around every task (a closed pooled connection goes back to the pool).
DATABASES = {"default": env.database("DATABASE_URL")}
DATABASES["default"] |= {
    "CONN_MAX_AGE": 0,
    "CONN_HEALTH_CHECKS": True,
    "OPTIONS": {
        **DATABASES["default"].get("OPTIONS", {}),
        "pool": {"min_size": 1, "max_size": 24, "timeout": 5},
    },
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.broker("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL or "redis://127.0.0.1:1",
        "KEY_PREFIX": "resguardo",
        "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 0.5},
    }
}

# --- Keys --------------------------------------------------------------------------
FIELD_ENCRYPTION_KEYS = env.keys(
    "FIELD_ENCRYPTION_KEYS",
    purpose="what encrypts names, numbers and texts; newest first",
)
BLIND_INDEX_KEY = (
    env.keys("BLIND_INDEX_KEY", purpose="what lets a number be found; never changes")
    or [b""]
)[0]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# --- The SMS provider --------------------------------------------------------------
TWILIO_ACCOUNT_SID = env.text(
    "TWILIO_ACCOUNT_SID", purpose="the provider account; others are refused"
)
TWILIO_AUTH_TOKEN = env.text(
    "TWILIO_AUTH_TOKEN", purpose="what the provider signs its requests with"
)
TWILIO_AUTH_TOKEN_PREVIOUS = env.text(
    "TWILIO_AUTH_TOKEN_PREVIOUS", purpose="the token before, in a rotation", default=""
)
TWILIO_API_KEY = env.text("TWILIO_API_KEY", purpose="a key for sending", default="")
TWILIO_API_SECRET = env.text("TWILIO_API_SECRET", purpose="its secret", default="")
TWILIO_MESSAGING_SERVICE_SID = env.text(
    "TWILIO_MESSAGING_SERVICE_SID", purpose="the sender pool", default=""
)
TWILIO_FROM_NUMBER = env.text(
    "TWILIO_FROM_NUMBER", purpose="the sending number", default=""
)
TWILIO_INTAKE_NUMBERS = env.items("TWILIO_INTAKE_NUMBERS")
TWILIO_VOICE_NUMBER = env.text(
    "TWILIO_VOICE_NUMBER", purpose="the number that calls", default=""
)
TWILIO_WHATSAPP_NUMBER = env.text(
    "TWILIO_WHATSAPP_NUMBER", purpose="the WhatsApp number", default=""
)
TWILIO_API_BASE_URL = env.web_address(
    "TWILIO_API_BASE_URL", purpose="an emulator's address", default=""
)
if not (TWILIO_MESSAGING_SERVICE_SID or TWILIO_FROM_NUMBER):
    env.problem(
        "TWILIO_FROM_NUMBER",
        "or TWILIO_MESSAGING_SERVICE_SID is missing. One of them sends the texts",
    )
if not TWILIO_INTAKE_NUMBERS:
    env.problem(
        "TWILIO_INTAKE_NUMBERS",
        "is missing. It is the published number (or numbers) journalists write to",
    )
if bool(TWILIO_API_KEY) != bool(TWILIO_API_SECRET):
    env.problem("TWILIO_API_KEY", "and TWILIO_API_SECRET go together; one is missing")

# --- Celery ------------------------------------------------------------------------
# Nothing lives in the broker: rows say what is due, tasks only hurry (docs/adr/0002).
CELERY_BROKER_URL = (
    REDIS_URL.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")
    or "memory://"
)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 15  # seconds; longer than one call to a provider
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for its broker for ever
CELERY_BROKER_CONNECTION_TIMEOUT = 1
CELERY_TASK_PUBLISH_RETRY = False  # a request never waits for a broker that is down
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 120,  # seconds; no task takes longer, none is scheduled ahead
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": 1,
    "socket_timeout": 30,
}
CELERY_TASK_DEFAULT_QUEUE = "sweeps"
CELERY_TASK_ROUTES = {
    "alerts.tasks.wake": {"queue": "urgent"},
    "alerts.tasks.deliver_urgent": {"queue": "urgent"},
    "alerts.tasks.pulse_urgent": {"queue": "urgent"},
    "alerts.tasks.deliver_ordinary": {"queue": "ordinary"},
    "alerts.tasks.pulse_ordinary": {"queue": "ordinary"},
}

# --- Language and time -------------------------------------------------------------
LANGUAGE_CODE = env.text("DEFAULT_LANGUAGE", purpose="es or en", default="es")
LANGUAGES = [("es", "Español"), ("en", "English")]
if LANGUAGE_CODE not in {"es", "en"}:
    env.problem("DEFAULT_LANGUAGE", "must be es or en")
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = env.time_zone("TIME_ZONE", default="America/Mexico_City")
USE_TZ = True

# --- Web ---------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(
    env.text(
        "STATIC_ROOT",
        purpose="where static files are collected",
        default=str(BASE_DIR / "var" / "static"),
    )
)
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 512 * 1024
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_AGE = 12 * 60 * 60  # seconds; one shift
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
if PUBLIC_BASE_URL.startswith("https://"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
CSRF_TRUSTED_ORIGINS = [PUBLIC_BASE_URL] if PUBLIC_BASE_URL else []

# --- API ---------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["protection.tokens.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["protection.tokens.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": ["protection.tokens.TokenThrottle"],
    "DEFAULT_THROTTLE_RATES": {"token": "1200/min"},
    "EXCEPTION_HANDLER": "protection.problems.problem_details",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Resguardo API",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
}

# --- Watching ----------------------------------------------------------------------
HEARTBEAT_URL = env.web_address(
    "HEARTBEAT_URL", purpose="an outside address that misses us", default=""
)
LOG_LEVEL = env.text("LOG_LEVEL", purpose="how much is logged", default="INFO").upper()
if LOG_LEVEL not in {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"}:
    env.problem("LOG_LEVEL", "must be DEBUG, INFO, WARNING, ERROR or CRITICAL")
    LOG_LEVEL = "INFO"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "protection.logs.RedactingJsonFormatter"}},
    "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["out"], "level": LOG_LEVEL},
    "loggers": {
        # These print addresses with phone numbers in them below WARNING.
        "twilio": {"level": "WARNING"},
        "twilio.http_client": {"level": "WARNING"},
        "urllib3": {"level": "WARNING"},
        "django.db.backends": {"level": "INFO"},
    },
}

env.finish()
