"""Accounts, for the security administrator: made with a first password shown once, disabled, given other rights."""

from typing import Final

from starlette.responses import Response

from nenghao.access import accounts as access
from nenghao.access.refusals import AccessRefused
from nenghao.console.admin.listing import ROWS, asked, asked_page, listing
from nenghao.console.forms import Form
from nenghao.console.pages import Pages
from nenghao.console.rules import AUDIT_ADMIN, AUTHORITIES, LEVELS, ROLES, SECURITY_ADMIN, UNIT, for_roles
from nenghao.console.visits import Visit
from nenghao.db import accounts as db
from nenghao.db.accounts import Account, Rights

PAGES: Final = Pages(prefix="/admin/users")
#: Audit administrators see who may do what, and change nothing.
READERS: Final = for_roles(SECURITY_ADMIN, AUDIT_ADMIN)
WRITERS: Final = for_roles(SECURITY_ADMIN)
OFFICES: Final = ("energy_manager", "filler", "statistics_head", "unit_head")
#: A security administrator is made on the server: nobody makes his like.
MADE_HERE: Final = tuple(role for role in ROLES if role != SECURITY_ADMIN)
FIELDS: Final = ("login", "name", "role", "authority", "level", "division_prefix", "unit", "office", "language")
EVENTS: Final = 100


@PAGES.get("", name="admin.users", rule=READERS)
def users(visit: Visit) -> Response:
    """Accounts, by login."""
    wanted, role = (asked(visit, "q") or "").lower(), asked(visit, "role")
    found = [
        one
        for one in db.list_accounts(visit.conn)
        if (not wanted or wanted in one.login or wanted in one.name.lower()) and (role is None or one.role == role)
    ]
    page = asked_page(visit)
    shown = found[(page - 1) * ROWS : page * ROWS]
    return visit.page(
        "admin/users.html", accounts=shown, listing=listing(visit, page, len(found)), wanted=wanted, role=role,
        roles=ROLES, may_change=WRITERS.allows(visit.person),
    )  # fmt: skip


@PAGES.get("/new", name="admin.users.new", rule=WRITERS)
def new(visit: Visit) -> Response:
    """A form for an account."""
    return _form(visit, {"language": "zh"}, None)


@PAGES.post("/new", name="admin.users.add", rule=WRITERS)
def add(visit: Visit, form: Form) -> Response:
    """Make an account; its first password is on this page and nowhere else."""
    typed = {name: form.text(name) for name in FIELDS}
    try:
        rights = _rights(visit, typed)
        password = access.create_account(
            visit.conn, typed["login"], typed["name"], rights, "en" if typed["language"] == "en" else "zh"
        )
    except AccessRefused as refused:
        return _form(visit, typed, visit.t(f"access.refused.{refused.key}", **refused.values))
    login = typed["login"].lower()
    visit.note_act("admin.users.add", rights.unit_id, login)
    return visit.page("admin/user_password.html", login=login, password=password)


@PAGES.get("/{login}", name="admin.user", rule=READERS)
def one(visit: Visit, login: str) -> Response:
    """An account, its rights, its tokens, and what became of it.

    Raises: AccessRefused where there is none.
    """
    return _shown(visit, _account(visit, login), None)


@PAGES.post("/{login}/disable", name="admin.user.disable", rule=WRITERS)
def disable(visit: Visit, form: Form, login: str) -> Response:
    """Disable an account, or let it in again."""
    is_disabled = form.text("disabled") == "yes"
    access.disable_account(visit.conn, login, is_disabled=is_disabled)
    visit.note_act("admin.user.disable" if is_disabled else "admin.user.enable", None, login)
    return visit.go(visit.url("admin.user", login=login), "account_changed")


@PAGES.post("/{login}/reset", name="admin.user.reset", rule=WRITERS)
def reset(visit: Visit, form: Form, login: str) -> Response:  # noqa: ARG001 - the act is the whole form
    """Give an account a first password again, shown once."""
    password = access.reset_password(visit.conn, login)
    visit.note_act("admin.user.reset", None, login)
    return visit.page("admin/user_password.html", login=login, password=password)


@PAGES.post("/{login}/rights", name="admin.user.rights", rule=WRITERS)
def rights(visit: Visit, form: Form, login: str) -> Response:
    """Give an account other rights; its sessions end."""
    account = _account(visit, login)
    typed = {name: form.text(name) for name in FIELDS}
    try:
        # The unit of a person stays: whoever changes houses gets another account.
        rights = Rights(
            role=typed["role"], authority=typed["authority"] or None, level=typed["level"] or None,
            division_prefix=_prefix(typed), unit_id=account.unit_id, office=typed["office"] or None,
        )  # fmt: skip
        access.change_rights(visit.conn, login, rights)
    except AccessRefused as refused:
        return _shown(visit, account, visit.t(f"access.refused.{refused.key}", **refused.values), typed)
    visit.note_act("admin.user.rights", account.unit_id, login)
    return visit.go(visit.url("admin.user", login=login), "account_changed")


def _shown(visit: Visit, account: Account, problem: str | None, typed: dict[str, str] | None = None) -> Response:
    return visit.page(
        "admin/user.html", 200 if problem is None else 422, account=account, problem=problem,
        typed=typed or {name: getattr(account, name, None) or "" for name in FIELDS},
        tokens=db.list_tokens(visit.conn, account.account_id),
        events=db.account_events(visit.conn, account.login, EVENTS), roles=_roles(account), authorities=AUTHORITIES,
        levels=LEVELS, offices=OFFICES, may_change=WRITERS.allows(visit.person) and account.role != SECURITY_ADMIN,
    )  # fmt: skip


def _roles(account: Account) -> tuple[str, ...]:
    """A unit's person stays one, since its account names its unit."""
    return (UNIT,) if account.unit_id is not None else tuple(role for role in MADE_HERE if role != UNIT)


def _form(visit: Visit, typed: dict[str, str], problem: str | None) -> Response:
    return visit.page(
        "admin/user_new.html", 200 if problem is None else 422, typed=dict.fromkeys(FIELDS, "") | typed,
        problem=problem, roles=MADE_HERE, authorities=AUTHORITIES, levels=LEVELS, offices=OFFICES,
    )  # fmt: skip


def _rights(visit: Visit, typed: dict[str, str]) -> Rights:
    unit_id = None
    if typed["unit"]:
        unit_id = db.unit_of_code(visit.conn, typed["unit"].upper(), from_directory=True)
        if unit_id is None:
            raise AccessRefused("no_unit", unit=typed["unit"])
    return Rights(
        role=typed["role"], authority=typed["authority"] or None, level=typed["level"] or None,
        division_prefix=_prefix(typed), unit_id=unit_id, office=typed["office"] or None,
    )  # fmt: skip


def _prefix(typed: dict[str, str]) -> str | None:
    """The nation has an empty prefix, an account without a level none."""
    if not typed["level"]:
        return None
    return typed["division_prefix"]


def _account(visit: Visit, login: str) -> Account:
    found = next((one for one in db.list_accounts(visit.conn) if one.login == login), None)
    if found is None:
        raise AccessRefused("no_account", login=login)
    return found
