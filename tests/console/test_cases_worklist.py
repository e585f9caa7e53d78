"""The worklist: the order of the ranking, true counts, filters that are values, exports of exactly what is filtered."""

import csv
import re
import zipfile
from collections.abc import Callable
from hashlib import sha256
from io import BytesIO, StringIO
from typing import Any

import psycopg
import pytest
from python_calamine import CalamineWorkbook

from nenghao.config import Role
from nenghao.db.connection import connect
from nenghao.review.ranking import rank_cases
from tests.console.cases_seed import seed_many
from tests.console.conftest import Browser, Console
from tests.review.test_sampling import MONTH as SAMPLED
from tests.review.test_sampling import plant_balances

Browse = Callable[[str], Browser]
NUMBERS = re.compile(r'<th scope="row"><a href="/cases/(\d+)">')
FILTERS = (
    "level", "state", "family", "rule", "kind", "unit", "division", "q", "cause", "mine", "overdue", "sort", "page",
)  # fmt: skip
HOSTILE = (
    "' OR 1=1 --", "'; DROP TABLE unit; --", "%(level)s", "\x00", "<script>alert(1)</script>", "-1", "9" * 30,
    "{{7*7}}",
)  # fmt: skip
PAGES = ("/cases", "/cases?state=all&sort=opened", "/cases/7", "/cases/7/rules", "/cases/7/messages")


@pytest.fixture(scope="module")
def many(console: Console) -> Console:
    seed_many(console.settings, units=43, alerts=300, days=30)
    return console


def numbers(text: str) -> list[int]:
    return [int(number) for number in NUMBERS.findall(text)]


def listed(browse: Browse, **params: object) -> list[int]:
    """The numbers of all pages."""
    found: list[int] = []
    for page in range(1, 20):
        answer = browse("aud15").get("/cases", **params, page=page)
        assert answer.status_code == 200, answer.text
        new = numbers(answer.text)
        if not new or new[0] in found:
            return found
        found += new
    raise AssertionError("the pages do not end")


def test_the_worklist_is_in_the_order_of_the_command(many: Console, browse: Browse) -> None:
    with connect(many.settings, Role.CONSOLE) as conn:
        ranked = [one.row["case_id"] for one in rank_cases(conn).shown if not one.row["is_common_cause"]]
    assert listed(browse) == ranked
    assert len(ranked) > 100


def test_counts_are_true_under_filters(many: Console, browse: Browse) -> None:
    for params in ({}, {"level": "doubt"}, {"state": "all", "kind": "clip"}, {"division": "1502", "q": "unit 1"}):
        text = browse("aud15").get("/cases", **params).text
        found = listed(browse, **params)
        assert f"符合条件 {len(found)} 件" in text
        told = dict(re.findall(r'<option value="(doubt|lead)"[^>]*>[^(]*\((\d+)\)', text))
        for level, number in told.items():
            assert len(listed(browse, **{**params, "level": level})) == int(number)


def test_an_officer_sees_his_own_region_only(many: Console, browse: Browse) -> None:
    with connect(many.settings, Role.OWNER) as conn:
        waiting = conn.execute(
            "SELECT case_id, division_code FROM case_listing JOIN unit USING (unit_id)"
            " WHERE state IN ('open', 'asked') AND NOT is_common_cause"
        ).fetchall()
    for login, prefix in (("aud1502", "1502"), ("aud1525", "1525"), ("stat150202", "150202")):
        own = {case_id for case_id, division_code in waiting if division_code.startswith(prefix)}
        text = browse(login).get("/cases").text
        assert f"符合条件 {len(own)} 件" in text
        assert set(numbers(text)) <= own
        assert 0 < len(own) < len(waiting)
        hidden = min(case_id for case_id, _ in waiting if case_id not in own)
        assert browse(login).get(f"/cases/{hidden}").status_code == 404


