"""One database with a row of one unit in every table, a second unit beside it, and an account of every kind."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from nenghao.access.passwords import hash_password
from nenghao.access.sessions import new_token, token_hash
from nenghao.config import Role, Settings
from nenghao.db import accounts
from nenghao.db.accounts import Rights
from nenghao.db.connection import Connection, connect
from nenghao.db.people import Person, Pool, as_person, open_pool

TESTS = Path(__file__).parent.parent
PASSWORD = "correct horse battery"
#: The unit that has a row in every table lies in 150200, a second one in 150900, a third in another province.
OTHER_UNITS = (("911509000000000013", "150900"), ("911401000000000013", "140100"))


def government(authority: str, level: str, prefix: str, role: str = "auditor") -> Rights:
    return Rights(role=role, authority=authority, level=level, division_prefix=prefix)


GOVERNMENT = {
    "county_in": government("statistics", "county", "150200"),
    "county_out": government("statistics", "county", "150900", "statistician"),
    "city_in": government("statistics", "city", "1502", "statistician"),
    "city_out": government("statistics", "city", "1509"),
    "province_in": government("statistics", "province", "15"),
    "province_out": government("statistics", "province", "14", "statistician"),
    "nation": government("statistics", "nation", "", "statistician"),
    "saving_in": government("energy_saving", "province", "15"),
    "saving_out": government("energy_saving", "province", "14"),
    "market_in": government("market_supervision", "city", "1502"),
    "market_out": government("market_supervision", "city", "1509"),
    "ecology_in": government("ecology", "province", "15"),
    "system": Rights(role="system_admin"),
    "security": Rights(role="security_admin"),
    "audit": Rights(role="audit_admin"),
}
OFFICES = ("energy_manager", "filler", "statistics_head", "unit_head")


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Accounts by login with a session token each, and a pool of one connection, which they all share in turn."""

    settings: Settings
    pool: Pool
    tokens: dict[str, str]
    #: Unit ids by login of their people.
    unit_ids: dict[str, int]

    def asking(self, login: str) -> AbstractContextManager[tuple[Connection, Person]]:
        return as_person(self.pool, self.tokens[login], route="test", address="127.0.0.1")

    @contextmanager
    def owner(self) -> Iterator[Connection]:
        with connect(self.settings, Role.OWNER) as conn:
            yield conn


def begin_session(conn: Connection, login: str) -> str:
    """A session without typing a password: what it costs is tested elsewhere."""
    token = new_token()
    conn.execute(
        "INSERT INTO web_session (account_id, token_hash, begun_at, seen_at, idle_ends_at, ends_at)"
        " SELECT account_id, %s, now(), now(), now() + INTERVAL '1 hour', now() + INTERVAL '2 hours'"
        " FROM account WHERE login = %s",
        [token_hash(token), login],
    )
    return token


@pytest.fixture(scope="module")
def people(module_database: Settings) -> Iterator[People]:
    """Everybody, signed in."""
    with connect(module_database, Role.OWNER) as conn:
        conn.execute((TESTS / "db" / "one_row_each.sql").read_text(encoding="utf-8"))
        conn.execute((Path(__file__).parent / "rows.sql").read_text(encoding="utf-8"))
        for code, division in OTHER_UNITS:
            conn.execute(
                "INSERT INTO unit (unit_code, name, division_code, industry_code, field, collected_under)"
                " VALUES (%s, 'other', %s, 'C3110', 'industry', 'online_monitoring')",
                [code, division],
            )
        units = [row[0] for row in conn.execute("SELECT unit_id FROM unit ORDER BY unit_id")]
    rights = dict(GOVERNMENT)
    unit_ids = {}
    for name, unit_id in zip(("own", "other", "far"), units, strict=True):
        for office in OFFICES:
            rights[f"{name}_{office}"] = Rights(role="unit", unit_id=unit_id, office=office)
            unit_ids[f"{name}_{office}"] = unit_id
    password = hash_password(PASSWORD)
    with connect(module_database, Role.CONSOLE) as conn:
        for login, right in rights.items():
            account_id = accounts.add_account(conn, login, f"name of {login}", right, "zh")
            accounts.set_password(conn, account_id, password, must_change=False)
    with connect(module_database, Role.OWNER) as conn:
        tokens = {login: begin_session(conn, login) for login in rights}
    pool = open_pool(module_database, 1)
    try:
        yield People(settings=module_database, pool=pool, tokens=tokens, unit_ids=unit_ids)
    finally:
        pool.close()


Asking = Callable[[str], AbstractContextManager[tuple[Connection, Person]]]
