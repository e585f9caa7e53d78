"""Checks an archive without a network or a database: every byte follows from content that a trusted key signed.

Before: a file that somebody was handed. After: one line a check.
"""

import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from nenghao.crypto import Signature, TrustedKeys, check_signature, digest
from nenghao.domain.canonical import canonical_bytes
from nenghao.errors import SealBroken
from nenghao.reporting.content import FORMAT_VERSION
from nenghao.reporting.seal import CONTENT, INPUTS, SIGNATURE, SPREADSHEET, build_archive
from nenghao.reporting.spreadsheet import RENDERER
from nenghao.reporting.stored_zip import read_stored_zip


@dataclass(frozen=True, slots=True)
class Check:
    """One check: the key of its text in labels, what it is about, and whether it passed."""

    label_key: str
    value: str
    is_passed: bool


def verify_archive(archive: bytes, trusted: TrustedKeys) -> list[Check]:
    """Every check up to the first that fails; the archive is genuine where all passed.

    Nothing in the archive is believed before its signature: what it says of itself is only read after that.
    """
    checks = []
    try:
        for check in _checks(archive, trusted):
            checks.append(check)
            if not check.is_passed:
                break
    # A changed byte can break the archive, the text or the structure in any of these ways; all mean the same.
    except (
        zipfile.BadZipFile,
        SealBroken,
        ArithmeticError,
        LookupError,
        RuntimeError,
        TypeError,
        ValueError,
        EOFError,
    ):
        checks.append(Check("verify.not_a_release", "", False))
    return checks


def _checks(archive: bytes, trusted: TrustedKeys) -> Iterator[Check]:
    members = read_stored_zip(archive)
    content, stated = members[CONTENT], json.loads(members[SIGNATURE])
    signature = Signature(
        algorithm=stated["signature_algorithm"], key_id=stated["key_id"], value=bytes.fromhex(stated["signature"])
    )
    if signature.key_id not in trusted:
        yield Check("verify.unknown_key", str(signature.key_id), False)
    if not check_signature(signature, content, trusted):
        yield Check("verify.signature_wrong", "", False)
    yield Check("verify.signature_ok", signature.key_id, True)
    content_hash = digest(stated["hash_algorithm"], content).hex()
    if content_hash != stated["hash"]:
        yield Check("verify.hash_wrong", "", False)
    yield Check("verify.hash_ok", content_hash, True)
    yield from _check_rebuilt(archive, members, content, signature)


def _check_rebuilt(
    archive: bytes, members: Mapping[str, bytes], content: bytes, signature: Signature
) -> Iterator[Check]:
    parsed: dict[str, Any] = json.loads(content)
    if parsed["format_version"] != FORMAT_VERSION:
        yield Check("verify.other_format", str(parsed["format_version"]), False)
    if canonical_bytes(parsed) != content:
        yield Check("verify.not_canonical", "", False)
    if parsed["renderer"] != RENDERER:
        yield Check("verify.other_renderer", str(parsed["renderer"]), False)
    inputs, inputs_hash = members.get(INPUTS), parsed["engine"]["inputs_hash"]
    if inputs is not None and (
        inputs_hash is None or digest(parsed["engine"]["inputs_hash_algorithm"], inputs).hex() != inputs_hash
    ):
        yield Check("verify.inputs_differ", "", False)
    if inputs is None and inputs_hash is not None and parsed["kind"] != "aggregate":
        yield Check("verify.inputs_missing", "", False)
    rebuilt = build_archive(content, signature, inputs)
    if members[SPREADSHEET] != read_stored_zip(rebuilt)[SPREADSHEET]:
        yield Check("verify.xlsx_differs", "", False)
    yield Check("verify.xlsx_ok", SPREADSHEET, True)
    if archive != rebuilt:
        yield Check("verify.archive_differs", "", False)
    yield Check("verify.archive_ok", digest("sha256", archive).hex(), True)
