"""`/unit/returns` and a month of them: the draft in its form, self-check, signatures, filings with what followed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from starlette.responses import Response

from nenghao.console.lists import CSV, XLSX
from nenghao.console.unit.files import csv_bytes
from nenghao.console.unit.own import OWN, PAGES, looked, missing, read_month
from nenghao.console.unit.sheets import FORM_3, FORMS, figure_pages, grid_of
from nenghao.console.visits import Visit
from nenghao.db import drafts, filings
from nenghao.db.drafts import Signature, StoredCheck
from nenghao.db.filings import CalendarDay, FilingLine, StoredFiling
from nenghao.db.identity import OwnUnit
from nenghao.domain.filed_cells import FORM_1, FiledCell, Key, parse_cells, values
from nenghao.domain.filing_states import REVISIONS, SIGNERS, refuse_signature
from nenghao.domain.periods import Month, day_of
from nenghao.filing.drafting import Draft, load_draft, monitored_figures
from nenghao.filing.templates import form_sheets, long_lines
from nenghao.reference.relations import relation_edition
from nenghao.reference.varieties import load_varieties
from nenghao.reporting.workbook import workbook_bytes

CORRECTIONS: Final = ("cumulative", *sorted(REVISIONS))


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthDesk:
    """All that lies on the desk for one month."""

    month: Month
    calendar: CalendarDay | None
    draft: Draft | None
    check: StoredCheck | None
    #: The check of these figures under other explanations, where the draft itself has none yet.
    check_of_cells: StoredCheck | None
    signatures: Sequence[Signature]
    filings: Sequence[FilingLine]
    #: Whether the newest filing says what the newest draft says.
    is_filed: bool

    @property
    def newest(self) -> FilingLine | None:
        """The newest filing."""
        return next((one for one in self.filings if one.is_newest), None)

    @property
    def broken(self) -> Sequence[Mapping[str, Any]]:
        """What does not hold, by the newest check of these figures."""
        check = self.check or self.check_of_cells
        return () if check is None else check.broken

    @property
    def is_checked_clean(self) -> bool:
        """Whether the draft may be filed as far as relations go."""
        return self.check is not None and not (
            self.check.mandatory_broken or self.check.unexplained or self.check.not_run
        )

    def step(self) -> int:
        """Where the month stands: 0 to prefill, 1 to fill in, 2 to check, 3 to sign, 4 to file, 5 filed."""
        if self.is_filed:
            return 5
        if self.draft is None:
            return 0
        if self.check is None:
            return 2 if self.check_of_cells is None else 1
        if not self.is_checked_clean:
            return 1
        return 4 if len(self.signatures) == len(SIGNERS) else 3

    def may_sign(self, office: str | None, name: str) -> bool:
        """Whether it is this person's turn."""
        if self.draft is None or office not in SIGNERS or not self.is_checked_clean:
            return False
        there = [(one.signer, one.signed_by) for one in self.signatures]
        return refuse_signature(there, office, name) is None  # type: ignore[arg-type]  # the table's words


def load_desk(visit: Visit, unit: OwnUnit, month: Month) -> MonthDesk:
    """Read what lies on the desk."""
    conn, edition = visit.conn, relation_edition()
    has_draft = drafts.newest_draft(conn, unit.unit_id, month.start_on) is not None
    draft = load_draft(conn, unit, month) if has_draft else None
    lines = filings.list_filings(conn, unit_id=unit.unit_id, month_on=month.start_on)
    newest = next((one for one in lines if one.is_newest), None)
    filed = None if newest is None else filings.load_filing(conn, newest.filing_id)
    return MonthDesk(
        month=month,
        calendar=filings.calendar(conn, FORM_1, month.start_on, "unit"),
        draft=draft,
        check=None if draft is None else drafts.newest_check(conn, draft.draft_id, edition),
        check_of_cells=None if draft is None else drafts.newest_check_of_cells(conn, draft.draft_id, edition),
        signatures=() if draft is None else drafts.signatures(conn, draft.draft_id),
        filings=lines,
        is_filed=filed is not None and draft is not None and values(parse_cells(filed.content)) == values(draft.cells),
    )


@PAGES.get("/returns", name="unit.returns", rule=OWN)
def returns(visit: Visit, year: int = 0) -> Response:
    """The months of a year with their states."""
    unit = looked(visit, "returns")
    today_on = day_of(visit.now)
    shown_year = year if 1992 <= year <= today_on.year else today_on.year
    last = today_on.month if shown_year == today_on.year else 12
    newest = {one.month_on: one for one in filings.list_filings(visit.conn, unit_id=unit.unit_id) if one.is_newest}
    months = [Month(shown_year, number) for number in range(last, 0, -1)]
    return visit.page(
        "unit/returns.html",
        unit=unit,
        year=shown_year,
        this_year=today_on.year,
        months=months,
        calendar={one: filings.calendar(visit.conn, FORM_1, one.start_on, "unit") for one in months[:2]},
        filings={one: newest.get(one.start_on) for one in months},
    )


