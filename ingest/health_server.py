"""Shows a process's health on 127.0.0.1: `/metrics` for Prometheus, `/healthz` and `/readyz` for supervisors."""

import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from threading import Thread
from typing import TYPE_CHECKING, Protocol
from wsgiref.simple_server import WSGIRequestHandler, make_server

from prometheus_client import CollectorRegistry, make_wsgi_app
from prometheus_client.exposition import ThreadingWSGIServer

from nenghao.errors import ConfigError

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

#: Whoever connects and says nothing holds a thread for so long.
REQUEST_TIMEOUT_S = 10


class _QuietHandler(WSGIRequestHandler):
    """A request is no change of state: it is not logged."""

    timeout = REQUEST_TIMEOUT_S

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Say nothing."""


class Health(Protocol):
    """Of one process, or of several."""

    registry: CollectorRegistry

    def stalled(self, now_s: float) -> list[str]:
        """A line for each loop that did not turn lately; `now_s` is monotonic."""
        ...

    def unready(self) -> list[str]:
        """A line for each loop that does not work."""
        ...


def serve_health(health: Health, port: int) -> None:
    """Answer on 127.0.0.1 in a thread that ends with the process; port 0 is off.

    Raises: ConfigError where the port is taken: each process needs one of its own.
    """
    if port == 0:
        return
    try:
        server = make_server("127.0.0.1", port, health_app(health), ThreadingWSGIServer, _QuietHandler)
    except OSError as error:
        raise ConfigError(f"health_port {port}: {error.strerror}") from error
    Thread(target=server.serve_forever, name="health", daemon=True).start()


def health_app(health: Health) -> "WSGIApplication":
    """The three pages: 200 is fine, 503 comes with a line for each loop that is not."""
    metrics: WSGIApplication = make_wsgi_app(health.registry)
    faults: dict[str, Callable[[], list[str]]] = {
        "/healthz": lambda: health.stalled(time.monotonic()),
        "/readyz": health.unready,
    }

    def answer(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == "/metrics":
            return metrics(environ, start)
        find = faults.get(path)
        lines = ["not found"] if find is None else find()
        status = HTTPStatus.NOT_FOUND if find is None else HTTPStatus.SERVICE_UNAVAILABLE if lines else HTTPStatus.OK
        start(f"{status.value} {status.phrase}", [("Content-Type", "text/plain; charset=utf-8")])
        return ["".join(f"{line}\n" for line in lines or ["ok"]).encode()]

    return answer
