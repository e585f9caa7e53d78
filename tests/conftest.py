"""The real servers for every test: one throw-away stack a session, one cloned database a test.

A missing component is a failure, never a skip: a test that did not run has shown nothing.
"""

import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from nenghao.config import PROJECT_ROOT, Role, Settings
from nenghao.db.migrate import migrate
from nenghao.stack import Stack, StackSpec, mosquitto, postgres
from nenghao.stack.processes import is_alive
from nenghao.stack.spec import SERVERS

# Airflow makes a folder in the home directory when it is imported, unless it is told another place first.
os.environ.setdefault("AIRFLOW_HOME", str(PROJECT_ROOT / ".run" / "airflow-import"))
os.environ["GX_ANALYTICS_ENABLED"] = "False"

TEMPLATE = "nenghao_template"
TEST_BUFFERS_MB = 64
TEST_PREFIX = "nenghao-test-"

_numbers = itertools.count(1)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--long`."""
    parser.addoption("--long", action="store_true", help="also run the tests marked `long`")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long tests out unless they are asked for."""
    if config.getoption("--long"):
        return
    chosen = [item for item in items if item.get_closest_marker("long") is None]
    config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
    items[:] = chosen


@pytest.fixture(scope="session")
def new_directory() -> Iterator[Callable[[], Path]]:
    """Names for throw-away stack directories: short, because sockets lie in them, and passable from above."""
    made: list[Path] = []
    _sweep_killed_sessions()

    def name() -> Path:
        parent = Path(tempfile.mkdtemp(prefix=TEST_PREFIX, dir="/tmp"))
        parent.chmod(0o711)
        (parent / "session.pid").write_text(str(os.getpid()))
        made.append(parent)
        return parent / "stack"

    yield name
    for parent in made:
        shutil.rmtree(parent)


@pytest.fixture(scope="session")
def stack(new_directory: Callable[[], Path]) -> Iterator[Stack]:
    """PostgreSQL with TimescaleDB and Mosquitto, by the product's own code; the database `nenghao` is migrated."""
    running = Stack(new_directory(), StackSpec(components=SERVERS, shared_buffers_mb=TEST_BUFFERS_MB))
    try:
        running.up()
        yield running
    finally:
        running.down()


@pytest.fixture(scope="session")
def template_database(stack: Stack) -> str:
    """The name of a migrated database that nobody can open, so that it can be cloned at any time."""
    layout, port = stack.layout, stack.ports.postgres
    postgres.create_database(layout, port, TEMPLATE, owner=Role.OWNER)
    postgres.enable_timescaledb(layout, port, TEMPLATE)
    postgres.grant_access(layout, port, TEMPLATE)
    migrate(stack.settings().model_copy(update={"database_name": TEMPLATE}))
    with psycopg.connect(stack.superuser_conninfo(), autocommit=True) as conn:
        name = sql.Identifier(TEMPLATE)
        conn.execute(sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS false IS_TEMPLATE true").format(name))
        conn.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [TEMPLATE])
    return TEMPLATE


@pytest.fixture
def database(stack: Stack, template_database: str) -> Iterator[Settings]:
    """Settings for a fresh, migrated data database of this test's own, with the product's connect rights."""
    with cloned_database(stack, template_database) as settings:
        yield settings


@pytest.fixture(scope="module")
def module_database(stack: Stack, template_database: str) -> Iterator[Settings]:
    """As `database`, shared by the tests of one module."""
    with cloned_database(stack, template_database) as settings:
        yield settings


@pytest.fixture
def empty_database(stack: Stack) -> Iterator[Settings]:
    """Settings for a data database with the extension and the rights, but without any migration."""
    layout, port, name = stack.layout, stack.ports.postgres, _next_name()
    postgres.create_database(layout, port, name, owner=Role.OWNER)
    postgres.enable_timescaledb(layout, port, name)
    postgres.grant_access(layout, port, name)
    yield stack.settings().model_copy(update={"database_name": name})
    postgres.drop_database(layout, port, name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Broker:
    """How a test reaches Mosquitto as the collector."""

    host: str
    port: int
    user: str
    password: str
    config_dir: Path
    programs: Path


@pytest.fixture
def broker(stack: Stack) -> Broker:
    """The session's Mosquitto; `programs` holds mosquitto_pub and mosquitto_sub."""
    settings = stack.settings()
    return Broker(
        host=settings.broker_host,
        port=settings.broker_port,
        user=settings.broker_user,
        password=settings.secret("broker_collector"),
        config_dir=settings.broker_config_dir,
        programs=mosquitto.PREFIX / "bin",
    )


@pytest.fixture(scope="session")
def airflow_environment(stack: Stack) -> dict[str, str]:
    """The variables for Airflow on the session's PostgreSQL, its own database migrated; Airflow itself does not run.

    Set them before `airflow` is imported: best in a process of its own.
    """
    stack.migrate_airflow()
    return stack.airflow_environment()


@contextmanager
def cloned_database(stack: Stack, template: str) -> Iterator[Settings]:
    """Clone the template, give the clone the product's rights, and remove it afterwards."""
    layout, port, name = stack.layout, stack.ports.postgres, _next_name()
    postgres.create_database(layout, port, name, owner=Role.OWNER, template=template)
    postgres.grant_access(layout, port, name)
    try:
        yield stack.settings().model_copy(update={"database_name": name})
    finally:
        postgres.drop_database(layout, port, name)


def _sweep_killed_sessions() -> None:
    """End the servers and remove the files of test sessions that could not do so themselves."""
    for parent in Path("/tmp").glob(f"{TEST_PREFIX}*"):
        try:
            is_left = parent.stat().st_uid == os.geteuid() and not is_alive(int((parent / "session.pid").read_text()))
        except (FileNotFoundError, ValueError):
            continue  # another session is just making it, or just removing it
        if is_left:
            Stack(parent / "stack").down()
            shutil.rmtree(parent, ignore_errors=True)


def _next_name() -> str:
    return f"test_{os.getpid()}_{next(_numbers)}"
