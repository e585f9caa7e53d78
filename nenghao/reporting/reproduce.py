"""Makes a release anew from what is frozen in it: the same inputs, engine and renderer give the same bytes.

Before: an archive whose seal holds. After: one line a check. It needs neither network nor database; an aggregate's
inputs name units and lie in the store only, so they are handed in.
"""

import json
from collections.abc import Iterator
from typing import Any, Final

from nenghao.crypto import SHA_256, Signature, digest
from nenghao.domain.balance import ENGINE_VERSION, build_balance, parse_balance_inputs
from nenghao.domain.canonical import canonical_bytes
from nenghao.reporting.content import computed_content
from nenghao.reporting.seal import CONTENT, INPUTS, SIGNATURE, SPREADSHEET, build_archive
from nenghao.reporting.spreadsheet import RENDERER
from nenghao.reporting.stored_zip import read_stored_zip
from nenghao.reporting.verify import Check

#: What of a content follows from its inputs.
COMPUTED: Final = ("cells", "indicators", "coefficients", "heating_values", "equal_values")


def reproduce(archive: bytes, kept_inputs: bytes | None = None) -> list[Check]:
    """Every check up to the first that fails; the release is reproduced where all passed.

    `kept_inputs`: the inputs of an aggregate, from the store. The seal is checked before (`verify_archive`).

    Raises: DataRefused where the inputs are in no format that is read here.
    """
    checks = []
    for check in _checks(archive, kept_inputs):
        checks.append(check)
        if not check.is_passed:
            break
    return checks


def _checks(archive: bytes, kept_inputs: bytes | None) -> Iterator[Check]:
    members = read_stored_zip(archive)
    content: dict[str, Any] = json.loads(members[CONTENT])
    engine, kind = content["engine"], content["kind"]
    if content["renderer"] != RENDERER:
        yield Check("reproduce.other_renderer", f"{content['renderer']} ≠ {RENDERER}", False)
    inputs = members.get(INPUTS, kept_inputs)
    if kind == "filing":
        yield Check("reproduce.filing", "", True)
        rebuilt = content
    else:
        known = _engine_of(kind)
        if engine["version"] != known:
            yield Check("reproduce.other_engine", f"{engine['version']} ≠ {known}", False)
        if inputs is None:
            yield Check("reproduce.inputs_away", "", False)
        assert inputs is not None  # noqa: S101 - the check above ends the list
        if digest(SHA_256, inputs).hex() != engine["inputs_hash"]:
            yield Check("verify.inputs_differ", "", False)
        yield Check("reproduce.inputs_ok", engine["inputs_hash"], True)
        rebuilt = content | _recompute(kind, inputs, content)
    yield from _compare(archive, members, content, rebuilt)


def _compare(
    archive: bytes, members: dict[str, bytes], content: dict[str, Any], rebuilt: dict[str, Any]
) -> Iterator[Check]:
    data = canonical_bytes(rebuilt)
    if data != members[CONTENT]:
        cells = [key for key in COMPUTED if rebuilt[key] != content[key]]
        yield Check("reproduce.content_differs", ", ".join(cells), False)
    yield Check("reproduce.content_ok", str(len(rebuilt["cells"])), True)
    stated = json.loads(members[SIGNATURE])
    signature = Signature(
        algorithm=stated["signature_algorithm"], key_id=stated["key_id"], value=bytes.fromhex(stated["signature"])
    )
    made = build_archive(data, signature, members.get(INPUTS))
    if read_stored_zip(made)[SPREADSHEET] != members[SPREADSHEET]:
        yield Check("verify.xlsx_differs", "", False)
    yield Check("verify.xlsx_ok", "", True)
    if made != archive:
        yield Check("verify.archive_differs", "", False)
    yield Check("reproduce.archive_ok", digest(SHA_256, made).hex(), True)


def _engine_of(kind: str) -> str:
    if kind == "aggregate":
        from nenghao.reporting.aggregate import ENGINE_VERSION as AGGREGATE_ENGINE  # needs the linear programs

        return AGGREGATE_ENGINE
    return ENGINE_VERSION


def _recompute(kind: str, inputs: bytes, content: dict[str, Any]) -> dict[str, Any]:
    if kind == "aggregate":
        from nenghao.reporting.aggregate import recompute_aggregate

        return recompute_aggregate(inputs, content)
    parsed = parse_balance_inputs(inputs)
    return computed_content(parsed, build_balance(parsed))
