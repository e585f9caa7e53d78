"""The acts of a case's procedure by name: 通知, 签收, 延期, 解释, 核实, 审核, 整改, 复核, 结案, 申辩, 移送, 回避.

Before: somebody acts in the console, by command or on paper. After: `nenghao.review.steps` writes the step. Each raises
ProcedureRefused where it may not be taken now or by this person, or does not say enough.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Literal

from nenghao.db.connection import Connection
from nenghao.domain.attachments import Upload
from nenghao.domain.explanations import Explanation
from nenghao.review.cases import Outcome, Values
from nenghao.review.steps import Taken, Turn, take

Files = Sequence[Upload]


@dataclass(frozen=True, slots=True, kw_only=True)
class Officer:
    """An officer who verified something: name and number of the licence (执法证号)."""

    name: str
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What was verified (核实), and what follows from it in the eyes of who has the case in hand."""

    place: Literal["desk", "site"]
    officers: Sequence[Officer]
    proposal: Literal["confirm", "dismiss"]
    outcome: Outcome
    #: What it rests on, and which document that is: the original record, or a reading on site.
    basis: Literal["original_record", "site_reading"] | None = None
    document: str | None = None
    #: The unit's word: attached, refused, or not asked for.
    statement: Literal["attached", "refused", "none"] = "none"
    #: Which value counts, where two were sent.
    values: Values | None = None
    #: The site form (现场核查记录), by its fields.
    site: dict[str, str] | None = None


def assign(
    conn: Connection, case_id: int, turn: Turn, handler: str, told: str, *, account_id: int | None = None
) -> Taken:
    """Name who has the case in hand (经办人)."""
    return take(
        conn, case_id, turn, "assign", told, content={"handler": handler.strip(), "handler_account_id": account_id}
    )


def notify(conn: Connection, case_id: int, turn: Turn, told: str, *, due_on: date | None = None) -> Taken:
    """Ask the unit, informally (数据查询); only about a doubt."""
    return take(conn, case_id, turn, "notify", told, due_on=due_on)


def draft_inquiry(conn: Connection, case_id: int, turn: Turn, told: str) -> Taken:
    """Draft a statutory inquiry (统计检查查询书), which another officer checks and a third one issues."""
    return take(conn, case_id, turn, "draft_inquiry", told)


def check_inquiry(conn: Connection, case_id: int, turn: Turn, told: str, *, agrees: bool) -> Taken:
    """Check the draft of a statutory inquiry (审核)."""
    return take(conn, case_id, turn, "check_inquiry", told, content={"verdict": "agree" if agrees else "send_back"})


def issue_inquiry(
    conn: Connection, case_id: int, turn: Turn, told: str, document_no: str, *, due_on: date | None = None
) -> Taken:
    """Issue a statutory inquiry (签发): the unit is asked from now on."""
    return take(conn, case_id, turn, "issue_inquiry", told, content={"document_no": document_no}, due_on=due_on)


def acknowledge(conn: Connection, case_id: int, turn: Turn, *, how: str | None = None) -> Taken:
    """Note that the notice was received (签收): the unit opened it, or an officer says `how` it was handed over."""
    return take(conn, case_id, turn, "acknowledge", how or "", content={"how": how})


def request_extension(conn: Connection, case_id: int, turn: Turn, told: str) -> Taken:
    """Ask for more time, while there is some left."""
    return take(conn, case_id, turn, "request_extension", told)


def extend(conn: Connection, case_id: int, turn: Turn, told: str, *, due_on: date | None = None) -> Taken:
    """Give more time, once."""
    return take(conn, case_id, turn, "extend", told, due_on=due_on)


def decline_extension(conn: Connection, case_id: int, turn: Turn, told: str) -> Taken:
    """Refuse more time."""
    return take(conn, case_id, turn, "decline_extension", told)


def explain(
    conn: Connection, case_id: int, turn: Turn, said: Explanation, told: str = "", *, files: Files = ()
) -> Taken:
    """Explain (解释): why, how much, by which document."""
    return take(conn, case_id, turn, "explain", told.strip() or said.cause, content=asdict(said), files=files)


def verify(
    conn: Connection, case_id: int, turn: Turn, told: str, verified: Verification, *, files: Files = ()
) -> Taken:
    """Verify (核实), and propose what follows."""
    return take(
        conn,
        case_id,
        turn,
        "verify",
        told,
        content={**asdict(verified), "officers": [asdict(one) for one in verified.officers]},
        files=files,
    )


def review(conn: Connection, case_id: int, turn: Turn, told: str, *, agrees: bool) -> Taken:
    """Review what another officer verified (审核): agreeing decides the case as proposed, in words the unit reads."""
    return take(conn, case_id, turn, "review", told, content={"verdict": "agree" if agrees else "send_back"})


def rectify(conn: Connection, case_id: int, turn: Turn, told: str, *, due_on: date | None = None) -> Taken:
    """Order that something is put right (责令整改)."""
    return take(conn, case_id, turn, "rectify", told, due_on=due_on)


def report_rectified(
    conn: Connection, case_id: int, turn: Turn, told: str, document: str, *, files: Files = ()
) -> Taken:
    """Say that it was put right, and by which document (整改报告)."""
    return take(conn, case_id, turn, "report_rectified", told, content={"document": document}, files=files)


def recheck(
    conn: Connection, case_id: int, turn: Turn, told: str, *, passed: bool, document: str = "", files: Files = ()
) -> Taken:
    """Check again (复核): it passes by a document, once the rule has been quiet for long enough."""
    verdict = {"verdict": "passed" if passed else "failed", "document": document or None}
    return take(conn, case_id, turn, "recheck", told, content=verdict, files=files)


def close(conn: Connection, case_id: int, turn: Turn, told: str) -> Taken:
    """Close the case (结案)."""
    return take(conn, case_id, turn, "close", told)


def object_to(conn: Connection, case_id: int, turn: Turn, told: str, ground: str, *, files: Files = ()) -> Taken:
    """Object (申辩、异议): to the facts, the procedure, an officer, or the outcome."""
    return take(conn, case_id, turn, "object", told, content={"ground": ground}, files=files)


def answer_objection(conn: Connection, case_id: int, turn: Turn, told: str, *, upheld: bool) -> Taken:
    """Answer an objection; one that is upheld has the case judged again."""
    verdict = {"verdict": "upheld" if upheld else "rejected"}
    return take(conn, case_id, turn, "answer_objection", told, content=verdict)


def refer(conn: Connection, case_id: int, turn: Turn, told: str, body: str, document_no: str) -> Taken:
    """Refer the case to the competent body (移送)."""
    return take(conn, case_id, turn, "refer", told, content={"body": body, "document_no": document_no})


def reopen(conn: Connection, case_id: int, turn: Turn, told: str) -> Taken:
    """Open a decided case again (重开)."""
    return take(conn, case_id, turn, "reopen", told)


def recuse(
    conn: Connection, case_id: int, turn: Turn, officer: str, told: str, *, account_id: int | None = None
) -> Taken:
    """Have an officer step aside (回避), oneself or another; what they had in hand needs somebody else."""
    return take(
        conn, case_id, turn, "recuse", told, content={"officer": officer.strip(), "officer_account_id": account_id}
    )


def comment(conn: Connection, case_id: int, turn: Turn, told: str, *, files: Files = ()) -> Taken:
    """Write a note that stays inside."""
    return take(conn, case_id, turn, "comment", told, files=files)
