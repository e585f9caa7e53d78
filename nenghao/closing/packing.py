"""Makes series days of closed slots: bytes for the database, notes on estimates, a hash of the content.

Before: slots that are filled (estimates). After: rows of series_day (db.series_days).
"""

import hashlib
import struct
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

import numpy as np

from nenghao.closing.advances import Advances
from nenghao.closing.columns import Bools, Exact, Ints, VersionColumns, day_on_of, first_of_groups
from nenghao.closing.notes import Notes
from nenghao.closing.slots import E, Slots, V
from nenghao.domain.quantities import EXACT
from nenghao.domain.registers import Exclusion
from nenghao.domain.series_day import NO_REASON, Estimate, SeriesDay
from nenghao.domain.series_version import Series

_BIGINT_OID = 20


def pack(
    slots: Slots, notes: Notes, advances: Advances, versions: VersionColumns, series: Sequence[Series],
    exclusions: Mapping[int, Sequence[Exclusion]],
) -> Iterator[SeriesDay]:  # fmt: skip
    """The closed days, in order of run and day."""
    days = slots.days
    if not len(days.run):
        return
    bounds = np.append(days.offset, len(slots.row)).tolist()
    energies, faces = (
        _Packed(slots.energy, slots.is_known, days.offset),
        _Packed(slots.face, slots.is_face_known, days.offset),
    )
    totals = np.add.reduceat(slots.energy, days.offset).tolist()
    measured = np.add.reduceat(np.where(slots.quality == V, slots.energy, 0), days.offset).tolist()
    known = np.add.reduceat(slots.is_known.astype(np.int64), days.offset).tolist()
    quality, method = slots.quality.tobytes().decode(), slots.method.tobytes().decode()
    reason = slots.reason.tobytes().decode()
    has_reason = np.logical_or.reduceat(slots.reason != ord(NO_REASON), days.offset).tolist()
    estimates = _estimates(slots, notes, advances, versions, series, exclusions)
    units = [version.unit for one in series for version in one.versions]
    columns = zip(
        days.series.tolist(), days.begin.tolist(), days.version.tolist(), days.slot_s.tolist(), days.scale.tolist(),
        days.face_scale.tolist(), days.is_due.tolist(), slots.received.tolist(), strict=True,
    )  # fmt: skip
    for row, (number, begin, version, slot_s, scale, face_scale, is_due, received) in enumerate(columns):
        low, high = bounds[row], bounds[row + 1]
        one = reason[low:high] if has_reason[row] else None
        energy, face = energies.bytes_of(row, high - low), faces.bytes_of(row, high - low)
        day_on, series_id, unit = day_on_of(begin), series[number].series_id, units[version]
        found = tuple(estimates.get(row, ()))
        head = (
            series_id, day_on.isoformat(), slot_s, unit, scale, face_scale, quality[low:high], method[low:high], one,
            received, found,
        )  # fmt: skip
        content_hash = hashlib.sha256(repr(head).encode())
        content_hash.update(energy)
        content_hash.update(face)
        yield SeriesDay(
            series_id=series_id, day_on=day_on, slot_minutes=slot_s // 60, unit=unit, scale=scale, energy=energy,
            face_scale=face_scale, face=face, quality=quality[low:high], method=method[low:high], reason=one,
            due_slots=high - low, received_slots=received,
            total_energy=EXACT.scaleb(Decimal(totals[row]), -scale) if known[row] else None,
            measured_energy=EXACT.scaleb(Decimal(measured[row]), -scale), is_due=is_due,
            content_hash=content_hash.digest(), estimates=found,
        )  # fmt: skip


