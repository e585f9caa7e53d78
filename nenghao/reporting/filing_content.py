"""The content of a release of a filing: the unit's figures as it filed them, its signers, and how it was accepted.

Before: a filing that every level has accepted. After: the archive (reporting.seal). Nothing is computed and nothing is
corrected here: a statistics body may not alter a unit's figure (practice 1).
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from nenghao.db.sealable_filings import SealableFiling
from nenghao.db.tree import LastTree
from nenghao.domain.periods import day_of
from nenghao.domain.rounding import exact_text
from nenghao.reference.layouts import load_layout
from nenghao.reference.varieties import load_varieties
from nenghao.reporting.content import FORMS, Content, Restatement, common_content
from nenghao.reporting.forms import frozen_form


def build_filing_content(
    filing: SealableFiling,
    notes: Sequence[Mapping[str, str]],
    passage: Sequence[Mapping[str, Any]],
    head: LastTree | None,
    restatement: Restatement | None,
) -> Content:
    """The content of the next release of a unit's filing.

    Raises: DataRefused where the layout was no longer valid in the month.
    """
    varieties = load_varieties(filing.month_on)
    units = {row.code: row.form_unit for row in varieties.varieties}
    forms = [frozen_form(load_layout(form, filing.month_on), varieties) for form in FORMS]
    content = common_content(
        kind="filing",
        month_on=filing.month_on,
        forms=forms,
        cells=[_cell(cell, units) for cell in sorted(filing.cells, key=_place)],
        head=head,
        restatement=restatement,
    )
    return content | {
        "unit": {
            "code": filing.unit_code,
            "name": filing.unit_name,
            "division_code": filing.division_code,
            "industry_code": filing.industry_code,
        },
        "is_cumulative": True,
        "editions": {"coefficients": None, "relations": filing.relation_edition, "varieties": varieties.edition},
        "filing_version": filing.version,
        "filing_kind": filing.kind,
        "filing_reason": filing.reason,
        "document_no": filing.document_no,
        "collected_under": filing.collected_under,
        "signed": {
            "filled_by": filing.filled_by,
            "statistics_head": filing.statistics_head,
            "unit_head": filing.unit_head,
            "filed_on": str(day_of(filing.filed_at)),
        },
        "explanations": [dict(note) for note in notes],
        "passage": [dict(step) for step in passage],
    }


def _place(cell: Mapping[str, str]) -> tuple[str, str, str]:
    return cell["form"], cell["row"], cell["column"]


def _cell(cell: Mapping[str, str], units: Mapping[str, str]) -> dict[str, Any]:
    return {
        "form": cell["form"],
        "row": cell["row"],
        "column": cell["column"],
        "value": exact_text(Decimal(cell["value"])),
        "unit": units.get(cell["row"], ""),
        "source": cell["source"],
    }
