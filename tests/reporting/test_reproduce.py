"""A release is made anew from its frozen inputs, by the engine and the renderer that made it, and by no other."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from nenghao.domain.balance import balance_inputs_json, build_balance
from nenghao.reporting import reproduce as module
from nenghao.reporting.content import build_content
from nenghao.reporting.reproduce import reproduce
from nenghao.reporting.seal import CONTENT, seal
from nenghao.reporting.stored_zip import read_zip
from tests.domain.month_inputs import inputs, point
from tests.reporting.test_releases import BALANCE, HEAD, SIGNING_KEY

WORKS = inputs(
    [
        point(1, 310_000),
        point(2, 31_250, flow="generation"),
        point(3, 93_000, variety_code="15", unit="m3", measured_energy=Decimal(80_000)),
        point(4, 1_200, use="non_industrial", flow="internal"),
    ]
)


def sealed(change: Callable[[dict[str, Any]], object] | None = None, frozen: bytes | None = None) -> bytes:
    content = build_content(BALANCE, WORKS, build_balance(WORKS), balance_inputs_json(WORKS), HEAD, None)
    if change is not None:
        change(content)
    return seal(content, SIGNING_KEY, balance_inputs_json(WORKS) if frozen is None else frozen).archive


def last(archive: bytes) -> tuple[str, bool]:
    check = reproduce(archive)[-1]
    return check.label_key, check.is_passed


def test_the_same_inputs_give_the_same_bytes() -> None:
    archive = sealed()
    assert len(json.loads(read_zip(archive)[CONTENT])["cells"]) > 10
    assert last(archive) == ("reproduce.archive_ok", True)


def test_a_figure_that_does_not_follow_from_the_inputs_is_found_though_it_is_signed() -> None:
    def change(content: dict[str, Any]) -> None:
        content["cells"][3]["value"] = "1"

    assert last(sealed(change)) == ("reproduce.content_differs", False)
    assert last(sealed(lambda content: content["indicators"].pop())) == ("reproduce.content_differs", False)


def test_inputs_that_are_not_those_of_the_content_are_refused() -> None:
    other = inputs([point(1, 310_001)])
    assert last(sealed(frozen=balance_inputs_json(other))) == ("verify.inputs_differ", False)


@pytest.mark.parametrize(
    ("name", "expected"), [("ENGINE_VERSION", "reproduce.other_engine"), ("RENDERER", "reproduce.other_renderer")]
)
def test_another_engine_or_renderer_refuses(name: str, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = sealed()
    monkeypatch.setattr(module, name, "another 99")
    assert last(archive) == (expected, False)
