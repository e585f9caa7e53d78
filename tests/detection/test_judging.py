"""What passes thresholds, and what one cause is told by."""

import pytest

from nenghao.detection.candidate import Candidate, Kind
from nenghao.detection.judging import Found, passes, tell_once


def stretch(first: int, last: int, kind: Kind = Kind.SCALE, score: float = 3.0, **statistics: float) -> Candidate:
    return Candidate(meter=0, first_day=first, last_day=last, kind=kind, statistics=statistics, score=score)


@pytest.mark.parametrize(
    ("z", "share", "is_rich", "expected"),
    [(5.0, 0.1, False, True), (4.9, 0.1, False, False), (5.0, 0.3, False, False), (5.0, 0.1, True, False)],
)
def test_each_statistic_is_on_the_far_side_of_its_threshold(
    z: float, share: float, is_rich: bool, expected: bool
) -> None:
    thresholds = {"z_min": 5.0, "z_min_rich": 8.0, "share_max": 0.2, "days": 14.0}
    assert passes(stretch(0, 0, z=z, share=share), thresholds, is_rich=is_rich) is expected


def test_the_more_telling_kind_names_the_stretch() -> None:
    found = [Found("level_shift", stretch(3, 9)), Found("frozen", stretch(2, 8, Kind.CONSTANT, 2.0))]
    assert [one.rule for one in tell_once(found)] == ["frozen"]


def test_what_is_not_explained_by_another_stretch_is_told_too() -> None:
    found = [Found("level_shift", stretch(3, 20)), Found("frozen", stretch(2, 4, Kind.CONSTANT))]
    assert [one.rule for one in tell_once(found)] == ["frozen", "level_shift"]
