"""Readings from files: what is right is sent, what is wrong is named by file, row, field and reason.

Over 300 lines, because three formats are held to the same table of wrong rows.
"""

import io
import json
import os
import sys
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from threading import Timer

import pyarrow
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow.parquet import write_table

from ingest.gateway.cli_options import wrong_row_text
from ingest.gateway.follower import Follower
from ingest.gateway.messages import READINGS_PER_MESSAGE, Sorting, instant_of, into_messages
from ingest.gateway.reading_rows import Columns, Wrong, WrongRow, columns_of, decimal_text
from ingest.gateway.sources import read_source
from ingest.gateway.spool import Reading, Spool
from ingest.topics import TopicKind
from nenghao.errors import ConfigError, DataRefused
from tests.ingest.wire import FIRST_AT, reading

CONSTANTS = ["quantity=active_energy", "kind=register", "period=instant", "unit=kWh"]
SHANGHAI = timezone(timedelta(hours=8))


def rows_of(path: Path, columns: Columns | None = None) -> list[Reading | WrongRow]:
    return list(read_source(path, io.BytesIO(), columns or columns_of([], CONSTANTS, None)))


def wrong(path: Path, row: int, field: str | None, reason: Wrong) -> WrongRow:
    return WrongRow(file=path.name, row=row, field=field, reason=reason)


def test_a_csv_file_is_read_by_its_mapping(tmp_path: Path) -> None:
    path = tmp_path / "plant.csv"
    path.write_text("\ufeffmeter_point,time,kWh,meter,ignored\np1,2026-10-03 00:15:00,12.50,,x\n", encoding="utf-8")
    columns = columns_of(["point=meter_point", "at=time", "value=kWh"], CONSTANTS, "Asia/Shanghai")
    assert rows_of(path, columns) == [reading("12.50")]


def test_wrong_rows_of_a_csv_file_are_named_and_the_others_go_on(tmp_path: Path) -> None:
    path = tmp_path / "plant.csv"
    lines = (
        "point,at,value",
        "p1,2026-10-03T00:15:00+08:00,1",
        "p1,2026-10-03T00:15:00+08:00,",
        'p1,2026-10-03T00:15:00+08:00,"1,5"',
        "p1,03.10.2026,1",
        "p1,2026-10-03T00:15:00,1",
        "",
        "p1,2026-10-03T00:15:00+08:00",
        "p2,2026-10-03T00:15:00+08:00,2",
    )
    path.write_text("\n".join(lines), encoding="utf-8")
    assert rows_of(path) == [
        reading("1"),
        wrong(path, 3, "value", Wrong.EMPTY),
        wrong(path, 4, "value", Wrong.NOT_DECIMAL),
        wrong(path, 5, "at", Wrong.NOT_INSTANT),
        wrong(path, 6, "at", Wrong.NO_ZONE),
        wrong(path, 8, None, Wrong.CELL_COUNT),
        reading("2", point="p2"),
    ]


def test_a_csv_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    path = tmp_path / "plant.csv"
    right = "p1,2026-10-03T00:15:00+08:00,1\n"
    path.write_bytes(f"point,at,value\n{right}".encode() + f"一号表,{right}".encode("gbk") + right.encode())
    assert rows_of(path) == [reading("1"), wrong(path, 3, None, Wrong.ENCODING_ENDS)]


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_missing_column_stops_before_anything_is_read(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"plant{suffix}"
    if suffix == ".csv":
        path.write_text("point,value\n")
    else:
        write_table(pyarrow.table({"point": ["p1"], "value": ["1"]}), path)
    with pytest.raises(ConfigError, match="no column at; it has point, value"):
        rows_of(path)


def test_a_parquet_file_is_read_with_exact_decimals(tmp_path: Path) -> None:
    path = tmp_path / "plant.parquet"
    at = datetime(2026, 10, 3, 0, 15, tzinfo=SHANGHAI)
    table = pyarrow.table(
        {
            "point": ["p1", "p2", "p3", None],
            "at": pyarrow.array([at] * 4, pyarrow.timestamp("us", tz="Asia/Shanghai")),
            "value": pyarrow.array([Decimal("1.250"), Decimal("0.000"), None, Decimal(1)], pyarrow.decimal128(12, 3)),
        }
    )
    write_table(table, path)
    assert rows_of(path) == [
        reading("1.250"),
        reading("0.000", point="p2"),
        wrong(path, 3, "value", Wrong.EMPTY),
        wrong(path, 4, "point", Wrong.EMPTY),
    ]


def test_floats_of_a_parquet_file_are_their_shortest_decimals(tmp_path: Path) -> None:
    path = tmp_path / "plant.parquet"
    write_table(
        pyarrow.table({"value": [0.1, 1e22, float("nan"), -2.0], "at": ["2026-10-03T00:15:00+08:00"] * 4}), path
    )
    rows = rows_of(path, columns_of([], [*CONSTANTS, "point=p1"], None))
    assert rows == [
        reading("0.1"),
        reading("10000000000000000000000"),
        wrong(path, 3, "value", Wrong.NOT_FINITE),
        reading("-2.0"),
    ]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_survives_its_text(number: float) -> None:
    assert float(decimal_text(number)) == number


def test_a_file_that_is_no_parquet_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "plant.parquet"
    path.write_bytes(b"PAR1")
    with pytest.raises(ConfigError, match=r"plant\.parquet"):
        rows_of(path)


def test_without_pyarrow_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ConfigError, match=r"nenghao\[gateway-parquet\]"):
        rows_of(tmp_path / "plant.parquet")