@pytest.mark.parametrize("name", FILTERS)
def test_what_is_typed_into_an_address_is_a_value(many: Console, browse: Browse, name: str) -> None:
    for hostile in HOSTILE:
        answer = browse("aud15").get("/cases", **{name: hostile})
        assert answer.status_code == 200, hostile
        assert "<script>alert" not in answer.text
    assert browse("aud15").get("/cases/export.csv", **{name: HOSTILE[0]}).status_code == 200


def test_an_export_is_exactly_what_is_filtered_and_its_texts_stay_texts(many: Console, browse: Browse) -> None:
    with connect(many.settings, Role.OWNER) as conn:
        conn.execute("UPDATE unit SET name = '=HYPERLINK(1)' WHERE unit_code = '911500000000000005'")
    params = {"division": "1502", "sort": "effect"}
    found = listed(browse, **params)
    sheet = browse("aud15").get("/cases/export.xlsx", **params)
    rows = CalamineWorkbook.from_filelike(BytesIO(sheet.content)).get_sheet_by_index(0).to_python()
    assert [int(row[0]) for row in rows[2:]] == found  # type: ignore[arg-type]  # a column of numbers
    assert b"<f>" not in _cells(sheet.content)
    text = browse("aud15").get("/cases/export.csv", **params).content.decode("utf-8-sig")
    lines = list(csv.reader(StringIO(text)))
    assert [int(line[0]) for line in lines[1:]] == found
    all_names = {line[3] for line in csv.reader(StringIO(_export(browse, state="all")))}
    assert "'=HYPERLINK(1)" in all_names
    assert "=HYPERLINK(1)" not in all_names
    assert browse("aud15").get("/cases/export.exe").status_code == 404


def _export(browse: Browse, **params: object) -> str:
    return browse("aud15").get("/cases/export.csv", **params).content.decode("utf-8-sig")


