"""The HTTP API: its tokens and whom they show what, pages without doubles, stable codes, its description."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from nenghao.config import PROJECT_ROOT, Role
from nenghao.console.api.description import PREFIX, describe
from nenghao.console.api.rates import Rates
from nenghao.console.api.resources import RESOURCES
from nenghao.db.connection import connect
from tests.console.api_seed import seed_api, token_of
from tests.console.conftest import Console, serving
from tests.console.seed import UNIT_A, UNIT_B, UNIT_C

SPAN = "from=2026-10-05T00:00:00%2B08:00&to=2026-10-06T00:00:00%2B08:00"


class Caller:
    """A program with a token."""

    def __init__(self, console: Console, login: str) -> None:
        self.token = token_of(console.settings, login)
        self.client = httpx.Client(
            base_url=console.url + PREFIX, headers={"Authorization": f"Bearer {self.token}"}, timeout=60
        )
        console.opened.append(self.client)

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.client.get(path, headers=headers)

    def items(self, path: str) -> list[dict[str, Any]]:
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["items"]
        return found


@pytest.fixture(scope="module")
def callers(console: Console) -> dict[str, Caller]:
    seed_api(console.settings)
    return {
        login: Caller(console, login)
        for login in ("stat15", "aud15", "aud1525", "saving15", "market15", "a-manager", "system", "trail")
    }


def test_without_a_token_nothing_is_told(console: Console, callers: dict[str, Caller]) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic eA=="}):
        answer = httpx.get(f"{console.url}{PREFIX}/units", headers=headers, timeout=60)
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
        assert answer.headers["www-authenticate"] == "Bearer"


def test_a_revoked_token_is_worth_nothing_at_once(console: Console, callers: dict[str, Caller]) -> None:
    caller = Caller(console, "stat1502")
    assert caller.get("/units").status_code == 200
    browser = console.sign_in("stat1502")
    page = browser.get("/tokens").text
    assert caller.token not in page
    number = page.split("/tokens/", 1)[1].split("/", 1)[0]
    assert browser.post(f"/tokens/{number}/revoke", page="/tokens").status_code == 303
    assert caller.get("/units").status_code == 401


def test_a_disabled_account_ends_its_tokens(console: Console, callers: dict[str, Caller]) -> None:
    caller = Caller(console, "stat150202")
    assert caller.get("/units").status_code == 200
    security = console.sign_in("security")
    assert security.post("/admin/users/stat150202/disable", {"disabled": "yes"}).status_code == 303
    assert caller.get("/units").status_code == 401
    assert security.post("/admin/users/stat150202/disable", {"disabled": "no"}).status_code == 303
    assert caller.get("/units").status_code == 200


def test_a_token_sees_what_its_account_sees(callers: dict[str, Caller]) -> None:
    def codes(login: str) -> set[str]:
        return {row["unit_code"] for row in callers[login].items("/units")}

    assert codes("stat15") == {UNIT_A, UNIT_B, UNIT_C}
    assert codes("aud1525") == {UNIT_C}
    assert codes("a-manager") == {UNIT_A}
    assert {row["unit_code"] for row in callers["aud1525"].items("/cases")} == {UNIT_C}
    assert {row["unit_code"] for row in callers["a-manager"].items("/balances")} == {UNIT_A}


@pytest.mark.parametrize(
    ("login", "path", "status"),
    [
        ("a-manager", "/cases", 403),
        ("saving15", "/filings", 403),
        ("saving15", "/balances", 200),
        ("market15", "/completeness?month=2026-10", 403),
        ("system", "/units", 403),
        ("system", "/rules", 200),
        ("trail", "/rules", 403),
        ("a-manager", f"/units/{UNIT_B}", 404),
        ("a-manager", f"/units/{UNIT_B}/series", 404),
        ("aud1525", "/cases/1", 404),
    ],
)
def test_roles_and_authorities_are_kept(callers: dict[str, Caller], login: str, path: str, status: int) -> None:
    assert callers[login].get(path).status_code == status


def test_what_is_of_another_unit_is_not_there(callers: dict[str, Caller]) -> None:
    """By its number, too: every resource of another unit's thing answers as if there were none."""
    theirs = callers["stat15"]
    series = theirs.items(f"/units/{UNIT_B}/series")[0]["series_id"]
    filing = next(row for row in theirs.items("/filings") if row["unit_code"] == UNIT_B)["filing_id"]
    balance = next(row for row in theirs.items("/balances") if row["unit_code"] == UNIT_B)["balance_id"]
    for path in (
        f"/series/{series}/readings?{SPAN}",
        f"/series/{series}/days?from=2026-10-01&to=2026-11-01",
        f"/filings/{filing}",
        f"/filings/{filing}/cells",
        f"/balances/{balance}/cells",
    ):
        assert theirs.get(path).status_code == 200, path
        answer = callers["a-manager"].get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path


