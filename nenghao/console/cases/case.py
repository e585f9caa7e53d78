"""The page of a case: where, when and how much, its curves, what was considered, what was decided; and its parts."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any, Final

from starlette.responses import Response

from nenghao.console.cases.charts import chart_json
from nenghao.console.cases.curves import View, face, neighbours, suspected
from nenghao.console.cases.who import READERS, of_case
from nenghao.console.cases.words import (
    case_state,
    essay_blocks,
    finding_words,
    history_words,
    moment,
    rule_title,
    state_badge,
)
from nenghao.console.pages import Pages
from nenghao.console.procedure.panel import panel
from nenghao.console.visits import Visit
from nenghao.db import cases
from nenghao.domain.periods import Month, day_of
from nenghao.errors import DataRefused
from nenghao.registers.workdays import CalendarUnknown, is_workday
from nenghao.reporting.evidence import compose
from nenghao.reporting.evidence_store import read_case
from nenghao.review.cases import OUTCOMES
from nenghao.review.looking import (
    MESSAGES_A_PAGE,
    Sight,
    Subject,
    head_of,
    look_at,
    look_at_rules,
    message_behind,
    messages_behind,
    subjects_of,
    values_at_issue,
)

PAGES = Pages("/cases")
VIEWS: Final[tuple[View, ...]] = ("day", "week", "whole")


@PAGES.get("/{case_id}", name="cases.show", rule=READERS)
@of_case
def show(visit: Visit, case_id: int, view: str = "whole", subject: int = 0) -> Response:
    """A case."""
    sight = look_at(visit.conn, case_id)
    visit.note_view(sight.head["unit_id"], f"case {case_id}")
    return visit.page("cases/case.html", **shown(visit, sight, view=view, subject=subject))


def shown(visit: Visit, sight: Sight, *, view: str = "whole", subject: int = 0, **more: Any) -> dict[str, Any]:
    """What the page of a case is made of; `more` is what was typed into its forms and why it was refused."""
    language = visit.language
    chosen = sight.subjects[subject : subject + 1] or sight.subjects[:1]
    standing = [row for row in sight.findings if not row["is_quiet"]]
    return {
        "sight": sight,
        "head": sight.head,
        "case_id": sight.head["case_id"],
        "tab": "case",
        "view": view if view in VIEWS else "whole",
        "views": VIEWS,
        "chosen": sight.subjects.index(chosen[0]) if chosen else None,
        "subject": chosen[0] if chosen else None,
        "month": Month.of(day_of(sight.span[0])),
        **({} if sight.head["into_case_id"] is not None else panel(visit, sight.head["case_id"])),
        "values": values_at_issue(visit.conn, standing) if sight.has_values else [],
        "outcomes": OUTCOMES,
        "words_of": lambda finding: finding_words(finding, language),
        "title_of": lambda code: rule_title(code, language),
        "history_of": lambda event: history_words(event, language),
        "state_of": lambda row: case_state(row, language),
        "badge_of": state_badge,
        "moment": moment,
        "balance_url": _balance_of(visit, sight),
        "typed": {},
        "wrong": "",
        "mute_wrong": "",
        **more,
    }


def _balance_of(visit: Visit, sight: Sight) -> str | None:
    """Where the monitored balance of the case's unit and month is shown and taken apart, for who may open it."""
    if sight.head["unit_code"] is None or not visit.has_route("bureau.return"):
        return None
    month = Month.of(day_of(sight.span[0]))
    return visit.url("bureau.return", unit_code=sight.head["unit_code"], month=month)


@PAGES.get("/{case_id}/chart.json", name="cases.chart", rule=READERS)
@of_case
def chart(visit: Visit, case_id: int, show: str = "suspected", subject: int = 0, view: str = "whole") -> Response:
    """The curves of a point of the case on one axis: suspected, its neighbours, or its register's face."""
    about = _subject_of(visit, case_id, subject)
    visit.note_view(head_of(visit.conn, case_id)["unit_id"], f"case {case_id} curve {about.point['point_code']}")
    chosen = next((one for one in VIEWS if one == view), VIEWS[-1])
    if show == "neighbours":
        return visit.json(chart_json(neighbours(visit.conn, about, chosen), visit))
    if show == "face":
        return visit.json(chart_json(face(visit.conn, about, chosen), visit))
    return visit.json(chart_json(suspected(visit.conn, case_id, about, chosen, is_workday_or_weekday), visit))


def _subject_of(visit: Visit, case_id: int, number: int) -> Subject:
    head_of(visit.conn, case_id)
    findings = cases.case_findings(visit.conn, case_id)
    subjects = subjects_of(visit.conn, [row for row in findings if not row["is_quiet"]] or findings)
    if not 0 <= number < len(subjects):
        raise DataRefused(f"case {case_id} has no point {number}")
    return subjects[number]


def number(text: str | None) -> Decimal | None:
    """A figure of the document, which holds decimals as text."""
    return None if text is None else Decimal(text)


def is_workday_or_weekday(day_on: date) -> bool:
    """Whether people work on a day; of a year whose calendar nobody knows yet, whether it is Monday to Friday."""
    try:
        return is_workday(day_on)
    except CalendarUnknown:
        return day_on.weekday() < 5


