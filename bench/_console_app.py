"""The real console as the bench serves it: every answer tells how long it took here and how many statements it sent.

    python -m bench._console_app

Counting wraps the driver's cursors in this process only; the product knows nothing of it.
"""

import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import psycopg
import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from nenghao.config import load_settings
from nenghao.console.app import create_app

#: What the request that is answered sent so far; threads of one request share the list.
SENT: ContextVar[list[int] | None] = ContextVar("sent", default=None)


class Told:
    """Adds `x-bench-ms` and `x-bench-queries` to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        sent: list[int] = []
        SENT.set(sent)
        started = time.perf_counter()

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                ms = (time.perf_counter() - started) * 1000
                extra = [(b"x-bench-ms", f"{ms:.2f}".encode()), (b"x-bench-queries", str(len(sent)).encode())]
                message = {**message, "headers": [*message.get("headers", ()), *extra]}
            await send(message)

        await self._app(scope, receive, told)


def count_statements() -> None:
    """From now on every statement that a cursor sends is counted for its request."""
    for name in ("execute", "executemany", "copy"):
        setattr(psycopg.Cursor, name, _counted(getattr(psycopg.Cursor, name)))


def _counted(send: Callable[..., Any]) -> Callable[..., Any]:
    def counted(*words: Any, **more: Any) -> Any:
        sent = SENT.get()
        if sent is not None:
            sent.append(1)
        return send(*words, **more)

    return counted


def main() -> None:
    settings = load_settings()
    count_statements()
    app = create_app(settings)
    uvicorn.run(
        Told(app), host=settings.console_host, port=settings.console_port, access_log=False, log_level="warning",
        server_header=False,
    )  # fmt: skip


if __name__ == "__main__":
    main()
