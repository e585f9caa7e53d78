"""Signing in: a new secret each time, nothing told to strangers, nowhere else to be sent."""

import asyncio
import re

import httpx
import psycopg
import pytest

from nenghao.access.sessions import csrf_of
from nenghao.config import Role
from nenghao.console.app import create_app
from nenghao.console.sign_in.routes import own_path
from nenghao.db.connection import conninfo
from tests.console.conftest import Console
from tests.console.seed import PASSWORD


def cookie_of(client: httpx.Client) -> str:
    return client.cookies.get("nenghao", "") or ""


def test_a_session_that_was_brought_along_is_not_taken_over(console: Console) -> None:
    """Session fixation: the secret after signing in is another one, and the one that was planted opens nothing."""
    browser = console.stranger()
    browser.client.cookies.set("nenghao", "planted")
    answer = browser.post("/sign-in", {"login": "stat15", "password": PASSWORD, "next": "/"}, page="/sign-in")
    assert answer.status_code == 303
    again = console.stranger()
    again.client.cookies.set("nenghao", "planted")
    assert again.get("/password").headers["location"].startswith("/sign-in")


def test_signing_out_ends_the_session_at_the_server(console: Console) -> None:
    browser = console.sign_in("stat15")
    secret = cookie_of(browser.client)
    assert browser.get("/password").status_code == 200
    assert browser.post("/sign-out").status_code == 303
    thief = console.stranger()
    thief.client.cookies.set("nenghao", secret)
    assert thief.get("/password").status_code == 303


def test_the_answer_does_not_tell_who_has_an_account(console: Console) -> None:
    told = []
    for login in ("stat1502", "nobody-at-all"):
        answer = console.stranger().post("/sign-in", {"login": login, "password": "wrong wrong wrong"}, page="/sign-in")
        assert answer.status_code == 422
        told.append(re.findall(r'role="alert">([^<]+)<', answer.text))
    assert told[0] == told[1] != []


@pytest.mark.parametrize(
    ("wish", "place"),
    [
        ("/cases?page=2", "/cases?page=2"),
        ("//evil.example/", "/"),
        ("https://evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("//[", "/"),
        ("", "/"),
    ],
)
def test_signing_in_sends_nobody_elsewhere(wish: str, place: str) -> None:
    assert own_path(wish) == place


def test_a_form_from_elsewhere_is_refused(console: Console) -> None:
    browser = console.sign_in("stat15")
    form = {"csrf": csrf_of(cookie_of(browser.client))}
    for headers in ({"origin": "https://evil.example"}, {"origin": "http://["}, {"sec-fetch-site": "cross-site"}):
        assert browser.client.post("/sign-out", data=form, headers=headers).status_code == 403
    assert browser.get("/password").status_code == 200


def test_what_no_text_can_hold_is_nobody_and_no_failure(console: Console) -> None:
    """PostgreSQL has no NUL: a login, a secret and a bearer token with one are unknown like any other."""
    answer = console.stranger().post("/sign-in", {"login": "stat15\0", "password": "x"}, page="/sign-in")
    assert answer.status_code == 422
    for headers in ({"cookie": r'nenghao="\000"'}, {"cookie": r'nenghao="planted\000"'}):
        assert console.stranger().client.get("/password", headers=headers).status_code == 303
        assert console.stranger().client.get("/api/v1/units", headers=headers).status_code == 401


def test_an_attempt_with_what_no_text_can_hold_is_in_the_trail(console: Console) -> None:
    browser = console.sign_in("stat15")
    assert browser.get("/admin/users/x%00").status_code == 403
    assert browser.get("/bureau/x%00/2026-10").status_code in (404, 422)
    assert browser.get("/api/v1/units/x%00").status_code in (404, 422)
    with psycopg.connect(conninfo(console.settings, Role.OWNER)) as conn:
        kept = conn.execute("SELECT subject FROM access_trail WHERE outcome = 'refused'").fetchall()
    tried = {("GET /admin/users/x?",), ("GET /bureau/x?/2026-10",)}
    assert tried <= {(subject.replace("\N{REPLACEMENT CHARACTER}", "?"),) for (subject,) in kept}


def test_a_page_about_a_failure_of_ours_is_as_strict_as_any(console: Console) -> None:
    app = create_app(console.settings)

    def broken() -> None:
        raise ZeroDivisionError("42.17 MWh")

    app.router.add_api_route("/broken", broken)

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=console.url) as client:
            return await client.get("/broken")

    try:
        answer = asyncio.run(ask())
    finally:
        app.state.pool.close()
    assert answer.status_code == 500
    assert "42.17" not in answer.text
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"


def test_browsers_are_told_to_take_nothing_from_elsewhere(console: Console) -> None:
    answer = console.stranger().get("/sign-in")
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert '"allowEval":false' in answer.text
    assert "<script>" not in answer.text
    assert " style=" not in answer.text
    cookies = answer.headers["set-cookie"].lower()
    assert "httponly" in cookies
    assert "samesite=strict" in cookies


def test_a_request_larger_than_the_limit_is_refused_unread(console: Console) -> None:
    limit = console.settings.console_upload_max_bytes
    answer = console.stranger().client.post("/sign-in", content=b"x" * (limit + 1))
    assert answer.status_code == 413


def test_the_language_is_the_readers(console: Console) -> None:
    stranger = console.stranger()
    assert 'lang="zh-CN"' in stranger.get("/sign-in").text
    assert 'lang="en"' in stranger.client.get("/sign-in", headers={"accept-language": "en-GB,en;q=0.9"}).text
    assert 'lang="en"' in stranger.get("/sign-in", lang="en").text
    assert 'lang="en"' in stranger.get("/sign-in").text


def test_failures_are_pages_in_the_readers_language(console: Console) -> None:
    answer = console.sign_in("stat15").get("/no/such/page")
    assert answer.status_code == 404
    assert "没有这个页面" in answer.text


def test_health_says_nothing_about_anybody(console: Console) -> None:
    answer = console.stranger().get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok")
