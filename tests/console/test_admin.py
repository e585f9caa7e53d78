"""Administration: three administrators who are never one, rule changes by date, accounts, the trail."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from nenghao.access.accounts import create_account
from nenghao.access.refusals import AccessRefused
from nenghao.config import Role
from nenghao.db import administration, audit
from nenghao.db import rules as rule_rows
from nenghao.db.accounts import Rights
from nenghao.db.connection import Connection, connect
from nenghao.db.errors import NotPermitted, driver_errors
from nenghao.db.people import Pool, as_person, open_pool
from nenghao.jobs.remind import sync_calendar
from nenghao.review.rule_changes import change_mode, change_threshold
from tests.console.api_seed import seed_api, token_of
from tests.console.conftest import Browser, Console
from tests.console.seed import PASSWORD, UNIT_A

Browse = Callable[[str], Browser]
ADMINISTRATORS = ("system", "security", "trail")


@pytest.fixture(scope="module")
def pool(console: Console) -> Iterator[Pool]:
    seed_api(console.settings)
    opened = open_pool(console.settings, 2)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def tokens(console: Console, pool: Pool) -> dict[str, str]:
    return {login: token_of(console.settings, login) for login in (*ADMINISTRATORS, "aud15", "stat15")}


# --- three administrators ---


@pytest.mark.parametrize(
    ("path", "opened_by"),
    [
        ("/admin/rules", {"system"}),
        ("/admin/reference", {"system"}),
        ("/admin/calendar", {"system"}),
        ("/admin/health", {"system"}),
        ("/admin/settings", {"system"}),
        ("/admin/users", {"security", "trail"}),
        ("/admin/users/new", {"security"}),
        ("/admin/trail", {"trail"}),
        ("/admin/trail/download", {"trail"}),
        ("/admin/events", set()),
    ],
)
def test_each_administrator_has_doors_of_his_own(
    console: Console, pool: Pool, browse: Browse, path: str, opened_by: set[str]
) -> None:
    statuses = {login: browse(login).get(path).status_code for login in ADMINISTRATORS}
    assert statuses == {login: 200 if login in opened_by else 403 for login in ADMINISTRATORS}


@pytest.mark.parametrize("login", ADMINISTRATORS)
def test_no_administrator_sees_a_units_data(pool: Pool, tokens: dict[str, str], login: str) -> None:
    with as_person(pool, tokens[login]) as (conn, _):
        for table in ("unit", "point", "series_day", "reading", "audit_case", "finding", "filing", "monitored_balance"):
            assert conn.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table  # type: ignore[arg-type]  # names of this test


@pytest.mark.parametrize("login", ["security", "trail", "aud15", "stat15"])
def test_health_is_told_to_system_administrators_only(pool: Pool, tokens: dict[str, str], login: str) -> None:
    with as_person(pool, tokens[login]) as (conn, _):
        assert (administration.health_shards(conn), administration.health_lists(conn)) == ([], [])
    with as_person(pool, tokens["system"]) as (conn, _):
        assert [one.gateway_count for one in administration.health_shards(conn)] == [3]


def test_health_shows_what_is_late_and_names_no_unit(console: Console, pool: Pool, browse: Browse) -> None:
    page = browse("system").get("/admin/health").text
    assert "badge-alarm" in page  # nobody collects here
    assert UNIT_A not in page
    assert "甲钢铁厂" not in page


def test_settings_hold_no_secret(console: Console, pool: Pool, browse: Browse) -> None:
    page = browse("system").get("/admin/settings").text
    assert "database_host" in page
    for path in console.settings.secrets_dir.iterdir():
        if path.is_file() and len(secret := path.read_text("utf-8", errors="replace").strip()) >= 8:
            assert secret not in page, path.name


# --- rules ---


def test_a_change_on_the_page_is_a_row_with_name_and_reason(console: Console, pool: Pool, browse: Browse) -> None:
    system = browse("system")
    page = system.get("/admin/rules/frozen")
    assert page.status_code == 200
    assert "读数冻结" in page.text
    sent = {"threshold": "bits_min", "value": "33", "reason": "试一个月", "from": ""}
    assert system.post("/admin/rules/frozen/threshold", sent).status_code == 303
    with connect(console.settings, Role.RULES) as conn:
        now, before = (
            row
            for row in rule_rows.threshold_history(conn, "frozen", datetime.now(UTC))
            if row.threshold_name == "bits_min"
        )
    assert (now.value, now.reason, now.set_by, now.is_in_force) == (33, "试一个月", "P system", True)
    assert (before.valid_to, before.set_by) == (now.valid_from, None)


def test_a_change_takes_effect_on_its_day(console: Console, pool: Pool, browse: Browse) -> None:
    day = (datetime.now(UTC) + timedelta(days=10)).date().isoformat()
    sent = {"threshold": "bits_min_rich", "value": "50", "reason": "r", "from": day}
    assert browse("system").post("/admin/rules/frozen/threshold", sent).status_code == 303
    with connect(console.settings, Role.RULES) as conn:
        assert audit.thresholds_now(conn, "frozen")["bits_min_rich"].value == 45
        rows = rule_rows.threshold_history(conn, "frozen", datetime.now(UTC) + timedelta(days=11))
    assert [row.value for row in rows if row.threshold_name == "bits_min_rich" and row.is_in_force] == [50]
    assert "badge-wait" in browse("system").get("/admin/rules/frozen").text


def test_the_mode_changes_and_is_shown_since_when(console: Console, pool: Pool, browse: Browse) -> None:
    assert browse("system").post("/admin/rules/gap/mode", {"mode": "shadow", "reason": "r"}).status_code == 303
    with connect(console.settings, Role.RULES) as conn:
        assert audit.rule_modes(conn)["gap"] == "shadow"
    assert "试运行" in browse("aud15").get("/admin/rules/gap").text


@pytest.mark.parametrize(
    "sent",
    [
        {"threshold": "bits_min", "value": "x", "reason": "r"},
        {"threshold": "bits_min", "value": "34", "reason": ""},
        {"threshold": "none", "value": "34", "reason": "r"},
        {"threshold": "bits_min", "value": "34", "reason": "r", "from": "2026-01-01"},
    ],
)
def test_a_change_without_sense_is_told_on_the_page(
    console: Console, pool: Pool, browse: Browse, sent: dict[str, object]
) -> None:
    answer = browse("system").post("/admin/rules/frozen/threshold", sent)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


@pytest.mark.parametrize("login", ["aud15", "stat15", "security", "trail"])
def test_the_database_lets_nobody_else_change_a_rule(pool: Pool, tokens: dict[str, str], login: str) -> None:
    def threshold(conn: Connection) -> None:
        change_threshold(
            conn, rule_code="completeness", name="received_share_min", value="0.5", reason="r", set_by="x",
            now=datetime.now(UTC),
        )  # fmt: skip

    def mode(conn: Connection) -> None:
        change_mode(conn, rule_code="completeness", mode="shadow", reason="r", set_by="x", now=datetime.now(UTC))

    for act in (threshold, mode):
        with pytest.raises(NotPermitted), driver_errors(), as_person(pool, tokens[login]) as (conn, _):
            act(conn)


def test_a_rules_precision_is_of_all_units_and_names_none(console: Console, pool: Pool, browse: Browse) -> None:
    page = browse("system").get("/admin/rules").text
    assert "130" not in page.split("frozen", 1)[0]
    with connect(console.settings, Role.RULES) as conn:
        (row,) = rule_rows.rule_rows(conn, now=datetime.now(UTC), rule_code="frozen")
    assert (row.case_count, row.alert_count) == (66, 66)
    assert row.decided_count == 13


# --- accounts ---


def test_an_account_is_made_with_a_password_that_is_shown_once(console: Console, browse: Browse, pool: Pool) -> None:
    security = browse("security")
    sent = {"login": "new.stat", "name": "新统计员", "role": "statistician", "authority": "statistics", "level": "city",
            "division_prefix": "1502", "language": "zh"}  # fmt: skip
    answer = security.post("/admin/users/new", sent)
    found = re.search(r'class="secret"><code>([^<]+)</code>', answer.text)
    assert answer.status_code == 200
    assert found
    assert found.group(1) not in security.get("/admin/users/new.stat").text
    person = console.sign_in("new.stat", found.group(1))
    assert person.get("/admin/reference").headers["location"] == "/password"


def test_rights_that_do_not_go_together_are_told(console: Console, browse: Browse, pool: Pool) -> None:
    sent = {"login": "odd", "name": "odd", "role": "statistician", "authority": "statistics", "level": "city",
            "division_prefix": "15", "language": "zh"}  # fmt: skip
    answer = browse("security").post("/admin/users/new", sent)
    assert answer.status_code == 422
    assert 'value="odd"' in answer.text


def test_nobody_makes_a_security_administrator_here(pool: Pool, console: Console) -> None:
    browser = console.sign_in("security")
    secret = next(cookie.value for cookie in browser.client.cookies.jar)
    assert secret is not None
    with as_person(pool, secret) as (conn, _), pytest.raises(AccessRefused):
        create_account(conn, "second", "second", Rights(role="security_admin"))
    with as_person(pool, secret) as (conn, _), pytest.raises(AccessRefused):
        create_account(conn, "both", "both", Rights(role="system_admin", authority="statistics"))


def test_a_token_keeps_no_accounts(pool: Pool, tokens: dict[str, str]) -> None:
    with as_person(pool, tokens["security"]) as (conn, _), pytest.raises(AccessRefused):
        create_account(conn, "by-token", "by-token", Rights(role="system_admin"))


def test_disabling_ends_a_session_at_once(console: Console, browse: Browse, pool: Pool) -> None:
    person = console.sign_in("stat1525")
    assert person.get("/admin/reference").status_code == 200
    assert browse("security").post("/admin/users/stat1525/disable", {"disabled": "yes"}).status_code == 303
    assert person.get("/admin/reference").status_code == 303
    assert "badge-off" in browse("security").get("/admin/users/stat1525").text


def test_changed_rights_hold_from_the_next_sign_in(console: Console, browse: Browse, pool: Pool) -> None:
    assert console.sign_in("ecology15").get("/admin/events").status_code == 200
    sent = {"role": "system_admin", "authority": "", "level": "", "division_prefix": "", "office": ""}
    assert browse("security").post("/admin/users/ecology15/rights", sent).status_code == 303
    assert console.sign_in("ecology15").get("/admin/events").status_code == 403


def test_a_reset_password_is_a_first_one(console: Console, browse: Browse, pool: Pool) -> None:
    answer = browse("security").post("/admin/users/market15/reset")
    found = re.search(r'class="secret"><code>([^<]+)</code>', answer.text)
    assert found
    assert console.sign_in("market15", found.group(1)).get("/admin/reference").headers["location"] == "/password"
    refused = console.stranger().post(
        "/sign-in", {"login": "market15", "password": PASSWORD, "next": "/"}, page="/sign-in"
    )
    assert refused.status_code != 303


def test_the_audit_administrator_reads_accounts_and_changes_none(browse: Browse, pool: Pool) -> None:
    audit_admin = browse("trail")
    assert "new.stat" in audit_admin.get("/admin/users", q="new").text
    for path in ("/admin/users/aud15/disable", "/admin/users/aud15/reset", "/admin/users/aud15/rights"):
        assert audit_admin.post(path, {"disabled": "yes"}).status_code == 403


# --- the trail ---


def test_the_trail_shows_who_did_what_and_what_was_refused(browse: Browse, pool: Pool) -> None:
    browse("aud15").get("/admin/trail")
    trail = browse("trail")
    acts = trail.get("/admin/trail", login="system", kind="act").text
    assert "frozen bits_min 33" in acts
    assert trail.get("/admin/trail", login="aud15", outcome="refused").text.count("badge-doubt") >= 1
    assert "empty" in trail.get("/admin/trail", login="nobody-of-this-name").text


def test_the_trail_is_downloaded_whole(browse: Browse, pool: Pool) -> None:
    answer = browse("trail").get("/admin/trail/download", login="system", kind="act")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert answer.headers["content-disposition"].startswith("attachment")
    assert len(lines) >= 4
    assert lines[0].startswith("时间,登录名")
    assert all(",system," in line for line in lines[1:])


# --- calendar and events ---


def test_the_calendar_has_the_hour_of_each_level(console: Console, browse: Browse, pool: Pool) -> None:
    with connect(console.settings, Role.JOBS) as conn:
        sync_calendar(conn)
    page = browse("stat15").get("/admin/calendar", year=2026).text
    assert "2026-10" in page
    assert "12:00" in page
    assert "2026-10-01" in page  # a Thursday off


def test_a_public_event_needs_a_document_and_ones_own_division(browse: Browse, pool: Pool) -> None:
    city = browse("aud1502")
    sent = {"kind": "orderly_use", "title": "有序用电", "document_no": "包工信〔2026〕9号",
            "begins": "2026-10-05T08:00", "ends": "2026-10-06T08:00", "division": "150200",
            "industry": "C31"}  # fmt: skip
    assert city.post("/admin/events", sent).status_code == 303
    assert "包工信" in browse("stat15").get("/admin/events", kind="orderly_use").text
    assert city.post("/admin/events", sent | {"document_no": ""}).status_code == 422
    assert city.post("/admin/events", sent | {"ends": "2026-10-04T08:00"}).status_code == 422
    assert city.post("/admin/events", sent | {"division": "152500"}).status_code == 403
    assert browse("saving15").post("/admin/events", sent).status_code == 403


def test_reference_data_tells_its_source(browse: Browse, pool: Pool) -> None:
    for part in ("varieties", "coefficients", "layouts", "relations", "schemes"):
        for login, language in (("stat15", "zh"), ("system", "zh")):
            page = browse(login).get(f"/admin/reference/{part}")
            assert page.status_code == 200, (part, language)
            assert "badge-" in page.text
    assert browse("stat15").get("/admin/reference/none").status_code == 404


def test_pages_speak_english_too(console: Console, pool: Pool) -> None:
    for login, paths in (
        ("system", ("/admin/rules", "/admin/rules/frozen", "/admin/reference", "/admin/calendar", "/admin/health")),
        ("security", ("/admin/users", "/admin/users/new", "/admin/users/aud15", "/tokens")),
        ("trail", ("/admin/trail",)),
        ("aud15", ("/admin/events", "/api/v1/docs")),
    ):
        browser = console.sign_in(login)
        browser.client.cookies.set("nenghao-language", "en")
        for path in paths:
            page = browser.get(path)
            assert page.status_code == 200, path
            assert '<html lang="en">' in page.text
