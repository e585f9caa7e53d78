"""What is injected: the name of each kind, how long it lasts, what a finding should call it, what moves with it."""

from dataclasses import dataclass
from typing import Final

from nenghao.detection.candidate import Kind


@dataclass(frozen=True, slots=True)
class Injected:
    """A kind of falsification or fault, as an injector makes it."""

    name: str
    #: What a finding of it is rightly called.
    called: Kind
    #: Days that it lasts on long series (eight weeks) and on short ones (seven).
    days: int
    days_short: int
    #: Whether the other channels of the point move with it by nature: the transformer, the clock, the whole meter.
    is_physical: bool = False
    #: Whether values alone can show it. The others are exact in versions and registers.
    in_values: bool = True
    #: Held out: never tuned on, reported apart.
    is_variant: bool = False


#: Kinds of detection.md 3 with the lengths that its baselines were measured on, then the variants f1..f6 of 2.1.
KINDS: Final = {
    kind.name: kind
    for kind in (
        Injected("h1", Kind.SCALE, 7, 7, is_physical=True),
        Injected("h2", Kind.ZERO, 7, 7),
        Injected("h3", Kind.NOISE, 7, 7),
        Injected("h4", Kind.NOISE, 7, 7),
        Injected("h5", Kind.CONSTANT, 7, 7),
        Injected("h6", Kind.REVERSAL, 7, 7),
        Injected("replay_day", Kind.REPEAT, 1, 1),
        Injected("replay_week", Kind.REPEAT, 7, 7),
        Injected("copy_other", Kind.COPY, 3, 3),
        Injected("constant_fill", Kind.CONSTANT, 2, 2),
        Injected("linear_backfill", Kind.FILL, 1, 1),
        Injected("round_entry", Kind.ROUND, 5, 5),
        Injected("round_daily", Kind.ROUND, 5, 5),
        Injected("multiplier", Kind.SCALE, 16, 14, is_physical=True),
        Injected("phase_loss", Kind.SCALE, 16, 14, is_physical=True),
        Injected("bypass_const", Kind.SCALE, 16, 14),
        Injected("peak_clip", Kind.CLIP, 7, 7),
        Injected("month_end", Kind.SCALE, 4, 4),
        Injected("drift", Kind.DRIFT, 27, 24, is_physical=True),
        Injected("stuck", Kind.CONSTANT, 1, 1, is_physical=True),
        Injected("dead", Kind.ZERO, 1, 1, is_physical=True),
        Injected("spike", Kind.SPIKE, 1, 1),
        Injected("unit_mix", Kind.UNIT, 2, 2, is_physical=True),
        Injected("clock_shift", Kind.CLOCK, 5, 5, is_physical=True),
        Injected("swap_days", Kind.CLOCK, 2, 2, is_physical=True),
        Injected("gap", Kind.GAP, 1, 1, is_physical=True, in_values=False),
        Injected("late_correction", Kind.REVISION, 3, 3, in_values=False),
        Injected("register_rollback", Kind.REGISTER, 1, 1, in_values=False),
        Injected("register_reset", Kind.REGISTER, 1, 1, in_values=False),
        Injected("f1", Kind.NOISE, 7, 7, is_variant=True),
        Injected("f2", Kind.SCALE, 7, 7, is_variant=True),
        Injected("f3", Kind.CLIP, 7, 7, is_variant=True),
        Injected("f4", Kind.ZERO, 7, 7, is_variant=True),
        Injected("f5", Kind.CONSTANT, 7, 7, is_variant=True),
        Injected("f6", Kind.REVERSAL, 7, 7, is_variant=True),
    )
}
#: The kinds whose mean is the headline of the view with values only: the 24 of the baselines' table and `month_end`.
VALUE_KINDS: Final = tuple(name for name, kind in KINDS.items() if kind.in_values and not kind.is_variant)
MAIN_KINDS: Final = tuple(name for name, kind in KINDS.items() if not kind.is_variant)
VARIANTS: Final = tuple(name for name, kind in KINDS.items() if kind.is_variant)
