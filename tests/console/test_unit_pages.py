"""A unit's pages: what they show of one's own, in both languages, and that nothing of another unit is to be had."""

from collections.abc import Callable
from html import unescape

import pytest

from nenghao.console.unit.own import ROWS
from nenghao.domain.day_completeness import NOTHING_DUE, SlotShare
from nenghao.labels import label
from tests.console.conftest import Browser, Console
from tests.console.unit_seed import seed_unit_data, trail_of

Browse = Callable[[str], Browser]

PAGES = (
    "/unit",
    "/unit/arrivals",
    "/unit/refusals",
    "/unit/points",
    "/unit/points/E1",
    "/unit/points/E1?month=2026-10",
    "/unit/returns",
    "/unit/returns/2026-10",
    "/unit/outages",
    "/unit/events",
    "/unit/meters",
    "/unit/meters/change",
    "/unit/meters/change?point=E1&quantity=active_energy",
    "/unit/meters/change?point=E1&quantity=active_energy&what=multiplier",
    "/unit/registers",
    "/unit/registers/import",
    "/unit/gateways",
    "/unit/who",
)


@pytest.fixture(scope="module")
def plant(console: Console) -> Console:
    seed_unit_data(console.settings)
    return console


@pytest.fixture
def manager(plant: Console, browse: Browse) -> Browser:
    """The energy manager of unit A, who reads English."""
    browser = browse("a-manager")
    browser.client.cookies.set("nenghao-language", "en")
    return browser


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_every_page_opens_for_its_people_and_names_nothing_of_another_unit(
    plant: Console, browse: Browse, path: str, language: str
) -> None:
    manager = browse("a-manager")
    manager.client.cookies.set("nenghao-language", language)
    page = manager.get(path)
    assert page.status_code == 200, page.text[-2000:]
    assert "SECRET" not in page.text
    assert "secret of B" not in page.text
    assert "乙水泥厂" not in page.text
    # No label's key stands on a page, and nothing that was sent is markup.
    assert "console.unit." not in page.text
    assert "<b>12" not in page.text


@pytest.mark.parametrize("path", PAGES)
def test_officials_and_administrators_have_no_door_to_a_units_own_pages(
    plant: Console, browse: Browse, path: str
) -> None:
    assert browse("stat15").get(path).status_code == 403
    assert plant.stranger().get(path).status_code == 303


def test_the_day_says_whether_the_gateway_lives_what_came_and_what_was_refused(manager: Browser) -> None:
    page = unescape(manager.get("/unit").text)
    assert label("console.unit.life.alive", "en") in page
    assert label("console.unit.reason.multiplier_mismatch", "en") in page
    assert label("console.unit.todo.multiplier_mismatch", "en") in page
    assert "110" in page  # two stored readings of each of 55 messages
    assert label("register.list.overdue", "en") in page
    assert label("deadlines.kind.filing", "en") in page


def test_what_is_below_the_line_is_short_and_where_nothing_was_due_nothing_is() -> None:
    assert SlotShare(due=96, received=86).is_short
    assert not SlotShare(due=100, received=90).is_short
    assert not NOTHING_DUE.is_short
    assert NOTHING_DUE.share is None


def test_lists_are_paged_with_true_counts_and_filtered(manager: Browser) -> None:
    first, second = (manager.get("/unit/arrivals", page=page).text for page in (1, 2))
    assert first.count('<tr><th scope="row">') == ROWS
    assert second.count('<tr><th scope="row">') == 55 - ROWS
    assert label("console.base.page_of", "en", page=2, pages=2, total=55) in second
    only = manager.get("/unit/refusals", reason="meter_mismatch").text
    assert label("console.base.page_of", "en", page=1, pages=1, total=28) in only
    assert manager.get("/unit/refusals", reason="no such reason").status_code == 404
    assert manager.get("/unit/refusals", first="2020-01-01", last="2026-01-01").status_code == 422


