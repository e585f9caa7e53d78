"""Hands out what a page lists as a file, a spreadsheet or CSV, in the words of the page."""

from collections.abc import Sequence
from typing import Final

from starlette.exceptions import HTTPException
from starlette.responses import Response

from nenghao.console.visits import Visit
from nenghao.reporting.lists import write_list
from nenghao.reporting.workbook import Value, WorkbookColumn

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV: Final = "text/csv; charset=utf-8"
MEDIA: Final = {"xlsx": XLSX, "csv": CSV}


def send_list(
    visit: Visit,
    kind: str,
    *,
    name: str,
    title: str,
    columns: Sequence[WorkbookColumn],
    rows: Sequence[Sequence[Value]],
) -> Response:
    """The list as a file of a kind, named without its ending.

    Raises: HTTPException (404) where the kind is none of ours.
    """
    if kind not in MEDIA:
        raise HTTPException(404)
    content = write_list("csv" if kind == "csv" else "xlsx", title=title, columns=columns, rows=rows)
    return visit.download(content, f"{name}.{kind}", MEDIA[kind])
