"""Gaps are filled from measured donors, add up to what is known, and stay as they are when donors change."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from nenghao.closing.donors import Donors
from nenghao.domain.estimation import Agreed, Stop
from nenghao.domain.periods import day_start
from nenghao.domain.registers import Exclusion
from nenghao.domain.series_day import SeriesDay, StandingEstimate, StoredDay
from nenghao.domain.series_version import Series
from tests.closing.days import BEGIN, DAY, SLOT_S, close, series, slots_of, version
from tests.closing.oracle import Reading

REGISTER = series(1, version())
INTERVAL = series(1, version(), kind="interval")


def registers(steps: Sequence[int], missing: range, begin: int = BEGIN) -> list[Reading]:
    """A register that goes on by hundredths, without the readings at some slots."""
    face = [sum(steps[:n]) for n in range(len(steps) + 1)]
    return [Reading(begin + n * SLOT_S, Decimal(value) / 100) for n, value in enumerate(face) if n not in missing]


def intervals(values: Sequence[int], missing: range) -> list[Reading]:
    return [Reading(BEGIN + n * SLOT_S, Decimal(v) / 100) for n, v in enumerate(values) if n not in missing]


def stored(day: SeriesDay, day_on: date, series_id: int = 1, *, quality: str | None = None) -> StoredDay:
    return StoredDay(
        series_id=series_id, day_on=day_on, slot_minutes=day.slot_minutes, unit=day.unit, scale=day.scale,
        energy=day.energy, quality=quality or day.quality,
    )  # fmt: skip


def like(steps: Sequence[int], weeks: int = 1, series_id: int = 1, **more: str) -> StoredDay:
    """A measured day of a week back."""
    made = close([REGISTER], {1: registers(steps, range(0))}, count=1)[1][0]
    return stored(made, DAY - timedelta(weeks=weeks), series_id, **more)


def only(days: list[SeriesDay]) -> SeriesDay:
    (day,) = days
    return day


def energies(day: SeriesDay) -> list[int]:
    return [slot or 0 for slot in slots_of(day.energy)]


STEPS = [10] * 96
RAMP = [1 + n % 24 for n in range(96)]
GAP = range(31, 50)  # the registers at both ends are at 30 and 50: 20 slots, five hours


@settings(deadline=None, max_examples=60)
@given(
    shape=st.lists(st.integers(0, 500), min_size=96, max_size=96),
    advance=st.integers(0, 10**9),
    weeks=st.sets(st.integers(1, 4), min_size=1),
)
def test_a_gap_with_the_shape_of_like_days_adds_up_to_the_advance(
    shape: list[int], advance: int, weeks: set[int]
) -> None:
    steps = [10] * 30 + [advance] + [0] * 19 + [10] * 46
    donors = Donors(days={(1, one.day_on): one for week in weeks for one in [like(shape, week)]})
    day = only(
        close([series(1, version(register_modulus=None))], {1: registers(steps, GAP)}, count=1, donors=donors)[1]
    )
    gap = energies(day)[30:50]
    assert sum(gap) == advance * 10
    assert (day.quality[29:51], day.method[30:50]) == ("V" + "E" * 20 + "V", "3" * 20)
    (told,) = day.estimates
    assert (told.first_slot, told.slot_count, told.known_energy) == (31, 20, Decimal(advance) / 100)
    if sum(shape[30:50]):
        assert set(told.donor_days) == {DAY - timedelta(weeks=week) for week in weeks}
        for part, weight in zip(gap, shape[30:50], strict=True):
            assert abs(part - advance * 10 * weight / sum(shape[30:50])) <= 1
    else:
        assert told.donor_days == ()


def test_an_estimated_day_is_no_donor() -> None:
    readings = {1: registers(STEPS, GAP)}
    flat = only(close([REGISTER], readings, count=1)[1])
    estimated = like(RAMP, quality="V" * 95 + "E")
    with_estimate = only(
        close([REGISTER], readings, count=1, donors=Donors(days={(1, estimated.day_on): estimated}))[1]
    )
    assert with_estimate.energy == flat.energy
    measured = like(RAMP)
    shaped = only(close([REGISTER], readings, count=1, donors=Donors(days={(1, measured.day_on): measured}))[1])
    assert shaped.energy != flat.energy
    assert shaped.total_energy == flat.total_energy


def test_a_short_gap_of_a_register_is_straight_whatever_like_days_say() -> None:
    donors = Donors(days={(1, one.day_on): one for one in [like(RAMP)]})
    day = only(close([REGISTER], {1: registers(STEPS, range(31, 38))}, count=1, donors=donors)[1])
    assert (day.method[29:39], energies(day)[30:38]) == ("-22222222-", [100] * 8)


def test_a_long_gap_of_intervals_is_the_mean_of_like_days() -> None:
    donors = Donors(days={(1, one.day_on): one for one in [like(RAMP, 1), like([2 * s for s in RAMP], 3)]})
    day = only(close([INTERVAL], {1: intervals(STEPS, range(30, 50))}, count=1, donors=donors)[1])
    assert day.method[30:50] == "4" * 20
    assert energies(day)[30:50] == [15 * step for step in RAMP[30:50]]
    assert day.measured_energy == Decimal("7.6")


def test_without_like_days_the_day_before_counts_where_it_is_measured() -> None:
    before = like(RAMP, quality="E" * 10 + "V" * 86)
    before = StoredDay(**{name: getattr(before, name) for name in StoredDay.__slots__} | {"day_on": DAY - timedelta(1)})
    donors = Donors(days={(1, before.day_on): before})
    day = only(close([INTERVAL], {1: intervals(STEPS, range(30, 50))}, count=1, donors=donors)[1])
    assert (day.method[30:50], energies(day)[30:50]) == ("5" * 20, [10 * step for step in RAMP[30:50]])
    early = only(close([INTERVAL], {1: intervals(STEPS, range(5, 20))}, count=1, donors=donors)[1])
    assert early.quality[5:20] == "N" * 15


def test_after_the_last_reading_nothing_is_estimated() -> None:
    donors = Donors(days={(1, one.day_on): one for one in [like(RAMP)]})
    day = only(close([INTERVAL], {1: intervals(STEPS, range(30, 96))}, count=1, donors=donors)[1])
    assert day.quality == "V" * 30 + "N" * 66


def test_a_check_meter_shapes_an_advance_and_fills_a_hole() -> None:
    check = like(RAMP, series_id=9)
    check = StoredDay(**{name: getattr(check, name) for name in StoredDay.__slots__} | {"day_on": DAY})
    donors = Donors(days={(9, DAY): check, (1, like(STEPS).day_on): like(STEPS)}, checks={(1, DAY): 9})
    shaped = only(close([REGISTER], {1: registers(STEPS, GAP)}, count=1, donors=donors, checked=frozenset({1}))[1])
    assert (shaped.method[30:50], sum(energies(shaped)[30:50])) == ("1" * 20, 2000)
    assert shaped.estimates[0].donor_series_id == 9
    filled = only(close([INTERVAL], {1: intervals(STEPS, GAP)}, count=1, donors=donors, checked=frozenset({1}))[1])
    assert energies(filled)[31:50] == [10 * step for step in RAMP[31:50]]
    assert filled.method[31:50] == "1" * 19


def standing(day: SeriesDay) -> tuple[StandingEstimate, ...]:
    return tuple(
        StandingEstimate(
            series_id=1, day_on=day.day_on, first_slot=one.first_slot, slot_count=one.slot_count,
            method=f"E{one.method}", donor_days=one.donor_days, donor_series_id=one.donor_series_id,
            gap_begin=one.gap_begin, gap_end=one.gap_end, known_energy=one.known_energy,
        )
        for one in day.estimates
    )  # fmt: skip


def test_an_estimate_stays_when_its_donor_changed_and_goes_when_its_gap_did() -> None:
    for one, readings in ((REGISTER, registers(STEPS, GAP)), (INTERVAL, intervals(STEPS, GAP))):
        first = only(close([one], {1: readings}, count=1, donors=Donors(days={(1, like(RAMP).day_on): like(RAMP)}))[1])
        days = {(1, DAY): stored(first, DAY), (1, like(STEPS).day_on): like(STEPS[::-1])}
        donors = Donors(days=days, standing={(1, DAY): standing(first)})
        again = only(close([one], {1: readings}, count=1, donors=donors)[1])
        assert again.content_hash == first.content_hash
        late = [*readings, Reading(BEGIN + 35 * SLOT_S, readings[30].value)]
        assert only(close([one], {1: late}, count=1, donors=donors)[1]).content_hash != first.content_hash


def test_intervals_are_scaled_to_the_register_beside_them() -> None:
    beside = only(close([REGISTER], {1: registers([2 * step for step in STEPS], GAP)}, count=1)[1])
    donors = Donors(days={(7, DAY): stored(beside, DAY, 7)}, registers={1: 7})
    day = only(
        close([INTERVAL], {1: intervals(STEPS, range(30, 50))}, count=1, donors=donors, with_register=frozenset({1}))[1]
    )
    assert (sum(energies(day)[30:50]), day.method[30:50]) == (4000, "3" * 20)
    # The register's own gap reaches over the end of this one: how much of it falls here is not known.
    shorter = only(
        close([INTERVAL], {1: intervals(STEPS, range(30, 48))}, count=1, donors=donors, with_register=frozenset({1}))[1]
    )
    assert shorter.quality[30:48] == "N" * 18


def test_what_was_agreed_on_fills_what_no_meter_tells_and_nothing_else() -> None:
    agreed = Agreed(
        agreed_value_id=5, series_id=1, begin=BEGIN + 20 * SLOT_S, end=BEGIN + 60 * SLOT_S, energy=Decimal("1.001"),
        unit="kWh", decision_id=None,
    )  # fmt: skip
    donors = Donors(days={(1, like(RAMP).day_on): like(RAMP)})
    day = only(close([INTERVAL], {1: intervals(STEPS, GAP)}, count=1, donors=donors, agreed=[agreed])[1])
    assert (sum(energies(day)[31:50]), day.method[20:60]) == (1001, "-" * 11 + "8" * 19 + "-" * 10)
    assert day.quality[20:31] == "V" * 11
    assert day.estimates[0].agreed_value_id == 5


def test_a_proven_stop_is_zero_and_use_in_a_line_stop_is_questionable() -> None:
    def stop(first: int, last: int, **kind: bool) -> Stop:
        return Stop(series_id=1, begin=BEGIN + first * SLOT_S, end=BEGIN + last * SLOT_S, **kind)

    donors = Donors(days={(1, like(RAMP).day_on): like(RAMP)})
    stops = [
        stop(25, 50, is_proven=True, is_questioned=False),
        stop(60, 62, is_proven=True, is_questioned=True),
        stop(70, 72, is_proven=False, is_questioned=True),
    ]
    day = only(close([INTERVAL], {1: intervals(STEPS, GAP)}, count=1, donors=donors, stops=stops)[1])
    assert (energies(day)[31:50], day.method[31:50]) == ([0] * 19, "7" * 19)
    assert (day.quality[24:31], day.quality[59:63], day.reason and day.reason[69:73]) == ("V" * 7, "VQQV", "-ss-")
    assert day.total_energy == Decimal("7.7")
    assert day.measured_energy == Decimal("7.3")


def test_excluding_the_counting_does_not_leave_the_total_as_it_was() -> None:
    readings = {1: registers([10] * 30 + [5] * 20 + [10] * 46, range(0))}
    span = (BEGIN + 30 * SLOT_S, BEGIN + 50 * SLOT_S, 3, 4)
    donors = Donors(days={(1, like(STEPS).day_on): like(STEPS)})
    as_counted = only(close([REGISTER], readings, {1: [Exclusion(*span, False)]}, count=1, donors=donors)[1])
    assert (as_counted.total_energy, as_counted.quality[29:51]) == (Decimal("8.6"), "V" + "E" * 20 + "V")
    unknown = only(close([REGISTER], readings, {1: [Exclusion(*span, True)]}, count=1)[1])
    assert (unknown.total_energy, unknown.quality[29:51]) == (Decimal("7.6"), "V" + "X" * 20 + "V")
    estimated = only(close([REGISTER], readings, {1: [Exclusion(*span, True)]}, count=1, donors=donors)[1])
    assert (estimated.total_energy, estimated.method[30:50]) == (Decimal("9.6"), "4" * 20)
    (told,) = estimated.estimates
    assert (told.exclusion_id, told.decision_id, told.reasons, told.known_energy) == (3, 4, "x", None)


def test_energy_above_capacity_is_not_believed() -> None:
    small = Series(
        series_id=1, point_id=1, quantity="active_energy", kind="interval", period="15min",
        versions=(version(rated_capacity=Decimal("0.4")),),
    )  # fmt: skip
    values = [12 if n == 40 else 500 if n == 50 else 10 for n in range(96)]
    day = only(close([small], {1: intervals(values, range(0))}, count=1)[1])
    assert (day.quality[40], day.quality[50], day.method[50]) == ("V", "E", "2")
    assert (energies(day)[50], day.reason and day.reason[49:52]) == (100, "-c-")


def test_a_gap_over_midnight_has_the_shape_of_both_weekdays() -> None:
    steps = [10] * 192
    donors = {}
    for back in (7, 6):
        made = close([REGISTER], {1: registers([1 if back == 7 else 3] * 96, range(0))}, count=1)[1][0]
        donors[1, DAY - timedelta(days=back)] = stored(made, DAY - timedelta(days=back))
    days = close([REGISTER], {1: registers(steps, range(87, 106))}, count=2, donors=Donors(days=donors))[1]
    gap = energies(days[0])[86:] + energies(days[1])[:10]
    assert sum(gap) == 2000
    assert sum(gap[:10]) == 500
    assert len(days[0].estimates) == len(days[1].estimates) == 1
    assert int(day_start(DAY).timestamp()) == BEGIN
