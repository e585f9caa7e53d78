"""`nenghao doctor`: whether an installation is as it should be, one line a check."""

import json
from pathlib import Path
from typing import Annotated

import typer

from nenghao.cli.installation_checks import Check, check_installation
from nenghao.config import load_settings
from nenghao.labels import Language, label

app = typer.Typer(invoke_without_command=True, context_settings={"allow_interspersed_args": True})

SCHEMA = "nenghao/doctor/1"


@app.callback()
def doctor(
    trust: Annotated[Path | None, typer.Option(help="Folder of trusted keys; else that of the settings.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of lines.")] = False,
) -> None:
    """Check servers, certificate, schema, clocks, secrets, disk, signing key and waiting work; exit code 1 if wrong."""
    settings = load_settings()
    checks = list(check_installation(settings, trust or settings.trust_dir))
    is_fine = all(check.is_fine for check in checks)
    if as_json:
        found = [{"check": one.name, "state": one.state, "is_fine": one.is_fine, **one.values} for one in checks]
        typer.echo(json.dumps({"schema": SCHEMA, "is_fine": is_fine, "checks": found}, ensure_ascii=False))
    else:
        for check in checks:
            typer.echo(_line(check, settings.language))
    if not is_fine:
        raise typer.Exit(1)


def _line(check: Check, language: Language) -> str:
    key = "doctor.failed" if check.state == "failed" else f"doctor.{check.name}.{check.state}"
    return label(
        "doctor.line",
        language,
        verdict=label("doctor.fine" if check.is_fine else "doctor.wrong", language),
        title=label(f"doctor.{check.name}.title", language),
        text=label(key, language, **check.values),
    )
