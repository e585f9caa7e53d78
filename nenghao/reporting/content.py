"""The content of a release: everything that its bytes, its pages and its reader need.

Before: a balance and its cells (jobs.build_months), a filing, or balances that are summed (reporting.aggregate). After:
the archive (reporting.seal). Layouts and texts are inside, so that a release is rebuilt when they have changed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, Final

from nenghao.crypto import SHA_256, digest
from nenghao.db.releases import EarlierRelease, UnreleasedBalance
from nenghao.db.tree import LastTree
from nenghao.domain.balance import ENGINE_VERSION, Balance, BalanceInputs, Cell
from nenghao.domain.indicators import Indicator
from nenghao.domain.records import to_plain
from nenghao.domain.restatement import CellState, Change, Place, Reason, changes_between
from nenghao.domain.rounding import exact_text
from nenghao.reference.coefficients import load_coefficients
from nenghao.reference.layouts import layout_edition, load_layout
from nenghao.reference.relations import relation_edition
from nenghao.reference.varieties import load_varieties
from nenghao.reporting.forms import FrozenForm, frozen_form, frozen_texts, reference_texts
from nenghao.reporting.spreadsheet import RENDERER

FORMAT_VERSION: Final = "nenghao-release-4"
FORMS: Final = ("205-1", "205-2")
#: The form of contents and cells of before there were several.
FORM: Final = "205-1"
#: The language of the spreadsheet in the archive: the forms are official Chinese ones, whatever its maker's screen has.
FORM_LANGUAGE: Final = "zh"
#: How much of a figure was seen, is known and was measured.
SHARES: Final = ("completeness", "known_share", "measured_share")
Content = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Restatement:
    """The version before, as it was sealed, and why it is restated."""

    earlier: EarlierRelease
    earlier_content: Mapping[str, Any]
    reason: Reason


def build_content(
    balance: UnreleasedBalance,
    inputs: BalanceInputs,
    built: Balance,
    frozen: bytes,
    head: LastTree | None,
    restatement: Restatement | None,
) -> Content:
    """The content of the next release of a unit's month, as canonical values; decimals are strings.

    `built` is what the inputs give, `frozen` their bytes. `head` is the newest head of a day tree: printed, it lies
    wherever the release goes, out of reach of the store.

    Raises: DataRefused where the layout was no longer valid in the month.
    """
    computed = computed_content(inputs, built)
    content = common_content(
        kind="monitored_balance",
        month_on=balance.month_on,
        forms=[_balance_form(form, balance.month_on) for form in FORMS],
        cells=computed["cells"],
        head=head,
        restatement=restatement,
        engine_version=ENGINE_VERSION,
        inputs=frozen,
    )
    return (
        content
        | {
            "unit": {
                "code": balance.unit_code,
                "name": balance.unit_name,
                "division_code": balance.division_code,
                "industry_code": balance.industry_code,
            },
            "is_cumulative": False,
            "editions": {
                "layout": inputs.editions.layout,
                "coefficients": inputs.editions.coefficients,
                "media": inputs.editions.media,
                "indicators": inputs.editions.indicators,
                "relations": relation_edition(),
                "varieties": inputs.editions.varieties,
            },
        }
        | computed
    )


def computed_content(inputs: BalanceInputs, built: Balance) -> Content:
    """What of a content follows from frozen inputs alone: cells, indicators, and what converted them."""
    cells = built.cells
    resting: tuple[Cell | Indicator, ...] = (*cells, *built.indicators)
    codes = {code for one in resting for code in one.coefficient_codes}
    lots = {lot for one in resting for lot in one.heating_value_ids}
    equal = {value for one in built.indicators for value in one.equal_value_ids}
    return {
        "cells": cells_content(cells),
        "indicators": [to_plain(one) for one in built.indicators],
        "coefficients": [to_plain(row) for row in inputs.coefficients if row.code in codes],
        "heating_values": [to_plain(lot) for lot in inputs.heating_values if lot.heating_value_id in lots],
        "equal_values": [to_plain(row) for row in inputs.equal_values if row.equal_value_id in equal],
    }


def common_content(
    *,
    kind: str,
    month_on: date,
    forms: Sequence[FrozenForm],
    cells: Sequence[dict[str, Any]],
    head: LastTree | None,
    restatement: Restatement | None,
    engine_version: str | None = None,
    inputs: bytes | None = None,
    more_texts: Mapping[str, Mapping[str, str]] | None = None,
) -> Content:
    """What releases of every kind say; `more_texts` are texts by language that are no labels, such as a unit's name."""
    texts = frozen_texts(forms)
    return {
        "format_version": FORMAT_VERSION,
        "kind": kind,
        "language": FORM_LANGUAGE,
        "month": f"{month_on:%Y-%m}",
        "version": restatement.earlier.version + 1 if restatement else 1,
        "restates": None if restatement is None else _restates(restatement, cells),
        "basis": "calorific",
        "engine": {
            "version": engine_version,
            "inputs_hash_algorithm": None if inputs is None else SHA_256,
            "inputs_hash": None if inputs is None else digest(SHA_256, inputs).hex(),
        },
        "forms": list(forms),
        "texts": {name: {**known, **(more_texts or {}).get(name, {})} for name, known in texts.items()},
        "cells": list(cells),
        "indicators": [],
        "coefficients": [],
        "heating_values": [],
        "equal_values": [],
        "day_head": None
        if head is None
        else {"tree_no": head.tree_no, "day": str(head.day_on), "root": head.root.hex()},
        "renderer": RENDERER,
    }


