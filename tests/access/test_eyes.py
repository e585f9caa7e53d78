"""What each person sees: every relation of the catalogue, for each role × level × authority."""

import psycopg
import pytest
from psycopg import sql

from tests.access.conftest import GOVERNMENT, People

#: Under what duty each relation is seen. One that people can read and that is not here fails the test.
DUTIES = {
    "unit": {"unit", "unit_version", "panel_member", "context_event", "unit_directory"},
    "reminder": {"reminder", "reminder_event", "reminder_open"},
    "online": {
        "point", "series", "series_version", "series_day", "point_day", "point_month", "network_term",
        "boundary_register", "gateway", "gateway_account_event", "gateway_boot", "gateway_key",
        "gateway_key_revocation", "gateway_state", "resend_request", "outage_filing", "monitored_balance", "month_mark",
        "reading", "reading_in_force", "reading_conflict", "reading_revision", "message", "message_raw", "refusal",
        "refusal_replay", "series_day_estimate", "balance_cell", "changed_mark", "point_hour", "series_day_slot",
        "spool_contradiction", "monitored_cell", "monitored_newest", "monitored_point", "monitored_day",
        "monitored_meter", "quality_share", "unit_request", "unit_request_answer", "register_upload", "register_import",
    },
    "ledger": {
        "meter", "meter_verification", "meter_state_change", "meter_change", "multiplier_change", "check_meter",
        "meter_now", "change_document",
    },
    "survey": {
        "supply_account", "supply_statement", "production_output", "product_process", "heating_value", "stock_yard",
        "heating_value_in_force", "supplied_statement", "produced_output", "release", "filing", "filing_note",
        "filing_event", "filing_query", "filing_answer", "filing_state", "filing_cell",
    },
    "case": {
        "audit_case", "case_level", "case_merge", "common_cause", "alert", "alert_event", "finding", "silenced_finding",
        "evidence", "evidence_document", "audit_run", "sample_plan", "sample_draw", "sample_unit", "sample_result",
        "retention_hold", "retention_hold_end", "mute", "mute_end", "return_check", "release_notice",
        "exclusion", "reading_adoption", "agreed_value", "restatement_reason", "release_recipient",
        "series_day_feature", "candidate", "agreed_value_in_force", "exclusion_in_force", "reading_adoption_in_force",
        "mute_in_force", "case_member", "case_root", "finding_standing", "case_now", "balance_cell_mark",
        "release_notice_open", "case_step", "case_attachment", "case_attachment_bytes", "case_desk", "case_listing",
        "seal_request", "seal_progress", "seal_request_now",
    },
    "told": {"decision", "case_brief", "case_notice", "case_told"},
    "draft": {"draft", "filing_check", "filing_signature", "draft_cell"},
}  # fmt: skip
#: What names no unit, for everybody in government; some of it for units, too.
FREE = {
    "variety", "coal_coefficient", "form_relation", "report_calendar", "equal_value", "equal_value_in_force",
    "rule_version", "rule_mode", "rule_threshold", "rule_threshold_now", "rule_precision", "retention_policy",
    "day_tree", "day_head", "archive_month", "archive_check", "retention_run", "rule_essay",
    "rule_alert_recent",
}  # fmt: skip
#: Names by which policies ask, and the columns of people themselves: tests of their own.
ASKING = {
    "seen_unit",
    "seen_point",
    "seen_series",
    "seen_meter",
    "seen_gateway",
    "seen_case",
    "own_unit",
    "own_reminder",
}
PEOPLE = {"account", "account_event", "web_session", "api_token", "sign_in_attempt", "access_trail"}
#: Sums and instants of the installation, of no unit: for system administrators alone (tests/console/test_admin.py).
HEALTH = {"health_shard", "health_step", "health_list"}
#: Hashes of messages and rows of everybody, of which each proves its own: for whoever examines cases.
HASHES = {"message_leaf", "message_batch", "row_leaf"}
#: Rows that are no unit's, and which every one of the duty sees.
NOBODYS = {
    "context_event": 1, "audit_run": 1, "sample_plan": 1, "sample_draw": 1, "mute": 1, "mute_end": 1,
    "retention_hold": 1, "retention_hold_end": 1,
}  # fmt: skip
#: Rows without a gateway: seen by those from whom nothing is hidden.
ORPHANS = {"message": 1, "message_raw": 1, "refusal": 1, "refusal_replay": 1}
#: Relations with rows of each of the three units.
OF_ALL_UNITS = {"unit", "unit_directory"}

