from nenghao.domain.totals import PointSeries, rank_leading


def series(series_id: int, quantity: str, kind: str, period: str, form_unit: str | None) -> PointSeries:
    return PointSeries(
        point_id=1, series_id=series_id, quantity=quantity, kind=kind, period=period, form_unit=form_unit
    )  # fmt: skip


def test_a_register_leads_then_the_finest_interval() -> None:
    ranked = rank_leading(
        [
            series(1, "active_energy", "interval", "1h", "10^4kWh"),
            series(2, "active_energy", "interval", "15min", "10^4kWh"),
            series(3, "active_energy", "register", "instant", "10^4kWh"),
            series(4, "reactive_energy", "register", "instant", "10^4kWh"),
            series(5, "power_factor", "gauge", "instant", "10^4kWh"),
            series(6, "active_energy", "interval", "day", "10^4kWh"),
        ]
    )
    assert [one.series_id for one in ranked] == [3, 2, 1]


def test_the_quantity_that_the_form_wants_leads() -> None:
    both = [series(1, "mass", "register", "instant", "10^6kJ"), series(2, "heat", "interval", "1h", "10^6kJ")]
    assert [one.series_id for one in rank_leading(both)] == [2]


def test_a_point_outside_the_form_is_spoken_for_by_one_quantity() -> None:
    both = [series(1, "volume", "register", "instant", None), series(2, "mass", "register", "instant", None)]
    assert [one.series_id for one in rank_leading(both)] == [1]
    assert rank_leading([series(3, "reactive_energy", "register", "instant", None)]) == []
