"""Brings docker-compose.yml up service by service, each when what it waits for is healthy or has ended well.

podman-compose makes networks, volumes and containers as the file says; the waiting is done here, because the podman of
Debian 12 cannot wait for health.
"""

import json
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import yaml

from nenghao.config import PROJECT_ROOT
from nenghao.errors import ConfigError
from tests.containers.engine import Engine, say

PROJECT = "nenghaotest"
HEALTHY_S = 300.0


class Composed:
    """The services of the compose file, from a copy of the checkout: its `.env` and its secrets are this test's own."""

    def __init__(self, engine: Engine) -> None:
        """Copy what is in the checkout and not ignored."""
        self.engine = engine
        self.folder = engine.folder / "checkout"
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=PROJECT_ROOT,
            capture_output=True,
            check=True,
        ).stdout.decode()
        for name in filter(None, listed.split("\0")):
            if (PROJECT_ROOT / name).is_file():
                (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(PROJECT_ROOT / name, self.folder / name)
        self.services: dict[str, dict[str, Any]] = yaml.safe_load((self.folder / "docker-compose.yml").read_text())[
            "services"
        ]

    def compose(self, *words: str, patience_s: float = 1800) -> str:
        """Run podman-compose."""
        return self.engine.run(
            "podman-compose",
            "--project-name",
            PROJECT,
            "--in-pod",
            "false",
            *words,
            cwd=self.folder,
            patience_s=patience_s,
        )

    def build(self) -> None:
        """Make the secrets, which builds the first image, and build the images of the other services."""
        say("building the image nenghao-collector, making the secrets")
        self.engine.run(self.folder / "deploy" / "init-secrets", cwd=self.folder)
        images: dict[str, str] = {}
        for name in self.starting():
            if "build" in self.services[name]:
                images.setdefault(self.services[name]["image"], name)
        for image, name in images.items():
            say(f"building the image {image}")
            self.compose("build", name)

    def starting(self) -> list[str]:
        """The services without a profile, each after those that it waits for."""
        ordered: list[str] = []
        waiting = [name for name, service in self.services.items() if "profiles" not in service]
        while waiting:
            ready = next(name for name in waiting if set(self.services[name].get("depends_on", {})) <= set(ordered))
            ordered.append(ready)
            waiting.remove(ready)
        return ordered

    def up(self) -> None:
        """Start everything, as its health allows.

        Raises: ConfigError with the end of the log of the service that does not come.
        """
        for name in self.starting():
            self.compose("up", "--detach", "--no-deps", name)
            if self.services[name].get("restart") == "no":
                self.wait_done(name)
            else:
                self._wait_healthy(name)

    def run(self, service: str, *command: str, options: tuple[str, ...] = ()) -> str:
        """`docker compose run --rm -T` of one service."""
        profiles = [f"--profile={name}" for name in self.services[service].get("profiles", [])]
        return self.compose(*profiles, "run", "--rm", "--no-deps", "-T", *options, service, *command)

    def secret(self, name: str) -> str:
        """A secret of this installation."""
        return (self.folder / "secrets" / name).read_text(encoding="utf-8").strip()

    def down(self) -> None:
        """Stop and remove the containers, the network and the volumes."""
        self.compose("down", "--volumes", "--timeout", "20")

    def state(self, name: str) -> dict[str, Any]:
        """What the engine knows of a service's container."""
        found: list[dict[str, Any]] = json.loads(self.engine.podman("inspect", _container(name)))
        state: dict[str, Any] = found[0]["State"]
        return state

    def wait_done(self, name: str) -> None:
        """Wait for the end of a one-shot.

        Raises: ConfigError with the end of its log where it ended badly.
        """
        code = self.engine.podman("wait", _container(name)).strip()
        if code != "0":
            raise ConfigError(f"{name} ended with {code}:\n{self._log(name)}")
        say(f"{name} has ended with 0")

    def _wait_healthy(self, name: str) -> None:
        deadline = time.monotonic() + HEALTHY_S
        while not self.engine.is_healthy(_container(name)):
            if self.state(name)["Status"] != "running" or time.monotonic() > deadline:
                raise ConfigError(f"{name} is not healthy:\n{self._log(name)}")
            time.sleep(1)
        say(f"{name} is healthy")

    def _log(self, name: str) -> str:
        command = ["podman", "logs", "--tail", "25", _container(name)]
        result = subprocess.run(command, env=self.engine.environment, capture_output=True, check=False)
        return (result.stdout + result.stderr).decode(errors="replace")


def _container(name: str) -> str:
    return f"{PROJECT}_{name}_1"


def copy_out(path: Path, text: str) -> Path:
    """Write what a service printed into a private file."""
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")
    return path
