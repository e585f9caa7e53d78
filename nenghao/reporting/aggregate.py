"""Sums the sealed balances of units over a region: 监测口径, never an assessment, and never one unit's figure.

Before: releases of monitored balances. After: the content of an aggregate (reporting.seal). What was summed, by unit,
is frozen beside the content and stays in the store; only its hash goes along.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal, localcontext
from typing import Any, Final

from nenghao.db.tree import LastTree
from nenghao.domain.disclosure import DisclosureRule, is_sensitive
from nenghao.domain.quantities import EXACT
from nenghao.domain.rounding import exact_text, floor_share
from nenghao.domain.varieties import TOTAL_ROW, VarietyEdition
from nenghao.errors import DataRefused
from nenghao.reference.layouts import Subtotal, load_layout
from nenghao.reference.suppression import load_disclosure_rule
from nenghao.reference.varieties import load_varieties
from nenghao.reporting.aggregate_inputs import TCE, Scope, SumKey
from nenghao.reporting.content import SHARES, Content, Restatement, common_content
from nenghao.reporting.forms import FrozenForm, frozen_form
from nenghao.reporting.suppression import Atom, OtherSum, contributions, hide_sums, is_protected

ENGINE_VERSION: Final = "aggregate-3"
QUANTITIES, STANDARD_COAL = "M-1", "M-2"
#: The column over all parts.
TOTAL: Final = "total"
#: The row of 综合能源消费量, below row 40.
CONSUMPTION_ROW: Final = "E"


def build_aggregate_content(
    scope: Scope,
    inputs: bytes,
    *,
    head: LastTree | None,
    restatement: Restatement | None,
    public_from: datetime | None,
) -> Content:
    """The content of an aggregate.

    Raises: DataRefused where other releases of the month show what has to be hidden.
    """
    frozen, rule, varieties = json.loads(inputs), load_disclosure_rule(), load_varieties()
    tables = _Tables(frozen, varieties)
    before, others = frozenset(tables.hidden_before), tables.others
    hidden = hide_sums(tables.sums, tables.atoms, rule, others=others, hidden_before=before, twins=tables.twins)
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


def recompute_aggregate(inputs: bytes, content: Mapping[str, Any]) -> Content:
    """What of an aggregate follows from its inputs, with the pattern that it hides: the figures, not the choice.

    Raises: DataRefused where a hidden figure could be bounded too closely: then the pattern is not ours.
    """
    frozen, hidden = json.loads(inputs), hidden_sums(content)
    if not is_content_protected(inputs, content, load_disclosure_rule()):
        raise DataRefused("what the release hides could be computed from what it shows")
    tables = _Tables(frozen, load_varieties())
    return {"cells": [*tables.quantities(hidden), *tables.standard_coal(hidden)]}


def told_by(versions: Sequence[tuple[str, bytes, Content]], now: bytes | None = None) -> list[dict[str, Any]]:
    """What the versions of an aggregate tell whoever holds them against another: their atoms, and which sums they show.

    `now`: inputs of the version that is being made; without them the last one is the newest. What an earlier version
    says of the same units is left out where it was restated since, or has to be hidden by now.
    """
    varieties, rule = load_varieties(), load_disclosure_rule()
    newest = _Tables(json.loads(now or versions[-1][1]), varieties)
    told = []
    for name, inputs, content in versions:
        tables, hidden = _Tables(json.loads(inputs), varieties), hidden_sums(content)
        own = {atom for atoms in tables.sums.values() for atom in atoms}
        is_newest = now is None and inputs is versions[-1][1]
        sums = [
            {"atoms": [list(atom) for atom in sorted(atoms)], "is_shown": key not in hidden}
            for key, atoms in sorted(tables.sums.items())
            if is_newest or not _is_past(tables, newest, key, rule)
        ]
        atoms_told = [[unit, row, exact_text(tables.atoms[unit, row])] for unit, row in sorted(own)]
        told.append({"release": name, "atoms": atoms_told, "sums": sums})
    return told


def _is_past(tables: "_Tables", newest: "_Tables", key: SumKey, rule: DisclosureRule) -> bool:
    before, after = tables.sums[key], newest.sums.get(key, frozenset())
    if {unit for unit, _ in before} != {unit for unit, _ in after}:
        return False
    is_restated = before != after or any(tables.atoms[atom] != newest.atoms[atom] for atom in before)
    return is_restated or is_sensitive(contributions(after, newest.atoms), rule)


def hidden_sums(content: Mapping[str, Any]) -> dict[SumKey, str]:
    """The pattern of a sealed aggregate."""
    cells = [cell for cell in content["cells"] if cell["form"] == STANDARD_COAL and cell["suppressed"]]
    return {(cell["column"], cell["row"]): "hidden" for cell in cells}


def is_content_protected(inputs: bytes, content: Mapping[str, Any], rule: DisclosureRule) -> bool:
    """Whether nothing that a sealed aggregate hides can be bounded closely from what it shows."""
    tables = _Tables(json.loads(inputs), load_varieties())
    hidden = hidden_sums(content)
    return is_protected(tables.sums, tables.atoms, rule, hidden, others=tables.others, twins=tables.twins)


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
        self.atoms |= {
            (unit["unit"], CONSUMPTION_ROW): Decimal(unit["consumption"]["tce"])
            for unit in self.units
            if unit["consumption"]
        }
        self.sums: dict[SumKey, frozenset[Atom]] = sums_of(self.units, self.rows, self.parts)
        self.sums |= self._consumption_sums()
        #: Without conversion a part's consumption is its row 40: what hides the one has to hide the other.
        pairs = [(part, (part, TOTAL_ROW), (part, CONSUMPTION_ROW)) for part in (*self.parts, TOTAL)]
        known = [(one, two) for _, one, two in pairs if one in self.sums and two in self.sums]
        self.twins = {**dict(known), **{two: one for one, two in known}}

    def _consumption_sums(self) -> dict[SumKey, frozenset[Atom]]:
        """The sums of 综合能源消费量; one that a unit has no figure for is not there, for missing is never zero."""
        sums = {}
        for part in (*self.parts, TOTAL):
            own = [unit for unit in self.units if part in (TOTAL, unit["part"])]
            if own and all(unit["consumption"] for unit in own):
                sums[part, CONSUMPTION_ROW] = frozenset((str(unit["unit"]), CONSUMPTION_ROW) for unit in own)
        return sums

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
            if row in self.rows
        ]  # fmt: skip

    def _rows_of(self, row: str) -> tuple[str, ...]:
        return tuple(self.rows) if row == TOTAL_ROW else (row,)

    def _unit_of(self, row: str) -> str:
        return next(str(unit["rows"][row]["unit"]) for unit in self.units if row in unit["rows"])

    def _cell(
        self, form: str, key: SumKey, field: str, unit: str, *, is_hidden: bool, rows: Sequence[str]
    ) -> dict[str, Any]:
        part, row = key
        own = [one for one in self.units if part in (TOTAL, one["part"])]
        found = [one["rows"][code] for one in own for code in rows if code in one["rows"]]
        if row == CONSUMPTION_ROW:
            found = [one["consumption"] for one in own]
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
            load_layout(STANDARD_COAL, scope.month_on),
            varieties,
            columns=columns,
            subtotals=[across, down],
            unit=TCE,
            more_rows=(CONSUMPTION_ROW,),
        ),
    ]
