"""A unit's month in the console: prefilled, changed, checked for itself alone, signed by three, filed, corrected."""

import io
import re
import time
from collections.abc import Callable

import pytest
from python_calamine import load_workbook

from nenghao.config import Role
from nenghao.db.connection import connect
from nenghao.db.filings import list_filings
from nenghao.domain.periods import Month
from nenghao.filing.following import ask
from nenghao.labels import label
from tests.console.conftest import Browser, Console
from tests.console.unit_seed import seed_unit_data

Browse = Callable[[str], Browser]
PATH = "/unit/returns/2026-10"
DRAFT = re.compile(r'name="draft" value="([0-9]+)"')
BECAUSE = {"cause": "3号炉停炉检修21天", "quantity": "少用 1200 t", "document": "检修工单 2026-09-117"}
#: Great Expectations takes seconds to import on a busy machine.
PATIENCE_S = 120


@pytest.fixture(scope="module")
def plant(console: Console) -> Console:
    seed_unit_data(console.settings)
    return console


def draft_of(browser: Browser) -> str:
    found = DRAFT.search(browser.get(PATH).text)
    assert found
    return found.group(1)


def put(browser: Browser, **figures: str) -> int:
    """Type figures into the form; `33.4` becomes `_33_4`."""
    page = browser.get(f"{PATH}?rows=all").text
    fields: dict[str, object] = {"draft": draft_of(browser), "shown": "205-1"}
    for name, text in figures.items():
        _, row, column = name.split("_")
        cell = f"205-1:{row}:{column}"
        was = re.search(rf'name="was:{cell}" value="([^"]*)"', page)
        assert was
        fields |= {f"was:{cell}": was.group(1), f"cell:{cell}": text}
    return browser.post(f"{PATH}/cells", fields).status_code


def check(browser: Browser) -> str:
    """Run the self-check to its end, as a browser without JavaScript does; returns the month's page."""
    answer = browser.post(f"{PATH}/check")
    assert answer.status_code == 303
    ends_at = time.monotonic() + PATIENCE_S
    while time.monotonic() < ends_at:
        answer = browser.get(f"{PATH}/check")
        if answer.status_code == 303:
            return browser.get(PATH).text
        assert label("console.unit.check.failed", "zh") not in answer.text
        time.sleep(0.2)
    raise AssertionError("the self-check did not end")


def sign(browser: Browser) -> int:
    return browser.post(f"{PATH}/sign", {"draft": draft_of(browser)}).status_code


def file(browser: Browser, **fields: object) -> int:
    return browser.post(f"{PATH}/file", {"draft": draft_of(browser), **fields}).status_code


