"""Figures on pages: the same digits as reports and commands write, missing is no zero."""

from decimal import Decimal

import pytest

from nenghao.console.writing import GROUP, MINUS, MISSING, figure, rate, share
from nenghao.domain.rounding import percent_text


@pytest.mark.parametrize("written", ["0", "0.00004", "0.94996", "0.95", "0.999999", "1"])
def test_a_share_is_cut_off_as_commands_and_reports_cut_it(written: str) -> None:
    """0.94996 is below a line of 95 %: a page that said 95.0 % would not say why it is marked."""
    assert share(Decimal(written), 2) == percent_text(Decimal(written)).replace("%", f"{GROUP}%")
    assert (share(Decimal(written)) == f"100.0{GROUP}%") == (Decimal(written) == 1)


def test_a_difference_is_told_to_the_nearest_and_what_comes_to_nothing_has_no_minus() -> None:
    assert rate(Decimal("-0.12346"), 2) == f"{MINUS}12.35{GROUP}%"
    assert rate(Decimal("-0.00001"), 2) == f"0.00{GROUP}%"
    assert figure(Decimal("-0.001"), 2) == "0.00"


def test_a_figure_keeps_every_digit_and_rounds_a_tie_to_the_even_one() -> None:
    assert figure(Decimal("2.345"), 2) == "2.34"
    assert figure(Decimal("123456789012345678901234567.125"), 2).endswith("567.12")
    assert figure(Decimal("1234.50")) == f"1{GROUP}234.50"


def test_missing_is_a_dash_and_zero_is_a_zero() -> None:
    assert [each(None) for each in (figure, share, rate)] == [MISSING] * 3
    assert figure(0) == "0"
