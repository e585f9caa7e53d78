"""Signing in and out, one's own password and language, the way home; the only pages that nobody has to be known for."""

from secrets import token_urlsafe
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from fastapi import Depends, FastAPI, Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from nenghao.access.sessions import SignInRefused, change_password, csrf_of, sign_in, sign_out
from nenghao.console.failures import failure_page, refused_words
from nenghao.console.forms import Form, RequestRefused, check_csrf, check_origin, read_form
from nenghao.console.languages import LANGUAGE_COOKIE, address_of, language_of
from nenghao.console.pages import House, Pages, to_sign_in, visiting
from nenghao.console.rendering import render
from nenghao.console.rules import PUBLIC, SIGNED_IN
from nenghao.console.visits import Visit
from nenghao.db.errors import driver_errors
from nenghao.db.people import NobodySignedIn, as_nobody
from nenghao.errors import DataRefused, NenghaoError, RetryableError
from nenghao.labels import Language, label

PAGES = Pages("")
#: Ties the form of the sign-in page to the browser that asked for it; it is worth nothing else.
DOOR_COOKIE: Final = "nenghao-door"
Posted = Annotated[Form, Depends(read_form)]


def install(app: FastAPI) -> None:
    """Put in the routes that are open to everybody."""
    for method, path, name, endpoint in (
        ("GET", "/sign-in", "sign_in.page", show_sign_in),
        ("POST", "/sign-in", "sign_in", do_sign_in),
        ("POST", "/sign-out", "sign_out", do_sign_out),
        ("POST", "/language", "language", choose_language),
        ("POST", "/password", "password", do_change_password),
        ("GET", "/healthz", "healthz", say_health),
    ):
        app.router.add_api_route(path, endpoint, methods=[method], name=name, response_model=None)
        route: Any = app.router.routes[-1]
        route.rule = SIGNED_IN if name == "password" else PUBLIC


def show_sign_in(request: Request, lang: str = "", next: str = "/") -> Response:  # noqa: A002 - the word in the address
    """The sign-in page."""
    response = _sign_in_page(request, where=next, lang=lang)
    if lang in ("zh", "en"):
        _keep_language(request, response, lang)
    return response


def do_sign_in(request: Request, form: Posted) -> Response:
    """Sign in: a new session under a new secret, whatever the browser brought."""
    settings, state = request.app.state.settings, request.app.state
    language = language_of(request)
    where = own_path(form.text("next"))
    try:
        check_origin(request, settings.console_url)
        check_csrf(request, form, request.cookies.get(DOOR_COOKIE, ""))
        with driver_errors():
            begun = sign_in(
                state.pool,
                form.text("login"),
                dict(form.fields).get("password", ""),
                address=address_of(request),
                settings=settings,
            )
    except RequestRefused as refused:
        words = refused_words(refused, language)
        return _sign_in_page(request, where=where, login=form.text("login"), wrong=words, status=422)
    except RetryableError:
        return failure_page(request, 503)
    if isinstance(begun, SignInRefused):
        key = "console.sign_in.wait" if begun.wait_s else "console.sign_in.wrong"
        words = label(key, language, **({"seconds": begun.wait_s} if begun.wait_s else {}))
        return _sign_in_page(request, where=where, login=form.text("login"), wrong=words, status=422)
    response = RedirectResponse("/password" if begun.must_change else where, status_code=303)
    response.set_cookie(
        state.cookie, begun.token, httponly=True, samesite="lax", secure=_is_tls(request), path="/"
    )  # no end of its own: it ends with the browser, and at the server earlier
    response.delete_cookie(DOOR_COOKIE, path="/sign-in")
    return response


def do_sign_out(request: Request, form: Posted) -> Response:
    """End the session at the server, and forget it in the browser."""
    state = request.app.state
    secret = request.cookies.get(state.cookie, "")
    try:
        check_origin(request, state.settings.console_url)
        check_csrf(request, form, secret)
        with driver_errors():
            sign_out(state.pool, secret, address=address_of(request))
    except RequestRefused as refused:
        return failure_page(request, refused.status, refused_words(refused, language_of(request)))
    response = RedirectResponse("/sign-in?notice=signed_out", status_code=303)
    response.delete_cookie(state.cookie, path="/", secure=_is_tls(request), httponly=True, samesite="lax")
    return response


