"""Freezes what an aggregate is computed from: a row a unit, out of its sealed release.

Before: releases of monitored balances. After: `build_aggregate_content`. They name units, so they stay in the store.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

from nenghao.domain.canonical import canonical_bytes
from nenghao.domain.varieties import TOTAL_ROW
from nenghao.reference.varieties import load_varieties
from nenghao.reporting.content import SHARES

INPUTS_FORMAT: Final = "nenghao-aggregate-inputs-2"
FORM, CONSUMED, TCE = "205-1", "4", "tce"
#: 综合能源消费量: what a region's total is, for row 40 counts converted energy again (practice 3).
CONSUMPTION: Final = "consumption_205"
Parts = Literal["division", "industry"]
#: The name of a sum: part and row.
SumKey = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which units of which month are summed, and how the table is cut."""

    region_code: str
    sector_code: str | None
    parts: Parts
    panel_code: str | None
    month_on: date

    @property
    def code(self) -> str:
        """The name of the table, the same every month."""
        return "-".join(filter(None, (self.region_code, self.sector_code, f"by-{self.parts}", self.panel_code)))

    @property
    def region_prefix(self) -> str:
        """What division codes in the region begin with (GB/T 2260: pairs of digits; 00 is the whole)."""
        pairs = [self.region_code[n : n + 2] for n in range(0, 6, 2)]
        while len(pairs) > 1 and pairs[-1] == "00":
            pairs.pop()
        return "".join(pairs)

    def part_of(self, division_code: str, industry_code: str) -> str:
        """The column that a unit belongs to: the next lower division, or the division of GB/T 4754 (C26)."""
        if self.parts == "industry":
            return industry_code[:3]
        return division_code[: min(6, len(self.region_prefix) + 2)].ljust(6, "0")

    def takes(self, division_code: str, industry_code: str) -> bool:
        """Whether a unit of a division and an industry is in it."""
        return division_code.startswith(self.region_prefix) and industry_code.startswith(self.sector_code or "")


def freeze_inputs(
    scope: Scope,
    contents: Iterable[Mapping[str, Any]],
    hashes: Mapping[str, str],
    members: Sequence[str],
    others: Sequence[Mapping[str, Any]],
    hidden_before: Iterable[SumKey],
) -> bytes:
    """Canonical bytes of what an aggregate is computed from: a row a unit, with the release it comes from.

    A unit whose balance has no total (a variety without a figure) adds to nothing, so that rows and total agree.
    `hashes`: the hash of each unit's release; `others`: what other aggregates of the month tell (`told_by`).
    """
    units = [
        _unit_row(content, scope, hashes[content["unit"]["code"]])
        for content in contents
        if scope.takes(content["unit"]["division_code"], content["unit"]["industry_code"])
        and content["unit"]["code"] in members
        and _cell(content, TOTAL_ROW, CONSUMED) is not None
    ]
    return canonical_bytes(
        {
            "format": INPUTS_FORMAT,
            "scope": {
                "region": scope.region_code,
                "sector": scope.sector_code,
                "parts": scope.parts,
                "panel": scope.panel_code,
                "month": str(scope.month_on),
            },
            "members": len(members),
            "units": sorted(units, key=lambda row: str(row["unit"])),
            "others": list(others),
            "hidden_before": sorted([part, row] for part, row in hidden_before),
        }
    )


def _unit_row(content: Mapping[str, Any], scope: Scope, release_hash: str) -> dict[str, Any]:
    rows: dict[str, Any] = {}
    for code in load_varieties().in_total:
        tce, quantity = _cell(content, code, TCE), _cell(content, code, CONSUMED)
        if tce is not None and quantity is not None:
            rows[code] = {
                "tce": tce["value"],
                "quantity": quantity["value"],
                "unit": quantity["unit"],
                **{name: tce[name] for name in SHARES},
            }
    unit = content["unit"]
    found = [one for one in content["indicators"] if one["definition"]["code"] == CONSUMPTION]
    used = found[0] if found and found[0]["value"] is not None else None
    return {
        "unit": unit["code"],
        "part": scope.part_of(unit["division_code"], unit["industry_code"]),
        "version": content["version"],
        "hash": release_hash,
        "rows": rows,
        "consumption": None if used is None else {"tce": used["value"], **{name: used[name] for name in SHARES}},
    }


def _cell(content: Mapping[str, Any], row: str, column: str) -> Mapping[str, Any] | None:
    places = (cell for cell in content["cells"] if (cell["form"], cell["row"], cell["column"]) == (FORM, row, column))
    return next(places, None)
