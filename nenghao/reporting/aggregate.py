"""Sums the sealed balances of units over a region: 监测口径, never an assessment, and never one unit's figure.

Before: releases of monitored balances. After: the content of an aggregate (reporting.seal). What was summed, by unit,
is frozen beside the content and stays in the store; only its hash goes along.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, localcontext
from typing import Any, Final, Literal

from nenghao.db.tree import LastTree
from nenghao.domain.canonical import canonical_bytes
from nenghao.domain.disclosure import DisclosureRule
from nenghao.domain.quantities import EXACT
from nenghao.domain.rounding import exact_text, floor_share
from nenghao.domain.varieties import TOTAL_ROW, VarietyEdition
from nenghao.reference.layouts import Subtotal, load_layout
from nenghao.reference.suppression import load_disclosure_rule
from nenghao.reference.varieties import load_varieties
from nenghao.reporting.content import Content, Restatement, common_content
from nenghao.reporting.forms import FrozenForm, frozen_form
from nenghao.reporting.suppression import Atom, OtherSum, SumKey, hide_sums, is_protected

INPUTS_FORMAT: Final = "nenghao-aggregate-inputs-1"
ENGINE_VERSION: Final = "aggregate-1"
QUANTITIES, STANDARD_COAL = "M-1", "M-2"
FORM, CONSUMED, TCE = "205-1", "4", "tce"
#: The column over all parts.
TOTAL: Final = "total"
Parts = Literal["division", "industry"]
SHARES: Final = ("completeness", "known_share", "measured_share")


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


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherAggregate:
    """Another aggregate of the month: its frozen inputs, and its content, which says what it hid."""

    name: str
    inputs: bytes
    content: Mapping[str, Any]


def freeze_inputs(
    scope: Scope,
    contents: Iterable[Mapping[str, Any]],
    hashes: Mapping[str, str],
    members: Sequence[str],
    others: Sequence[OtherAggregate],
    hidden_before: Iterable[SumKey],
) -> bytes:
    """Canonical bytes of what an aggregate is computed from: a row a unit, with the release it comes from.

    A unit whose balance has no total (a variety without a figure) adds to nothing, so that rows and total agree.
    `hashes`: the hash of each unit's release.
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
            "others": [_other_sums(other) for other in sorted(others, key=lambda one: one.name)],
            "hidden_before": sorted([part, row] for part, row in hidden_before),
        }
    )


def build_aggregate_content(
    scope: Scope,
    inputs: bytes,
    *,
    head: LastTree | None,
    restatement: Restatement | None,
    public_from: datetime | None,
    hidden: Mapping[SumKey, str] | None = None,
) -> Content:
    """The content of an aggregate. `hidden` is the pattern of a release that is reproduced; else it is found.

    Raises: DataRefused where other releases of the month show what has to be hidden.
    """
    frozen, rule, varieties = json.loads(inputs), load_disclosure_rule(), load_varieties()
    tables = _Tables(frozen, varieties)
    if hidden is None:
        hidden = hide_sums(
            tables.sums, tables.atoms, rule, others=tables.others, hidden_before=frozenset(tables.hidden_before)
        )
    cells = [*tables.quantities(hidden), *tables.standard_coal(hidden)]
    parts = tables.parts
    named = {f"form.{form}.column.{part}": part for form in (QUANTITIES, STANDARD_COAL) for part in parts}
    content = common_content(
        kind="aggregate",
        month_on=scope.month_on,
        forms=_forms(scope, parts, varieties),
        cells=cells,
        head=head,
        restatement=restatement,
        engine_version=ENGINE_VERSION,
        inputs=inputs,
        more_texts={"zh": named, "en": named},
    )
    return content | {
        "scope": {
            "code": scope.code,
            "region": scope.region_code,
            "sector": scope.sector_code,
            "parts": scope.parts,
            "panel": scope.panel_code or "",
        },
        "is_cumulative": False,
        "contributors": len(frozen["units"]),
        "members": frozen["members"],
        "public_from": None if public_from is None else public_from.isoformat(),
        "suppression": {
            "edition": rule.edition,
            "min_units": rule.min_units,
            "dominance_share": exact_text(rule.dominance_share),
            "protected_share": exact_text(rule.protected_share),
        },
        "editions": {"coefficients": None, "relations": None, "varieties": varieties.edition},
    }


def hidden_sums(content: Mapping[str, Any]) -> dict[SumKey, str]:
    """The pattern of a sealed aggregate."""
    cells = [cell for cell in content["cells"] if cell["form"] == STANDARD_COAL and cell["suppressed"]]
    return {(cell["column"], cell["row"]): "hidden" for cell in cells}


def is_content_protected(inputs: bytes, content: Mapping[str, Any], rule: DisclosureRule) -> bool:
    """Whether nothing that a sealed aggregate hides can be bounded closely from what it shows."""
    tables = _Tables(json.loads(inputs), load_varieties())
    return is_protected(tables.sums, tables.atoms, rule, hidden_sums(content), others=tables.others)


