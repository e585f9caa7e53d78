"""Declares routes with their rules, and carries a request through: who, may they, one transaction, the answer.

A handler is a plain function `(visit, …path and query) -> Response`, or `(visit, form, …)` where something is posted.
What it writes is committed when its answer is below 400, and rolled back otherwise.
"""

import inspect
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, Final, Literal, cast
from urllib.parse import urlencode

from fastapi import Depends, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from nenghao.access.trail import note_refusal
from nenghao.config import Settings
from nenghao.console.failures import failure_page, failure_part, refused_words
from nenghao.console.forms import Form, RequestRefused, check_csrf, check_origin, read_form
from nenghao.console.languages import address_of, language_of
from nenghao.console.rules import Rule
from nenghao.console.visits import Handler, Visit
from nenghao.db.errors import NotPermitted, driver_errors
from nenghao.db.people import NobodySignedIn, Pool, as_person
from nenghao.errors import DataRefused, RetryableError

LOG: Final = logging.getLogger(__name__)

Method = Literal["GET", "POST"]
#: What somebody may open whose first password has to be changed.
MAY_COME_FIRST: Final = ("password", "password.page")


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """One route with its rule."""

    method: Method
    path: str
    name: str
    rule: Rule
    handler: Handler
    templates: tuple[Path, ...]


@dataclass(slots=True)
class Pages:
    """The routes of one part of the console. `templates` is the folder of an outer package that brings its own."""

    prefix: str
    templates: tuple[Path, ...] = ()
    declared: list[Declared] = field(default_factory=list)

    def get(self, path: str, *, name: str, rule: Rule) -> Callable[[Handler], Handler]:
        """Declare a page."""
        return self._declare("GET", path, name, rule)

    def post(self, path: str, *, name: str, rule: Rule) -> Callable[[Handler], Handler]:
        """Declare an act; its handler takes `form` as its second argument."""
        return self._declare("POST", path, name, rule)

    def _declare(self, method: Method, path: str, name: str, rule: Rule) -> Callable[[Handler], Handler]:
        def declare(handler: Handler) -> Handler:
            self.declared.append(
                Declared(
                    method=method,
                    path=self.prefix + path,
                    name=name,
                    rule=rule,
                    handler=handler,
                    templates=self.templates,
                )
            )
            return handler

        return declare


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What every request needs of the process."""

    settings: Settings
    pool: Pool
    cookie: str


@contextmanager
def visiting(house: House, request: Request, route: str, templates: tuple[Path, ...] = ()) -> Iterator[Visit]:
    """One transaction in the name of whoever the request's cookie stands for.

    Raises: NobodySignedIn, RetryableError.
    """
    secret = request.cookies.get(house.cookie, "")
    idle_s = house.settings.session_idle_s
    with as_person(house.pool, secret, route=route, address=address_of(request), idle_s=idle_s) as (conn, person):
        yield Visit(
            request=request,
            settings=house.settings,
            conn=conn,
            person=person,
            secret=secret,
            now=datetime.now(UTC),
            language=language_of(request, person.language),
            templates=templates,
        )


class _RolledBack(Exception):  # noqa: N818 - it carries an answer out of the transaction; nothing went wrong
    def __init__(self, response: Response) -> None:
        super().__init__(response.status_code)
        self.response = response


def endpoint_of(declared: Declared, house: House) -> Callable[..., Response]:
    """The function that FastAPI calls for a declared route: it has the handler's path and query parameters."""
    handler = declared.handler
    wanted = inspect.signature(handler, eval_str=True)
    own = [one for name, one in wanted.parameters.items() if name not in ("visit", "form")]
    is_posted = declared.method == "POST"

    @wraps(handler)
    def endpoint(request: Request, form: Form | None = None, **given: Any) -> Response:
        return _Round(declared, house, request).answer(form, given)

    kept = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in own]
    first = [inspect.Parameter("request", inspect.Parameter.KEYWORD_ONLY, annotation=Request)]
    if is_posted:
        posted = Annotated[Form, Depends(read_form)]
        first.append(inspect.Parameter("form", inspect.Parameter.KEYWORD_ONLY, annotation=posted))
    signed = cast("Any", endpoint)
    signed.__signature__ = inspect.Signature([*first, *kept])
    del signed.__wrapped__  # FastAPI would look through it at the handler's own signature
    return endpoint


@dataclass(frozen=True, slots=True)
class _Round:
    """One request, from the cookie to the answer."""

    declared: Declared
    house: House
    request: Request

    def answer(self, form: Form | None, given: dict[str, Any]) -> Response:
        secret = self.request.cookies.get(self.house.cookie, "")
        try:
            if form is not None:
                check_origin(self.request, self.house.settings.console_url)
                check_csrf(self.request, form, secret)
            with driver_errors():
                return self._in_transaction(form, given)
        except RetryableError as away:
            LOG.warning("the database is away: %s", away)
            return failure_page(self.request, 503)
        except NobodySignedIn:
            return to_sign_in(self.request)
        except _RolledBack as rolled_back:
            self._note(secret, rolled_back.response.status_code)
            return rolled_back.response
        except RequestRefused as refused:
            return failure_page(self.request, refused.status, refused_words(refused, language_of(self.request)))

    def _in_transaction(self, form: Form | None, given: dict[str, Any]) -> Response:
        with visiting(self.house, self.request, self.declared.name, self.declared.templates) as visit:
            person = visit.person
            if person.must_change and self.declared.name not in MAY_COME_FIRST:
                raise _RolledBack(RedirectResponse("/password", status_code=303))
            if not self.declared.rule.allows(person):
                raise _RolledBack(failure_page(self.request, 403, person=person))
            try:
                with driver_errors():
                    response = self.declared.handler(visit, *(() if form is None else (form,)), **given)
            except NotPermitted as refused:
                LOG.warning("%s for %s: %s", self.declared.name, person.login, refused)
                response = failure_page(self.request, 403, person=person)
            except HTTPException as gone:
                # Answered here, so that an attempt on what is another's is in the trail.
                response = failure_page(self.request, gone.status_code, person=person)
            except DataRefused as refused:
                words = refused_words(refused, visit.language)
                tell = failure_part if visit.is_partial else failure_page
                response = tell(self.request, 422, words, person=person)
            if response.status_code >= 400:
                raise _RolledBack(response)
            return response

    def _note(self, secret: str, status: int) -> None:
        """A refused request leaves a row of its own, since its transaction leaves none."""
        if status >= 400:
            with driver_errors():
                note_refusal(
                    self.house.pool,
                    secret,
                    route=self.declared.name,
                    address=address_of(self.request),
                    unit_id=None,
                    what=f"{self.request.method} {self.request.url.path}",
                    kind="view" if self.request.method == "GET" else "act",
                    outcome="failed" if status >= 500 else "refused",
                )


def to_sign_in(request: Request) -> Response:
    """To the sign-in page, and back from there where nothing was posted."""
    path = request.url.path if request.method == "GET" else "/"
    if request.url.query and request.method == "GET":
        path += f"?{request.url.query}"
    where = f"/sign-in?{urlencode({'next': path})}" if path != "/" else "/sign-in"
    if "hx-request" in request.headers:
        return Response(status_code=401, headers={"HX-Redirect": where})
    return RedirectResponse(where, status_code=303)
