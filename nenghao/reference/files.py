"""Reads the TOML files of this folder."""

import tomllib
from importlib import resources
from typing import Any


def read_rows(name: str) -> dict[str, Any]:
    """One reference file, as it stands; its reader gives the rows their types."""
    return tomllib.loads((resources.files("nenghao.reference") / name).read_text(encoding="utf-8"))
