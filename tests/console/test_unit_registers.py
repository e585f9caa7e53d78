"""What a unit's people register by themselves: files and forms, all rows or none, and of their own unit only."""

import base64
import csv
import io
import json
from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest

from ingest.unit_requests import answer_request
from nenghao.config import Role
from nenghao.crypto import load_public_key, new_signing_key, public_key_of
from nenghao.db import unit_requests
from nenghao.db.connection import connect
from nenghao.db.errors import NotPermitted, driver_errors
from nenghao.db.people import as_person, open_pool
from nenghao.db.registers import add_rows
from nenghao.domain.periods import SHANGHAI
from nenghao.labels import label
from nenghao.registers.layout import METERS_SHEET
from tests.console.conftest import Browser, Console
from tests.console.seed import UNIT_A, UNIT_B
from tests.console.unit_seed import OTHER, seed_unit_data

Browse = Callable[[str], Browser]
METERS = ("unit_code", "meter_no", "model", "accuracy_class", "state")
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64
BOOT = "00000000-0000-4000-8000-000000000001"


@pytest.fixture(scope="module")
def plant(console: Console) -> Console:
    seed_unit_data(console.settings)
    return console


def ask(plant: Console, query: str, *values: object) -> list[tuple[object, ...]]:
    with connect(plant.settings, Role.OWNER) as conn:
        return conn.execute(query, values).fetchall()  # type: ignore[call-overload,no-any-return]  # a test's own text


def csv_file(heading: Sequence[str], *rows: Sequence[str]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer).writerows([heading, *rows])
    return buffer.getvalue().encode()


def upload(browser: Browser, content: bytes, name: str = "meters.csv") -> tuple[int, str]:
    answer = browser.post("/unit/registers/import", {"sheet": ""}, files={"file": (name, content, "text/csv")})
    return answer.status_code, answer.text


def meters_of(plant: Console, unit_code: str) -> set[object]:
    rows = ask(plant, "SELECT meter_no FROM meter JOIN unit USING (unit_id) WHERE unit_code = %s", unit_code)
    return {number for (number,) in rows}


def test_a_file_is_looked_at_first_and_imported_whole_and_once(plant: Console, browse: Browse) -> None:
    manager = browse("a-manager")
    good = csv_file(METERS, (UNIT_A, "N1", "DTZ", "0.5S", "qualified"), (UNIT_A, "N2", "=cmd", "0.5S", "qualified"))
    status, page = upload(manager, good)
    assert status == 200
    assert meters_of(plant, UNIT_A) == {"M1"}
    path = page.partition('action="/unit/registers/import/')[2].partition('"')[0]
    assert browse("b-manager").post(f"/unit/registers/import/{path}").status_code == 404
    assert manager.post(f"/unit/registers/import/{path}").status_code == 303
    assert meters_of(plant, UNIT_A) == {"M1", "N1", "N2"}
    assert manager.post(f"/unit/registers/import/{path}").status_code == 422
    # What is there already is nothing new, and nothing is kept of it.
    status, page = upload(manager, good)
    assert status == 200
    assert label("console.unit.import.unchanged", "zh") in page


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ((UNIT_A, "X2", "DTZ", "0.5S", "broken"), "not_in_list"),
        ((UNIT_A, "X2", "", "0.5S", "qualified"), "empty"),
        ((OTHER, "X2", "DTZ", "0.5S", "qualified"), "other_unit"),
    ],
)
def test_with_one_fault_nothing_is_stored_and_the_fault_is_named(
    plant: Console, browse: Browse, row: tuple[str, ...], reason: str
) -> None:
    before = ask(plant, "SELECT count(*) FROM register_upload")
    status, page = upload(browse("a-manager"), csv_file(METERS, (UNIT_A, "X1", "DTZ", "0.5S", "qualified"), row))
    assert status == 422
    assert label(f"register.reason.{reason}", "zh") in page
    assert '<td class="number">3</td>' in page
    assert not {"X1", "X2"} & meters_of(plant, UNIT_A)
    assert "X2" not in meters_of(plant, OTHER)
    assert ask(plant, "SELECT count(*) FROM register_upload") == before


