"""Records what unit and officer agreed on for slots that no meter tells (E8).

Before it: both signed a document. After it: jobs.close_days fills the span's slots.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise

from nenghao.db import agreements
from nenghao.db.connection import Connection
from nenghao.db.series_days import load_series
from nenghao.domain.periods import SHANGHAI
from nenghao.domain.quantities import convert
from nenghao.domain.series_version import Series, SeriesVersion, decimals_of
from nenghao.errors import DataRefused


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What a document says; without energy it withdraws what was agreed on over the span."""

    unit_code: str
    point_code: str
    quantity: str
    kind: str
    from_at: datetime
    to_at: datetime
    energy: Decimal | None
    measure: str
    document_no: str
    agreed_by_unit: str
    agreed_by_officer: str
    decision_id: int | None
    agreed_on: date
    recorded_by: str


def agree(conn: Connection, agreement: Agreement, now: datetime) -> int:
    """Write an agreed value and ask for its days, in one transaction; returns its id.

    Raises: DataRefused where there is no such series, the span does not lie on its slots or in the past, the energy
    does not fit its unit, or who signed is not said.
    """
    with conn.transaction():
        series = _series_of(conn, agreement)
        _check_span(series, agreement, now)
        _check_words(agreement)
        if agreement.decision_id is not None and not agreements.has_decision(conn, agreement.decision_id):
            raise DataRefused(f"there is no decision {agreement.decision_id}")
        span = (agreement.from_at, agreement.to_at)
        if agreement.energy is None and not agreements.stands_over(conn, series.series_id, span):
            raise DataRefused("nothing that was agreed on over this span is in force")
        return agreements.insert_agreement(
            conn,
            series_id=series.series_id,
            span=span,
            energy=agreement.energy,
            unit=agreement.measure,
            document_no=agreement.document_no.strip(),
            agreed_by_unit=agreement.agreed_by_unit.strip(),
            agreed_by_officer=agreement.agreed_by_officer.strip(),
            decision_id=agreement.decision_id,
            agreed_on=agreement.agreed_on,
            recorded_by=agreement.recorded_by.strip(),
            recorded_at=now,
        )


def _series_of(conn: Connection, agreement: Agreement) -> Series:
    found = agreements.find_series(conn, agreement.unit_code, agreement.point_code, agreement.quantity, agreement.kind)
    name = f"{agreement.unit_code} {agreement.point_code} {agreement.quantity} {agreement.kind}"
    if len(found) != 1:
        raise DataRefused(f"{name}: {len(found)} series have this name")
    series = load_series(conn, [found[0][0]]).get(found[0][0])
    if series is None or series.kind not in ("register", "interval"):
        raise DataRefused(f"{name}: no energy is counted there")
    return series


def _check_span(series: Series, agreement: Agreement, now: datetime) -> None:
    if agreement.from_at >= agreement.to_at or agreement.to_at > now:
        raise DataRefused("the span has to lie in the past, and to end after it begins")
    versions = _versions_over(series, agreement)
    begin, end = int(agreement.from_at.timestamp()), int(agreement.to_at.timestamp())
    if begin % versions[0].slot_s or end % versions[-1].slot_s:
        raise DataRefused(f"the span has to begin and end with slots of {versions[0].slot_minutes} minutes")
    for version in versions:
        if agreement.energy is None:
            return
        energy = convert(agreement.energy, agreement.measure, version.unit)
        if energy < 0 or decimals_of(energy) > version.energy_scale:
            raise DataRefused(f"{agreement.energy} {agreement.measure} is no energy of this series")


def _versions_over(series: Series, agreement: Agreement) -> list[SeriesVersion]:
    """The versions in force over the span, without a break."""
    begin, end = int(agreement.from_at.timestamp()), int(agreement.to_at.timestamp())
    found = [v for v in series.versions if (v.valid_from or begin) < end and (v.valid_until or end) > begin]
    is_whole = (
        bool(found)
        and found[0].holds(begin)
        and (found[-1].valid_until is None or found[-1].valid_until >= end)
        and all(one.valid_until == other.valid_from for one, other in pairwise(found))
    )
    if not is_whole:
        raise DataRefused(f"the series was not in force from {_local(agreement.from_at)} to {_local(agreement.to_at)}")
    return found


def _check_words(agreement: Agreement) -> None:
    words = (
        agreement.document_no,
        agreement.agreed_by_unit,
        agreement.agreed_by_officer,
        agreement.recorded_by,
    )
    if not all(word.strip() for word in words):
        raise DataRefused(
            "an agreed value needs its document, who signed for the unit, the officer, and who records it"
        )
    if agreement.agreed_by_unit.strip() == agreement.agreed_by_officer.strip():
        raise DataRefused("unit and officer are two people")


def _local(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
