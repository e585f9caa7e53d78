"""Pictures of the console's pages for the README, from the running demo: `scripts/screenshots`."""

import argparse
import io
import json
import sys
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page

from demo.chromium import chromium
from demo.people import FILE
from nenghao.config import PROJECT_ROOT
from nenghao.errors import ConfigError, NenghaoError
from nenghao.stack import Stack

IMAGES = PROJECT_ROOT / "docs" / "images"
LANGUAGES = ("zh", "en")
DESK = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 800}
#: Pages are quiet: so many colours show no difference, and a picture stays below MAX_BYTES.
COLOURS = 96
MAX_BYTES = 150_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One picture: who looks at which page; `follow` is a link on it that is taken first."""

    name: str
    login: str
    path: str
    follow: str | None = None
    is_phone: bool = False


SHOTS = (
    Shot(name="worklist", login="shenhe1", path="/cases"),
    Shot(name="case", login="shenhe1", path="/cases", follow="table tbody a[href^='/cases/']"),
    Shot(name="month", login="tongji", path="/bureau"),
    Shot(name="return", login="tongji", path="/bureau", follow="table tbody a[href^='/bureau/9']"),
    Shot(name="releases", login="tongji", path="/bureau/releases"),
    Shot(name="unit", login="guanli", path="/unit", is_phone=True),
)


def main() -> int:
    """Take them all; exit code 3 where no demo runs."""
    parser = argparse.ArgumentParser(prog="scripts/screenshots", description=__doc__)
    parser.add_argument("--to", type=Path, default=IMAGES, help="folder of the pictures; docs/images without it")
    parser.add_argument("names", nargs="*", choices=[[], *(shot.name for shot in SHOTS)], help="only these")
    arguments = parser.parse_args()
    try:
        take(Stack(), arguments.to, arguments.names)
    except NenghaoError as error:
        print(f"screenshots: {error}", file=sys.stderr)
        return 3
    return 0


def take(stack: Stack, folder: Path, names: list[str]) -> None:
    """Sign each person in once a language, and keep what they see."""
    people = stack.layout.root / "demo" / FILE
    if not people.exists() or not stack.is_running():
        raise ConfigError("no demo runs: start scripts/demo first")
    passwords: dict[str, str] = json.loads(people.read_text(encoding="utf-8"))
    folder.mkdir(parents=True, exist_ok=True)
    url = stack.settings().console_url
    chosen = [shot for shot in SHOTS if not names or shot.name in names]
    with chromium() as browser:
        for language in LANGUAGES:
            for login in dict.fromkeys(shot.login for shot in chosen):
                _take_of(browser, url, language, login, passwords[login], chosen, folder)


def _take_of(
    browser: Browser, url: str, language: str, login: str, password: str, shots: list[Shot], folder: Path
) -> None:
    context = browser.new_context(
        viewport=DESK,  # type: ignore[arg-type]  # its own TypedDict
        locale="zh-CN" if language == "zh" else "en-GB",
        timezone_id="Asia/Shanghai",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(f"{url}/sign-in?lang={language}")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda where: "/sign-in" not in where)
    for shot in shots:
        if shot.login == login:
            page.set_viewport_size(PHONE if shot.is_phone else DESK)  # type: ignore[arg-type]  # likewise
            size = _save(_open(page, url, shot), folder / f"{shot.name}.{language}.png")
            print(f"{shot.name}.{language}.png: {size // 1000} kB of {page.url}")
    context.close()


def _open(page: Page, url: str, shot: Shot) -> bytes:
    page.goto(url + shot.path)
    if shot.follow:
        page.goto(url + (page.locator(shot.follow).first.get_attribute("href") or ""))
    page.wait_for_load_state("networkidle")
    if page.locator(".chart").count():
        page.locator(".chart canvas").first.wait_for()
    return page.screenshot()


def _save(png: bytes, path: Path) -> int:
    """Keep a picture with few colours; how large it is.

    Raises: ConfigError where it is larger than a README should load.
    """
    image = Image.open(io.BytesIO(png)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    kept = io.BytesIO()
    image.save(kept, "PNG", optimize=True)
    if kept.tell() > MAX_BYTES:
        raise ConfigError(f"{path.name} has {kept.tell()} bytes, more than {MAX_BYTES}")
    path.write_bytes(kept.getvalue())
    return kept.tell()


if __name__ == "__main__":
    sys.exit(main())
