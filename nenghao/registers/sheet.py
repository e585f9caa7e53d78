"""What a sheet of a register is: its columns, which of them name a row, and which name rows of other sheets."""

from dataclasses import dataclass
from functools import cached_property

from nenghao.labels import Language, label, load_labels
from nenghao.registers import columns as c
from nenghao.registers.columns import Column

#: Codes of points, gateways and panels.
CODE = c.pattern(r"[A-Za-z0-9_-]{1,32}", "code_form")
#: Codes of varieties (205-1 丙), and of media, which are no row of it.
VARIETY = c.pattern(r"[0-9]{2}|M[0-9]{2}", "variety_form")
QUANTITIES = ("active_energy", "reactive_energy", "volume", "mass", "heat", "power_factor", "voltage", "current")
METER_STATES = ("qualified", "permitted", "stopped")


@dataclass(frozen=True, slots=True)
class Reference:
    """Columns that together name a row of another sheet; where the last is empty, no row."""

    columns: tuple[str, ...]
    sheet_name: str


@dataclass(frozen=True)
class Sheet:
    """One register, as a CSV file of its name or a sheet of a workbook."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    references: tuple[Reference, ...] = ()

    @property
    def file_name(self) -> str:
        """The file's name in a register folder."""
        return f"{self.name}.csv"

    @cached_property
    def by_name(self) -> dict[str, Column]:
        """Its columns by name."""
        return {column.name: column for column in self.columns}

    def title(self, language: Language) -> str:
        """What people call it."""
        return label(f"register.sheet.{self.name}", language)

    def heading(self, column: Column, language: Language) -> str:
        """What people call a column of it."""
        own, common = f"register.column.{self.name}.{column.name}", f"register.column.{column.name}"
        return label(own if own in load_labels(language) else common, language)


TO_UNIT = Reference(("unit_code",), "units")
TO_POINT = Reference(("unit_code", "point_code"), "points")
TO_METER = Reference(("unit_code", "meter_no"), "meters")