def editions_in_force(month_on: date) -> tuple[str, str, str]:
    """Layout, coefficients and engine by which a month is computed and laid out now."""
    return layout_edition(FORM, month_on), load_coefficients(month_on).edition, ENGINE_VERSION


def cells_content(cells: Iterable[Cell]) -> list[dict[str, Any]]:
    """Cells as canonical values, by form, row and column."""
    return [cell_content(cell) for cell in sorted(cells, key=lambda cell: cell.key)]


def cell_content(cell: Cell) -> dict[str, Any]:
    """A cell of a balance as canonical values."""
    return {
        "form": cell.form_code,
        "row": cell.row_code,
        "column": cell.column_code,
        "value": exact_text(cell.value),
        "unit": cell.unit,
        "completeness": exact_text(cell.completeness),
        "known_share": _share(cell.known_share),
        "measured_share": _share(cell.measured_share),
        "coefficients": list(cell.coefficient_codes),
        "heating_values": list(cell.heating_value_ids),
        "points": list(cell.source_point_ids),
    }


def cell_states(cells: Iterable[Mapping[str, Any]]) -> dict[Place, CellState]:
    """The cells of a content as they are compared; contents of before there were several forms are of 205-1."""
    return {
        (cell.get("form", FORM), cell["row"], cell["column"]): CellState(
            value=_decimal(cell["value"]),
            completeness=_decimal(cell.get("completeness")),
            known_share=_decimal(cell.get("known_share")),
            measured_share=_decimal(cell.get("measured_share")),
        )
        for cell in cells
    }


def change_content(change: Change) -> dict[str, Any]:
    """A changed cell as canonical values."""
    form, row, column = change.place
    difference = change.difference
    return {
        "form": form,
        "row": row,
        "column": column,
        "old_value": _share(change.old.value if change.old else None),
        "new_value": _share(change.new.value if change.new else None),
        "difference": _share(difference),
        **{
            f"{age}_{share}": _share(getattr(state, share) if state else None)
            for share in SHARES
            for age, state in (("old", change.old), ("new", change.new))
        },
    }


def _restates(restatement: Restatement, cells: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    earlier, reason = restatement.earlier, restatement.reason
    changes = changes_between(cell_states(restatement.earlier_content["cells"]), cell_states(cells))
    return {
        "version": earlier.version,
        "hash_algorithm": earlier.hash_algorithm,
        "hash": earlier.hash.hex(),
        "reason": {
            "kind": reason.kind,
            "causes": [{"kind": cause.kind, "reference": cause.reference} for cause in reason.causes],
        },
        "changes": [change_content(change) for change in changes],
    }


@cache
def _balance_form(form: str, month_on: date) -> FrozenForm:
    layout = load_layout(form, month_on)
    references = reference_texts(load_coefficients(month_on).in_use) if layout.reference_column else {}
    return frozen_form(layout, load_varieties(month_on), references=references)


def _share(value: Decimal | None) -> str | None:
    return None if value is None else exact_text(value)


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
