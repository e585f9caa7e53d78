"""The content of a release of a monitored balance: everything that its bytes, its spreadsheet and its reader need.

Before: a balance and its cells (jobs.build_months). After: the archive (reporting.seal). The texts of the form are
inside, so that a release can be rebuilt when labels and layouts have changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from nenghao.db.releases import UnreleasedBalance
from nenghao.db.tree import LastTree
from nenghao.domain.balance import TOTAL, Cell
from nenghao.domain.rounding import exact_text, floor_percent, percent_text, round_figure
from nenghao.labels import Language, label
from nenghao.reference.coefficients import load_coefficients
from nenghao.reference.layouts import Layout, load_layout, refuse_expired
from nenghao.reference.relations import relation_edition
from nenghao.reference.varieties import load_varieties
from nenghao.reporting.spreadsheet import RENDERER

FORMAT_VERSION: Final = "nenghao-release-3"
FORM: Final = "205-1"
#: Columns of the form that stand before the figures: 甲, 乙, 丙.
HEAD_COLUMNS: Final = ("a", "b", "c")
REFERENCE_COLUMN: Final = "d"


@dataclass(frozen=True, slots=True)
class _Texts:
    """Labels of the form in one language."""

    language: Language

    def form(self, key: str, /, **values: object) -> str:
        return label(f"form.{FORM}.{key}", self.language, **values)


def build_content(
    balance: UnreleasedBalance, cells: Sequence[Cell], language: Language, head: LastTree | None
) -> dict[str, Any]:
    """The content of the next release of a unit's month, as canonical values; decimals are strings.

    `head` is the newest head of a day tree: printed, it lies wherever the release goes, out of reach of the store.

    Raises: DataRefused where the layout was no longer valid in the month.
    """
    layout, coefficients = load_layout(FORM), load_coefficients()
    refuse_expired(layout, balance.month_on)
    used = {cell.coefficient_code for cell in cells}
    earlier = balance.earlier
    return {
        "format_version": FORMAT_VERSION,
        "kind": "monitored_balance",
        "mark": label("cell.monitored", language),
        "mark_note": label("cell.monitored_note", language),
        "language": language,
        "unit": {
            "code": balance.unit_code,
            "name": balance.unit_name,
            "division_code": balance.division_code,
            "industry_code": balance.industry_code,
        },
        "month": f"{balance.month_on:%Y-%m}",
        "version": earlier.version + 1 if earlier else 1,
        "restates": {"version": earlier.version, "hash_algorithm": earlier.hash_algorithm, "hash": earlier.hash.hex()}
        if earlier
        else None,
        "editions": {
            "layout": balance.layout_edition,
            "coefficients": balance.coefficient_edition,
            "relations": relation_edition(),
            "varieties": load_varieties().edition,
        },
        "basis": "calorific",
        "cells": [_cell(cell) for cell in cells],
        "coefficients": [
            {
                "code": row.code,
                "edition": row.edition,
                "variety": row.variety_code,
                "basis": row.basis,
                "tce_per_form_unit": exact_text(row.tce_per_form_unit),
                "form_unit": row.form_unit,
                "source": row.source,
                "confidence": row.confidence,
            }
            for row in coefficients.rows
            if row.code in used
        ],
        "day_head": None
        if head is None
        else {"tree_no": head.tree_no, "day": str(head.day_on), "root": head.root.hex()},
        "sheet": _sheet(balance, cells, layout, _Texts(language), head),
        "renderer": RENDERER,
    }


def _cell(cell: Cell) -> dict[str, Any]:
    return {
        "row": cell.row_code,
        "column": cell.column_code,
        "value": exact_text(cell.value),
        "unit": cell.unit,
        "completeness": exact_text(cell.completeness),
        "known_share": None if cell.known_share is None else exact_text(cell.known_share),
        "measured_share": None if cell.measured_share is None else exact_text(cell.measured_share),
        "coefficient": cell.coefficient_code,
    }


def _sheet(
    balance: UnreleasedBalance, cells: Sequence[Cell], layout: Layout, texts: _Texts, head: LastTree | None
) -> dict[str, Any]:
    """What the spreadsheet says, text by text and figure by figure."""
    month = balance.month_on
    return {
        "name": FORM,
        "title": texts.form("title"),
        "mark": f"{label('cell.monitored', texts.language)} · {label('cell.monitored_note', texts.language)}",
        "left": [
            texts.form("unit_code", value=balance.unit_code),
            texts.form("unit_name", value=balance.unit_name),
            texts.form("month", year=f"{month:%Y}", month=month.month),
        ],
        "right": [
            texts.form("code", value=layout.form_number),
            texts.form("authority", value=texts.form("authority_name")),
            texts.form("document", value=layout.document_no or texts.form("by_yearly_edition")),
            texts.form("valid_until", value=layout.valid_until or texts.form("by_yearly_edition")),
        ],
        "columns": [
            {
                "code": code,
                "mark": code if code.isdigit() else texts.form(f"letter.{code}"),
                "title": texts.form(f"column.{code}"),
                "decimals": _decimals(code, layout),
            }
            for code in (*HEAD_COLUMNS, *layout.columns)
        ],
        "rows": _sheet_rows(cells, layout, texts),
        "notes": [
            *(texts.form("note_source"), texts.form("note_month"), *_row_notes(cells, texts)),
            texts.form("note_no_head")
            if head is None
            else texts.form("note_head", tree_no=head.tree_no, day=str(head.day_on), root=head.root.hex()),
        ],
        "signatures": texts.form("signatures"),
        "provenance": {
            key: texts.form(key)
            for key in (
                "provenance", "hash", "format", "version", "restates", "layout_edition", "coefficient_edition",
                "relation_edition", "renderer", "coefficient",
            )
        },
    }  # fmt: skip


def _sheet_rows(cells: Sequence[Cell], layout: Layout, texts: _Texts) -> list[dict[str, Any]]:
    """All rows of the form; a figure is rounded here, once, and a cell without one is not there."""
    varieties, coefficients = load_varieties(), load_coefficients()
    rows = []
    for variety in varieties.varieties:
        figures = {}
        for cell in cells:
            if cell.row_code == variety.code and cell.column_code in layout.columns:
                figures[cell.column_code] = str(round_figure(cell.value, _decimals(cell.column_code, layout)))
        reference = coefficients.in_use.get(variety.code)
        if reference is not None:
            figures[REFERENCE_COLUMN] = exact_text(reference.tce_per_form_unit)
        indent = "\u3000" if variety.parent else ""
        rows.append(
            {
                "code": variety.code,
                "name": indent + label(f"variety.{variety.code}", texts.language),
                "unit": label(f"unit.{variety.form_unit}", texts.language),
                "figures": figures,
            }
        )
    return rows


def _decimals(column_code: str, layout: Layout) -> int:
    return layout.coefficient_decimals if column_code in layout.coefficient_columns else layout.figure_decimals


def _row_notes(cells: Sequence[Cell], texts: _Texts) -> list[str]:
    """How much of each row was seen, is known and was measured; cut off, so that only what is whole says 100 %."""
    notes, none = [], texts.form("unknown_share")
    for cell in cells:
        if cell.column_code != TOTAL:
            continue
        measured = cell.measured_share
        notes.append(
            texts.form(
                "note_row",
                code=cell.row_code,
                name=label(f"variety.{cell.row_code}", texts.language),
                completeness=percent_text(cell.completeness),
                known_share=none if cell.known_share is None else percent_text(cell.known_share),
                measured_share=none if measured is None else percent_text(measured),
                estimated_share=none if measured is None else percent_text(1 - floor_percent(measured)),
            )
        )
    return notes
