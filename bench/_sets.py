"""The measured sets as frames, meters side by side on a grid of whole days: a half to tune on and one to report.

Swiss meters with an odd id are tuned on, with an even one reported. Of every other set the first half of the days is
tuned on; the second is reported, in stretches of four clean and four judged weeks (the Swiss: three and four).
Big: steel works, commercial building, Chinese region, one house. Small: Swiss, Australian and UK customers.
"""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Final, Literal

import chinese_calendar
import numpy as np

from bench._measured import Half, Series, australian, big_series, british, china, swiss
from bench._registers import Face, faces
from nenghao.detection.block import Block, Bools, Floats

View = Literal["value", "register", "all"]

DAYS, HISTORY = 56, 28
SWISS_HISTORY: Final = 21
#: Digits behind the point of the channels as the sets give them, summed to 15 minutes.
CHANNEL_DECIMALS: Final = {"kvarh": 3, "volt": 1, "amp": 2, "pf": 4}


@dataclass(frozen=True, kw_only=True)
class Frame:
    """Meters side by side over one stretch, with nothing injected."""

    name: str
    size: Literal["big", "small"]
    block: Block
    #: [S] set, plant (what false alarms are clustered by), and the true first day of each meter.
    set_names: tuple[str, ...]
    plants: tuple[str, ...]
    begin_on: tuple[date, ...]
    #: [S] whether a meter may be falsified: wholes of networks may not.
    is_target: tuple[bool, ...]
    #: Registers that made `block.advance`, where there are any.
    faces: tuple[Face | None, ...] = ()
    channel_decimals: dict[str, int] = field(default_factory=lambda: dict(CHANNEL_DECIMALS))
    #: Curves [D, T] of meters elsewhere that `copy_other` may take where the frame has one meter only.
    elsewhere: tuple[Floats, ...] = ()

    def donor(self, rng: np.random.Generator, meter: int) -> Floats:
        """Another meter's curve on the same days."""
        others = [place for place in range(len(self.plants)) if place != meter and self.is_target[place]]
        # No other day of the meter's own set stands in: a copy comes from somebody else.
        others = [place for place in others if self.plants[place] != self.plants[meter]] or others
        if others:
            curve: Floats = self.block.values[int(rng.choice(others))]
            return curve
        return self.elsewhere[int(rng.integers(len(self.elsewhere)))] if self.elsewhere else self.block.values[meter]

    def month_end(self, judged_from: int, days: int) -> int:
        """First of the last days of the calendar month that ends on judged days, or -1."""
        for day in range(judged_from, self.block.shape[1] - days + 1):
            first, after = (self.block.first_on + timedelta(days=day + add) for add in (0, days))
            if after.day == 1 and first.month != after.month:
                return day
        return -1

    def hard_days(self) -> dict[str, Bools]:
        """[S, D] days that honest meters look strange on, by why."""
        meters, count, _ = self.block.shape
        found = {name: np.zeros((meters, count), dtype=np.bool_) for name in ("festival", "lockdown", "clock", "gap")}
        found["gap"] |= ~np.isfinite(self.block.values).all(axis=2)
        for meter, (set_name, begin_on) in enumerate(zip(self.set_names, self.begin_on, strict=True)):
            for name, first, last in _HARD.get(set_name, ()):
                start, end = (date.fromisoformat(first) - begin_on).days, (date.fromisoformat(last) - begin_on).days
                found[name][meter, max(0, start) : max(0, end + 1)] = True
        return found


#: Real days that look strange, first and last, by set.
_HARD: Final = {
    "china": (
        ("festival", "2018-02-08", "2018-03-02"), ("festival", "2019-01-28", "2019-02-19"),
        ("festival", "2020-01-17", "2020-02-08"), ("lockdown", "2020-01-23", "2020-03-31"),
    ),
    "steel": (
        ("festival", "2018-02-14", "2018-02-19"), ("festival", "2018-04-30", "2018-05-07"),
        ("festival", "2018-07-28", "2018-08-19"),
    ),
    "building": (("clock", "2014-03-09", "2014-03-10"), ("clock", "2014-11-02", "2014-11-03")),
    "house": (("clock", "2007-03-25", "2007-03-26"), ("clock", "2007-10-28", "2007-10-29"),
              ("clock", "2008-03-30", "2008-03-31"), ("clock", "2008-10-26", "2008-10-27")),
}  # fmt: skip


def frames(half: Half, view: View = "value", *, sets: Sequence[str] = ()) -> list[Frame]:
    """Every frame of a half, with what the view lets detectors see (networks are made by `_network`)."""
    made = [*_big(half), *_small(half)]
    if sets:
        made = [frame for frame in made if set(frame.set_names) & set(sets)]
    return [frame if view == "value" else with_registers(frame) for frame in made]


def _big(half: Half) -> Iterator[Frame]:
    region = china().half(half)
    strangers = tuple(one.half(half) for one in big_series())
    for first in _starts(region):
        cut = region.cut(first, DAYS)
        donors = tuple(other.values[:DAYS] for other in strangers)
        yield frame_of(f"china/{half}/{first}", "big", [cut], is_chinese=True, elsewhere=donors)
    # Stretches of unlike places lie side by side on the days of the first, by weekday; none twice in one frame.
    for offset in (0, HISTORY):
        cuts = [one.cut(start, DAYS + 6) for one in strangers for start in _starts(one, offset, step=DAYS)]
        yield frame_of(f"plants/{half}/{offset}", "big", cuts, zone=-1)


