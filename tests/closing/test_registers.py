"""Properties of the way from registers to slots: whatever is read, what is known adds up."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nenghao.domain.series_day import SeriesDay
from nenghao.domain.series_version import SeriesVersion
from tests.closing.days import BEGIN, SLOT_S, close, series, slots_of, version
from tests.closing.oracle import Reading, Step, apportion, classify_step


def days_of(readings: list[Reading], one: SeriesVersion, count: int, *, is_register: bool = True) -> list[SeriesDay]:
    return close([series(1, one, kind="register" if is_register else "interval")], {1: readings}, count=count)[1]


@given(total=st.integers(-(10**15), 10**15), weights=st.lists(st.integers(0, 86_400), min_size=1).filter(any))
def test_parts_add_up_to_the_whole_and_none_strays_by_more_than_one(total: int, weights: list[int]) -> None:
    parts = apportion(total, weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part * sum(weights) - total * weight) < sum(weights)


@settings(deadline=None)
@given(
    steps=st.lists(st.integers(0, 5000), min_size=192, max_size=192),
    kept=st.sets(st.integers(1, 191)),
    start=st.integers(0, 9_999_999),
    multiplier=st.sampled_from(["1", "0.5", "2000", "14000"]),
)
def test_slots_of_two_days_add_up_to_the_advance_over_gaps_and_rollovers(
    steps: list[int], kept: set[int], start: int, multiplier: str
) -> None:
    modulus = 10_000_000  # in hundredths; the whole run counts less than a tenth of it
    one, face = version(multiplier=Decimal(multiplier)), [start]
    for step in steps:
        face.append(face[-1] + step)
    readings = [
        Reading(BEGIN + n * SLOT_S, Decimal(face[n] % modulus) / 100) for n in range(193) if n in kept or n in (0, 192)
    ]
    days = days_of(readings, one, 2)
    total = sum((day.total_energy for day in days if day.total_energy is not None), Decimal(0))
    assert total == Decimal(sum(steps)) / 100 * Decimal(multiplier)
    assert all(slot is not None for day in days for slot in slots_of(day.energy))
    for day in days:
        assert all(
            (face is not None) == (quality == "V")
            for face, quality in zip(slots_of(day.face), day.quality, strict=True)
        )


@settings(deadline=None)
@given(data=st.data(), offsets=st.lists(st.integers(-60, 60), min_size=97, max_size=97))
def test_a_day_does_not_depend_on_the_order_of_readings(data: st.DataObject, offsets: list[int]) -> None:
    readings = [Reading(BEGIN + n * SLOT_S + offset, Decimal(n * n) / 4) for n, offset in enumerate(offsets)]
    shuffled = data.draw(st.permutations(readings))
    assert days_of(readings, version(), 1) == days_of(shuffled, version(), 1)


@given(before=st.decimals(0, 99_999, places=2), advance=st.decimals(0, 9_999, places=2))
def test_a_register_that_went_on_is_never_reverse(before: Decimal, advance: Decimal) -> None:
    modulus = Decimal(100_000)
    step = classify_step(before, (before + advance) % modulus, modulus)
    assert step is (Step.FORWARD if before + advance < modulus else Step.ROLLED_OVER)


@pytest.mark.parametrize(
    ("before", "after", "modulus"),
    [(50_000, 10, 100_000), (95_000, 94_000, 100_000), (95_000, 20_000, 100_000), (99, 1, None), (120_000, 1, 100_000)],
)
def test_a_register_that_fell_elsewhere_is_reverse(before: int, after: int, modulus: int | None) -> None:
    limit = None if modulus is None else Decimal(modulus)
    assert classify_step(Decimal(before), Decimal(after), limit) is Step.REVERSE


def test_values_that_the_gateway_multiplied_are_not_multiplied_again_and_roll_over_at_its_modulus() -> None:
    one = version(multiplier=Decimal(100), is_multiplied_here=False, register_modulus=Decimal(1000))
    readings = [Reading(BEGIN, Decimal("99950")), Reading(BEGIN + SLOT_S, Decimal("50"))]
    assert days_of(readings, one, 1)[0].total_energy == 100


def test_a_value_with_more_decimals_than_the_face_stays_exact() -> None:
    readings = [Reading(BEGIN, Decimal("1.00000001")), Reading(BEGIN + SLOT_S, Decimal("1.00000004"))]
    day = days_of(readings, version(multiplier=Decimal("2.5")), 1)[0]
    assert day.total_energy == Decimal("0.000000075")


def test_a_slot_beyond_64_bits_is_unknown_and_breaks_nothing() -> None:
    readings = [Reading(BEGIN, Decimal(0)), Reading(BEGIN + SLOT_S, Decimal(10) ** 29)]
    day = days_of(readings, version(), 1)[0]
    assert (slots_of(day.energy)[0], day.quality[0], day.total_energy) == (None, "N", None)


@pytest.mark.parametrize("slot_minutes", [15, 30, 60])
def test_intervals_fill_their_own_slots_only(slot_minutes: int) -> None:
    one = version(slot_minutes=slot_minutes)
    day = days_of([Reading(BEGIN + slot_minutes * 60, Decimal("1.5"))], one, 1, is_register=False)[0]
    assert (day.due_slots, day.received_slots, day.total_energy) == (1440 // slot_minutes, 1, Decimal("1.5"))
    assert day.quality[:3] == "NVN"


def test_a_day_before_the_first_version_does_not_exist() -> None:
    assert days_of([], version(valid_from=BEGIN + 86_400), 1) == []
