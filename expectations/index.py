"""Makes docs/rules.md of the rule folders (`python -m expectations.index > docs/rules.md`); a test fails when stale."""

import sys

from expectations.catalogue import Rule, load_rules
from nenghao.labels import label

HEAD = """\
<!-- Made by `python -m expectations.index > docs/rules.md`; do not edit. -->
# {zh} / Rules

{about}

| code | zh | en | family | kind | checks | level | mode | reads | thresholds |
|---|---|---|---|---|---|---|---|---|---|
"""


def render() -> str:
    """The whole file."""
    about = "\n\n".join(label("audit.rules_about", language) for language in ("zh", "en"))
    head = HEAD.format(zh=label("audit.rules", "zh"), about=about)
    return head + "".join(_row(rule) for rule in load_rules())


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
