"""Passwords: which are refused, how they are kept, how they are checked."""

import secrets
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from nenghao.access.refusals import AccessRefused
from nenghao.reference.passwords import load_password_rules

#: argon2id with 64 MiB, 3 passes, 4 lanes. Source: RFC 9106 section 4, the second recommended option.
_HASHER: Final = PasswordHasher()
#: Letters and digits that are not mistaken for one another when read from paper.
_CLEAR: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_FIRST_GROUPS: Final = 4
_FIRST_GROUP_LENGTH: Final = 4


def hash_password(password: str) -> str:
    """The argon2id hash of a password, with its salt and its costs in it."""
    return _HASHER.hash(password)


def is_password(stored: str | None, typed: str) -> bool:
    """Whether a typed password is the stored one; it takes as long where nothing is stored."""
    if len(typed) > load_password_rules().length_max:
        typed = ""
    try:
        _HASHER.verify(stored or _hash_of_nobody(), typed)
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return False
    return stored is not None


def first_password() -> str:
    """A password for the first sign-in, 79 bits, easy to read out; it must be changed then."""
    groups = ("".join(secrets.choice(_CLEAR) for _ in range(_FIRST_GROUP_LENGTH)) for _ in range(_FIRST_GROUPS))
    return "-".join(groups)


def check_password(password: str, login: str) -> None:
    """Refuse a password that is short, known too well, or made of the login.

    Source: nenghao/reference/passwords.toml.

    Raises: AccessRefused with the reason.
    """
    rules = load_password_rules()
    lowered = password.lower()
    if len(password) < rules.length_min:
        raise AccessRefused("password_short", length=rules.length_min)
    if len(password) > rules.length_max:
        raise AccessRefused("password_long", length=rules.length_max)
    if login.lower() in lowered:
        raise AccessRefused("password_has_login")
    if len(set(lowered)) < rules.distinct_min or _is_known(lowered):
        raise AccessRefused("password_common")


def _is_known(lowered: str) -> bool:
    rules = load_password_rules()
    rest = lowered
    for word in sorted(rules.words, key=len, reverse=True):
        rest = rest.replace(word, "")
    if not rest.strip("0123456789"):
        return True
    runs = [way for run in rules.runs for way in (run, run[::-1])]
    return any(lowered in run * 2 for run in runs) or _is_repeated(lowered)


def _is_repeated(lowered: str) -> bool:
    """Whether it is one piece over and over: it is found in itself doubled, before its end."""
    return lowered in (lowered + lowered)[1:-1]


@cache
def _hash_of_nobody() -> str:
    return _HASHER.hash(secrets.token_hex(16))
