"""Images that stand in for the public ones, under their names, because no registry of images has to be reachable.

Bases are made by debootstrap from the mirror that this machine's apt uses, and kept as archives; the rest is installed
on top of them by Containerfiles beside this module.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from importlib import util
from pathlib import Path
from types import ModuleType

import yaml

from nenghao.config import PROJECT_ROOT
from nenghao.errors import ConfigError
from tests.containers.engine import Engine, say

HERE = Path(__file__).parent / "standins"
#: Suite -> packages of the base.
BASES = {"bookworm": "python3,python3-venv,ca-certificates", "trixie": "ca-certificates"}
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
#: What fetches packages inside trusts whom this machine trusts, for example a company's own proxy.
TRUST = [f"--change=ENV {name}={CERTIFICATES}" for name in ("SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE")]


def make_standins(engine: Engine, cache: Path) -> None:
    """Make every image that docker-compose.yml and the Dockerfile take from a registry."""
    cache.mkdir(parents=True, exist_ok=True)
    making = {suite: _start_base(suite, cache) for suite in BASES if not (cache / f"{suite}.tar").exists()}
    for suite, process in making.items():
        _finish_base(suite, cache, process)
    for suite in BASES:
        engine.podman("import", "--quiet", *TRUST, str(cache / f"{suite}.tar"), f"nenghao-debian-{suite}")
    engine.podman("tag", "nenghao-debian-bookworm", f"docker.io/library/{_python_image()}")
    for service, name in (("mosquitto", "mosquitto"), ("timescaledb", "timescaledb")):
        image = _image_of(service)
        say(f"a stand-in for {image}")
        full = image if image.count("/") else f"library/{image}"
        folder = HERE / name
        engine.podman(
            "build", "--quiet", "--tag", f"docker.io/{full}", "--file", str(folder / "Containerfile"), str(folder)
        )


def _start_base(suite: str, cache: Path) -> "subprocess.Popen[bytes]":
    say(f"debootstrap {suite}")
    target = Path(tempfile.mkdtemp(prefix=f"{suite}-", dir=cache))
    target.chmod(0o755)
    main, _ = _prefix().find_mirrors(list(_prefix().read_sources()))
    keyring = next(
        path
        for path in sorted(Path("/usr/share/keyrings").glob("debian-archive-keyring.*"))
        if path.suffix in {".gpg", ".pgp"}
    )
    return subprocess.Popen(
        ["debootstrap", "--variant=minbase", f"--keyring={keyring}", f"--include={BASES[suite]}", suite, target, main],
        stdout=(cache / f"{suite}.log").open("wb"),
        stderr=subprocess.STDOUT,
    )


def _finish_base(suite: str, cache: Path, process: "subprocess.Popen[bytes]") -> None:
    target = Path(str(process.args[-2]))  # type: ignore[index]
    try:
        if process.wait() != 0:
            raise ConfigError(f"debootstrap {suite} failed; see {cache / f'{suite}.log'}")
        if CERTIFICATES.exists():
            shutil.copy(CERTIFICATES, target / CERTIFICATES.relative_to("/"))
        # The mirror's packages of today, not those of the last point release.
        unfinished = cache / f"{suite}.tar.new"
        subprocess.run(
            ["tar", "-C", target, "--exclude=./var/cache/apt/archives/*.deb", "-cf", unfinished, "."], check=True
        )
        unfinished.rename(cache / f"{suite}.tar")
    finally:
        shutil.rmtree(target, ignore_errors=True)


def _image_of(service: str) -> str:
    compose = yaml.safe_load((PROJECT_ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    return str(compose["services"][service]["image"])


def _python_image() -> str:
    found = re.search(r"^ARG PYTHON_IMAGE=(\S+)", (PROJECT_ROOT / "deploy" / "Dockerfile").read_text(), re.M)
    if found is None:
        raise ConfigError("the Dockerfile names no PYTHON_IMAGE")
    return found[1]


def _prefix() -> ModuleType:
    """The set-up's own reader of apt's sources."""
    spec = util.spec_from_file_location("prefix", PROJECT_ROOT / "scripts" / "lib" / "prefix.py")
    if spec is None or spec.loader is None:
        raise ConfigError("scripts/lib/prefix.py is missing")
    module = util.module_from_spec(spec)
    sys.modules["prefix"] = module
    spec.loader.exec_module(module)
    return module
