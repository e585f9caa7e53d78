"""`nenghao agree`: record what unit and officer signed for a time that no meter tells (E8)."""

from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated

import typer

from nenghao.config import Role, load_settings
from nenghao.db.connection import connect
from nenghao.domain.periods import SHANGHAI, day_of
from nenghao.errors import DataRefused
from nenghao.labels import label
from nenghao.review.agreements import Agreement, agree


def agree_(
    unit: Annotated[str, typer.Option(help="Credit code of the unit.")],
    point: Annotated[str, typer.Option(help="Code of the point.")],
    begin: Annotated[str, typer.Option("--from", help="First instant, such as 2026-10-05T08:00.")],
    end: Annotated[str, typer.Option("--to", help="The instant after the last.")],
    document: Annotated[str, typer.Option(help="Number of the document that both signed.")],
    signed_unit: Annotated[str, typer.Option(help="Who signed for the unit.")],
    signed_officer: Annotated[str, typer.Option(help="The officer who signed.")],
    by: Annotated[str, typer.Option(help="Who records it.")],
    energy: Annotated[str | None, typer.Option(help="Energy of the slots in it that no meter tells.")] = None,
    measure: Annotated[str, typer.Option(help="Unit of the energy.")] = "kWh",
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Take back what was agreed on over the span.")] = False,
    quantity: Annotated[str, typer.Option(help="Quantity of the series.")] = "active_energy",
    kind: Annotated[str, typer.Option(help="register | interval")] = "register",
    decision: Annotated[int | None, typer.Option(help="The decision on a case that led to it.")] = None,
    signed_on: Annotated[str | None, typer.Option(help="Day of the document; today unless said.")] = None,
) -> None:
    """Record an agreed value, or withdraw it; the next close of days fills the slots."""
    if withdraw == (energy is not None):
        raise DataRefused("say either --energy or --withdraw")
    settings, now = load_settings(), datetime.now(UTC)
    agreement = Agreement(
        unit_code=unit,
        point_code=point,
        quantity=quantity,
        kind=kind,
        from_at=_instant(begin),
        to_at=_instant(end),
        energy=None if energy is None else _decimal(energy),
        measure=measure,
        document_no=document,
        agreed_by_unit=signed_unit,
        agreed_by_officer=signed_officer,
        decision_id=decision,
        agreed_on=day_of(now if signed_on is None else _instant(signed_on)),
        recorded_by=by,
    )
    with connect(settings, Role.CONSOLE) as conn:
        agreed_value_id = agree(conn, agreement, now)
    typer.echo(label("agree.withdrawn" if withdraw else "agree.recorded", settings.language, id=agreed_value_id))


def _instant(text: str) -> datetime:
    """An instant of Shanghai, unless it says its zone."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise DataRefused(f"{text!r} is not an instant like 2026-10-05T08:00") from None
    return at if at.tzinfo else at.replace(tzinfo=SHANGHAI)


def _decimal(text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise DataRefused(f"{text!r} is not a number") from None
    if not value.is_finite():
        raise DataRefused(f"{text!r} is not a number")
    return value
