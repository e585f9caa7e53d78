"""Which user the servers run as, and how a command is started as that user.

Started by root, everything drops to a real unprivileged uid: a mapped user namespace would still be root outside. Where
that uid cannot enter a folder above the checkout (a private home), the command gets its own view of the file system, in
which the needed folders lie at their usual paths below an empty, passable one.
"""

import os
import stat
import subprocess
from collections.abc import Iterable
from pathlib import Path

from nenghao.errors import ConfigError

# "nobody" on Debian; initdb wants a uid that the user database knows.
SERVICE_ID = 65534

# Arguments: number of folders to hide, those, number of paths to keep, those, the command.
_PRIVATE_VIEW = """
set -eu
umask 022
stage=$(mktemp -d /tmp/nenghao-view.XXXXXX)
hidden=$1; shift
hide=""
for _ in $(seq "$hidden"); do hide="$hide$1
"; shift; done
kept=$1; shift
keep=""
for n in $(seq "$kept"); do
    if [ -d "$1" ]; then mkdir "$stage/$n"; else : > "$stage/$n"; fi
    mount --bind -- "$1" "$stage/$n"
    keep="$keep$1
"; shift
done
printf '%s' "$hide" | while IFS= read -r path; do
    mount -t tmpfs -o mode=0755,size=4m nenghao-view "$path"
done
n=0
printf '%s' "$keep" | while IFS= read -r path; do
    n=$((n + 1))
    if [ -d "$stage/$n" ]; then mkdir -p -- "$path"; else mkdir -p -- "$(dirname -- "$path")"; : > "$path"; fi
    mount --bind -- "$stage/$n" "$path"
    umount "$stage/$n"
    rm -d -- "$stage/$n"
done
rmdir "$stage"
# The working directory still is the folder before the change; enter the one that now has its name.
cd -- "$PWD"
exec "$@"
"""


def service_ids() -> tuple[int, int]:
    """The uid and gid which the servers have: this process's own, unless that is root's."""
    if os.geteuid() == 0:
        return SERVICE_ID, SERVICE_ID
    return os.geteuid(), os.getegid()


def launcher(needed: Iterable[Path]) -> list[str]:
    """The words to put before a command so that it runs unprivileged and reaches the needed paths.

    Raises: ConfigError in one sentence where this machine does not allow it.
    """
    if os.geteuid() != 0:
        return []
    drop = ["setpriv", f"--reuid={SERVICE_ID}", f"--regid={SERVICE_ID}", "--clear-groups", "--no-new-privs", "--"]
    paths = [path.absolute() for path in needed]
    hidden = {folder for path in paths if (folder := _first_closed(path)) is not None}
    command = drop
    if hidden:
        kept = _outermost(entry for path in paths if _first_closed(path) for entry in _open_entries(path))
        view = ["unshare", "--mount", "--propagation", "private", "--", "/bin/sh", "-c", _PRIVATE_VIEW, "private-view"]
        command = [*view, str(len(hidden)), *map(str, sorted(hidden)), str(len(kept)), *map(str, kept), *drop]
    _probe(command, paths, hidden)
    return command


def _first_closed(path: Path) -> Path | None:
    """The outermost folder on the way to `path`, itself included, which the service uid cannot enter."""
    return next((folder for folder in [*reversed(path.parents), path] if _is_closed(folder)), None)


def _is_closed(path: Path) -> bool:
    """Tell whether a folder is closed to the service uid; what is no folder is not."""
    if not path.is_dir():
        return False
    status = path.stat()
    if status.st_uid == SERVICE_ID:
        return not status.st_mode & stat.S_IXUSR
    return not status.st_mode & (stat.S_IXGRP if status.st_gid == SERVICE_ID else stat.S_IXOTH)


def _open_entries(path: Path) -> list[Path]:
    """The path itself, or what lies in it where the folder itself is closed: a mount keeps its folder's mode."""
    return sorted(path.iterdir()) if _is_closed(path) else [path]


def _outermost(paths: Iterable[Path]) -> list[Path]:
    """Drop the paths that lie below another one of them."""
    every = sorted(set(paths))
    return [path for path in every if not any(parent in every for parent in path.parents)]


def _probe(command: list[str], paths: list[Path], hidden: set[Path]) -> None:
    checks = " && ".join(f'[ -x "${number}" ]' for number, _ in enumerate(paths, start=1))
    try:
        result = subprocess.run(
            [*command, "/bin/sh", "-c", checks, "probe", *map(str, paths)], capture_output=True, text=True, check=False
        )
    except FileNotFoundError as error:
        raise ConfigError(f"{error.filename} is missing: install the package util-linux") from error
    if result.returncode == 0:
        return
    reason = (result.stderr.strip().splitlines() or ["permission denied"])[-1]
    where = ", ".join(map(str, sorted(hidden))) or "the checkout"
    raise ConfigError(
        f"the servers do not run as root, and their user (uid {SERVICE_ID}) cannot enter {where} ({reason}): "
        "make it readable (chmod -R a+rX) or clone the project elsewhere, for example below /opt or /srv"
    )
