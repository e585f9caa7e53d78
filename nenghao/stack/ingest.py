"""The collector and the outbound sender: how they are started. What they do is theirs."""

import sys
from pathlib import Path

from nenghao.stack.spec import Component
from nenghao.stack.supervisor import Program

EXECUTABLE = Path(sys.executable).parent / "nenghao-ingest"
COMMANDS = {Component.COLLECTOR: "run", Component.OUTBOUND: "outbound"}


def programs(environment: dict[str, str]) -> list[Program]:
    """Both processes; they stop taking messages and commit what they hold when they are told to end."""
    return [
        Program(
            component=component,
            command=(str(EXECUTABLE), command),
            environment=environment,
            priority=30,
            start_s=2,
        )
        for component, command in COMMANDS.items()
    ]
