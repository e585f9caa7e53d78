"""The whole story in a real browser, in both languages, each with a unit of its own: filed, asked, answered, verified,
reviewed, corrected, accepted, sealed, restated. Between the people, the jobs do what Airflow does within minutes.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial

import pytest
from playwright.sync_api import Browser as Chromium

from nenghao.config import Role, Settings
from nenghao.db.connection import connect
from nenghao.labels import Language
from tests.console import seed
from tests.console.browser.conftest import Room, Seat
from tests.console.browser.plot import Plot, lay_plot, let_late_readings_come, run_the_clock
from tests.console.conftest import serving
from tests.console.seed import PEOPLE, UNIT_A, UNIT_B, Somebody

PDF = {
    "name": "维修单.pdf",
    "mimeType": "application/pdf",
    "buffer": b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n",
}
Sit = Callable[[str], Seat]
#: Accounts beside those of the small province: the other unit's signers and its county.
MORE = (
    *(
        replace(PEOPLE[f"a-{office}"], login=f"b-{office}", unit_code=UNIT_B)
        for office in ("filler", "statistics", "head")
    ),
    Somebody(login="stat150203", role="statistician", authority="statistics", level="county", division_prefix="150203"),
)


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the story plays."""

    room: Room
    plot: Plot
    settings: Settings


