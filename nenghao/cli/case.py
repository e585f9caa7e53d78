"""`nenghao case`: what the rules found, and what people decide on it."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any, get_args

import typer

from nenghao.config import Role, load_settings
from nenghao.db import cases
from nenghao.db.connection import connect
from nenghao.domain.periods import SHANGHAI
from nenghao.errors import DataRefused
from nenghao.labels import Language, label
from nenghao.review.cases import CaseView, DecisionKind, Outcome, Values, decide, open_case

app = typer.Typer(no_args_is_help=True, help="Cases and the decisions of people on them.")


@app.callback()
def _group() -> None:
    """Cases and the decisions of people on them."""


@app.command("list")
def list_(as_json: Annotated[bool, typer.Option("--json", help="One JSON array.")] = False) -> None:
    """All cases, newest first."""
    settings = load_settings()
    with connect(settings, Role.CONSOLE) as conn:
        rows = cases.list_cases(conn)
    if as_json:
        typer.echo(_json(rows))
        return
    for row in rows:
        titles = ", ".join(label(f"rule.{code}.title", settings.language) for code in row["rule_codes"])
        typer.echo(
            label(
                "case.line",
                settings.language,
                case_id=row["case_id"],
                unit_code=row["unit_code"] or "-",
                points=", ".join(row["point_codes"] or ["-"]),
                level=label(f"case.level.{row['level']}", settings.language),
                titles=titles,
                span=_span(row),
                state=_state(row, settings.language),
            )
        )


@app.command()
def show(case_id: int, as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False) -> None:
    """One case: what was found, what would make it innocent, what was decided."""
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
    outcome: Annotated[str | None, typer.Option(help=" | ".join(get_args(Outcome)))] = None,
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


def _lines(case: CaseView, language: Language) -> list[str]:
    head = case.head
    level = label(f"case.level.{head['level']}", language)
    lines = [label("case.head", language, case_id=head["case_id"], unit_code=head["unit_code"] or "-", level=level)]
    for finding in case.findings:
        title = label(f"rule.{finding['rule_code']}.title", language)
        message = label(f"rule.{finding['rule_code']}.message", language, **finding["evidence"])
        lines.append(f"  {_span(finding)}  {title}: {message}")
    for earlier in (piece["content"] for piece in case.evidence if piece["kind"] == "earlier_case"):
        decided = label(f"case.decision.{earlier['decision']}", language)
        lines.append(label("case.earlier", language, case_id=earlier["case_id"], decision=decided))
    lines.append(label("case.innocence", language))
    keys = {key for piece in case.evidence if piece["kind"] == "innocence" for key in piece["content"]}
    lines += [f"  - {label(key, language)}" for key in sorted(keys)]
    for decision in case.decisions:
        state = _state({"decision": decision["kind"], "outcome": decision["outcome"]}, language)
        at = decision["decided_at"].astimezone(SHANGHAI)
        lines.append(f"{at:%Y-%m-%d %H:%M} {decision['decided_by']}: {state}: {decision['reason']}")
    return lines


def _state(row: dict[str, Any], language: Language) -> str:
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
