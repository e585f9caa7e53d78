"""Reads what came back of a case folder: its steps and the files beside them, within limits, touching no disk.

Before: a zip from somebody's laptop. After: `nenghao.review.merging`. Nothing is unfolded that says or turns out to be
larger than it may.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from nenghao.domain.attachments import Limits
from nenghao.domain.folder_steps import FolderStep, parse_steps
from nenghao.review.procedure_refusals import ProcedureRefused

STEPS_FILE: Final = "steps.json"
#: A file of steps is text; what is longer is none.
STEPS_MAX_BYTES: Final = 4_000_000
_STEP_BYTES: Final = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """What came back."""

    case_id: int
    steps: list[FolderStep]
    #: Files by their SHA-256, with the name that each had.
    files: Mapping[str, tuple[str, bytes]]


def read_folder(content: bytes, limits: Limits) -> Folder:
    """A folder that was zipped again.

    Raises: ProcedureRefused where it is none, or breaks a limit of size, ratio or number.
    """
    if len(content) > limits.case_bytes:
        raise ProcedureRefused("folder_broken", why="size")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _read(archive, limits, len(content))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, UnicodeDecodeError):
        raise ProcedureRefused("folder_broken", why="zip") from None
    except (ValueError, RecursionError) as error:
        raise ProcedureRefused("folder_broken", why=str(error)[:100]) from None


def _read(archive: zipfile.ZipFile, limits: Limits, size: int) -> Folder:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > limits.archive_entries:
        raise ProcedureRefused("folder_broken", why="entries")
    if sum(entry.file_size for entry in entries) > min(limits.case_bytes, limits.archive_ratio * size):
        raise ProcedureRefused("folder_broken", why="ratio")
    steps_at = [entry for entry in entries if entry.filename.rpartition("/")[2] == STEPS_FILE]
    if len(steps_at) != 1 or steps_at[0].file_size > STEPS_MAX_BYTES:
        raise ProcedureRefused("folder_broken", why=STEPS_FILE)
    case_id, steps = parse_steps(json.loads(_bytes(archive, steps_at[0])))
    wanted = {sha for step in steps for _, sha in step.attachments}
    below = steps_at[0].filename.removesuffix(STEPS_FILE) + "new/"
    files: dict[str, tuple[str, bytes]] = {}
    for entry in entries:
        # Only what was added is read: what was taken along is in the store.
        if wanted and entry.filename.startswith(below) and entry.file_size <= limits.file_bytes:
            held = _bytes(archive, entry)
            files[hashlib.sha256(held).hexdigest()] = (entry.filename.rpartition("/")[2], held)
    return Folder(case_id=case_id, steps=steps, files=files)


def _bytes(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """The bytes of an entry, no more than it said that it has."""
    held = bytearray()
    with archive.open(entry) as opened:
        while piece := opened.read(_STEP_BYTES):
            held += piece
            if len(held) > entry.file_size:
                raise ProcedureRefused("folder_broken", why="size")
    return bytes(held)
