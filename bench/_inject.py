"""Falsifies days of a meter in a block, by the kinds of `_kinds`: deterministic by seed, set, meter and kind.

    forgery = Forgery(frame); event = forgery.inject(3, "h1"); forgery.block()

False values are on the meter's own grid. The true values stay in the event, for scoring, and are never in the block.
A meter is falsified once in a forgery; many meters may be.
"""

import zlib
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from bench._kinds import KINDS, Injected
from bench._sets import Frame
from bench._shapes import SHAPES, Draw, on_grid
from nenghao.detection.block import Block, Bools, Floats

RegisterMode = Literal["follow", "keep"]
ChannelsMode = Literal["value", "natural", "all"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What was falsified."""

    set_name: str
    plant: str
    size: str
    meter: int
    kind: Injected
    #: First and last day of the block on which something is false.
    first_day: int
    last_day: int
    #: [D] days with something false; [T x D] of it is in `slots`.
    days: Bools
    slots: Bools
    #: [D] energy hidden (or added) on each day, absolute, as a share of the meter's usual day.
    energy_share: Floats
    register_mode: RegisterMode
    channels_mode: ChannelsMode
    #: The true values of the whole meter, [D, T].
    truth: Floats


class Forgery:
    """A copy of a frame's clean block that is falsified meter by meter."""

    def __init__(self, frame: Frame, *, seed: int = 1, is_dithered: bool = False) -> None:
        self.frame = frame
        self.seed = seed
        #: Whether the true energy is taken from within the step of each value: a meter that counts less leaves no
        #: imprint of rounding twice, a person who edits rounded values does.
        self.is_dithered = is_dithered
        clean = frame.block
        self.values = clean.values.copy()
        self.advance = None if clean.advance is None else clean.advance.copy()
        self.channels = {name: array.copy() for name, array in clean.channels.items()}
        self.replaced = None if clean.replaced is None else clean.replaced.copy()
        self.delay_h = None if clean.delay_h is None else clean.delay_h.copy()
        self.events: list[Event] = []

    def block(self) -> Block:
        """The falsified block."""
        return replace(
            self.frame.block, values=self.values, advance=self.advance, channels=self.channels,
            replaced=self.replaced, delay_h=self.delay_h,
        )  # fmt: skip

    def inject(
        self, meter: int, name: str, *, register_mode: RegisterMode = "follow", channels_mode: ChannelsMode = "natural"
    ) -> Event | None:
        """Falsify one meter; None where the kind leaves nothing false on it (an idle meter, no room)."""
        kind, frame = KINDS[name], self.frame
        truth = frame.block.values[meter]
        key = f"{frame.name}/{frame.block.meters[meter]}/{name}"
        rng = np.random.default_rng([self.seed, zlib.crc32(key.encode())])
        draw = self._draw(rng, meter, kind)
        if draw is None:
            return None
        if not kind.in_values:
            made, slots = self._unvalued(draw, meter, name, register_mode)
            if made is None:
                return None
            false = made
        else:
            false = truth.copy()
            curve = SHAPES[name](replace(draw, truth=self._inner(rng, truth, draw.quantum)))
            false[draw.span] = np.where(np.isfinite(truth[draw.span]), on_grid(curve, draw.quantum), np.nan)
            slots = np.asarray(np.isfinite(truth) & (false != truth))
            if slots.sum() < 2:
                return None
            self.values[meter] = false
            if register_mode == "follow":
                self._follow(meter, false)
            self._move_channels(meter, kind, truth, false, slots, channels_mode)
        days: Bools = np.any(slots, axis=1)
        usual = np.nanmedian(np.nansum(truth, axis=1)) or np.nan
        lost = np.where(slots, np.abs(np.nan_to_num(false) - np.nan_to_num(truth)), 0).sum(axis=1)
        event = Event(
            set_name=frame.set_names[meter], plant=frame.plants[meter], size=frame.size, meter=meter, kind=kind,
            first_day=int(np.argmax(days)), last_day=int(len(days) - 1 - np.argmax(days[::-1])), days=days, slots=slots,
            energy_share=np.minimum(np.nan_to_num(lost / usual), 5.0), register_mode=register_mode,
            channels_mode=channels_mode, truth=truth,
        )  # fmt: skip
        self.events.append(event)
        return event

    def _draw(self, rng: np.random.Generator, meter: int, kind: Injected) -> Draw | None:
        """A place for it: days without gaps on which something is counted."""
        frame, truth = self.frame, self.frame.block.values[meter]
        count, judged_from = frame.block.shape[1], frame.block.judged_from
        days = min(kind.days_short if count < 56 else kind.days, count - judged_from)
        # A day with a clock change or a hole cannot be falsified by a formula; such events look elsewhere.
        usual = np.nanmedian(np.nansum(truth, axis=1))
        can = np.isfinite(truth).all(axis=1) & (truth.sum(axis=1) > max(0.1 * usual, 0)) & (usual > 0)
        starts = [s for s in range(judged_from, count - days + 1) if can[s : s + days].mean() >= 0.7 and can[s]]
        month_day = frame.month_end(judged_from, days)
        if kind.name == "month_end":
            starts = [s for s in starts if s == month_day] or starts[-1:]
        if not starts:
            return None
        start = int(rng.choice(starts))
        quantum = frame.block.quantum[meter]
        donor = frame.donor(rng, meter)
        return Draw(rng, truth, start, days, judged_from, float(quantum), donor, month_day)

    def _inner(self, rng: np.random.Generator, truth: Floats, quantum: float) -> Floats:
        if not self.is_dithered or not np.isfinite(quantum):
            return truth
        return np.maximum(truth + rng.uniform(-0.5, 0.5, truth.shape) * quantum * (truth > 0), 0)

    def _follow(self, meter: int, false: Floats) -> None:
        face = self.frame.faces[meter] if self.frame.faces else None
        if self.advance is not None and face is not None:
            self.advance[meter] = face.advance(false)

    def _move_channels(
        self, meter: int, kind: Injected, truth: Floats, false: Floats, slots: Bools, mode: ChannelsMode
    ) -> None:
        if mode == "value" or (mode == "natural" and not kind.is_physical):
            return
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.where(slots & (truth > 0), false / truth, 1.0)
        for name, array in self.channels.items():
            true, step = array[meter].copy(), 10.0 ** -self.frame.channel_decimals.get(name, 4)
            if kind.name == "stuck":
                held = np.where(slots, true[slots][0], true)
            elif kind.name in {"clock_shift", "swap_days"}:
                # The same minutes moved: the other channels moved with them.
                held = _moved_alike(true, truth, false, slots)
            elif name in {"kvarh", "amp"}:
                held = np.where(slots, np.rint(true * ratio / step) * step, true)
            elif name == "pf" and kind.name in {"dead", "h2"}:
                held = np.where(slots & (false == 0), np.nan, true)
            else:
                held = true
            array[meter] = held

    def _unvalued(self, draw: Draw, meter: int, name: str, register_mode: RegisterMode) -> tuple[Floats | None, Bools]:
        """Kinds whose values alone are nothing strange: missing, replaced later, or a register that steps."""
        rng, truth = draw.rng, draw.truth
        slots = np.zeros(truth.shape, dtype=np.bool_)
        per_day = truth.shape[1]
        if name == "gap":
            first = int(rng.integers(0, per_day // 2))
            last = first + int(rng.integers(per_day // 8, per_day // 2))
            slots[draw.start, first:last] = True
            self.values[meter][slots] = np.nan
            if self.advance is not None and register_mode == "follow":
                self.advance[meter][slots] = np.nan
            for array in self.channels.values():
                array[meter][slots] = np.nan
            return np.where(slots, np.nan, truth), slots
        if self.advance is None or self.replaced is None or self.delay_h is None:
            return None, slots
        if name == "late_correction":
            slots[draw.span] = np.isfinite(truth[draw.span]) & (truth[draw.span] > 0)
            false = np.where(slots, on_grid(truth * rng.uniform(0.7, 0.95), draw.quantum), truth)
            slots &= false != truth
            if not slots.any():
                return None, slots
            self.replaced[meter][slots] = truth[slots]
            self.delay_h[meter][slots] = rng.uniform(48, 240)
            self.values[meter] = false
            if register_mode == "follow":
                self._follow(meter, false)
            return false, slots
        slot = int(rng.integers(0, per_day))
        slots[draw.start, slot] = True
        held = float(np.nansum(np.nan_to_num(draw.earlier)))
        back = held if name == "register_reset" else rng.uniform(0.5, 5) * float(np.nansum(truth[draw.start - 1]))
        self.advance[meter][slots] -= on_grid(np.array([back]), draw.quantum)[0]
        return np.where(slots, truth - back, truth), slots


def _moved_alike(channel: Floats, truth: Floats, false: Floats, slots: Bools) -> Floats:
    """The channel moved by what moved the values: the lag or the days that explain them best."""
    flat = channel.ravel()
    best, chosen = np.inf, channel
    for lag in range(-7 * truth.shape[1], 7 * truth.shape[1] + 1):
        source = np.roll(truth.ravel(), lag).reshape(truth.shape)
        miss = np.abs(source[slots] - false[slots]).sum()
        if lag and miss < best:
            best, chosen = miss, np.where(slots, np.roll(flat, lag).reshape(truth.shape), channel)
    return chosen
