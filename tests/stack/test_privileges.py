"""Whom the servers run as, also where that user cannot enter the folders above."""

import os
import subprocess
from pathlib import Path

import pytest

from nenghao.errors import ConfigError
from nenghao.stack.privileges import SERVICE_ID, launcher

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user's servers run as that user")


def run(command: list[str], cwd: Path) -> str:
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=True).stdout


def test_ordinary_user_needs_no_launcher(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert launcher([tmp_path]) == []


@as_root
def test_root_becomes_an_unprivileged_user_who_cannot_come_back(tmp_path: Path) -> None:
    status = run([*launcher([Path("/usr")]), "cat", "/proc/self/status"], tmp_path)
    fields = dict(line.split(":", 1) for line in status.splitlines())
    assert fields["Uid"].split() == [str(SERVICE_ID)] * 4
    assert fields["Gid"].split() == [str(SERVICE_ID)] * 4
    assert fields["Groups"].split() == []
    assert fields["NoNewPrivs"].strip() == "1"
    assert int(fields["CapEff"], 16) == int(fields["CapPrm"], 16) == 0


@as_root
def test_folder_below_a_private_one_is_reached_at_its_own_path_and_its_siblings_are_not(tmp_path: Path) -> None:
    private = tmp_path / "home"
    checkout = private / "with space" / "checkout"
    checkout.mkdir(parents=True)
    (checkout / "file").write_text("content")
    (private / "secret").write_text("secret")
    private.chmod(0o700)
    command = launcher([checkout])
    assert run([*command, "cat", str(checkout / "file")], checkout) == "content"
    assert run([*command, "cat", "file"], checkout) == "content"
    assert run([*command, "pwd"], checkout) == f"{checkout}\n"
    assert run([*command, "ls", str(private)], checkout) == "with space\n"
    assert sorted(path.name for path in private.iterdir()) == ["secret", "with space"]


@as_root
def test_checkout_that_is_itself_private_is_reached(tmp_path: Path) -> None:
    checkout = tmp_path / "checkout"
    (checkout / "folder").mkdir(parents=True)
    (checkout / "file").write_text("content")
    checkout.chmod(0o700)
    command = launcher([checkout, checkout / "folder"])
    assert run([*command, "cat", "file"], checkout) == "content"
    assert run([*command, "ls"], checkout) == "file\nfolder\n"


@as_root
def test_refusal_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    private = tmp_path / "home"
    (private / "checkout").mkdir(parents=True)
    private.chmod(0o700)
    programs = tmp_path / "programs"
    programs.mkdir()
    refusing = programs / "unshare"
    refusing.write_text("#!/bin/sh\necho 'unshare: Operation not permitted' >&2\nexit 1\n")
    refusing.chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    with pytest.raises(ConfigError, match=r"cannot enter .*Operation not permitted.*clone the project elsewhere"):
        launcher([private / "checkout"])