def test_page_after_page_gives_each_row_once(callers: dict[str, Caller]) -> None:
    found, page = [], 1
    while True:
        answer = callers["aud15"].get(f"/cases?page={page}&page_size=25").json()
        assert answer["total"] == 132
        if not answer["items"]:
            break
        found += [row["case_id"] for row in answer["items"]]
        page += 1
    assert (len(found), len(set(found)), page) == (132, 132, 7)
    assert found == sorted(found, reverse=True)


def test_filters_narrow_and_are_counted(callers: dict[str, Caller]) -> None:
    aud = callers["aud15"]
    decided = aud.get("/cases?state=decided&page_size=500").json()
    assert decided["total"] == len(decided["items"]) == 26
    assert {row["state"] for row in decided["items"]} == {"decided"}
    frozen = aud.get(f"/cases?rule=frozen&unit={UNIT_A}&page_size=1").json()
    assert (frozen["total"], frozen["items"][0]["rule_codes"]) == (65, ["frozen"])


def test_decimals_are_exact_and_instants_have_their_zone(callers: dict[str, Caller]) -> None:
    series = callers["stat15"].items(f"/units/{UNIT_A}/series")[0]["series_id"]
    first = callers["stat15"].items(f"/series/{series}/readings?{SPAN}")[0]
    assert (first["at"], first["value"]) == ("2026-10-04T16:00:00Z", "1000.1")
    row = next(row for row in callers["stat15"].items("/completeness?month=2026-10") if row["unit_code"] == UNIT_A)
    assert (row["received_slots"], row["due_slots"], row["completeness"]) == (2900, 2976, "0.974462")
    empty = callers["stat15"].items("/completeness?month=2026-09")[0]
    assert (empty["received_slots"], empty["completeness"]) == (None, None)


@pytest.mark.parametrize(
    ("path", "status", "code", "field"),
    [
        ("/cases?state=lost", 422, "unknown_choice", "state"),
        ("/cases?colour=red", 422, "unknown_parameter", "colour"),
        ("/cases?page=0", 422, "out_of_range", "page"),
        ("/cases?page_size=501", 422, "out_of_range", "page_size"),
        ("/cases/abc", 422, "invalid_parameter", "case_id"),
        ("/cases/99999999999999999999", 422, "invalid_parameter", "case_id"),
        ("/cases/9000000000000000000", 404, "not_found", "case_id"),
        ("/completeness", 422, "missing_parameter", "month"),
        ("/completeness?month=2026-13", 422, "invalid_parameter", "month"),
        (f"/units/{UNIT_A}/refusals?from=2026-10-05T00:00:00&to=2026-10-06", 422, "time_without_zone", "from"),
        (f"/units/{UNIT_A}/refusals?from=2026-10-05T00:00:00Z&to=2026-12-06T00:00:00Z", 422, "span_too_long", "to"),
        (f"/units/{UNIT_A}/refusals?from=2026-10-05T00:00:00Z&to=2026-10-05T00:00:00Z", 422, "span_empty", "to"),
        ("/rules/none/thresholds", 404, "not_found", "rule"),
        ("/units/x' OR 1=1 --", 404, "not_found", None),
        ("/nothing", 404, "not_found", None),
        ("/releases/1/archive", 404, "not_found", "release_id"),
    ],
)
def test_errors_have_stable_codes(
    callers: dict[str, Caller], path: str, status: int, code: str, field: str | None
) -> None:
    answer = callers["aud15"].get(path)
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (status, code, field)


def test_the_message_follows_the_language_and_the_code_does_not(callers: dict[str, Caller], console: Console) -> None:
    by_account = callers["aud15"].get("/cases?page=0").json()
    english = callers["aud15"].get("/cases?page=0", Cookie="nenghao-language=en").json()
    assert by_account["code"] == english["code"]
    assert english["message"].startswith("Parameter page")
    assert by_account["message"] != english["message"]