SEES = {
    "statistics": {"unit", "reminder", "online", "ledger", "survey", "case", "told"},
    "energy_saving": {"unit", "online", "ledger"},
    "market_supervision": {"unit", "ledger"},
    "ecology": set(),
    None: set(),
}
UNIT_SEES = {"unit", "reminder", "online", "ledger", "survey", "draft", "told"}
IN_SCOPE = {"county_in", "city_in", "province_in", "nation", "saving_in", "market_in", "ecology_in"}


@pytest.fixture(scope="module")
def readable(people: People) -> dict[str, str]:
    """Every relation that people may read anything of, by the name they find first, with its schema."""
    with people.owner() as conn:
        rows = conn.execute(
            "SELECT c.relname, n.nspname FROM pg_class AS c JOIN pg_namespace AS n ON c.relnamespace = n.oid"
            " WHERE n.nspname IN ('public', 'seen') AND c.relkind IN ('r', 'v', 'p', 'm')"
            " AND c.relowner = 'nenghao_owner'::regrole"
            " AND (has_any_column_privilege('nenghao_officer', c.oid, 'SELECT')"
            "  OR has_any_column_privilege('nenghao_unit', c.oid, 'SELECT'))"
            " ORDER BY n.nspname"
        ).fetchall()
    return dict(rows)


def counts(people: People, login: str, names: set[str]) -> dict[str, int]:
    """How many rows of each relation a person sees; 0 where he may not even ask."""
    seen = {}
    with people.asking(login) as (conn, _):
        for name in sorted(names):
            try:
                with conn.transaction():
                    row = conn.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))).fetchone()
            except psycopg.errors.InsufficientPrivilege:
                row = (0,)
            assert row is not None
            seen[name] = row[0]
    return seen


@pytest.fixture(scope="module")
def stored(people: People) -> dict[str, int]:
    """How many rows there are of each relation, for whoever owns them."""
    found = {}
    with people.owner() as conn:
        unit_id = people.unit_ids["own_filler"]
        conn.execute("SELECT set_config('nenghao.unit_id', %s, true)", [str(unit_id)])
        for names in DUTIES.values():
            for name in names - {"unit_directory"}:
                row = conn.execute(sql.SQL("SELECT count(*) FROM public.{}").format(sql.Identifier(name))).fetchone()
                assert row is not None
                found[name] = row[0] - ORPHANS.get(name, 0)
    return found | {"unit_directory": found["unit"]}


def test_each_relation_that_people_read_has_a_rule_in_this_test(readable: dict[str, str]) -> None:
    known = set().union(*DUTIES.values()) | FREE | HASHES | ASKING | PEOPLE | HEALTH
    assert set(readable) - known == set(), "say under what duty each is seen"
    assert known - set(readable) == set()


def test_there_is_a_row_of_the_unit_in_every_relation(stored: dict[str, int]) -> None:
    assert [name for name, count in stored.items() if count <= NOBODYS.get(name, 0) and name not in NOBODYS] == []


@pytest.mark.parametrize("login", GOVERNMENT)
def test_government_sees_its_division_and_what_is_its_duty(people: People, stored: dict[str, int], login: str) -> None:
    rights = GOVERNMENT[login]
    expected = {}
    for duty, names in DUTIES.items():
        for name in names - OF_ALL_UNITS:
            is_duty = duty in SEES[rights.authority]
            count = stored[name] if login in IN_SCOPE else NOBODYS.get(name, 0)
            expected[name] = count if is_duty else 0
        if login == "nation":
            expected |= {name: stored[name] + ORPHANS[name] for name in names & ORPHANS.keys()}
    if login == "saving_in":
        # A release of a monitored balance goes with the balance, one of a filing with the survey.
        expected["release"] = 1
    assert counts(people, login, set(expected)) == expected


