"""A signer of a test's own: its own memory, a clock that the test sets, the installation's key and tokens."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from nenghao.config import Settings
from nenghao.credentials import SIGNER_KEY, SIGNER_TOKENS
from nenghao.crypto import load_signing_key
from nenghao.signer.memory import Signer
from nenghao.signer.service import SignerServer


@contextmanager
def running_signer(settings: Settings, folder: Path, now: Callable[[], datetime]) -> Iterator[SignerServer]:
    """The real service on a free port, in a thread."""
    tokens = {
        part: settings.secret(name) for part, name in zip(("downward", "heads", "attempts"), SIGNER_TOKENS, strict=True)
    }
    signer = Signer(load_signing_key(settings.secret(SIGNER_KEY)), folder)
    server = SignerServer(("127.0.0.1", 0), signer, tokens, now)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        signer.close()
