"""`nenghao case`: what the rules found, and what people decide on it."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, get_args

import typer

from nenghao.cli import case_folder, case_rules, case_sample, case_step
from nenghao.cli.case_words import precision_line
from nenghao.cli.evidence import evidence, verify_evidence
from nenghao.config import Role, load_settings
from nenghao.db.connection import connect
from nenghao.domain.periods import SHANGHAI
from nenghao.domain.rounding import round_figure
from nenghao.errors import DataRefused
from nenghao.labels import Language, label
from nenghao.review.cases import CaseView, DecisionKind, Outcome, Values, decide, open_case
from nenghao.review.ranking import WAITING, RankedCase, rank_cases

app = typer.Typer(no_args_is_help=True, help="Cases and the decisions of people on them.")
app.command("suppress")(case_rules.suppress)
app.command("unsuppress")(case_rules.unsuppress)
app.command("suppressed")(case_rules.suppressed)
app.command("rank")(case_rules.rank)
app.command("precision")(case_rules.precision)
app.command("budget")(case_rules.budget)
app.add_typer(case_sample.app, name="sample")
app.command("step")(case_step.step)
app.command("procedure")(case_step.procedure)
app.command("take")(case_folder.take)
app.command("fill")(case_folder.fill)
app.command("merge")(case_folder.merge)
app.command("evidence")(evidence)
app.command("verify-evidence")(verify_evidence)

STATES = (*WAITING, "quiet", "merged", "decided")
LEVELS = ("doubt", "lead")


@app.callback()
def _group() -> None:
    """Cases and the decisions of people on them."""


@app.command("list")
def list_(
    level: Annotated[str | None, typer.Option(help=" | ".join(LEVELS))] = None,
    unit: Annotated[str | None, typer.Option(help="Credit code of a unit.")] = None,
    state: Annotated[
        str | None, typer.Option(help=" | ".join((*STATES, "all")) + "; without it those that wait for a person.")
    ] = None,
    limit: Annotated[int, typer.Option(min=0, help="How many leads at the most; doubts are never cut off.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON array.")] = False,
) -> None:
    """Cases by what they may move in the published total, doubts first."""
    for name, value, known in (("level", level, LEVELS), ("state", state, (*STATES, "all"))):
        if value is not None and value not in known:
            raise DataRefused(f"{name} {value!r} is none of {', '.join(known)}")
    states = WAITING if state is None else None if state == "all" else (state,)
    settings = load_settings()
    with connect(settings, Role.CONSOLE) as conn:
        listed = rank_cases(conn, unit_code=unit, level=level, states=states, lead_limit=limit)
    if as_json:
        rows = [{**one.row, "effect_tce": one.effect_tce, "rank_score": one.score} for one in listed.shown]
        typer.echo(_json(rows))
        return
    for one in listed.shown:
        typer.echo(_line(one, settings.language))
    counts = {"doubts": listed.doubt_count, "leads": listed.lead_count, "shown": len(listed.shown)}
    typer.echo(label("case.counts", settings.language, **counts))


@app.command()
def show(case_id: int, as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False) -> None:
    """One case: what was found, what was considered, what would make it innocent, what was decided."""
    settings = load_settings()
    with connect(settings, Role.CONSOLE) as conn:
        case = open_case(conn, case_id)
    if as_json:
        typer.echo(_json(asdict(case)))
        return
    for line in _lines(case, settings.language):
        typer.echo(line)


@app.command("decide")
def decide_(
    case_id: int,
    kind: Annotated[str, typer.Option(help=" | ".join(get_args(DecisionKind)))],
    reason: Annotated[str, typer.Option(help="Why, in words that can be read to the unit.")],
    by: Annotated[str, typer.Option(help="Who decides.")],
    outcome: Annotated[
        str | None, typer.Option(help="With confirm and dismiss: " + " | ".join(get_args(Outcome)))
    ] = None,
    values: Annotated[
        str | None, typer.Option(help="Which value counts, where two were sent: " + " | ".join(get_args(Values)))
    ] = None,
) -> None:
    """Write a decision; confirming takes the spans that were found out of the figures, or says which value counts."""
    if kind not in get_args(DecisionKind):
        raise DataRefused(f"kind {kind!r} is none of {', '.join(get_args(DecisionKind))}")
    if outcome is not None and outcome not in get_args(Outcome):
        raise DataRefused(f"outcome {outcome!r} is none of {', '.join(get_args(Outcome))}")
    if values is not None and values not in get_args(Values):
        raise DataRefused(f"values {values!r} is none of {', '.join(get_args(Values))}")
    settings = load_settings()
    with connect(settings, Role.CONSOLE) as conn:
        decided = decide(conn, case_id, kind, outcome, reason, by, datetime.now(UTC), values)  # type: ignore[arg-type]
    typer.echo(label("case.decided", settings.language, **asdict(decided)))


def _line(one: RankedCase, language: Language) -> str:
    row = one.row
    unit = label("case.units", language, count=row["unit_count"]) if row["is_common_cause"] else row["unit_code"] or "-"
    return label(
        "case.line",
        language,
        case_id=row["case_id"],
        unit_code=unit,
        points=", ".join(row["point_codes"] or ["-"]),
        level=label(f"case.level.{row['level']}", language),
        kind=label(f"case.kind.{row['kinds'][0]}", language) if row["kinds"] else "-",
        titles=", ".join(label(f"rule.{code}.title", language) for code in row["rule_codes"]),
        span=_span(row),
        effect="-" if one.effect_tce is None else _tce(one.effect_tce),
        times=row["finding_count"],
        state=_state(row, language),
    )


def _tce(value: Decimal) -> str:
    return f"{round_figure(value, 2)} tce"


def _lines(case: CaseView, language: Language) -> list[str]:
    head = case.head
    level = label(f"case.level.{head['level']}", language)
    lines = [label("case.head", language, case_id=head["case_id"], unit_code=head["unit_code"] or "-", level=level)]
    if head["into_case_id"] is not None:
        lines.append(label("case.merged_into", language, case_id=head["into_case_id"]))
    for finding in case.findings:
        title = label(f"rule.{finding['rule_code']}.title", language)
        message = label(f"rule.{finding['rule_code']}.message", language, **finding["evidence"])
        quiet = label("case.quiet_mark", language) if finding["is_quiet"] else ""
        lines.append(f"  {_span(finding)}  {title}: {message}{quiet}")
    for earlier in (piece["content"] for piece in case.evidence if piece["kind"] == "earlier_case"):
        decided = label(f"case.decision.{earlier['decision']}", language)
        lines.append(label("case.earlier", language, case_id=earlier["case_id"], decision=decided))
    lines += _considered(case, language)
    lines.append(label("case.innocence", language))
    keys = {key for piece in case.evidence if piece["kind"] == "innocence" for key in piece["content"]}
    lines += [f"  - {label(key, language)}" for key in sorted(keys)]
    lines += [precision_line(row, language) for row in case.precision]
    for event in case.history:
        at, about = event["at"].astimezone(SHANGHAI), event["about"]
        if event["what"].startswith("event."):
            about = label(f"rule.{about}.title", language)
        told = label(f"case.history.{event['what']}", language, about=about or "", number=event["number"] or "")
        lines.append(f"{at:%Y-%m-%d %H:%M} {told}")
    for decision in case.decisions:
        state = _state({"decision": decision["kind"], "outcome": decision["outcome"], "state": "-"}, language)
        at = decision["decided_at"].astimezone(SHANGHAI)
        lines.append(f"{at:%Y-%m-%d %H:%M} {decision['decided_by']}: {state}: {decision['reason']}")
    return lines


def _considered(case: CaseView, language: Language) -> list[str]:
    """The events that were held against the findings, each once, with what they say."""
    events = [event for piece in case.evidence if piece["kind"] == "context" for event in piece["content"]["events"]]
    found = {(event["source"], event["source_id"]): event for event in events}
    if not found:
        return []
    lines = [label("case.considered", language)]
    for event in found.values():
        verdict = label(f"case.verdict.{event['verdict']}", language)
        timeliness = label(f"case.timeliness.{event['timeliness']}", language)
        span = f"{event['begin_at']} .. {event['end_at'] or ''}"
        lines.append(f"  - {span}  {event['title']} {event['document_no'] or ''}  {timeliness}; {verdict}")
    return lines


def _state(row: dict[str, Any], language: Language) -> str:
    if row["state"] in ("merged", "quiet"):
        return label(f"case.state.{row['state']}", language)
    if row["decision"] is None:
        return label("case.state.open", language)
    state = label(f"case.decision.{row['decision']}", language)
    outcome = row["outcome"]
    return state if outcome is None else f"{state} ({label(f'case.outcome.{outcome}', language)})"


def _span(row: dict[str, Any]) -> str:
    from_at, to_at = (row[name].astimezone(SHANGHAI) for name in ("span_from", "span_to"))
    return f"{from_at:%Y-%m-%d %H:%M} .. {to_at:%Y-%m-%d %H:%M}"


def _json(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2, default=_plain)


def _plain(value: Any) -> str:
    return value.astimezone(SHANGHAI).isoformat() if isinstance(value, datetime) else str(value)
