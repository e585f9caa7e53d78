"""The console as a component: it answers, it comes again, and it says where its database is away."""

import time

import httpx
import pytest

from nenghao.stack import Stack, console
from nenghao.stack.health import wait_healthy
from nenghao.stack.spec import Component


def test_console_answers_and_comes_again_when_it_is_killed(stack: Stack) -> None:
    port = stack.ports.console
    assert console.problem(port) is not None
    stack.start(Component.CONSOLE)
    try:
        assert stack.settings().console_url == console.address(port)
        page = httpx.get(f"{console.address(port)}/sign-in", timeout=10)
        assert "default-src" in page.headers["Content-Security-Policy"]
        first = stack.status()[Component.CONSOLE].pid
        stack.kill(Component.CONSOLE)
        while stack.status()[Component.CONSOLE].pid in {0, first}:
            time.sleep(0.1)
        wait_healthy(stack.layout, stack.ports, Component.CONSOLE)
        assert console.problem(port) is None
    finally:
        stack.stop(Component.CONSOLE)
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{console.address(port)}/sign-in", timeout=10)