def test_the_bureaus_registers_are_not_a_units_to_write(plant: Console, browse: Browse) -> None:
    heading = ("unit_code", "name", "division_code", "industry_code", "field", "collected_under")
    row = (UNIT_A, "another name", "150202", "C3110", "industry", "survey")
    status, page = upload(browse("a-manager"), csv_file(heading, row), "units.csv")
    assert status == 422
    assert label("register.reason.bureau_sheet", "zh") in page


def test_the_database_refuses_another_units_rows_whatever_a_page_would_write(plant: Console, browse: Browse) -> None:
    """Behind the fault at the row stands row security: a person of A writes no row of B."""
    secret = browse("a-manager").client.cookies["nenghao"]
    pool = open_pool(plant.settings, 1)
    given = {"meter_no": "Y", "model": "m", "accuracy_class": "1", "state": "qualified"}
    meter = dict.fromkeys(column.name for column in METERS_SHEET.columns) | given
    try:
        # The unit of B is not even there to be named.
        with pytest.raises(LookupError), as_person(pool, secret) as (conn, _):
            add_rows(conn, "meters", [{**meter, "unit_code": UNIT_B}])
        ((unit_b,),) = ask(plant, "SELECT unit_id FROM unit WHERE unit_code = %s", UNIT_B)
        with pytest.raises(NotPermitted), driver_errors(), as_person(pool, secret) as (conn, _):
            conn.execute(
                "INSERT INTO meter (unit_id, meter_no, model, accuracy_class, state)"
                " VALUES (%s, 'Y', 'm', '1', 'qualified')",
                [unit_b],
            )
        with pytest.raises(NotPermitted), driver_errors(), as_person(pool, secret) as (conn, _):
            conn.execute(
                "INSERT INTO gateway (unit_id, gateway_code, shard, backfill_from)"
                " SELECT unit_id, 'mine', 0, now() FROM unit"
            )
    finally:
        pool.close()


def test_a_changed_meter_is_previewed_refused_at_its_field_and_declared_whole(plant: Console, browse: Browse) -> None:
    manager, path = browse("a-manager"), "/unit/meters/change"
    ((now,),) = ask(plant, "SELECT now()")
    changed_at = (now - timedelta(hours=30)).astimezone(SHANGHAI)  # type: ignore[operator]  # it is an instant
    form: dict[str, object] = {
        "point": "E1",
        "quantity": "active_energy",
        "what": "meter",
        "step": "look",
        "changed_at": f"{changed_at:%Y-%m-%dT%H:%M}",
        "reason": "到期轮换",
        "old_final": "123456.78",
        "new_initial": "",
        "new_meter_no": "NEW1",
        "model": "DTZ341",
        "accuracy_class": "0.5S",
        "multiplier": "40",
        "certificate_no": "JD-2026-77",
        "retire": "yes",
    }
    answer = manager.post(path, form)
    assert answer.status_code == 422
    assert label("register.reason.register_missing", "zh") in answer.text
    assert 'value="123456.78"' in answer.text
    form["new_initial"] = "0.02"
    look = manager.post(path, form)
    assert look.status_code == 200
    assert "JD-2026-77" in look.text
    assert label("console.unit.change.timely.in_time", "zh") in look.text
    assert "NEW1" not in meters_of(plant, UNIT_A)

    # A file that is no picture undoes everything that was declared with it.
    declared = form | {"step": "declare"}
    answer = manager.post(path, declared, files={"old_register": ("photo.jpg", b"<svg>", "image/jpeg")})
    assert answer.status_code == 422
    assert "NEW1" not in meters_of(plant, UNIT_A)

    files = {"old_register": ("../../表码.png", PNG, "text/html")}
    assert manager.post(path, declared, files=files).status_code == 303
    versions = ask(
        plant,
        "SELECT m.meter_no, v.multiplier::text FROM series_version v JOIN meter m USING (meter_id) JOIN unit u USING"
        " (unit_id) WHERE u.unit_code = %s ORDER BY lower(v.valid)",
        UNIT_A,
    )
    assert versions == [("M1", "1"), ("NEW1", "40")]
    assert ask(plant, "SELECT side, value::text FROM boundary_register ORDER BY side") == [
        ("final", "123456.78"), ("initial", "0.02"),
    ]  # fmt: skip
    ((timeliness, by),) = ask(plant, "SELECT timeliness, declared_by FROM meter_change")
    assert (timeliness, by) == ("in_time", "P a-manager")
    assert ask(plant, "SELECT count(*) FROM changed_mark")[0] != (0,)
    ((number, name, media_type),) = ask(plant, "SELECT change_document_id, file_name, media_type FROM change_document")
    assert (name, media_type) == ("表码.png", "image/png")
    picture = manager.get(f"/unit/meters/documents/{number}")
    assert picture.content == PNG
    assert picture.headers["content-disposition"].startswith("attachment")
    assert browse("b-manager").get(f"/unit/meters/documents/{number}").status_code == 404
    assert manager.post(path, declared).status_code == 422  # the same once more


