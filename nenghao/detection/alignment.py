"""Turns faces of registers into what they advanced slot by slot, whatever end of the slot and unit a file gives.

Before: a file's column `register` beside its values. After: `Block.advance`.
"""

from typing import Final, NamedTuple

import numpy as np

from nenghao.detection.block import Floats, Ints

#: Days from the first that shows both, from which the place and the unit of faces are learnt: four clean weeks.
LEARNT_DAYS: Final = 28
#: A factor this near to a sensible one is that one; a meter's class and coarse faces stay within it over weeks.
NEAR_FACTOR: Final = 0.05
#: Units apart from powers of ten: kWh against MJ, and how far a factor may be from 1 before it must mean a multiplier.
MJ_A_KWH: Final = 3.6
LEAST_MULTIPLIER: Final = 5.0
#: A face rolls over from the last tenth of its range into the first, by no more than this many highest slots.
ROLLOVER_SHARE: Final = 0.9
HIGHEST_SLOTS: Final = 3.0
#: The largest errors of the learning days are left out: they may be what the rules are looking for.
KEPT_SHARE: Final = 0.8


class _Spans(NamedTuple):
    """Stretches between neighbouring faces, [S, N] by the slot that the first face belongs to; NaN at other slots."""

    advance: Floats
    #: Number of the slot of the first face, [S, N]; -1 before the first.
    opened_by: Ints
    #: How many slots lie between the faces; 0 where none opens.
    slots: Ints


def align_register(values: Floats, register: Floats, *, multiplier: Floats | None = None) -> Floats:
    """What the register advanced in each slot, [S, D, T], in the unit of `values`; NaN where it cannot be known.

    `register` [S, D, T] holds the face at the start or at the end of the slot, in the unit of the values or in another
    one, before or after the `multiplier` [S]: place and factor are learnt from each meter's first weeks. Where faces
    are rarer than slots, the advance between two of them lies in the slots as the values do: the sum is the register's.
    A rollover at a power of ten is honest and unfolded; any other step back stays negative.
    """
    meters, days, slots = values.shape
    flat = values.reshape(meters, -1)
    spans = _spans(register.reshape(meters, -1))
    learnt = _first_days(flat, spans, slots)
    given = np.full(meters, np.nan) if multiplier is None else multiplier
    choices = []
    for shift in (0, 1):
        held = _held(flat, spans, shift)
        factor = _sensible_factor(_raw_factor(held, spans, learnt), given, slots / 24)
        with np.errstate(invalid="ignore"):
            error = np.abs(held - factor[:, None] * spans.advance)
            # Slots in which nothing flows fit at either end: an idle meter would be taken at its wrong one.
            moving = learnt & ((spans.advance != 0) | (held != 0))
        choices.append((_trimmed_mean(error, moving), factor, _spread(flat, spans, held, factor, shift)))
    ends_better = choices[1][0] < choices[0][0]
    chosen = np.where(ends_better[:, None], choices[1][2], choices[0][2])
    return chosen.reshape(meters, days, slots)


def _spans(faces: Floats) -> _Spans:
    meters, number = faces.shape
    known = np.isfinite(faces)
    place = np.broadcast_to(np.arange(number), faces.shape)
    opened_by = np.maximum.accumulate(np.where(known, place, -1), axis=1)
    following = np.minimum.accumulate(np.where(known, place, number)[:, ::-1], axis=1)[:, ::-1]
    following = np.column_stack([following[:, 1:], np.full(meters, number)])
    opens = known & (following < number)
    after = np.take_along_axis(faces, np.minimum(following, number - 1), axis=1)
    return _Spans(
        advance=np.where(opens, _unfolded(faces, after, opens), np.nan),
        opened_by=opened_by,
        slots=np.where(opens, following - place, 0),
    )