@pytest.fixture(scope="module")
def stage(browser: Chromium, module_database: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A month of two units, judged and built, and a console before it."""
    folder = tmp_path_factory.mktemp("story")
    (folder / "releases").mkdir()
    settings = module_database.model_copy(update={"data_docs_dir": folder / "docs", "release_dir": folder / "releases"})
    seed.seed_units(settings)
    seed.seed_people(settings, MORE)
    plot = lay_plot(settings)
    with serving(settings) as console:
        room = Room(browser=browser, console=console)
        yield Stage(room=room, plot=plot, settings=settings)
        assert room.close() == []


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays in one language."""

    unit_code: str
    prefix: str
    county: str


CAST: dict[Language, Cast] = {
    "zh": Cast(UNIT_A, "a", "stat150202"),
    "en": Cast(UNIT_B, "b", "stat150203"),
}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_story(stage: Stage, language: Language) -> None:
    cast, month = CAST[language], str(stage.plot.month)
    seat = partial(stage.room.seat, language=language)

    file_month(seat, cast, month, bought="8.25")
    filed = filed_content(stage, cast)
    carry_the_case(seat, cast, stage.plot.cases[cast.unit_code])
    run_the_clock(stage.settings)
    # The monitored balance rests on an estimate now; the filing is the unit's, as it was.
    assert measured_share(stage, cast) < 1
    assert filed_content(stage, cast) == filed

    file_month(seat, cast, month, bought="8.26", reason="按表码更正十月用电")
    assert filed_content(stage, cast) != filed
    accept_and_seal(stage, seat, cast, month)

    let_late_readings_come(stage.settings, cast.unit_code)
    run_the_clock(stage.settings)
    find_the_restatement(seat, cast, month)


def carry_the_case(seat: Sit, cast: Cast, case_id: int) -> None:
    """Notified, explained with a document, verified by two officers, reviewed by one who did not handle it."""
    officer = seat("aud15")
    officer.go("/cases")
    officer.page.locator(f"a[href^='/cases/{case_id}']").first.click()
    officer.page.wait_for_url(f"**/cases/{case_id}*")
    officer.page.locator(".chart canvas").first.wait_for()
    officer.look()
    officer.do("/steps/assign", told="由本人办理")
    officer.do("/steps/notify", told="请说明表码跳进 3 万千瓦时的原因")

    manager = seat(f"{cast.prefix}-manager")
    manager.go("/unit/inquiries")
    manager.page.locator(f"a[href='/unit/inquiries/{case_id}']").first.click()
    manager.page.wait_for_url(f"**/unit/inquiries/{case_id}")
    manager.look()
    told = {"cause": "采集网关重启时改写了表码", "quantity": "多计 30 000 kWh", "document": "维修单 10-16"}
    assert PDF["name"] in manager.do("/explain", **told, files=PDF)

    officer.go(f"/cases/{case_id}")
    assert PDF["name"] in officer.text()
    officer.do(
        "/steps/verify", place="site", basis="original_record", document="现场核查记录 1 号", statement="attached",
        proposal="confirm", outcome="communication", told="现场表码与前日相接，跳进出在网关", files=PDF,
        officer_name=["P aud15", "P aud15c"], officer_number=["15-001", "15-003"],
    )  # fmt: skip
    officer.go(f"/cases/{case_id}")
    assert officer.page.locator("form[action$='/steps/review']").count() == 0, "who handles it does not review it"
    reviewer = seat("aud15b")
    reviewer.go(f"/cases/{case_id}")
    reviewer.do("/steps/review", verdict="agree", told="同意")


def file_month(seat: Sit, cast: Cast, month: str, *, bought: str, **reason: str) -> None:
    """Drafted, checked for the unit alone, signed by three people with accounts of their own, filed."""
    filler = seat(f"{cast.prefix}-filler")
    filler.go(f"/unit/returns/{month}")
    if not reason:
        filler.do("/prefill")
    # Months of this year before its meters were online are not in the draft: the cumulative figure is typed.
    filler.go(f"/unit/returns/{month}?rows=all")
    filler.do("/cells", **{f"cell:205-1:33:{column}": bought for column in ("2", "4", "5")})
    check(filler, month)
    while filler.page.locator("form[action$='/notes']:visible").count():
        filler.do("/notes", cause="首次报送，上年同期无在线数据", quantity="8.25 万千瓦时", document="电费结算单 10 月")
        check(filler, month)
    for office in ("filler", "statistics", "head"):
        signer = seat(f"{cast.prefix}-{office}")
        signer.go(f"/unit/returns/{month}")
        signer.do("/sign")
    filler.go(f"/unit/returns/{month}")
    filler.do("/file", **reason)


def check(filler: Seat, month: str) -> None:
    """Start the self-check and wait for what it says."""
    filler.do("/check")
    filler.page.locator("#check-state .notice-done, #check-state .notice-wait").first.wait_for(timeout=90_000)
    filler.go(f"/unit/returns/{month}")


def accept_and_seal(stage: Stage, seat: Sit, cast: Cast, month: str) -> None:
    """County, city and province accept, in that order; then it is locked, and sealed by the jobs."""
    for login in (cast.county, "stat1502", "stat15"):
        officer = seat(login)
        officer.go(f"/bureau/{cast.unit_code}/{month}")
        officer.do("/accept")
    seat("stat15").do("/lock")
    run_the_clock(stage.settings)
    releases = seat("stat15").go("/bureau/releases").content()
    assert f"{cast.unit_code}-{month}-filing-v" in releases


def find_the_restatement(seat: Sit, cast: Cast, month: str) -> None:
    """The hour that came late has made another version, which names what it restates."""
    statistician = seat("stat15")
    newest = statistician.go("/bureau/releases").locator(f"tr:has-text('{cast.unit_code}-{month}-monitored-v')").first
    assert statistician.t("sheet.cause.late_data") in newest.inner_text()
    newest.locator("a").first.click()
    statistician.page.wait_for_url("**/bureau/releases/*")
    statistician.look()
    assert statistician.t("sheet.cause.late_data") in statistician.text()


def filed_content(stage: Stage, cast: Cast) -> object:
    """What the newest filing of the unit says."""
    with connect(stage.settings, Role.OWNER) as conn:
        return conn.execute(
            "SELECT content FROM filing JOIN unit USING (unit_id) WHERE unit_code = %s ORDER BY version DESC LIMIT 1",
            [cast.unit_code],
        ).fetchone()


def measured_share(stage: Stage, cast: Cast) -> Decimal:
    """How much of the newest monitored purchase of electricity is measured."""
    with connect(stage.settings, Role.OWNER) as conn:
        found = conn.execute(
            "SELECT measured_share FROM balance_cell JOIN monitored_balance b USING (balance_id)"
            " JOIN unit USING (unit_id) WHERE unit_code = %s AND (form_code, row_code, column_code) ="
            " ('205-1', '33', '2') ORDER BY b.version DESC LIMIT 1",
            [cast.unit_code],
        ).fetchone()
    assert found is not None
    return Decimal(found[0])


def test_a_month_of_quarter_hours_is_drawn(stage: Stage) -> None:
    officer = stage.room.seat("aud15")
    officer.go(f"/cases/{stage.plot.cases[UNIT_A]}")
    chart = officer.page.locator(".chart canvas").first
    chart.wait_for()
    painted = chart.evaluate(
        "(it) => new Set(new Uint32Array(it.getContext('2d').getImageData(0, 0, it.width, it.height).data.buffer)).size"
    )
    assert painted > 3, "nothing is drawn"


def test_the_worklist_goes_by_keyboard(stage: Stage) -> None:
    page = stage.room.seat("aud15").go("/cases?state=all")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/cases/*")
    page.go_back()
    page.keyboard.press("Tab")
    skip = page.evaluate("document.activeElement.getAttribute('href')")
    assert skip == "#main", "the first stop of the keyboard leads past the menu"


#: What menus do not name, or only for people whose data this province lacks.
ALSO = {"a-manager": ("/unit/arrivals", "/unit/refusals", "/unit/points/E1", "/unit/meters/change", "/unit/events")}


#: What makes a page scroll sideways, other than a table in a frame of its own.
TOO_WIDE = """() => document.documentElement.scrollWidth <= document.documentElement.clientWidth ? [] :
  [...document.querySelectorAll('body *')].filter((it) => !it.closest('.scroll')
    && it.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .map((it) => `${it.tagName}.${it.className} ${it.textContent.trim().slice(0, 40)}`)"""


@pytest.mark.parametrize(
    "login", ["a-manager", "aud15", "stat15", "saving15", "market15", "system", "security", "trail"]
)
def test_every_page_of_a_menu_is_sound(stage: Stage, login: str) -> None:
    is_unit = login in ALSO
    seat = stage.room.seat(login, is_phone=is_unit)
    page = seat.go("/")
    links = [link.get_attribute("href") or "" for link in page.locator("nav.menu a").all()]
    for path in dict.fromkeys([*links, *ALSO.get(login, ())]):
        seat.go(path)
        if is_unit:
            wide = page.evaluate(TOO_WIDE)
            assert wide == [], f"{path} is wider than a phone"
