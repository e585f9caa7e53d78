"""The text of a leaf: one text for one fact, whoever wrote it down in whatever form."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from nenghao.domain.leaves import message_leaf

BOOT = UUID("7e3f0f9e-2d1c-4a55-9e53-0a6a0d8c1f11")
AT = datetime(2026, 10, 3, 0, 15, tzinfo=timezone(timedelta(hours=8)))
MESSAGE = (41, 0, 7, BOOT, 5, None, "nenghao/v1/0/u/g/readings", "sha256", b"\xab\xcd", AT, "accepted", 2, "survey")


def test_the_text_is_as_documented() -> None:
    leaf = message_leaf(
        MESSAGE,
        [(0, 12, AT, Decimal("1.250"), "l")],
        [(1, "value_malformed", 'a "bad"\tvalue\n', "p2", None, "1,5", AT)],
        [(2, 12, AT, Decimal("1.25"), Decimal(2), AT)],
        [(3, 12, AT, Decimal("1.25"), Decimal(3), "typo 能", "waiting", AT)],
    )
    us = "1790957700000000"
    assert leaf.decode().split("\n") == [
        "nenghao leaf 1",
        f'm\t41\t0\t7\t{BOOT}\t5\t-\t"nenghao/v1/0/u/g/readings"\t"sha256"\tabcd\t{us}\t"accepted"\t2\t"survey"',
        f'r\t0\t12\t{us}\t1.250\t"l"',
        f'x\t1\t"value_malformed"\t"a \\"bad\\"\\tvalue\\n"\t"p2"\t-\t"1,5"\t{us}',
        f"c\t2\t12\t{us}\t1.25\t2\t{us}",
        f'v\t3\t12\t{us}\t1.25\t3\t"typo \\u80fd"\t"waiting"\t{us}',
    ]


def test_forms_of_one_value_are_one_text() -> None:
    """The database gives instants back in UTC, knows no exponents, and no zero with a sign."""
    as_sent = message_leaf(MESSAGE, [(0, 1, AT, Decimal("12E+2"), "l"), (1, 1, AT, Decimal("-0.0"), "l")], (), (), ())
    as_kept = message_leaf(
        MESSAGE,
        [(0, 1, AT.astimezone(UTC), Decimal(1200), "l"), (1, 1, AT.astimezone(UTC), Decimal("0.0"), "l")],
        (),
        (),
        (),
    )
    assert as_sent == as_kept


TEXTS = st.text(max_size=12)


@given(st.lists(TEXTS, min_size=3, max_size=3), st.lists(TEXTS, min_size=3, max_size=3))
def test_texts_cannot_take_each_others_place(one: list[str], other: list[str]) -> None:
    assert (message_leaf(one, (), (), (), ()) == message_leaf(other, (), (), (), ())) == (one == other)


@given(st.text(max_size=60))
def test_a_text_cannot_pass_for_a_row(text: str) -> None:
    assert len(message_leaf([text], (), (), (), ()).split(b"\n")) == 2
