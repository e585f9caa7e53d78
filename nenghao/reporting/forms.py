"""The forms of a release as data inside its content: columns, rows, subtotals and texts in both languages.

What is frozen here is all that a page is laid out from, so that a release is rebuilt alike when layouts and labels have
changed. One frozen form serves every release of its edition, so that a province's month is not read 1 200 times.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, Final

from nenghao.domain.rounding import exact_text
from nenghao.domain.varieties import VarietyEdition
from nenghao.labels import load_labels
from nenghao.reference.layouts import Layout, Subtotal

LANGUAGES: Final = ("zh", "en")
#: Columns of a form that stand before the figures: 甲, 乙, 丙.
HEAD_COLUMNS: Final = ("a", "b", "c")
#: Labels that pages of every kind of release show.
TEXT_PREFIXES: Final = (
    "sheet.", "indicator.name.", "indicator.basis.", "indicator.boundary.", "indicator.what.", "indicator.reason.",
)  # fmt: skip

#: A form as canonical values; its keys are those that `frozen_form` writes.
FrozenForm = dict[str, Any]


def frozen_form(
    layout: Layout,
    varieties: VarietyEdition,
    *,
    columns: Sequence[str] | None = None,
    references: Mapping[str, str] | None = None,
    subtotals: Sequence[Subtotal] | None = None,
    unit: str | None = None,
    more_rows: Sequence[str] = (),
) -> FrozenForm:
    """A form's facts. `columns`, `subtotals` and `unit` replace those of layout and varieties where a table makes its
    own; `references` prints 丁 by row; `more_rows` come below, in standard coal.
    """
    chosen = layout.columns if columns is None else tuple(columns)
    return {
        "form": layout.form,
        "edition": layout.edition,
        "number": layout.form_number,
        "document_no": layout.document_no,
        "valid_until": None if layout.valid_until is None else str(layout.valid_until),
        "columns": [{"code": code, "decimals": layout.decimals(code)} for code in chosen],
        "rows": [
            *(
                {"code": row.code, "unit": unit or row.form_unit, "parent": row.parent}
                for row in varieties.varieties
                if layout.has_total_row or row.code in varieties.in_total
            ),
            *({"code": code, "unit": "tce", "parent": None} for code in more_rows),
        ],
        "in_total": list(varieties.in_total),
        "reference_column": layout.reference_column,
        "references": dict(references or {}),
        "subtotals": [_subtotal(one) for one in (layout.subtotals if subtotals is None else subtotals)],
    }


def reference_texts(in_use: Mapping[str, Any]) -> dict[str, str]:
    """Column 丁 by row: the reference coefficient in use, as the standard writes it."""
    return {code: exact_text(row.tce_per_form_unit) for code, row in in_use.items()}


def frozen_texts(forms: Iterable[FrozenForm], more: Iterable[str] = ()) -> dict[str, dict[str, str]]:
    """Every text that pages of the forms may show, by language and key of its label; `more` are keys beside them."""
    forms = list(forms)
    keys = {key for key in _labels_of("zh") if key.startswith(TEXT_PREFIXES)} | set(more)
    for form in forms:
        keys |= {f"form.{form['form']}.title", *(f"form.{form['form']}.column.{code}" for code in HEAD_COLUMNS)}
        keys |= {f"form.{form['form']}.column.{column['code']}" for column in form["columns"]}
        keys |= {f"variety.{row['code']}" for row in form["rows"]} | {f"unit.{row['unit']}" for row in form["rows"]}
    return {
        language: {key: _labels_of(language)[key] for key in sorted(keys) if key in _labels_of(language)}
        for language in LANGUAGES
    }


@cache
def _labels_of(language: str) -> Mapping[str, str]:
    return load_labels("zh" if language == "zh" else "en")


def _subtotal(one: Subtotal) -> dict[str, Any]:
    return {
        "row": one.row,
        "column": one.column,
        "of_columns": list(one.of_columns),
        "of_rows": list(one.of_rows),
        "factor_column": one.factor_column,
        "columns": list(one.columns),
        "but_rows": list(one.but_rows),
    }
