"""Writes a step of a case's procedure: one row, with the decision and the files that come with it, in one transaction.

Before: `nenghao.review.procedure` has the acts by name. After: `nenghao.review.standing` says where the case stands;
the decision is the same that `nenghao case decide` writes: no second truth.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final, Literal, cast

from nenghao.config import Settings
from nenghao.crypto import digest
from nenghao.db import cases
from nenghao.db import procedure as db
from nenghao.db.connection import Connection
from nenghao.domain.attachments import Limits, Upload, clean_name, media_type_of, refuse_files
from nenghao.domain.canonical import canonical_bytes
from nenghao.domain.periods import day_of
from nenghao.domain.procedure import DECIDED, Actor, refuse
from nenghao.domain.procedure_content import refuse_content
from nenghao.reference.explanations import empty_phrases
from nenghao.reference.procedure import load_acts, referral_bodies
from nenghao.review.cases import OUTCOMES, DecisionKind, Outcome, Values, decide
from nenghao.review.procedure_clocks import due_of
from nenghao.review.procedure_refusals import ProcedureRefused
from nenghao.review.standing import CaseStanding, standing

HASH_ALGORITHM: Final = "sha256"

Channel = Literal["console", "command", "folder"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Who acts, when, and how much may be attached."""

    actor: Actor
    now: datetime
    limits: Limits
    channel: Channel = "console"
    #: When it was done, where it was taken down before it came here; and who brought it.
    acted_at: datetime | None = None
    recorded_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A step that was written, and the decision that it led to."""

    step_id: int
    decision_id: int | None
    hash: str


def limits_of(settings: Settings) -> Limits:
    """How much may be attached."""
    return Limits(
        file_bytes=settings.case_file_max_bytes,
        files_per_step=settings.case_files_per_step,
        case_bytes=settings.case_files_max_bytes,
        archive_ratio=settings.archive_ratio_max,
        archive_entries=settings.archive_entries_max,
    )


def take(
    conn: Connection,
    case_id: int,
    turn: Turn,
    act: str,
    told: str = "",
    *,
    content: Mapping[str, Any] | None = None,
    due_on: date | None = None,
    files: Sequence[Upload] = (),
) -> Taken:
    """Take a step. `told` are its words: of most acts the unit reads them.

    Raises: ProcedureRefused where it may not be taken now or by this person, or does not say enough; DataRefused where
    the decision that it leads to does not fit.
    """
    with conn.transaction():
        cases.lock_case(conn, case_id)
        before = standing(conn, case_id, turn.now, turn.actor)
        fields = _fields(act, dict(content or {}), before)
        _check(conn, before, turn, act, told, fields, files)
        due = due_of(act, before, turn.now, asked_for=due_on)
        decision_id = _decide(conn, before, turn, act, told.strip(), fields)
        step = db.NewStep(
            case_id=case_id,
            unit_id=before.unit_id,
            act=act,
            side=turn.actor.side,
            acted_by=turn.actor.name.strip(),
            account_id=turn.actor.account_id,
            acted_at=turn.acted_at or turn.now,
            told=told.strip(),
            content=fields,
            due_on=due,
            decision_id=decision_id,
            channel=turn.channel,
            recorded_by=turn.recorded_by or turn.actor.name.strip(),
            recorded_at=turn.now,
            hash_algorithm=HASH_ALGORITHM,
            hash=step_hash(
                case_id,
                act,
                turn.actor,
                turn.acted_at or turn.now,
                told.strip(),
                fields,
                [one.content for one in files],
            ),
        )
        step_id = db.insert_step(conn, step)
        for file in files:
            db.insert_attachment(conn, step_id, step, _attachment(file))
    return Taken(step_id=step_id, decision_id=decision_id, hash=step.hash.hex())


def step_hash(
    case_id: int,
    act: str,
    actor: Actor,
    acted_at: datetime,
    told: str,
    content: Mapping[str, Any],
    files: Sequence[bytes],
) -> bytes:
    """The hash by which a step is known again, wherever it was written down."""
    said = {
        "case_id": case_id,
        "act": act,
        "side": actor.side,
        "acted_by": actor.name.strip(),
        "acted_at": acted_at.astimezone(UTC).isoformat(),
        "told": told,
        "content": dict(content),
        "attachments": sorted(digest(HASH_ALGORITHM, one).hex() for one in files),
    }
    return digest(HASH_ALGORITHM, canonical_bytes(said))


def _fields(act: str, content: dict[str, Any], before: CaseStanding) -> dict[str, Any]:
    """The fields of a step; a review names what it reviews, so that it can be read without what was verified."""
    if act == "review":
        content |= {name: before.now.proposal.get(name) for name in ("proposal", "outcome", "values")}
    if act in ("notify", "issue_inquiry"):
        content["form"] = "informal" if act == "notify" else "statutory"
    return {name: value for name, value in content.items() if value is not None}


def _check(
    conn: Connection,
    before: CaseStanding,
    turn: Turn,
    act: str,
    told: str,
    content: Mapping[str, Any],
    files: Sequence[Upload],
) -> None:
    acts = load_acts()
    if act not in acts:
        raise ProcedureRefused("no_act", act=act)
    if not turn.actor.name.strip():
        raise ProcedureRefused("no_name")
    refusal: str | None = refuse(acts, before.now, act, turn.actor, day_of(turn.now))
    refusal = refusal or refuse_content(
        act,
        content,
        before.now,
        outcomes=dict(OUTCOMES.items()),
        bodies=referral_bodies(),
        empty_phrases=empty_phrases(),
    )
    if refusal is None and not told.strip() and act != "acknowledge":
        refusal = "no_words"
    if refusal is None and files:
        refusal = refuse_files(files, turn.limits, db.attached_bytes(conn, before.case_id)[1])
    if refusal is None and act == "recheck" and content["verdict"] == "passed":
        is_quiet = before.quiet_days is None or before.quiet_days >= before.quiet_days_wanted
        refusal = None if is_quiet else "not_quiet"
    if refusal is not None:
        raise ProcedureRefused(
            refusal,
            case=before.case_id,
            by=turn.actor.name,
            handler=before.now.handler.name if before.now.handler else "-",
            days=before.quiet_days,
            wanted=before.quiet_days_wanted,
        )


def _decide(
    conn: Connection, before: CaseStanding, turn: Turn, act: str, told: str, content: Mapping[str, Any]
) -> int | None:
    """Write the decision that a step leads to; None where it leads to none."""
    kind: DecisionKind
    outcome: str | None = None
    values: str | None = None
    if act == "explain" and turn.actor.side == "unit":
        return db.receive_explanation(
            conn, before.case_id, explanation=told, explained_by=turn.actor.name.strip(), explained_at=turn.now
        )
    if act in ("notify", "issue_inquiry"):
        kind = "inquire"
    elif act == "explain":
        kind = "explain"
    elif act == "review" and content["verdict"] == "agree":
        kind = cast("DecisionKind", content["proposal"])
        outcome, values = content.get("outcome"), content.get("values")
    elif act == "reopen" or (
        act == "answer_objection" and content["verdict"] == "upheld" and before.now.stage in DECIDED
    ):
        kind = "reopen"
    else:
        return None
    by = turn.actor.name.strip()
    decided = decide(
        conn, before.case_id, kind, cast("Outcome | None", outcome), told, by, turn.now, cast("Values | None", values)
    )
    return decided.decision_id


def _attachment(file: Upload) -> db.NewAttachment:
    return db.NewAttachment(
        name=clean_name(file.name),
        media_type=media_type_of(file.content) or "application/octet-stream",
        content=file.content,
        hash_algorithm=HASH_ALGORITHM,
        hash=digest(HASH_ALGORITHM, file.content),
    )
