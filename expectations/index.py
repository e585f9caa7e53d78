"""Makes docs/rules.md of the rule folders (`python -m expectations.index > docs/rules.md`); a test fails when stale."""

import sys
from typing import Final

from expectations.catalogue import Rule, load_rules
from nenghao.labels import label

#: Who checks what before a day is closed, by the numbers of the validations (docs/architecture.md, "Who checks what").
INGEST: Final = ("V02", "V04", "V18", "V19", "V28")
JOBS: Final = ("V05", "V06", "V07", "V09", "V11", "V17", "V20", "V24", "V29")
#: Patterns of falsification and validations, as rules and steps name them.
CHECKS: Final = (*(f"F{number}" for number in range(1, 21)), *(f"V{number:02}" for number in range(1, 31)))
#: What the bench injects, and what it then looks like.
INJECTED: Final = {
    "h1": "scale", "multiplier": "scale", "phase_loss": "scale", "bypass_const": "scale", "month_end": "scale",
    "h2": "zero", "dead": "zero", "h3": "noise", "h4": "noise", "h5": "constant", "constant_fill": "constant",
    "stuck": "constant", "h6": "reversal", "replay_day": "repeat", "replay_week": "repeat", "copy_other": "copy",
    "linear_backfill": "fill", "round_entry": "round", "round_daily": "round", "peak_clip": "clip", "spike": "spike",
    "unit_mix": "unit", "clock_shift": "clock", "swap_days": "clock", "drift": "drift", "gap": "gap",
    "late_correction": "revision", "register_rollback": "register", "register_reset": "register",
}  # fmt: skip

HEAD = """\
<!-- Made by `python -m expectations.index > docs/rules.md`; do not edit. -->
# {zh} / Rules

{about}

| code | zh | en | family | kind | checks | level | mode | reads | thresholds |
|---|---|---|---|---|---|---|---|---|---|
"""


def render() -> str:
    """The whole file."""
    head = HEAD.format(zh=label("audit.rules", "zh"), about=_both("audit.rules_about"))
    return head + "".join(_row(rule) for rule in load_rules()) + _checks() + _injected()


def _both(key: str) -> str:
    return "\n\n".join(label(key, language) for language in ("zh", "en"))


def _checks() -> str:
    """Where each validation and each pattern is looked for."""
    lines = [f"\n## {label('audit.checks', 'zh')} / {label('audit.checks', 'en')}\n\n{_both('audit.checks_about')}\n\n"]
    lines.append("| check | ingest | jobs | rules |\n|---|---|---|---|\n")
    for check in CHECKS:
        rules = ", ".join(rule.code for rule in load_rules() if check in rule.checks) or "-"
        lines.append(f"| {check} | {_mark(check in INGEST)} | {_mark(check in JOBS)} | {rules} |\n")
    return "".join(lines)


def _injected() -> str:
    """Which rules name what the bench injects."""
    title = (
        f"\n## {label('audit.injected', 'zh')} / {label('audit.injected', 'en')}\n\n{_both('audit.injected_about')}\n\n"
    )
    lines = [title, "| injected | kind | rules |\n|---|---|---|\n"]
    for injected, kind in INJECTED.items():
        rules = ", ".join(rule.code for rule in load_rules() if rule.detector and rule.kind == kind) or "-"
        lines.append(f"| {injected} | {kind} | {rules} |\n")
    return "".join(lines)


def _mark(is_checked: bool) -> str:
    return "+" if is_checked else "-"


def _row(rule: Rule) -> str:
    thresholds = ", ".join(f"{item.name} = {item.value:f} {item.unit}" for item in rule.thresholds) or "-"
    title_zh, title_en = (label(f"rule.{rule.code}.title", language) for language in ("zh", "en"))
    folder = f"[{rule.code}](../expectations/rules/{rule.code}/README.md)"
    checks, reads = " ".join(rule.checks), rule.detector or rule.batch
    kind = rule.kind or "-"
    cells = (folder, title_zh, title_en, rule.family, kind, checks, rule.level, rule.mode, reads, thresholds)
    return f"| {' | '.join(cells)} |\n"


if __name__ == "__main__":
    sys.stdout.write(render())
