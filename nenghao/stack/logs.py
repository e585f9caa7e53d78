"""Finds and shortens the logs of components."""

from pathlib import Path

from nenghao.stack.spec import Component, Layout
from nenghao.stack.supervisor import log_path

TAIL_LINES = 12


def log_files(layout: Layout, component: Component) -> list[Path]:
    """The logs of a component that exist: its output, and Mosquitto's own file."""
    files = [log_path(layout, component)]
    if component is Component.MOSQUITTO:
        files.append(layout.mosquitto / "mosquitto.log")
    return [file for file in files if file.exists() and file.stat().st_size]


def tail(layout: Layout, component: Component, lines: int = TAIL_LINES) -> str:
    """The last lines of a component's logs, each indented, for a person to read."""
    parts = []
    for file in log_files(layout, component):
        last = file.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]
        parts += [f"  {file.name}: {line}" for line in last]
    return "\n".join(parts)
