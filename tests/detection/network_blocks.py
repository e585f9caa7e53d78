"""Blocks of made-up meters for tests of channels: loads with a day's shape, switching and noise."""

from datetime import date

import numpy as np

from nenghao.detection.block import Block, Floats, Term

SLOTS = 96


def loads(meters: int, days: int, *, seed: int = 1, mean: float = 20.0, quantum: float = 0.01) -> Floats:
    """[meters, days, SLOTS] honest loads on the grid of `quantum`."""
    rng = np.random.default_rng(seed)
    hours = np.arange(SLOTS) / 4
    made = []
    for _ in range(meters):
        size = mean * rng.uniform(0.5, 2)
        start = rng.uniform(5, 9)
        shape = 0.4 + np.clip(np.sin((hours - start) / 12 * np.pi), 0, None)
        switching = rng.integers(0, 2, (days, SLOTS // 4)).repeat(4, axis=1) * rng.uniform(0.2, 0.5)
        level = rng.normal(1, 0.08, (days, 1))
        made.append(size * level * (shape + switching) * rng.uniform(0.85, 1.15, (days, SLOTS)))
    return np.round(np.round(np.stack(made) / quantum) * quantum, 9)


def block_of(
    values: Floats,
    *,
    judged_from: int = 21,
    quantum: float = 0.01,
    advance: Floats | None = None,
    channels: dict[str, Floats] | None = None,
    replaced: Floats | None = None,
    delay_h: Floats | None = None,
    terms: tuple[Term, ...] = (),
    explained: tuple[tuple[int, int], ...] = (),
) -> Block:
    """A block of these values; `explained` names meters and days."""
    meters, days, slots = values.shape
    is_explained = np.zeros((meters, days), dtype=np.bool_)
    for meter, day in explained:
        is_explained[meter, day] = True
    return Block(
        meters=tuple(f"m{number}" for number in range(meters)), first_on=date(2026, 3, 2), slot_minutes=1440 // slots,
        values=values, judged_from=judged_from, quantum=np.full(meters, quantum), capacity=np.full(meters, np.nan),
        advance=advance, channels=channels or {}, replaced=replaced, delay_h=delay_h, terms=terms,
        is_day_off=np.array([day % 7 >= 5 for day in range(days)]), is_explained=is_explained,
        zone=np.zeros(meters, dtype=np.int64),
    )  # fmt: skip


def faces_of(values: Floats, step: float, *, late_share: float = 0.0) -> Floats:
    """[S, D, T] what registers with this step advance, read late by a share of the next slot."""
    flat = values.reshape(len(values), -1)
    reached = np.cumsum(flat, axis=1) + late_share * np.column_stack([flat[:, 1:], np.zeros(len(flat))])
    shown = np.floor(reached / step + 1e-6)
    return np.round(np.diff(shown, axis=1, prepend=0) * step, 9).reshape(values.shape)
