"""The bureau's pages: true counts, returns from both sides, levels in their order, seals that are asked for."""

import csv
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import openpyxl
import psycopg
import pytest

from nenghao.config import Role, Settings
from nenghao.crypto import load_trusted_keys
from nenghao.db.connection import connect
from nenghao.jobs.clock_entry import run_close_decided, run_restate
from nenghao.jobs.entry import run_count_quality
from nenghao.reporting.seal import SPREADSHEET
from nenghao.reporting.stored_zip import read_zip
from nenghao.reporting.verify import verify_archive
from tests.console.bureau_seed import OCTOBER, put_registers_of, rebuild, seed_months
from tests.console.conftest import Browser, Console
from tests.console.seed import UNIT_A, UNIT_B, UNIT_C

MONTH = {"month": "2026-10"}
RETURN_A = f"/bureau/{UNIT_A}/2026-10"
Browse = Callable[[str], Browser]


@pytest.fixture(scope="module")
def office(console: Console, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Months are built, A has filed, nothing is sealed; the settings are those of the jobs."""
    settings = console.settings.model_copy(update={"release_dir": tmp_path_factory.mktemp("releases")})
    seed_months(settings)
    run_count_quality(settings)
    return settings


@pytest.fixture
def owner(office: Settings) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    with connect(office, Role.OWNER, autocommit=True) as conn:
        yield conn


def lines(browser: Browser, **more: str) -> list[dict[str, str]]:
    """The list of the month as its export has it."""
    answer = browser.get("/bureau/export.csv", **MONTH, **more)
    assert answer.status_code == 200, answer.text
    assert answer.content.startswith("\ufeff".encode())
    return list(csv.DictReader(StringIO(answer.text.lstrip("\ufeff"))))


def states(browser: Browser) -> dict[str, tuple[str, str]]:
    """(filing, balance) by unit."""
    return {row["统一社会信用代码"]: (row["上报状态"], row["监测测算状态"]) for row in lines(browser)}


def follow(settings: Settings) -> None:
    """What the watch starts, without the rules."""
    run_restate(run_close_decided(settings), settings)


def release(owner: psycopg.Connection[tuple[object, ...]], name: str) -> tuple[bytes, dict[str, object]]:
    """Archive and content as they are stored."""
    row = owner.execute("SELECT archive, content FROM release WHERE archive_name = %s", [f"{name}.zip"]).fetchone()
    assert row is not None
    return bytes(row[0]), json.loads(bytes(row[1]))  # type: ignore[arg-type]  # bytea, as the driver gives it


def test_the_month_tells_every_unit_and_counts_what_is_true(office: Settings, browse: Browse) -> None:
    province = browse("stat15")
    assert states(province) == {
        UNIT_A: ("已报出", "可封存"),
        UNIT_B: ("逾期未报", "可封存"),
        UNIT_C: ("不在调查范围", "未测算"),
    }
    page = province.get("/bureau", **MONTH).text
    assert "共 3 家单位" in page
    for state, number in Counter(filing for filing, _ in states(province).values()).items():
        row = re.search(rf"{state}</span></a></th>(.*?)</tr>", page, re.DOTALL)
        assert row is not None, state
        assert re.findall(r"<td class=\"number\">(\d+)</td>", row.group(1))[-1] == str(number)
    assert [row["单位"] for row in lines(province, region="152500")] == ["丙<b>煤化工"]
    assert "丙&lt;b&gt;煤化工" in page
    assert [row["统一社会信用代码"] for row in lines(province, filing="late")] == [UNIT_B]
    assert lines(province, balance="none", sector="C31") == []


def test_each_level_sees_its_own_and_nobody_outside_statistics_sees_a_filing(office: Settings, browse: Browse) -> None:
    assert set(states(browse("stat1502"))) == {UNIT_A, UNIT_B}
    assert set(states(browse("stat150202"))) == {UNIT_A}
    assert set(states(browse("stat1525"))) == {UNIT_C}
    for login in ("saving15", "market15", "ecology15", "a-manager", "system", "security", "trail"):
        assert browse(login).get("/bureau", **MONTH).status_code == 403, login
        assert browse(login).get(RETURN_A).status_code == 403, login
    assert browse("stat1525").get(RETURN_A).status_code == 404
    with connect(office, Role.OWNER) as conn:
        tried = conn.execute(
            "SELECT outcome FROM access_trail WHERE login = 'stat1525' AND subject = %s", [f"GET {RETURN_A}"]
        ).fetchall()
    assert tried == [("refused",)]
    assert browse("saving15").get("/bureau/quality", **MONTH).status_code == 200


def test_a_return_shows_both_sides_and_what_is_wrong_at_its_cell(office: Settings, browse: Browse) -> None:
    page = browse("stat150202").get(RETURN_A).text
    assert "205-1" in page
    assert "31.50" in page  # as filed
    assert re.search(r"监 30\.4\b|监 30\.40", page)  # Jan to Oct by the meter
    fault = re.search(r'<td class="number at-doubt">(.*?)</td>', page, re.DOTALL)
    assert fault is not None
    assert "31.50" in fault.group(1)
    assert "核实性" in fault.group(1)
    assert "C-7" in page
    assert "Zhang" in page
    assert "Wang" in page
    monitored = browse("stat150202").get(RETURN_A, view="monitored").text
    assert "3.10" in monitored  # the month alone: 31 days
    assert "31.50" not in monitored


def test_a_cell_leads_to_its_days_and_to_what_the_unit_said(office: Settings, browse: Browse) -> None:
    page = browse("aud15").get(f"{RETURN_A}/cells/205-1/33/4").text
    assert "单位填写" in page
    assert "31.50" in page
    assert "side=monitored" in page
    points = browse("aud15").get(f"{RETURN_A}/cells/205-1/33/4", side="monitored").text
    assert "E1" in points
    assert "2026-10-31" in points
    only = browse("aud15").get(f"{RETURN_A}/cells/205-1/40/4", side="monitored").text
    assert "由下列各行相加" in only
    assert browse("aud15").get(f"{RETURN_A}/cells/205-1/99/4", side="monitored").status_code == 404


def test_levels_accept_in_their_order_each_at_its_own(
    office: Settings, browse: Browse, owner: psycopg.Connection[tuple[object, ...]]
) -> None:
    def act(login: str, what: str, **fields: str) -> int:
        return browse(login).post(f"{RETURN_A}/{what}", dict(fields)).status_code

    def events() -> list[tuple[object, ...]]:
        return owner.execute("SELECT state, level, acted_by FROM filing_event ORDER BY filing_event_id").fetchall()

    assert act("stat1502", "accept") == 422  # the county comes first
    assert act("stat1525", "accept") == 404  # another league's unit is not there
    assert act("aud15", "accept") == 403  # auditors decide on cases
    assert browse("stat150202").post(f"/bureau/{UNIT_B}/2026-10/accept").status_code == 404  # another county's
    assert events() == []
    assert act("stat150202", "ask", question="Why 31.50?", cell="33.4") == 303
    assert act("stat150202", "ask", question="Why?", cell="99.4") == 422
    assert act("stat150202", "accept") == 422  # it was asked, and is not answered
    page = browse("stat150202").get(RETURN_A).text
    assert "Why 31.50?" in page
    assert "待答复" in page
    owner.execute("ALTER TABLE filing_event DISABLE TRIGGER USER")
    owner.execute(
        "INSERT INTO filing_answer (filing_query_id, cause, quantity, document, answered_by, answered_at)"
        " SELECT filing_query_id, 'a bill of December', '1.1', 'D-8', 'Zhang', now() FROM filing_query"
    )
    owner.execute(
        "INSERT INTO filing_event (filing_id, state, level, acted_by, acted_at)"
        " SELECT filing_id, 'answered', 'unit', 'Zhang', now() FROM filing"
    )
    owner.execute("ALTER TABLE filing_event ENABLE TRIGGER USER")
    assert "a bill of December" in browse("stat150202").get(RETURN_A).text
    assert act("stat150202", "accept", level="city") == 303  # whatever is posted, the level is the person's own
    assert act("stat150202", "accept") == 422
    assert act("stat15", "lock") == 422
    assert act("stat1502", "accept", filing="999") == 422  # meant for a filing that is not the newest
    assert act("stat1502", "accept") == 303
    assert act("stat15", "accept") == 303
    assert act("stat1502", "lock") == 403
    assert act("stat15", "lock") == 303
    assert [(state, level) for state, level, _ in events()] == [
        ("queried", "county"), ("answered", "unit"), ("accepted_county", "county"), ("accepted_city", "city"),
        ("accepted_province", "province"), ("locked", "province"),
    ]  # fmt: skip
    assert {by for _, level, by in events() if level == "city"} == {"P stat1502"}
    assert states(browse("stat15"))[UNIT_A][0] == "已锁定"


def test_nobody_at_the_bureau_has_a_form_that_edits_a_figure(office: Settings, browse: Browse) -> None:
    for view in ("both", "filed", "monitored"):
        page = browse("stat15").get(RETURN_A, view=view).text
        named = set(re.findall(r'name="([^"]+)"', page))
        assert named <= {
            "csrf",
            "viewport",
            "htmx-config",
            "back",
            "language",
            "cell",
            "question",
            "filing",
            "remark",
            "kind",
        }


def test_a_seal_is_asked_for_followed_and_handed_out_byte_for_byte(
    office: Settings, browse: Browse, owner: psycopg.Connection[tuple[object, ...]]
) -> None:
    province = browse("stat15")
    assert browse("stat1502").post(f"{RETURN_A}/seal", {"kind": "monitored_balance"}).status_code == 403
    assert province.post("/bureau/seal", {"month": "2026-10"}).status_code == 303
    assert province.post(f"{RETURN_A}/seal", {"kind": "filing"}).status_code == 303
    waiting = province.get("/bureau/seals", **MONTH).text
    assert waiting.count("等待</span>") == 3
    assert 'hx-trigger="load delay:3s"' in waiting
    assert owner.execute("SELECT DISTINCT requested_by FROM seal_request").fetchall() == [("P stat15",)]
    follow(office)
    done = province.client.get("/bureau/seals", params=MONTH, headers={"hx-request": "true"}).text
    assert done.count("已封存</span>") == 3
    assert "hx-trigger" not in done
    assert states(province)[UNIT_A][1] == "已封存"
    name = f"{UNIT_A}-2026-10-monitored-v1"
    archive, content = release(owner, name)
    assert province.get(f"/bureau/releases/{name}/file.zip").content == archive
    assert province.get(f"/bureau/releases/{name}/file.xlsx").content == read_zip(archive)[SPREADSHEET]
    assert json.loads(province.get(f"/bureau/releases/{name}/file.json").text)["release"] == content
    assert all(check.is_passed for check in verify_archive(archive, load_trusted_keys(office.trust_dir)))
    checks = province.get(f"/bureau/releases/{name}/verify").text
    assert "逐字节相符" in checks
    page = province.get(f"/bureau/releases/{name}").text
    row = owner.execute(
        "SELECT encode(hash, 'hex'), key_id FROM release WHERE archive_name = %s", [f"{name}.zip"]
    ).fetchone()
    assert row is not None
    assert str(row[0]) in page
    assert str(row[1]) in page
    assert browse("stat1525").get(f"/bureau/releases/{name}").status_code == 404
    assert browse("stat1525").get(f"/bureau/releases/{name}/file.zip").status_code == 404
    assert "没有可封存的单位" in province.client.get(
        province.post("/bureau/seal", {"month": "2026-10", "region": "1502"}).headers["location"]
    ).text  # fmt: skip


def test_a_restatement_shows_the_very_cells_of_its_release_and_whom_to_tell(
    office: Settings, browse: Browse, owner: psycopg.Connection[tuple[object, ...]]
) -> None:
    province, first = browse("stat15"), f"{UNIT_B}-2026-10-monitored-v1"
    told = {"recipient": "Statistics of the nation", "way": "post", "document_no": "N-1"}
    assert province.post(f"/bureau/releases/{first}/recipients", told).status_code == 303
    assert province.post(f"/bureau/releases/{first}/recipients", {**told, "way": "rumour"}).status_code == 422
    owner.execute("DELETE FROM changed_mark")
    point = owner.execute(
        "INSERT INTO point (unit_id, point_code, data_code, name, variety_code, flow, use) SELECT unit_id, 'E2',"
        " '0000000101040111', 'E2', '33', 'purchase', 'industrial' FROM unit WHERE unit_code = %s RETURNING point_id",
        [UNIT_B],
    ).fetchone()
    assert point is not None
    series = owner.execute(
        "INSERT INTO series (point_id, quantity, kind, period) VALUES (%s, 'active_energy', 'register', 'instant')"
        " RETURNING series_id",
        [point[0]],
    ).fetchone()
    assert series is not None
    owner.execute(
        "INSERT INTO series_version (series_id, valid, meter_id, unit, slot_minutes, multiplier, multiplier_applied_by,"
        " decimals, register_modulus) SELECT %s, tstzrange('2025-01-01+08', NULL), m.meter_id, 'kWh', 15, 1,"
        " 'platform', 2, 1000000 FROM meter AS m INNER JOIN unit AS u USING (unit_id) WHERE u.unit_code = %s",
        [series[0], UNIT_B],
    )
    put_registers_of(owner, int(str(series[0])), OCTOBER.start_on, 32)
    rebuild(office)
    assert states(province)[UNIT_B][1] == "封存后有变"
    assert province.post(f"/bureau/{UNIT_B}/2026-10/seal", {"kind": "monitored_balance"}).status_code == 303
    follow(office)
    assert states(province)[UNIT_B][1] == "已更正封存"
    second = f"{UNIT_B}-2026-10-monitored-v2"
    _, content = release(owner, second)
    changes = content["restates"]["changes"]  # type: ignore[index]  # of a second version
    page = province.get(f"/bureau/releases/{second}").text
    diff = page[page.index("更正第 1 版") : page.index("form-page")]
    rows = re.findall(r'<tr><th scope="row">.*?</tr>', diff, re.DOTALL)
    assert len(rows) == len(changes) > 0
    for change, row in zip(changes, rows, strict=True):
        assert f"{change['row']}.{change['column']}" in row
        for value in ("old_value", "new_value"):
            assert change[value] is None or change[value] in row
    assert "Statistics of the nation" in page  # who has the first version is to be told


def test_an_aggregate_is_asked_for_within_ones_region_and_not_shown_before_its_time(
    office: Settings, browse: Browse, owner: psycopg.Connection[tuple[object, ...]]
) -> None:
    province = browse("stat15")
    asked = {"month": "2026-10", "region": "150200", "parts": "industry", "public_from": "2099-01-01T09:00"}
    assert province.post("/bureau/aggregates", {**asked, "region": "460100"}).status_code == 422
    assert browse("stat1502").post("/bureau/aggregates", asked).status_code == 403
    assert province.post("/bureau/aggregates", asked).status_code == 303
    follow(office)
    name = "150200-by-industry-2026-10-aggregate-v1"
    page = province.get(f"/bureau/releases/{name}").text
    assert "2099-01-01" in page
    assert "form-page" not in page
    refused = province.get(f"/bureau/releases/{name}/file.zip")
    assert refused.status_code == 422
    assert "2099-01-01 09:00" in refused.text
    assert province.post("/bureau/aggregates", {**asked, "parts": "division", "public_from": ""}).status_code == 303
    follow(office)
    shown = province.get("/bureau/releases/150200-by-division-2026-10-aggregate-v1").text
    assert "监测口径，非考核数" in shown
    _, content = release(owner, "150200-by-division-2026-10-aggregate-v1")
    hidden = [cell for cell in content["cells"] if cell["suppressed"]]  # type: ignore[attr-defined]
    assert hidden  # two units only
    assert shown.count('<td class="number">') >= len(hidden)


def test_quality_is_told_by_league_and_unit_with_what_each_component_rests_on(office: Settings, browse: Browse) -> None:
    by_unit = browse("stat15").get("/bureau/quality", **MONTH, by="unit").text
    assert "甲钢铁厂" in by_unit
    assert "乙水泥厂" in by_unit
    assert "甲钢铁厂" not in browse("stat1525").get("/bureau/quality", **MONTH, by="unit").text
    assert "包头市" in browse("stat15").get("/bureau/quality", **MONTH).text
    unit = browse("stat15").get(f"/bureau/quality/{UNIT_A}", **MONTH)
    assert "实收时段÷应收时段" in unit.text
    chart = browse("stat15").get(f"/bureau/quality/{UNIT_A}/months.json").json()
    assert len(chart["at"]) == len(chart["series"][0]["values"]) == 2
    rows = csv.DictReader(StringIO(browse("stat15").get("/bureau/quality/export.csv", **MONTH).text.lstrip("\ufeff")))
    assert {row["代码"] for row in rows} == {UNIT_A, UNIT_B, UNIT_C}


PAGES = (
    "/bureau", "/bureau?month=2026-10&filing=locked", "/bureau?month=2019-01", RETURN_A, f"{RETURN_A}?view=filed",
    f"{RETURN_A}?view=monitored", f"/bureau/{UNIT_B}/2026-10", f"/bureau/{UNIT_C}/2026-10", f"{RETURN_A}/seals",
    f"{RETURN_A}/cells/205-1/33/4", f"{RETURN_A}/cells/205-1/33/4?side=monitored&day=2026-10-05", "/bureau/releases",
    f"/bureau/releases/{UNIT_A}-2026-10-filing-v1", f"/bureau/releases/{UNIT_B}-2026-10-monitored-v2", "/bureau/seals",
    "/bureau/quality", "/bureau/quality?by=county&scheme=db53_1116_2022", f"/bureau/quality/{UNIT_A}",
)  # fmt: skip
#: Twelve of a page, and those of every request: the session, the role, the account, the trail.
MOST_QUERIES = 12 + 6


def test_every_page_is_there_in_both_languages_with_few_queries(
    office: Settings, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    counts: dict[str, int] = {}
    execute = psycopg.Cursor.execute

    def counted(self: object, query: object, *rest: object, **more: object) -> object:
        asked.append(query)
        return execute(self, query, *rest, **more)  # type: ignore[arg-type]  # as it came

    browser = browse("stat15")
    for path in PAGES:
        for language in ("zh", "en"):
            browser.client.cookies.set("nenghao-language", language)
            asked.clear()
            with monkeypatch.context() as patch:
                patch.setattr(psycopg.Cursor, "execute", counted)
                answer = browser.get(path)
            assert answer.status_code == 200, (path, language, answer.text[:2000])
            assert "console.bureau." not in answer.text, path
            # The pool may open or check a connection meanwhile: the smaller of two visits is the page's own.
            counts[path] = min(len(asked), counts.get(path, len(asked)))
    browser.client.cookies.delete("nenghao-language")
    assert {path: count for path, count in counts.items() if not 0 < count <= MOST_QUERIES} == {}


def test_the_workbook_keeps_text_as_text(office: Settings, browse: Browse, tmp_path: Path) -> None:
    path = tmp_path / "month.xlsx"
    path.write_bytes(browse("stat15").get("/bureau/export.xlsx", **MONTH).content)
    sheet = openpyxl.load_workbook(path).worksheets[0]
    assert sheet.max_row == 5  # two lines of headings, three units
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "d"}
