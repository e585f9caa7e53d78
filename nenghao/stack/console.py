"""The console: how it is started, and a check that it answers. What it shows is its own."""

import sys
import urllib.request
from http import HTTPStatus
from pathlib import Path

from nenghao.stack.spec import Component
from nenghao.stack.supervisor import Program

EXECUTABLE = Path(sys.executable).parent / "nenghao"
ANSWER_TIMEOUT_S = 5


def program(environment: dict[str, str]) -> Program:
    """How the console is started; it answers what it has taken before it ends."""
    return Program(
        component=Component.CONSOLE,
        command=(str(EXECUTABLE), "console", "serve"),
        environment=environment,
        priority=30,
        start_s=2,
    )


def address(port: int) -> str:
    """Where people reach it."""
    return f"http://127.0.0.1:{port}"


def problem(port: int) -> str | None:
    """Why the console does not answer, or has no database; None where it does."""
    try:
        with urllib.request.urlopen(  # noqa: S310 - our own 127.0.0.1
            f"{address(port)}/healthz", timeout=ANSWER_TIMEOUT_S
        ) as answer:
            return None if answer.status == HTTPStatus.OK else f"it answers {answer.status}"
    except OSError as error:
        return str(error)
