"""Names of provinces, leagues, cities and counties by their division code.

Before: the code of a unit's register row. After: headings of lists by region.
"""

import re
from functools import cache
from typing import Final

from stdnum import numdb

#: A name may say since when, or until when, it is that of its code: `[2001-]`.
_SPAN: Final = re.compile(r"\[([0-9]{4})?-([0-9]{4})?\]")


@cache
def division_name(code: str) -> str:
    """The newest name of a division of two, four or six digits; its code where it has none. Source: GB/T 2260.

    >>> division_name("999900")
    '999900'
    """
    full = code.ljust(6, "0")
    parts = numdb.get("cn/loc").info(full)
    told = parts[1][1].get("county") if len(parts) > 1 else None
    if not told:
        return code
    names = [name.strip() for name in told.split(",")]
    in_use = [name for name in names if not (span := _SPAN.match(name)) or span.group(2) is None]
    return _SPAN.sub("", (in_use or names)[-1]).strip() or code


def league_of(division_code: str) -> str:
    """The league or city that a county lies in: four digits and two zeros."""
    return division_code[:4] + "00"
