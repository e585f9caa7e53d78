from decimal import Decimal

from nenghao.domain.drafts import prefill, recompute
from nenghao.domain.filed_cells import FiledCell, Key
from nenghao.reference.varieties import load_varieties

VARIETIES = load_varieties()
REFERENCES = {"33": Decimal("1.229"), "02": Decimal("0.9"), "04": Decimal("0.6"), "01": Decimal("0.7143")}


def key(text: str) -> Key:
    form, _, place = text.rpartition(" ")
    row, column = place.split(".")
    return form or "205-1", row, column


def figures(**named: object) -> dict[Key, Decimal]:
    return {key(name): Decimal(str(value)) for name, value in named.items()}


def manual(text: str, value: object) -> FiledCell:
    form, row, column = key(text)
    return FiledCell(form=form, row=row, column=column, value=Decimal(str(value)), source="manual")


def shown(cells: dict[Key, FiledCell]) -> dict[str, tuple[Decimal, str]]:
    return {f"{form} {row}.{column}": (cell.value, cell.source) for (form, row, column), cell in sorted(cells.items())}


def make(
    months: list[dict[Key, Decimal]],
    *,
    year_end: dict[Key, Decimal] | None = None,
    earlier: dict[Key, Decimal] | None = None,
    kept: tuple[FiledCell, ...] = (),
) -> dict[str, tuple[Decimal, str]]:
    return shown(
        prefill(
            months=months,
            year_end=year_end or {},
            earlier=earlier or {},
            references=REFERENCES,
            kept=kept,
            varieties=VARIETIES,
        )
    )


MONTH = figures(**{"33.2": 10, "33.4": "10.004", "33.5": "9.001", "33.7": "1.003", "33.10": "1.229", "40.4": 12})


def test_a_draft_adds_up_the_months_of_the_unit_s_own_meters() -> None:
    cells = make([MONTH, MONTH])
    assert cells == {
        "205-1 33.2": (Decimal(20), "meter"),
        "205-1 33.5": (Decimal("18.00"), "meter"),
        "205-1 33.7": (Decimal("2.01"), "meter"),
        "205-1 33.4": (Decimal("20.01"), "computed"),  # of rounded parts, or the form's own relation would break
        "205-1 33.10": (Decimal("1.229"), "computed"),
        "205-1 40.4": (Decimal("24.59"), "computed"),
    }


def test_a_month_without_a_figure_leaves_the_cumulative_to_people() -> None:
    without = {key_: value for key_, value in MONTH.items() if key_[2] != "2"}
    assert "205-1 33.2" not in make([MONTH, without])
    assert make([MONTH, {}]) == {}
    assert make([]) == {}


def test_opening_stock_is_carried_from_last_year_s_closing_until_the_year_has_its_own() -> None:
    cells = make([{}], year_end=figures(**{"01.9": 35}))
    assert cells == {"205-1 01.1": (Decimal(35), "carried")}
    again = make([{}], year_end=figures(**{"01.9": 35}), earlier=figures(**{"01.1": 36}))
    assert again["205-1 01.1"] == (Decimal(36), "carried")


def test_what_people_entered_stays_and_what_follows_from_it_is_computed() -> None:
    cells = make([MONTH], kept=(manual("33.7", 2), manual("02.5", 100), manual("04.5", 300), manual("02.3", 7)))
    assert cells["205-1 33.7"] == (Decimal(2), "manual")
    assert cells["205-1 33.4"] == (Decimal("11.00"), "computed")
    assert cells["205-1 01.4"] == (Decimal(400), "computed")
    assert cells["205-1 01.10"] == (Decimal("0.675"), "computed")  # (100 * 0.9 + 300 * 0.6) / 400
    assert cells["205-1 40.4"] == (Decimal("283.52"), "computed")  # 11 * 1.229 + 400 * 0.675
    assert cells["205-1 40.3"] == (Decimal(7), "computed")


