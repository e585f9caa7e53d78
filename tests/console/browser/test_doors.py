"""The doors of the console in a real browser: signing in and out, in both languages, by keyboard; what may not run."""

from collections.abc import Callable

import pytest

from nenghao.labels import Language
from tests.console.browser.conftest import Room, Seat


@pytest.mark.parametrize("language", ["zh", "en"])
def test_sign_in_is_sound_and_speaks_the_readers_language(room: Room, language: Language) -> None:
    seat = room.stranger(language)
    page = seat.go(f"/sign-in?lang={language}")
    assert page.locator("html").get_attribute("lang") == ("zh-CN" if language == "zh" else "en")
    seat.field("console.sign_in.login").fill("nobody")
    seat.field("console.sign_in.password").fill("not the password")
    seat.button("console.sign_in.do").click()
    page.get_by_role("alert").wait_for()
    assert page.get_by_label(seat.t("console.sign_in.login")).input_value() == "nobody"


def test_one_signs_in_by_keyboard_and_out_again(room: Room) -> None:
    seat = room.stranger()
    page = seat.go("/sign-in?lang=zh")
    page.keyboard.type("trail")
    page.keyboard.press("Tab")
    page.keyboard.type("a quiet Meter reads 96 slots")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    seat.button("console.base.sign_out").click()
    page.wait_for_url("**/sign-in**")
    assert page.goto(f"{seat.host}/password") is not None
    assert "/sign-in" in page.url


def test_what_is_put_into_a_page_does_not_run(room: Room, seat: Callable[..., Seat]) -> None:
    page = seat("stat15").page
    page.goto(f"{seat('stat15').host}/password")
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    # What an injection could leave behind: a script, a handler, a style, a picture from elsewhere.
    page.evaluate(
        """() => { const at = document.querySelector('main');
        const script = document.createElement('script'); script.textContent = 'window.wasRun = 1'; at.append(script);
        at.insertAdjacentHTML('beforeend', '<button id="trap" onclick="window.wasRun = 2">x</button>'
          + '<b hx-on:click="window.wasRun = 3" id="other">y</b><img src="https://elsewhere.example/x.png">');
        htmx.process(at); }"""
    )
    page.click("#trap")
    page.click("#other")
    assert page.evaluate("window.wasRun") is None
    assert sum("policy:" in text for text in told) >= 3
    room.seats["stat15", "zh", False].faults.clear()  # these were asked for


def test_forms_of_another_site_are_refused(room: Room, seat: Callable[..., Seat]) -> None:
    person = seat("stat15")
    answer = person.page.request.post(
        f"{person.host}/language", form={"language": "en", "back": "/"}, headers={"Origin": "https://elsewhere.example"}
    )
    assert answer.status == 403
