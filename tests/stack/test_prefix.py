"""Finding the mirrors of a machine's apt, and saying how its packages differ from the record."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from nenghao.config import PROJECT_ROOT


@pytest.fixture(scope="module")
def prefix() -> ModuleType:
    spec = importlib.util.spec_from_file_location("prefix", PROJECT_ROOT / "scripts" / "lib" / "prefix.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["prefix"] = module
    spec.loader.exec_module(module)
    return module


def sources(folder: Path, **files: str) -> Path:
    (folder / "sources.list.d").mkdir()
    for name, text in files.items():
        path = folder / "sources.list" if name == "main" else folder / "sources.list.d" / name.replace("_", ".")
        path.write_text(text)
    return folder


def test_deb822_sources_are_read(prefix: ModuleType, tmp_path: Path) -> None:
    text = """\
# comment
Types: deb deb-src
URIs: http://mirror.example/debian
Suites: bookworm
 bookworm-updates
Components: main contrib

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main

Enabled: no
Types: deb
URIs: http://elsewhere.example/debian
Suites: sid
Components: main
"""
    found = list(prefix.read_sources(sources(tmp_path, debian_sources=text)))
    assert prefix.find_mirrors(found) == ("http://mirror.example/debian", "http://mirror.example/debian-security")
    assert ("http://elsewhere.example/debian", "sid") not in found


def test_one_line_sources_are_read_and_the_security_mirror_is_derived(prefix: ModuleType, tmp_path: Path) -> None:
    text = (
        "# deb http://x sid main\ndeb [arch=amd64 signed-by=/k.gpg] http://mirror.example/debian/ trixie main # note\n"
    )
    found = list(prefix.read_sources(sources(tmp_path, main=text)))
    assert prefix.find_mirrors(found) == ("http://mirror.example/debian/", "http://mirror.example/debian-security")


def test_archives_of_others_are_no_mirror(prefix: ModuleType, tmp_path: Path) -> None:
    text = "deb https://other.example/apt bookworm-pgdg main\ndeb cdrom:[Debian]/ trixie main\n"
    found = list(prefix.read_sources(sources(tmp_path, other_list=text)))
    with pytest.raises(prefix.PrefixError, match="no Debian mirror"):
        prefix.find_mirrors(found)


def test_drift_is_one_line_a_package(
    prefix: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(prefix, "LOCK_FILE", tmp_path / "prefix.lock")
    recorded = {"same": ("1", "a"), "newer": ("1", "b"), "rebuilt": ("1", "c"), "gone": ("1", "d")}
    prefix.write_lock({("broker", name, "amd64"): value for name, value in recorded.items()})
    used = {"same": ("1", "a"), "newer": ("2", "e"), "rebuilt": ("1", "f"), "added": ("1", "g")}
    prefix.compare_with_lock("broker", "amd64", used)
    lines = [line.partition("] ")[2] for line in capsys.readouterr().err.splitlines()]
    assert lines == [
        "drift: broker: added is new",
        "drift: broker: gone is no longer needed",
        "drift: broker: newer 1 recorded, 2 used",
        "drift: broker: rebuilt 1 has another SHA-256 than recorded: f",
    ]


def test_record_names_every_package_of_the_servers(prefix: ModuleType) -> None:
    recorded = {(name, package) for name, package, _ in prefix.read_lock()}
    for name in ("postgresql", "mosquitto"):
        assert {(name, package) for package in prefix.PACKAGES[name]} <= recorded


def test_only_programs_are_patched(prefix: ModuleType, tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text("#!/bin/sh\n")
    assert prefix.has_interpreter(Path("/bin/sh").resolve())
    assert not prefix.has_interpreter(script)
