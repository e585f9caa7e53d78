"""Pages about rules: how each runs and fares, its essay in the reader's language, and changes of threshold or mode."""

from datetime import date, datetime
from itertools import groupby
from pathlib import Path
from typing import Final

from nenghao.console.forms import Form
from nenghao.console.pages import Pages
from nenghao.console.rules import AUDITOR, STATISTICIAN, STATISTICS, SYSTEM_ADMIN, for_roles
from nenghao.console.visits import Response, Visit
from nenghao.db import rules as db
from nenghao.db.rules import RuleRow
from nenghao.domain.periods import day_of, day_start
from nenghao.domain.proportions import wilson
from nenghao.review.rule_changes import MODES, RuleChangeRefused, change_mode, change_threshold

#: The folders themselves: the catalogue would load every detector with them.
RULES_DIR: Final = Path(__file__).resolve().parent / "rules"
PAGES: Final = Pages(prefix="/admin/rules", templates=(Path(__file__).resolve().parent / "templates",))
READERS: Final = for_roles(STATISTICIAN, AUDITOR, SYSTEM_ADMIN, authorities=(STATISTICS,))
#: Who judges cases does not set by what they are found.
WRITERS: Final = for_roles(SYSTEM_ADMIN)
#: What begins the English half of an essay.
ENGLISH: Final = "\n## English\n"


@PAGES.get("", name="admin.rules", rule=READERS)
def rules(visit: Visit) -> Response:
    """Every rule, by family."""
    rows = db.rule_rows(visit.conn, now=visit.now)
    families = [
        (family, [(row, wilson(row.confirmed_count, row.decided_count)) for row in found])
        for family, found in groupby(rows, key=lambda row: str(row.definition["family"]))
    ]
    return visit.page("rules/list.html", families=families)


@PAGES.get("/{code}", name="admin.rule", rule=READERS)
def rule(visit: Visit, code: str) -> Response:
    """One rule with its history and its essay."""
    return _shown(visit, code, None)


@PAGES.post("/{code}/threshold", name="admin.rule.threshold", rule=WRITERS)
def set_threshold(visit: Visit, form: Form, code: str) -> Response:
    """Put another value of a threshold in force."""
    try:
        change_threshold(
            visit.conn, rule_code=code, name=form.text("threshold"), value=form.text("value"),
            reason=form.text("reason"), set_by=visit.person.name, now=visit.now, from_at=_begin(visit, form),
        )  # fmt: skip
    except RuleChangeRefused as refused:
        return _shown(visit, code, visit.t(refused.key, **refused.values), form)
    visit.note_act("admin.rule.threshold", None, f"{code} {form.text('threshold')} {form.text('value')}")
    return visit.go(visit.url("admin.rule", code=code), "rule_changed")


@PAGES.post("/{code}/mode", name="admin.rule.mode", rule=WRITERS)
def set_mode(visit: Visit, form: Form, code: str) -> Response:
    """Let a rule run otherwise."""
    try:
        change_mode(
            visit.conn, rule_code=code, mode=form.text("mode"), reason=form.text("reason"), set_by=visit.person.name,
            now=visit.now, from_at=_begin(visit, form),
        )  # fmt: skip
    except RuleChangeRefused as refused:
        return _shown(visit, code, visit.t(refused.key, **refused.values), form)
    visit.note_act("admin.rule.mode", None, f"{code} {form.text('mode')}")
    return visit.go(visit.url("admin.rule", code=code), "rule_changed")


def _shown(visit: Visit, code: str, problem: str | None, form: Form | None = None) -> Response:
    row = _row(visit, code)
    form = form or Form()
    return visit.page(
        "rules/one.html", 200 if problem is None else 422, row=row, problem=problem,
        precision=wilson(row.confirmed_count, row.decided_count), essay=_essay(code, visit.language),
        thresholds=db.threshold_history(visit.conn, code, visit.now), modes=db.mode_history(visit.conn, code),
        versions=[(one, wilson(one.confirmed_count, one.decided_count)) for one in db.rule_versions(visit.conn, code)],
        known_modes=MODES, may_change=WRITERS.allows(visit.person),
        typed={name: form.text(name) for name in ("threshold", "value", "mode", "reason", "from")},
    )  # fmt: skip


def _row(visit: Visit, code: str) -> RuleRow:
    found = db.rule_rows(visit.conn, now=visit.now, rule_code=code)
    if not found:
        raise RuleChangeRefused("no_rule", rule=code)
    return found[0]


def _essay(code: str, language: str) -> str | None:
    """The half of the essay in a language; `code` is that of a stored rule, never a path that somebody typed."""
    path = RULES_DIR / code / "README.md"
    if not path.is_file():
        return None
    chinese, _, english = path.read_text(encoding="utf-8").partition(ENGLISH)
    return (english if language == "en" and english else chinese).strip()


def _begin(visit: Visit, form: Form) -> datetime | None:
    """The day from which a change holds; today, or none, means at once."""
    text = form.text("from")
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise RuleChangeRefused("past") from None
    return None if day == day_of(visit.now) else day_start(day)
