"""Writes refusals for people: a CSV that spreadsheets open as it is, and the refused bytes as files, in one zip."""

import csv
import re
import zipfile
from collections.abc import Callable, Sequence
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Final

from nenghao.db.refusals import RefusalRow
from nenghao.domain.periods import SHANGHAI
from nenghao.labels import Language, label

CSV_NAME: Final = "refusals.csv"
COLUMNS: Final = (
    "refusal_id", "refused_at", "unit_code", "gateway_code", "topic", "reason_code", "detail", "ordinal", "point_code",
    "at", "value_text", "message_id", "file", "hash", "replayed_outcome", "replayed_message_id",
)  # fmt: skip
#: What makes spreadsheets take a text for a formula; senders chose these texts, not we.
_FORMULA_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r")
_NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def write_refusal_archive(
    file: Path, rows: Sequence[RefusalRow], payload_of: Callable[[int], bytes | None], language: Language
) -> int:
    """Write the archive; returns how many messages' bytes are in it. Bytes that retention took have no file.

    Raises: OSError where the file cannot be written; FileExistsError where it is there.
    """
    held: set[int] = set()
    with zipfile.ZipFile(file, "x", zipfile.ZIP_DEFLATED) as archive:
        for message_id in sorted({row.message_id for row in rows}):
            payload = payload_of(message_id)
            if payload is not None:
                archive.writestr(payload_name(message_id), payload)
                held.add(message_id)
        archive.writestr(CSV_NAME, _csv(rows, held, language).encode("utf-8-sig"))
    return len(held)


def payload_name(message_id: int) -> str:
    """The file of a message's bytes."""
    return f"bytes/{message_id}.bin"


def _csv(rows: Sequence[RefusalRow], held: set[int], language: Language) -> str:
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(label(f"refusals.column.{name}", language) for name in COLUMNS)
    for row in rows:
        file = payload_name(row.message_id) if row.message_id in held else ""
        writer.writerow(file if name == "file" else _cell(getattr(row, name)) for name in COLUMNS)
    return text.getvalue()


def _cell(value: str | int | datetime | None) -> str:
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).isoformat()
    text = "" if value is None else str(value)
    is_formula = text.startswith(_FORMULA_SIGNS) and not _NUMBER.fullmatch(text)
    return f"'{text}" if is_formula else text
