"""A plant to fill and a connection of the jobs, on one database a module."""

from collections.abc import Iterator

import pytest

from nenghao.config import Role, Settings
from nenghao.db.connection import Connection, connect
from tests.jobs.plant import RESULTS, Plant


@pytest.fixture
def plant(module_database: Settings) -> Iterator[Plant]:
    """Fresh results and lists, on a database that the module's tests share: cloning one each doubles the time."""
    with connect(module_database, Role.OWNER, autocommit=True) as owner:
        owner.execute(f"TRUNCATE {', '.join(RESULTS)}".encode())
        yield Plant(owner)


@pytest.fixture
def jobs(module_database: Settings) -> Iterator[Connection]:
    with connect(module_database, Role.JOBS) as conn:
        yield conn
