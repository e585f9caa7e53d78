"""One's own tokens of the API: made with a name and an end, shown once, revoked at once."""

from typing import Final

from starlette.responses import Response

from nenghao.access.accounts import TOKEN_DAYS_MAX, add_api_token
from nenghao.access.refusals import AccessRefused
from nenghao.console.forms import Form
from nenghao.console.pages import Pages
from nenghao.console.rules import SIGNED_IN
from nenghao.console.visits import Visit
from nenghao.db import accounts as db

PAGES: Final = Pages(prefix="/tokens")
DAYS: Final = 90


@PAGES.get("", name="tokens", rule=SIGNED_IN)
def tokens(visit: Visit) -> Response:
    """One's tokens, and a form for another one."""
    return _shown(visit, None)


@PAGES.post("", name="tokens.add", rule=SIGNED_IN)
def add(visit: Visit, form: Form) -> Response:
    """Make a token; it is on this page and nowhere else."""
    text = form.text("days")
    days = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
    try:
        token = add_api_token(visit.conn, visit.person.account_id, form.text("label"), now=visit.now, days=days)
    except AccessRefused as refused:
        return _shown(visit, visit.t(f"access.refused.{refused.key}", **refused.values))
    visit.note_act("tokens.add", visit.person.unit_id, form.text("label"))
    return _shown(visit, None, token)


@PAGES.post("/{token_id}/revoke", name="tokens.revoke", rule=SIGNED_IN)
def revoke(visit: Visit, form: Form, token_id: int) -> Response:  # noqa: ARG001 - the act is the whole form
    """End a token now."""
    if db.revoke_token(visit.conn, visit.person.account_id, token_id):
        visit.note_act("tokens.revoke", visit.person.unit_id, str(token_id))
    return visit.go(visit.url("tokens"), "token_revoked")


def _shown(visit: Visit, problem: str | None, token: str | None = None) -> Response:
    return visit.page(
        "admin/tokens.html", 200 if problem is None else 422, problem=problem,
        tokens=db.list_tokens(visit.conn, visit.person.account_id), token=token, days=DAYS, days_max=TOKEN_DAYS_MAX,
    )  # fmt: skip
