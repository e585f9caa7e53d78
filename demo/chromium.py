"""Debian's Chromium from the private prefix, with a Chinese font: for the browser tests and for screenshots."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.sax.saxutils import escape

from playwright.sync_api import Browser, sync_playwright

from nenghao.config import PROJECT_ROOT
from nenghao.errors import ConfigError

PREFIX = PROJECT_ROOT / ".run" / "prefix"
PROGRAM = PREFIX / "chromium" / "usr" / "lib" / "chromium" / "chromium"
FONTS = PREFIX / "fonts" / "usr" / "share" / "fonts"
#: Machines and containers often have little shared memory, and none of ours has a graphics card.
SWITCHES = ("--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking", "--no-first-run")


@contextmanager
def chromium() -> Iterator[Browser]:
    """One browser with a home of its own, which is removed afterwards; pages of it share nothing but by context.

    Only our own pages are opened, so it runs without its sandbox, which root and many containers cannot have.

    Raises: ConfigError where it is not set up.
    """
    if not PROGRAM.exists():
        raise ConfigError(f"{PROGRAM} is missing: run scripts/setup --browser")
    with tempfile.TemporaryDirectory(prefix="nenghao-browser-", ignore_cleanup_errors=True) as home:
        (Path(home) / "fonts.conf").write_text(font_configuration(FONTS, Path(home) / "cache"), encoding="utf-8")
        variables: dict[str, str | float | bool] = {
            **os.environ,
            "HOME": home,
            "XDG_CONFIG_HOME": home,
            "FONTCONFIG_FILE": f"{home}/fonts.conf",
            "LC_ALL": "C.UTF-8",
        }
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=PROGRAM, args=[*SWITCHES], env=variables)
            try:
                yield browser
            finally:
                browser.close()


def font_configuration(fonts: Path, cache: Path) -> str:
    """Fontconfig's file for fonts of one folder: the same on every machine, whatever is installed there."""
    return (
        '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n'
        f"<fontconfig><dir>{escape(str(fonts))}</dir><cachedir>{escape(str(cache))}</cachedir></fontconfig>\n"
    )
