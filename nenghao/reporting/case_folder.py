"""A case as one folder to take along (案件随身夹): pages, evidence, raw messages, attachments, blank forms, verifier.

Before: the case as whoever takes it may see it. After: a zip that needs neither network nor this project; what is taken
down on the way comes back by `nenghao.review.merging`. docs/cases.md says what is in it.
"""

import hashlib
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from typing import Any, Final

from nenghao.domain.canonical import canonical_bytes
from nenghao.domain.periods import SHANGHAI
from nenghao.labels import Language
from nenghao.reporting.evidence import Evidence
from nenghao.reporting.evidence_text import plain
from nenghao.reporting.folder_pages import case_page, site_form

FORMAT: Final = "nenghao/case-folder/1"
STEPS_FORMAT: Final = "nenghao/case-steps/1"
STEPS_FILE: Final = "steps.json"
#: Where files lie that are added on the way.
ADDED: Final = "new/"
#: Raw messages of a case that a folder holds at the most; the evidence names the hash of every one.
MOST_MESSAGES: Final = 2000

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseContent:
    """What is taken along."""

    head: Row
    steps: Sequence[Row]
    evidence: Evidence
    paper: bytes | None
    messages: Sequence[Row]
    attachments: Sequence[Row]


def write_folder(content: CaseContent, *, made_by: str, made_at: datetime, language: Language) -> bytes:
    """The zip of a case; the same bytes for the same content, maker, instant and language."""
    files = dict(_files(content, language))
    listed = [(path, hashlib.sha256(held).hexdigest()) for path, held in files.items()]
    files["index.html"] = case_page(content.head, content.steps, content.evidence.document, listed, language)
    manifest = {
        "format": FORMAT,
        "case_id": content.head["case_id"],
        "made_by": made_by,
        "made_at": made_at.astimezone(SHANGHAI).isoformat(),
        "files": [
            {"path": path, "size_bytes": len(held), "sha256": hashlib.sha256(held).hexdigest()}
            for path, held in sorted(files.items())
        ],
        # What is filled in on the way: everything else is to stay as it was.
        "open": [STEPS_FILE],
        "added_below": ADDED,
    }
    files["manifest.json"] = canonical_bytes(manifest)
    files[STEPS_FILE] = canonical_bytes({"format": STEPS_FORMAT, "case_id": content.head["case_id"], "steps": []})
    return _zip(files, made_at)


def _files(content: CaseContent, language: Language) -> list[tuple[str, bytes]]:
    case = {"head": dict(content.head), "steps": [dict(row) for row in content.steps]}
    files = [
        ("case.json", canonical_bytes(plain(case))),
        ("evidence.json", content.evidence.file),
        ("site-form.html", site_form(content.head, language)),
        ("verify.py", (resources.files("nenghao.reporting") / "folder_verifier.py").read_bytes()),
    ]
    if content.paper is not None:
        files.append(("evidence.pdf", content.paper))
    files += [(f"messages/{row['message_id']}.bin", bytes(row["payload"])) for row in content.messages]
    files += [
        (f"attachments/{row['case_attachment_id']}-{row['name']}", bytes(row["content"])) for row in content.attachments
    ]
    return files


def _zip(files: Mapping[str, bytes], made_at: datetime) -> bytes:
    made = io.BytesIO()
    stamp = made_at.astimezone(SHANGHAI).timetuple()[:6]
    with zipfile.ZipFile(made, "w") as archive:
        for path, held in sorted(files.items()):
            entry = zipfile.ZipInfo(path, stamp)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, held)
    return made.getvalue()
