"""Judges returns by the relations of their forms: many returns in one validation of Great Expectations.

Before it: `nenghao build-months` made monitored balances, units filed. After it: `recording` writes what does not hold,
and `return_check` says of each return what was found; sealing waits for it.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Literal

from expectations import catalogue, suites
from expectations.checkpoint import Outcome, validate
from expectations.runner import AuditSummary, add_summaries, record, sync_rules
from expectations.scopes import ONE_DAY, Scope
from expectations.suites import Check
from nenghao.config import Role, Settings
from nenghao.db import audit
from nenghao.db import returns as db
from nenghao.db.connection import Connection, connect
from nenghao.db.returns import FiledNote, Judged, JudgedReturn, ReturnCheck
from nenghao.domain.periods import Month, day_start
from nenghao.domain.relation_query import relation_sql
from nenghao.domain.relations import Relation
from nenghao.errors import ConfigError, DataRefused
from nenghao.filing.comparison import beside_cells
from nenghao.reference.coefficients import load_coefficients
from nenghao.reference.relations import relation_edition
from nenghao.review.listing import list_anew

if TYPE_CHECKING:
    from great_expectations.data_context.data_context.ephemeral_data_context import EphemeralDataContext

#: A province's month is one validation.
CHUNK_RETURNS: Final = 1500
ReturnKind = Literal["monitored_balance", "filing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What every relation said of a chunk of returns, and which did not run."""

    outcomes: list[Outcome]
    edition: str

    @property
    def not_run(self) -> int:
        """How many relations could not be judged by an error."""
        return sum(outcome.failure is not None for outcome in self.outcomes)

    def broken(self, obligation: str) -> Counter[int]:
        """By return: how often a relation of this obligation does not hold."""
        return Counter(
            row["return_id"]
            for outcome in self.outcomes
            if outcome.check.constants.get("obligation") == obligation
            for row in outcome.rows
        )


def audit_return(
    settings: Settings, now: datetime, *, balance_id: int | None = None, filing_id: int | None = None
) -> AuditSummary:
    """Run the relations over one balance, one filing, or every return that they were not run over.

    Raises: RetryableError where the database is away or another audit runs; ConfigError where there is no such return.
    """
    versions = sync_rules(settings)
    edition = relation_edition()
    total = AuditSummary()
    with connect(settings, Role.RULES) as conn:
        audit.lock_audit(conn)
        if balance_id is None and filing_id is None:
            waiting = {"monitored_balance": db.unchecked_balances(conn, edition), "filing": db.unchecked_filings(conn)}
        else:
            waiting = {
                "monitored_balance": [] if balance_id is None else [balance_id],
                "filing": [] if filing_id is None else [filing_id],
            }
        chunks = [(kind, chunk) for kind, ids in waiting.items() for chunk in _chunks(ids)]
        if not chunks:
            return total
        with suites.open_context(settings) as context:
            for kind, ids in chunks:
                total = add_summaries(total, _audit_chunk(settings, conn, context, kind, ids, versions, now))  # type: ignore[arg-type]
            suites.build_docs(context, settings)
    return total