class _Packed:
    """Slots as PostgreSQL's binary bigint[]: a size and eight bytes an element, a size of -1 for null."""

    def __init__(self, values: Exact, is_known: Bools, offsets: Ints) -> None:
        elements = np.empty(len(values), dtype=[("size", ">i4"), ("value", ">i8")])
        elements["size"] = np.where(is_known, 8, -1)
        elements["value"] = np.where(is_known, values, 0).astype(np.int64)
        octets = elements.view(np.uint8).reshape(len(values), 12)
        if bool(is_known.all()):
            self.body = octets.tobytes()
            ends = np.arange(len(values) + 1) * 12
        else:
            keeps = np.ones((len(values), 12), dtype=np.bool_)
            keeps[:, 4:] = is_known[:, None]
            self.body = octets[keeps].tobytes()
            ends = np.concatenate([[0], np.cumsum(np.where(is_known, 12, 4))])
        self.starts = ends[np.append(offsets, len(values))].tolist()

    def bytes_of(self, row: int, count: int) -> bytes:
        """The array of a day's slots."""
        body = self.body[self.starts[row] : self.starts[row + 1]]
        return struct.pack(">iiiii", 1, len(body) != 12 * count, _BIGINT_OID, count, 1) + body


def _estimates(
    slots: Slots, notes: Notes, advances: Advances, versions: VersionColumns, series: Sequence[Series],
    exclusions: Mapping[int, Sequence[Exclusion]],
) -> dict[int, list[Estimate]]:  # fmt: skip
    """Runs of estimated slots of each day row: of one gap, by one method."""
    place = np.flatnonzero(slots.quality == E)
    if not len(place):
        return {}
    row, method, note, advance = slots.row[place], slots.method[place], notes.of_slot[place], slots.advance[place]
    is_first = first_of_groups(row, method, note, np.where(note < 0, advance, -1), place - np.arange(len(place)))
    starts = np.flatnonzero(is_first)
    ends = np.append(starts[1:], len(place))
    found: dict[int, list[Estimate]] = {}
    scale_of = slots.days.scale
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        first, last, day = int(place[start]), int(place[end - 1]), int(row[start])
        begin_s, end_s = int(slots.begin[first]), int(slots.begin[last] + slots.days.slot_s[day])
        letters = "".join(sorted(set(slots.reason[first : last + 1].tobytes().decode()) - {NO_REASON}))
        exclusion = None
        if "x" in letters:
            series_id = series[int(slots.days.series[day])].series_id
            exclusion = next((one for one in exclusions.get(series_id, ()) if one.overlaps(begin_s, end_s)), None)
        slot = {"first_slot": first - int(slots.days.offset[day]) + 1, "slot_count": last - first + 1}
        if note[start] >= 0:
            of = notes.notes[int(note[start])]
            gap, known = (of.begin_s, of.end_s), of.known_energy
            donor_days, donor_series_id = of.donor_days, of.donor_series_id
            agreed_value_id, decision_id = of.agreed_value_id, of.decision_id
        else:
            donor_days, donor_series_id, agreed_value_id, decision_id = (), None, None, None
            if advance[start] >= 0:
                of_advance = int(advance[start])
                gap = (int(advances.begin[of_advance]), int(advances.end[of_advance]))
                known = _energy_of(advances, of_advance, versions, int(slots.days.version[day]))
            else:
                gap = (begin_s, end_s)
                known = EXACT.scaleb(Decimal(int(slots.energy[first : last + 1].sum())), -int(scale_of[day]))
        found.setdefault(day, []).append(
            Estimate(
                **slot, method=chr(int(method[start])), donor_days=donor_days, donor_series_id=donor_series_id,
                exclusion_id=exclusion.exclusion_id if exclusion else None, agreed_value_id=agreed_value_id,
                decision_id=decision_id if exclusion is None else exclusion.decision_id, reasons=letters,
                gap_begin=gap[0], gap_end=gap[1], known_energy=known,
            )
        )  # fmt: skip
    return found


def _energy_of(advances: Advances, of: int, versions: VersionColumns, version: int) -> Decimal:
    """An advance's energy in the unit of a day's version."""
    own = int(advances.version[of])
    shift = int(versions.exponent[own] - versions.exponent[version])
    return EXACT.scaleb(Decimal(int(advances.energy[of])), shift - int(versions.energy_scale[own] + advances.extra[of]))
