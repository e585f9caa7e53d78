"""What a case file does to a series: the frauds and faults of docs/reference, in last digits of the meter's face."""

import random
from typing import Any

Slots = list[int | None]


def edit_slots(values: Slots, edit: dict[str, Any], per_day: int, made: dict[str, Slots]) -> None:
    """Change slots from `day` (and `slot`) on, over `days` (and `slots`); `made` holds other series by name.

    missing | set value | add value | scale factor | ramp factor (slides to it) | cap value | noise low high (slot
    by slot) | round to | copy lag_days | from name lag_days (another series) | reverse (each day backwards) |
    shift slots_by | swap (the first two days) | linear (a line between the ends) | mean (of the days before) |
    average width (of so many slots)
    """
    first = edit["day"] * per_day + edit.get("slot", 0)
    count = edit["slots"] if "slots" in edit else edit.get("days", len(values)) * per_day
    end = min(first + count, len(values))
    old = list(values)
    draw = random.Random(str(sorted(edit.items(), key=str)))  # noqa: S311
    for at in range(first, end):
        if edit["do"] == "copy":
            # A day that was copied is copied on, where the edit is longer than its lag.
            values[at] = values[at - edit["lag_days"] * per_day]
        else:
            values[at] = _edited(old, at, (first, end), edit, per_day, made, draw)


def _edited(  # noqa: PLR0911 - a table
    old: Slots, at: int, span: tuple[int, int], edit: dict[str, Any], per_day: int, made: dict[str, Slots],
    draw: random.Random,
) -> int | None:  # fmt: skip
    value, (first, end) = old[at], span
    match edit["do"]:
        case "missing":
            return None
        case "set":
            return int(edit["value"])
        case "from":
            return made[edit["name"]][at - edit.get("lag_days", 0) * per_day]
        case "reverse":
            return old[at - at % per_day + per_day - 1 - at % per_day]
        case "shift":
            return old[at - edit["slots_by"]] if 0 <= at - edit["slots_by"] < len(old) else value
        case "swap":
            return old[at + per_day if (at - first) // per_day % 2 == 0 else at - per_day]
        case "linear":
            low, high = old[first] or 0, old[end - 1] or 0
            return round(low + (high - low) * (at - first) / max(1, end - 1 - first))
        case "mean":
            return _mean(old[:first])
        case "average":
            return _mean(old[max(0, at - edit["width"] + 1) : at + 1])
        case _:
            done = (at - first) / max(1, end - 1 - first)
            return None if value is None else _moved(value, done, edit, draw)


def _mean(values: Slots) -> int:
    known = [one for one in values if one is not None]
    return round(sum(known) / len(known))


def _moved(value: int, done: float, edit: dict[str, Any], draw: random.Random) -> int:
    """A known value changed by itself; `done` is how far the edit has come, from 0 to 1."""
    match edit["do"]:
        case "scale":
            return round(value * edit["factor"])
        case "ramp":
            return round(value * (1 + (edit["factor"] - 1) * done))
        case "add":
            return int(value + edit["value"])
        case "cap":
            return min(value, int(edit["value"]))
        case "noise":
            return round(value * draw.uniform(edit["low"], edit["high"]))
        case "round":
            return round(value / edit["to"]) * int(edit["to"])
        case unknown:
            raise ValueError(f"unknown edit {unknown!r}")
