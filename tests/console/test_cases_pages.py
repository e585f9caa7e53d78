"""A case on its page: curves exact, evidence as by command, nothing a unit typed comes alive, values chosen."""

import json
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from nenghao.config import Role
from nenghao.console.cases.case import is_workday_or_weekday
from nenghao.console.cases.words import essay_blocks, finding_words
from nenghao.db.connection import connect
from nenghao.domain.canonical import canonical_bytes
from nenghao.reporting.evidence import write_evidence
from nenghao.reporting.verify_evidence import verify_document
from nenghao.trust import Trust
from tests.console.cases_seed import HOSTILE, NOW, seed_audited
from tests.console.conftest import Browser, Console

Browse = Callable[[str], Browser]


@pytest.fixture(scope="module")
def cases(console: Console, tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    return seed_audited(console.settings, tmp_path_factory.mktemp("docs"))


PARTS = ("", "/checklist", "/rules", "/messages", "/meters")


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("name", ["cut", "bridged", "resent"])
def test_every_part_of_a_case_is_a_page_in_both_languages(
    browse: Browse, cases: dict[str, int], name: str, part: str
) -> None:
    for language in ("zh", "en"):
        browse("aud15").client.cookies.set("nenghao-language", language)
        answer = browse("aud15").get(f"/cases/{cases[name]}{part}")
        assert answer.status_code == 200, answer.text
        assert "console.cases" not in answer.text
    browse("aud15").client.cookies.delete("nenghao-language")


def test_nothing_that_a_unit_typed_comes_alive(browse: Browse, cases: dict[str, int]) -> None:
    for path in ("/cases", *(f"/cases/{cases['cut']}{part}" for part in PARTS)):
        answer = browse("aud15").get(path)
        assert answer.status_code == 200
        text = answer.text
        assert "<script>alert" not in text
        assert HOSTILE not in text
        assert "49" not in re.findall(r"&amp;(\d+)", text)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in browse("aud15").get(f"/cases/{cases['cut']}").text


def chart_of(browse: Browse, case_id: int, **params: object) -> dict[str, Any]:
    answer = browse("aud15").get(f"/cases/{case_id}/chart.json", **params)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    assert all(len(one["values"]) == len(told["at"]) for one in told["series"])
    return told


def test_a_chart_tells_the_series_days_exactly_and_missing_is_null(
    console: Console, browse: Browse, cases: dict[str, int]
) -> None:
    told = chart_of(browse, cases["cut"])
    with connect(console.settings, Role.OWNER) as conn:
        days = conn.execute(
            "SELECT (d.day_on::timestamp AT TIME ZONE 'Asia/Shanghai'), d.slot_minutes, d.scale, d.energy"
            " FROM series_day AS d JOIN finding AS f USING (series_id) JOIN alert AS a USING (fingerprint)"
            " WHERE a.case_id = %s GROUP BY d.series_id, d.day_on ORDER BY d.day_on",
            [cases["cut"]],
        ).fetchall()
    stands = {
        int(begin.timestamp()) + 60 * minutes * place: None if value is None else float(Decimal(value).scaleb(-scale))
        for begin, minutes, scale, energy in days
        for place, value in enumerate(energy)
    }
    [now] = [one for one in told["series"] if one["kind"] == "validated"]
    assert now["values"] == [stands.get(at) for at in told["at"]]
    assert None in now["values"]  # before the first day of the series there is nothing
    assert sum(value is not None for value in now["values"]) > 100
    [span] = told["shaded"]
    assert told["at"][0] < span["from"] < span["to"] < told["at"][-1]
    assert {one["kind"] for one in told["series"]} >= {"raw", "validated"}


def test_a_view_of_a_day_has_a_day_and_neighbours_share_the_axis(browse: Browse, cases: dict[str, int]) -> None:
    day = chart_of(browse, cases["bridged"], view="day")
    assert day["at"][-1] - day["at"][0] < 24 * 3600
    beside = chart_of(browse, cases["bridged"], show="neighbours", view="day")
    assert (beside["at"][0], beside["shaded"]) == (day["at"][0], day["shaded"])
    assert "neighbour" in {one["kind"] for one in beside["series"]}
    assert chart_of(browse, cases["cut"], show="face")["series"][0]["kind"] == "raw"
    assert browse("aud15").get(f"/cases/{cases['cut']}/chart.json", subject=99).status_code == 422


def test_the_evidence_is_the_same_as_by_command_and_is_kept_with_the_case(
    console: Console, browse: Browse, cases: dict[str, int]
) -> None:
    path = f"/cases/{cases['cut']}/evidence"
    taken = browse("aud15").post(f"{path}.json")
    assert taken.status_code == 200, taken.text
    assert taken.headers["content-disposition"].startswith("attachment")
    fields = json.loads(taken.content)
    assert [
        one.label_key for one in verify_document(taken.content, Trust(keys={}, validity={})) if not one.is_passed
    ] == []
    with connect(console.settings, Role.VERIFIER) as conn:
        made = write_evidence(conn, cases["cut"], made_by="P aud15", made_at=NOW, is_workday=is_workday_or_weekday)
        kept = conn.execute(
            "SELECT encode(hash, 'hex'), made_by FROM evidence_document WHERE case_id = %s", [cases["cut"]]
        ).fetchall()
    by_command = json.loads(made.file)["document"]
    assert kept == [(fields["hash"], "P aud15")]
    # The one was made before the other, and the later one names the earlier.
    for document in (fields["document"], by_command):
        document.pop("made_at")
        document.pop("earlier_documents")
    assert canonical_bytes(fields["document"]) == canonical_bytes(by_command)
    printed = browse("aud15").post(f"{path}.pdf")
    assert printed.content.startswith(b"%PDF")
    assert browse("aud15").post(f"{path}.exe").status_code == 422


def test_a_case_is_not_there_for_those_whom_it_does_not_concern(browse: Browse, cases: dict[str, int]) -> None:
    for login in ("a-manager", "saving15", "market15", "ecology15", "system", "security", "trail"):
        for path in ("/cases", f"/cases/{cases['cut']}", f"/cases/{cases['cut']}/chart.json", "/cases/sample"):
            assert browse(login).get(path).status_code == 403, (login, path)
    for path in ("", "/checklist", "/rules", "/messages", "/meters", "/chart.json", "/messages/1", "/messages/1/bytes"):
        assert browse("aud1525").get(f"/cases/{cases['cut']}{path}").status_code == 404, path
    assert browse("aud1525").post(f"/cases/{cases['cut']}/evidence.json").status_code == 404
    for number in ("0", "-1", "99999999999999999999999999"):
        assert browse("aud15").get(f"/cases/{number}").status_code == 404
    assert browse("aud15").get("/cases/x").status_code == 400
    assert browse("stat15").get(f"/cases/{cases['cut']}").status_code == 200
    assert browse("stat15").post(f"/cases/{cases['cut']}/mute", {"rule": "x"}).status_code == 403


def test_a_mute_is_placed_with_its_reason_and_ended(browse: Browse, cases: dict[str, int]) -> None:
    auditor, path = browse("aud15"), f"/cases/{cases['cut']}/mute"
    rule = "register_against_interval"
    for wrong in (
        {"rule": "another"},
        {"until": "yesterday"},
        {"until": "2020-01-01"},
        {"reason": " "},
        {"point": "x"},
    ):
        typed: dict[str, object] = {"rule": rule, "until": "2099-12-31", "reason": "=belt scale", **wrong}
        answer = auditor.post(path, typed)
        assert answer.status_code == 422, wrong
    assert 'value="=belt scale"' in auditor.post(path, {**typed, "point": "x"}).text  # what was typed is kept
    answer = auditor.post(path, {"rule": rule, "until": "2099-12-31", "reason": "=belt scale"})
    assert answer.status_code == 303, answer.text
    shown = auditor.get("/cases/mutes").text
    assert "=belt scale" in shown
    assert "2099-12-31" in shown
    mute_id = re.findall(r"/cases/mutes/(\d+)/end", shown)[0]
    assert auditor.post(f"/cases/mutes/{mute_id}/end", {"reason": ""}).status_code == 422
    assert auditor.post(f"/cases/mutes/{mute_id}/end", {"reason": "the scale is calibrated"}).status_code == 303
    assert "=belt scale" not in auditor.get("/cases/mutes").text


def test_of_two_values_the_page_says_which_counts(console: Console, browse: Browse, cases: dict[str, int]) -> None:
    auditor, path = browse("aud15"), f"/cases/{cases['resent']}"
    assert 'name="wish"' in auditor.get(path).text
    assert 'name="wish"' not in auditor.get(f"/cases/{cases['cut']}").text
    typed: dict[str, object] = {"wish": "adopt", "outcome": "communication", "reason": "register photo 7"}
    for missing in typed:
        assert auditor.post(f"{path}/decide", {**typed, missing: ""}).status_code == 422, missing
    assert auditor.post(f"/cases/{cases['cut']}/decide", typed).status_code == 422
    answer = auditor.post(f"{path}/decide", typed)
    assert answer.status_code == 303, answer.text
    assert "register photo 7" in auditor.get(path).text
    with connect(console.settings, Role.OWNER) as conn:
        assert conn.execute(
            "SELECT d.kind, d.decided_by, count(*) FROM decision AS d JOIN reading_adoption AS a USING (decision_id)"
            " WHERE d.case_id = %s GROUP BY d.kind, d.decided_by", [cases["resent"]],
        ).fetchall()[0][:2] == ("confirm", "P aud15")  # fmt: skip
        assert conn.execute("SELECT count(*) FROM changed_mark").fetchall()[0][0] > 0
        assert conn.execute("SELECT state FROM case_listing WHERE case_id = %s", [cases["resent"]]).fetchone() == (
            "decided",
        )


def test_looking_and_acting_are_in_the_access_trail(console: Console, browse: Browse, cases: dict[str, int]) -> None:
    browse("aud15").get(f"/cases/{cases['cut']}")
    # The curves are figures of the unit; whoever asks for them without the page leaves a row as well.
    chart_of(browse, cases["cut"])
    with connect(console.settings, Role.OWNER) as conn:
        told = conn.execute(
            "SELECT DISTINCT split_part(subject, ' ', 3) FROM access_trail"
            " WHERE starts_with(subject, %s) AND unit_id IS NOT NULL AND outcome = 'done'",
            [f"case {cases['cut']}"],
        ).fetchall()
    assert {("",), ("curve",)} <= set(told)


def test_words_of_a_finding_have_no_more_digits_than_mean_anything() -> None:
    finding = {
        "rule_code": "conflicting_value",
        "evidence": {
            "day_on": "2026-08-09", "conflict_count": 2, "first_at": "2026-08-09T10:00:00+08:00",
            "standing_value": 17068.800000000003, "value": "48213.107",
        },
    }  # fmt: skip
    told = finding_words(finding, "en")
    assert "2026-08-09 10:00" in told
    assert "17068.8," in told
    assert "48213.107" in told
    assert "T10" not in told
    assert finding_words({**finding, "evidence": {}}, "zh") == "同一时刻先后两个读数不一致"


def test_an_essay_is_read_in_the_reader_s_language_and_as_text() -> None:
    essay = "# 标题\n\n**为何**：甲 `x` <b>\n\n- 一\n- 二\n\n## English\n**Why**: because"
    chinese, english = essay_blocks(essay, "zh"), essay_blocks(essay, "en")
    assert [(block.kind, [piece.style for piece in block.pieces]) for block in chinese] == [
        ("paragraph", ["strong", "plain", "code", "plain"]),
        ("item", ["plain"]),
        ("item", ["plain"]),
    ]
    assert chinese[0].pieces[-1].text == " <b>"
    assert "".join(piece.text for piece in english[0].pieces) == "Why: because"