@PAGES.get("/{case_id}/checklist", name="cases.checklist", rule=READERS)
@of_case
def checklist(visit: Visit, case_id: int) -> Response:
    """What would make it innocent, whether it was checked, and what was due, as the document says."""
    return _told(visit, case_id, "checklist")


@PAGES.get("/{case_id}/meters", name="cases.meters", rule=READERS)
@of_case
def meters(visit: Visit, case_id: int) -> Response:
    """The ledger of the case's meters: verification, multipliers, declared changes, gateways."""
    return _told(visit, case_id, "meters")


def _told(visit: Visit, case_id: int, tab: str) -> Response:
    head = head_of(visit.conn, case_id)
    visit.note_view(head["unit_id"], f"case {case_id} {tab}")
    document, why = None, ""
    try:
        case = read_case(visit.conn, case_id, is_workday_or_weekday)
        document = compose(case, {}, made_by=visit.person.name, made_at=visit.now, is_workday=is_workday_or_weekday)
    except DataRefused:
        why = visit.t("console.cases.checklist.of_many" if head["is_common_cause"] else "console.cases.checklist.none")
    values: dict[str, Any] = {"head": head, "case_id": case_id, "tab": tab, "document": document, "why": why}
    values["title_of"] = partial(rule_title, language=visit.language)
    values["number"] = number
    values["moment"] = moment
    if visit.is_partial:
        return visit.partial(f"cases/part_{tab}.html", **values)
    return visit.page("cases/part_page.html", part=f"cases/part_{tab}.html", **values)


@PAGES.get("/{case_id}/rules", name="cases.rules", rule=READERS)
@of_case
def rules(visit: Visit, case_id: int) -> Response:
    """The rules that speak: essay, thresholds with validity, mode, precision so far."""
    found = look_at_rules(visit.conn, case_id)
    head = head_of(visit.conn, case_id)
    visit.note_view(head["unit_id"], f"case {case_id} rules")
    return visit.page(
        "cases/rules.html",
        head=head,
        case_id=case_id,
        tab="rules",
        rules=found,
        blocks_of=lambda essay: essay_blocks(essay, visit.language),
        title_of=lambda code: rule_title(code, visit.language),
    )


@PAGES.get("/{case_id}/messages", name="cases.messages", rule=READERS)
@of_case
def messages(visit: Visit, case_id: int, page: int = 1) -> Response:
    """The raw messages behind the span, with identity, hash, time and assurance."""
    page = max(1, page)
    found = messages_behind(visit.conn, case_id, page)
    head = head_of(visit.conn, case_id)
    visit.note_view(head["unit_id"], f"case {case_id} messages")
    pages = max(1, -(-found.count // MESSAGES_A_PAGE))
    return visit.page(
        "cases/messages.html",
        head=head,
        case_id=case_id,
        tab="messages",
        found=found,
        page=page,
        pages=pages,
        page_urls=_pages(visit, case_id, page, pages),
    )


def _pages(visit: Visit, case_id: int, page: int, pages: int) -> Sequence[str]:
    return [
        visit.url("cases.messages", case_id=case_id, page=number)
        for number in (1, max(1, page - 1), min(pages, page + 1), pages)
    ]


@PAGES.get("/{case_id}/messages/{message_id}", name="cases.message", rule=READERS)
@of_case
def message(visit: Visit, case_id: int, message_id: int) -> Response:
    """One message: its bytes as text and as hex."""
    row = message_behind(visit.conn, case_id, message_id)
    visit.note_view(row["unit_id"], f"message {message_id}")
    payload = None if row["payload"] is None else bytes(row["payload"])
    return visit.page(
        "cases/message.html",
        head=head_of(visit.conn, case_id),
        case_id=case_id,
        tab="messages",
        message=row,
        size=None if payload is None else len(payload),
        text=None if payload is None else readable(payload),
        lines=[] if payload is None else hex_lines(payload),
    )


@PAGES.get("/{case_id}/messages/{message_id}/bytes", name="cases.message_bytes", rule=READERS)
@of_case
def message_bytes(visit: Visit, case_id: int, message_id: int) -> Response:
    """The bytes of a message as they were received."""
    row = message_behind(visit.conn, case_id, message_id)
    if row["payload"] is None:
        raise DataRefused(f"message {message_id}: its bytes were dropped after their retention")
    visit.note_act("cases.message_bytes", row["unit_id"], f"message {message_id}")
    return visit.download(bytes(row["payload"]), f"message-{message_id}.bin", "application/octet-stream")


#: Bytes of a message that its page shows; the download has all.
SHOWN_BYTES: Final = 8192


def readable(payload: bytes) -> str | None:
    """The bytes as text, steering signs shown as pictures of themselves; None where they are no UTF-8."""
    try:
        text = payload[:SHOWN_BYTES].decode("utf-8", "strict" if len(payload) <= SHOWN_BYTES else "ignore")
    except UnicodeDecodeError:
        return None
    return "".join(sign if sign in "\n\t" or sign.isprintable() else f"[U+{ord(sign):04X}]" for sign in text)


def hex_lines(payload: bytes) -> list[tuple[str, str, str]]:
    """(place, bytes in hex, what of it is ASCII) of each sixteen bytes."""
    lines = []
    for at in range(0, min(len(payload), SHOWN_BYTES), 16):
        chunk = payload[at : at + 16]
        plain = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in chunk)
        lines.append((f"{at:06x}", chunk.hex(" "), plain))
    return lines
