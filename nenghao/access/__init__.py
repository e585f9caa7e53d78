"""Who may come in: passwords, sessions, tokens, accounts, and the trail of what people looked at and did."""

from nenghao.access.refusals import AccessRefused
from nenghao.access.sessions import SignedIn, SignInRefused, change_password, csrf_of, sign_in, sign_out
from nenghao.access.trail import note_act, note_refusal, note_view

__all__ = [
    "AccessRefused",
    "SignInRefused",
    "SignedIn",
    "change_password",
    "csrf_of",
    "note_act",
    "note_refusal",
    "note_view",
    "sign_in",
    "sign_out",
]
