"""Loads the named queries of `sql/queries/<aggregate>.sql`.

A file holds blocks that begin with a heading line `-- name --`, followed by a comment that says what the query
returns, followed by one statement with `%(name)s` parameters.
"""

import re
from functools import cache
from pathlib import Path
from typing import LiteralString, cast

from nenghao.config import PROJECT_ROOT

QUERIES_DIR = PROJECT_ROOT / "sql" / "queries"
_HEADING = re.compile(r"^-- ([a-z][a-z0-9_]*) --$", re.MULTILINE)


@cache
def load_queries(aggregate: str) -> dict[str, LiteralString]:
    """All queries of one aggregate, by name.

    Raises: ValueError where the file has no heading or names a query twice.
    """
    return parse_queries(QUERIES_DIR / f"{aggregate}.sql")


def parse_queries(path: Path) -> dict[str, LiteralString]:
    """All queries of one file, by name.

    The cast to LiteralString is honest: the text comes from a file of this project, never from input.

    Raises: ValueError where the file has no heading or names a query twice.
    """
    parts = _HEADING.split(path.read_text(encoding="utf-8"))
    names, bodies = parts[1::2], parts[2::2]
    if not names or len(set(names)) != len(names):
        raise ValueError(f"{path}: headings are missing or repeated")
    return {
        name: cast("LiteralString", body.strip().removesuffix(";")) for name, body in zip(names, bodies, strict=True)
    }
