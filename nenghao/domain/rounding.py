"""The one place where published figures lose digits.

Source: GB/T 8170-2008 数值修约规则, clause 3: 四舍六入五成双, to the nearest, a tie to the even digit.
"""

from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Decimal, localcontext
from fractions import Fraction

from nenghao.domain.quantities import EXACT

#: A share is kept with this many decimals: one slot of a unit's year is more than a millionth of it.
SHARE_DECIMALS = 6


def round_figure(value: Decimal, decimals: int) -> Decimal:
    """A figure as it is published.

    >>> round_figure(Decimal("2.345"), 2), round_figure(Decimal("2.355"), 2)
    (Decimal('2.34'), Decimal('2.36'))
    """
    with localcontext(EXACT):
        return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_EVEN)


def round_fraction(value: Fraction, decimals: int) -> Decimal:
    """A quotient as it is published: to the nearest, a tie to the even digit, as `round_figure` does for decimals.

    >>> round_fraction(Fraction(2, 3), 4), round_fraction(Fraction(5, 8), 2)
    (Decimal('0.6667'), Decimal('0.62'))
    """
    return Decimal(round(value * 10**decimals)).scaleb(-decimals, EXACT)


def floor_share(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    """`part / whole`, cut off rather than rounded, so that only what is whole says 1; None where `whole` is 0.

    >>> floor_share(2, 3)
    Decimal('0.666666')
    """
    if whole == 0:
        return None
    with localcontext(EXACT):
        return (Decimal(part) / Decimal(whole)).quantize(Decimal(1).scaleb(-SHARE_DECIMALS), rounding=ROUND_FLOOR)


def floor_percent(share: Decimal, decimals: int = 2) -> Decimal:
    """A share with the decimals that a percentage with so many shows, cut off."""
    with localcontext(EXACT):
        return share.quantize(Decimal(1).scaleb(-2 - decimals), rounding=ROUND_FLOOR)


def percent_text(share: Decimal) -> str:
    """A share as a percentage; only what is whole says 100.

    >>> percent_text(Decimal("0.999999")), percent_text(Decimal(1))
    ('99.99%', '100.00%')
    """
    return f"{floor_percent(share):.2%}"


def exact_text(value: Decimal) -> str:
    """A decimal as the one string it is sealed as: plain digits, no trailing zeros, no minus before zero.

    >>> exact_text(Decimal("1.2300")), exact_text(Decimal("1E+3")), exact_text(Decimal("-0.0"))
    ('1.23', '1000', '0')
    """
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
