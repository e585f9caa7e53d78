"""The small province of the console's tests: its units and the people who may sign in."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from nenghao.access.accounts import create_account
from nenghao.config import Role, Settings
from nenghao.db.accounts import Rights
from nenghao.db.connection import connect
from nenghao.db.filings import unit_of_code
from nenghao.jobs.sync_reference import sync_reference

SEED: Final = Path(__file__).parent / "seed.sql"
UNIT_A: Final = "911502000000000009"
UNIT_B: Final = "911502000000000025"
UNIT_C: Final = "911525000000000033"
PASSWORD: Final = "a quiet Meter reads 96 slots"


@dataclass(frozen=True, slots=True, kw_only=True)
class Somebody:
    """One account of the tests."""

    login: str
    role: str
    authority: str | None = None
    level: str | None = None
    division_prefix: str | None = None
    unit_code: str | None = None
    office: str | None = None


def _official(login: str, role: str, level: str, prefix: str, authority: str = "statistics") -> Somebody:
    return Somebody(login=login, role=role, authority=authority, level=level, division_prefix=prefix)


def _of_unit(login: str, unit_code: str, office: str) -> Somebody:
    return Somebody(login=login, role="unit", unit_code=unit_code, office=office)


#: One account of each role, authority and level that differ in what they may see, by login.
PEOPLE: Final = {
    one.login: one
    for one in (
        _official("stat15", "statistician", "province", "15"),
        _official("stat1502", "statistician", "city", "1502"),
        _official("stat150202", "statistician", "county", "150202"),
        _official("stat1525", "statistician", "city", "1525"),
        _official("aud15", "auditor", "province", "15"),
        _official("aud15b", "auditor", "province", "15"),
        _official("aud15c", "auditor", "province", "15"),
        _official("aud1502", "auditor", "city", "1502"),
        _official("aud1525", "auditor", "city", "1525"),
        _official("saving15", "statistician", "province", "15", "energy_saving"),
        _official("market15", "statistician", "province", "15", "market_supervision"),
        _official("ecology15", "statistician", "province", "15", "ecology"),
        Somebody(login="system", role="system_admin"),
        Somebody(login="security", role="security_admin"),
        Somebody(login="trail", role="audit_admin"),
        _of_unit("a-manager", UNIT_A, "energy_manager"),
        _of_unit("a-filler", UNIT_A, "filler"),
        _of_unit("a-statistics", UNIT_A, "statistics_head"),
        _of_unit("a-head", UNIT_A, "unit_head"),
        _of_unit("b-manager", UNIT_B, "energy_manager"),
        _of_unit("c-manager", UNIT_C, "energy_manager"),
    )
}


def seed_units(settings: Settings) -> None:
    """Units, meters, points, series and reference rows."""
    with connect(settings, Role.OWNER) as conn:
        conn.execute(SEED.read_text("utf-8"))
    with connect(settings, Role.JOBS) as conn:
        sync_reference(conn)


def seed_people(settings: Settings, more: Sequence[Somebody] = ()) -> None:
    """An account for everybody in PEOPLE and for `more`, all with the same password, which stands."""
    with connect(settings, Role.CONSOLE) as conn:
        for one in (*PEOPLE.values(), *more):
            rights = Rights(
                role=one.role,
                authority=one.authority,
                level=one.level,
                division_prefix=one.division_prefix,
                unit_id=None if one.unit_code is None else unit_of_code(conn, one.unit_code),
                office=one.office,
            )
            create_account(conn, one.login, f"P {one.login}", rights, password=PASSWORD)
