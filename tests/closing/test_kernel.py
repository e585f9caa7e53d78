"""The array kernel gives the rows of the plain oracle, whatever the readings, versions and exclusions."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from nenghao.domain.registers import Exclusion
from nenghao.domain.series_day import SeriesDay
from nenghao.domain.series_version import Series, SeriesVersion
from tests.closing.days import BEGIN, DAY, DAYS, SLOT_S, close, series, slots_of, version
from tests.closing.oracle import (
    PlainDay,
    Reading,
    SeriesHistory,
    align_readings,
    interval_advances,
    leave_out,
    register_advances,
)


def plain(
    one: Series, readings: list[Reading], spans: Sequence[Exclusion] = (), *, count: int = DAYS
) -> list[PlainDay]:
    is_register = one.kind == "register"
    chains = align_readings(readings, one.versions)
    advances = (
        register_advances(leave_out(chains, spans), one.versions)
        if is_register
        else interval_advances(chains, one.versions)
    )
    history = SeriesHistory(one.series_id, is_register, one.versions, chains, advances, spans)
    built = [history.build_day(DAY + timedelta(days=n)) for n in range(count)]
    return [day for day in built if day is not None]


def compare(made: SeriesDay, told: PlainDay) -> None:
    assert (made.day_on, made.slot_minutes, made.unit, made.scale, made.face_scale, made.received_slots) == (
        told.day_on, told.slot_minutes, told.unit, told.scale, told.face_scale, told.received_slots,
    )  # fmt: skip
    assert slots_of(made.energy) == told.energy
    assert slots_of(made.face) == told.face
    assert (made.quality, made.method, made.is_due) == (told.quality, told.method, told.is_due)
    assert (made.total_energy, made.measured_energy) == (told.total_energy, told.measured_energy)


OFFSETS = st.sampled_from([0] * 12 + [-60, -59, -1, 1, 30, 60, 61, 200])
MULTIPLIERS = st.sampled_from(["1", "0.5", "2000", "14000"])


@st.composite
def version_chains(draw: st.DrawFn) -> list[SeriesVersion]:
    """One to three versions, on the grid or off it, of one meter or several."""
    borders = sorted(draw(st.sets(st.integers(1, DAYS * 96 - 1), max_size=2)))
    edges = [None, *(BEGIN + n * SLOT_S + draw(st.sampled_from([0, 0, 0, 300, 30])) for n in borders), None]
    made = []
    for n, since in enumerate(edges[:-1]):
        until = edges[n + 1]
        made.append(
            version(
                valid_from=since, valid_until=until, meter_id=draw(st.sampled_from([1, 1, 2])),
                unit=draw(st.sampled_from(["kWh", "kWh", "kWh", "MWh"])),
                slot_minutes=draw(st.sampled_from([15, 15, 15, 30, 60])), multiplier=Decimal(draw(MULTIPLIERS)),
                is_multiplied_here=draw(st.sampled_from([True, True, False])),
                decimals=draw(st.sampled_from([2, 2, 0, 3])),
                register_modulus=draw(st.sampled_from([Decimal(100_000), Decimal(100_000), None])),
            )
        )  # fmt: skip
    if draw(st.booleans()):
        made[0] = version(
            **{name: getattr(made[0], name) for name in SeriesVersion.__slots__} | {"valid_from": BEGIN + SLOT_S * 7}
        )
        if made[0].valid_until is not None and made[0].valid_until <= BEGIN + SLOT_S * 7:
            made = made[1:] or [version()]
    return made


@st.composite
def register_readings(draw: st.DrawFn) -> list[Reading]:
    """A register that mostly goes on, with gaps, readings off the grid, rollovers and falls."""
    kept = draw(st.lists(st.integers(-2, DAYS * 96 + 2), unique=True, min_size=0, max_size=120).map(sorted))
    face = draw(st.sampled_from([0, 9_999_000, 5_000_000]))
    readings = []
    for n in kept:
        face += draw(st.sampled_from([0, 1, 7, 250, 5_000, 5_000, -20_000]))
        shown = face % 10_000_000
        readings.append(Reading(BEGIN + n * SLOT_S + draw(OFFSETS), Decimal(shown) / 100))
    return list({reading.at: reading for reading in readings}.values())


@st.composite
def exclusions_of(draw: st.DrawFn) -> list[Exclusion]:
    if draw(st.integers(0, 3)):
        return []
    begin = draw(st.integers(0, DAYS * 96))
    end = begin + draw(st.integers(1, 120))
    is_open = draw(st.integers(0, 5)) == 0
    begin_s = BEGIN + begin * SLOT_S + draw(st.sampled_from([0, 0, 100]))
    return [Exclusion(begin_s, None if is_open else BEGIN + end * SLOT_S, 1, 1, False)]


@settings(deadline=None, max_examples=150)
@given(data=st.data(), is_wide=st.booleans())
def test_registers_close_as_the_oracle_says(data: st.DataObject, is_wide: bool) -> None:
    several = [series(n, *data.draw(version_chains())) for n in range(1, 4)]
    readings = {one.series_id: data.draw(register_readings()) for one in several}
    exclusions = {one.series_id: data.draw(exclusions_of()) for one in several}
    made = close(several, readings, exclusions, is_wide=is_wide)
    for one in several:
        told = plain(one, readings[one.series_id], exclusions[one.series_id])
        assert len(made[one.series_id]) == len(told)
        for day, oracle in zip(made[one.series_id], told, strict=True):
            compare(day, oracle)


@settings(deadline=None, max_examples=60)
@given(data=st.data(), is_wide=st.booleans())
def test_whole_intervals_close_as_the_oracle_says(data: st.DataObject, is_wide: bool) -> None:
    """Without gaps between intervals, which the oracle does not draw lines over."""
    one = series(1, *data.draw(version_chains()), kind="interval")
    first, last = sorted(data.draw(st.lists(st.integers(0, DAYS * 96), min_size=2, max_size=2)))
    readings = [
        Reading(BEGIN + n * SLOT_S + data.draw(OFFSETS.filter(lambda o: abs(o) <= 60)), Decimal(n % 7) / 2)
        for n in range(first, last)
    ]
    made = close([one], {1: readings}, is_wide=is_wide)[1]
    told = plain(one, readings)
    for day, oracle in zip(made, told, strict=True):
        kept = [n for n, quality in enumerate(oracle.quality) if quality != "N" or day.quality[n] != "E"]
        assert [slots_of(day.energy)[n] for n in kept] == [oracle.energy[n] for n in kept]
        assert [day.quality[n] + day.method[n] for n in kept] == [oracle.quality[n] + oracle.method[n] for n in kept]
        assert (day.scale, day.received_slots) == (oracle.scale, oracle.received_slots)
