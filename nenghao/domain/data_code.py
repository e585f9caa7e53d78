"""采集数据项编码: the 16-digit data code by which the national system names a place and what is measured there.

Source: NECC-NHJC-02, as implemented in the field (domain 1.7): PP-UU-TTNN-CCEEEE-ZZ, in places without hyphens.
"""

import re
from dataclasses import dataclass
from typing import Final

from nenghao.errors import DataRefused

_FORM: Final = re.compile(r"([0-9]{2})-?([0-9]{2})-?([0-9]{2})([0-9]{2})-?([0-9]{2})-?([0-9]{4})-?([0-9]{2})")
SCOPES: Final = (1, 2, 3, 4)


@dataclass(frozen=True, slots=True, kw_only=True)
class DataCode:
    """A data code, taken apart; what the parts stand for is in dictionaries that each province hands out."""

    process: str
    process_unit: str
    equipment_type: str
    equipment_no: str
    energy_class: str
    item: str
    use: str

    @property
    def digits(self) -> str:
        """The code as the registers hold it: 16 digits without hyphens."""
        place = f"{self.process}{self.process_unit}{self.equipment_type}{self.equipment_no}"
        return f"{place}{self.energy_class}{self.item}{self.use}"

    @property
    def scope(self) -> int:
        """范围, as the deepest part that is not zero: 1 全厂, 2 生产工序, 3 生产工序单元, 4 重点耗能设备.

        A part above the deepest one may be zero: a power plant has equipment and units, but knows 00 (全厂) as its only
        process.

        Source: domain 1.7: process 00 is scope 1, process unit 00 is scope 1 or 2, equipment 0000 is scope 1, 2 or 3.
        """
        if self.equipment_type != "00" or self.equipment_no != "00":
            return 4
        if self.process_unit != "00":
            return 3
        return 1 if self.process == "00" else 2

    def __str__(self) -> str:
        """As people write it, with hyphens."""
        place = f"{self.process}-{self.process_unit}-{self.equipment_type}{self.equipment_no}"
        return f"{place}-{self.energy_class}{self.item}-{self.use}"


def parse_data_code(text: str) -> DataCode:
    """Take a data code apart; each hyphen may be there or not.

    >>> code = parse_data_code("04-01-0000-040200-30")
    >>> code.digits, code.scope
    ('0401000004020030', 3)
    >>> str(parse_data_code("0000000002330010"))
    '00-00-0000-023300-10'

    Raises: DataRefused where the text is no data code.
    """
    match = _FORM.fullmatch(text)
    if match is None:
        raise DataRefused("not a data code of 16 digits like 04-01-0000-040200-30")
    process, process_unit, equipment_type, equipment_no, energy_class, item, use = match.groups()
    return DataCode(
        process=process,
        process_unit=process_unit,
        equipment_type=equipment_type,
        equipment_no=equipment_no,
        energy_class=energy_class,
        item=item,
        use=use,
    )
