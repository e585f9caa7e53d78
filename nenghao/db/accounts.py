"""Accounts, their events, their tokens of the API, and the trail: the queries of sql/queries/accounts.sql."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from psycopg import errors
from psycopg.rows import class_row

from nenghao.db.connection import Connection
from nenghao.db.queries import load_queries
from nenghao.errors import DataRefused

_QUERIES: Final = load_queries("accounts")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """What an account is for: a unit's person has unit and office, government authority, level and division prefix."""

    role: str
    authority: str | None = None
    level: str | None = None
    division_prefix: str | None = None
    unit_id: int | None = None
    office: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account(Rights):
    """An account as it stands."""

    account_id: int
    login: str
    name: str
    language: str
    is_disabled: bool
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountEvent:
    """What became of an account, and by whom."""

    account_event_id: int
    login: str
    kind: str
    content: dict[str, Any]
    done_by: str
    done_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiToken:
    """A token of the API; its secret is not here."""

    api_token_id: int
    label: str
    made_at: datetime
    ends_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailRow:
    """Somebody looked at something, or did it, or was refused."""

    access_trail_id: int
    at: datetime
    name: str | None
    role: str | None
    authority: str | None
    kind: str
    route: str
    unit_id: int | None
    subject: str
    outcome: str


class AccountRefusedByRules(DataRefused):
    """The database does not take an account like this; `constraint` says which rule."""

    def __init__(self, constraint: str | None) -> None:
        super().__init__(f"account refused: {constraint}")
        self.constraint = constraint


def add_account(conn: Connection, login: str, name: str, rights: Rights, language: str) -> int:
    """Make an account and return its id.

    Raises: AccountRefusedByRules where login or name is taken, role and rights do not go together, or who asks may not.
    """
    given = asdict(rights) | {"login": login, "name": name, "language": language}
    try:
        with conn.transaction():
            ((account_id,),) = conn.execute(_QUERIES["add_account"], given).fetchall()
    except (errors.IntegrityError, errors.InsufficientPrivilege) as error:
        raise AccountRefusedByRules(error.diag.constraint_name) from error
    return int(account_id)


def set_password(conn: Connection, account_id: int, password_hash: str, *, must_change: bool) -> None:
    """Give an account another password.

    Raises: AccountRefusedByRules where who asks may not.
    """
    try:
        with conn.transaction():
            conn.execute(
                _QUERIES["set_password"],
                {"account_id": account_id, "hash": password_hash, "must_change": must_change},
            )
    except errors.InsufficientPrivilege as error:
        raise AccountRefusedByRules(None) from error


def set_disabled(conn: Connection, login: str, *, is_disabled: bool) -> bool:
    """Disable or enable an account; False where there is none that who asks may change.

    Raises: AccountRefusedByRules where it is one's own.
    """
    return _change(conn, "set_disabled", {"login": login, "is_disabled": is_disabled})


def set_rights(conn: Connection, login: str, rights: Rights) -> bool:
    """Give an account another role; False where there is none that who asks may change. Its unit stays.

    Raises: AccountRefusedByRules where role and rights do not go together, or it is one's own.
    """
    return _change(conn, "set_rights", asdict(rights) | {"login": login})


def set_language(conn: Connection, account_id: int, language: str) -> None:
    """Speak to an account in another language."""
    conn.execute(_QUERIES["set_language"], {"account_id": account_id, "language": language})


def account_of(conn: Connection, login: str) -> tuple[int, str] | None:
    """Id and role of a login."""
    return conn.execute(_QUERIES["account_of"], {"login": login}).fetchone()


def list_accounts(conn: Connection) -> list[Account]:
    """Accounts that who asks may see, by login."""
    return conn.cursor(row_factory=class_row(Account)).execute(_QUERIES["accounts"]).fetchall()


def account_events(conn: Connection, login: str | None, limit: int, offset: int = 0) -> list[AccountEvent]:
    """What became of an account, or of all, newest first."""
    cursor = conn.cursor(row_factory=class_row(AccountEvent))
    given = {"login": login, "row_limit": limit, "row_offset": offset}
    return cursor.execute(_QUERIES["account_events"], given).fetchall()


def unit_of_code(conn: Connection, unit_code: str, *, from_directory: bool) -> int | None:
    """Id of a unit by its code; people look into the directory of names, an operator into the register."""
    query = _QUERIES["directory_unit_of_code" if from_directory else "unit_of_code"]
    row = conn.execute(query, {"unit_code": unit_code}).fetchone()
    return None if row is None else int(row[0])


def add_token(conn: Connection, account_id: int, name: str, token_hash: bytes, ends_at: datetime) -> None:
    """Give an account a token of the API.

    Raises: AccountRefusedByRules where it ends too late or who asks may not.
    """
    given = {"account_id": account_id, "label": name, "token_hash": token_hash, "ends_at": ends_at}
    try:
        with conn.transaction():
            conn.execute(_QUERIES["add_token"], given)
    except (errors.IntegrityError, errors.InsufficientPrivilege) as error:
        raise AccountRefusedByRules(error.diag.constraint_name) from error


def list_tokens(conn: Connection, account_id: int) -> list[ApiToken]:
    """Tokens of an account, newest first."""
    return (
        conn.cursor(row_factory=class_row(ApiToken)).execute(_QUERIES["tokens"], {"account_id": account_id}).fetchall()
    )


def revoke_token(conn: Connection, account_id: int, api_token_id: int) -> bool:
    """End a token now; False where it is no such token or had ended."""
    given = {"account_id": account_id, "api_token_id": api_token_id}
    return conn.execute(_QUERIES["revoke_token"], given).fetchone() is not None


def trail(
    conn: Connection,
    *,
    limit: int,
    offset: int = 0,
    unit_id: int | None = None,
    name: str | None = None,
    kind: str | None = None,
    outcome: str | None = None,
) -> tuple[list[TrailRow], int]:
    """Rows of the trail that who asks may see, newest first, and how many there are in all."""
    given = {"unit_id": unit_id, "name": name, "kind": kind, "outcome": outcome}
    ((count,),) = conn.execute(_QUERIES["count_trail"], given).fetchall()
    cursor = conn.cursor(row_factory=class_row(TrailRow))
    rows = cursor.execute(_QUERIES["trail"], given | {"row_limit": limit, "row_offset": offset}).fetchall()
    return rows, int(count)


def _change(conn: Connection, query: str, given: dict[str, object]) -> bool:
    try:
        with conn.transaction():
            return conn.execute(_QUERIES[query], given).fetchone() is not None
    except (errors.IntegrityError, errors.InsufficientPrivilege) as error:
        raise AccountRefusedByRules(error.diag.constraint_name) from error
