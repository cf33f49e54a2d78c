"""JSON log lines that hold codes and ids, never a number."""

import json
import logging
from datetime import UTC, datetime

from protection.rules.redaction import redact

# What every LogRecord carries; anything else was passed as `extra` and is written out.
_STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime"}
# `extra` of frameworks that may hold a request, its body or a person's words.
_NEVER = frozenset({"request", "data", "args", "kwargs", "sql", "params"})


class RedactingJsonFormatter(logging.Formatter):
    """Redacts after formatting, so that tracebacks pass through the net as well."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": redact(_message(record)),
        }
        for name, value in record.__dict__.items():
            if name not in _STANDARD and name not in _NEVER:
                is_plain = value is None or isinstance(value, bool | int | float)
                line[name] = value if is_plain else redact(str(value))
        if record.exc_info:
            line["traceback"] = redact(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


def _message(record: logging.LogRecord) -> str:
    """A call with wrong arguments is logged without them: Python's own complaint would
    print them to the terminal as they are."""
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):
        return str(record.msg)
