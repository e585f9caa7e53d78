"""Finds values that were rounded twice: multiplied after the meter had counted them, and rounded again.

Before: `steps` counts values in the meter's own steps. After: the rule `rescaled_grid` judges.

Whole numbers n times k, rounded, fall unevenly: at k = 0.8 one residue modulo 4 holds two fifths instead of a quarter,
at k = 2/3 one of two holds two thirds. Values on a lattice coarser than their printed digits leave it. Both show in
the mean of exp(2πi·f·value): it is near 0 where values fall evenly, and near 1 at f = 1/lattice.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from nenghao.detection.block import Block, Bools, Floats, Ints
from nenghao.detection.candidate import Candidate, Kind, Thresholds
from nenghao.detection.steps import clusters, is_rounder, observed, steps_of

#: Days that are tested together.
WINDOWS: Final = (1, 3, 7, 14)
#: Values of fewer steps, or within so many of the one before, say little about residues: loads have favourite values.
VALUE_STEPS: Final = 12.0
MOVE_STEPS: Final = 3.0
#: Residues modulo this number give all frequencies j/60, so those of halves, thirds, quarters, fifths and tenths.
MODULUS: Final = 60
#: Waves longer than this many steps follow the load itself, not its grid.
LONGEST_PERIOD: Final = 6
#: Residues are even where no mean wave is longer than this; loads with favourite values are not judged by them.
EVEN: Final = 0.1
#: Values that a history must hold, and a window.
VALUES_NEEDED: Final = 150
VALUES_NOW: Final = 20
#: First values that a lattice is learnt from.
LEARNT_FROM: Final = 2000
#: Points of the spectrum that lattices are sought in, and how much of the history must lie on one.
SPECTRUM: Final = 4096
LATTICE_SHARE: Final = 0.4
#: A lattice is coarser than two steps; every grid is one of its own steps.
LATTICE_STEPS: Final = 2.0
#: -log10 of the chance from which a window is kept.
SURPRISE_LOOKED_AT: Final = 4.0


@dataclass(frozen=True, slots=True)
class _Hit:
    first: int
    last: int
    surprise: float
    frequency: float
    before: float
    now: float


def rescaled_grid(block: Block, thresholds: Thresholds) -> list[Candidate]:
    """Stretches of days whose values lie on another grid than the meter's earlier ones.

    Statistics: `surprise` (-log10 of the chance, tried frequencies counted), `shift` (how far the mean of
    exp(2πi·f·value) moved), `days` of the stretch.
    """
    del thresholds
    steps, quantum = steps_of(block)
    usable = _usable(steps)
    lattices = _lattices(steps, usable)
    hits: dict[int, list[_Hit]] = {}
    for meter, hit in _off_lattice(steps, usable, block.judged_from, lattices):
        hits.setdefault(meter, []).append(hit)
    for meter, hit in _residues(steps, usable, block.judged_from):
        # Residues of a meter with a lattice beat with it; its lattice speaks for it.
        if meter not in lattices:
            hits.setdefault(meter, []).append(hit)
    made = [
        _candidate(block, steps[meter], usable[meter], float(quantum[meter]), meter, stretch)
        for meter, own in hits.items()
        for stretch in _stretches(own)
    ]
    return [one for one in made if one is not None]


def _candidate(
    block: Block, steps: Floats, usable: Bools, quantum: float, meter: int, stretch: list[_Hit]
) -> Candidate | None:
    """The windows of a stretch as one candidate; None where its values are round (`round_values`)."""
    best = max(stretch, key=lambda hit: hit.surprise)
    reach = min(hit.first for hit in stretch), max(hit.last for hit in stretch)
    first, last = _trimmed(steps, usable, best.frequency, *reach)
    if np.mean([is_rounder(steps[day], steps[:first]) for day in range(first, last + 1)]) >= 0.5:
        return None
    return Candidate(
        meter=meter,
        first_day=first,
        last_day=last,
        kind=Kind.SCALE,
        statistics={
            "surprise": best.surprise,
            "shift": abs(best.now - best.before),
            "days": float(last - first + 1),
        },
        score=best.surprise,
        observed_energy=observed(block, meter, first, last),
        notes={"lattice": quantum / best.frequency, "before": best.before, "now": best.now},
    )


def _trimmed(steps: Floats, usable: Bools, frequency: float, first: int, last: int) -> tuple[int, int]:
    """The days that together lie farthest on the stretch's own side of the middle between it and the days before."""
    wave = np.where(usable, np.exp(2j * np.pi * frequency * np.where(usable, steps, 0)), 0).sum(axis=1)
    count = usable.sum(axis=1)
    before = wave[:first].sum() / max(count[:first].sum(), 1)
    shift = wave[first : last + 1].sum() / max(count[first : last + 1].sum(), 1) - before
    along = np.real((wave[first : last + 1] / np.maximum(count[first : last + 1], 1) - before) * np.conj(shift))
    total = np.concatenate([[0.0], np.cumsum(along - abs(shift) ** 2 / 2)])
    lowest = np.minimum.accumulate(total[:-1])
    end = int((total[1:] - lowest).argmax())
    return first + int(total[: end + 1].argmin()), first + end


