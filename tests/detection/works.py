"""A works with a base that never sleeps and production on working days: what its honest changes are made of."""

from dataclasses import dataclass

import numpy as np

from nenghao.detection.block import Floats
from tests.detection.exact_blocks import DAYS, SLOTS

HOURS = np.arange(SLOTS) * 24 / SLOTS
#: Summer light on a roof.
SUN = np.exp(-(((HOURS - 12.5) / 2.5) ** 2))


@dataclass(frozen=True, slots=True)
class Works:
    """Energy of base and production by slot, [D, T] each, in whole steps once summed."""

    base: Floats
    production: Floats

    def values(self) -> Floats:
        """What the meter counts."""
        return np.maximum(np.rint(self.base + self.production), 0.0)


def works(seed: int, *, days: int = DAYS, base: float = 120.0, production: float = 480.0) -> Works:
    """Two shifts from six to twenty-two, five days a week; output differs by a tenth from day to day."""
    rng = np.random.default_rng(seed)
    running = 1 / (1 + np.exp(-(HOURS - 6) * 4)) * 1 / (1 + np.exp((HOURS - 22) * 4))
    running = running * (1 - 0.5 * np.exp(-(((HOURS - 12) / 0.4) ** 2)))
    works_on = np.arange(days) % 7 < 5
    output = rng.uniform(0.9, 1.1, (days, 1)) * works_on[:, None]
    noise = 1 + 0.12 * rng.standard_normal((days, SLOTS))
    return Works(
        base=base * (1 + 0.04 * rng.standard_normal((days, SLOTS))) * rng.uniform(0.97, 1.03, (days, 1)),
        production=production * running * output * noise,
    )
