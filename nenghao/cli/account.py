"""`nenghao account`: accounts of people, made by an operator: the first ones, and those of administrators."""

import getpass
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, ParamSpec, TypeVar

import typer

from nenghao.access import accounts as access
from nenghao.access.refusals import AccessRefused
from nenghao.cli.tables import Form, print_table
from nenghao.config import Role, load_settings
from nenghao.db import accounts
from nenghao.db.accounts import Account, Rights
from nenghao.db.connection import Connection, connect
from nenghao.errors import DataRefused
from nenghao.labels import Language, label

app = typer.Typer(no_args_is_help=True, help="Accounts of people who sign in to the console and the API.")

Login = Annotated[str, typer.Argument(help="Name to sign in with: small letters, digits, . _ -")]
P = ParamSpec("P")
R = TypeVar("R")
_COLUMNS = (
    "login",
    "name",
    "role",
    "authority",
    "level",
    "division_prefix",
    "unit_id",
    "office",
    "state",
    "created_at",
)


@app.callback()
def _group() -> None:
    """Accounts of people who sign in to the console and the API."""


@app.command()
def add(
    login: Login,
    name: Annotated[str, typer.Option(help="The person's name, which acts and signatures carry; it stays.")],
    role: Annotated[
        str, typer.Option(help="unit | statistician | auditor | system_admin | security_admin | audit_admin")
    ],
    authority: Annotated[
        str | None, typer.Option(help="statistics | energy_saving | market_supervision | ecology")
    ] = None,
    level: Annotated[str | None, typer.Option(help="county | city | province | nation")] = None,
    division: Annotated[str | None, typer.Option(help="How division codes of its units begin, such as 1502.")] = None,
    unit: Annotated[str | None, typer.Option(help="Credit code of the unit, for its own people.")] = None,
    office: Annotated[str | None, typer.Option(help="energy_manager | filler | statistics_head | unit_head")] = None,
    speaks: Annotated[str, typer.Option("--language", help="zh | en")] = "zh",
    is_password_asked: Annotated[
        bool, typer.Option("--ask-password", help="Ask for a password that stands, instead of making a first one.")
    ] = False,
) -> None:
    """Make an account; its first password is printed once and has to be changed at the first sign-in."""
    language = load_settings().language
    chosen = getpass.getpass(label("account.password", language) + " ") if is_password_asked else None
    with connect(load_settings(), Role.CONSOLE) as conn:
        rights = Rights(
            role=role,
            authority=authority,
            level=level,
            division_prefix="" if level == "nation" and division is None else division,
            unit_id=_unit_id(conn, unit),
            office=office,
        )
        password = _told(access.create_account, language, conn, login, name, rights, speaks, password=chosen)
    if chosen is None:
        typer.echo(label("account.made", language, login=login, password=password))
    else:
        typer.echo(label("account.made_with_password", language, login=login))


@app.command("list")
def list_(form: Annotated[Form, typer.Option("--format", help="How it is printed.")] = Form.TEXT) -> None:
    """Every account: who it is, for what, and whether it is disabled."""
    language = load_settings().language
    with connect(load_settings(), Role.CONSOLE) as conn:
        rows = [_row(account, language) for account in accounts.list_accounts(conn)]
    print_table({name: label(f"account.column.{name}", language) for name in _COLUMNS}, rows, form)


@app.command()
def disable(login: Login) -> None:
    """Disable an account; its sessions end, and its tokens are worth nothing."""
    language = load_settings().language
    with connect(load_settings(), Role.CONSOLE) as conn:
        _told(access.disable_account, language, conn, login)
    typer.echo(label("account.disabled", language, login=login))


@app.command()
def enable(login: Login) -> None:
    """Let an account in again."""
    language = load_settings().language
    with connect(load_settings(), Role.CONSOLE) as conn:
        _told(access.disable_account, language, conn, login, is_disabled=False)
    typer.echo(label("account.enabled", language, login=login))


@app.command()
def reset(login: Login) -> None:
    """Give an account a first password again, printed once; its sessions and tokens end."""
    language = load_settings().language
    with connect(load_settings(), Role.CONSOLE) as conn:
        password = _told(access.reset_password, language, conn, login)
    typer.echo(label("account.reset", language, login=login, password=password))


@app.command()
def token(
    login: Login,
    name: Annotated[str, typer.Option("--for", help="What the token is for.")],
    days: Annotated[int, typer.Option(min=1, max=access.TOKEN_DAYS_MAX, help="How long it holds.")] = 90,
) -> None:
    """Make a token of the API for an account; it may what the account may, and is printed once."""
    language, now = load_settings().language, datetime.now(UTC)
    with connect(load_settings(), Role.CONSOLE) as conn:
        found = accounts.account_of(conn, login)
        if found is None:
            raise DataRefused(label("access.refused.no_account", language, login=login))
        secret = _told(access.add_api_token, language, conn, found[0], name, now=now, days=days)
    typer.echo(secret)


def _told(act: Callable[P, R], language: Language, /, *args: P.args, **kwargs: P.kwargs) -> R:
    """Do something with an account; where it is refused, say so in the reader's language."""
    try:
        return act(*args, **kwargs)
    except AccessRefused as error:
        raise DataRefused(label(f"access.refused.{error.key}", language, **error.values)) from error


def _unit_id(conn: Connection, unit_code: str | None) -> int | None:
    if unit_code is None:
        return None
    unit_id = accounts.unit_of_code(conn, unit_code, from_directory=False)
    if unit_id is None:
        raise DataRefused(f"there is no unit {unit_code}")
    return unit_id


def _row(account: Account, language: Language) -> dict[str, str]:
    shown = {name: "" if (value := getattr(account, name, None)) is None else str(value) for name in _COLUMNS}
    shown["state"] = label("account.state_disabled" if account.is_disabled else "account.state_enabled", language)
    return shown