class _Tables:
    """The sums of frozen inputs: which atoms each is made of, and its figures."""

    def __init__(self, frozen: Mapping[str, Any], varieties: VarietyEdition) -> None:
        self.units: list[Mapping[str, Any]] = frozen["units"]
        self.rows = [code for code in varieties.in_total if any(code in unit["rows"] for unit in self.units)]
        self.parts = sorted({unit["part"] for unit in self.units})
        self.atoms: dict[Atom, Decimal] = {}
        for other in frozen["others"]:
            self.atoms |= {(unit, row): Decimal(value) for unit, row, value in other["atoms"]}
        self.atoms |= {
            (unit["unit"], row): Decimal(cell["tce"]) for unit in self.units for row, cell in unit["rows"].items()
        }
        self.others = [
            OtherSum(atoms=frozenset((unit, row) for unit, row in one["atoms"]), is_shown=one["is_shown"])
            for other in frozen["others"]
            for one in other["sums"]
        ]
        self.hidden_before = [(part, row) for part, row in frozen["hidden_before"]]
        self.sums: dict[SumKey, frozenset[Atom]] = sums_of(self.units, self.rows, self.parts)

    def standard_coal(self, hidden: Mapping[SumKey, str]) -> list[dict[str, Any]]:
        """The cells of M-2; a hidden one says only that it is."""
        return [
            self._cell(STANDARD_COAL, key, "tce", "tce", is_hidden=key in hidden, rows=self._rows_of(key[1]))
            for key in self.sums
        ]

    def quantities(self, hidden: Mapping[SumKey, str]) -> list[dict[str, Any]]:
        """The cells of M-1. A variety with a hidden part shows its total only: a quantity tells its coal equivalent."""
        split = {row for part, row in hidden if part != TOTAL}
        return [
            self._cell(
                QUANTITIES, (part, row), "quantity", self._unit_of(row), rows=(row,),
                is_hidden=(part, row) in hidden or (part != TOTAL and row in split),
            )
            for part, row in self.sums
            if row != TOTAL_ROW
        ]  # fmt: skip

    def _rows_of(self, row: str) -> tuple[str, ...]:
        return tuple(self.rows) if row == TOTAL_ROW else (row,)

    def _unit_of(self, row: str) -> str:
        return next(str(unit["rows"][row]["unit"]) for unit in self.units if row in unit["rows"])

    def _cell(
        self, form: str, key: SumKey, field: str, unit: str, *, is_hidden: bool, rows: Sequence[str]
    ) -> dict[str, Any]:
        part, row = key
        found = [
            one["rows"][code]
            for one in self.units
            if part in (TOTAL, one["part"])
            for code in rows
            if code in one["rows"]
        ]
        with localcontext(EXACT):
            value = sum((Decimal(cell[field]) for cell in found), Decimal(0))
        shares = {name: None if is_hidden else _mean_share(found, name) for name in SHARES}
        return {
            "form": form,
            "row": row,
            "column": part,
            "value": None if is_hidden else exact_text(value),
            "unit": unit,
            "suppressed": is_hidden,
            **shares,
        }


def sums_of(
    units: Sequence[Mapping[str, Any]], rows: Sequence[str], parts: Sequence[str]
) -> dict[SumKey, frozenset[Atom]]:
    """Every sum of the table by part and row, with the atoms it is made of; one that nobody adds to is not there."""
    sums: dict[SumKey, frozenset[Atom]] = {}
    for part in (*parts, TOTAL):
        for row in (*rows, TOTAL_ROW):
            atoms = frozenset(
                (str(unit["unit"]), code)
                for unit in units
                if part in (TOTAL, unit["part"])
                for code in unit["rows"]
                if row in (TOTAL_ROW, code)
            )
            if atoms:
                sums[part, row] = atoms
    return sums


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
    return {
        "unit": unit["code"],
        "part": scope.part_of(unit["division_code"], unit["industry_code"]),
        "version": content["version"],
        "hash": release_hash,
        "rows": rows,
    }


def _cell(content: Mapping[str, Any], row: str, column: str) -> Mapping[str, Any] | None:
    places = (cell for cell in content["cells"] if (cell["form"], cell["row"], cell["column"]) == (FORM, row, column))
    return next(places, None)


def _other_sums(other: OtherAggregate) -> dict[str, Any]:
    """What another aggregate tells: its atoms, and which of its sums it shows."""
    tables, hidden = _Tables(json.loads(other.inputs), load_varieties()), hidden_sums(other.content)
    own = {atom for atoms in tables.sums.values() for atom in atoms}
    return {
        "release": other.name,
        "atoms": [[unit, row, exact_text(tables.atoms[unit, row])] for unit, row in sorted(own)],
        "sums": [
            {"atoms": [list(atom) for atom in sorted(atoms)], "is_shown": key not in hidden}
            for key, atoms in sorted(tables.sums.items())
        ],
    }


def _mean_share(found: Sequence[Mapping[str, Any]], name: str) -> str | None:
    """A share of a sum, weighed by coal equivalent; a figure without one counts as nothing known."""
    with localcontext(EXACT):
        whole = sum((abs(Decimal(cell["tce"])) for cell in found), Decimal(0))
        part = sum((abs(Decimal(cell["tce"])) * Decimal(cell[name] or 0) for cell in found), Decimal(0))
    share = floor_share(part, whole)
    return None if share is None else exact_text(share)


def _forms(scope: Scope, parts: Sequence[str], varieties: VarietyEdition) -> list[FrozenForm]:
    columns = (*parts, TOTAL)
    across = Subtotal(column=TOTAL, of_columns=tuple(parts))
    down = Subtotal(row=TOTAL_ROW, of_rows=tuple(varieties.in_total), columns=columns)
    return [
        frozen_form(load_layout(QUANTITIES, scope.month_on), varieties, columns=columns, subtotals=[across]),
        frozen_form(
            load_layout(STANDARD_COAL, scope.month_on), varieties, columns=columns, subtotals=[across, down], unit=TCE
        ),
    ]
