"""Answers that are no pages of a part: not found, not allowed, refused, away for now; each says what to do next."""

from fastapi import Request
from starlette.responses import HTMLResponse

from nenghao.access.sessions import csrf_of
from nenghao.console.languages import language_of
from nenghao.console.navigation import open_doors
from nenghao.console.rendering import is_label, render, translator
from nenghao.db.errors import RowRejected
from nenghao.db.people import Person
from nenghao.errors import DataRefused
from nenghao.labels import Language


def refused_words(refused: DataRefused, language: Language) -> str:
    """A refusal in the reader's language where it has a label, else in its own words."""
    # What the driver says of a row that does not fit is for programmers.
    key = "row" if isinstance(refused, RowRejected) else getattr(refused, "key", None)
    for known in (f"{key}", f"filing.refused.{key}", f"access.refused.{key}", f"console.refused.{key}"):
        if key is not None and is_label(language, known):
            return translator(language)(known, **getattr(refused, "values", {}))
    return str(refused)


def failure_page(
    request: Request, status: int, words: str | None = None, *, person: Person | None = None
) -> HTMLResponse:
    """A whole page for a failure."""
    language = language_of(request, None if person is None else person.language)
    secret = request.cookies.get(getattr(request.app.state, "cookie", ""), "")
    values = {
        "person": person,
        "csrf": csrf_of(secret),
        "doors": None if person is None else open_doors(request.app.routes, person),
        "here": request.url.path,
        "notice": None,
        "query": request.query_params,
        "status": status,
        "words": words,
        "known": is_label(language, f"console.failure.{status}.title"),
    }
    return HTMLResponse(render("failure.html", language, values), status)


def failure_part(
    request: Request, status: int, words: str | None = None, *, person: Person | None = None
) -> HTMLResponse:
    """A failure inside a page, for htmx: shown at the notices, the page and what was typed stay."""
    language = language_of(request, None if person is None else person.language)
    page = render("failure_part.html", language, {"status": status, "words": words})
    return HTMLResponse(page, status, headers={"HX-Retarget": "#notices", "HX-Reswap": "innerHTML"})