def judge(
    settings: Settings,
    conn: Connection,
    context: "EphemeralDataContext",
    judged: Judged,
    returns: Sequence[JudgedReturn],
    versions: dict[str, int],
) -> Judgement:
    """One validation of all returns: each relation an expectation that no cell offends.

    The connection says whose eyes the batch is written for; the context's own says whose rows Great Expectations reads.
    """
    rule = next(rule for rule in catalogue.load_rules() if rule.batch == "balance_cell")
    kind: ReturnKind = "monitored_balance" if judged == "monitored_balance" else "filing"
    edition = relation_edition()
    checks: list[Check] = []
    outcomes: list[Outcome] = []
    for form, code, obligation, definition in db.relations(conn, edition):
        constants = {"form_code": form, "relation_code": code, "obligation": obligation, "return_kind": kind}
        check = Check(rule=rule, query="", constants=constants)
        try:
            relation = Relation.parse(code, form, definition)
            if kind in relation.returns:
                checks.append(replace(check, query=relation_sql(relation)))
        except DataRefused as error:
            outcomes.append(Outcome(check=check, failure=str(error)))
    if not outcomes and not checks:
        check = Check(rule=rule, query="", constants={"return_kind": kind})
        outcomes.append(Outcome(check=check, failure=f"edition {edition} has no relations"))
    if checks:
        ids = [each.return_id for each in returns]
        codes = [row.code for row in load_coefficients().in_use.values()]
        beside = () if kind == "monitored_balance" else beside_cells(conn, judged, returns)
        query = db.batch_query(conn, judged, ids, codes, beside)
        name = f"{judged} {ids[0]} and on, {len(ids)} of {returns[0].month_on:%Y-%m}"
        outcomes += validate(context, suites.build_validation(context, settings, name, query, checks, versions))
    return Judgement(outcomes=outcomes, edition=edition)


def _audit_chunk(
    settings: Settings,
    conn: Connection,
    context: "EphemeralDataContext",
    kind: ReturnKind,
    return_ids: Sequence[int],
    versions: dict[str, int],
    now: datetime,
) -> AuditSummary:
    returns = db.judged_returns(conn, kind, return_ids)
    if missing := set(return_ids) - {each.return_id for each in returns}:
        raise ConfigError(f"there is no {kind} {min(missing)}")
    judgement = judge(settings, conn, context, kind, returns, versions)
    notes = db.notes_of(conn, return_ids) if kind == "filing" else []
    outcomes = [replace(each, rows=_with_notes(each, notes)) for each in judgement.outcomes]
    scope = Scope(
        first_on=min(each.month_on for each in returns),
        last_on=max(Month.of(each.month_on).end_on for each in returns) - ONE_DAY,
        unit_ids=tuple(sorted({each.unit_id for each in returns})),
    )
    mandatory, explanatory = judgement.broken("mandatory"), judgement.broken("explanatory")
    about = {"kind": kind, "returns": len(returns), "mandatory_broken": mandatory.total()}
    run_id, summary = record(conn, outcomes, versions, scope, about, now, is_return=True)
    list_anew(conn, now, audit_run_ids=[run_id])
    checks = [
        ReturnCheck(
            kind=kind,
            judged=each,
            edition=judgement.edition,
            mandatory_broken=mandatory[each.return_id],
            explanatory_broken=explanatory[each.return_id],
            not_run=judgement.not_run,
        )
        for each in returns
    ]
    db.insert_return_checks(conn, checks, run_id, now)
    return summary


def _with_notes(outcome: Outcome, notes: Sequence[FiledNote]) -> list[dict[str, Any]]:
    """Rows with their spans, and with what the unit explained of the very values that stand there.

    An explained relation stays a finding: the explanation is considered with it, by whoever reads the case.
    """
    about = outcome.check.constants
    said = {
        (note.filing_id, note.row_code, note.column_code, note.left_value, note.right_value): note
        for note in notes
        if (note.relation_code, note.form_code) == (about.get("relation_code"), about.get("form_code"))
    }
    rows = []
    for row in outcome.rows:
        note = said.get((row["return_id"], row["row_code"], row["column_code"], row["left_value"], row["right_value"]))
        explained = note and {
            "cause": note.cause, "quantity": note.quantity, "document": note.document, "noted_by": note.noted_by,
        }  # fmt: skip
        rows.append(_with_span(row) | ({"explained": explained} if explained else {}))
    return rows


def _with_span(row: dict[str, Any]) -> dict[str, Any]:
    """A relation speaks of the whole month."""
    month = Month.of(row["month_on"])
    return {**row, "span_from": day_start(month.start_on), "span_to": day_start(month.end_on)}


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for first in range(0, len(ids), CHUNK_RETURNS):
        yield ids[first : first + CHUNK_RETURNS]
