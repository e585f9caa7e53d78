"""Days as whole steps of their meter's last digit: from closed days into bytes, and from stored bytes into arrays.

Before: series days (db). After: rows of series_day_feature (db), blocks (`assembly`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from nenghao.detection.block import Bools, Floats, Ints

#: A new number where the same day would become another curve.
CURVE_VERSION: Final = 1
#: Stands where a slot is unknown; also the lowest number of 32 bits.
UNKNOWN: Final = np.iinfo(np.int32).min
_LARGEST: Final = np.iinfo(np.int32).max
#: Bytes before the elements of an array in PostgreSQL's binary form: dimensions, nulls, type, length, lower bound.
_ARRAY_HEAD: Final = 20
#: Bytes before the rows of a binary COPY: signature, flags, length of the extension.
_COPY_HEAD: Final = 19
_COPY_END: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedDays:
    """Series days with equally many slots as the database sends them; N of them."""

    #: Binary bigint[] of the slots.
    energy: Sequence[bytes]
    face: Sequence[bytes]
    quality: Sequence[str]
    method: Sequence[str]
    scale: Sequence[int]
    face_scale: Sequence[int]
    #: Energy of one unit of the face.
    factor: Sequence[float]
    is_gauge: Sequence[bool]


@dataclass(frozen=True, slots=True)
class Curves:
    """Stored curves: N rows."""

    series_id: Ints
    #: Days since 1970-01-01.
    day: Ints
    step: Floats
    quantum: Floats
    unit: NDArray[np.bytes_]
    #: [N, T]
    steps: NDArray[np.int32]

    def values(self) -> Floats:
        """Slots in `unit`, [N, T]; NaN where unknown."""
        return np.where(self.steps == UNKNOWN, np.nan, self.steps * self.step[:, None])


def pack_curves(days: ClosedDays, slots: int) -> tuple[list[bytes], list[float]]:
    """The curve of each day, and the energy of one of its steps.

    Steps are the meter's last digit where every slot is a whole number of them (a multiplier that changed in the day
    leaves the energy's own last digit). Only what was measured in its own slot is known: no estimate.
    """
    energy, is_energy = read_bigints(days.energy, slots)
    is_gauge = np.asarray(days.is_gauge, dtype=np.bool_)
    known = is_energy & _is_measured(days, slots)
    scale = np.asarray(days.scale, dtype=np.float64)
    face_scale = np.asarray(days.face_scale, dtype=np.float64)
    face_step = np.asarray(days.factor, dtype=np.float64) * 10.0**-face_scale
    units = face_step * 10.0**scale
    whole = np.maximum(1, np.rint(units)).astype(np.int64)
    is_whole = (np.abs(units - whole) <= 1e-9 * whole) & (np.where(known, energy % whole[:, None], 0) == 0).all(axis=1)
    steps = np.where(is_whole[:, None], energy // whole[:, None], energy)
    step = np.where(is_whole, face_step, 10.0**-scale)
    if is_gauge.any():
        face, is_face = read_bigints([days.face[place] for place in np.flatnonzero(is_gauge).tolist()], slots)
        steps[is_gauge], step[is_gauge] = face, 10.0 ** -face_scale[is_gauge]
        known[is_gauge] = is_face & _is_measured(days, slots)[is_gauge]
    highest = np.abs(np.where(known, steps, 0)).max(axis=1, initial=0)
    too_wide = -(-highest // _LARGEST)
    narrow = np.where(too_wide[:, None] > 1, np.rint(steps / np.maximum(too_wide, 1)[:, None]), steps)
    packed = np.where(known, narrow, UNKNOWN).astype("<i4")
    return [row.tobytes() for row in packed], (step * np.maximum(too_wide, 1)).tolist()


def _is_measured(days: ClosedDays, slots: int) -> Bools:
    quality, method = (
        np.frombuffer("".join(texts).encode(), dtype=np.uint8).reshape(-1, slots)
        for texts in (days.quality, days.method)
    )
    measured: Bools = ((quality == ord("V")) | (quality == ord("Q"))) & (method == ord("-"))
    return measured


def read_bigints(arrays: Sequence[bytes], slots: int) -> tuple[Ints, Bools]:
    """Elements of PostgreSQL's binary bigint[]s of `slots` each, [N, T], and which are not null."""
    if not arrays:
        return np.empty((0, slots), dtype=np.int64), np.empty((0, slots), dtype=np.bool_)
    lengths = np.array([len(array) for array in arrays])
    body = np.frombuffer(b"".join(arrays) + bytes(12), dtype=np.uint8)
    place = np.concatenate([[0], np.cumsum(lengths)[:-1]]) + _ARRAY_HEAD
    values = np.zeros((len(arrays), slots), dtype=np.int64)
    known = np.zeros((len(arrays), slots), dtype=np.bool_)
    for slot in range(slots):
        # An element's size is 8, or -1 for null: its first byte is enough to tell.
        known[:, slot] = is_known = body[place] == 0
        eight = body[(place + 4)[:, None] + np.arange(8)]
        values[:, slot] = np.where(is_known, eight.view(">i8")[:, 0], 0)
        place = place + np.where(is_known, 12, 4)
    return values, known


def read_curves(copied: bytes, slots: int) -> Curves:
    """What `copy_features` (sql/queries/features.sql) sent: rows of one length."""
    row = np.dtype(
        [
            ("count", ">i2"), ("l1", ">i4"), ("series_id", ">i4"), ("l2", ">i4"), ("day", ">i4"), ("l3", ">i4"),
            ("step", ">f8"), ("l4", ">i4"), ("quantum", ">f8"), ("l5", ">i4"), ("unit", "S16"), ("l6", ">i4"),
            ("steps", "<i4", (slots,)),
        ]
    )  # fmt: skip
    rows = np.frombuffer(copied[_COPY_HEAD : len(copied) - _COPY_END], dtype=row) if copied else np.empty(0, dtype=row)
    epoch = np.datetime64("2000-01-01").astype("datetime64[D]").astype(np.int64)
    return Curves(
        rows["series_id"].astype(np.int64), rows["day"].astype(np.int64) + epoch, rows["step"].astype(np.float64),
        rows["quantum"].astype(np.float64), rows["unit"], rows["steps"],
    )  # fmt: skip
