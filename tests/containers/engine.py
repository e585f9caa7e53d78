"""A container engine of this test's own: podman with storage, networks and settings below one folder."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from nenghao.errors import ConfigError

PACKAGES = ("podman", "buildah", "runc", "netavark", "aardvark-dns", "debootstrap", "iptables")
PROGRAMS = ("podman", "runc", "debootstrap", "iptables")
HELPERS = ("netavark", "aardvark-dns")
HELPER_FOLDERS = (Path("/usr/lib/podman"), Path("/usr/libexec/podman"))
STARTED_S = time.monotonic()
# Sockets lie in it, and their paths are short.
RUN_FOLDER = Path("/run/nenghao-containers")

SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

CONTAINERS_CONF = """\
[containers]
default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
tmp_dir = "{run}/tmp"
volume_path = "{folder}/volumes"
static_dir = "{folder}/static"
[network]
network_backend = "netavark"
network_config_dir = "{folder}/networks"
"""
STORAGE_CONF = """\
[storage]
driver = "overlay"
graphroot = "{folder}/storage"
runroot = "{run}/run"
"""
REGISTRIES_CONF = 'unqualified-search-registries = ["docker.io"]\nshort-name-mode = "permissive"\n'
#: Builds reach the network as the host does, and share its cache of packages.
PODMAN = """\
#!/bin/sh
if [ "$1" = build ]; then
    shift
    set -- build --network=host --pull=never --volume "{cache}:/root/.cache/uv" "$@"
fi
exec {podman} "$@"
"""


def say(text: str) -> None:
    """One line of progress."""
    sys.stderr.write(f"[{time.monotonic() - STARTED_S:4.0f} s] {text}\n")
    sys.stderr.flush()


class Engine:
    """Podman with everything of its own below `folder`: what else this machine runs is neither seen nor touched."""

    def __init__(self, folder: Path, cache: Path) -> None:
        """Write the settings; nothing runs yet."""
        self.folder = folder
        (folder / "bin").mkdir(parents=True, exist_ok=True)
        RUN_FOLDER.mkdir(mode=0o700, exist_ok=True)
        places = {"folder": str(folder), "run": str(RUN_FOLDER)}
        for name, text in (
            ("containers.conf", CONTAINERS_CONF.format(**places)),
            ("storage.conf", STORAGE_CONF.format(**places)),
            ("registries.conf", REGISTRIES_CONF),
            ("bin/podman", PODMAN.format(cache=cache, podman=shutil.which("podman"))),
        ):
            (folder / name).write_text(text, encoding="utf-8")
        (folder / "bin" / "podman").chmod(0o755)
        cache.mkdir(parents=True, exist_ok=True)
        self.environment = {
            "PATH": f"{folder / 'bin'}:{Path(sys.executable).parent}:{SYSTEM_PATH}",
            "HOME": str(folder),
            "LC_ALL": "C.UTF-8",
            "CONTAINERS_CONF": str(folder / "containers.conf"),
            "CONTAINERS_STORAGE_CONF": str(folder / "storage.conf"),
            "CONTAINERS_REGISTRIES_CONF": str(folder / "registries.conf"),
            "DOCKER": str(folder / "bin" / "podman"),
        }

    def run(
        self, *command: str | Path, cwd: Path | None = None, stdin: bytes | None = None, patience_s: float = 1800
    ) -> str:
        """Run a command with this engine; what it printed.

        Raises: ConfigError with the end of its output.
        """
        result = subprocess.run(
            [str(word) for word in command],
            cwd=cwd or self.folder,
            env=self.environment,
            input=stdin,
            capture_output=True,
            timeout=patience_s,
            check=False,
        )
        if result.returncode != 0:
            told = (result.stderr + result.stdout).decode(errors="replace").strip()[-3000:]
            raise ConfigError(f"{' '.join(map(str, command))} ended with {result.returncode}:\n{told}")
        return result.stdout.decode()

    def podman(self, *words: str, stdin: bytes | None = None) -> str:
        """Run podman."""
        return self.run("podman", *words, stdin=stdin)

    def is_healthy(self, container: str) -> bool:
        """Run the container's own health check, which without systemd nobody else does."""
        command = ["podman", "healthcheck", "run", container]
        return subprocess.run(command, env=self.environment, capture_output=True, check=False).returncode == 0

    def remove(self) -> None:
        """End and remove every container, network, volume and image of this engine, then its folders."""
        # Images, volumes and networks are files below the two folders; asking podman to remove them takes minutes.
        subprocess.run(
            ["podman", "rm", "--all", "--force", "--time", "10"],
            env=self.environment,
            capture_output=True,
            check=False,
        )
        for mounted in _mounts_below(self.folder, RUN_FOLDER):
            subprocess.run(["umount", "--lazy", mounted], capture_output=True, check=False)
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.rmtree(RUN_FOLDER, ignore_errors=True)


def require_engine() -> None:
    """Install what is missing.

    Raises: ConfigError in one sentence where this machine cannot run containers so.
    """
    if os.geteuid() != 0:
        raise ConfigError("--containers needs root: it makes base images by debootstrap and networks for containers")
    if missing := _missing():
        if shutil.which("apt-get") is None:
            raise ConfigError(f"missing on this machine: {', '.join(missing)} (Debian packages {' '.join(PACKAGES)})")
        say(f"installing {', '.join(missing)} by apt-get")
        variables = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for words in (["update"], ["install", "--yes", "--no-install-recommends", *PACKAGES]):
            subprocess.run(["apt-get", "-qq", *words], env=variables, capture_output=True, check=False)
        if missing := _missing():
            raise ConfigError(f"apt-get could not install {', '.join(missing)}")


def _missing() -> list[str]:
    helpers = [name for name in HELPERS if not any((folder / name).exists() for folder in HELPER_FOLDERS)]
    return [name for name in PROGRAMS if shutil.which(name) is None] + helpers


def _mounts_below(*folders: Path) -> Sequence[str]:
    """What is mounted there, the innermost first."""
    points = [line.split()[1] for line in Path("/proc/mounts").read_text(encoding="utf-8").splitlines()]
    return sorted((point for point in points if any(Path(point).is_relative_to(one) for one in folders)), reverse=True)


def variables_file(path: Path, values: Mapping[str, str]) -> None:
    """Write an `.env`."""
    path.write_text("".join(f"{name}={value}\n" for name, value in values.items()), encoding="utf-8")
