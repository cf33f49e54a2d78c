"""gunicorn: threads, because a request waits for PostgreSQL, not for Python."""

worker_class = "gthread"
workers = 2
threads = 4
timeout = 30
graceful_timeout = 10
keepalive = 15
limit_request_line = 8190
accesslog = None  # addresses and query strings are not written anywhere
errorlog = "-"
control_socket_disable = True  # nobody steers it but its supervisor, by signals
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "protection.logs.RedactingJsonFormatter"}},
    "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["out"], "level": "INFO"},
    "loggers": {"gunicorn.error": {"level": "INFO", "propagate": True}},
}
