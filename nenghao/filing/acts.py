"""The unit's acts: three signatures, the filing (报出), the answer to a query.

Before: a draft that was checked (`expectations.drafts`). After: the bureau's acts (`following`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import get_args

from nenghao.db import drafts, filings
from nenghao.db.connection import Connection
from nenghao.db.drafts import Signature, StoredCheck
from nenghao.db.filings import NewFiling
from nenghao.db.identity import OwnUnit
from nenghao.domain.explanations import Explanation, refuse_explanation
from nenghao.domain.filed_cells import cells_json, parse_cells, values
from nenghao.domain.filing_states import SIGNERS, Correction, Kind, Signer, kind_of_next, refuse_event, refuse_signature
from nenghao.domain.periods import Month, day_of
from nenghao.filing.attempts import Attempt
from nenghao.filing.drafting import Draft, load_draft, refuse_month
from nenghao.filing.refusals import FilingRefused
from nenghao.reference.explanations import empty_phrases
from nenghao.reference.relations import relation_edition


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """A filing that was made."""

    filing_id: int
    version: int
    kind: Kind


def sign(conn: Connection, unit: OwnUnit, month: Month, signer: Signer, by: str, now: datetime) -> Signature:
    """Put a signature under the newest draft: 填表人, then 统计负责人, then 单位负责人, three people.

    Raises: FilingRefused where it is not this one's turn.
    """
    drafts.lock_month(conn, unit.unit_id, month.start_on)
    draft = load_draft(conn, unit, month)
    by = by.strip()
    if not by:
        raise FilingRefused("no_name")
    there = [(one.signer, one.signed_by) for one in drafts.signatures(conn, draft.draft_id)]
    if (refusal := refuse_signature(there, signer, by)) is not None:  # type: ignore[arg-type]  # the table's words
        raise FilingRefused(refusal, signer=signer, by=by)
    signature = Signature(signer=signer, signed_by=by, signed_at=now)
    drafts.insert_signature(conn, draft.draft_id, unit.unit_id, signature)
    return signature


def file_draft(
    conn: Connection,
    unit: OwnUnit,
    month: Month,
    now: datetime,
    *,
    reason: str = "",
    correction: Correction | None = None,
    corrects: Month | None = None,
    document_no: str | None = None,
    attempt: Attempt | None = None,
) -> Filed:
    """File the newest draft as it was checked and signed; a later version needs its reason.

    Raises: FilingRefused where a mandatory relation does not hold, an explanatory one has no explanation, a signature
    is missing, or the month takes no filing of this kind.
    """
    drafts.lock_month(conn, unit.unit_id, month.start_on)
    refuse_month(conn, month, now)
    if day_of(now) < month.end_on:
        raise FilingRefused("not_over", month=month)
    draft = load_draft(conn, unit, month)
    _refuse_unchecked(drafts.newest_check(conn, draft.draft_id, relation_edition()))
    signers = _signers(drafts.signatures(conn, draft.draft_id))
    newest = filings.newest_filing(conn, unit.unit_id, month.start_on)
    kind = _kind(conn, unit, month, newest, correction)
    if newest is not None:
        _refuse_unchanged(conn, newest[0], draft, reason)
    if (kind == "cumulative") is not (corrects is not None):
        raise FilingRefused("corrects_month")
    if corrects is not None:
        _refuse_corrected(conn, unit, month, corrects)
    if attempt is not None:
        attempt.refuse_other(unit.unit_code, month, draft.cells)
    filler, statistics_head, unit_head = signers
    filing = NewFiling(
        unit_id=unit.unit_id,
        month_on=month.start_on,
        version=1 if newest is None else newest[1] + 1,
        content=cells_json(draft.cells.values()),
        reason=reason.strip() or kind,
        filled_by=filler.signed_by,
        filled_at=filler.signed_at,
        statistics_head=statistics_head.signed_by,
        statistics_head_at=statistics_head.signed_at,
        unit_head=unit_head.signed_by,
        unit_head_at=unit_head.signed_at,
        filed_at=now,
        kind=kind,
        corrects_month_on=corrects.start_on if corrects else None,
        document_no=document_no,
        draft_id=draft.draft_id,
        relation_edition=relation_edition(),
        attempted_at=attempt.attempted_at if attempt else None,
        attempt_receipt=attempt.receipt if attempt else None,
    )
    filing_id = filings.insert_filing(conn, filing)
    filings.insert_notes(conn, filing_id, draft.notes)
    filings.insert_event(
        conn, filing_id, state="filed", level="unit", acted_by=unit_head.signed_by, remark=None, acted_at=now
    )
    return Filed(filing_id=filing_id, version=filing.version, kind=kind)


def answer(conn: Connection, query_id: int, explanation: Explanation, by: str, now: datetime) -> int:
    """Answer a query; when no other is open, the filing goes on. Returns the filing.

    Raises: FilingRefused where the unit has no such query, it is answered, or the answer says nothing.
    """
    found = filings.query_of(conn, query_id)
    if found is None:
        raise FilingRefused("no_such_query", query=query_id)
    filing_id, is_answered = found
    filings.lock_filing(conn, filing_id)
    if is_answered:
        raise FilingRefused("already_answered", query=query_id)
    if (empty := refuse_explanation(explanation, empty_phrases())) is not None:
        raise FilingRefused(f"explanation_{empty}")
    filings.insert_answer(conn, query_id, explanation, by, now)
    standing = filings.standing(conn, filing_id)
    if standing is not None and refuse_event(standing, "answered", by) is None:
        filings.insert_event(conn, filing_id, state="answered", level="unit", acted_by=by, remark=None, acted_at=now)
    return filing_id


def _refuse_unchecked(check: StoredCheck | None) -> None:
    if check is None:
        raise FilingRefused("not_checked")
    if check.not_run:
        raise FilingRefused("check_did_not_run", count=check.not_run)
    for obligation, count in (("mandatory", check.mandatory_broken), ("explanatory", check.unexplained)):
        if count:
            cells = [
                f"{each['relation']} {each['form']} {each['row']}.{each['column']}"
                for each in check.broken
                if each["obligation"] == obligation and not each["is_explained"]
            ]
            raise FilingRefused(f"{obligation}_broken", count=count, cells=", ".join(cells))


def _signers(signatures: Sequence[Signature]) -> tuple[Signature, Signature, Signature]:
    by_signer = {one.signer: one for one in signatures}
    if missing := [signer for signer in SIGNERS if signer not in by_signer]:
        raise FilingRefused("not_signed", signers=", ".join(missing))
    filler, statistics_head, unit_head = (by_signer[signer] for signer in SIGNERS)
    return filler, statistics_head, unit_head


def _kind(
    conn: Connection, unit: OwnUnit, month: Month, newest: tuple[int, int] | None, correction: Correction | None
) -> Kind:
    kind = kind_of_next(
        is_first=newest is None,
        is_locked=filings.is_locked(conn, unit.unit_id, month.start_on),
        was_asked=filings.was_asked(conn, unit.unit_id, month.start_on),
        correction=correction,
    )
    if kind not in get_args(Kind):
        raise FilingRefused(kind, month=month)
    return kind  # type: ignore[return-value]  # the line above leaves kinds only


def _refuse_unchanged(conn: Connection, filing_id: int, draft: Draft, reason: str) -> None:
    if not reason.strip():
        raise FilingRefused("no_reason")
    filed = filings.load_filing(conn, filing_id)
    if filed is not None and values(parse_cells(filed.content)) == values(draft.cells):
        raise FilingRefused("nothing_changed", version=filed.version)


def _refuse_corrected(conn: Connection, unit: OwnUnit, month: Month, corrects: Month) -> None:
    """A cumulative takes in the error of an earlier month of its year that is locked."""
    is_locked = filings.is_locked(conn, unit.unit_id, corrects.start_on)
    if not is_locked or corrects.year != month.year or corrects.start_on >= month.start_on:
        raise FilingRefused("corrects_month")
