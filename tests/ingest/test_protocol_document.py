"""The document of the wire contract says what the code does."""

import base64
import json
import re
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from nenghao.config import PROJECT_ROOT
from nenghao.crypto import SigningKey, key_id
from nenghao.domain.acceptance import Reason
from nenghao.envelope import enclose, open_envelope

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


def test_a_vendor_makes_the_signed_example_from_what_the_document_says() -> None:
    section = _section("Signatures")
    found = re.search(r"secret `([0-9a-f]{64})`, public\s+`([^`]+)`\), under the topic `([^`]+)`", section)
    printed = re.search(r"<!-- payload of case: (\w+) -->\n```text\n(.*?)\n```", section, re.DOTALL)
    assert found is not None
    assert printed is not None
    secret, public, topic = found.groups()
    folder, payload = CASES / printed[1], printed[2].encode()
    private_key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret))
    key = SigningKey(private_key, key_id(private_key.public_key()))
    assert base64.b64encode(key.public_bytes).decode() == public
    envelope = open_envelope(payload)
    assert envelope is not None
    assert enclose(key, topic, envelope.body) == payload == (folder / "payload.bin").read_bytes()
    assert topic == (folder / "topic.txt").read_text().strip()
