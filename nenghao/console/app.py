"""Builds the console: every part's routes with their rules, the headers that browsers obey, failures as pages."""

import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.staticfiles import StaticFiles

from nenghao.config import Settings
from nenghao.console.failures import failure_page
from nenghao.console.limits import LimitBody
from nenghao.console.pages import Declared, House, Pages, endpoint_of
from nenghao.db.people import open_pool

LOG: Final = logging.getLogger(__name__)
#: Our own parts; outer packages add theirs by the entry point group.
PARTS: Final = ("sign_in", "procedure", "cases", "bureau", "unit", "admin", "api")
ENTRY_POINTS: Final = "nenghao.console"
Proceed = Callable[[Request], Awaitable[Response]]
STATIC: Final = Path(__file__).parent / "static"

#: Nothing from elsewhere, nothing inline, no frames around us, forms to ourselves only.
CONTENT_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS: Final = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}


def create_app(settings: Settings) -> FastAPI:
    """The console of these settings; its pool opens and closes with it.

    Raises: ValueError where a route has no rule, two routes have one name, or a path is declared twice.
    """
    is_tls = settings.console_url.startswith("https://")
    # The prefix binds the cookie to this very host; browsers take it over TLS only.
    cookie = "__Host-nenghao" if is_tls else "nenghao"
    pool = open_pool(settings, settings.console_connections)

    @asynccontextmanager
    async def living(_: FastAPI) -> Any:
        yield
        pool.close()

    app = FastAPI(title="nenghao", docs_url=None, redoc_url=None, openapi_url=None, lifespan=living)
    app.state.settings, app.state.pool, app.state.cookie = settings, pool, cookie
    house = app.state.house = House(settings=settings, pool=pool, cookie=cookie)
    declared = [one for pages in _all_pages() for one in pages.declared]
    _refuse_doubles(declared)
    for one in declared:
        _install(app, one, house)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    for install in _installers():
        install(app)
    _answer_failures(app)
    app.middleware("http")(_with_headers(is_tls=is_tls))
    app.add_middleware(LimitBody, max_bytes=settings.console_upload_max_bytes)
    refuse_unruled(app.routes)
    return app


def _all_pages() -> Iterator[Pages]:
    for part in PARTS:
        name = f"nenghao.console.{part}.routes"
        if find_spec(f"nenghao.console.{part}") is not None and find_spec(name) is not None:
            found = getattr(import_module(name), "PAGES", ())
            yield from found if isinstance(found, tuple) else (found,)
    for point in sorted(entry_points(group=ENTRY_POINTS), key=lambda each: each.name):
        yield point.load()


def _installers() -> Iterator[Callable[[FastAPI], None]]:
    """Parts that are more than pages (the API, the health of the process) put themselves in: `install(app)`."""
    for part in PARTS:
        name = f"nenghao.console.{part}.routes"
        if find_spec(f"nenghao.console.{part}") is not None and find_spec(name) is not None:
            install = getattr(import_module(name), "install", None)
            if install is not None:
                yield install


def _refuse_doubles(declared: Iterable[Declared]) -> None:
    names: set[str] = set()
    places: set[tuple[str, str]] = set()
    for one in declared:
        place = (one.method, one.path)
        if one.name in names or place in places:
            raise ValueError(f"route {one.name} {place}: declared twice")
        names.add(one.name)
        places.add(place)


def _install(app: FastAPI, declared: Declared, house: House) -> None:
    app.router.add_api_route(
        declared.path or "/",
        endpoint_of(declared, house),
        methods=[declared.method],
        name=declared.name,
        response_model=None,
        include_in_schema=False,
    )
    route: Any = app.router.routes[-1]
    route.rule = declared.rule


def refuse_unruled(routes: Iterable[BaseRoute]) -> None:
    """Nothing is served that nobody gave a rule.

    Raises: ValueError naming such routes.
    """
    without = [
        getattr(route, "path", "?")
        for route in routes
        if getattr(route, "rule", None) is None and getattr(route, "name", "") != "static"
    ]
    if without:
        raise ValueError(f"routes without a rule: {', '.join(without)}")


def _answer_failures(app: FastAPI) -> None:
    @app.exception_handler(HTTPException)
    async def failed(request: Request, error: HTTPException) -> Response:
        return failure_page(request, error.status_code)

    @app.exception_handler(RequestValidationError)
    async def unreadable(request: Request, _: RequestValidationError) -> Response:
        return failure_page(request, 400)

    @app.exception_handler(Exception)
    async def broken(request: Request, error: Exception) -> Response:
        LOG.error("%s %s failed", request.method, request.url.path, exc_info=error)
        # It is answered outside of everything that adds headers.
        page = failure_page(request, 500)
        page.headers.update(HEADERS)
        return page


def _with_headers(*, is_tls: bool) -> Callable[[Request, Proceed], Awaitable[Response]]:
    async def add(request: Request, proceed: Proceed) -> Response:
        response = await proceed(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if request.url.path.startswith("/static/"):
            response.headers["Cache-Control"] = "public, max-age=3600"
        if is_tls:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        return response

    return add
