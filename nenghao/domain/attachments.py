"""Files that people attach: what they are by their bytes, names that can be stored, and limits that they keep.

Before: bytes and a name from a browser, a command or a folder. After: `nenghao.review.procedure` stores them. What a
file says it is counts for nothing.
"""

import io
import unicodedata
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

#: Why a file is refused; label keys below `procedure.refused`.
AttachmentRefusal = Literal["file_empty", "file_too_large", "file_kind", "archive_too_large", "too_many_files"]

LONGEST_NAME: Final = 120
_MARKS: Final[tuple[tuple[bytes, str], ...]] = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
)
#: What a container of parts is, by a part that it has. OFD is GB/T 33190, the paper of the administration.
_PARTS: Final[tuple[tuple[str, str], ...]] = (
    ("xl/workbook.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("word/document.xml", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("OFD.xml", "application/ofd"),
)
_ENCODINGS: Final = ("utf-8", "gb18030")


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file as it came."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much a step and a case may hold, and how far an archive may unfold."""

    file_bytes: int
    files_per_step: int
    case_bytes: int
    archive_ratio: int
    archive_entries: int


def refuse_files(files: Sequence[Upload], limits: Limits, held_bytes: int) -> AttachmentRefusal | None:
    """Why files may not be stored; None where all may. `held_bytes`: what the case holds already."""
    if len(files) > limits.files_per_step:
        return "too_many_files"
    if held_bytes + sum(len(one.content) for one in files) > limits.case_bytes:
        return "file_too_large"
    return next((refusal for one in files if (refusal := _refuse_file(one, limits)) is not None), None)


def media_type_of(content: bytes) -> str | None:
    """What a file is by its bytes; None where it is nothing that an officer has to open."""
    for mark, media_type in _MARKS:
        if content.startswith(mark):
            return media_type
    if content.startswith(b"PK\x03\x04"):
        return _container_type(content)
    return "text/plain" if _is_text(content) else None


def clean_name(name: str) -> str:
    """A name that can be stored and sent: its last part, without steering signs, quotes and leading dots, cut."""
    last = name.replace("\\", "/").rpartition("/")[2]
    shown = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C" and sign not in '"<>|:*?;')
    stem, dot, ending = shown.strip().lstrip(". ").rpartition(".")
    if not dot:
        stem, ending = ending, ""
    room = LONGEST_NAME - len(dot) - len(ending[:16])
    return f"{stem[:room]}{dot}{ending[:16]}".strip() or "file"


def _refuse_file(file: Upload, limits: Limits) -> AttachmentRefusal | None:
    if not file.content:
        return "file_empty"
    if len(file.content) > limits.file_bytes:
        return "file_too_large"
    if file.content.startswith(b"PK\x03\x04") and not _unfolds_little(file.content, limits):
        return "archive_too_large"
    return "file_kind" if media_type_of(file.content) is None else None


def _unfolds_little(content: bytes, limits: Limits) -> bool:
    """Whether an archive says of itself that it stays small; nothing is unfolded to find out."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return False
    unfolded = sum(entry.file_size for entry in entries)
    return len(entries) <= limits.archive_entries and unfolded <= limits.archive_ratio * len(content)


def _container_type(content: bytes) -> str | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return None
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        return None
    return next((media_type for part, media_type in _PARTS if part in names), None)


def _is_text(content: bytes) -> bool:
    if b"\x00" in content:
        return False
    for encoding in _ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return all(sign in "\t\r\n\ufeff" or unicodedata.category(sign)[0] != "C" for sign in text)
    return False