def test_a_points_month_is_a_chart_with_estimates_apart_and_gaps_shaded(manager: Browser) -> None:
    told = manager.get("/unit/points/E1/slots.json", month="2026-10").json()
    assert len(told["at"]) == 31 * 96
    assert told["unit"] == "kWh"
    counted, estimated = (one["values"] for one in told["series"])
    assert counted[0] == 1000.0
    assert counted[88] is None
    assert estimated[88] == 1000.0
    assert estimated[92] is None
    assert len(told["shaded"]) == 31
    assert told["shaded"][0]["to"] - told["shaded"][0]["from"] == 3600


@pytest.mark.parametrize(
    "path",
    [
        "/unit/points/SECRET_B",
        "/unit/points/SECRET_B/slots.json",
        "/unit/arrivals?gateway=SECRET_G",
        "/unit/meters/change?point=SECRET_B&quantity=active_energy",
        "/unit/meters/documents/1",
        "/unit/returns/filings/1",
        "/unit/returns/filings/1/copy.xlsx",
        "/unit/returns/2026-13",
        "/unit/returns/9999-12",
        "/unit/registers/template.xlsx?sheet=units",
    ],
)
def test_what_is_anothers_or_nothing_is_not_found_and_leaves_a_trail(plant: Console, browse: Browse, path: str) -> None:
    before = len(trail_of(plant.settings, "a-manager"))
    assert browse("a-manager").get(path).status_code == 404
    left = trail_of(plant.settings, "a-manager")[before:]
    assert [outcome for _, _, outcome in left] == ["refused"]


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/unit/outages", {"point_code": "SECRET_B", "fault_at": "2026-11-01T08:00", "cause": "power"}),
        ("/unit/outages", {"gateway_code": "SECRET_G", "fault_at": "2026-11-01T08:00", "cause": "power"}),
        ("/unit/outages/repaired", {"outage": "SECRET_G||2026-11-01", "repaired_at": "2026-11-02T08:00"}),
        ("/unit/events", {"point_code": "SECRET_B", "kind": "overhaul", "title": "x", "begins_at": "2026-11-01T08:00"}),
        ("/unit/events", {"kind": "power_cut", "title": "x", "begins_at": "2026-11-01T08:00"}),
        ("/unit/meters/change", {"point": "SECRET_B", "quantity": "active_energy", "what": "meter", "step": "declare"}),
        ("/unit/gateways/SECRET_G/keys", {"public_key": "AAAA", "understood": "yes"}),
        ("/unit/gateways/SECRET_G/password", {"understood": "yes"}),
        ("/unit/registers/import/1", {}),
        ("/unit/returns/queries/1/answer", {"cause": "because", "quantity": "1", "document": "paper"}),
    ],
)
def test_a_form_about_anothers_things_is_not_found_and_leaves_a_trail(
    plant: Console, browse: Browse, path: str, fields: dict[str, object]
) -> None:
    before = len(trail_of(plant.settings, "a-filler"))
    assert browse("a-filler").post(path, fields).status_code == 404
    assert "refused" in [outcome for _, _, outcome in trail_of(plant.settings, "a-filler")[before:]]


def test_who_looked_is_told_to_the_unit_and_only_about_itself(plant: Console, browse: Browse) -> None:
    browse("b-manager").get("/unit/points")
    page = browse("a-manager").get("/unit/who", own="1").text
    assert "P a-manager" in page
    assert "b-manager" not in page
    assert "P a-manager" not in browse("b-manager").get("/unit/who", own="1").text


def test_the_ledger_and_the_registers_come_as_files_to_save(manager: Browser) -> None:
    for path in ("/unit/meters/ledger.xlsx", "/unit/registers/export.xlsx", "/unit/registers/template.xlsx"):
        answer = manager.get(path)
        assert answer.status_code == 200
        assert answer.content.startswith(b"PK")
        assert answer.headers["content-disposition"].startswith("attachment")
