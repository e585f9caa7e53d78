"""Who may open the bureau's pages, and the list that they are declared in."""

from typing import Final

from nenghao.console.pages import Pages
from nenghao.console.rules import AUDITOR, ENERGY_SAVING, STATISTICIAN, STATISTICS, Rule, for_roles

PAGES: Final = Pages("/bureau")

#: Filings are of the statistical survey: nobody outside statistics sees one (practice 2).
READERS: Final[Rule] = for_roles(STATISTICIAN, AUDITOR, authorities=(STATISTICS,))
#: What meters say is online monitoring too, which energy-saving supervision may know.
QUALITY_READERS: Final[Rule] = for_roles(STATISTICIAN, AUDITOR, authorities=(STATISTICS, ENERGY_SAVING))
#: Asking and accepting, each at one's own level: county, city, province (practice 1).
ACCEPTERS: Final[Rule] = for_roles(STATISTICIAN, authorities=(STATISTICS,), levels=("county", "city", "province"))
#: Locking, sealing and releasing are the province's.
SEALERS: Final[Rule] = for_roles(STATISTICIAN, authorities=(STATISTICS,), levels=("province",))
#: Records of who was told: those who hand releases out.
RECORDERS: Final[Rule] = for_roles(STATISTICIAN, authorities=(STATISTICS,))
