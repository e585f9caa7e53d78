"""Reads the layouts of forms."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from nenghao.errors import DataRefused
from nenghao.reference.files import read_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """One edition of a form: what its head says and which columns it has; None is not known and printed as such."""

    edition: str
    form: str
    form_number: str
    document_no: str | None
    valid_until: date | None
    columns: tuple[str, ...]
    figure_decimals: int
    coefficient_decimals: int
    coefficient_columns: tuple[str, ...]
    source: str
    confidence: str


@cache
def load_layout(form: str) -> Layout:
    """The layout of a form in force.

    Raises: DataRefused where there is none.
    """
    for row in read_rows("layouts.toml")["layout"]:
        if row["form"] == form:
            return Layout(
                edition=row["edition"],
                form=row["form"],
                form_number=row["form_number"],
                document_no=row.get("document_no"),
                valid_until=row.get("valid_until"),
                columns=tuple(row["columns"]),
                figure_decimals=row["figure_decimals"],
                coefficient_decimals=row["coefficient_decimals"],
                coefficient_columns=tuple(row["coefficient_columns"]),
                source=row["source"],
                confidence=row["confidence"],
            )
    raise DataRefused(f"no layout of form {form} is loaded")


def refuse_expired(layout: Layout, month_on: date) -> None:
    """Let nobody print a month on a layout that was no longer valid then.

    Raises: DataRefused.
    """
    if layout.valid_until is not None and month_on > layout.valid_until:
        raise DataRefused(
            f"layout {layout.edition} was valid until {layout.valid_until}, the month is {month_on:%Y-%m}"
        )
