"""`nenghao gateway requests` and `nenghao gateway answer`: what units ask about their gateways, and the answers."""

import getpass
from datetime import UTC, datetime
from typing import Annotated

import typer

from ingest.unit_requests import answer_request
from nenghao.config import Role, load_settings
from nenghao.db.connection import connect
from nenghao.db.unit_requests import UnitRequest, list_requests
from nenghao.domain.periods import SHANGHAI
from nenghao.labels import Language, label

By = Annotated[str | None, typer.Option(help="Who does it; without, the user of this host.")]


def mount(gateway_app: typer.Typer) -> None:
    """Add these commands to `nenghao gateway`."""
    gateway_app.command()(requests)
    gateway_app.command()(answer)


def requests(
    is_all: Annotated[bool, typer.Option("--all", help="Also those that are answered.")] = False,
) -> None:
    """What units ask about their gateways, the newest first."""
    settings = load_settings()
    with connect(settings, Role.CONSOLE) as conn:
        found = list_requests(conn, is_open=not is_all)
    for one in found:
        typer.echo(_line(one, settings.language))


def answer(
    number: Annotated[int, typer.Argument(help="Number of the request.")],
    is_granted: Annotated[bool, typer.Option("--grant/--refuse", help="What is said to it.")],
    remark: Annotated[str, typer.Option(help="What the unit reads; a refusal needs one.")] = "",
    shard: Annotated[int, typer.Option(help="Shard of a gateway that is registered with it.")] = 0,
    by: By = None,
) -> None:
    """Answer a request; what is granted is done at once. Then tell the broker: `nenghao-ingest broker-sync`."""
    settings = load_settings()
    asked = answer_request(
        settings,
        number,
        is_granted=is_granted,
        remark=remark,
        by=by or getpass.getuser(),
        now=datetime.now(UTC),
        shard=shard,
    )
    typer.echo(_line(asked, settings.language))


def _line(one: UnitRequest, language: Language) -> str:
    kind = label(f"console.unit.requests.kind.{one.kind}", language)
    outcome = label(f"console.unit.requests.{one.outcome or 'waiting'}", language)
    at = f"{one.asked_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    return "  ".join(
        (
            str(one.unit_request_id),
            at,
            one.unit_code,
            kind,
            one.gateway_code,
            str(one.boot_id or "-"),
            one.asked_by,
            one.reason,
            outcome,
        )
    )
