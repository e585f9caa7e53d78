"""Registers beside measured curves: a face with a step of its own, read a little late, as real ones are."""

from dataclasses import dataclass

import numpy as np

from nenghao.detection.block import Bools, Floats


@dataclass(frozen=True, slots=True)
class Face:
    """A register that runs over energy: the step it shows, where it stood, and how late it is read."""

    step: float
    offset: float
    #: Share of the next slot that has already run when the register is read: clock error and poll delay.
    late_share: float
    #: [D, T] slots whose register is not known (a gap).
    is_missing: Bools

    def advance(self, energy: Floats) -> Floats:
        """[D, T] what the face advanced in each slot."""
        flat = np.nan_to_num(energy).ravel()
        reached = np.cumsum(flat) + self.late_share * np.append(flat[1:], 0.0)
        shown = np.floor(reached / self.step + self.offset + 1e-6)
        steps = np.diff(shown, prepend=np.floor(self.offset)) * self.step
        return np.where(self.is_missing, np.nan, np.round(steps, 9).reshape(energy.shape))


def faces(values: Floats, quantum: Floats, rng: np.random.Generator) -> list[Face]:
    """A face for each meter of `values` [S, D, T]: most show the step of the values, some one digit fewer."""
    made = []
    for meter, step in zip(values, quantum, strict=True):
        hourly = np.nanmean(meter) * meter.shape[1] / 24
        is_coarse = rng.random() < 0.4 and step * 10 < hourly
        made.append(
            Face(
                step=float(step) * (10 if is_coarse else 1),
                offset=float(rng.random()),
                late_share=float(rng.uniform(0, 0.01)),
                is_missing=~np.isfinite(meter),
            )
        )
    return made
