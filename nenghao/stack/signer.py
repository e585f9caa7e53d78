"""The signer: how it is started, and a check that it answers. What it does is its own."""

import sys
import urllib.request
from http import HTTPStatus
from pathlib import Path

from nenghao.stack.spec import Component
from nenghao.stack.supervisor import Program

EXECUTABLE = Path(sys.executable).parent / "nenghao-signer"
ANSWER_TIMEOUT_S = 5


def program(environment: dict[str, str]) -> Program:
    """How the signer is started."""
    return Program(component=Component.SIGNER, command=(str(EXECUTABLE), "run"), environment=environment, priority=20)


def problem(port: int) -> str | None:
    """Why the signer does not answer; None where it does."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=ANSWER_TIMEOUT_S) as answer:
            return None if answer.status == HTTPStatus.OK else f"it answers {answer.status}"
    except OSError as error:
        return str(error)
