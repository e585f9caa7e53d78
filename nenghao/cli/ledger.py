"""`nenghao ledger --unit U --day D`: what was due, what came, and every slot and message that is missing."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from nenghao.config import Role, load_settings
from nenghao.db.archive import dropped_between
from nenghao.db.connection import connect
from nenghao.db.ledger import read_ledger
from nenghao.domain.ledger import SeriesAccount, SlotRange
from nenghao.domain.periods import SHANGHAI, day_bounds
from nenghao.domain.unit_ledger import GatewayAccount, RefusedCount, SeqRange, UnitLedger
from nenghao.errors import DataRefused
from nenghao.labels import Language, label

app = typer.Typer(invoke_without_command=True, context_settings={"allow_interspersed_args": True})

SCHEMA = "nenghao/ledger/1"


@app.callback()
def ledger(
    unit: Annotated[str, typer.Option(help="Unified social credit code.")],
    day: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Shanghai day, like 2026-10-03.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, as docs/ledger.md says.")] = False,
) -> None:
    """Account for every reading of a unit's day, and name each missing slot."""
    settings = load_settings()
    with connect(settings, Role.VERIFIER) as conn:
        months = dropped_between(conn, *day_bounds(day.date()))
        if months:
            # An account without the readings would call each of them missing.
            names = " ".join(f"{month_on:%Y-%m}" for month_on in months)
            raise DataRefused(label("ledger.archived", settings.language, day=day.date(), months=names))
        conn.rollback()
        account = read_ledger(conn, unit, day.date(), datetime.now(UTC))
    if as_json:
        typer.echo(json.dumps(_as_json(account), ensure_ascii=False))
        return
    for line in _lines(account, settings.language):
        typer.echo(line)


# --- for people ---


def _lines(account: UnitLedger, language: Language) -> Iterator[str]:
    as_of = account.as_of.astimezone(SHANGHAI).isoformat(" ", "seconds")
    yield label("ledger.heading", language, unit_code=account.unit_code, day=account.day_on, as_of=as_of)
    yield label("ledger.totals", language, **asdict(account.totals))
    yield label("ledger.unreceipted", language, **asdict(account.totals))
    for one in account.series:
        yield from _series_lines(one, language)
    for gateway in account.gateways:
        yield from _gateway_lines(gateway, language)
    for key in ("note_at", "note_arrived", "note_late", "note_seq", "note_unreceipted"):
        yield label(f"ledger.{key}", language)


def _series_lines(one: SeriesAccount, language: Language) -> Iterator[str]:
    yield label("ledger.series", language, **asdict(one.series), **_counts(one))
    for span in one.missing_ranges:
        key = "ledger.missing_slot" if span.slots == 1 else "ledger.missing_slots"
        yield "  " + label(
            key, language, first=_clock(span.first_at), last=_clock(span.last_at), slots=span.slots,
            minutes=span.slot_minutes,
        )  # fmt: skip


def _gateway_lines(one: GatewayAccount, language: Language) -> Iterator[str]:
    code = label("ledger.unknown_gateway", language) if one.gateway_code is None else one.gateway_code
    yield label("ledger.gateway", language, code=code, **_counts(one))
    yield "  " + label("ledger.arrived", language, **asdict(one.arrived))
    for refused in one.refused:
        yield "  " + label("ledger.refused", language, **asdict(refused))
    for gap in one.missing_seqs:
        yield "  " + label(
            "ledger.missing_seqs", language, boot_id=gap.boot_id, first=gap.first_seq, last=gap.last_seq,
            messages=gap.messages,
        )  # fmt: skip


def _counts(one: SeriesAccount | GatewayAccount) -> dict[str, int]:
    return {name: count for name in one.__slots__ if isinstance(count := getattr(one, name), int)}


def _clock(at_s: int) -> str:
    return f"{datetime.fromtimestamp(at_s, SHANGHAI):%H:%M}"


# --- for programs ---


def _as_json(account: UnitLedger) -> dict[str, object]:
    return {
        "schema": SCHEMA,
        "unit_code": account.unit_code,
        "day": account.day_on.isoformat(),
        "as_of": account.as_of.astimezone(SHANGHAI).isoformat(timespec="seconds"),
        "totals": asdict(account.totals),
        "series": [
            asdict(one.series) | _counts(one) | {"missing_ranges": [_slot_range(span) for span in one.missing_ranges]}
            for one in account.series
        ],
        "gateways": [
            {
                "gateway_code": one.gateway_code,
                **_counts(one),
                "refused": _refused(one.refused),
                "arrived": asdict(one.arrived),
                "missing_seqs": [_seq_range(gap) for gap in one.missing_seqs],
            }
            for one in account.gateways
        ],
    }


def _slot_range(span: SlotRange) -> dict[str, object]:
    first, last = (datetime.fromtimestamp(at, SHANGHAI).isoformat() for at in (span.first_at, span.last_at))
    return {"first_at": first, "last_at": last, "slots": span.slots, "slot_minutes": span.slot_minutes}


def _seq_range(gap: SeqRange) -> dict[str, object]:
    return {
        "boot_id": str(gap.boot_id),
        "first_seq": gap.first_seq,
        "last_seq": gap.last_seq,
        "messages": gap.messages,
    }


def _refused(counts: Sequence[RefusedCount]) -> dict[str, dict[str, int]]:
    return {
        one.reason: {"messages": one.messages, "readings": one.readings, "replayed": one.replayed} for one in counts
    }