@pytest.mark.parametrize("login", ["own_filler", "own_energy_manager", "other_filler", "far_unit_head"])
def test_a_unit_sees_its_own_rows(people: People, stored: dict[str, int], login: str) -> None:
    expected = {}
    for duty, names in DUTIES.items():
        for name in names - OF_ALL_UNITS:
            count = stored[name] if login.startswith("own") else NOBODYS.get(name, 0)
            expected[name] = count if duty in UNIT_SEES else 0
    # Of the two cases the unit was asked about one; the other has none to ask.
    expected["case_brief"] = expected["case_notice"]
    assert counts(people, login, set(expected)) == expected


@pytest.mark.parametrize(
    ("login", "divisions"),
    [
        ("county_in", {"150200"}),
        ("city_in", {"150200"}),
        ("county_out", {"150900"}),
        ("province_in", {"150200", "150900"}),
        ("province_out", {"140100"}),
        ("nation", {"150200", "150900", "140100"}),
        ("saving_in", {"150200", "150900"}),
        ("market_in", {"150200"}),
        ("ecology_in", set()),
        ("system", set()),
        ("security", set()),
        ("audit", set()),
        ("own_filler", {"150200"}),
        ("far_unit_head", {"140100"}),
    ],
)
def test_units_are_seen_by_division(people: People, login: str, divisions: set[str]) -> None:
    with people.asking(login) as (conn, _):
        assert {row[0] for row in conn.execute("SELECT division_code FROM unit")} == divisions
        named = {row[0] for row in conn.execute("SELECT division_code FROM unit_directory")}
    assert (
        named == (divisions if login not in {"security", "audit"} else {"150200", "150900", "140100"}) or not divisions
    )


def test_what_was_collected_for_the_survey_alone_is_for_statistics_alone(people: People) -> None:
    with people.owner() as conn:
        conn.execute(
            "INSERT INTO unit (unit_code, name, division_code, industry_code, field, collected_under)"
            " VALUES ('911502000000000099', 'survey only', '150207', 'C3110', 'industry', 'survey')"
        )
    try:
        for login, is_seen in (("city_in", True), ("saving_in", False), ("market_in", False)):
            with people.asking(login) as (conn, _):
                found = conn.execute("SELECT count(*) FROM unit WHERE division_code = '150207'").fetchone()
            assert found == (int(is_seen),), login
    finally:
        with people.owner() as conn:
            conn.execute("DELETE FROM unit WHERE division_code = '150207'")


def test_copies_of_views_say_what_the_views_say(people: People) -> None:
    """A view of `public` that was replaced is copied anew: `SELECT show_view('…')` in the same migration."""
    with people.owner() as conn:
        conn.execute("SET search_path = pg_catalog")
        rows = conn.execute(
            "SELECT c.relname, pg_get_viewdef(c.oid), pg_get_viewdef(format('public.%I', c.relname)::regclass)"
            " FROM pg_class AS c WHERE c.relnamespace = 'seen'::regnamespace"
            " AND 'security_invoker=true' = ANY(c.reloptions)"
            " AND to_regclass(format('public.%I', c.relname)) IS NOT NULL"
        ).fetchall()
    assert rows
    assert [name for name, copy, view in rows if copy.replace("seen.", "public.") != view] == []


def test_barrier_views_have_every_column_of_their_tables(people: People) -> None:
    with people.owner() as conn:
        rows = conn.execute(
            "SELECT c.relname FROM pg_class AS c"
            " WHERE c.relnamespace = 'seen'::regnamespace AND 'security_barrier=true' = ANY(c.reloptions)"
            " AND c.relname <> ALL(%s)"
            " AND EXISTS (SELECT attname FROM pg_attribute WHERE attrelid = format('public.%%I', c.relname)::regclass"
            "  AND attnum > 0 AND NOT attisdropped EXCEPT SELECT attname FROM pg_attribute WHERE attrelid = c.oid)",
            [sorted(HEALTH)],
        ).fetchall()
    assert rows == []
