"""A server that can be backed up."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from nenghao.stack import Component, Stack, StackSpec
from tests.backup.server import superuser

SMALL = StackSpec(components=(Component.POSTGRES,), shared_buffers_mb=32)


@pytest.fixture(scope="module")
def backed_up(new_directory: Callable[[], Path]) -> Iterator[tuple[Stack, Path]]:
    """A stack of this module's own, and the folder of its backups, which its servers' user can write."""
    stack = Stack(new_directory(), SMALL)
    try:
        stack.up()
        with superuser(stack) as conn:
            conn.execute("CREATE TABLE kept (word text)")
        yield stack, stack.layout.home / "backups"
    finally:
        stack.down()
