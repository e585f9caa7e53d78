"""Words about rules that several commands of `nenghao case` print."""

from typing import Any

from nenghao.domain.proportions import wilson
from nenghao.labels import Language, label


def precision_line(row: dict[str, Any], language: Language) -> str:
    """How often a version of a rule was right, as officers and the accused read it."""
    found = wilson(row["confirmed_count"], row["decided_count"])
    share = "-" if found.share is None else f"{found.share:.0%} ({found.low:.0%} .. {found.high:.0%})"
    return label(
        "case.precision",
        language,
        title=label(f"rule.{row['rule_code']}.title", language),
        version=row["rule_version"],
        cases=row["case_count"],
        decided=row["decided_count"],
        confirmed=row["confirmed_count"],
        share=share,
    )