def _small(half: Half) -> Iterator[Frame]:
    yield frame_of(f"swiss/{half}", "small", swiss(half), judged_from=SWISS_HISTORY)
    homes = [one.half(half) for one in australian()]
    for first in range(0, max(len(one.values) for one in homes) - DAYS + 1, HISTORY):
        cuts = [one.cut(first, DAYS) for one in homes if _is_usable(one, first)]
        if len(cuts) > 1:
            yield frame_of(f"australian/{half}/{first}", "small", cuts)
    kingdom = [one.half(half) for one in british()]
    for one in kingdom:
        for first in _starts(one):
            donors = tuple(other.values[:DAYS] for other in kingdom if other is not one)
            yield frame_of(f"british/{half}/{one.meter}/{first}", "small", [one.cut(first, DAYS)], elsewhere=donors)


def _starts(series: Series, offset: int = 0, step: int = HISTORY) -> list[int]:
    starts = range(offset, len(series.values) - DAYS + 1, step)
    return [start for start in starts if _is_usable(series, start)]


def _is_usable(series: Series, first: int) -> bool:
    part = series.values[first : first + DAYS]
    return (
        len(part) == DAYS
        and bool(np.isfinite(part).mean() > 0.8)
        and bool(np.nan_to_num(part).any(axis=1).mean() > 0.5)
    )


def frame_of(
    name: str, size: Literal["big", "small"], series: Sequence[Series], *, judged_from: int = HISTORY, zone: int = 0,
    is_chinese: bool = False, elsewhere: tuple[Floats, ...] = (),
) -> Frame:  # fmt: skip
    """Series side by side; where they began on unlike days they are laid on the days of the first, by weekday."""
    days = min([DAYS, *(len(one.values) for one in series)])
    first_on = series[0].first_on
    laid = [_on_weekday(one, first_on, days) for one in series]
    values = np.stack([one.values for one in laid])
    meters = len(laid)
    block = Block(
        meters=tuple(f"{one.meter}@{one.first_on:%Y%m%d}" for one in laid),
        first_on=first_on,
        slot_minutes=series[0].slot_minutes,
        values=values,
        judged_from=judged_from,
        quantum=np.array([one.quantum for one in laid]),
        capacity=np.full(meters, np.nan),
        is_day_off=np.array([_is_day_off(first_on + timedelta(days=day), is_chinese) for day in range(days)]),
        is_explained=np.zeros((meters, days), dtype=np.bool_),
        zone=np.full(meters, zone, dtype=np.int64),
    )
    return Frame(
        name=name, size=size, block=block, set_names=tuple(one.set_name for one in laid),
        plants=tuple(one.meter for one in laid), begin_on=tuple(one.first_on for one in laid),
        is_target=(True,) * meters, elsewhere=elsewhere,
    )  # fmt: skip


def channels_of(series: Sequence[Series], first_on: date, days: int) -> dict[str, Floats]:
    """The other channels of series laid side by side, [S, D, T] by name; NaN where a series has none."""
    laid = [_on_weekday(one, first_on, days) for one in series]
    nothing = np.full((days, laid[0].values.shape[1]), np.nan)
    names = sorted({channel for one in laid for channel in one.channels})
    return {
        name: np.stack([one.channels[name][:days] if name in one.channels else nothing for one in laid])
        for name in names
    }


def _on_weekday(series: Series, first_on: date, days: int) -> Series:
    """`days` days of the series from its first day of the weekday of `first_on` on, where that leaves enough."""
    ahead = (first_on.weekday() - series.first_on.weekday()) % 7
    return series.cut(ahead if len(series.values) - ahead >= days else 0, days)


def _is_day_off(day: date, is_chinese: bool) -> bool:
    return bool(chinese_calendar.is_holiday(day)) if is_chinese else day.weekday() >= 5


def with_registers(frame: Frame, advance_of: Floats | None = None) -> Frame:
    """The frame with a register on every meter, times of arrival, and no version yet.

    Registers run over `advance_of` where it is given (the energy before an edit), else over the values.
    """
    rng = np.random.default_rng(zlib.crc32(frame.name.encode()))
    values = frame.block.values if advance_of is None else advance_of
    made = faces(values, frame.block.quantum, rng)
    advance = np.stack([face.advance(energy) for face, energy in zip(made, values, strict=True)])
    delay_h = np.where(np.isfinite(frame.block.values), rng.uniform(0.02, 0.5, values.shape), np.nan)
    # Lateness is no fault: after an outage a gateway sends what it kept.
    for meter in range(len(values)):
        for day in np.flatnonzero(rng.random(values.shape[1]) < 0.02):
            length = int(rng.integers(4, values.shape[2]))
            delay_h[meter, day, :length] += np.linspace(30, 2, length)
    block = replace(frame.block, advance=advance, replaced=np.full(values.shape, np.nan), delay_h=delay_h)
    return replace(frame, block=block, faces=tuple(made))
