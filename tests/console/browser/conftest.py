"""One Chromium a session; each test's people have a context of their own, whose pages must not break any house rule."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, Error, FilePayload, Locator, Page, Request

from demo.chromium import chromium
from nenghao.labels import Language, label
from tests.console.conftest import Console
from tests.console.seed import PASSWORD

AXE = (Path(__file__).parent.parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
#: What the issue asks of every page.
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
DESK = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
#: Set before any script of a page runs, so that no violation is missed.
WATCH_POLICY = """
addEventListener('securitypolicyviolation', (event) =>
  console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
"""
#: Chromium tells of every answer of 400 and above as an error; refusals are answers that tests ask for.
EXPECTED_ERROR = "Failed to load resource: the server responded with a status of 4"


@pytest.fixture(scope="session")
def browser() -> Iterator[Chromium]:
    """The one browser."""
    with chromium() as running:
        yield running


@dataclass(slots=True)
class Seat:
    """One person at one screen: a signed-in context with one page."""

    page: Page
    host: str
    language: Language
    faults: list[str] = field(default_factory=list)
    looked_at: set[str] = field(default_factory=set)

    def t(self, key: str, **values: object) -> str:
        """The text of a label in this person's language."""
        return label(key, self.language, **values)

    def go(self, path: str) -> Page:
        """Open a page, which must come, and look at it as `look` does."""
        answer = self.page.goto(self.host + path)
        assert answer is not None
        assert answer.status == 200, f"{path}: {answer.status}\n{self.page.inner_text('body')[:2000]}"
        self.look()
        return self.page

    def look(self) -> None:
        """Check the page by axe, once for each address; nobody hovers, so motion and fonts are settled first."""
        path = urlsplit(self.page.url).path
        if path in self.looked_at:
            return
        self.looked_at.add(path)
        # Evaluated by the tool, not put into the page: the page's policy would not let it run.
        self.page.evaluate(AXE)
        found = self.page.evaluate(
            "(tags) => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})"
            ".then((result) => result.violations.map((one) => ({id: one.id, nodes: one.nodes.map((node) =>"
            " node.target.join(' ') + ': ' + node.failureSummary)})))",
            STANDARDS,
        )
        assert not found, f"{path}: {json.dumps(found, ensure_ascii=False, indent=1)[:4000]}"

    def button(self, key: str, **values: object) -> Locator:
        """A button by its label's key."""
        return self.page.get_by_role("button", name=self.t(key, **values), exact=True)

    def link(self, key: str, **values: object) -> Locator:
        """A link by its label's key."""
        return self.page.get_by_role("link", name=self.t(key, **values), exact=True)

    def field(self, key: str, **values: object) -> Locator:
        """A form field by the key of its label."""
        return self.page.get_by_label(self.t(key, **values))

    def text(self) -> str:
        """What the main part of the page says."""
        return self.page.locator("main").inner_text()

    def do(self, path: str, **fields: str | Sequence[str] | FilePayload) -> str:
        """Fill the form that posts to where `path` leads, and send it; what the page says then.

        Fields are named as they are posted, so that one story serves both languages; a list fills fields of one name in
        their order. Refused where the page that comes says so.
        """
        form = self.page.locator(f"form[action$='{path}']").first
        form.wait_for(state="attached")
        form.evaluate("(it) => { for (; it; it = it.parentElement) if (it.tagName === 'DETAILS') it.open = true; }")
        for name, value in fields.items():
            place = form.locator(f"[name='{name}']")
            if isinstance(value, dict):
                place.set_input_files(value)
            elif isinstance(value, str):
                _fill(place.first, value)
            else:
                for number, one in enumerate(value):
                    _fill(place.nth(number), one)
        # The form itself goes, whether the page is loaded anew or only a part of it is swapped.
        shown = form.element_handle()
        with self.page.expect_response(lambda answer: answer.request.method == "POST") as sent:
            form.locator("button").last.click()
        assert sent.value.status < 400, f"{path}: {sent.value.status}\n{self.text()[:3000]}"
        for _ in range(150):
            try:
                if not shown.evaluate("(it) => it.isConnected"):
                    break
            except Error:  # its page is gone
                break
            self.page.wait_for_timeout(100)
        self.page.wait_for_load_state("networkidle")
        self.look()
        return self.text()


def _fill(place: Locator, value: str) -> None:
    if place.evaluate("(it) => it.tagName") == "SELECT":
        place.select_option(value)
    else:
        place.fill(value)


@dataclass(slots=True)
class Room:
    """Seats people at the screens of one console, in one language."""

    browser: Chromium
    console: Console
    seats: dict[tuple[str, Language, bool], Seat] = field(default_factory=dict)
    contexts: list[BrowserContext] = field(default_factory=list)

    def seat(self, login: str, language: Language = "zh", *, is_phone: bool = False) -> Seat:
        """Somebody's own browser, signed in by the sign-in page the first time."""
        known = self.seats.get((login, language, is_phone))
        if known is not None:
            return known
        seat = self._open(language, is_phone=is_phone)
        seat.go(f"/sign-in?lang={language}")
        seat.field("console.sign_in.login").fill(login)
        seat.field("console.sign_in.password").fill(PASSWORD)
        seat.button("console.sign_in.do").click()
        seat.page.wait_for_url(lambda url: "/sign-in" not in url)
        seat.look()
        self.seats[login, language, is_phone] = seat
        return seat

    def stranger(self, language: Language = "zh") -> Seat:
        """Somebody who has not signed in."""
        return self._open(language, is_phone=False)

    def _open(self, language: Language, *, is_phone: bool) -> Seat:
        context = self.browser.new_context(
            viewport=PHONE if is_phone else DESK,  # type: ignore[arg-type]  # its own TypedDict
            locale="zh-CN" if language == "zh" else "en-GB",
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
            accept_downloads=True,
        )
        context.set_default_timeout(15_000)
        context.add_init_script(WATCH_POLICY)
        self.contexts.append(context)
        page = context.new_page()
        seat = Seat(page=page, host=self.console.url, language=language)
        page.on("request", lambda request: self._judge_request(seat, request))
        page.on("pageerror", lambda error: seat.faults.append(f"{page.url}: {error}"))
        page.on(
            "console",
            lambda message: (
                seat.faults.append(f"{page.url}: {message.text}")
                if message.type == "error" and EXPECTED_ERROR not in message.text
                else None
            ),
        )
        return seat

    def _judge_request(self, seat: Seat, request: Request) -> None:
        if not request.url.startswith((self.console.url, "data:", "blob:")):
            seat.faults.append(f"{seat.page.url}: asks {request.url}")

    def close(self) -> list[str]:
        """Close every context; what went wrong in any of them."""
        faults = [fault for context_seat in self.seats.values() for fault in context_seat.faults]
        for context in self.contexts:
            context.close()
        return faults


@pytest.fixture(scope="module")
def room(browser: Chromium, console: Console) -> Iterator[Room]:
    """Everybody's seats; at the end no script failed, nothing was asked of another host, no policy was violated."""
    made = Room(browser=browser, console=console)
    yield made
    assert made.close() == []


@pytest.fixture
def seat(room: Room) -> Callable[..., Seat]:
    """Somebody's seat."""
    return room.seat
