"""`nenghao release ask | asked`: asks that a month be sealed, as the console does, and shows what it came to.

The request is a row that a job follows (`nenghao.jobs.seal_requests`); whoever asks needs no key.
"""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Literal

import typer

from nenghao.config import Role, load_settings
from nenghao.db import filings
from nenghao.db.connection import connect
from nenghao.db.errors import driver_errors
from nenghao.db.seal_requests import NewSealRequest, SealRequest, insert_seal_request, load_seal_requests
from nenghao.domain.periods import Month
from nenghao.errors import DataRefused
from nenghao.labels import Language, label


def ask(
    month: Annotated[str, typer.Option(help="Like 2026-10.")],
    by: Annotated[str, typer.Option(help="Who asks.")],
    unit: Annotated[str, typer.Option(help="Unified social credit code.")],
    kind: Annotated[Literal["monitored_balance", "filing"], typer.Option(help="What is to be sealed.")],
    remark: Annotated[str | None, typer.Option(help="A remark.")] = None,
) -> None:
    """Ask that a unit's month be sealed; `nenghao release asked` shows what became of it."""
    settings = load_settings()
    month_on = Month.parse(month).start_on
    with driver_errors(), connect(settings, Role.CONSOLE) as conn:
        unit_id = filings.unit_of_code(conn, unit)
        if unit_id is None:
            raise DataRefused(label("release.no_unit", settings.language, unit=unit))
        request = NewSealRequest(
            kind=kind,
            month_on=month_on,
            unit_id=unit_id,
            requested_by=by,
            requested_at=datetime.now(UTC),
            remark=remark,
        )
        number = insert_seal_request(conn, request)
    typer.echo(label("release.asked", settings.language, subject=unit, month=month, request=number))


def asked(
    month: Annotated[str | None, typer.Option(help="Only of this month.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Requests to seal, the newest first, with what each has come to."""
    settings = load_settings()
    month_on = None if month is None else Month.parse(month).start_on
    with driver_errors(), connect(settings, Role.CONSOLE) as conn:
        found = load_seal_requests(conn, month_on=month_on)
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False, default=str))
        return
    for one in found:
        typer.echo(_line(one, settings.language))
    if not found:
        typer.echo(label("release.no_requests", settings.language))


def _line(one: SealRequest, language: Language) -> str:
    result = "" if one.archive_name is None else one.archive_name.removesuffix(".zip")
    if one.reason is not None:
        result = label(f"release.refused.{one.reason}", language)
    return label(
        "release.request",
        language,
        request=one.seal_request_id,
        subject=one.unit_code or one.region_code,
        month=f"{one.month_on:%Y-%m}",
        by=one.requested_by,
        state=label(f"release.seal_state.{one.state}", language),
        result=result,
    )
