"""The index of data quality: what is not known is left out and told, never counted as zero."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from nenghao.domain.quality_index import Component, Scheme, Share, score_quality
from nenghao.reference.quality_schemes import load_schemes

SHARES = st.builds(Share, st.decimals(0, 10**6, places=2), st.decimals(0, 10**6, places=2))
POINTS = st.lists(st.integers(1, 60).map(Decimal), min_size=1, max_size=6)


def scheme_of(points: list[Decimal]) -> Scheme:
    return Scheme("s", "e", tuple(Component(str(n), str(n), each, "", "found") for n, each in enumerate(points)))


def test_both_published_schemes_are_full_at_a_hundred_points() -> None:
    schemes = load_schemes()
    assert [scheme.points for scheme in schemes.values()] == [100, 100]
    assert [component.points for component in schemes["evaluation_index"].components] == [10, 30, 40, 20]


def test_the_published_scheme_adds_up_as_published() -> None:
    shares = {
        "days_online": Share(Decimal(27), Decimal(30)),
        "slots_received": Share(Decimal(2700), Decimal(2880)),
        "process_sum": Share(Decimal(80), Decimal(100)),
        "without_gross_error": Share(Decimal(2646), Decimal(2700)),
    }
    index = score_quality(load_schemes()["evaluation_index"], shares)
    assert [score.points for score in index.scores] == [
        Decimal("9.00"), Decimal("28.12"), Decimal("32.00"), Decimal("19.60"),
    ]  # fmt: skip
    assert index.score == Decimal("88.72")  # 9 + 28.125 + 32 + 19.6, to the even digit


@given(POINTS, st.data())
def test_an_index_lies_between_nothing_and_full_and_leaves_out_what_is_not_known(
    points: list[Decimal], data: st.DataObject
) -> None:
    scheme = scheme_of(points)
    shares = {each.formula: data.draw(st.none() | SHARES) for each in scheme.components}
    index = score_quality(scheme, shares)
    known = [each for each in index.scores if each.points is not None]
    assert index.points_judged == sum((each.component.points for each in known), Decimal(0))
    assert (index.score is None) == (not known)
    if index.score is not None:
        assert 0 <= index.score <= scheme.points
    alone = score_quality(Scheme("s", "e", tuple(each.component for each in known)), shares)
    if known and index.score is not None and alone.score is not None:
        scaled = alone.score * scheme.points / index.points_judged
        assert abs(scaled - index.score) <= Decimal("0.01") * (1 + scheme.points / index.points_judged)


def test_counting_twice_earns_nothing() -> None:
    assert Share(Decimal(120), Decimal(100)).value == Share(Decimal(100), Decimal(120)).value
    assert Share(Decimal(5), Decimal(0)).value is None
    assert Share(Decimal(-5), Decimal(10)).value == 0
