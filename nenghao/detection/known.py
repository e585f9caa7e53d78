"""Statistics of what is known: NaN is left out, and where nothing is known the answer is NaN, without a warning."""

from typing import Final

import numpy as np

from nenghao.detection.block import Bools, Floats

#: Fewer days of a type than this have no law of their own: all days speak.
TYPE_DAYS_MIN: Final = 4


def median(values: Floats, axis: int, *, keepdims: bool = False) -> Floats:
    """Median of the known values along an axis."""
    ordered = np.sort(values, axis=axis)
    count = np.isfinite(ordered).sum(axis=axis, keepdims=True)
    low, high = (np.maximum(place, 0) for place in ((count - 1) // 2, count // 2))
    high = np.minimum(high, np.maximum(count - 1, 0))
    middle = (np.take_along_axis(ordered, low, axis=axis) + np.take_along_axis(ordered, high, axis=axis)) / 2
    return middle if keepdims else np.squeeze(middle, axis=axis)


def mean(values: Floats, axis: int | tuple[int, ...], *, keepdims: bool = False) -> Floats:
    """Mean of the known values along axes."""
    is_known = np.isfinite(values)
    count = is_known.sum(axis=axis, keepdims=keepdims)
    total = np.where(is_known, values, 0).sum(axis=axis, keepdims=keepdims)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def deviation(values: Floats, axis: int, *, keepdims: bool = False) -> Floats:
    """Standard deviation of the known values along an axis."""
    spread = mean((values - mean(values, axis, keepdims=True)) ** 2, axis, keepdims=keepdims)
    return np.sqrt(spread)


def scatter(values: Floats, centre: Floats, axis: int, *, keepdims: bool = False) -> Floats:
    """Scatter about a centre, half robust and half plain: neither blind to honest odd days nor ruled by them."""
    robust = 1.4826 * median(np.abs(values - centre), axis, keepdims=keepdims)
    return np.sqrt((robust**2 + mean((values - centre) ** 2, axis, keepdims=keepdims)) / 2)


def highest(values: Floats, axis: int) -> Floats:
    """Highest known value along an axis."""
    top = np.where(np.isfinite(values), values, -np.inf).max(axis=axis)
    return np.where(np.isfinite(top), top, np.nan)


def usual_by_type(past: Floats, past_off: Bools, is_day_off: Bools) -> tuple[Floats, Floats]:
    """[S, D, …] centre and scatter of the history's like days for each day: working days or days off."""
    laws = []
    for mask in (~past_off, past_off):
        seen = past[:, mask] if mask.sum() >= TYPE_DAYS_MIN else past
        centre = median(seen, axis=1, keepdims=True)
        laws.append((centre, scatter(seen, centre, axis=1, keepdims=True)))
    shape = (1, len(is_day_off), *(1,) * (past.ndim - 2))
    off = is_day_off.reshape(shape)
    (work_centre, work_scatter), (off_centre, off_scatter) = laws
    return np.where(off, off_centre, work_centre), np.where(off, off_scatter, work_scatter)