def _unfolded(before: Floats, after: Floats, opens: np.ndarray) -> Floats:
    """Steps of the face; one from the last tenth of its range into the first is a rollover, if it is no large step."""
    step = np.where(opens, after - before, np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        modulus = 10.0 ** np.ceil(np.log10(np.where(before > 0, before, np.nan) + 1e-9))
        usual = np.nanmax(np.where(step >= 0, step, np.nan), axis=1, initial=0.0)
        rolled = (
            (step < 0)
            & (before >= ROLLOVER_SHARE * modulus)
            & (after <= (1 - ROLLOVER_SHARE) * modulus)
            & (step + modulus <= HIGHEST_SLOTS * np.maximum(usual, 1)[:, None])
        )
    return np.where(rolled, step + modulus, step)


def _first_days(flat: Floats, spans: _Spans, slots: int) -> np.ndarray:
    """Slots of each meter's first days with a face, as [S, N]."""
    seen = np.isfinite(spans.advance) & np.isfinite(flat)
    first = np.where(seen.any(axis=1), seen.argmax(axis=1), 0)
    place = np.arange(flat.shape[1])
    learnt: np.ndarray = (place >= first[:, None]) & (place < first[:, None] + LEARNT_DAYS * slots)
    return learnt


def _held(flat: Floats, spans: _Spans, shift: int) -> Floats:
    """Σ values of each span, at the slot that opens it; NaN where one of them is unknown.

    With `shift` 0 a face stands at the start of its slot, with 1 at the end: then the span begins a slot later.
    """
    meters, number = flat.shape
    running = np.cumsum(np.column_stack([np.zeros(meters), np.where(np.isfinite(flat), flat, 0.0)]), axis=1)
    unknown = np.cumsum(np.column_stack([np.zeros(meters), ~np.isfinite(flat)]), axis=1)
    start = np.arange(number) + shift
    end = np.minimum(start + spans.slots, number)
    start = np.minimum(np.broadcast_to(start, end.shape), number)

    def between(sums: Floats) -> Floats:
        return np.take_along_axis(sums, end, axis=1) - np.take_along_axis(sums, start, axis=1)

    inside = (spans.slots > 0) & (start + spans.slots <= number)
    return np.where(inside & (between(unknown) == 0), between(running), np.nan)


def _raw_factor(held: Floats, spans: _Spans, learnt: np.ndarray) -> Floats:
    """Median over spans that advanced of values to advance, [S]; NaN without any."""
    with np.errstate(invalid="ignore", divide="ignore"):
        moved = learnt & (spans.advance > 0) & (held > 0)
        # Coarse faces stand still and then jump: many spans together say the ratio, not each alone.
        total = np.where(moved | (learnt & (spans.advance == 0)), held, 0.0)
        whole = np.where(np.isfinite(total), total, 0.0)
        advance = np.where(np.isfinite(total) & moved, spans.advance, 0.0)
    return _median_of_pieces(whole, advance)


def _median_of_pieces(whole: Floats, advance: Floats, pieces: int = 28) -> Floats:
    number = whole.shape[1]
    edges = np.linspace(0, number, min(pieces, number) + 1).astype(np.int64)[:-1]
    sums = np.add.reduceat(whole, edges, axis=1), np.add.reduceat(advance, edges, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.where(sums[1] > 0, sums[0] / sums[1], np.nan)
    return _nan_median(ratio)


def _sensible_factor(raw: Floats, multiplier: Floats, slots_an_hour: float) -> Floats:
    """The factor a meter's faces must have: one of units, mean power or its multiplier, if the raw one is near to it.

    A ratio near to 1 that is none of these is not a factor but a disagreement, which the rules are to see.
    """
    unit = np.array([1.0, slots_an_hour, 1 / slots_an_hour, MJ_A_KWH, 1 / MJ_A_KWH])
    scales = 10.0 ** np.arange(-6, 7)
    tried = np.concatenate([unit, scales])
    known = np.where(np.isfinite(multiplier), multiplier, 1.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        many = np.concatenate(
            [np.broadcast_to(tried, (len(raw), len(tried))), tried * known[:, None], tried / known[:, None]], axis=1
        )
        distance = np.abs(np.log(many / raw[:, None]))
    nearest = np.nan_to_num(distance, nan=np.inf).argmin(axis=1)
    rows = np.arange(len(raw))
    is_near = np.nan_to_num(distance[rows, nearest], nan=np.inf) <= NEAR_FACTOR
    unnamed = np.where((raw >= LEAST_MULTIPLIER) | (raw <= 1 / LEAST_MULTIPLIER), raw, 1.0)
    whole = np.round(raw)
    with np.errstate(invalid="ignore", divide="ignore"):
        unnamed = np.where((raw >= LEAST_MULTIPLIER) & (np.abs(whole / raw - 1) < NEAR_FACTOR / 5), whole, unnamed)
    return np.where(is_near, many[rows, nearest], np.where(np.isfinite(raw), unnamed, 1.0))


def _trimmed_mean(error: Floats, learnt: np.ndarray) -> Floats:
    """Mean of the smaller errors of each meter, [S]; infinite without any."""
    ordered = np.sort(np.where(learnt & np.isfinite(error), error, np.inf), axis=1)
    known = np.isfinite(ordered).sum(axis=1)
    kept = np.arange(ordered.shape[1]) < np.ceil(KEPT_SHARE * known)[:, None]
    total = np.where(kept, ordered, 0.0).sum(axis=1)
    return np.where(known > 0, total / np.maximum(kept.sum(axis=1), 1), np.inf)


def _spread(flat: Floats, spans: _Spans, held: Floats, factor: Floats, shift: int) -> Floats:
    """The advance of each slot: as the values lie within their span, evenly where they are all zero."""
    meters = len(flat)
    opened_by = np.column_stack([np.full((meters, shift), -1), spans.opened_by[:, : flat.shape[1] - shift]])
    opener = np.maximum(opened_by, 0)

    def at_opener(array: Floats) -> Floats:
        return np.where(opened_by >= 0, np.take_along_axis(array, opener, axis=1), np.nan)

    advance = at_opener(factor[:, None] * spans.advance)
    length = at_opener(spans.slots.astype(np.float64))
    total = at_opener(held)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(length == 1, 1.0, np.where(total == 0, 1 / length, flat / total))
        return np.where(length > 0, advance * share, np.nan)


def _nan_median(array: Floats) -> Floats:
    """Median along the last axis of what is known; NaN without any."""
    ordered = np.sort(array, axis=1)
    known = np.isfinite(ordered).sum(axis=1)
    rows = np.arange(len(array))
    low, high = np.maximum((known - 1) // 2, 0), np.minimum(known // 2, array.shape[1] - 1)
    return np.where(known > 0, (ordered[rows, low] + ordered[rows, high]) / 2, np.nan)