def test_tables_come_as_csv_that_no_spreadsheet_calculates(callers: dict[str, Caller]) -> None:
    answer = callers["a-manager"].get(f"/units/{UNIT_A}/refusals?{SPAN}", Accept="text/csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["x-total-count"] == "1"
    head, row = answer.content.decode("utf-8-sig").splitlines()
    assert head.startswith("refusal_id,gateway_code,")
    assert ",'=1+1," in row
    assert answer.content.startswith("\N{ZERO WIDTH NO-BREAK SPACE}".encode())


def test_what_did_not_change_is_not_sent_again(callers: dict[str, Caller]) -> None:
    first = callers["stat15"].get("/units")
    again = callers["stat15"].get("/units", **{"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = callers["stat15"].get("/units?page=2", **{"If-None-Match": first.headers["etag"]})
    assert other.status_code == 200


def test_reading_leaves_the_trail(callers: dict[str, Caller], console: Console) -> None:
    callers["a-manager"].get(f"/units/{UNIT_A}/series")
    callers["a-manager"].get("/cases")
    with connect(console.settings, Role.CONSOLE) as conn:
        rows = conn.execute(
            "SELECT t.route, t.subject, t.outcome, t.unit_id IS NOT NULL FROM access_trail AS t"
            " WHERE t.login = 'a-manager' ORDER BY t.access_trail_id DESC LIMIT 2"
        ).fetchall()
    assert set(rows) == {("api.series", "api series", "done", True), ("api.cases", "/api/v1/cases", "refused", False)}


def test_each_example_of_the_description_runs(callers: dict[str, Caller]) -> None:
    """Every path of the description, with things that are there in the place of its example numbers."""
    stat = callers["stat15"]
    there = {
        "unit": UNIT_A,
        "series_id": stat.items(f"/units/{UNIT_A}/series")[0]["series_id"],
        "case_id": stat.items("/cases")[0]["case_id"],
        "filing_id": stat.items("/filings")[0]["filing_id"],
        "balance_id": stat.items("/balances")[0]["balance_id"],
        "rule": "frozen",
    }
    document = httpx.get(str(stat.client.base_url) + "openapi.json", timeout=60).json()
    ran = set()
    for path, item in document["paths"].items():
        if "{release_id}" in path:
            continue  # releases have tests of their own, with real seals
        parameters = item["get"]["parameters"]
        query = {one["name"]: one["example"] for one in parameters if one["in"] == "query" and "example" in one}
        query |= {"unit": UNIT_A} if "unit" in query else {}
        answer = stat.client.get(path.format(**there), params=query)
        assert answer.status_code == 200, (path, answer.text)
        ran.add(item["get"]["operationId"])
    assert len(ran) == len([one for one in RESOURCES if "{release_id}" not in one.path]) >= 18


def test_the_description_is_the_checked_one() -> None:
    """docs/openapi.json is what programs are written against: a change of it is a change of the API."""
    kept = json.loads((PROJECT_ROOT / "docs" / "openapi.json").read_text("utf-8"))
    assert describe("en") == kept, "run: python -m nenghao.console.api.snapshot > docs/openapi.json"


def test_the_description_is_openapi() -> None:
    document = describe("zh")
    assert document["openapi"].startswith("3.1.")
    names = [item["get"]["operationId"] for item in document["paths"].values()]
    assert len(names) == len(set(names))
    schemas = document["components"]["schemas"]
    for path, item in document["paths"].items():
        declared = {one["name"] for one in item["get"]["parameters"] if one["in"] == "path"}
        assert {part[1:-1] for part in path.split("/") if part.startswith("{")} == declared
        assert all(one["required"] for one in item["get"]["parameters"] if one["in"] == "path")
        assert "200" in item["get"]["responses"]
    used = {ref.rsplit("/", 1)[1] for ref in _refs(document)}
    assert used == set(schemas)


def _refs(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "$ref":
                yield value
            else:
                yield from _refs(value)
    elif isinstance(node, list):
        for value in node:
            yield from _refs(value)


def test_people_read_the_description_on_a_page(console: Console, callers: dict[str, Caller]) -> None:
    answer = console.sign_in("aud15").get(f"{PREFIX}/docs")
    assert answer.status_code == 200
    for resource in RESOURCES:
        assert f"{PREFIX}{resource.path}" in answer.text
    assert "<script>" not in answer.text


def test_a_bucket_fills_by_the_minute() -> None:
    rates = Rates(per_minute=2)
    assert [rates.wait_s("a", 0.0) for _ in range(2)] == [0.0, 0.0]
    assert rates.wait_s("a", 0.0) == pytest.approx(30.0)
    assert rates.wait_s("b", 0.0) == 0.0
    assert rates.wait_s("a", 30.0) == 0.0
    assert rates.wait_s("a", 31.0) > 0


def test_a_caller_beyond_its_rate_is_told_when_to_come_again(console: Console, callers: dict[str, Caller]) -> None:
    slow = console.settings.model_copy(update={"api_requests_per_minute": 3})
    with serving(slow) as running:
        headers = {"Authorization": f"Bearer {callers['stat15'].token}"}
        with httpx.Client(base_url=running.url + PREFIX, headers=headers, timeout=60) as client:
            statuses = [client.get("/units").status_code for _ in range(4)]
            answer = client.get("/units")
    assert statuses == [200, 200, 200, 429]
    assert (answer.json()["code"], 1 <= int(answer.headers["retry-after"]) <= 60) == ("too_many_requests", True)
