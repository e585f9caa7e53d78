"""Holds a request to a size before anything reads it."""

from typing import Final

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

TOO_LARGE: Final = 413


class LimitBody:
    """Refuses a request whose body is larger than `max_bytes`, whether it says so or not."""

    def __init__(self, app: ASGIApp, *, max_bytes: int) -> None:
        self._app, self._max_bytes = app, max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, counting."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        told = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        if not told.isdigit() or int(told) > self._max_bytes:
            await PlainTextResponse("413", status_code=TOO_LARGE)(scope, receive, send)
            return
        came_bytes, is_begun = 0, False

        async def counted() -> Message:
            nonlocal came_bytes
            message = await receive()
            came_bytes += len(message.get("body", b""))
            if came_bytes > self._max_bytes:
                raise _TooLargeError
            return message

        async def noted(message: Message) -> None:
            nonlocal is_begun
            is_begun = True
            await send(message)

        try:
            await self._app(scope, counted, noted)
        except _TooLargeError:
            if is_begun:
                raise
            await PlainTextResponse("413", status_code=TOO_LARGE)(scope, receive, send)


class _TooLargeError(Exception):
    """The body goes on after the limit."""
