"""The ledger of a unit's day, added up over its series and its gateways (one series: nenghao.domain.ledger)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from nenghao.domain.ledger import LedgerBroken, SeriesAccount


@dataclass(frozen=True, slots=True, kw_only=True)
class SeqRange:
    """Messages that a gateway numbered and the store does not have: `first_seq` to `last_seq`, both included."""

    boot_id: UUID
    first_seq: int
    last_seq: int

    @property
    def messages(self) -> int:
        """How many."""
        return self.last_seq - self.first_seq + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedCount:
    """What was refused for one reason; `readings` counts those of refused messages too, as far as they could be read.

    `replayed` counts refusals, each a message or a reading, that were taken since, after their cause was mended.
    """

    reason: str
    messages: int
    readings: int
    replayed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """What came on the day, whatever day it tells of; readings = the sum of the five outcomes."""

    messages: int = 0
    refused_messages: int = 0
    readings: int = 0
    stored: int = 0
    duplicate: int = 0
    conflicting: int = 0
    corrections: int = 0
    refused: int = 0
    unreceipted_messages: int = 0
    unreceipted_readings: int = 0
    received_again: int = 0

    def __post_init__(self) -> None:
        outcomes = self.stored + self.duplicate + self.conflicting + self.corrections + self.refused
        if outcomes != self.readings:
            raise LedgerBroken(f"outcomes of what arrived, readings: {outcomes} is not {self.readings}")


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayAccount:
    """The day of one gateway: of the readings that stand on the day, and of what arrived on it.

    Without a code: what came under names of the unit that are no registered gateway's.
    """

    gateway_code: str | None
    stored: int
    off_grid: int
    late: int
    commissioning_backfill: int
    conflicting: int
    corrections: int
    refused: tuple[RefusedCount, ...]
    arrived: Arrived
    missing_seqs: tuple[SeqRange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Sums over the unit; slots: due, received, missing; messages: missing_messages, unreceipted, received again;
    all others readings.
    """

    due: int
    received: int
    missing: int
    stored: int
    extra: int
    off_grid: int
    late: int
    commissioning_backfill: int
    conflicting: int
    corrections: int
    refused: int
    duplicate: int
    unreceipted_readings: int
    unreceipted_messages: int
    received_again: int
    missing_messages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitLedger:
    """The ledger as of one instant."""

    unit_code: str
    day_on: date
    as_of: datetime
    totals: Totals
    series: tuple[SeriesAccount, ...]
    gateways: tuple[GatewayAccount, ...]


def add_up(
    unit_code: str,
    day_on: date,
    as_of: datetime,
    series: Sequence[SeriesAccount],
    gateways: Sequence[GatewayAccount],
) -> UnitLedger:
    """The ledger of the unit.

    Raises: LedgerBroken where series and gateways disagree about the readings of the day, or slots do not add up.
    """
    for name in ("stored", "off_grid", "late", "commissioning_backfill", "conflicting", "corrections"):
        _agree(name, [getattr(one, name) for one in series], [getattr(one, name) for one in gateways])
    totals = Totals(
        due=sum(one.due for one in series),
        received=sum(one.received for one in series),
        missing=sum(one.missing for one in series),
        stored=sum(one.stored for one in series),
        extra=sum(one.extra for one in series),
        off_grid=sum(one.off_grid for one in series),
        late=sum(one.late for one in series),
        commissioning_backfill=sum(one.commissioning_backfill for one in series),
        conflicting=sum(one.conflicting for one in series),
        corrections=sum(one.corrections for one in series),
        refused=sum(count.readings for one in gateways for count in one.refused),
        duplicate=sum(one.arrived.duplicate for one in gateways),
        unreceipted_readings=sum(one.arrived.unreceipted_readings for one in gateways),
        unreceipted_messages=sum(one.arrived.unreceipted_messages for one in gateways),
        received_again=sum(one.arrived.received_again for one in gateways),
        missing_messages=sum(gap.messages for one in gateways for gap in one.missing_seqs),
    )
    _agree("slots", [totals.received, totals.missing], [totals.due])
    return UnitLedger(
        unit_code=unit_code,
        day_on=day_on,
        as_of=as_of,
        totals=totals,
        series=tuple(series),
        gateways=tuple(gateways),
    )


def _agree(what: str, left: Sequence[int], right: Sequence[int]) -> None:
    if sum(left) != sum(right):
        raise LedgerBroken(f"{what} by series, by gateway: {sum(left)} is not {sum(right)}")
