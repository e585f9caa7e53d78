"""Serves the console: one process, requests in threads; behind a proxy with TLS unless it is for this machine only."""

import uvicorn

from nenghao.config import Settings
from nenghao.console.app import create_app


def serve(settings: Settings) -> None:
    """Serve until the process is told to stop."""
    uvicorn.run(
        create_app(settings),
        host=settings.console_host,
        port=settings.console_port,
        access_log=False,  # the access trail is in the database; paths with units' codes do not belong into a log
        log_level="info",
        server_header=False,
        timeout_graceful_shutdown=10,
        proxy_headers=True,
        forwarded_allow_ips="127.0.0.1",
    )
