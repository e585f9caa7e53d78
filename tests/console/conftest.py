"""The real console in a thread of this process, on a migrated database with a small province, and its visitors."""

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import httpx
import pytest
import uvicorn

from nenghao.config import Settings
from nenghao.console.app import create_app
from tests.console.seed import PASSWORD, seed_people, seed_units

CSRF = re.compile(r'name="csrf" value="([0-9a-f]{64})"')


@dataclass(frozen=True, slots=True)
class Browser:
    """One person's browser without JavaScript."""

    client: httpx.Client

    def get(self, path: str, **params: object) -> httpx.Response:
        """A page, redirects not followed."""
        return self.client.get(path, params={key: str(value) for key, value in params.items()} or None)

    def csrf(self, path: str = "/password") -> str:
        """The CSRF value of a page."""
        found = CSRF.search(self.client.get(path, follow_redirects=True).text)
        assert found, f"no form on {path}"
        return found.group(1)

    def post(
        self, path: str, data: dict[str, object] | None = None, *, files: object = None, page: str = "/password"
    ) -> httpx.Response:
        """Post a form with the CSRF value of a page."""
        return self.client.post(path, data={"csrf": self.csrf(page), **(data or {})}, files=files)  # type: ignore[arg-type]  # whatever httpx takes


@dataclass(frozen=True, slots=True)
class Console:
    """A running console and its settings."""

    settings: Settings
    #: Every browser that was opened, closed with the console.
    opened: list[httpx.Client] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Its address."""
        return self.settings.console_url

    def stranger(self) -> Browser:
        """Somebody who has not signed in."""
        self.opened.append(httpx.Client(base_url=self.url, timeout=60))
        return Browser(self.opened[-1])

    def sign_in(self, login: str, password: str = PASSWORD) -> Browser:
        """Somebody who has."""
        browser = self.stranger()
        answer = browser.post("/sign-in", {"login": login, "password": password, "next": "/"}, page="/sign-in")
        assert answer.status_code == 303, answer.text
        return browser


@pytest.fixture(scope="module")
def console(module_database: Settings) -> Iterator[Console]:
    """The console on a small province; each module has its own."""
    seed_units(module_database)
    seed_people(module_database)
    with serving(module_database) as running:
        yield running


@pytest.fixture(scope="module")
def browse(console: Console) -> Callable[[str], Browser]:
    """Sign somebody in by login; each signs in once a module."""
    known: dict[str, Browser] = {}

    def visit(login: str) -> Browser:
        if login not in known:
            known[login] = console.sign_in(login)
        return known[login]

    return visit


class serving:  # noqa: N801 - used as a context manager, like a function
    """Serve a console of these settings on a free port until the block ends."""

    def __init__(self, settings: Settings) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        port = self._socket.getsockname()[1]
        self._settings = settings.model_copy(
            update={"console_port": port, "console_url": f"http://127.0.0.1:{port}", "console_connections": 4}
        )

    def __enter__(self) -> Console:
        app = create_app(self._settings)
        self._server = uvicorn.Server(uvicorn.Config(app, access_log=False, log_level="warning"))
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True)
        self._thread.start()
        while not self._server.started:
            assert self._thread.is_alive(), "the console did not start"
            time.sleep(0.02)
        self._console = Console(self._settings)
        return self._console

    def __exit__(self, *_: object) -> None:
        for client in self._console.opened:
            client.close()
        self._server.should_exit = True
        self._thread.join(timeout=30)
        self._socket.close()
