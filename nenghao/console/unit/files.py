"""Files that the unit's pages hand out and take in: workbooks as bytes, uploads as what their bytes say they are."""

import csv
import io
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from nenghao.console.forms import Upload
from nenghao.console.unit.own import UnitRefused
from nenghao.registers.tables import escape
from nenghao.reporting.workbook import WorkbookSheet, write_workbook

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV: Final = "text/csv; charset=utf-8"
JSON: Final = "application/json"
#: What a photo or a certificate may be, by the bytes it begins with.
_MAGIC: Final = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"%PDF-", "application/pdf"),
)
MAX_DOCUMENT_BYTES: Final = 6 * 1024 * 1024
MAX_DOCUMENTS: Final = 6
_NAME_LENGTH: Final = 120


def workbook_bytes(sheets: Sequence[WorkbookSheet], notes_title: str = "", notes: Sequence[str] = ()) -> bytes:
    """A workbook; no cell of it is a formula."""
    with tempfile.TemporaryDirectory(prefix="nenghao-download-") as folder:
        path = Path(folder) / "made.xlsx"
        write_workbook(path, sheets, notes_title, notes)
        return path.read_bytes()


def csv_bytes(rows: Iterable[Sequence[str]]) -> bytes:
    """A CSV file that Excel opens as it is, with no text that it would take for a formula."""
    buffer = io.StringIO()
    csv.writer(buffer).writerows([escape(cell) for cell in row] for row in rows)
    return buffer.getvalue().encode("utf-8-sig")


def media_type_of(upload: Upload) -> str:
    """What an upload is by its first bytes; what its name says counts for nothing.

    Raises: UnitRefused where it is too large, empty, or nothing of what may be kept.
    """
    if len(upload.content) > MAX_DOCUMENT_BYTES:
        raise UnitRefused("document_large", file=upload.name, size=MAX_DOCUMENT_BYTES // 1024 // 1024)
    for magic, media_type in _MAGIC:
        if upload.content.startswith(magic):
            return media_type
    raise UnitRefused("document_kind", file=upload.name)


def plain_name(upload: Upload) -> str:
    """The last part of an upload's name, without what nobody sees."""
    last = upload.name.replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in last if letter.isprintable()).strip()[-_NAME_LENGTH:] or "-"
