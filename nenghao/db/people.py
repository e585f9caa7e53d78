"""People before the database: a pool of connections that know nobody, and transactions in the name of one person.

A connection is `nenghao_web`, which has no right on any row. For one transaction it is given the secret token of a
session or of the API; the database derives who that is (`web_account()`), and the transaction goes on as a unit's
people or as government's, whose row security asks the same function. What was said ends with the transaction.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

import psycopg
from psycopg.rows import class_row, dict_row
from psycopg_pool import ConnectionPool, PoolTimeout

from nenghao.config import Role, Settings
from nenghao.db.connection import CONNECT_TIMEOUT_S, SERVER_OPTIONS, Connection, conninfo
from nenghao.db.queries import load_queries
from nenghao.errors import DataRefused, RetryableError

_QUERIES: Final = load_queries("people")

#: A pool whose connections wait for somebody to ask.
Pool: TypeAlias = ConnectionPool[psycopg.Connection[tuple[Any, ...]]]

#: Relations of a person's eyes come before those of `public` by the same names.
_SEARCH_PATH: Final = " -c search_path=seen,public"
_UNIT_PEOPLE: Final = "nenghao_unit"
_GOVERNMENT_PEOPLE: Final = "nenghao_officer"
IDLE_S: Final = 1800
#: The one letter that no text of PostgreSQL has, and what stands for it.
_NUL: Final = "\0"
_REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"
POOL_WAIT_S: Final = 10.0


class NobodySignedIn(DataRefused):
    """There is no session or token of this secret, or it has ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who asks. `name` is what this person's acts carry; the database writes it itself."""

    account_id: int
    login: str
    name: str
    role: str
    authority: str | None
    level: str | None
    #: How division codes of visible units begin; empty for the nation, None where the person has no division.
    division_prefix: str | None
    unit_id: int | None
    unit_code: str | None
    office: str | None
    language: Literal["zh", "en"]
    #: `session` of the pages or `api`.
    channel: str
    #: A first password has to be changed before anything else.
    must_change: bool


def open_pool(settings: Settings, max_size: int = 8) -> Pool:
    """Connections of the web role; each is wiped of what was said when it comes back.

    Raises: RetryableError where the database cannot be reached.
    """
    pool: Pool = ConnectionPool(
        conninfo(settings, Role.WEB),
        min_size=1,
        max_size=max_size,
        timeout=POOL_WAIT_S,
        open=False,
        reset=_wipe,
        kwargs={"connect_timeout": CONNECT_TIMEOUT_S, "options": SERVER_OPTIONS + _SEARCH_PATH},
        name="nenghao web",
    )
    try:
        pool.open(wait=True, timeout=POOL_WAIT_S)
    except PoolTimeout as error:
        pool.close()
        raise RetryableError(
            f"database {settings.database_name} at {settings.database_host}:{settings.database_port}: {error}"
        ) from error
    return pool


@contextmanager
def as_person(
    pool: Pool, token: str, *, route: str = "", address: str = "", idle_s: int = IDLE_S
) -> Iterator[tuple[Connection, Person]]:
    """One transaction in the name of whoever holds a token; it is committed at the end, undone by an exception.

    `route` and `address` are for the trail.

    Raises: NobodySignedIn where the token is nobody's, or has ended; RetryableError where no connection is free.
    """
    with as_nobody(pool, token=token, route=route, address=address) as conn:
        person = _who_asks(conn)
        role = _UNIT_PEOPLE if person.role == "unit" else _GOVERNMENT_PEOPLE
        conn.execute(_QUERIES["go_on"], {"idle_s": idle_s, "role": role})
        yield conn, person


@contextmanager
def as_nobody(pool: Pool, *, token: str = "", route: str = "", address: str = "") -> Iterator[Connection]:
    """One transaction of the web role itself, which may knock at the doors of signing in and sees no row.

    Raises: RetryableError where no connection is free.
    """
    try:
        with pool.connection() as conn:
            say_token(conn, token, route=route, address=address)
            yield conn
    except PoolTimeout as error:
        raise RetryableError(f"no connection to the database is free: {error}") from error


def _who_asks(conn: Connection) -> Person:
    row = conn.cursor(row_factory=dict_row).execute(_QUERIES["who_asks"]).fetchone()
    if row is None:
        raise NobodySignedIn("nobody is signed in")
    return Person(**row)


def _wipe(conn: psycopg.Connection[Any]) -> None:
    """Undo what somebody may have said for longer than a transaction."""
    conn.execute("RESET ROLE; RESET ALL")
    conn.commit()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPassword:
    """The newest password of an account."""

    account_id: int
    hash: str
    must_change: bool


def say_token(conn: Connection, token: str, *, route: str, address: str) -> None:
    """Give the transaction a token of who asks from now on; one that no text can hold is nobody's."""
    held = "" if _NUL in token else token
    conn.execute(_QUERIES["say_token"], {"token": held, "route": route, "address": _storable(address)})


def sign_in_wait_s(conn: Connection, login: str, address: str) -> int:
    """Seconds until another attempt is looked at; where it is 0, no other transaction tries this login meanwhile."""
    ((wait_s,),) = conn.execute(_QUERIES["sign_in_wait"], {"login": login, "address": address}).fetchall()
    return int(wait_s)


def password_of(conn: Connection, login: str) -> StoredPassword | None:
    """The newest password of a login whose account is not disabled."""
    cursor = conn.cursor(row_factory=class_row(StoredPassword))
    return cursor.execute(_QUERIES["password_of"], {"login": login}).fetchone()


def note_sign_in(conn: Connection, login: str, address: str, outcome: str) -> None:
    """Keep an attempt to sign in."""
    conn.execute(_QUERIES["note_sign_in"], {"login": login, "address": address, "outcome": outcome})


def open_session(
    conn: Connection, account_id: int, token_hash: bytes, *, idle_s: int, life_s: int, address: str
) -> None:
    """Begin a session."""
    conn.execute(
        _QUERIES["open_session"],
        {
            "account_id": account_id,
            "token_hash": token_hash,
            "idle_s": idle_s,
            "life_s": life_s,
            "address": address,
        },
    )


def end_session(conn: Connection) -> None:
    """End the session of the transaction's token."""
    conn.execute(_QUERIES["end_session"])


def note_access(conn: Connection, *, kind: str, unit_id: int | None, subject: str, outcome: str) -> None:
    """Append a row to the trail in the name of who asks; nobody gets past it by words that no text can hold."""
    row = {"kind": kind, "unit_id": unit_id, "subject": _storable(subject), "outcome": outcome}
    conn.execute(_QUERIES["note_access"], row)


def _storable(text: str) -> str:
    return text.replace(_NUL, _REPLACEMENT)
