"""A case carried through its pages: the officer asks, the unit answers with a file, one verifies, another reviews."""

import io
import json
import re
import zipfile
from collections.abc import Callable

import pytest

from tests.console.conftest import Browser, Console
from tests.review.desk import put_cases

PDF = b"%PDF-1.7\n<script>alert(1)</script>"
SITE = {
    "place": "site", "basis": "site_reading", "document": "现场核查记录 7", "statement": "attached",
    "proposal": "confirm",
    "outcome": "instrument_fault", "officer_name": ["P aud15", "傅"], "officer_number": ["15001", "15002"],
    "site.seals": "完好", "told": "现场表码与平台不符",
}  # fmt: skip


@pytest.fixture(scope="module")
def case_id(console: Console) -> int:
    """The case of the first unit; the console runs already."""
    return put_cases(console.settings)[0]


def act(browser: Browser, case_id: int, name: str, **fields: object) -> int:
    return browser.post(f"/cases/{case_id}/steps/{name}", {"told": "办", **fields}).status_code


def test_a_case_goes_through_its_pages(case_id: int, browse: Callable[[str], Browser]) -> None:
    bao, chen, unit = browse("aud15"), browse("aud15b"), browse("a-manager")
    assert "没有收到查询" in unit.get("/unit/inquiries").text
    assert act(bao, case_id, "notify") == 422  # nobody has it in hand
    assert act(chen, case_id, "assign", handler="P aud15") == 303
    assert act(bao, case_id, "notify", told="8月11日电量与表码不符 <img src=x>") == 303
    assert "未读" in unit.get("/unit/inquiries").text

    page = unit.get(f"/unit/inquiries/{case_id}").text
    assert "8月11日电量与表码不符 &lt;img src=x&gt;" in page
    assert "4711" not in page
    assert "P aud15b" not in page  # who gave the case to whom stays inside
    assert "签收" in page
    assert unit.post(
        f"/unit/inquiries/{case_id}/explain",
        {"cause": "核实无误", "quantity": "1", "document": "检修工单 2026-09-117"},
    ).status_code == 422  # fmt: skip
    answer = unit.post(
        f"/unit/inquiries/{case_id}/explain",
        {"cause": "3号炉停炉检修21天", "quantity": "少用 1200 t", "document": "检修工单 2026-09-117"},
        files={"files": ("..\\检修.pdf", PDF, "text/html")},
    )
    assert answer.status_code == 303

    page = bao.get(f"/cases/{case_id}/procedure").text
    link = re.search(rf"/cases/{case_id}/files/(\d+)", page)
    assert link
    saved = bao.get(link.group(0))
    assert saved.content == PDF
    assert saved.headers["content-type"] == "application/pdf"
    assert saved.headers["content-disposition"].startswith("attachment")
    assert saved.headers["x-content-type-options"] == "nosniff"

    assert act(bao, case_id, "verify", **SITE) == 303
    refused = bao.post(f"/cases/{case_id}/steps/review", {"verdict": "agree", "told": "同意"})
    assert refused.status_code == 422
    assert "P aud15 曾经办" in refused.text
    assert act(chen, case_id, "review", verdict="agree", told="互感器更换未登记") == 303
    assert "仪表故障" in unit.get(f"/unit/inquiries/{case_id}").text

    assert act(bao, case_id, "rectify", told="登记互感器变比") == 303
    assert unit.post(
        f"/unit/inquiries/{case_id}/report_rectified", {"document": "换表登记单 9", "told": "已登记"}
    ).status_code == 303  # fmt: skip
    assert act(bao, case_id, "close") == 422
    assert act(chen, case_id, "recheck", verdict="passed", document="复核记录 1") == 303
    assert act(bao, case_id, "close", told="整改到位") == 303
    assert "已结案" in unit.get(f"/unit/inquiries/{case_id}").text


