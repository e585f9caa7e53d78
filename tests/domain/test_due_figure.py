"""应报数: the interval is one, its near end is held against whoever reported, and without a witness there is none."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nenghao.domain.due_figure import Account, Band, Witness, account, band_of, due_figure
from nenghao.reference.severity import load_severity

D = Decimal
AMOUNTS = st.decimals(min_value=-(10**9), max_value=10**9, places=3)
ACCOUNTS = st.builds(account, st.sampled_from(Witness), AMOUNTS, AMOUNTS)


def test_a_register_that_counted_more_gives_the_least_amount_at_its_near_end() -> None:
    due = due_figure(D(800), [account(Witness.REGISTER, D(1000), D(10))])
    assert due is not None
    assert (due.low, due.mid, due.high) == (990, 1000, 1010)
    assert (due.direction, due.least_amount, due.likely_amount) == ("under", 190, 200)
    assert due.least_error_rate == D("0.191919")  # 190 / 990, not 200 / 1000


def test_what_was_reported_too_high_is_held_against_the_high_end() -> None:
    due = due_figure(D(1200), [account(Witness.REGISTER, D(1000), D(10))])
    assert due is not None
    assert (due.direction, due.least_amount, due.least_error_rate) == ("over", 190, D("0.188118"))


def test_inside_the_interval_nothing_was_reported_wrongly() -> None:
    due = due_figure(D(995), [account(Witness.REGISTER, D(1000), D(10))])
    assert due is not None
    assert (due.direction, due.least_amount, due.least_error_rate) == ("within", 0, 0)


def test_what_was_counted_goes_before_what_is_likely() -> None:
    likely = Account(witness=Witness.LIKE_DAYS, low=D(400), mid=D(1500), high=D(1600))
    due = due_figure(D(800), [likely, account(Witness.NETWORK, D(1000), D(50))])
    assert due is not None
    assert (due.witnesses, due.low, due.high) == ((Witness.NETWORK,), 950, 1050)


def test_counted_witnesses_that_contradict_each_other_widen_the_interval() -> None:
    accounts = [account(Witness.REGISTER, D(1000), D(10)), account(Witness.NETWORK, D(900), D(20))]
    due = due_figure(D(800), accounts)
    assert due is not None
    assert (due.witnesses, due.low, due.mid, due.high) == ((Witness.REGISTER, Witness.NETWORK), 880, 1000, 1010)
    assert due.least_amount == 80


def test_without_a_witness_there_is_no_figure() -> None:
    assert due_figure(D(800), []) is None


def test_an_end_at_zero_has_no_rate() -> None:
    due = due_figure(D(5), [account(Witness.REGISTER, D(0), D(1))])
    assert due is not None
    assert (due.high, due.least_amount, due.least_error_rate) == (1, 4, 4)
    none = due_figure(D(5), [account(Witness.REGISTER, D(0), D(0))])
    assert none is not None
    assert (none.least_amount, none.least_error_rate) == (5, None)


def test_an_account_that_is_no_interval_is_refused() -> None:
    with pytest.raises(ValueError, match="does not hold"):
        Account(witness=Witness.RULE, low=D(2), mid=D(1), high=D(3))


@settings(max_examples=100, deadline=None)
@given(reported=AMOUNTS, accounts=st.lists(ACCOUNTS, min_size=1, max_size=5))
def test_the_interval_is_in_order_and_no_other_point_of_it_is_nearer(reported: D, accounts: list[Account]) -> None:
    due = due_figure(reported, accounts)
    assert due is not None
    assert due.low <= due.mid <= due.high
    assert 0 <= due.least_amount <= due.likely_amount
    assert due.least_amount <= min(abs(reported - due.low), abs(reported - due.high))
    assert (due.direction == "within") == (due.low <= reported <= due.high) == (due.least_amount == 0)
    for point in (due.low, due.mid, due.high):
        if due.least_error_rate is not None and point > 0:
            assert due.least_error_rate <= abs(reported - point) / point


def test_bands_begin_where_they_say() -> None:
    bands = [Band("minor", D("0.1")), Band("serious", D("0.3"))]
    found = [band_of(rate, bands) for rate in (None, D("0.0999"), D("0.1"), D("0.29"), D(7))]
    assert [band and band.code for band in found] == [None, None, "minor", "minor", "serious"]


def test_the_bands_in_force_say_that_they_are_unsure() -> None:
    severity = load_severity()
    assert severity.confidence == "unsure"
    assert [band.from_rate for band in severity.bands] == sorted(band.from_rate for band in severity.bands)
