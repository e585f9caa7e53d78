"""One sender for one spool: two would send everything twice and count each other's receipts."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nenghao.errors import ConfigError


@contextmanager
def only_sender(spool: Path) -> Iterator[None]:
    """Hold the right to send a spool; it ends with the process, however that ends.

    Raises: ConfigError where somebody else holds it.
    """
    path = spool.with_name(f"{spool.name}.sender")
    try:
        file = path.open("ab")
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ConfigError(f"spool {spool} is being sent by another process already") from error
        yield
