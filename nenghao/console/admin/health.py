"""How the installation is: collectors, queues, the clock's steps, day trees, disk and versions; no unit's data."""

import platform
import shutil
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from starlette.responses import Response

from nenghao.config import Settings
from nenghao.console.pages import Pages
from nenghao.console.rules import SYSTEM_ADMIN, for_roles
from nenghao.console.visits import Visit
from nenghao.db import administration as db
from nenghao.domain.freshness import HEAD_AGE_MAX, QUEUE_AGE_MAX, SILENCE_MAX, STEP_AGE_MAX, is_late

PAGES: Final = Pages(prefix="/admin")
SYSTEM: Final = for_roles(SYSTEM_ADMIN)
TREES: Final = 14
PACKAGES: Final = ("nenghao", "fastapi", "psycopg", "great-expectations", "apache-airflow-core")
MIB: Final = 1024 * 1024


@PAGES.get("/health", name="admin.health", rule=SYSTEM)
def health(visit: Visit) -> Response:
    """Everything that runs, with what is late marked."""
    conn, now = visit.conn, visit.now
    shards, steps, lists = db.health_shards(conn), db.health_steps(conn), db.health_lists(conn)
    trees = db.last_trees(conn, TREES)
    return visit.page(
        "admin/health.html",
        shards=[(one, _shard_state(one, visit)) for one in shards],
        steps=[(one, is_late(one.last_at, STEP_AGE_MAX.get(one.step), now)) for one in steps],
        lists=[(one, is_late(one.oldest_at, QUEUE_AGE_MAX.get(one.waiting_list), now)) for one in lists],
        trees=trees,
        is_tree_late=bool(trees) and is_late(trees[0].closed_at, HEAD_AGE_MAX, now),
        server=db.server_facts(conn),
        disks=_disks(visit.settings),
        versions=_versions(),
        airflow_url=visit.settings.airflow_url,
    )


@PAGES.get("/settings", name="admin.settings", rule=SYSTEM)
def settings(visit: Visit) -> Response:
    """Settings as this process has them; secrets are files and not among them."""
    shown = [
        (name, getattr(visit.settings, name), field.description or "")
        for name, field in sorted(_fields_of(visit.settings).items())
    ]
    return visit.page("admin/settings.html", shown=shown)


def _fields_of(settings: Settings) -> Mapping[str, Any]:
    return type(settings).model_fields


def _shard_state(one: db.ShardHealth, visit: Visit) -> str:
    """`alarm` where nobody collects, `late` where nothing came for long, `wait` where nothing ever came."""
    if not one.is_held:
        return "alarm"
    if one.last_message_at is None:
        return "wait"
    return "late" if is_late(one.last_message_at, SILENCE_MAX, visit.now) else "ok"


def _disks(settings: Settings) -> list[tuple[str, int, int]]:
    """(folder, free MiB, all MiB) of the folders that this process writes to or reads from, where they are."""
    folders: dict[str, Path] = {
        "release_dir": settings.release_dir,
        "archive_dir": settings.archive_dir,
        "data_docs_dir": settings.data_docs_dir,
    }
    found = []
    for name, folder in folders.items():
        there = next((path for path in (folder, *folder.absolute().parents) if path.exists()), None)
        if there is not None:
            usage = shutil.disk_usage(there)
            found.append((name, usage.free // MIB, usage.total // MIB))
    return found


def _versions() -> list[tuple[str, str]]:
    """Versions of what runs in this process or beside it, where it is installed."""
    found = [("Python", platform.python_version())]
    for package in PACKAGES:
        try:
            found.append((package, version(package)))
        except ImportError:
            continue
    return found
