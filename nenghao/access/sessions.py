"""Signing in and out: a fresh secret token for each session, of which only the hash is stored."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Final

from nenghao.access.passwords import check_password, hash_password, is_password
from nenghao.access.refusals import AccessRefused
from nenghao.config import Settings
from nenghao.db import accounts, people
from nenghao.db.people import Pool

_TOKEN_BYTES: Final = 32
_LOGIN_MAX: Final = 100
_CSRF: Final = b"nenghao csrf"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A session has begun. The token is for the cookie and is stored nowhere else."""

    token: str
    must_change: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInRefused:
    """Login and password do not go together, or too many did not; it is not said which of them is wrong."""

    #: Seconds until another attempt is looked at; 0 where this one was.
    wait_s: int


def sign_in(pool: Pool, login: str, password: str, *, address: str, settings: Settings) -> SignedIn | SignInRefused:
    """Begin a session, always with a new token. The attempt is kept, whatever comes of it."""
    login = login.replace("\0", " ").strip().lower()[:_LOGIN_MAX]
    with people.as_nobody(pool, route="sign_in", address=address) as conn:
        wait_s = people.sign_in_wait_s(conn, login, address)
        if wait_s > 0:
            people.note_sign_in(conn, login, address, "throttled")
            return SignInRefused(wait_s=wait_s)
        stored = people.password_of(conn, login)
        if not is_password(stored.hash if stored else None, password) or stored is None:
            people.note_sign_in(conn, login, address, "refused")
            return SignInRefused(wait_s=0)
        people.note_sign_in(conn, login, address, "granted")
        token = new_token()
        people.open_session(
            conn,
            stored.account_id,
            token_hash(token),
            idle_s=settings.session_idle_s,
            life_s=settings.session_life_s,
            address=address,
        )
        people.say_token(conn, token, route="sign_in", address=address)
        people.note_access(conn, kind="sign_in", unit_id=None, subject="", outcome="done")
    return SignedIn(token=token, must_change=stored.must_change)


def sign_out(pool: Pool, token: str, *, address: str = "") -> None:
    """End the session of a token; nothing happens where it has none."""
    with people.as_nobody(pool, token=token, route="sign_out", address=address) as conn:
        people.note_access(conn, kind="sign_out", unit_id=None, subject="", outcome="done")
        people.end_session(conn)


def change_password(pool: Pool, token: str, current: str, new: str, *, address: str = "") -> None:
    """Give oneself another password; every other session of the account ends.

    Raises: AccessRefused where the current password is wrong or the new one is refused; NobodySignedIn.
    """
    with people.as_person(pool, token, route="change_password", address=address) as (_, person):
        login = person.login
    with people.as_nobody(pool, route="change_password", address=address) as conn:
        wait_s = people.sign_in_wait_s(conn, login, address)
        stored = people.password_of(conn, login) if wait_s == 0 else None
        is_right = stored is not None and is_password(stored.hash, current)
        people.note_sign_in(conn, login, address, "granted" if is_right else "throttled" if wait_s else "refused")
    if wait_s:
        raise AccessRefused("wait", seconds=wait_s)
    if not is_right:
        raise AccessRefused("password_wrong")
    check_password(new, login)
    if new == current:
        raise AccessRefused("password_same")
    with people.as_person(pool, token, route="change_password", address=address) as (conn, person):
        accounts.set_password(conn, person.account_id, hash_password(new), must_change=False)
        people.note_access(conn, kind="act", unit_id=person.unit_id, subject="password", outcome="done")


def new_token() -> str:
    """A secret of 256 bits, as text for a cookie or a header."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def token_hash(token: str) -> bytes:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).digest()


def csrf_of(token: str) -> str:
    """The value that a form of this session carries: whoever does not know the token cannot make it."""
    return hmac.new(token.encode(), _CSRF, hashlib.sha256).hexdigest()


def is_csrf(token: str, value: str) -> bool:
    """Whether a form's value is that of the session."""
    return hmac.compare_digest(csrf_of(token).encode(), value.encode())
