"""One request of one person: the transaction in the person's name, and the ways a handler answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote, urlencode

from fastapi import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from nenghao.access.sessions import csrf_of
from nenghao.access.trail import note_act, note_view
from nenghao.config import Settings
from nenghao.console.navigation import Doors, open_doors
from nenghao.console.rendering import render, translator
from nenghao.db.connection import Connection
from nenghao.db.people import Person
from nenghao.labels import Language

#: What a notice after a redirect may be: labels only, so that an address can show no foreign text.
NOTICE = "notice"


class Refusal(Protocol):
    """A refusal that people can meet: the key of its label, and what the label's placeholders stand for."""

    key: str
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What a handler works with: a connection that sees what the person may see, and the person."""

    request: Request
    settings: Settings
    conn: Connection
    person: Person
    secret: str
    now: datetime
    language: Language
    templates: tuple[Path, ...] = ()

    @property
    def doors(self) -> Doors:
        """The person's menu."""
        return open_doors(self.request.app.routes, self.person)

    @property
    def is_partial(self) -> bool:
        """Whether htmx asks for a part of the page."""
        return self.request.headers.get("hx-request") == "true" and "hx-boosted" not in self.request.headers

    def t(self, key: str, /, **values: object) -> str:
        """The label of a key in the person's language."""
        return translator(self.language)(key, **values)

    def url(self, name: str, /, **parts: object) -> str:
        """The address of a route, by its name and the parts of its path; None of them leaves a query out."""
        known = {word for route in self.request.app.routes if getattr(route, "name", "") == name
                 for word in getattr(route, "param_convertors", {})}  # fmt: skip
        path = str(self.request.app.url_path_for(name, **{word: parts[word] for word in known}))
        query = {word: value for word, value in parts.items() if word not in known and value not in (None, "")}
        return f"{path}?{urlencode(query, doseq=True)}" if query else path

    def has_route(self, name: str) -> bool:
        """Whether a part of the console that has this route is installed."""
        return any(getattr(route, "name", "") == name for route in self.request.app.routes)

    def page(self, template: str, /, status: int = 200, **values: Any) -> HTMLResponse:
        """A whole page."""
        return HTMLResponse(render(template, self.language, self._shared() | values, self.templates), status)

    def partial(self, template: str, /, status: int = 200, **values: Any) -> HTMLResponse:
        """A part of a page, for htmx."""
        return self.page(template, status, **values)

    def json(self, content: Any) -> JSONResponse:
        """Figures for a chart."""
        return JSONResponse(content)

    def download(self, content: bytes, name: str, media_type: str) -> Response:
        """A file to save. It is never shown inside a page, whatever it says it is."""
        return download(content, name, media_type)

    def go(self, path: str, notice: str | None = None) -> RedirectResponse:
        """On to another page after an act, with a notice (a label's key below `console.notice`)."""
        if notice is not None:
            path += ("&" if "?" in path else "?") + urlencode({NOTICE: notice})
        return RedirectResponse(path, status_code=303)

    def note_view(self, unit_id: int | None, what: str) -> None:
        """Write into the access trail that the person looked at a unit's data."""
        note_view(self.conn, unit_id, what)

    def note_act(self, act: str, unit_id: int | None, what: str) -> None:
        """Write into the access trail what the person did."""
        note_act(self.conn, act, unit_id, what)

    def _shared(self) -> dict[str, Any]:
        return {
            "person": self.person,
            "now": self.now,
            "csrf": csrf_of(self.secret),
            "url": self.url,
            "doors": self.doors,
            "here": self.request.url.path,
            "query": self.request.query_params,
            "notice": self.request.query_params.get(NOTICE),
        }


def download(content: bytes, name: str, media_type: str) -> Response:
    """A file to save, under a name that may be Chinese (RFC 6266)."""
    plain = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "._-") else "_" for letter in name)
    return Response(
        content,
        media_type=media_type,
        headers={
            "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
        },
    )


Handler = Callable[..., Response]
__all__ = ["Doors", "Handler", "Refusal", "Response", "Visit", "download"]
