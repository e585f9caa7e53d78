"""The document of the wire contract says what the code does."""

import json
import re
from pathlib import Path

from nenghao.config import PROJECT_ROOT
from nenghao.domain.acceptance import Reason

DOCUMENT = (PROJECT_ROOT / "docs" / "ingest-protocol.md").read_text(encoding="utf-8")
CASES = Path(__file__).parent / "cases" / "json_v1"


def _section(title: str) -> str:
    return DOCUMENT.split(f"## {title}\n")[1].split("\n## ")[0]


def test_the_document_lists_exactly_the_reasons() -> None:
    listed = re.findall(r"^\| `([a-z0-9_]+)` \|", _section("Reasons of refusal"), re.MULTILINE)
    assert listed == [reason.value for reason in Reason]


def test_the_document_lists_exactly_the_cases() -> None:
    listed = re.findall(r"^\| `([a-z0-9_]+)` \|", _section("Cases"), re.MULTILINE)
    assert listed == sorted(path.name for path in CASES.iterdir())


def test_the_example_of_the_document_is_a_case() -> None:
    examples = re.findall(r"<!-- case: (\w+) -->\n```json\n(.*?)```", DOCUMENT, re.DOTALL)
    assert examples
    for case, text in examples:
        assert json.loads(text) == json.loads((CASES / case / "payload.json").read_text())