def test_an_outage_has_its_clock_and_its_repair(plant: Console, browse: Browse) -> None:
    manager = browse("a-manager")
    fields = {
        "fault_at": "2026-11-20T08:00",
        "cause": "power",
        "detail": "变电所停电",
        "point_code": "",
        "gateway_code": "G1",
    }
    assert manager.post("/unit/outages", {**fields, "repaired_at": "2026-11-19T08:00"}).status_code == 422
    assert ask(plant, "SELECT count(*) FROM outage_filing") == [(0,)]
    assert manager.post("/unit/outages", fields).status_code == 303
    page = manager.get("/unit/outages").text
    assert "变电所停电" in page
    name = page.partition('name="outage" value="')[2].partition('"')[0]
    mended = {"outage": name, "repaired_at": "2026-11-21T09:30"}
    assert browse("b-manager").post("/unit/outages/repaired", mended).status_code == 404
    assert manager.post("/unit/outages/repaired", mended).status_code == 303
    assert label("console.unit.outages.repaired", "zh", at="2026-11-21 09:30") in manager.get("/unit/outages").text


def test_an_event_says_whether_it_was_filed_before_the_fact(plant: Console, browse: Browse) -> None:
    manager = browse("a-manager")
    ahead = {"kind": "overhaul", "title": "3号炉检修", "begins_at": "2199-01-01T08:00"}
    past = {"kind": "shutdown", "title": "停产", "begins_at": "2026-11-01T08:00"}
    assert [manager.post("/unit/events", one).status_code for one in (ahead, past)] == [303, 303]
    page = manager.get("/unit/events").text
    assert label("console.unit.events.before", "zh") in page
    assert label("console.unit.events.after", "zh") in page
    assert "3号炉检修" not in browse("b-manager").get("/unit/events").text
    # Nobody files for another time than now.
    assert ask(plant, "SELECT count(*) FROM context_event WHERE filed_at > now() - INTERVAL '10 minutes'") == [(2,)]


