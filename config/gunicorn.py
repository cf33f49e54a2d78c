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
