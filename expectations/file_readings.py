"""Makes series on a grid of a file's rows: slot lengths learnt, stamps aligned, duplicates and versions told apart.

Before: `file_columns` read the file. After: `file_blocks` lays meters side by side.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from expectations.file_columns import NONE_S, TableFile
from nenghao.detection.block import Bools, Floats, Ints

DAY_S: Final = 86_400
#: How far a stamp may lie from the grid (docs/architecture.md: aligned in jobs, ± 60 s).
ALIGNED_S: Final = 60
#: Lengths of slot that are read, and the one that shorter ones are summed to.
SLOT_MINUTES: Final = (1, 2, 3, 5, 6, 10, 12, 15, 20, 30, 60)
LEAST_SLOT_MINUTES: Final = 15
#: What files call channels, and what detectors do.
CHANNEL_NAMES: Final = {
    "reactive": "kvarh", "power_factor": "pf", "voltage": "volt", "current": "amp", "u": "volt", "i": "amp",
}  # fmt: skip
#: Columns that are channels; other numbers (a row's number, a temperature) say nothing about the meter.
CHANNELS: Final = frozenset({"kvarh", "kvarh_lag", "kvarh_lead", "pf", "pf_lag", "volt", "amp"})
#: Rows of a meter that lie further than this from its others, and hold less than this share, have a wrong date.
STRAY_S: Final = 366 * DAY_S
STRAY_SHARE: Final = 0.01
#: Distances from which the length of a meter's slots is learnt; who has fewer has the usual one of the file.
DISTANCES_NEEDED: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """One row a meter and slot, ordered by meter and time."""

    meters: tuple[str, ...]
    #: [S] minutes of the slots that a meter sends, and where its rows begin and end.
    slot_minutes: Ints
    bounds: Ints
    #: [N] start of the slot, seconds of local time; what stands last, what stood first where that is another.
    start_s: Ints
    value: Floats
    replaced: Floats
    #: [N] hours from the slot's end to its first arrival; None without a column of arrivals.
    delay_h: Floats | None
    register: Floats | None
    channels: Mapping[str, Floats] = field(default_factory=dict)
    #: Rows that were not taken as they came, by why.
    notes: Mapping[str, int] = field(default_factory=dict)
    has_versions: bool = False


def read_readings(file: TableFile) -> Readings:
    """The rows of a file `meter, ts, value` with optional register, version, received_at and further channels.

    Raises: DataRefused by file, row and column.
    """
    meters = file.texts("meter")
    if (blank := meters.codes < 0).any():
        raise file.refuse_row("blank_meter", int(blank.argmax()))
    if not len(file):
        raise file.refuse_row("no_rows", 0)
    stamp_s, value = file.seconds("ts"), file.numbers("value")
    others = {
        channel: file.numbers(name)
        for name in file.columns
        if (channel := CHANNEL_NAMES.get(name, name)) in CHANNELS and file.is_numeric(name)
    }
    register = file.numbers("register") if "register" in file else None
    version = file.numbers("version") if "version" in file else None
    received_s = file.seconds("received_at", is_optional=True) if "received_at" in file else None

    code = meters.codes
    order = _time_order(code, stamp_s)
    minutes = _learn_slots(file, code[order], stamp_s[order], meters.names, order)
    slot_s = minutes[code] * 60
    start_s = (stamp_s + slot_s // 2) // slot_s * slot_s
    is_off = np.abs(stamp_s - start_s) > ALIGNED_S
    _refuse_off_grid(file, code, is_off, meters.names)
    is_stray = _stray(code, stamp_s, order)
    rows = np.flatnonzero(~is_off & ~is_stray)
    order = rows[_arrival_order(code[rows], start_s[rows], _part(version, rows), _part(received_s, rows))]
    code, start_s = code[order], start_s[order]
    is_first = np.ones(len(order), dtype=np.bool_)
    is_first[1:] = (code[1:] != code[:-1]) | (start_s[1:] != start_s[:-1])
    begin = np.flatnonzero(is_first)
    first, last = _ends(value[order], begin)
    revised = np.isfinite(first) & np.isfinite(last) & (first != last)
    clock = (
        _clock_hour(code[begin], start_s[begin], revised, minutes) if version is None and received_s is None else None
    )
    if clock is not None:
        # The hour that a local clock showed twice: both are true, and only one of them has a place on the grid.
        last, revised = np.where(clock, first, last), revised & ~clock
    delay_h = None
    if received_s is not None:
        arrived = received_s[order][begin].astype(np.float64)
        arrived[arrived == NONE_S] = np.nan
        delay_h = (arrived - start_s[begin] - minutes[code[begin]] * 60) / 3600
    notes = {
        "off_grid": int(is_off.sum()),
        "stray": int((is_stray & ~is_off).sum()),
        "duplicates": len(order) - len(begin) - int(revised.sum()) - (0 if clock is None else int(clock.sum())),
        "revised": int(revised.sum()),
        "clock_hour": 0 if clock is None else int(clock.sum()),
    }
    return Readings(
        meters=meters.names,
        slot_minutes=minutes,
        bounds=np.searchsorted(code[begin], np.arange(len(meters.names) + 1)),
        start_s=start_s[begin],
        value=last,
        replaced=np.where(revised, first, np.nan),
        delay_h=delay_h,
        register=None if register is None else _ends(register[order], begin)[1],
        channels={name: _ends(array[order], begin)[1] for name, array in others.items()},
        notes=notes,
        has_versions=version is not None or received_s is not None or bool(revised.any()),
    )


def _part(array: Floats | Ints | None, rows: Ints) -> Floats | Ints | None:
    return None if array is None else array[rows]


def _time_order(code: Ints, stamp_s: Ints) -> Ints:
    if not ((code[1:] < code[:-1]) | ((code[1:] == code[:-1]) & (stamp_s[1:] < stamp_s[:-1]))).any():
        return np.arange(len(code))
    return np.lexsort((stamp_s, code))


def _arrival_order(code: Ints, start_s: Ints, version: Floats | Ints | None, received_s: Floats | Ints | None) -> Ints:
    """Rows by meter and slot, and within a slot by version, arrival, place in the file."""
    keys = [key for key in (received_s, version) if key is not None]
    if not keys:
        return _time_order(code, start_s)
    return np.lexsort((*[np.nan_to_num(key, nan=-np.inf) for key in keys], start_s, code))


def _learn_slots(file: TableFile, code: Ints, stamp_s: Ints, names: tuple[str, ...], order: Ints) -> Ints:
    """Minutes of each meter's slots: its most frequent distance between neighbouring stamps."""
    same = code[1:] == code[:-1]
    apart = (stamp_s[1:] - stamp_s[:-1])[same]
    owner = code[1:][same]
    moved = apart > ALIGNED_S // 2
    apart, owner = apart[moved], owner[moved]
    lengths = np.array(SLOT_MINUTES) * 60
    nearest = np.abs(apart[:, None] - lengths).argmin(axis=1) if len(apart) < 2_000_000 else _nearest(apart, lengths)
    is_near = np.abs(apart - lengths[nearest]) <= np.minimum(2 * ALIGNED_S, lengths[nearest] // 4)
    kinds = len(lengths) + 1
    counts = np.bincount(owner * kinds + np.where(is_near, nearest, len(lengths)), minlength=len(names) * kinds)
    table = counts.reshape(len(names), kinds)
    best = table[:, :-1].argmax(axis=1)
    lonely = table.sum(axis=1) < min(DISTANCES_NEEDED, int(table.sum(axis=1).max(initial=0)))
    wrong = ~lonely & (table[:, :-1].max(axis=1, initial=0) * 2 < table[:, -1])
    if wrong.any():
        meter = int(wrong.argmax())
        row = int(order[np.flatnonzero(code == meter)[1]])
        raise file.refuse_row("no_grid", row, meter=names[meter])
    usual = np.bincount(best[~lonely], minlength=1).argmax() if (~lonely).any() else SLOT_MINUTES.index(15)
    minutes: Ints = np.array(SLOT_MINUTES, dtype=np.int64)[np.where(lonely, usual, best)]
    return minutes


def _nearest(apart: Ints, lengths: Ints) -> Ints:
    between = (lengths[1:] + lengths[:-1]) / 2
    return np.searchsorted(between, apart)


def _stray(code: Ints, stamp_s: Ints, order: Ints) -> Bools:
    """Rows with a date years from the meter's others: a clock that was reset, a slip of the pen."""
    owner, at = code[order], stamp_s[order]
    opens = np.ones(len(order), dtype=np.bool_)
    opens[1:] = (owner[1:] != owner[:-1]) | (at[1:] - at[:-1] > STRAY_S)
    stretch = np.cumsum(opens) - 1
    rows, of_meter = np.bincount(stretch), np.bincount(owner)
    found = np.zeros(len(order), dtype=np.bool_)
    found[order] = rows[stretch] < STRAY_SHARE * of_meter[owner]
    return found


def _refuse_off_grid(file: TableFile, code: Ints, is_off: Bools, names: tuple[str, ...]) -> None:
    """A meter whose stamps lie beside the grid more often than not has another one; guessing it would move its days."""
    off = np.bincount(code[is_off], minlength=len(names))
    wrong = off * 2 > np.bincount(code, minlength=len(names))
    if wrong.any():
        meter = int(wrong.argmax())
        raise file.refuse_row("off_grid", int(np.flatnonzero(is_off & (code == meter))[0]), meter=names[meter])


def _ends(values: Floats, begin: Ints) -> tuple[Floats, Floats]:
    """First and last known value of each group of rows, in order of arrival; NaN where none is known."""
    if len(begin) == len(values):
        return values, values
    number = len(values)
    is_known = np.isfinite(values)
    place = np.arange(number)
    first = np.minimum.reduceat(np.where(is_known, place, number), begin)
    last = np.maximum.reduceat(np.where(is_known, place, -1), begin)
    padded = np.append(values, np.nan)
    return padded[first], padded[np.where(last < 0, number, last)]


def _clock_hour(code: Ints, start_s: Ints, revised: Bools, minutes: Ints) -> Bools:
    """Slots that came twice because the local clock went back: an hour of a Sunday night in autumn or in spring."""
    day = start_s // DAY_S
    months = (day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12) + 1
    is_night = (day % 7 == 3) & (start_s % DAY_S < 4 * 3600) & np.isin(months, (3, 4, 9, 10, 11))
    twice: Bools = revised & is_night
    if not twice.any():
        return twice
    owner = code * (int(day.max()) + 1) + day
    _, place, counts = np.unique(owner[twice], return_inverse=True, return_counts=True)
    found: Bools = twice.copy()
    found[twice] = counts[place] * minutes[code[twice]] == 60
    return found
