"""Files of the unit's pages: a CSV that Excel opens as it is, photos and certificates as what their bytes are."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

from nenghao.console.forms import Upload
from nenghao.console.unit.own import UnitRefused
from nenghao.domain import attachments
from nenghao.registers.tables import escape

#: What a photo or a certificate may be.
KINDS: Final = frozenset({"image/jpeg", "image/png", "application/pdf"})
MAX_DOCUMENT_BYTES: Final = 6 * 1024 * 1024
MAX_DOCUMENTS: Final = 6


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
    media_type = attachments.media_type_of(upload.content)
    if media_type not in KINDS:
        raise UnitRefused("document_kind", file=upload.name)
    return media_type
