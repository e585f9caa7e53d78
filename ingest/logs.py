"""Logs for people and for machines: one event for each change of state, constant text, and its fields beside it."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Final, Literal

LogFormat = Literal["text", "json"]
Field = str | int | float | None

_FIELDS: Final = "nenghao_fields"


def log_event(log: logging.Logger, level: int, event: str, **fields: Field) -> None:
    """Log a change of state; what differs from one to the next is a field, never part of the text."""
    log.log(level, event, extra={_FIELDS: fields})


def configure_logs(log_format: LogFormat = "text") -> None:
    """Write this process's logs to stderr, as lines to read or as one JSON object a line."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonFormatter() if log_format == "json" else _TextFormatter())
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)


class _TextFormatter(logging.Formatter):
    """`2026-10-03T08:00:00.000+00:00 INFO ingest.collector shard collects shard=0`."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, and a traceback where there is one."""
        fields = "".join(f" {name}={_text(value)}" for name, value in _fields(record).items())
        line = f"{_at(record)} {record.levelname} {record.name} {record.getMessage()}{fields}"
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


class _JsonFormatter(logging.Formatter):
    """`{"at": …, "level": …, "logger": …, "event": …}` and the event's fields."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, whatever the event holds."""
        line: dict[str, Field] = {
            "at": _at(record),
            "level": record.levelname,
            "logger": record.name,
            "event": record.getMessage(),
            **_fields(record),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def _at(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


def _fields(record: logging.LogRecord) -> dict[str, Field]:
    fields: dict[str, Field] = getattr(record, _FIELDS, {})
    return fields


def _text(value: Field) -> str:
    text = str(value)
    return json.dumps(text, ensure_ascii=False) if not text or any(char in text for char in ' "=\n') else text
