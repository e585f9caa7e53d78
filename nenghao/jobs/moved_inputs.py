"""Says what the store would compute a sealed month from today, beside what it was computed from.

Before: frozen inputs of a release. After: news for whoever reads it (`nenghao reproduce --store`, `nenghao explain`).
A difference is no error: readings come late and people decide; sealed figures rest on what was known then.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from nenghao.db.connection import Connection
from nenghao.domain.balance import BalanceInputs
from nenghao.domain.canonical import canonical_bytes
from nenghao.domain.records import to_plain
from nenghao.jobs.load_inputs import load_inputs

#: What each part of the inputs is known by.
KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "points": ("point_id",),
    "months": ("point_id", "first_on"),
    "terms": ("whole_point_id", "part_point_id", "valid_from"),
    "coefficients": ("code",),
    "heating_values": ("heating_value_id",),
    "equal_values": ("equal_value_id",),
    "outputs": ("product_code",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A row of the inputs that is another one today; canonical text, "-" where there is none."""

    what: str
    key: str
    old: str
    new: str


def find_moved(conn: Connection, frozen: BalanceInputs) -> list[Moved]:
    """Every row of the inputs that the store gives otherwise today."""
    unit_month = (frozen.unit.unit_id, frozen.month_on)
    return list(_compare(to_plain(frozen), to_plain(load_inputs(conn, [unit_month])[unit_month])))


def _compare(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Moved]:
    for what, keys in KEYS.items():
        before, after = (_by_key(side[what], keys) for side in (old, new))
        for key in sorted({*before, *after}):
            if before.get(key) != after.get(key):
                yield from _fields(what, key, before.get(key), after.get(key))
    for name in sorted(old["editions"]):
        if old["editions"][name] != new["editions"][name]:
            yield Moved(what="editions", key=name, old=str(old["editions"][name]), new=str(new["editions"][name]))


def _fields(what: str, key: str, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> Iterator[Moved]:
    """One line a field where both rows are there, else one for the row."""
    if old is None or new is None:
        yield Moved(what=what, key=key, old=_text(old), new=_text(new))
        return
    for name in old:
        if old[name] != new[name]:
            yield Moved(what=f"{what}.{name}", key=key, old=_text(old[name]), new=_text(new[name]))


def _by_key(rows: list[dict[str, Any]], keys: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    return {"/".join(str(row[key]) for key in keys): row for row in rows}


def _text(value: object) -> str:
    if value is None:
        return "-"
    return value if isinstance(value, str) else canonical_bytes(value).decode()
