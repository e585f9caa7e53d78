"""Slots of a day: due, received, missing always add up, whatever came."""

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nenghao.domain.ledger import (
    DAY_S,
    LATE_AFTER_S,
    LedgerBroken,
    SeriesAccount,
    SeriesKey,
    StoredReading,
    account_series,
    due_slots,
    place_readings,
)
from nenghao.domain.periods import day_start
from nenghao.domain.series_version import SeriesVersion
from nenghao.domain.unit_ledger import Arrived, GatewayAccount, add_up

DAY_ON = date(2026, 10, 3)
BEGIN = int(day_start(DAY_ON).timestamp())
AFTER = BEGIN + 2 * DAY_S
KEY = SeriesKey(series_id=1, point_code="p1", quantity="active_energy", kind="register", period="instant")


def version(begin: int | None = None, end: int | None = None, minutes: int = 15) -> SeriesVersion:
    """A version valid in `[begin, end)`, seconds into the day."""
    return SeriesVersion(
        valid_from=None if begin is None else BEGIN + begin,
        valid_until=None if end is None else BEGIN + end,
        meter_id=1,
        unit="kWh",
        slot_minutes=minutes,
        multiplier=Decimal(1),
        is_multiplied_here=True,
        decimals=2,
        register_modulus=None,
    )


def came(at: int, *, after: int = 0, is_commissioning: bool = False) -> StoredReading:
    """A reading, `at` seconds into the day, received `after` seconds later."""
    return StoredReading(at=BEGIN + at, received_at=BEGIN + at + after, gateway_id=1, is_commissioning=is_commissioning)


def account(
    versions: list[SeriesVersion],
    readings: list[StoredReading],
    kind: str = "register",
    period: str = "instant",
    now: int = AFTER,
) -> SeriesAccount:
    due = due_slots(kind, period, versions, DAY_ON, now)
    placed = place_readings(kind, period, versions, DAY_ON, readings)
    return account_series(KEY, due, placed, conflicting=0, corrections=0)


VERSIONS = st.sampled_from(
    [
        [version()],
        [version(minutes=60)],
        [version(3600, 7 * 3600)],
        [version(None, 10 * 3600), version(10 * 3600, None, minutes=30)],
        [version(None, 5 * 3600 + 420), version(8 * 3600 + 100, None, minutes=60)],
    ]
)


@given(
    VERSIONS,
    st.sets(st.integers(-120, DAY_S + 120), max_size=120),
    st.sets(st.integers(0, 95), max_size=96),
    st.sampled_from([("register", "instant"), ("interval", "15min"), ("gauge", "instant"), ("interval", "day")]),
    st.integers(-DAY_S, 2 * DAY_S),
)
def test_received_and_missing_make_up_what_was_due(
    versions: list[SeriesVersion], anywhere: set[int], on_grid: set[int], what: tuple[str, str], now: int
) -> None:
    kind, period = what
    ats = sorted(anywhere | {900 * slot for slot in on_grid})
    found = account(versions, [came(at) for at in ats], kind, period, BEGIN + now)
    assert found.received + found.missing == found.due
    assert found.received + found.extra + found.off_grid == found.stored
    named = [
        at for span in found.missing_ranges for at in range(span.first_at, span.last_at + 1, span.slot_minutes * 60)
    ]
    due = {slot.at for slot in due_slots(kind, period, versions, DAY_ON, BEGIN + now)}
    assert len(named) == found.missing == len(set(named))
    assert set(named) <= due
    assert not set(named) & {BEGIN + at for at in ats}
    assert all(one.last_at < other.first_at for one, other in pairwise(found.missing_ranges))


def test_only_slots_inside_validity_are_due() -> None:
    found = account([version(3600, 3 * 3600 + 60)], [])
    assert [(span.first_at - BEGIN, span.last_at - BEGIN) for span in found.missing_ranges] == [(3600, 3 * 3600)]


def test_an_interval_is_due_when_it_is_over_and_whole_inside_validity() -> None:
    versions = [version(3600, 2 * 3600 + 60)]
    assert account(versions, [], "interval", "15min").due == 4
    assert account(versions, [], "interval", "15min", now=BEGIN + 3600 + 899).due == 0
    assert account(versions, [], "register", now=BEGIN + 3600 + 899).due == 1


def test_a_change_of_meter_inside_a_slot_leaves_the_interval_due() -> None:
    assert account([version(None, 3660), version(3660)], [], "interval", "15min").due == 96


def test_a_day_is_due_once_and_a_month_on_its_first() -> None:
    assert account([version()], [came(0)], "interval", "day").received == 1
    assert account([version()], [], "interval", "month").due == 0


def test_a_change_of_slot_length_parts_the_missing() -> None:
    found = account([version(None, 43_200), version(43_200, None, minutes=60)], [])
    assert [(span.slots, span.slot_minutes) for span in found.missing_ranges] == [(48, 15), (12, 60)]
    assert found.due == 60


def test_a_minute_beside_the_grid_is_on_it_and_more_is_off() -> None:
    found = account([version()], [came(60), came(900 - 61), came(1800 + 61), came(3600 - 60), came(3600)])
    assert (found.received, found.extra, found.off_grid) == (2, 1, 2)


def test_midnight_seen_by_a_fast_clock_belongs_to_the_day_it_begins() -> None:
    found = account([version()], [came(-40), came(DAY_S - 40)])
    assert (found.stored, found.received) == (1, 1)


def test_late_is_counted_from_when_a_reading_could_be_sent() -> None:
    on_time = account([version()], [came(0, after=LATE_AFTER_S)])
    late = account([version()], [came(0, after=LATE_AFTER_S + 1)])
    commissioning = account([version()], [came(0, after=LATE_AFTER_S + 1, is_commissioning=True)])
    interval = account([version()], [came(0, after=LATE_AFTER_S + 900)], "interval", "15min")
    assert [(one.late, one.commissioning_backfill) for one in (on_time, late, commissioning, interval)] == [
        (0, 0), (1, 0), (0, 1), (0, 0),
    ]  # fmt: skip


def test_sums_that_do_not_add_up_are_never_shown() -> None:
    with pytest.raises(LedgerBroken, match="outcomes"):
        Arrived(readings=2, stored=1)
    series = account([version()], [came(0)])
    nobody = GatewayAccount(
        gateway_code="gw1", stored=0, off_grid=0, late=0, commissioning_backfill=0, conflicting=0, corrections=0,
        refused=(), arrived=Arrived(), missing_seqs=(),
    )  # fmt: skip
    with pytest.raises(LedgerBroken, match="stored"):
        add_up("u", DAY_ON, day_start(DAY_ON), [series], [nobody])
