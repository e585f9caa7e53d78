"""Files as strangers send them become blocks, or are refused by file, row and column."""

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from expectations.file_blocks import MAX_SLOTS, build_block, learn_quantum, plan_batches
from expectations.file_columns import TableFile
from expectations.file_context import Context, read_events, read_points
from expectations.file_readings import read_readings
from nenghao.detection.block import Block
from nenghao.errors import DataRefused

SHANGHAI = ZoneInfo("Asia/Shanghai")
FIRST = datetime(2026, 3, 2)  # noqa: DTZ001 - local time, as in the files
Writer = Callable[[str, str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Writer:
    def to_file(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return to_file


def block_of(path: Path, context: Context | None = None, zone: ZoneInfo = SHANGHAI) -> Block:
    readings = read_readings(TableFile(path, "en", zone, needed=["meter", "ts", "value"]))
    context = context or Context()
    (batch,) = plan_batches(readings, context.points)
    return build_block(readings, context, batch, lambda day_on: day_on.weekday() >= 5, None)


def rows(
    days: int, minutes: int = 15, meter: str = "A", form: str = "%Y-%m-%d %H:%M", value: Callable[[int], float] = float
) -> list[str]:
    return [
        f"{meter},{FIRST + timedelta(minutes=minutes * slot):{form}},{value(slot):g}"
        for slot in range(days * 1440 // minutes)
    ]


def test_rows_in_any_order_with_jitter_blanks_and_double_rows_lie_on_the_grid(write: Writer) -> None:
    lines = rows(3, value=lambda slot: slot + 0.5)
    expected = np.arange(3 * 96).reshape(1, 3, 96) + 0.5
    lines[7] = f"A,{FIRST + timedelta(minutes=15 * 7, seconds=41):%Y-%m-%dT%H:%M:%S},7.5"
    lines[9] = lines[9].rsplit(",", 1)[0] + ","
    del lines[100:110]
    lines += [lines[3], lines[3]]
    random.Random(4).shuffle(lines)  # noqa: S311
    expected[0, 0, 9] = np.nan
    expected.reshape(-1)[100:110] = np.nan
    path = write("r.csv", "ts,meter,value\n".replace("ts,meter", "meter,ts") + "\n".join(lines))
    block = block_of(path)
    assert (block.slot_minutes, block.first_on, block.meters) == (15, FIRST.date(), ("A",))
    assert np.array_equal(block.values, expected, equal_nan=True)
    assert block.replaced is None
    assert block.quantum.tolist() == [1.0] or block.quantum.tolist() == [0.5]
    readings = read_readings(TableFile(path, "en", SHANGHAI, needed=[]))
    assert readings.notes == {"off_grid": 0, "duplicates": 2, "revised": 0, "clock_hour": 0, "stray": 0}


@pytest.mark.parametrize("minutes", [15, 30, 60])
def test_slot_lengths_are_learnt_and_longer_ones_kept(write: Writer, minutes: int) -> None:
    block = block_of(write("r.csv", "meter,ts,value\n" + "\n".join(rows(4, minutes))))
    assert block.shape == (1, 4, 1440 // minutes)


def test_five_minutes_are_summed_and_a_sum_with_a_hole_is_unknown(write: Writer) -> None:
    lines = rows(2, 5, value=lambda _: 0.25)
    del lines[4]
    block = block_of(write("r.csv", "meter,ts,value\n" + "\n".join(lines)))
    assert block.shape == (1, 2, 96)
    assert np.isnan(block.values[0, 0, 1])
    assert np.unique(block.values[np.isfinite(block.values)]).tolist() == [0.75]


def test_parts_of_a_network_with_other_slots_get_a_block_of_their_own(write: Writer) -> None:
    text = "meter,ts,value\n" + "\n".join([*rows(2, 15, "A"), *rows(2, 15, "B"), *rows(2, 30, "C"), *rows(2, 15, "D")])
    path, points = write("r.csv", text), write("p.csv", "meter,parent,quantum\nB,A,0.5\nC,A,\nD,,2\n")
    readings = read_readings(TableFile(path, "en", SHANGHAI, needed=[]))
    context = Context(points=read_points(TableFile(points, "en", SHANGHAI, needed=["meter"])))
    batches = plan_batches(readings, context.points)
    assert [(batch.slot_minutes, batch.meters) for batch in batches] == [(15, (0, 1, 3)), (30, (2,))]
    block = build_block(readings, context, batches[0], lambda _: False, date(2026, 3, 3))
    assert [(term.whole, term.part, term.sign) for term in block.terms] == [(0, 1, 1)]
    assert block.quantum.tolist() == [1.0, 0.5, 2.0]
    assert block.judged_from == 1
    assert block.is_rich.tolist() == [True, True, False]


def test_thousands_of_days_are_cut_into_blocks_that_memory_bears(write: Writer) -> None:
    minute = np.arange(0, 1440 * 400, 60)
    names = [f"m{number}" for number in range(700)]
    table = pa.table(
        {
            "meter": pa.array(np.repeat(names, len(minute))),
            "ts": pa.array(np.tile(minute, len(names)).astype("datetime64[m]").astype("datetime64[ms]")),
            "value": pa.array(np.ones(len(minute) * len(names), dtype=np.float32)),
        }
    )
    path = write("r.parquet", "")
    parquet.write_table(table, path)
    readings = read_readings(TableFile(path, "en", SHANGHAI, needed=[]))
    batches = plan_batches(readings, {})
    assert len(batches) == 2
    assert all(len(batch.meters) * batch.days * 24 <= MAX_SLOTS for batch in batches)
    assert sorted(meter for batch in batches for meter in batch.meters) == list(range(700))


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("tz", [None, "UTC"])
def test_parquet_may_hold_time_in_any_unit_and_zone(tmp_path: Path, unit: str, tz: str | None) -> None:
    start = np.datetime64("2026-03-01T16:00" if tz else "2026-03-02T00:00")
    stamps = start + np.arange(96) * np.timedelta64(15, "m")
    table = pa.table(
        {
            "meter": pa.array([7] * 96),
            "ts": pa.array(stamps.astype("datetime64[ns]")).cast(pa.timestamp(unit, tz=tz)),
            "value": pa.array(np.arange(96.0)),
        }
    )
    parquet.write_table(table, tmp_path / "r.parquet")
    block = block_of(tmp_path / "r.parquet")
    assert (block.meters, block.first_on) == (("7",), date(2026, 3, 2))
    assert block.values.reshape(-1).tolist() == list(range(96))


def test_stamps_with_an_offset_are_local_ones_of_the_zone(write: Writer) -> None:
    lines = [f"A,{FIRST + timedelta(minutes=15 * slot):%Y-%m-%dT%H:%M:%S}Z,{slot}" for slot in range(96)]
    block = block_of(write("r.csv", "meter,ts,value\n" + "\n".join(lines)), zone=ZoneInfo("Europe/Zurich"))
    assert np.isnan(block.values[0, 0, :4]).all()
    assert block.values[0, 0, 4] == 0


def test_versions_and_arrivals_say_what_stood_first(write: Writer) -> None:
    lines = [f"{line},1,2026-03-20 00:00" for line in rows(2, value=lambda _: 10)]
    lines += [f"A,2026-03-02 {hour:02}:00,8,2,2026-03-21 00:00" for hour in (5, 6)]
    lines += ["A,2026-03-02 07:00,10.0,2,2026-03-21 00:00"]
    block = block_of(write("r.csv", "meter,ts,value,version,received_at\n" + "\n".join(reversed(lines))))
    assert block.replaced is not None
    assert block.delay_h is not None
    assert np.argwhere(np.isfinite(block.replaced)).tolist() == [[0, 0, 20], [0, 0, 24]]
    assert block.values[0, 0, [20, 24, 28]].tolist() == [8, 8, 10]
    assert block.replaced[0, 0, 20] == 10
    assert block.delay_h[0, 1, 95] == 16 * 24
    assert block.delay_h[0, 0, 20] == 18 * 24 - 5.25


def test_another_value_without_a_version_is_a_later_one_but_not_in_the_hour_the_clock_went_back(write: Writer) -> None:
    night = datetime(2026, 10, 25)  # noqa: DTZ001
    lines = [f"A,{night + timedelta(minutes=30 * slot):%Y-%m-%d %H:%M},{slot}" for slot in range(48)]
    lines[6:6] = ["A,2026-10-25 02:00,100", "A,2026-10-25 02:30,101"]
    lines.append("A,2026-10-25 12:00,5")
    path = write("r.csv", "meter,ts,value\n" + "\n".join(lines))
    block = block_of(path)
    assert block.replaced is not None
    assert np.argwhere(np.isfinite(block.replaced)).tolist() == [[0, 0, 24]]
    assert block.values[0, 0, [4, 5, 24]].tolist() == [4, 5, 5]


def test_other_numbers_beside_values_are_no_channels(write: Writer) -> None:
    lines = [f"{line},{slot},20.5,0" for slot, line in enumerate(rows(3))]
    block = block_of(write("r.csv", "meter,ts,value,id,temperature,quality\n" + "\n".join(lines)))
    assert (block.channels, block.is_rich.tolist()) == ({}, [False])


@pytest.mark.parametrize("stamp", ["1970-01-01 00:00", "2099-12-31 00:00"])
def test_a_row_with_a_date_years_away_is_left_out_and_counted(write: Writer, stamp: str) -> None:
    lines = rows(4)
    lines[150] = f"A,{stamp},1"
    path = write("r.csv", "meter,ts,value\n" + "\n".join(lines))
    assert block_of(path).shape == (1, 4, 96)
    assert read_readings(TableFile(path, "en", SHANGHAI, needed=[])).notes["stray"] == 1


def test_a_meter_of_a_few_rows_does_not_refuse_the_others(write: Writer) -> None:
    lines = [*rows(6), "B,2026-03-02 01:15,1", "B,2026-03-05 02:15,1"]
    assert block_of(write("r.csv", "meter,ts,value\n" + "\n".join(lines))).meters == ("A", "B")


def test_units_of_a_network_are_brought_together(write: Writer) -> None:
    text = "meter,ts,value\n" + "\n".join([*rows(3, 60, "A", value=lambda _: 0.02), *rows(3, 60, "B", value=float)])
    points = write("p.csv", "meter,parent,unit_of_measure,quantum\nA,,MWh,0.001\nB,A,kWh,\n")
    context = Context(points=read_points(TableFile(points, "en", SHANGHAI, needed=["meter"])))
    block = block_of(write("r.csv", text), context)
    assert block.values[:, 1, 0] == pytest.approx([20, 24])
    assert block.quantum == pytest.approx([1, 1])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gbk"])
def test_what_spreadsheets_write_is_read(tmp_path: Path, encoding: str) -> None:
    text = "meter;ts;value\n" + "\n".join(rows(2, 60, "炉", value=lambda slot: slot + 0.5)).replace(",", ";")
    (tmp_path / "r.csv").write_bytes(text.replace(".", ",").encode(encoding))
    assert block_of(tmp_path / "r.csv").values.reshape(-1)[:2].tolist() == [0.5, 1.5]


def test_registers_become_advances_and_other_numbers_channels(write: Writer) -> None:
    head = "meter,ts,value,register,kvarh,Power_Factor,shift\n"
    lines = [f"{line},{1000 + 2 * slot},1,0.9,night" for slot, line in enumerate(rows(3, value=lambda _: 2))]
    block = block_of(write("r.csv", head + "\n".join(lines)))
    assert block.advance is not None
    assert block.advance[0, 1].tolist() == [2.0] * 96
    assert sorted(block.channels) == ["kvarh", "pf"]


def test_events_explain_days_of_one_meter_or_of_all(write: Writer) -> None:
    events = write(
        "e.csv",
        "start,end,meter,kind,title\n2026-03-03,2026-03-03,A,shutdown,检修\n2026-03-04 00:00,2026-03-05 00:00,,x,\n",
    )
    context = Context(events=read_events(TableFile(events, "en", SHANGHAI, needed=["start", "end"])))
    text = "meter,ts,value\n" + "\n".join([*rows(4, 60, "A"), *rows(4, 60, "B")])
    block = block_of(write("r.csv", text), context)
    assert block.is_explained.tolist() == [[False, True, True, False], [False, False, True, False]]


def test_a_day_that_the_file_breaks_off_in_is_not_judged(write: Writer) -> None:
    block = block_of(write("r.csv", "meter,ts,value\n" + "\n".join(rows(4, 15)[:-40])))
    assert block.shape[1] == 3


def test_chinese_windows_and_semicolons_are_read(tmp_path: Path) -> None:
    text = "meter;ts;value\n" + "\n".join(rows(1, 60, "总表")).replace(",", ";")
    (tmp_path / "r.csv").write_bytes(text.encode("gb18030"))
    assert block_of(tmp_path / "r.csv").meters == ("总表",)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("meter,time,value\nA,2026-03-02 00:00,1\n", ["r.csv", "ts"]),
        ("meter,ts,value\nA,2026-03-02 00:00,1\nA,2026-03-02 00:15,1O\n", ["r.csv", "row 3", "value", "'1O'"]),
        ("meter,ts,value\nA,2026-03-02 00:00,1\nA,2026-13-02 00:15,1\n", ["row 3", "ts", "2026-13-02"]),
        ("meter,ts,value\n,2026-03-02 00:00,1\n", ["row 2", "meter"]),
        ("meter,ts,value\nA,,1\n", ["row 2", "ts"]),
        ("meter,ts,value,value\nA,2026-03-02,1,1\n", ["value", "twice"]),
        ("meter,ts,value\n", ["no rows"]),
        ("", ["r.csv"]),
        ("meter,ts,value\n" + "\n".join(f"A,2026-03-{day:02} 00:00,1" for day in range(2, 20)), ["meter A", "grid"]),
        ("meter,ts,value\n" + "\n".join(f"A,2026-03-02 {hour:02}:07,1" for hour in range(20)), ["meter A", "grid"]),
        ("meter,ts,value\nA,2026-03-02 00:00\n", ["r.csv", "row #2"]),
    ],
)
def test_what_cannot_be_read_is_named(write: Writer, text: str, says: list[str]) -> None:
    with pytest.raises(DataRefused) as raised:
        read_readings(TableFile(write("r.csv", text), "en", SHANGHAI, needed=["meter", "ts", "value"]))
    assert all(word in str(raised.value).lower() for word in (say.lower() for say in says)), str(raised.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("meter,quantum\nA,0\n", ["row 2", "quantum"]),
        ("meter,parent\nA,A\n", ["row 2", "parent"]),
        ("meter,parent\nA,\nA,B\n", ["row 3", "A"]),
    ],
)
def test_points_that_cannot_be_are_named(write: Writer, text: str, says: list[str]) -> None:
    with pytest.raises(DataRefused) as raised:
        read_points(TableFile(write("p.csv", text), "en", SHANGHAI, needed=["meter"]))
    assert all(word in str(raised.value) for word in says)


def test_an_event_that_ends_before_it_starts_is_named(write: Writer) -> None:
    with pytest.raises(DataRefused, match="row 2"):
        read_events(TableFile(write("e.csv", "start,end\n2026-03-03,2026-03-01\n"), "en", SHANGHAI, needed=[]))


@pytest.mark.parametrize(("quantum", "expected"), [(0.01, 0.01), (0.8, 0.8), (140.0, 140.0), (1e-3, 1e-3)])
def test_the_last_digit_is_learnt_of_the_first_weeks(quantum: float, expected: float) -> None:
    steps = np.random.default_rng(1).integers(1, 400, (40, 96)).astype(np.float64)
    steps[35:] += 0.1234567
    assert learn_quantum(steps * quantum) == pytest.approx(expected)


def test_values_without_a_last_digit_have_no_quantum() -> None:
    assert np.isnan(learn_quantum(np.random.default_rng(1).random((10, 96))))
