"""Documentation of the rules keeps step with the rules."""

import re

import pytest

from bench._kinds import KINDS
from expectations.catalogue import RULES_DIR, load_rules
from expectations.index import INJECTED, render
from nenghao.config import PROJECT_ROOT
from nenghao.labels import label


def test_the_index_is_what_the_folders_say() -> None:
    assert (PROJECT_ROOT / "docs" / "rules.md").read_text(encoding="utf-8") == render()


def test_what_the_bench_injects_is_in_the_index() -> None:
    assert {kind.name: kind.called.value for kind in KINDS.values() if not kind.is_variant} == INJECTED


@pytest.mark.parametrize("rule", load_rules(), ids=lambda rule: rule.code)
def test_a_rule_explains_itself_in_both_languages_and_accuses_nobody(rule: object) -> None:
    code = rule.code  # type: ignore[attr-defined]
    text = (RULES_DIR / code / "README.md").read_text(encoding="utf-8")
    assert "造假" not in text
    assert "## English" in text
    assert text.index("## English") > 200
    for threshold in rule.thresholds:  # type: ignore[attr-defined]
        assert threshold.name in text, f"{code}: {threshold.name} is not explained"
    for language in ("zh", "en"):
        texts = [label(f"rule.{code}.{part}", language) for part in ("title", "message")]
        texts += [label(key, language) for key in rule.innocence]  # type: ignore[attr-defined]
        assert not any("造假" in text for text in texts)
    placeholders = set(re.findall(r"{(\w+)}", label(f"rule.{code}.message", "en")))
    assert placeholders <= {*rule.evidence, "relation_code"}  # type: ignore[attr-defined]