@pytest.mark.parametrize("word", ["value", "value=", "colour=red", "=x"])
def test_a_wrong_mapping_is_named(word: str) -> None:
    with pytest.raises(ConfigError, match="not FIELD=…; fields are point"):
        columns_of([word], [], None)


def test_an_unknown_zone_is_named() -> None:
    with pytest.raises(ConfigError, match="no such time zone"):
        columns_of([], [], "Asia/Nowhere")


def test_lines_that_are_no_reading_are_named_and_a_wrong_value_is_left_to_the_platform(tmp_path: Path) -> None:
    path = tmp_path / "plant.jsonl"
    path.write_bytes(
        b'{"at":"2026-10-03T00:15:00+08:00","value":"x"}\n\n{"value":"1"}\n[1]\n{"at"\n\xff\n'
        + b"[" * 99_000
        + b"\n"
        + b'{"at":"2026-10-03T00:15:00+08:00","value":"'
        + b"1" * 100_000
        + b'"}\n'
    )
    assert rows_of(path) == [
        {"at": "2026-10-03T00:15:00+08:00", "value": "x"},
        wrong(path, 3, "at", Wrong.NOT_INSTANT),
        wrong(path, 4, None, Wrong.NOT_OBJECT),
        wrong(path, 5, None, Wrong.NOT_JSON),
        wrong(path, 6, None, Wrong.NOT_UTF8),
        wrong(path, 7, None, Wrong.NOT_JSON),
        wrong(path, 8, None, Wrong.TOO_LONG),
    ]


@pytest.mark.parametrize("reason", Wrong)
def test_a_wrong_row_is_told_in_both_languages(reason: Wrong) -> None:
    row = WrongRow(file="plant.csv", row=3, field="value", reason=reason)
    assert wrong_row_text(row, "en").startswith("plant.csv, row 3, field value: ")
    assert wrong_row_text(row, "zh").startswith("plant.csv 第 3 行，字段 value: ")


def sorting(**others: object) -> Sorting:
    return Sorting(**({"now": FIRST_AT + timedelta(hours=10)} | others))  # type: ignore[arg-type]


def test_readings_of_one_instant_make_one_message_and_old_ones_are_back_fill() -> None:
    readings = [reading(step=step, point=point) for step in (0, 1, 38, 39) for point in ("p1", "p2")]
    messages = list(into_messages(readings, sorting()))
    assert [(len(message), kind) for message, kind in messages] == [
        (2, TopicKind.BACKFILL), (2, TopicKind.BACKFILL), (2, TopicKind.READINGS), (2, TopicKind.READINGS),
    ]  # fmt: skip


def test_rows_of_an_old_file_share_messages_and_new_ones_do_not() -> None:
    readings = [reading(step=step) for step in range(40)]
    messages = list(into_messages(readings, sorting(is_packed=True)))
    assert [(len(message), kind) for message, kind in messages][:2] == [(32, "backfill"), (1, "readings")]


def test_an_interval_is_as_old_as_its_end() -> None:
    day = reading(kind="interval", period="day", at="2026-10-02T00:00:00+08:00")
    assert sorting(now=datetime(2026, 10, 3, 1, tzinfo=SHANGHAI)).kind(day) is TopicKind.READINGS
    assert sorting(now=datetime(2026, 10, 3, 3, tzinfo=SHANGHAI)).kind(day) is TopicKind.BACKFILL
    assert sorting(backfill_after=timedelta()).kind(reading(step=100)) is TopicKind.BACKFILL
    assert sorting().kind({"at": "yesterday"}) is TopicKind.READINGS


@given(
    st.lists(st.tuples(st.integers(-200_000, 200), st.sampled_from(["p1", "p2", "p3"])), max_size=60),
    st.booleans(),
)
def test_messages_hold_every_reading_once_in_order_within_the_limits(
    steps: list[tuple[int, str]], is_packed: bool
) -> None:
    readings = [reading(step=step, point=point) for step, point in steps]
    messages = list(into_messages(readings, sorting(is_packed=is_packed)))
    assert [one for message, _ in messages for one in message] == readings
    for message, kind in messages:
        assert 0 < len(message) <= READINGS_PER_MESSAGE
        assert {sorting().kind(one) for one in message} == {kind}
        instants = [at for at in map(instant_of, message) if at is not None]
        assert max(instants) - min(instants) <= timedelta(days=62)
        if not is_packed or kind is TopicKind.READINGS:
            assert len(set(instants)) == 1


