"""`nenghao filing sign | file | correct | answer | attempt`: the unit's acts; those of the bureau: `filing_bureau`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, get_args

import typer

from nenghao.cli.filing_bureau import app as bureau
from nenghao.cli.filing_words import By, MonthText, UnitCode, parse_month, refusals
from nenghao.config import Role, Settings, load_settings
from nenghao.db.connection import connect
from nenghao.db.identity import as_unit
from nenghao.domain.explanations import Explanation
from nenghao.domain.filing_states import Correction, Signer
from nenghao.errors import RetryableError
from nenghao.filing.acts import Filed, answer, file_draft, sign
from nenghao.filing.attempts import Attempt, ask_receipt, read_attempt
from nenghao.filing.refusals import FilingRefused
from nenghao.labels import Language, label
from nenghao.signer.client import ATTEMPTS_TOKEN, SignerClient
from nenghao.trust import load_trust

app = typer.Typer(
    no_args_is_help=True, help="Filings: signed and filed by the unit, queried and accepted by the bureau."
)
app.add_typer(bureau)

Reason = Annotated[str, typer.Option(help="Why this version; a first filing needs none.")]


@app.callback()
def _group() -> None:
    """上报数: signed and filed by the unit, queried, accepted and locked by the bureau."""


@app.command("sign")
def sign_(
    unit: UnitCode,
    month: MonthText,
    signer: Annotated[str, typer.Option("--as", help=" | ".join(get_args(Signer)))],
    by: By,
) -> None:
    """Sign the newest draft: filler, then statistics head, then unit head, three people."""
    settings = load_settings()
    if signer not in get_args(Signer):
        raise typer.BadParameter(f"{signer!r} is none of {', '.join(get_args(Signer))}")
    with refusals(settings.language), connect(settings, Role.UNIT) as conn, as_unit(conn, unit) as own:
        signature = sign(conn, own, parse_month(month), signer, by, datetime.now(UTC))  # type: ignore[arg-type]  # a Signer, as just asked
    name = label(f"filing.signer.{signature.signer}", settings.language)
    typer.echo(label("filing.signed", settings.language, signer=name, by=by))


@app.command()
def file(
    unit: UnitCode,
    month: MonthText,
    reason: Reason = "",
    receipt: Annotated[Path | None, typer.Option(help="Receipt of a try during an outage (`filing attempt`).")] = None,
    tried: Annotated[Path | None, typer.Option(help="The file that the receipt is for.")] = None,
) -> None:
    """File the newest draft (报出): checked, explained and signed three times, or it stays a draft."""
    settings = load_settings()
    with refusals(settings.language):
        attempt = _attempt(settings, receipt, tried)
        with connect(settings, Role.UNIT) as conn, as_unit(conn, unit) as own:
            filed = file_draft(conn, own, parse_month(month), datetime.now(UTC), reason=reason, attempt=attempt)
    _tell(filed, settings.language)


@app.command()
def correct(
    unit: UnitCode,
    month: MonthText,
    kind: Annotated[str, typer.Option(help=" | ".join(get_args(Correction)))],
    reason: Reason,
    document: Annotated[str, typer.Option(help="Number of the document that the correction rests on.")],
    corrects: Annotated[
        str | None, typer.Option(help="For cumulative: the locked month whose error it takes in.")
    ] = None,
) -> None:
    """File the newest draft as a correction of a named kind; the locked version stays as it is.

    cumulative 累计更正 is a filing of an open month; base_revision 同期基数修订, annual 年报定案 and census 普查修订
    are of a locked one.
    """
    settings = load_settings()
    if kind not in get_args(Correction):
        raise typer.BadParameter(f"{kind!r} is none of {', '.join(get_args(Correction))}")
    with refusals(settings.language), connect(settings, Role.UNIT) as conn, as_unit(conn, unit) as own:
        filed = file_draft(
            conn,
            own,
            parse_month(month),
            datetime.now(UTC),
            reason=reason,
            correction=kind,  # type: ignore[arg-type]  # a Correction, as just asked
            corrects=parse_month(corrects) if corrects else None,
            document_no=document,
        )
    _tell(filed, settings.language)


@app.command("answer")
def answer_(
    unit: UnitCode,
    query: Annotated[int, typer.Argument(help="Number of the query.")],
    cause: Annotated[str, typer.Option(help="What happened.")],
    quantity: Annotated[str, typer.Option(help="How much it makes, with a number.")],
    document: Annotated[str, typer.Option(help="What proves it.")],
    by: By,
) -> None:
    """Answer a query of the bureau."""
    settings = load_settings()
    explanation = Explanation(cause=cause, quantity=quantity, document=document)
    with refusals(settings.language), connect(settings, Role.UNIT) as conn, as_unit(conn, unit):
        filing_id = answer(conn, query, explanation, by, datetime.now(UTC))
    typer.echo(label("filing.answered", settings.language, query=query, filing=filing_id))


@app.command()
def attempt(
    unit: UnitCode,
    month: MonthText,
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="The figures, as `draft import` takes them.")
    ],
    to: Annotated[Path, typer.Option(help="File of the receipt.")],
) -> None:
    """While the store is out of service: a signed receipt of the try to file, which stops the clock."""
    settings = load_settings()
    try:
        connect(settings, Role.UNIT).close()
    except RetryableError:
        with SignerClient(settings, ATTEMPTS_TOKEN) as signer:
            receipt = ask_receipt(signer, unit, parse_month(month), file.read_bytes(), datetime.now(UTC))
        to.write_bytes(receipt)
        typer.echo(label("filing.attempted", settings.language, file=to))
        return
    typer.echo(label("filing.refused.in_service", settings.language), err=True)
    raise typer.Exit(1)


def _attempt(settings: Settings, receipt: Path | None, tried: Path | None) -> Attempt | None:
    if receipt is None and tried is None:
        return None
    if receipt is None or tried is None:
        raise FilingRefused("attempt_of_another_file", file=str(receipt or tried))
    return read_attempt(receipt.read_bytes(), tried, load_trust(settings.trust_dir))


def _tell(filed: Filed, language: Language) -> None:
    kind = label(f"filing.kind.{filed.kind}", language)
    typer.echo(label("filing.filed", language, filing=filed.filing_id, version=filed.version, kind=kind))
