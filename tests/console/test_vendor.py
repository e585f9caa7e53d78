"""The files of other people are those that their manifest names, byte for byte, with their licences."""

import hashlib
import tomllib
from pathlib import Path

import pytest

from nenghao.config import PROJECT_ROOT

SHIPPED = PROJECT_ROOT / "nenghao" / "console" / "static" / "vendor"
FOR_TESTS = Path(__file__).parent / "vendor"
#: What may go to whoever gets this program; the MPL of the accessibility checker stays with the tests.
LICENCES = {SHIPPED: {"0BSD", "MIT", "BSD-2-Clause", "BSD-3-Clause", "ISC", "Apache-2.0"}, FOR_TESTS: {"MPL-2.0"}}


@pytest.mark.parametrize("folder", [SHIPPED, FOR_TESTS], ids=["shipped", "for tests"])
def test_vendored_files_are_those_of_the_manifest(folder: Path) -> None:
    manifest = tomllib.loads((folder / "manifest.toml").read_text(encoding="utf-8"))
    named = {}
    for package in manifest["package"]:
        assert package["licence"] in LICENCES[folder]
        assert package["source"].endswith(f"{package['name']}-{package['version']}.tgz")
        assert any(file["in_package"] == "LICENSE" for file in package["file"])
        named |= {file["path"]: file["sha256"] for file in package["file"]}
    found = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "manifest.toml"
    }
    assert found == named