@PAGES.get("/returns/{month}", name="unit.return", rule=OWN)
def month_page(visit: Visit, month: str, form: str = FORM_1, rows: str = "") -> Response:
    """The desk of one month."""
    unit, wanted = looked(visit, f"return {month}"), read_month(visit, month)
    if wanted is None or form not in FORMS:
        return missing(visit)
    desk = load_desk(visit, unit, wanted)
    varieties = load_varieties(wanted.start_on)
    grid = None
    if desk.draft is not None:
        monitored = monitored_figures(visit.conn, unit, wanted)
        grid = grid_of(form, desk.draft.cells, monitored, desk.broken, varieties, visit.language)
    return visit.page(
        "unit/return.html",
        unit=unit,
        desk=desk,
        month=wanted,
        grid=grid,
        form=form,
        forms=FORMS,
        is_whole=rows == "all",
        signers=SIGNERS,
        corrections=CORRECTIONS,
        is_locked=any(one.state == "locked" for one in desk.filings),
        notes={} if desk.draft is None else {(note.relation, note.key): note for note in desk.draft.notes},
        can_check=any(getattr(route, "name", "") == "unit.check" for route in visit.request.app.routes),
    )


@PAGES.get("/returns/{month}/template.xlsx", name="unit.return.template", rule=OWN)
def template(visit: Visit, month: str) -> Response:
    """The draft as a workbook to fill in; empty cells for what is not there."""
    unit, wanted = looked(visit, f"return {month} template"), read_month(visit, month)
    if wanted is None:
        return missing(visit)
    has_draft = drafts.newest_draft(visit.conn, unit.unit_id, wanted.start_on) is not None
    cells = load_draft(visit.conn, unit, wanted).cells if has_draft else {}
    content = _workbook(visit, cells, wanted.start_on, (*FORMS, FORM_3))
    return visit.download(content, f"{unit.name} {wanted} {visit.t('console.unit.files.template')}.xlsx", XLSX)


@PAGES.get("/returns/filings/{filing_id}", name="unit.filing", rule=OWN)
def filing(visit: Visit, filing_id: int) -> Response:
    """One version as it was filed, with its notes, queries, events."""
    unit = looked(visit, f"filing {filing_id}")
    found = _own_filing(visit, unit, filing_id)
    if found is None:
        return missing(visit)
    return visit.page(
        "unit/filing.html",
        unit=unit,
        filing=found,
        month=Month.of(found.month_on),
        cells=sorted(parse_cells(found.content).items()),
        notes=filings.notes(visit.conn, filing_id),
        queries=filings.queries(visit.conn, filing_id),
        events=filings.events(visit.conn, filing_id),
    )


@PAGES.get("/returns/filings/{filing_id}/copy.xlsx", name="unit.filing.copy", rule=OWN)
def copy(visit: Visit, filing_id: int) -> Response:
    """The unit's copy of what it filed, as the forms are laid out."""
    unit = looked(visit, f"filing {filing_id} copy")
    found = _own_filing(visit, unit, filing_id)
    if found is None:
        return missing(visit)
    content = _workbook(visit, parse_cells(found.content), found.month_on, FORMS)
    return visit.download(content, _name(visit, unit, found, "copy", "xlsx"), XLSX)


@PAGES.get("/returns/filings/{filing_id}/transcript.csv", name="unit.filing.transcript", rule=OWN)
def transcript(visit: Visit, filing_id: int) -> Response:
    """过录表: a line for each figure, to be keyed into the official platform."""
    unit = looked(visit, f"filing {filing_id} transcript")
    found = _own_filing(visit, unit, filing_id)
    if found is None:
        return missing(visit)
    content = csv_bytes(long_lines(parse_cells(found.content)))
    return visit.download(content, _name(visit, unit, found, "transcript", "csv"), CSV)


def _own_filing(visit: Visit, unit: OwnUnit, filing_id: int) -> StoredFiling | None:
    found = filings.load_filing(visit.conn, filing_id)
    return found if found is not None and found.unit_id == unit.unit_id else None


def _workbook(visit: Visit, cells: Mapping[Key, FiledCell], on: date, forms: Sequence[str]) -> bytes:
    return workbook_bytes(figure_pages(form_sheets(cells, load_varieties(on), visit.language, forms=forms)))


def _name(visit: Visit, unit: OwnUnit, found: StoredFiling, what: str, ending: str) -> str:
    words = visit.t(f"console.unit.files.{what}")
    return f"{unit.name} {found.month_on:%Y-%m} v{found.version} {words}.{ending}"