def choose_language(request: Request, form: Posted) -> Response:
    """Keep the reader's language."""
    response = RedirectResponse(own_path(form.text("back")), status_code=303)
    try:
        check_origin(request, request.app.state.settings.console_url)
    except RequestRefused as refused:
        return failure_page(request, refused.status, refused_words(refused, language_of(request)))
    if form.text("language") in ("zh", "en"):
        _keep_language(request, response, form.text("language"))
    return response


def say_health(request: Request) -> Response:
    """Whether the console reaches its database: for the supervisor, without a word about anybody."""
    try:
        with driver_errors(), as_nobody(request.app.state.pool):
            pass  # it spoke to the database
    except NenghaoError:
        return PlainTextResponse("database away", status_code=503)
    return PlainTextResponse("ok")


@PAGES.get("/", name="home", rule=SIGNED_IN)
def show_home(visit: Visit) -> Response:
    """To the first page of the person's menu."""
    doors = visit.doors
    return visit.go(doors.first) if doors.first is not None else visit.page("sign_in/home.html")


@PAGES.get("/password", name="password.page", rule=SIGNED_IN)
def show_password(visit: Visit) -> Response:
    """The page for one's own password."""
    return visit.page("sign_in/password.html", wrong=None)


def do_change_password(request: Request, form: Posted) -> Response:
    """Change one's own password, in transactions of its own: an attempt is kept, whatever comes of it."""
    house: House = request.app.state.house
    secret = request.cookies.get(house.cookie, "")
    given = dict(form.fields)
    try:
        check_origin(request, house.settings.console_url)
        check_csrf(request, form, secret)
        with driver_errors():
            if given.get("new") != given.get("again"):
                raise RequestRefused("passwords_unlike")
            change_password(house.pool, secret, given.get("old", ""), given.get("new", ""), address=address_of(request))
    except NobodySignedIn:
        return to_sign_in(request)
    except RetryableError:
        return failure_page(request, 503)
    except DataRefused as refused:
        if getattr(refused, "status", 422) == 403:
            return failure_page(request, 403, refused_words(refused, language_of(request)))
        with driver_errors(), visiting(house, request, "password.page") as visit:
            return visit.page("sign_in/password.html", 422, wrong=refused_words(refused, visit.language))
    return RedirectResponse("/?notice=password_changed", status_code=303)


def own_path(wish: str) -> str:
    """A path on this site, or the start: a sign-in page must not send anybody elsewhere."""
    try:
        parts = urlsplit(wish)
    except ValueError:
        return "/"
    is_own = wish.startswith("/") and not wish.startswith(("//", "/\\")) and not parts.netloc and not parts.scheme
    return wish if is_own and "\\" not in wish and "\n" not in wish and "\r" not in wish else "/"


def _sign_in_page(
    request: Request, *, where: str, login: str = "", wrong: str | None = None, status: int = 200, lang: str = ""
) -> HTMLResponse:
    language: Language = "zh" if lang == "zh" else "en" if lang == "en" else language_of(request)
    door = request.cookies.get(DOOR_COOKIE) or token_urlsafe(32)
    notice = request.query_params.get("notice")
    values = {
        "person": None,
        "csrf": csrf_of(door),
        "doors": None,
        "here": "/sign-in",
        "notice": notice,
        "query": request.query_params,
        "next": own_path(where),
        "login": login,
        "wrong": wrong,
    }
    response = HTMLResponse(render("sign_in/sign_in.html", language, values), status)
    response.set_cookie(
        DOOR_COOKIE, door, httponly=True, samesite="strict", secure=_is_tls(request), path="/sign-in", max_age=3600
    )
    return response


def _keep_language(request: Request, response: Response, language: str) -> None:
    response.set_cookie(
        LANGUAGE_COOKIE, language, httponly=True, samesite="lax", secure=_is_tls(request), path="/", max_age=31_536_000
    )


def _is_tls(request: Request) -> bool:
    return str(request.app.state.settings.console_url).startswith("https://")
