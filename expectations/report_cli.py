"""`nenghao-audit report`: results of audit runs as an ESS validation report."""

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from nenghao.config import Role, load_settings
from nenghao.db.connection import connect
from nenghao.db.errors import driver_errors
from nenghao.db.validation_reports import findings, rules_asked, runs
from nenghao.errors import DataRefused
from nenghao.reporting.validation_report import validation_report


def report(
    run: Annotated[int | None, typer.Option(help="Id of an audit run.")] = None,
    first: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First audited day.")] = None,
    last: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last one, included.")] = None,
    units: Annotated[bool, typer.Option("--units", help="Also name units and points; never their figures.")] = False,
    out: Annotated[Path | None, typer.Option(help="File; else it is printed.")] = None,
) -> None:
    """Write what rules said of audited days in the standard structure of the European Statistical System (JSON)."""
    if (run is None) == (first is None and last is None):
        raise DataRefused("say which runs: --run ID, or --from DAY --to DAY")
    settings = load_settings()
    with driver_errors(), connect(settings, Role.VERIFIER) as conn:
        found = runs(
            conn,
            run_id=run,
            first_on=None if first is None else first.date(),
            last_on=None if last is None else last.date(),
        )
        if run is not None and not found:
            raise DataRefused(f"there is no audit run {run}")
        ids = [row["audit_run_id"] for row in found]
        made = validation_report(
            found, rules_asked(conn, ids), findings(conn, ids), language=settings.language, with_units=units
        )
    text = json.dumps(made, ensure_ascii=False, indent=1) + "\n"
    if out is None:
        typer.echo(text, nl=False)
    else:
        out.write_text(text, encoding="utf-8")
