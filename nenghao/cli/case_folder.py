"""`nenghao case take | fill | merge`: a case as one folder to take along, steps taken down in it, and its way back."""

import getpass
import hashlib
import io
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from nenghao.cli.case_step import Attached, Fields, Officers, content_from, told_refusals
from nenghao.cli.open_release import read_file
from nenghao.config import Role, load_settings
from nenghao.db import procedure as db
from nenghao.db.connection import connect
from nenghao.db.errors import driver_errors
from nenghao.db.evidence import insert_document
from nenghao.domain.folder_steps import ACTS, parse_steps
from nenghao.domain.procedure import Actor
from nenghao.errors import DataRefused
from nenghao.labels import label
from nenghao.registers.workdays import is_workday_or_weekday
from nenghao.reporting.case_folder import ADDED, MOST_MESSAGES, STEPS_FILE, CaseContent, write_folder
from nenghao.reporting.evidence import FORMAT, HASH_ALGORITHM, write_evidence
from nenghao.reporting.evidence_page import print_document
from nenghao.review.folder_reading import read_folder
from nenghao.review.merging import merge_folder
from nenghao.review.procedure_refusals import ProcedureRefused
from nenghao.review.steps import Turn, limits_of, step_hash

By = Annotated[str | None, typer.Option(help="Who; else the user of this machine.")]


def take(
    case_id: int,
    out: Annotated[Path, typer.Option("--out", help="The zip to write.")],
    by: By = None,
) -> None:
    """Take a case along: pages, evidence, raw messages, attachments, blank forms and a verifier, in one zip."""
    settings, now = load_settings(), datetime.now(UTC)
    made_by = (by or getpass.getuser()).strip()
    with driver_errors(), connect(settings, Role.VERIFIER) as conn:
        evidence = write_evidence(
            conn,
            case_id,
            made_by=made_by,
            made_at=now,
            is_workday=is_workday_or_weekday,
            archive_dir=settings.archive_dir,
        )
        ids = [row["message_id"] for row in evidence.document["messages"]]
        messages = db.raw_of_messages(conn, ids, MOST_MESSAGES)
    paper = print_document(evidence.document, evidence.digest.hex(), settings.language, settings.pdf_font_file)
    with told_refusals(settings.language), driver_errors(), connect(settings, Role.CONSOLE) as conn:
        head = db.head(conn, case_id)
        if head is None:
            raise ProcedureRefused("no_case", case=case_id)
        content = CaseContent(
            head=head,
            steps=db.steps(conn, [case_id]),
            evidence=evidence,
            paper=paper,
            messages=messages,
            attachments=db.attachments_of_case(conn, case_id),
        )
        insert_document(
            conn,
            case_id=case_id,
            document_format=FORMAT,
            hash_algorithm=HASH_ALGORITHM,
            digest=evidence.digest,
            made_by=made_by,
            made_at=now,
        )
    folder = write_folder(content, made_by=made_by, made_at=now, language=settings.language)
    out.write_bytes(folder)
    digest = hashlib.sha256(folder).hexdigest()
    typer.echo(label("procedure.command.written", settings.language, file=out, hash=digest))


def fill(
    folder: Annotated[Path, typer.Argument(help="A case folder, unzipped.", exists=True, file_okay=False)],
    act: Annotated[str, typer.Argument(help=" | ".join(sorted(ACTS)))],
    by: Annotated[str, typer.Option(help="Who acts.")],
    told: Annotated[str, typer.Option(help="What the step says.")] = "",
    field: Fields = None,
    officer: Officers = None,
    attach: Attached = None,
) -> None:
    """Take a step down in a folder; needs neither network nor database. It is checked when the folder is merged."""
    language = load_settings().language
    if act not in ACTS:
        raise DataRefused(f"act {act!r} is none of {', '.join(sorted(ACTS))}")
    path = folder / STEPS_FILE
    held = json.loads(path.read_bytes())
    case_id, _ = parse_steps(held)
    acted_at = datetime.now(UTC)
    contents = [read_file(one) for one in attach or ()]
    content = content_from(field, officer)
    attachments = []
    for one, file in zip(attach or (), contents, strict=True):
        sha = hashlib.sha256(file).hexdigest()
        (folder / ADDED).mkdir(exist_ok=True)
        (folder / ADDED / f"{sha[:12]}-{one.name}").write_bytes(file)
        attachments.append({"name": one.name, "sha256": sha})
    made = step_hash(case_id, act, Actor(name=by), acted_at, told.strip(), content, contents)
    held["steps"].append(
        {
            "act": act,
            "acted_by": by.strip(),
            "acted_at": acted_at.isoformat(),
            "told": told.strip(),
            "content": content,
            "attachments": attachments,
            "hash": made.hex(),
        }
    )
    path.write_text(json.dumps(held, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    typer.echo(label("procedure.command.filled", language, hash=made.hex()[:16], count=len(held["steps"])))


def merge(
    file: Annotated[Path, typer.Argument(help="A case folder that comes back: its zip, or the folder.", exists=True)],
    by: By = None,
) -> None:
    """Take the steps of a folder back: nothing twice, nothing overwritten. Exit code 1 where a step does not fit."""
    settings, now = load_settings(), datetime.now(UTC)
    limits = limits_of(settings)
    content = _zipped(file, limits.case_bytes) if file.is_dir() else read_file(file)
    turn = Turn(actor=Actor(name=by or getpass.getuser()), now=now, limits=limits, channel="folder")
    with told_refusals(settings.language):
        folder = read_folder(content, limits)
        with driver_errors(), connect(settings, Role.CONSOLE) as conn:
            merged = merge_folder(conn, folder.case_id, turn, folder, is_own_only=False)
    counts = {"taken": len(merged.taken), "known": merged.known, "conflicts": len(merged.conflicts)}
    typer.echo(label("procedure.command.merged", settings.language, case_id=folder.case_id, **counts))
    for one in merged.conflicts:
        act = label(f"procedure.act.{one.act}", settings.language) if one.act in ACTS else one.act
        typer.echo(f"{one.number}  {act}: {label(one.key, settings.language, **one.values)}")
    if merged.conflicts:
        raise typer.Exit(1)


def _zipped(folder: Path, most_bytes: int) -> bytes:
    """A folder as the zip that comes back: its steps and what was added.

    Raises: DataRefused where it holds more than may be merged.
    """
    wanted = [folder / STEPS_FILE, *sorted((folder / ADDED).glob("*"))]
    if sum(path.stat().st_size for path in wanted if path.is_file()) > most_bytes:
        raise DataRefused(f"{folder} holds more than {most_bytes} bytes")
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for path in wanted:
            if path.is_file():
                archive.write(path, path.relative_to(folder).as_posix())
    return made.getvalue()
