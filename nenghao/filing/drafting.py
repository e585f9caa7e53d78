"""Drafts (底稿): prefilled from the unit's own meters and filings, completed by its people, seen by nobody else.

Before: monitored months (jobs.build_months) and templates. After: `expectations.drafts` checks a draft, `acts` signs
and files it. Each save is a row of its own; signatures and checks hold for the row that they were given to.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from nenghao.db import drafts as db
from nenghao.db import filings
from nenghao.db.connection import Connection
from nenghao.db.identity import OwnUnit
from nenghao.domain.drafts import prefill, recompute
from nenghao.domain.explanations import Note, note_json, parse_note, refuse_explanation
from nenghao.domain.filed_cells import FORM_1, FiledCell, Key, cells_json, parse_cells
from nenghao.domain.periods import Month, day_of
from nenghao.filing.refusals import FilingRefused
from nenghao.reference.coefficients import load_coefficients
from nenghao.reference.explanations import empty_phrases
from nenghao.reference.varieties import load_varieties


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A draft as it was saved last."""

    draft_id: int
    month: Month
    cells: Mapping[Key, FiledCell]
    notes: Sequence[Note]
    saved_by: str
    saved_at: datetime


def load_draft(conn: Connection, unit: OwnUnit, month: Month) -> Draft:
    """The newest draft of a month.

    Raises: FilingRefused where there is none.
    """
    stored = db.newest_draft(conn, unit.unit_id, month.start_on)
    if stored is None:
        raise FilingRefused("no_draft", month=month)
    return Draft(
        draft_id=stored.draft_id,
        month=month,
        cells=parse_cells(stored.content["cells"]),
        notes=[parse_note(note) for note in stored.content["notes"]],
        saved_by=stored.saved_by,
        saved_at=stored.saved_at,
    )


def prefill_draft(conn: Connection, unit: OwnUnit, month: Month, by: str, now: datetime) -> Draft:
    """Save a draft made of the unit's meters and earlier filings; what its people entered before stays.

    Raises: FilingRefused where the month is not reported, or has not begun.
    """
    db.lock_month(conn, unit.unit_id, month.start_on)
    refuse_month(conn, month, now)
    kept, notes = _kept(conn, unit, month)
    return _save(conn, unit, month, _prefilled(conn, unit, month, kept.values()), notes, by, now)


def monitored_figures(conn: Connection, unit: OwnUnit, month: Month) -> dict[Key, Decimal]:
    """What the unit's meters alone say of a month, cumulative as the forms want it: what stands beside a draft."""
    cells = _prefilled(conn, unit, month, ())
    return {key: cell.value for key, cell in cells.items() if cell.source == "meter"}


def set_cells(
    conn: Connection, unit: OwnUnit, month: Month, entries: Mapping[Key, Decimal | None], by: str, now: datetime
) -> Draft:
    """Save the draft with figures that a person entered, or took out (None); what follows from them is computed anew.

    Raises: FilingRefused where the month is not reported or a row is none of the form.
    """
    db.lock_month(conn, unit.unit_id, month.start_on)
    refuse_month(conn, month, now)
    varieties = load_varieties(month.start_on)
    cells, notes = _kept(conn, unit, month)
    for key, value in entries.items():
        form, row, column = key
        if form in ("205-1", "205-2") and row not in varieties.by_code:
            raise FilingRefused("unknown_row", form=form, row=row)
        if value is None:
            cells.pop(key, None)
        else:
            cells[key] = FiledCell(form=form, row=row, column=column, value=value, source="manual")
    return _save(conn, unit, month, recompute(cells, varieties, _references(month)), notes, by, now)


def add_note(conn: Connection, unit: OwnUnit, month: Month, note: Note, now: datetime) -> Draft:
    """Save the draft with one more explanation; one of the same relation and cell takes the place of the earlier one.

    Raises: FilingRefused where it explains nothing, or there is no draft.
    """
    db.lock_month(conn, unit.unit_id, month.start_on)
    if (empty := refuse_explanation(note.explanation, empty_phrases())) is not None:
        raise FilingRefused(f"explanation_{empty}")
    draft = load_draft(conn, unit, month)
    notes = [each for each in draft.notes if (each.relation, each.key) != (note.relation, note.key)]
    return _save(conn, unit, month, draft.cells, [*notes, note], note.noted_by, now)


def earlier_filing(conn: Connection, unit_id: int, month: Month) -> dict[Key, Decimal]:
    """The figures of the filing before this month in the same year; empty where the year begins with it."""
    before = filings.filed_months(conn, unit_id, date(month.year, 1, 1), month.start_on)
    before = [month_on for month_on in before if month_on < month.start_on]
    return filings.filed_month(conn, unit_id, before[-1], with_revisions=False) if before else {}


def refuse_month(conn: Connection, month: Month, now: datetime) -> None:
    """See that a month is one that is reported.

    Raises: FilingRefused where it is not surveyed (January is not), has not begun, or no calendar knows it.
    """
    calendar = filings.calendar(conn, FORM_1, month.start_on, "unit")
    if calendar is None:
        raise FilingRefused("no_calendar", month=month)
    if not calendar.is_surveyed:
        raise FilingRefused("not_surveyed", month=month)
    if day_of(now) < month.start_on:
        raise FilingRefused("not_begun", month=month)


def _prefilled(conn: Connection, unit: OwnUnit, month: Month, kept: Iterable[FiledCell]) -> dict[Key, FiledCell]:
    monitored = db.monitored_months(conn, unit.unit_id, date(month.year, 1, 1), month.start_on)
    return prefill(
        months=[monitored.get(Month(month.year, number).start_on, {}) for number in range(1, month.month + 1)],
        year_end=filings.filed_month(conn, unit.unit_id, date(month.year - 1, 12, 1), with_revisions=True),
        earlier=earlier_filing(conn, unit.unit_id, month),
        references=_references(month),
        kept=kept,
        varieties=load_varieties(month.start_on),
    )


def _kept(conn: Connection, unit: OwnUnit, month: Month) -> tuple[dict[Key, FiledCell], list[Note]]:
    stored = db.newest_draft(conn, unit.unit_id, month.start_on)
    if stored is None:
        return {}, []
    return parse_cells(stored.content["cells"]), [parse_note(note) for note in stored.content["notes"]]


def _references(month: Month) -> dict[str, Decimal]:
    return {code: row.tce_per_form_unit for code, row in load_coefficients(month.start_on).in_use.items()}


def _save(
    conn: Connection,
    unit: OwnUnit,
    month: Month,
    cells: Mapping[Key, FiledCell],
    notes: Iterable[Note],
    by: str,
    now: datetime,
) -> Draft:
    if not by.strip():
        raise FilingRefused("no_name")
    kept = list(notes)
    content = {"cells": cells_json(cells.values()), "notes": [note_json(note) for note in kept]}
    draft_id = db.insert_draft(conn, unit.unit_id, month.start_on, content, by, now)
    return Draft(draft_id=draft_id, month=month, cells=cells, notes=kept, saved_by=by, saved_at=now)
