"""Simulated networks of real meters: a whole that reads the sum of unlike parts, with losses and errors of its own.

A whole reads its parts' true energy plus a loss that grows with load, by a meter of class 0.5S whose clock is off by
seconds; the parts are of class 1 themselves, so a part's truth is its reading times one plus an error. Some networks
have a small branch that nobody meters. Only parts are falsified. Residential: Swiss meters. Plants: stretches of the
big sets and of the house's sub-meters, scaled to unlike sizes as a transformer scales them.
"""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final, Literal

import numpy as np

from bench import _measured, _sets
from bench._measured import Half, Series
from bench._sets import DAYS, HISTORY, SWISS_HISTORY, Frame
from nenghao.detection.block import Floats, Term

#: Parts of a network, least and most.
PARTS: Final = (4, 12)


def frames(half: Half, *, sets: Sequence[str] = (), draw: int = 0) -> list[Frame]:
    """Networks of a half, many in a frame; another draw deals the meters out anew, from days two weeks later."""
    made = []
    if not sets or "swiss" in sets:
        made += list(
            frames_of(_named("estates", half, draw), "small", _dealt(_measured.swiss(half), draw), SWISS_HISTORY)
        )
    if not sets or {"steel", "building", "house", "china", "plants"} & set(sets):
        made += list(frames_of(_named("works", half, draw), "big", _plant_parts(half, draw), HISTORY))
    return made


def _named(name: str, half: Half, draw: int) -> str:
    return f"{name}/{half}" if draw == 0 else f"{name}/{half}/{draw}"


def _dealt(parts: list[Series], draw: int) -> list[Series]:
    if draw == 0:
        return parts
    return [parts[place] for place in np.random.default_rng(draw).permutation(len(parts))]


def _plant_parts(half: Half, draw: int = 0) -> list[Series]:
    """Stretches of the big sets, none overlapping, at the sizes of a plant's parts, in a random order."""
    rng = np.random.default_rng((11 if half == "tune" else 12) + 100 * draw)
    parts = []
    for source in (
        _measured.steel(),
        _measured.building(),
        _measured.china(),
        _measured.house(),
        *_measured.house_parts(),
    ):
        one = source.half(half)
        for first in range(14 * (draw % 4), len(one.values) - DAYS + 1, DAYS):
            cut = one.cut(first, min(DAYS + 6, len(one.values) - first))
            usual = float(np.nanmean(cut.values))
            if np.isfinite(cut.values).mean() > 0.9 and usual > 0:
                parts.append(_scaled(cut, rng.lognormal(np.log(50), 0.8) / usual))
    return [parts[place] for place in rng.permutation(len(parts))]


def _scaled(series: Series, wanted: float) -> Series:
    """The series behind a transformer: a whole multiplier where it grows, a finer meter where it shrinks."""
    factor = float(max(1, round(wanted))) if wanted >= 1 else float(10.0 ** round(np.log10(wanted)))
    channels = {name: array * (factor if name in {"kvarh", "amp"} else 1) for name, array in series.channels.items()}
    return replace(
        series,
        values=np.round(series.values * factor, 9).astype(np.float64),
        quantum=round(series.quantum * factor, 9),
        channels=channels,
    )


def frames_of(
    name: str, size: Literal["big", "small"], parts: Sequence[Series], judged_from: int, sizes: Sequence[int] = ()
) -> Iterator[Frame]:
    """One frame of networks of parts, in their order; of 4 to 12 parts, or of the sizes given."""
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    frame = _sets.frame_of(name, size, parts, judged_from=judged_from, zone=0 if size == "small" else -1)
    block = frame.block
    place = 0
    wholes: list[Floats] = []
    terms: list[Term] = []
    plants: list[str] = []
    while len(parts) - place >= PARTS[0]:
        drawn = sizes[len(wholes)] if sizes else int(rng.integers(PARTS[0], PARTS[1] + 1))
        count = min(drawn, len(parts) - place)
        members = range(place, place + count)
        number = len(parts) + len(wholes)
        terms += [Term(number, member) for member in members]
        plants += [f"{name}/{len(wholes)}"] * count
        wholes.append(_whole(block.values[members.start : members.stop], rng))
        place += count
    used, whole_values = place, np.stack(wholes)
    terms = [replace(term, whole=term.whole - len(parts) + used) for term in terms]
    values = np.concatenate([block.values[:used], whole_values])
    quantum = np.concatenate([block.quantum[:used], [_step(whole) for whole in whole_values]])
    meters, days = len(values), block.shape[1]
    channels = {
        key: np.concatenate([array[:used], np.full_like(whole_values, np.nan)])
        for key, array in _sets.channels_of(parts, block.first_on, days).items()
    }
    made = replace(
        block, meters=(*block.meters[:used], *(f"{name}/{number}" for number in range(len(wholes)))), values=values,
        quantum=quantum, capacity=np.full(meters, np.nan), channels=channels, terms=tuple(terms),
        is_explained=np.zeros((meters, days), dtype=np.bool_), zone=np.full(meters, block.zone[0]),
    )  # fmt: skip
    yield _sets.with_registers(
        replace(
            frame,
            block=made,
            set_names=(name.split("/", maxsplit=1)[0],) * meters,
            plants=(*plants, *(f"{name}/{number}" for number in range(len(wholes)))),
            begin_on=(*frame.begin_on[:used], *(block.first_on,) * len(wholes)),
            is_target=(True,) * used + (False,) * len(wholes),
        )
    )


def _whole(parts: Floats, rng: np.random.Generator) -> Floats:
    """What the meter of the whole reads, [D, T]."""
    true = parts * (1 + np.clip(rng.normal(0, 0.004, (len(parts), 1, 1)), -0.01, 0.01))
    load = true.sum(axis=0)
    usual = float(np.nanmean(load))
    loss = rng.uniform(0, 0.005) * usual + rng.uniform(0.003, 0.015) * load**2 / (2 * usual)
    unmetered = rng.uniform(0, 0.02) * usual if rng.random() < 0.3 else 0.0
    total = (load + loss + unmetered) * (1 + np.clip(rng.normal(0, 0.002), -0.005, 0.005))
    total *= 1 + rng.normal(0, 0.001, total.shape)
    late = rng.uniform(0, 30 / 60 / 15)
    flat = total.ravel()
    shifted = (1 - late) * flat + late * np.append(flat[1:], flat[-1])
    step = _step(total)
    face = np.floor(np.cumsum(np.nan_to_num(shifted)) / step + 1e-9)
    read = np.diff(face, prepend=0.0) * step
    return np.where(np.isfinite(shifted), np.round(read, 9), np.nan).reshape(total.shape)


def _step(values: Floats) -> float:
    """The last digit of a whole's meter: about a thousandth of its usual slot."""
    return float(10.0 ** np.floor(np.log10(np.nanmean(values) / 500)))