def _stretches(hits: list[_Hit]) -> list[list[_Hit]]:
    """Windows grouped by days; a window that only just overlaps a stronger one adds what is its own."""
    days = np.unique(np.concatenate([np.arange(hit.first, hit.last + 1) for hit in hits]))
    groups = []
    for cluster in clusters(days, 1):
        inside = [hit for hit in hits if hit.first >= cluster[0] and hit.last <= cluster[-1]]
        # The sharpest windows say where it begins and ends; wide ones reach into honest days.
        sharpest = max(_surprise_a_day(hit) for hit in inside)
        strong = [hit for hit in inside if _surprise_a_day(hit) >= 0.5 * sharpest]
        groups.append([max(inside, key=lambda hit: hit.surprise), *strong])
    return groups


def _surprise_a_day(hit: _Hit) -> float:
    return hit.surprise / (hit.last - hit.first + 1)


def _usable(steps: Floats) -> Bools:
    flat = steps.reshape(len(steps), -1)
    usable = np.zeros(flat.shape, dtype=np.bool_)
    with np.errstate(invalid="ignore"):
        usable[:, 1:] = (flat[:, 1:] >= VALUE_STEPS) & (np.abs(np.diff(flat, axis=1)) >= MOVE_STEPS)
    return usable.reshape(steps.shape)


