"""Runs the demo against the composed services, in a container of its own: `docker compose run --rm demo`.

The demo asks a stack for few things; here they come from the services instead. It cannot kill a collector from here.
"""

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import cast

from demo.__main__ import run
from nenghao.config import Settings, load_settings
from nenghao.errors import NenghaoError
from nenghao.stack import Stack
from nenghao.stack.spec import Layout

FOLDER = Path("/opt/nenghao/.run/stack")
TRUST = Path("/run/trust")


class ComposedStack:
    """What the demo uses of a stack, answered by the composed services."""

    airflow_url = "http://airflow-apiserver:8080"

    def __init__(self, settings: Settings) -> None:
        """Make the folder of the demo's own files, with the public key for verification."""
        self.layout = Layout(FOLDER)
        self._settings = settings
        self.layout.trust.mkdir(parents=True, exist_ok=True)
        shutil.copytree(TRUST, self.layout.trust, dirs_exist_ok=True)

    def settings(self) -> Settings:
        """The settings of this container."""
        return self._settings

    def denied_publishes(self) -> None:
        """The broker's log is not to be read from here: `docker compose logs mosquitto` has it."""

    def secret(self, name: str) -> str:
        """A secret that this container was given."""
        return self._settings.secret(name)

    def run(self, command: Sequence[str | Path]) -> "subprocess.CompletedProcess[bytes]":
        """Run broker-sync, the one command the demo asks a stack for."""
        if command[-1] != "broker-sync":
            raise NenghaoError(f"the demo in a container cannot run {command[-1]}")
        return subprocess.run(command, check=False)


def main() -> int:
    """Run the demo; exit codes as `python -m demo`."""
    try:
        return 0 if run(cast("Stack", ComposedStack(load_settings())), kills_collector=False) else 1
    except NenghaoError as error:
        sys.stderr.write(f"demo: {error}\n")
        return 3


if __name__ == "__main__":
    sys.exit(main())