def _cells(content: bytes) -> bytes:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return archive.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize(
    "path", ["/cases", "/cases?state=all&sort=opened", "/cases/7", "/cases/7/rules", "/cases/7/messages"]
)
def test_a_page_asks_a_bounded_number_of_queries(
    many: Console, browse: Browse, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run: list[str] = []
    execute = psycopg.Cursor.execute

    def counted(cursor: psycopg.Cursor[Any], query: Any, *rest: Any, **more: Any) -> Any:
        run.append(str(query))
        return execute(cursor, query, *rest, **more)

    browser = browse("aud15")
    browser.get(path)
    monkeypatch.setattr(psycopg.Cursor, "execute", counted)
    assert browser.get(path).status_code == 200
    assert 3 <= len(run) <= 24, run


def test_the_budget_and_an_empty_list_are_told(many: Console, browse: Browse) -> None:
    assert "每百单位月" in browse("aud15").get("/cases/budget").text
    assert "没有符合条件的案件" in browse("aud15").get("/cases", q="no such unit").text
    common = browse("aud15").get("/cases", cause="common", state="all").text
    assert numbers(common) == [13]


def test_a_sample_is_announced_in_time_only(many: Console, browse: Browse) -> None:
    auditor = browse("aud15")
    assert "还没有公告抽查" in auditor.get("/cases/sample", month="2026-10").text
    assert auditor.get("/cases/sample", month="9999-12").status_code == 422
    wrong: dict[str, object] = {"month": "2026-10", "count": "3", "seed_day": "2020-01-01"}
    for typed in (wrong, {**wrong, "seed_day": "x"}, {**wrong, "count": "x"}, {**wrong, "month": "x"}):
        assert auditor.post("/cases/sample/announce", typed).status_code == 422
    answer = auditor.post("/cases/sample/announce", {**wrong, "seed_day": "2199-12-31"})
    assert answer.status_code == 303, answer.text
    shown = auditor.get("/cases/sample", month="2026-10").text
    assert "P aud15" in shown
    assert auditor.post("/cases/sample/draw", {"month": "2026-10"}).status_code == 422
    assert browse("stat15").post("/cases/sample/announce", wrong).status_code == 403


def test_a_sample_is_drawn_by_the_root_of_its_day_and_checked_by_two(many: Console, browse: Browse) -> None:
    auditor = browse("aud15")
    with connect(many.settings, Role.OWNER) as conn:
        plant_balances(conn, [0, 10, 20, 900])
        conn.execute(
            "INSERT INTO day_tree (tree_no, day_on, first_batch_id, last_batch_id, first_row_leaf_id, last_row_leaf_id,"
            " batch_count, message_count, row_count, hash_algorithm, root, previous_root, closed_at)"
            " VALUES (1, '2199-12-30', 1, 0, 1, 0, 0, 0, 0, 'sha256', sha256('root'), sha256('before'), now())"
        )
    plan: dict[str, object] = {"month": str(SAMPLED), "count": "2", "seed_day": "2199-12-31"}
    assert auditor.post("/cases/sample/announce", plan).status_code == 303
    with connect(many.settings, Role.OWNER) as conn:
        conn.execute(
            "INSERT INTO day_tree (tree_no, day_on, first_batch_id, last_batch_id, first_row_leaf_id, last_row_leaf_id,"
            " batch_count, message_count, row_count, hash_algorithm, root, previous_root, closed_at)"
            " VALUES (2, '2199-12-31', 1, 0, 1, 0, 0, 0, 0, 'sha256', sha256('seed'), sha256('root'), now())"
        )
    assert auditor.post("/cases/sample/draw", {"month": str(SAMPLED)}).status_code == 303
    shown = auditor.get("/cases/sample", month=SAMPLED).text
    assert sha256(b"seed").hexdigest() in shown
    assert "结果一致" in shown
    drawn = re.findall(r'<option value="(9115020060\w+)"', shown)
    assert len(drawn) == 2
    result: dict[str, object] = {
        "month": str(SAMPLED), "unit": drawn[0], "reported": "90", "checked": "100", "document": "核字1号",
        "and_by": "乙",
    }  # fmt: skip
    for wrong in ({"reported": "x"}, {"checked": "NaN"}, {"unit": "none"}, {"and_by": "P aud15"}, {"document": ""}):
        assert auditor.post("/cases/sample/result", {**result, **wrong}).status_code == 422, wrong
    for unit in drawn:
        assert "95% 区间" not in auditor.get("/cases/sample", month=SAMPLED).text
        assert auditor.post("/cases/sample/result", {**result, "unit": unit}).status_code == 303
    assert "95% 区间" in auditor.get("/cases/sample", month=SAMPLED).text
    assert browse("aud1502").get("/cases/sample").status_code == 403


def test_what_is_in_my_hands_and_what_is_overdue(many: Console, browse: Browse) -> None:
    assert listed(browse, mine="1") == listed(browse, overdue="1") == []
    with connect(many.settings, Role.OWNER) as conn:
        found = conn.execute(
            "SELECT case_id, unit_id FROM case_listing WHERE state = 'open' AND level = 'doubt' ORDER BY 1 LIMIT 2"
        ).fetchall()
        for (case_id, unit_id), due_on in zip(found, ("2020-01-01", "2199-01-01"), strict=True):
            conn.execute(
                "INSERT INTO case_step (case_id, unit_id, act, side, acted_by, acted_at, told, content, due_on,"
                " channel, recorded_by, recorded_at, hash_algorithm, hash)"
                " SELECT %s, %s, 'assign', 'officer', 'p', now(), 't',"
                " jsonb_build_object('handler', name, 'handler_account_id', account_id), %s, 'command', 'p', now(),"
                " 'sha256', sha256(%s) FROM account WHERE login = 'aud15'",
                [case_id, unit_id, due_on, str(case_id).encode()],
            )
    assert sorted(listed(browse, mine="1")) == [case_id for case_id, _ in found]
    assert listed(browse, overdue="1") == [found[0][0]]
    assert "P aud15" in browse("aud15").get("/cases", overdue="1").text
    assert browse("aud15b").get("/cases", mine="1").text.count('<th scope="row">') == 0
