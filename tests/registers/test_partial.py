"""Partial imports: what is fine lands, and never a row whose reference was refused."""

from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nenghao.config import Role, Settings
from nenghao.db.connection import connect
from nenghao.domain.periods import SHANGHAI
from nenghao.registers.columns import CellRefused, as_text
from nenghao.registers.exporter import reject_rows
from nenghao.registers.importer import import_registers
from nenghao.registers.judge import Judged, Registered, judge
from nenghao.registers.layout import SHEETS
from nenghao.registers.reader import RawRow, Reading, Row, all_rows, read_registers
from nenghao.registers.tables import escape
from tests.registers.plants import GATEWAY, Rows, plants
from tests.registers.test_import import FILES, know_electricity, swap, write

NOW = datetime(2026, 11, 23, 12, tzinfo=SHANGHAI)
#: Texts that some columns refuse; others take them as a name.
SPOILED = st.sampled_from(["", "x", "-1", "2026-13-01", "911502000000000008", "\u202eabc", "９"])


def as_reading(rows: Rows, spoiled: set[tuple[str, str, str]]) -> Reading:
    """What a reader would make of the rows with some cells spoiled: (sheet, column, text)."""
    reading = Reading()
    for sheet in SHEETS:
        for number, cells in enumerate(rows[sheet.name], start=2):
            texts = {column.name: as_text(cells[column.name]) for column in sheet.columns}
            texts |= {column: text for name, column, text in spoiled if name == sheet.name}
            raw = RawRow(sheet, sheet.file_name, number, texts)
            try:
                parsed = {
                    column.name: column.parse(texts[column.name]) if texts[column.name] else None
                    for column in sheet.columns
                }
                if any(column.is_required and parsed[column.name] is None for column in sheet.columns):
                    raise ValueError
            except (CellRefused, ValueError):
                reading.unread.append(raw)
                continue
            reading.rows[sheet.name].append(Row(raw, parsed))
    return reading


def judge_alone(reading: Reading, code: str) -> Judged:
    return judge(reading, Registered({}, frozenset({(code, GATEWAY)}), frozenset({"33"})), NOW)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), drawn=plants())
def test_no_row_lands_without_what_it_refers_to(data: st.DataObject, drawn: tuple[str, Rows]) -> None:
    code, rows = drawn
    sheet = data.draw(st.sampled_from([sheet for sheet in SHEETS if rows[sheet.name]]))
    column = data.draw(st.sampled_from(sheet.columns))
    reading = as_reading(rows, {(sheet.name, column.name, data.draw(SPOILED))})
    judged = judge_alone(reading, code)

    landed = {name: {row.key for row in found} for name, found in judged.new.items()}
    for row in all_rows(judged.new):
        for reference in row.sheet.references:
            key = tuple(row.cells[name] for name in reference.columns)
            assert key[-1] is None or reference.sheet_name == "gateways" or key in landed[reference.sheet_name]
    for change in (*judged.new["meter_changes"], *judged.new["multiplier_changes"]):
        assert any(step.row is change for step in judged.steps)
    given_rows = sum(len(found) for found in reading.rows.values()) + len(reading.unread)
    assert sum(len(found) for found in judged.new.values()) + len(judged.refused) == given_rows
    assert {(raw.file_name, raw.number) for raw in judged.refused} == (
        {(fault.file_name, fault.row) for fault in judged.faults}
        | {(raw.file_name, raw.number) for raw in reading.unread}
    )


@pytest.fixture
def prepared(database: Settings) -> Settings:
    return know_electricity(database)


def test_refused_rows_can_be_mended_and_imported(prepared: Settings, tmp_path: Path) -> None:
    files = {name: list(lines) for name, lines in FILES.items()}
    swap("points", 1, ",33,", ",99,")(files)
    folder = write(tmp_path / "r", files)
    with connect(prepared, Role.CONSOLE) as conn:
        partial = import_registers(conn, folder, NOW, is_partial=True)
    assert partial.added == {"units": 1, "meters": 1, "points": 1, "series": 3}
    assert [(raw.file_name, raw.number) for raw in partial.refused] == [("points.csv", 3), ("network.csv", 2)]
    assert {(fault.file_name, fault.reason) for fault in partial.faults} == {
        ("points.csv", "variety_unknown"), ("network.csv", "refers_to_refused"),
    }  # fmt: skip

    (tmp_path / "mended").mkdir()
    for name, rows in reject_rows(partial.refused, partial.faults, "zh").items():
        sheet = next(sheet for sheet in SHEETS if sheet.name == name)
        heading = [*(column.name for column in sheet.columns), "fault"]
        lines = [",".join(heading), *(",".join(map(escape, row)).replace(",99,", ",33,") for row in rows)]
        (tmp_path / "mended" / sheet.file_name).write_text("\n".join(lines), encoding="utf-8")
    with connect(prepared, Role.CONSOLE) as conn:
        mended = import_registers(conn, tmp_path / "mended", NOW)
    assert (mended.faults, mended.added) == ((), {"points": 1, "network": 1})


def test_without_asking_for_it_nothing_is_partial(prepared: Settings, tmp_path: Path) -> None:
    files = {name: list(lines) for name, lines in FILES.items()}
    swap("network", 0, "E1-1", "E9")(files)
    with connect(prepared, Role.CONSOLE) as conn:
        result = import_registers(conn, write(tmp_path / "r", files), NOW)
        assert (result.added, len(result.faults)) == ({}, 1)
        assert conn.execute("SELECT count(*) FROM unit").fetchone() == (0,)
    assert read_registers(tmp_path / "r").faults == []
