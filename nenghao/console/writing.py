"""Writes figures, instants and shares as people read them: template filters, the same in both languages."""

from datetime import date, datetime
from decimal import Decimal
from typing import Final

from nenghao.domain.periods import SHANGHAI
from nenghao.domain.rounding import floor_percent, round_figure

#: What stands where nothing is known: never a zero (GB/T 15835 leaves it to the form; 205-1 prints a dash).
MISSING: Final = "\N{EM DASH}"
#: Groups of three by a narrow space, as GB/T 15835-2011 clause 5.2 groups long figures.
GROUP: Final = "\N{NARROW NO-BREAK SPACE}"
MINUS: Final = "\N{MINUS SIGN}"


def figure(value: Decimal | float | None, places: int | None = None) -> str:
    """A figure in groups of three, with the places it has or those asked for; a dash where it is missing."""
    if value is None:
        return MISSING
    number = value if isinstance(value, Decimal) else Decimal(str(value))
    written = f"{number if places is None else _rounded(number, places):,f}"
    return written.replace(",", GROUP).replace("-", MINUS)


def wan(value: Decimal | float | None, places: int = 2) -> str:
    """A figure in ten thousands."""
    return MISSING if value is None else figure(Decimal(str(value)) / 10_000, places)


def share(value: Decimal | float | None, places: int = 1) -> str:
    """A share as a percentage, cut off as reports and commands do: only what is whole reads as 100 %."""
    return MISSING if value is None else _percent(floor_percent(Decimal(str(value)), places), places)


def rate(value: Decimal | float | None, places: int = 1) -> str:
    """A rate or a difference as a percentage, to the nearest."""
    return MISSING if value is None else _percent(_rounded(Decimal(str(value)), places + 2), places)


def _rounded(number: Decimal, places: int) -> Decimal:
    """Rounded as figures are published; what comes to nothing has no minus."""
    rounded = round_figure(number, places)
    return rounded.copy_abs() if rounded.is_zero() else rounded


def _percent(number: Decimal, places: int) -> str:
    return f"{number:.{places}%}".replace("-", MINUS).replace("%", f"{GROUP}%")


def at(instant: datetime | None, *, seconds: bool = False) -> str:
    """An instant in Asia/Shanghai, to the minute."""
    if instant is None:
        return MISSING
    return instant.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S" if seconds else "%Y-%m-%d %H:%M")


def on(day: date | None) -> str:
    """A day."""
    return MISSING if day is None else day.isoformat()


def month(day: date | None) -> str:
    """The month of a day, as the address of a page has it."""
    return MISSING if day is None else f"{day:%Y-%m}"


def size(count_bytes: int | None) -> str:
    """A number of bytes in KiB or MiB."""
    if count_bytes is None:
        return MISSING
    if count_bytes < 1024:
        return f"{count_bytes} B"
    if count_bytes < 1024 * 1024:
        return f"{count_bytes / 1024:.1f} KiB"
    return f"{count_bytes / 1024 / 1024:.1f} MiB"


FILTERS: Final = {
    "figure": figure,
    "wan": wan,
    "share": share,
    "rate": rate,
    "at": at,
    "on": on,
    "month": month,
    "size": size,
}
