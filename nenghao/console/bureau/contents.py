"""The content of a unit's month as a release would have it, sealed or not yet: what official pages are laid out from.

Before: a sealed archive, a balance that waits, a filing. After: pages (reporting.pages), cells taken apart.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nenghao.db import releases
from nenghao.db.bureau import MonthLine
from nenghao.db.connection import Connection
from nenghao.db.filings import StoredFiling
from nenghao.db.sealable_filings import SealableFiling
from nenghao.domain.balance import BalanceInputs, build_balance, parse_balance_inputs
from nenghao.reporting.content import build_content
from nenghao.reporting.filing_content import build_filing_content
from nenghao.reporting.seal import CONTENT, INPUTS
from nenghao.reporting.stored_zip import read_stored_zip


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitoredContent:
    """The monitored side of a month: its content, and what it was computed from."""

    content: Mapping[str, Any]
    inputs: BalanceInputs
    #: The release that seals it; None where none does.
    sealed_name: str | None


def monitored_content(conn: Connection, line: MonthLine) -> MonitoredContent | None:
    """The newest balance of a unit's month, as it is sealed or would be; None where there is none."""
    if line.balance_id is None:
        return None
    if line.sealed_balance_id == line.balance_id and line.sealed_name is not None:
        found = releases.load_archive(conn, line.sealed_name)
        if found is not None:
            members = read_stored_zip(found[0])
            return MonitoredContent(
                content=json.loads(members[CONTENT]),
                inputs=parse_balance_inputs(members[INPUTS]),
                sealed_name=line.sealed_name.removesuffix(".zip"),
            )
    (waiting,) = releases.unreleased_balances(conn, [line.balance_id])
    frozen = waiting.inputs or b""
    inputs = parse_balance_inputs(frozen)
    content = build_content(waiting, inputs, build_balance(inputs), frozen, None, None)
    return MonitoredContent(content=content, inputs=inputs, sealed_name=None)


def filed_content(
    line: MonthLine, filed: StoredFiling, notes: Sequence[Mapping[str, Any]], events: Sequence[Mapping[str, Any]]
) -> Mapping[str, Any]:
    """A filing as its release has it, whether it is accepted or not."""
    filing = SealableFiling(
        filing_id=filed.filing_id,
        unit_id=filed.unit_id,
        month_on=filed.month_on,
        version=filed.version,
        kind=filed.kind,
        reason=filed.reason,
        document_no=filed.document_no,
        cells=filed.content,
        filled_by=filed.filled_by,
        statistics_head=filed.statistics_head,
        unit_head=filed.unit_head,
        filed_at=filed.filed_at,
        relation_edition=filed.relation_edition,
        collected_under="survey",
        unit_code=line.unit_code,
        unit_name=line.unit_name,
        division_code=line.division_code,
        industry_code=line.industry_code,
        earlier=None,
    )
    said = [
        {
            "relation": note["relation_code"],
            "form": note["form_code"],
            "row": note["row_code"],
            "column": note["column_code"],
            "cause": note["cause"],
            "quantity": note["quantity"],
            "document": note["document"],
        }
        for note in notes
    ]
    passage = [
        {"state": event["state"], "level": event["level"], "by": event["acted_by"], "at": event["acted_at"].isoformat()}
        for event in events
    ]
    return build_filing_content(filing, said, passage, None, None)
