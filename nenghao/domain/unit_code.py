"""统一社会信用代码: the unified social credit code by which a unit is known.

Source: GB 32100-2015, clause 4 and annex: 18 characters, the last one a check character modulo 31.
"""

import re
from typing import Final

from nenghao.errors import DataRefused

ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_FORM: Final = re.compile(rf"[{ALPHABET}]{{2}}[0-9]{{6}}[{ALPHABET}]{{10}}")


def check_character(first_17: str) -> str:
    """The last character that belongs to the first 17: weights are powers of 3 modulo 31.

    >>> check_character("91150100000000000")
    'G'

    Raises: DataRefused where a character is not of the code's alphabet or there are not 17.
    """
    if len(first_17) != 17 or any(character not in ALPHABET for character in first_17):
        raise DataRefused(f"{first_17!r} is not the front of a credit code")
    total = sum(ALPHABET.index(character) * pow(3, place, 31) for place, character in enumerate(first_17))
    return ALPHABET[-total % 31]


def parse_unit_code(text: str) -> str:
    """The code, if it is one; letters may come in lower case.

    Raises: DataRefused saying what is wrong with it.
    """
    code = text.strip().upper()
    if not _FORM.fullmatch(code):
        raise DataRefused(f"{text!r} is not a credit code: 18 characters without I, O, S, V, Z, digits at 3-8")
    if code[-1] != check_character(code[:-1]):
        raise DataRefused(f"{text!r} is not a credit code: its check character should be {check_character(code[:-1])}")
    return code