def test_a_notice_is_paper_and_never_shown_inside_a_page(case_id: int, browse: Callable[[str], Browser]) -> None:
    for login, path in (
        ("aud15", f"/cases/{case_id}/notice.pdf"),
        ("a-manager", f"/unit/inquiries/{case_id}/notice.pdf"),
    ):
        paper = browse(login).get(path)
        assert paper.status_code == 200
        assert paper.content.startswith(b"%PDF-")
        assert paper.headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("login", "status"),
    [("b-manager", 422), ("c-manager", 422), ("aud15", 403), ("stat15", 403), ("system", 403)],
)
def test_an_inquiry_is_its_units_alone(case_id: int, browse: Callable[[str], Browser], login: str, status: int) -> None:
    assert browse(login).get(f"/unit/inquiries/{case_id}").status_code == status
    assert (
        browse(login).post(f"/unit/inquiries/{case_id}/object", {"ground": "facts", "told": "x"}).status_code == status
    )


@pytest.mark.parametrize(
    ("login", "status"), [("aud1525", 422), ("stat15", 403), ("saving15", 403), ("a-manager", 403), ("trail", 403)]
)
def test_only_auditors_of_the_place_take_steps(
    case_id: int, browse: Callable[[str], Browser], login: str, status: int
) -> None:
    assert act(browse(login), case_id, "comment") == status


def test_a_unit_takes_no_step_of_an_officer(case_id: int, browse: Callable[[str], Browser]) -> None:
    for name in ("close", "review", "comment", "nonsense"):
        answer = browse("a-manager").post(f"/unit/inquiries/{case_id}/{name}", {"told": "x", "verdict": "agree"})
        assert answer.status_code == 422, name


def test_the_page_a_step_comes_from_is_ours(console: Console, case_id: int, browse: Callable[[str], Browser]) -> None:
    answer = browse("aud15").post(
        f"/cases/{case_id}/steps/comment", {"told": "x", "back": "//evil.example/cases/"}
    )  # fmt: skip
    assert answer.headers["location"].startswith("/?")
    part = browse("aud15").client.post(
        f"/cases/{case_id}/steps/comment",
        data={"csrf": browse("aud15").csrf(), "told": "y", "back": f"/cases/{case_id}/procedure"},
        headers={"hx-request": "true"},
    )
    assert (part.status_code, part.headers["hx-redirect"]) == (204, f"/cases/{case_id}/procedure?notice=step_taken")


def test_a_case_is_taken_along_and_ones_own_steps_are_merged(
    console: Console, case_id: int, browse: Callable[[str], Browser]
) -> None:
    bao = browse("aud15")
    taken = bao.post(f"/cases/{case_id + 1}/folder.zip")
    assert taken.status_code == 200, taken.text
    assert taken.headers["content-disposition"].startswith("attachment")
    with zipfile.ZipFile(io.BytesIO(taken.content)) as archive:
        held = json.loads(archive.read("steps.json"))
        assert "evidence.pdf" in archive.namelist()
    step = {"act": "comment", "acted_by": "P aud15", "acted_at": "2026-11-01T10:00:00+08:00", "told": "门卫室登记"}
    held["steps"] = [step, {**step, "acted_by": "P aud15b", "told": "冒名"}]
    back = io.BytesIO()
    with zipfile.ZipFile(back, "w") as archive:
        archive.writestr("steps.json", json.dumps(held))
    files = {"folder": ("back.zip", back.getvalue(), "application/zip")}
    for counted in ("并入 1 步，已有 0 步，未并入 1 步", "并入 0 步，已有 1 步，未并入 1 步"):
        page = bao.post(f"/cases/{case_id + 1}/folder", files=files)
        assert page.status_code == 200
        assert counted in page.text
        assert "只能并入本人办理的步骤" in page.text
    broken = {"folder": ("back.zip", b"PK nonsense", "application/zip")}
    assert bao.post(f"/cases/{case_id + 1}/folder", files=broken).status_code == 422
    assert browse("a-manager").post(f"/cases/{case_id}/folder.zip").status_code == 403
    assert browse("aud1525").post(f"/cases/{case_id}/folder.zip").status_code == 422


def test_pages_ask_the_database_a_bounded_number_of_times_in_both_languages(
    case_id: int, browse: Callable[[str], Browser]
) -> None:
    for login, path in (("a-manager", "/unit/inquiries"), ("aud15", f"/cases/{case_id}/procedure")):
        for language in ("zh", "en"):
            browse(login).post("/language", {"language": language, "back": "/"})
            page = browse(login).get(path)
            assert page.status_code == 200
            assert ("办理" in page.text or "查询" in page.text) == (language == "zh")
        browse(login).post("/language", {"language": "zh", "back": "/"})
