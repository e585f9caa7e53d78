"""The data code of the national system."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nenghao.domain import data_code
from nenghao.domain.data_code import SCOPES, parse_data_code
from nenghao.errors import DataRefused

digits = st.text("0123456789", min_size=16, max_size=16)


def test_the_examples_of_the_module_hold() -> None:
    assert doctest.testmod(data_code).failed == 0


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("00-00-0000-023300-10", 1),
        ("04-00-0000-023300-10", 2),
        ("04-01-0000-040200-30", 3),
        ("04-01-0203-023300-10", 4),
        ("00-02-0000-023300-10", 3),
        ("00-00-0200-023300-10", 4),
        ("00-00-0003-023300-10", 4),
    ],
)
def test_the_scope_is_the_deepest_part_that_is_not_zero(text: str, scope: int) -> None:
    assert parse_data_code(text).scope == scope


@given(digits)
def test_hyphens_say_nothing(text: str) -> None:
    code = parse_data_code(text)
    assert code.digits == text
    assert parse_data_code(str(code)) == code
    assert code.scope in SCOPES


@pytest.mark.parametrize(
    "text",
    [
        "",
        "000000000233001",
        "00000000023300100",
        "00--00-0000-023300-10",
        "0-000-0000-023300-10",
        "00-00-0000-023300-1O",
        "00 00 0000 023300 10",
        "00-00-0000-023300-10\n",
        "\N{FULLWIDTH DIGIT ZERO}000000002330010",
    ],
)
def test_what_is_no_data_code_is_refused(text: str) -> None:
    with pytest.raises(DataRefused):
        parse_data_code(text)


@given(st.text(max_size=24))
def test_a_text_is_read_or_refused(text: str) -> None:
    try:
        code = parse_data_code(text)
    except DataRefused:
        return
    assert code.digits == text.replace("-", "")
