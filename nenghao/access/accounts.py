"""Accounts: made, disabled and given first passwords by the security administrator or by an operator on the server."""

from datetime import datetime, timedelta
from typing import Final

from nenghao.access.passwords import check_password, first_password, hash_password
from nenghao.access.refusals import AccessRefused
from nenghao.access.sessions import new_token, token_hash
from nenghao.db import accounts
from nenghao.db.accounts import AccountRefusedByRules, Rights
from nenghao.db.connection import Connection

TOKEN_DAYS_MAX: Final = 366
#: Rules of the table `account` by the label that tells them.
_RULES: Final = {
    "account_login_once": "login_taken",
    "account_name_in_unit": "name_taken",
    "account_name_in_government": "name_taken",
    "account_login_form": "login_form",
    "account_name_given": "name_form",
    "account_role_whole": "rights_do_not_fit",
    "api_token_ends": "token_too_long",
    "api_token_label_given": "token_label",
}


def create_account(
    conn: Connection, login: str, name: str, rights: Rights, language: str = "zh", *, password: str | None = None
) -> str:
    """Make an account and return its first password, which is kept nowhere and must be changed at the first sign-in.

    An operator may give a password that stands, as the demo does.

    Raises: AccessRefused where the database refuses it, with the reason.
    """
    login = login.strip().lower()
    if password is not None:
        check_password(password, login)
    chosen = first_password() if password is None else password
    with conn.transaction():
        try:
            account_id = accounts.add_account(conn, login, name.strip(), rights, language)
            accounts.set_password(conn, account_id, hash_password(chosen), must_change=password is None)
        except AccountRefusedByRules as error:
            raise _refusal(error) from error
    return chosen


def reset_password(conn: Connection, login: str) -> str:
    """Give an account a first password again and return it; its sessions and tokens end.

    Raises: AccessRefused where there is no such account, or who asks may not.
    """
    found = accounts.account_of(conn, login)
    if found is None:
        raise AccessRefused("no_account", login=login)
    password = first_password()
    try:
        accounts.set_password(conn, found[0], hash_password(password), must_change=True)
    except AccountRefusedByRules as error:
        raise _refusal(error) from error
    return password


def disable_account(conn: Connection, login: str, *, is_disabled: bool = True) -> None:
    """Disable an account, whose sessions end, or enable it.

    Raises: AccessRefused where there is no such account, or who asks may not.
    """
    try:
        is_done = accounts.set_disabled(conn, login, is_disabled=is_disabled)
    except AccountRefusedByRules as error:
        raise _refusal(error) from error
    if not is_done:
        raise AccessRefused("no_account", login=login)


def change_rights(conn: Connection, login: str, rights: Rights) -> None:
    """Give an account another role; its sessions end.

    Raises: AccessRefused where there is no such account, the rights do not go together, or who asks may not.
    """
    try:
        is_done = accounts.set_rights(conn, login, rights)
    except AccountRefusedByRules as error:
        raise _refusal(error) from error
    if not is_done:
        raise AccessRefused("no_account", login=login)


def add_api_token(conn: Connection, account_id: int, name: str, *, now: datetime, days: int) -> str:
    """Make a token of the API for an account and return it; only its hash is kept.

    Raises: AccessRefused where it would last more than a year, or who asks may not.
    """
    if not 1 <= days <= TOKEN_DAYS_MAX:
        raise AccessRefused("token_too_long", days=TOKEN_DAYS_MAX)
    token = new_token()
    try:
        accounts.add_token(conn, account_id, name, token_hash(token), now + timedelta(days=days, minutes=-1))
    except AccountRefusedByRules as error:
        raise _refusal(error) from error
    return token


def _refusal(error: AccountRefusedByRules) -> AccessRefused:
    return AccessRefused(_RULES.get(error.constraint or "", "not_yours"), days=TOKEN_DAYS_MAX)
