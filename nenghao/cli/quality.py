"""`nenghao quality`: the index of data quality of a unit's month, with its components and what they rest on."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from nenghao.cli.tables import Form, print_table
from nenghao.config import Role, load_settings
from nenghao.db.connection import connect
from nenghao.domain.periods import Month
from nenghao.domain.quality_index import ComponentScore, QualityIndex
from nenghao.errors import ConfigError
from nenghao.jobs.quality import index_quality
from nenghao.labels import Language, label
from nenghao.reference.quality_schemes import load_schemes


def quality(
    unit_code: str,
    month: Annotated[str, typer.Argument(help="Such as 2026-10.")],
    scheme: Annotated[str, typer.Option(help="evaluation_index or db53_1116_2022.")] = "evaluation_index",
    form: Annotated[Form, typer.Option("--format", help="How it is printed.")] = Form.TEXT,
) -> None:
    """The index of data quality of a unit's month: its components, what they rest on, the weight it stands over."""
    settings = load_settings()
    schemes = load_schemes()
    if scheme not in schemes:
        raise ConfigError(f"there is no scheme {scheme}: {', '.join(schemes)}")
    with connect(settings, Role.JOBS) as conn:
        index = index_quality(conn, schemes[scheme], unit_code, Month.parse(month), datetime.now(UTC))
    language = settings.language
    names = ("component", "formula", "part", "whole", "points", "points_full", "confidence")
    headings = {name: label(f"quality.column.{name}", language) for name in names}
    print_table(headings, [_row(score, language, form) for score in index.scores], form)
    if form is Form.TEXT:
        typer.echo(_summary(index, language))


def _row(score: ComponentScore, language: Language, form: Form) -> dict[str, str]:
    component, share = score.component, score.share
    is_text = form is Form.TEXT
    nothing = label("quality.not_available", language) if is_text else ""
    return {
        "component": label(f"quality.component.{component.code}", language) if is_text else component.code,
        "formula": label(f"quality.formula.{component.formula}", language) if is_text else component.formula,
        "part": f"{share.part:f}" if share else "",
        "whole": f"{share.whole:f}" if share else "",
        "points": nothing if score.points is None else f"{score.points}",
        "points_full": f"{component.points}",
        "confidence": label(f"quality.confidence.{component.confidence}", language)
        if is_text
        else component.confidence,
    }


def _summary(index: QualityIndex, language: Language) -> str:
    if index.score is None:
        return label("quality.none", language, edition=index.scheme.edition)
    return label(
        "quality.score",
        language,
        edition=index.scheme.edition,
        score=index.score,
        full=index.scheme.points,
        judged=index.points_judged,
    )