def test_coal_that_is_metered_without_its_kind_is_not_lost() -> None:
    """100 t of no kind and 50 t of bituminous coal: row 01 says 150, and relation A3 asks for the kinds."""
    month = figures(**{"01.2": 150, "01.5": 150, "04.2": 50, "04.5": 50})
    cells = make([month, month])
    assert [cells[f"205-1 01.{column}"][0] for column in "245"] == [300, 300, 300]
    assert [cells[f"205-1 04.{column}"][0] for column in "245"] == [100, 100, 100]


def test_a_row_whose_kinds_are_all_metered_follows_what_people_enter_of_them() -> None:
    month = figures(**{"01.5": "0.012", "02.5": "0.006", "04.5": "0.006"})
    cells = make([month], kept=(manual("04.5", 7),))
    assert cells["205-1 01.5"] == (Decimal("7.01"), "computed")


def test_non_industrial_use_alone_is_no_total() -> None:
    """The feeder was silent, the canteen's meter was not."""
    cells = make([figures(**{"33.7": 3})])
    assert cells["205-1 33.7"] == (Decimal("3.00"), "meter")
    assert {"205-1 33.4", "205-1 40.4"} & cells.keys() == set()
    assert make([{}], kept=(manual("19.7", 3),))["205-1 19.4"] == (Decimal(3), "computed")


def test_the_second_form_repeats_industrial_use_and_sums_its_inputs() -> None:
    cells = recompute(
        {one.key: one for one in (manual("03.5", 50), manual("205-2 03.6", 40), manual("205-2 03.5", 2))},
        VARIETIES,
        REFERENCES,
    )
    assert shown(cells)["205-2 03.1"] == (Decimal(50), "computed")
    assert shown(cells)["205-2 03.2"] == (Decimal(42), "computed")


def test_an_input_whose_meter_was_silent_is_not_left_out_of_the_sum_of_inputs() -> None:
    """Coal to the boilers was metered in both months, coal to the coke ovens in one: the whole input is not known."""
    whole = figures(**{"04.5": 9, "205-2 04.2": 9, "205-2 04.4": 4, "205-2 04.6": 5})
    silent = figures(**{"04.5": 9, "205-2 04.4": 4})
    assert {"205-2 04.2", "205-2 04.4"} & make([whole, silent]).keys() == set()
    assert make([whole, whole])["205-2 04.2"] == (Decimal(18), "computed")
    by_hand = make([whole, silent], kept=(manual("205-2 04.4", 8), manual("205-2 04.6", 11)))
    assert by_hand["205-2 04.2"] == (Decimal(19), "computed")


def test_output_that_a_person_corrects_is_converted_anew() -> None:
    month = figures(**{"33.5": 5, "33.10": "1.229", "205-2 33.11": 4, "205-2 33.12": "4.916"})
    assert make([month])["205-2 33.12"] == (Decimal("4.92"), "computed")
    assert make([month], kept=(manual("205-2 33.11", 10),))["205-2 33.12"] == (Decimal("12.29"), "computed")
    assert make([month], kept=(manual("205-2 33.12", 5),))["205-2 33.12"] == (Decimal(5), "manual")


def test_a_figure_that_a_person_entered_is_never_computed_over() -> None:
    cells = recompute({one.key: one for one in (manual("33.4", 5), manual("33.5", 9))}, VARIETIES, REFERENCES)
    assert shown(cells)["205-1 33.4"] == (Decimal(5), "manual")


def test_without_a_coefficient_the_total_is_not_there() -> None:
    cells = recompute({one.key: one for one in (manual("33.5", 5), manual("39.5", 1))}, VARIETIES, REFERENCES)
    assert "205-1 40.4" not in shown(cells)


def test_computing_twice_changes_nothing() -> None:
    once = recompute({one.key: one for one in (manual("02.5", 1), manual("33.5", 5))}, VARIETIES, REFERENCES)
    assert recompute(once, VARIETIES, REFERENCES) == once
