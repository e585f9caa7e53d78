import math
from decimal import Decimal

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from nenghao.domain.canonical import MAX_INTEGER, canonical_bytes

TEXT = st.text(st.characters(exclude_categories=("Cs",)))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-MAX_INTEGER, MAX_INTEGER) | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
)


@given(VALUES)
def test_bytes_equal_those_of_another_implementation(value: object) -> None:
    assert canonical_bytes(value) == rfc8785.dumps(value)


def test_keys_are_ordered_by_utf_16_code_units() -> None:
    # Source: RFC 8785, clause 3.2.3: an astral character sorts by its surrogates, before U+FB33.
    assert canonical_bytes({"\ufb33": 1, "\U0001f600": 2, "\r": 3}).decode() == '{"\\r":3,"\U0001f600":2,"\ufb33":1}'


@pytest.mark.parametrize("value", [1.5, math.nan, Decimal("1.5"), b"x", {1: "x"}, {"a": {2.0}}])
def test_what_has_no_exact_form_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        canonical_bytes(value)


@pytest.mark.parametrize("value", [MAX_INTEGER + 1, "\ud800", {"\udfff": 1}])
def test_what_readers_would_change_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"exact form|surrogate"):
        canonical_bytes(value)
