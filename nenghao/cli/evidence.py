"""`nenghao case evidence | verify-evidence`: the evidence of a case, as a document and on paper, and its check."""

import getpass
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from nenghao.cli.open_release import read_file
from nenghao.cli.verify import Trust
from nenghao.config import Role, Settings, load_settings
from nenghao.db.connection import connect
from nenghao.db.errors import driver_errors
from nenghao.db.evidence import insert_document
from nenghao.errors import ConfigError, DataRefused
from nenghao.labels import label
from nenghao.registers.workdays import is_workday_or_weekday
from nenghao.reporting.evidence import FORMAT, HASH_ALGORITHM, Evidence, write_evidence
from nenghao.reporting.verify_evidence import verify_document
from nenghao.trust import load_trust

Pdf = Annotated[Path | None, typer.Option("--pdf", help="Print it to this file.")]


def evidence(
    case_id: int,
    out: Annotated[Path | None, typer.Option("--out", help="File of the document, canonical JSON.")] = None,
    pdf: Pdf = None,
    by: Annotated[str | None, typer.Option(help="Who makes it; else the user of this machine.")] = None,
) -> None:
    """Write the evidence of a case: all that an outsider needs to judge it, and to check it without this system.

    Which document was made, by whom and when is kept with the case, by its hash.
    """
    if out is None and pdf is None:
        raise DataRefused("say where to: --out FILE.json, --pdf FILE.pdf, or both")
    settings, now = load_settings(), datetime.now(UTC)
    made_by = (by or getpass.getuser()).strip()
    with driver_errors(), connect(settings, Role.VERIFIER) as conn:
        made = write_evidence(
            conn,
            case_id,
            made_by=made_by,
            made_at=now,
            is_workday=is_workday_or_weekday,
            archive_dir=settings.archive_dir,
        )
    printed = None if pdf is None else _print(made, settings)
    with driver_errors(), connect(settings, Role.CONSOLE) as conn:
        insert_document(
            conn,
            case_id=case_id,
            document_format=FORMAT,
            hash_algorithm=HASH_ALGORITHM,
            digest=made.digest,
            made_by=made_by,
            made_at=now,
        )
    for path, content in ((out, made.file), (pdf, printed)):
        if path is not None and content is not None:
            path.write_bytes(content)
            typer.echo(label("evidence.written", settings.language, file=path, hash=made.digest.hex()))


def verify_evidence(
    file: Annotated[Path, typer.Argument(help="An evidence document, byte for byte as it was made.")],
    trust: Trust = None,
    pdf: Pdf = None,
) -> None:
    """Check an evidence document; needs neither network nor database. Exit code 1 where anything is wrong."""
    settings = load_settings()
    content = read_file(file)
    checks = verify_document(content, load_trust(trust or settings.trust_dir))
    for check in checks:
        text = label(check.label_key, settings.language, value=check.value)
        typer.echo(text if check.is_passed else label("verify.failed", settings.language, value=text))
    if not all(check.is_passed for check in checks):
        raise typer.Exit(1)
    if pdf is not None:
        fields = json.loads(content)
        read = Evidence(file=content, digest=bytes.fromhex(fields["hash"]), document=fields["document"])
        pdf.write_bytes(_print(read, settings))
    typer.echo(label("verify_evidence.passed", settings.language, value=file.name))


def _print(made: Evidence, settings: Settings) -> bytes:
    """The pages of a document.

    Raises: ConfigError where the PDF library or the font is not there.
    """
    # An extra that a host may not have, and half a second to load.
    try:
        from nenghao.reporting.evidence_page import print_document
    except ImportError as error:
        raise ConfigError("printing needs the extra `evidence` (fpdf2)") from error
    return print_document(made.document, made.digest.hex(), settings.language, settings.pdf_font_file)