def test_a_gateway_is_asked_for_granted_and_given_its_password_once(plant: Console, browse: Browse) -> None:
    manager = browse("a-manager")
    wish = {"kind": "gateway_add", "gateway_code": "G2", "reason": "二期新增变电所"}
    assert manager.post("/unit/gateways/requests", {**wish, "gateway_code": "G1"}).status_code == 422
    assert manager.post("/unit/gateways/requests", wish).status_code == 303
    assert manager.post("/unit/gateways/requests", wish).status_code == 422
    with connect(plant.settings, Role.CONSOLE) as conn:
        (asked,) = unit_requests.list_requests(conn, is_open=True)
    assert (asked.unit_code, asked.asked_by) == (UNIT_A, "P a-manager")
    # The statistician of its county answers; one of another league sees nothing of it, and auditors have no such door.
    county, elsewhere, path = browse("stat150202"), browse("stat1525"), f"/bureau/requests/{asked.unit_request_id}"
    assert "二期新增变电所" in county.get("/bureau/requests").text
    assert "二期新增变电所" not in elsewhere.get("/bureau/requests").text
    assert elsewhere.post(path, {"outcome": "granted"}).status_code == 404
    assert browse("aud15").get("/bureau/requests").status_code == 403
    assert manager.post(path, {"outcome": "granted"}).status_code == 403
    assert county.post(path, {"outcome": "refused"}).status_code == 422
    assert county.post(path, {"outcome": "granted", "remark": "同意", "shard": "3"}).status_code == 303
    assert county.post(path, {"outcome": "granted"}).status_code == 422
    assert ask(plant, "SELECT shard FROM gateway WHERE gateway_code = 'G2'") == [(3,)]
    page = manager.get("/unit/gateways").text
    assert label("console.unit.requests.granted", "zh") in page

    assert manager.post("/unit/gateways/G2/password", {}).status_code == 422
    given = manager.post("/unit/gateways/G2/password", {"understood": "yes"})
    assert given.status_code == 200
    assert given.headers["content-disposition"].startswith("attachment")
    account = json.loads(given.content)
    assert account["gateway_code"] == "G2"
    ((hashed, kind, by),) = ask(
        plant,
        "SELECT g.broker_password_hash, e.kind, e.done_by FROM gateway g JOIN gateway_account_event e"
        " USING (gateway_id) WHERE g.gateway_code = 'G2'",
    )
    assert account["password"] not in str(hashed)
    assert (kind, by) == ("added", "P a-manager")


def test_a_gateway_gets_and_loses_a_key_with_its_history(plant: Console, browse: Browse) -> None:
    manager = browse("a-manager")
    raw = load_public_key(public_key_of(new_signing_key())).public_bytes_raw()
    key = {"public_key": base64.b64encode(raw).decode(), "understood": "yes"}
    assert manager.post("/unit/gateways/G1/keys", {**key, "public_key": "AAAA"}).status_code == 422
    assert manager.post("/unit/gateways/G1/keys", key).status_code == 303
    assert manager.post("/unit/gateways/G1/keys", key).status_code == 422
    ((name, by),) = ask(plant, "SELECT key_id, registered_by FROM gateway_key")
    assert by == "P a-manager"
    path = f"/unit/gateways/G1/keys/{name}/revoke"
    assert browse("b-manager").post(path, {"reason": "it is not mine"}).status_code == 404
    assert manager.post(path, {"reason": ""}).status_code == 422
    assert manager.post(path, {"reason": "私钥外泄"}).status_code == 303
    assert "私钥外泄" in manager.get("/unit/gateways").text


def test_a_new_spool_is_asked_for_and_refused_with_its_reason(plant: Console, browse: Browse) -> None:
    manager = browse("a-manager")
    wish = {"kind": "boot_enrol", "gateway_code": "G1", "boot_id": "no uuid", "reason": "更换存储卡"}
    assert manager.post("/unit/gateways/requests", wish).status_code == 422
    assert manager.post("/unit/gateways/requests", {**wish, "boot_id": BOOT}).status_code == 303
    with connect(plant.settings, Role.CONSOLE) as conn:
        asked = next(one for one in unit_requests.list_requests(conn, is_open=True) if one.kind == "boot_enrol")
    answer_request(
        plant.settings, asked.unit_request_id, is_granted=False, remark="先补发", by="officer", now=asked.asked_at
    )
    assert "先补发" in manager.get("/unit/gateways").text
