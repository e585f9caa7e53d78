"""Prints what a unit is asked: 数据查询, or a statutory inquiry that was issued, on one page to sign and send.

Before: a notice was written (`nenghao.review.procedure`). After: paper. It says what the unit is told and nothing else:
rule, its precision so far, point, span, what would explain it, and by when to answer.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from nenghao.domain.periods import SHANGHAI
from nenghao.labels import Language, label, load_labels
from nenghao.reference.innocence import answer_to
from nenghao.reporting.paper import GREY, Paper


def print_notice(
    *,
    case_id: int,
    unit: Mapping[str, str | None],
    notice: Mapping[str, Any],
    due_on: date | None,
    told: Sequence[Mapping[str, Any]],
    language: Language,
    font_file: Path,
) -> bytes:
    """The page of a notice; the same bytes for the same notice, language and font.

    `notice`: its row of `procedure_steps`; `told`: rows of `told_of_cases`.

    Raises: ConfigError where the font is not there.
    """
    word = partial(_word, language)
    title = label(f"procedure.form.{notice['content']['form']}", language)
    paper = Paper(
        font_file=font_file,
        title=f"{title} {case_id}",
        made_at=notice["acted_at"],
        footer=(word("hash", hash=notice["hash"]), word("number", page="{page}", pages="{pages}")),
    )
    paper.line(title, size=16)
    number = notice["content"].get("document_no")
    paper.line(word("case", case_id=case_id, number=number or word("missing")), colour=GREY)
    paper.gap(2)
    paper.line(word("to", name=unit["name"] or word("missing"), code=unit["code"] or word("missing")), size=10)
    paper.gap(1)
    paper.line(notice["told"], size=10)
    _matter(paper, told, language)
    paper.heading(word("answer"))
    paper.line(word("by", due_on=word("missing") if due_on is None else due_on.isoformat()), size=9)
    paper.line(word("how"), size=9)
    paper.line(word("rights"), size=9)
    paper.gap(4)
    paper.line(word("signed", by=notice["acted_by"], at=_at(notice["acted_at"])), size=9)
    paper.gap(6)
    paper.row([word("received"), word("received_at"), word("seal")], (0.4, 0.3, 0.3), size=9)
    return paper.bytes()


def _matter(paper: Paper, told: Sequence[Mapping[str, Any]], language: Language) -> None:
    """What the rules saw and where, how often they were right, and what would explain it."""
    word = partial(_word, language)
    texts = load_labels(language)
    paper.heading(word("matter"))
    keys: dict[str, None] = {}
    for row in told:
        point = " ".join(part for part in (row["point_code"], row["point_name"]) if part) or word("missing")
        about = {"point": point, "begin": _at(row["span_from"]), "end": _at(row["span_to"])}
        paper.line(word("found", title=texts.get(f"rule.{row['rule_code']}.title", row["rule_code"]), **about), size=9)
        counts = {"version": row["rule_version"], "cases": row["case_count"], "decided": row["decided_count"]}
        paper.line(word("precision", **counts, confirmed=row["confirmed_count"]), size=7.5, colour=GREY, indent=4)
        keys |= dict.fromkeys(row["innocence"] or ())
    paper.heading(word("checklist"))
    for key in keys:
        ask = label(f"evidence.ask.{answer_to(key).ask}", language)
        paper.row([f"[  ] {texts.get(key, key)}", word("ask", ask=ask)], (0.5, 0.5), size=8)


def _word(language: Language, key: str, **values: object) -> str:
    return label(f"procedure.notice.{key}", language, **values)


def _at(instant: datetime) -> str:
    return f"{instant.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