def test_the_month_of_a_unit(plant: Console, browse: Browse) -> None:
    manager, filler, statistics, head = (browse(name) for name in ("a-manager", "a-filler", "a-statistics", "a-head"))
    # Prefilled from the meters, the monitored value beside what is typed.
    assert manager.post(f"{PATH}/prefill").status_code == 303
    page = manager.get(PATH).text
    assert 'name="cell:205-1:33:4" value="3040"' in page
    assert put(manager, _33_2="3041") == 303
    page = manager.get(PATH).text
    assert 'value="3041"' in page
    assert "3\N{NARROW NO-BREAK SPACE}040" in page

    # A save over a draft that somebody else has saved meanwhile is refused, and so is what is no figure.
    stale = draft_of(manager)
    assert put(filler, _33_2="3040") == 303
    answer = manager.post(f"{PATH}/cells", {"draft": stale, "was:205-1:33:2": "3040", "cell:205-1:33:2": "1"})
    assert answer.status_code == 422
    assert label("console.unit.refused.draft_moved", "zh") in answer.text
    assert put(manager, _33_2="12,5") == 422

    # Nobody signs or files what was not checked.
    assert sign(filler) == 422
    assert file(head) == 422

    # A mandatory relation that does not hold stands at its cell and blocks; an explanatory one takes an explanation.
    assert put(manager, _33_9="5", _01_2="100", _01_5="60", _02_2="100", _02_5="60", _02_9="40") == 303
    page = check(manager)
    assert label("console.unit.check.blocks", "zh") in page
    assert "at-fault" in page
    assert sign(filler) == 422
    explain_all(manager, page)
    assert put(manager, _33_9="") == 303
    page = check(manager)
    assert label("console.unit.check.blocks", "zh") not in page
    assert 'id="check-state">\n<p class="notice notice-done">' in page

    # Three people, in their order, each in an own office; the energy manager's is none of them.
    assert sign(manager) == 422
    assert sign(statistics) == 422
    assert [sign(filler), sign(statistics)] == [303, 303]
    assert file(manager) == 422
    assert sign(filler) == 422
    assert sign(head) == 303
    assert file(manager) == 303
    with connect(plant.settings, Role.CONSOLE) as conn:
        (filed,) = list_filings(conn, month_on=Month(2026, 10).start_on)
        query = ask(conn, filed.filing_id, "county", "为什么比上月多?", "officer", filed.counted_at)

    # The unit's copy and the transcript say what was filed.
    copy = manager.get(f"/unit/returns/filings/{filed.filing_id}/copy.xlsx")
    rows = load_workbook(io.BytesIO(copy.content)).get_sheet_by_name("205-1").to_python()
    assert 3040.0 in next(row for row in rows if row[0] == "33")
    transcript = manager.get(f"/unit/returns/filings/{filed.filing_id}/transcript.csv")
    assert transcript.content.startswith(b"\xef\xbb\xbf")
    assert "205-1,33,4,3040" in transcript.text
    assert browse("b-manager").get(f"/unit/returns/filings/{filed.filing_id}").status_code == 404

    # A query is answered in its three parts; an empty phrase is no answer, and another unit has no such query.
    page = manager.get(f"/unit/returns/filings/{filed.filing_id}").text
    assert "为什么比上月多?" in page
    path = f"/unit/returns/queries/{query}/answer"
    empty = {"cause": "核实无误", "quantity": "1", "document": "核实无误"}
    assert manager.post(path, empty).status_code == 422
    assert browse("b-manager").post(path, BECAUSE).status_code == 404
    assert manager.post(path, BECAUSE).status_code == 303
    assert label("filing.state.answered", "zh") in manager.get(PATH).text

    # A later version needs another figure and its reason; the bureau had asked, so it is an amendment.
    assert put(manager, _33_3="1") == 303
    check(manager)
    assert [sign(filler), sign(statistics), sign(head)] == [303, 303, 303]
    assert file(manager) == 422
    assert file(manager, reason="金额漏填") == 303
    with connect(plant.settings, Role.CONSOLE) as conn:
        lines = list_filings(conn, month_on=Month(2026, 10).start_on)
    assert sorted((one.version, one.kind) for one in lines) == [(1, "original"), (2, "amendment")]


def explain_all(browser: Browser, page: str) -> None:
    """Explain every explanatory relation that does not hold; first by a phrase that says nothing, which is refused."""
    forms = re.findall(
        r'name="relation" value="([^"]+)"><input type="hidden" name="form" value="([^"]+)">'
        r'<input type="hidden" name="row" value="([^"]+)"><input type="hidden" name="column" value="([^"]+)">',
        page,
    )
    for relation, form, row, column in forms:
        place = {"relation": relation, "form": form, "row": row, "column": column}
        phrase = browser.post(f"{PATH}/notes", {**place, "cause": "核实无误", "quantity": "1", "document": "凭证 12"})
        assert phrase.status_code == 422
        assert browser.post(f"{PATH}/notes", {**place, **BECAUSE}).status_code == 303


def test_a_template_is_taken_whole_or_not_at_all(plant: Console, browse: Browse) -> None:
    manager = browse("a-manager")
    path = "/unit/returns/2026-09"
    template = manager.get(f"{path}/template.xlsx")
    assert template.content.startswith(b"PK")
    wrong = b"form,row,column,value\r\n205-1,33,2,12\r\n205-1,33,4,a lot\r\n"
    answer = manager.post(f"{path}/upload", files={"file": ("figures.csv", wrong, "text/csv")})
    assert answer.status_code == 422
    assert "a lot" in answer.text
    assert label("console.unit.return.no_draft", "zh") in manager.get(path).text
    right = b"form,row,column,value\r\n205-1,33,2,12\r\n"
    assert manager.post(f"{path}/upload", files={"file": ("figures.csv", right, "text/csv")}).status_code == 303
    assert 'name="cell:205-1:33:2" value="12"' in manager.get(path).text


def test_a_draft_is_seen_by_its_unit_alone(plant: Console, browse: Browse) -> None:
    browse("a-manager").post("/unit/returns/2026-08/prefill")
    assert label("console.unit.return.no_draft", "zh") in browse("b-manager").get("/unit/returns/2026-08").text
    for login in ("stat15", "aud15", "system", "trail"):
        assert browse(login).get("/unit/returns/2026-08").status_code == 403