def test_readings_with_fields_of_their_own_make_no_message_that_is_too_large() -> None:
    readings = [reading(str(step)) | {"note": "x" * 5000} for step in range(500)]
    messages = [message for message, _ in into_messages(readings, sorting())]
    assert [one for message in messages for one in message] == readings
    assert max(len(json.dumps(message)) for message in messages) < 256 * 1024


def test_a_long_cycle_is_cut() -> None:
    messages = list(into_messages([reading(point=f"p{n}") for n in range(READINGS_PER_MESSAGE + 1)], sorting()))
    assert [len(message) for message, _ in messages] == [READINGS_PER_MESSAGE, 1]


# --- lines as they come ---


def line(value: str, at: str | None = None) -> bytes:
    return json.dumps(reading(value) | {"at": at or datetime.now(UTC).isoformat()}).encode() + b"\n"


def values_in(path: Path) -> list[str]:
    spool = Spool(path)
    return [one["value"] for message in spool.unreceipted() for one in json.loads(message.payload)["readings"]]


class Pipe:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.read_end, self.write_end = os.pipe()
        self.wrong: list[WrongRow] = []
        self.follower = Follower(self.read_end, lambda: Spool(path), sorting(), self.wrong.append)

    def write(self, parts: Iterable[bytes]) -> None:
        for part in parts:
            os.write(self.write_end, part)


def test_lines_are_spooled_to_the_last_and_wrong_ones_are_named(tmp_path: Path) -> None:
    pipe = Pipe(tmp_path / "spool.db")
    pipe.follower.start()
    one = line("1")
    pipe.write([one[:10], one[10:] + b"no json\n\n" + line("2"), line("3").rstrip()])
    os.close(pipe.write_end)
    while pipe.follower.may_more_come:
        pass
    pipe.follower.stop()
    assert values_in(pipe.path) == ["1", "2", "3"]
    assert pipe.wrong == [WrongRow(file="stdin", row=2, field=None, reason=Wrong.NOT_JSON)]


def test_a_stop_loses_no_line_that_was_read_from_the_pipe(tmp_path: Path) -> None:
    pipe = Pipe(tmp_path / "spool.db")
    values = [str(number) for number in range(200)]
    pipe.write(line(value) for value in values[:100])
    pipe.follower.start()
    pipe.write(line(value) for value in values[100:])
    pipe.follower.stop()
    os.close(pipe.write_end)
    left = b""
    while chunk := os.read(pipe.read_end, 65_536):
        left += chunk
    taken = values_in(pipe.path)
    assert taken == values[: len(taken)]
    assert left.count(b"\n") == 200 - len(taken)


def test_a_stop_in_the_midst_of_a_line_loses_no_line(tmp_path: Path) -> None:
    pipe = Pipe(tmp_path / "spool.db")
    pipe.follower.start()
    pipe.write([line("1", at="2026-10-03T00:15:00+08:00") + line("2", at="2026-10-03T00:30:00+08:00")[:20]])
    while not pipe.path.exists() or not values_in(pipe.path):
        pass
    rest, behind = line("2", at="2026-10-03T00:30:00+08:00")[20:], line("3")
    Timer(0.5, pipe.write, [[rest + behind]]).start()
    pipe.follower.stop()
    os.close(pipe.write_end)
    assert values_in(pipe.path) == ["1", "2"]
    assert os.read(pipe.read_end, 65_536) == behind
    assert pipe.wrong == []


def test_a_cycle_is_sent_on_without_waiting_for_the_next_one(tmp_path: Path) -> None:
    pipe = Pipe(tmp_path / "spool.db")
    pipe.follower.start()
    pipe.write([line("1", at="2026-10-03T00:15:00+08:00"), line("2", at="2026-10-03T00:15:00+08:00")])
    while not values_in(pipe.path):
        assert pipe.follower.may_more_come
    assert [message.reading_count for message in Spool(pipe.path).unreceipted()] == [2]
    pipe.follower.stop()


def test_a_spool_that_cannot_be_opened_ends_the_lines(tmp_path: Path) -> None:
    pipe = Pipe(tmp_path / "no" / "spool.db")
    pipe.write([line("1")] * 50)
    pipe.follower.start()
    while pipe.follower.may_more_come:
        pass
    with pytest.raises(ConfigError, match="cannot be opened"):
        pipe.follower.stop()


def test_a_source_that_fails_leaves_what_came_before_it_in_the_spool(tmp_path: Path) -> None:
    def rows() -> Iterable[Reading]:
        yield reading("1")
        yield reading("2", step=1)
        yield reading("3", step=2)
        raise DataRefused("the file ends in the midst of a row")

    spool = Spool(tmp_path / "spool.db")
    with pytest.raises(DataRefused):
        spool.append_mixed(into_messages(rows(), sorting()))
    assert values_in(tmp_path / "spool.db") == ["1", "2"]
