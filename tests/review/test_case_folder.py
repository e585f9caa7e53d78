"""A case taken along and merged back: readable and checked without network, nothing twice, conflicts named."""

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from nenghao.cli.case import app
from nenghao.config import Role, Settings
from nenghao.db.connection import connect
from nenghao.domain.attachments import Limits
from nenghao.domain.explanations import Explanation
from nenghao.review import procedure
from nenghao.review.folder_reading import read_folder
from nenghao.review.merging import merge_folder
from nenghao.review.procedure_refusals import ProcedureRefused
from nenghao.review.standing import standing
from tests.console.seed import seed_units
from tests.review.desk import BAO, LIMITS, NOW, PHOTO, UNIT, ask, put_cases, turn

Command = Callable[..., str]


@pytest.fixture(scope="module")
def cases(module_database: Settings) -> list[int]:
    seed_units(module_database)
    return put_cases(module_database)


@pytest.fixture
def command(module_database: Settings, monkeypatch: pytest.MonkeyPatch) -> Command:
    """`nenghao case …` on the test's database."""
    for name in ("database_host", "database_port", "database_name", "secrets_dir"):
        monkeypatch.setenv(f"NENGHAO_{name.upper()}", str(getattr(module_database, name)))

    def run(*words: object, code: int = 0) -> str:
        result = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=code == 0)
        assert result.exit_code == code, (result.output, result.exception)
        return result.output

    return run


def unfold(path: Path, to: Path) -> Path:
    with zipfile.ZipFile(path) as archive:
        archive.extractall(to)
    return to


def verdict(folder: Path) -> subprocess.CompletedProcess[str]:
    """What the verifier in the folder says, run by itself."""
    return subprocess.run(
        [sys.executable, "-I", str(folder / "verify.py")], capture_output=True, text=True, check=False
    )


def test_a_case_goes_along_is_checked_without_us_and_comes_back(
    module_database: Settings, cases: list[int], command: Command, tmp_path: Path
) -> None:
    case_id = cases[0]
    with connect(module_database, Role.CONSOLE) as conn:
        ask(conn, case_id)
        script = Explanation(cause="<script>alert(1)</script>停炉", quantity="1200 t", document="检修工单 2026-09-117")
        procedure.explain(conn, case_id, turn(UNIT), script, files=[PHOTO])
    command("take", case_id, "--out", tmp_path / "case.zip", "--by", "Bao")
    folder = unfold(tmp_path / "case.zip", tmp_path / "along")
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert {"index.html", "site-form.html", "evidence.json", "evidence.pdf", "case.json", "verify.py"} <= names
    assert any(name.startswith("attachments/") and name.endswith("表码.jpg") for name in names)
    page = (folder / "index.html").read_text("utf-8")
    assert "&lt;script&gt;alert(1)" in page
    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "")
    assert verdict(folder).returncode == 0

    officers = ("--officer", "Bao=15001", "--officer", "Fu=15002")
    fields = ("place=site", "basis=site_reading", "document=现场核查记录 7", "statement=attached", "proposal=confirm",
              "outcome=instrument_fault", "site.seals=完好")  # fmt: skip
    photo = tmp_path / "register.jpg"
    photo.write_bytes(b"\xff\xd8\xff another photo")
    words = [word for field in fields for word in ("--field", field)]
    command("fill", folder, "verify", "--by", "Bao", "--told", "表码不符", *officers, *words, "--attach", photo)
    command("fill", folder, "comment", "--by", "Bao", "--told", "门卫登记见附件")
    assert verdict(folder).returncode == 0, "what is added on the way is no change"

    assert "并入 2 步" in command("merge", folder, "--by", "Bao")
    assert "并入 0 步，已有 2 步" in command("merge", folder, "--by", "Bao")
    with connect(module_database, Role.CONSOLE) as conn:
        stood = standing(conn, case_id, NOW + timedelta(days=365))
    assert stood.stage == "verified"
    assert [(row["act"], row["channel"]) for row in stood.history][-2:] == [("verify", "folder"), ("comment", "folder")]
    assert stood.history[-2]["attachments"][0]["name"] == "register.jpg"
    assert "待审核" in command("procedure", case_id)

    (folder / "evidence.json").write_bytes((folder / "evidence.json").read_bytes().replace(b"4711", b"4712"))
    assert verdict(folder).returncode == 1


def steps_zip(case_id: int, steps: list[dict[str, object]], **files: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "steps.json", json.dumps({"format": "nenghao/case-steps/1", "case_id": case_id, "steps": steps})
        )
        for name, content in files.items():
            archive.writestr(f"new/{name}", content)
    return made.getvalue()


def noted(**changed: object) -> dict[str, object]:
    return {"act": "comment", "acted_by": "Bao", "acted_at": NOW.isoformat(), "told": "现场无人", **changed}


def test_what_does_not_fit_is_named_and_the_rest_is_taken(module_database: Settings, cases: list[int]) -> None:
    case_id = cases[1]
    steps = [
        noted(told="一"),
        noted(act="review", content={"verdict": "agree"}),
        noted(told="二", hash="00" * 32),
        noted(told="三", acted_at=(NOW + timedelta(days=1)).isoformat()),
        noted(told="四", attachments=[{"name": "a.jpg", "sha256": "00" * 32}]),
        noted(told="五", acted_by="Chen"),
        noted(act="recheck", content={"verdict": "passed", "document": "d"}),
        noted(told="六", content={"colour": "red"}),
        noted(told="七"),
    ]
    with connect(module_database, Role.CONSOLE) as conn:
        folder = read_folder(steps_zip(case_id, steps), LIMITS)
        merged = merge_folder(conn, case_id, turn(BAO), folder, is_own_only=True)
        told = [row["told"] for row in standing(conn, case_id, NOW).history]
    assert told == ["一", "七"]
    reasons = {one.number: one.key.rpartition(".")[2] for one in merged.conflicts}
    assert reasons == {2: "folder_act", 3: "folder_hash", 4: "folder_future", 5: "folder_no_file", 6: "folder_not_own",
                       7: "not_now", 8: "unknown_field"}  # fmt: skip
    with connect(module_database, Role.CONSOLE) as conn, pytest.raises(ProcedureRefused, match="folder_other_case"):
        merge_folder(conn, cases[0], turn(BAO), folder, is_own_only=False)


SMALL = Limits(file_bytes=1000, files_per_step=2, case_bytes=20_000, archive_ratio=20, archive_entries=5)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"no zip", "zip"),
        (b"PK\x03\x04" + b"0" * 30_000, "size"),
        (steps_zip(1, [], **{f"{n}.txt": b"1" for n in range(6)}), "entries"),
        (steps_zip(1, [], bomb=b"0" * 15_000), "ratio"),
        (steps_zip(1, [noted(acted_at="2026-11-20T10:00:00")]), "acted_at"),
        (steps_zip(1, [noted(acted_at="yesterday")]), "steps"),
        (steps_zip(1, [{"act": "comment"}]), "steps"),
    ],
)
def test_a_folder_that_is_none_or_unfolds_too_far_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(ProcedureRefused, match="folder_broken") as caught:
        read_folder(content, SMALL)
    assert why in str(caught.value.values["why"])
