"""What the tests of the API and of administration need beside the small province: days, readings, cases, returns."""

from datetime import UTC, datetime
from pathlib import Path

from expectations.catalogue import load_rules, sync_rules
from nenghao.access.accounts import add_api_token
from nenghao.config import Role, Settings
from nenghao.db import accounts
from nenghao.db.connection import connect
from nenghao.review.listing import list_anew

RULES = ("completeness", "frozen", "gap")


def seed_api(settings: Settings) -> None:
    """Rows of everything that the API has but releases, in two of the three units."""
    with connect(settings, Role.RULES) as conn:
        sync_rules(conn, [rule for rule in load_rules() if rule.code in RULES])
    with connect(settings, Role.OWNER) as conn:
        conn.execute(Path(__file__).with_name("api_seed.sql").read_text("utf-8"))
    with connect(settings, Role.RULES) as conn:
        list_anew(conn, datetime.now(UTC))


def token_of(settings: Settings, login: str, *, days: int = 30) -> str:
    """A token of the API for an account, as an operator makes it."""
    with connect(settings, Role.CONSOLE) as conn:
        found = accounts.account_of(conn, login)
        assert found is not None
        return add_api_token(conn, found[0], "test", now=datetime.now(UTC), days=days)
