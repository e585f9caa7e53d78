"""A sheet of paper: text in one embedded font, lines and areas as vectors, the same bytes for the same content.

The only module that knows the PDF library. Nothing that is written can name a file or an address: text is text.
"""

import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, cast

from fpdf import FPDF
from fpdf.enums import XPos, YPos

from nenghao.errors import ConfigError

FONT: Final = "text"
#: How a file of outlines begins: TrueType, OpenType, a collection of either.
FONT_MARKS: Final = frozenset({b"\x00\x01\x00\x00", b"true", b"OTTO", b"ttcf"})
MARGIN_MM: Final = 12.0
#: Lines stand this many times the size of their letters apart; a point is 0.3528 mm.
LINE_MM_PER_POINT: Final = 0.3528 * 1.28
#: A text that somebody typed into a register is cut here: a page is not theirs to fill.
LONGEST_TEXT: Final = 400

Point = tuple[float, float]
Colour = tuple[int, int, int]
BLACK: Final[Colour] = (0, 0, 0)
GREY: Final[Colour] = (110, 110, 110)


class Paper:
    """Pages of A4 that are filled from above; lengths in millimetres, sizes of letters in points."""

    def __init__(self, *, font_file: Path, title: str, made_at: datetime, footer: tuple[str, str]) -> None:
        """`footer` is what stands below every page, left and right; the right one has `{page}` and `{pages}`.

        Raises: ConfigError where the font is not there or is none.
        """
        if not font_file.is_file():
            raise ConfigError(f"the font {font_file} is not there: scripts/setup fetches it; see NENGHAO_PDF_FONT_FILE")
        with font_file.open("rb") as file:
            if file.read(4) not in FONT_MARKS:
                raise ConfigError(f"the font {font_file} cannot be read: it is neither TrueType nor OpenType")
        self._pdf = _Sheets(footer, format="A4")
        self._pdf.set_creation_date(made_at.astimezone(UTC).replace(microsecond=0))
        self._pdf.set_margins(MARGIN_MM, MARGIN_MM, MARGIN_MM)
        self._pdf.set_auto_page_break(True, margin=MARGIN_MM + 4)
        self._pdf.add_font(FONT, fname=font_file)
        self._known = set(getattr(self._pdf.fonts[FONT], "cmap", ()))
        self._pdf.known = self._known
        self._pdf.set_font(FONT, size=8)
        self._pdf.set_title(self.safe(title))
        self._pdf.add_page()

    @property
    def y(self) -> float:
        """Where the next line begins, from above."""
        return float(self._pdf.get_y())

    @property
    def width(self) -> float:
        """Between the margins."""
        return float(self._pdf.epw)

    def safe(self, text: object) -> str:
        """Text as it can be printed: one line, signs that steer are named, signs without a picture too."""
        return safe_text(str(text), self._known)

    def line(self, text: object, *, size: float = 8, colour: Colour = BLACK, indent: float = 0) -> None:
        """A paragraph over the whole width, and the next line below it."""
        self._pdf.set_font(FONT, size=size)
        self._pdf.set_text_color(*colour)
        self._pdf.set_x(MARGIN_MM + indent)
        self._pdf.multi_cell(
            self.width - indent,
            size * LINE_MM_PER_POINT,
            self.safe(text),
            new_x=XPos.LMARGIN,
            new_y=YPos.NEXT,
            align="L",
        )

    def heading(self, text: str) -> None:
        """A heading with a rule below it."""
        self.keep(12)
        self._pdf.ln(1.2)
        self.line(text, size=9)
        self._pdf.set_draw_color(*GREY)
        self._pdf.set_line_width(0.15)
        self._pdf.line(MARGIN_MM, self.y, MARGIN_MM + self.width, self.y)
        self._pdf.ln(0.6)

    def row(self, cells: Sequence[object], widths: Sequence[float], *, size: float = 7, colour: Colour = BLACK) -> None:
        """Cells side by side, as high as the highest; widths are shares of the page."""
        self._pdf.set_font(FONT, size=size)
        self._pdf.set_text_color(*colour)
        height = size * LINE_MM_PER_POINT
        texts = [self.safe(cell) for cell in cells]
        wide = [share * self.width for share in widths]
        lines = [
            len(cast("list[str]", self._pdf.multi_cell(one, height, text, dry_run=True, output="LINES")))
            for one, text in zip(wide, texts, strict=True)
        ]
        self.keep(height * max(lines))
        top, left = self.y, MARGIN_MM
        for one, text in zip(wide, texts, strict=True):
            self._pdf.set_xy(left, top)
            self._pdf.multi_cell(one, height, text, align="L")
            left += one
        self._pdf.set_xy(MARGIN_MM, top + height * max(lines))

    def keep(self, height: float) -> None:
        """Begin a new page where less than this is left of the one."""
        if self._pdf.will_page_break(height):
            self._pdf.add_page()

    def gap(self, height: float) -> None:
        """Leave some space."""
        self._pdf.ln(height)

    def label(self, text: object, at: Point, *, size: float = 6, colour: Colour = GREY) -> None:
        """A word at a place; what comes next stays where it was."""
        x, y = self._pdf.get_x(), self._pdf.get_y()
        self._pdf.set_font(FONT, size=size)
        self._pdf.set_text_color(*colour)
        self._pdf.text(at[0], at[1], self.safe(text))
        self._pdf.set_xy(x, y)

    def stroke(self, points: Sequence[Point], *, colour: Colour, width: float = 0.25) -> None:
        """A line through points."""
        if len(points) > 1:
            self._pdf.set_draw_color(*colour)
            self._pdf.set_line_width(width)
            self._pdf.polyline(list(points))

    def area(self, points: Sequence[Point], *, colour: Colour) -> None:
        """A filled area between points."""
        if len(points) > 2:
            self._pdf.set_fill_color(*colour)
            self._pdf.polygon(list(points), style="F")

    def bytes(self) -> bytes:
        """The file."""
        return bytes(self._pdf.output())


class _Sheets(FPDF):
    """Pages with a footer each."""

    known: set[int]

    def __init__(self, footer: tuple[str, str], *, format: str) -> None:  # noqa: A002 - the library's word
        super().__init__(orientation="P", unit="mm", format=format)
        self._left, self._right = footer
        self.known = set()
        self.alias_nb_pages("{pages}")

    def footer(self) -> None:
        """What stands below every page."""
        self.set_y(-MARGIN_MM)
        self.set_font(FONT, size=6)
        self.set_text_color(*GREY)
        self.cell(self.epw * 0.8, 4, safe_text(self._left, self.known))
        self.cell(self.epw * 0.2, 4, self._right.replace("{page}", str(self.page_no())), align="R")


def safe_text(text: str, known: set[int]) -> str:
    """One line of signs that the font has; steering signs and those without a picture as `[U+…]`, long texts cut."""
    shown = []
    for sign in text[: LONGEST_TEXT + 1]:
        if sign in "\t\n\r":
            shown.append(" ")
        elif unicodedata.category(sign) in {"Cc", "Cf", "Co", "Cs", "Cn"} or (known and ord(sign) not in known):
            shown.append(f"[U+{ord(sign):04X}]")
        else:
            shown.append(sign)
    return "".join(shown[:LONGEST_TEXT]) + ("…" if len(shown) > LONGEST_TEXT else "")