def _residues(steps: Floats, usable: Bools, judged_from: int) -> list[tuple[int, _Hit]]:
    """Windows whose residues modulo `MODULUS` became uneven."""
    meters, days, _ = steps.shape
    row = np.repeat(np.arange(meters * days), usable.sum(axis=2).reshape(-1))
    values = steps[usable]
    place = row * MODULUS + (values - MODULUS * np.floor(values / MODULUS)).astype(np.int64)
    counts = np.bincount(place, minlength=meters * days * MODULUS).reshape(meters, days, MODULUS)
    frequency = np.arange(MODULUS // LONGEST_PERIOD, MODULUS // 2 + 1) / MODULUS
    waves = np.exp(2j * np.pi * np.outer(np.arange(MODULUS), frequency))
    return _compare(
        counts @ waves,
        counts.sum(axis=2),
        np.broadcast_to(frequency, (meters, frequency.size)),
        judged_from,
        is_lattice=False,
    )


def _lattices(steps: Floats, usable: Bools) -> dict[int, float]:
    """Meters whose first values lie on a lattice coarser than their steps, and its frequency."""
    found = {}
    for row in np.flatnonzero(usable.sum(axis=(1, 2)) >= VALUES_NEEDED):
        frequency = _lattice(steps[row][usable[row]][:LEARNT_FROM])
        if frequency is not None:
            found[int(row)] = frequency
    return found


def _off_lattice(steps: Floats, usable: Bools, judged_from: int, lattices: dict[int, float]) -> list[tuple[int, _Hit]]:
    """Windows whose values left the lattice that the days before lay on."""
    if not lattices:
        return []
    rows, own = list(lattices), np.array(list(lattices.values()))
    known = usable[rows]
    wave = np.where(known, np.exp(2j * np.pi * own[:, None, None] * np.where(known, steps[rows], 0)), 0)
    hits = _compare(wave.sum(axis=2)[:, :, None], known.sum(axis=2), own[:, None], judged_from, is_lattice=True)
    return [(rows[row], hit) for row, hit in hits]


def _lattice(values: Floats) -> float | None:
    """Frequency (1/lattice, per step) that most of the values share; None without one."""
    spectrum = (
        np.abs(np.fft.rfft(np.bincount(np.mod(values, SPECTRUM).astype(np.int64), minlength=SPECTRUM))) / values.size
    )
    # Slow waves say only that the values are close together.
    slow = SPECTRUM // LONGEST_PERIOD
    best = slow + int(spectrum[slow:].argmax())
    if spectrum[best] < LATTICE_SHARE / 2:
        return None
    width = 1.0 / SPECTRUM
    frequency = best / SPECTRUM
    for _ in range(4):
        tried = frequency + np.linspace(-width, width, 41)
        strength = np.abs(np.exp(2j * np.pi * np.outer(tried, values)).mean(axis=1))
        frequency, width = float(tried[strength.argmax()]), width / 10
    return frequency if strength.max() >= LATTICE_SHARE and 1 / frequency >= LATTICE_STEPS else None


def _compare(
    waves: np.ndarray, counts: Ints, frequency: Floats, judged_from: int, *, is_lattice: bool
) -> list[tuple[int, _Hit]]:
    """Windows whose mean wave [S, D, F] differs from that of all days before them."""
    found = []
    total, number = _running(waves), _running(counts)
    power = _running(np.abs(waves) ** 2 / np.maximum(counts, 1)[:, :, None])
    whole = _running((counts > 0).astype(np.int64))
    for day in range(max(judged_from, 6), counts.shape[1]):
        for width in (width for width in WINDOWS if width <= day - 4):
            first = day - width + 1
            now_count, before_count = (number[:, day + 1] - number[:, first])[:, None], number[:, first][:, None]
            with np.errstate(divide="ignore", invalid="ignore"):
                now, before = (total[:, day + 1] - total[:, first]) / now_count, total[:, first] / before_count
                strength = np.abs(before)
                # How much more the earlier days differ among themselves than chance lets them.
                scatter = (power[:, first] - strength**2 * before_count) / np.maximum(whole[:, first, None] - 1, 1)
                spread = np.maximum(np.maximum(scatter, 1 - strength**2), 0.05) * (1 / now_count + 1 / before_count)
                surprise = np.abs(now - before) ** 2 / spread * np.log10(np.e) - np.log10(4 * frequency.shape[1])
                kept = (np.real(now * np.conj(before)) < strength**2) if is_lattice else (strength <= EVEN)
            surprise[~kept | (now_count < VALUES_NOW) | (before_count < VALUES_NEEDED)] = 0
            best = surprise.argmax(axis=1)
            for row in np.flatnonzero(surprise[np.arange(len(best)), best] >= SURPRISE_LOOKED_AT):
                at = (row, best[row])
                hit = _Hit(
                    first, day, float(surprise[at]), float(frequency[at]), float(strength[at]), float(np.abs(now[at]))
                )
                found.append((int(row), hit))
    return found


def _running(numbers: np.ndarray) -> np.ndarray:
    """Sums over all days before each, along the second axis, from none to all."""
    return np.concatenate([np.zeros_like(numbers[:, :1]), np.cumsum(numbers, axis=1)], axis=1)
