"""Draws the suspected curve against the expected one, the found span shaded, as vectors.

Before: the days and the expected band of a document. After: a page of `evidence_page`.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from nenghao.reporting.paper import BLACK, GREY, MARGIN_MM, Colour, Paper, Point

HEIGHT_MM: Final = 46.0
SHADE: Final[Colour] = (228, 228, 228)
BAND: Final[Colour] = (178, 205, 232)
EXPECTED: Final[Colour] = (30, 90, 170)
REPORTED: Final[Colour] = (190, 30, 30)
#: Longer spans are drawn by their means, so that no stroke is thinner than a printer's.
MOST_POINTS: Final = 700


def draw_chart(paper: Paper, subject: Mapping[str, Any], words: Mapping[str, str]) -> None:
    """The chart of a point; nothing where it has no curve."""
    expected = subject["expected"]
    days = {day["day_on"]: day for day in (*subject["days_before"], *subject["days"])}
    names = sorted({*days, *(expected["days"] if expected is not None else ())})
    per_day = 24 * 60 // subject["slot_minutes"] if subject["slot_minutes"] else 0
    if not names or not per_day:
        return
    reported = [value for name in names for value in _slots(days.get(name), per_day)]
    inside = [flag == "1" for name in names for flag in (days[name]["in_span"] if name in days else "0" * per_day)]
    bands = {name: _flat(expected, name, names, per_day) for name in ("low", "mid", "high")} if expected else {}
    paper.keep(HEIGHT_MM + 8)
    top, left = paper.y + 4, MARGIN_MM + 14
    width = paper.width - 14
    known = [value for value in (*reported, *bands.get("high", ())) if value is not None]
    highest, lowest = max([*known, 0.0]) or 1.0, min([*known, 0.0])

    def place(number: float, value: float) -> Point:
        share = (value - lowest) / (highest - lowest)
        return left + width * number / len(reported), top + HEIGHT_MM * (1 - share)

    for first, end in _runs(inside):
        paper.area([place(first, lowest), place(first, highest), place(end, highest), place(end, lowest)], colour=SHADE)
    if bands:
        low, mid, high = ([(x, y) for x, y in _thin(bands[name]) if y is not None] for name in bands)
        paper.area([place(x, y) for x, y in (*high, *reversed(low))], colour=BAND)
        paper.stroke([place(x, y) for x, y in mid], colour=EXPECTED)
    for stretch in _stretches(_thin(reported)):
        paper.stroke([place(x, y) for x, y in stretch], colour=REPORTED)
    _frame(paper, (left, top, width), (lowest, highest), names, words, place(0, 0)[1])
    paper.gap(HEIGHT_MM + 9)


def _frame(
    paper: Paper,
    box: tuple[float, float, float],
    ends: tuple[float, float],
    names: Sequence[str],
    words: Mapping[str, str],
    zero: float,
) -> None:
    left, top, width = box
    paper.stroke([(left, top), (left, top + HEIGHT_MM), (left + width, top + HEIGHT_MM)], colour=BLACK, width=0.15)
    paper.label(_short(ends[1]), (MARGIN_MM, top + 2))
    paper.label(_short(ends[0]), (MARGIN_MM, top + HEIGHT_MM))
    if ends[0] < 0:
        paper.stroke([(left, zero), (left + width, zero)], colour=GREY, width=0.1)
    step = max(1, len(names) // 8)
    for number in range(0, len(names), step):
        paper.label(names[number][5:], (left + width * number / len(names), top + HEIGHT_MM + 3))
    paper.label(f"— {words['reported']}", (left + 2, top - 1), size=7, colour=REPORTED)
    paper.label(f"— {words['expected']}", (left + 30, top - 1), size=7, colour=EXPECTED)


def _slots(day: Mapping[str, Any] | None, per_day: int) -> list[float | None]:
    energy = [None] * per_day if day is None else day["energy"]
    return [None if value is None else float(value) for value in energy]


def _flat(expected: Mapping[str, Any], name: str, names: Sequence[str], per_day: int) -> list[float | None]:
    by_day = dict(zip(expected["days"], expected[name], strict=True))
    return [None if value is None else float(value) for on in names for value in by_day.get(on, [None] * per_day)]


def _thin(values: Sequence[float | None]) -> list[tuple[float, float | None]]:
    """(place, mean) of so many neighbours that few enough are left; None where one of them is unknown."""
    step = -(-len(values) // MOST_POINTS)
    thinned: list[tuple[float, float | None]] = []
    for first in range(0, len(values), step):
        group = values[first : first + step]
        known = [value for value in group if value is not None]
        thinned.append((first + len(group) / 2, sum(known) / len(known) if len(known) == len(group) else None))
    return thinned


def _stretches(points: Sequence[tuple[float, float | None]]) -> list[list[tuple[float, float]]]:
    """Known points without a gap between them: a gap is not bridged by a line."""
    found: list[list[tuple[float, float]]] = [[]]
    for x, y in points:
        if y is None:
            found.append([])
        else:
            found[-1].append((x, y))
    return [one for one in found if one]


def _runs(flags: Sequence[bool]) -> list[tuple[int, int]]:
    """[first, end) of each run of true."""
    runs: list[tuple[int, int]] = []
    for number, flag in enumerate(flags):
        if flag and runs and runs[-1][1] == number:
            runs[-1] = (runs[-1][0], number + 1)
        elif flag:
            runs.append((number, number + 1))
    return runs


def _short(value: float) -> str:
    return f"{value:.4g}"
