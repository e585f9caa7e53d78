"""The small scripts that run inside the containers."""

import importlib.util
import os
import re
import socket
import subprocess
from pathlib import Path

from nenghao.config import PROJECT_ROOT

DEPLOY = PROJECT_ROOT / "deploy"


def test_is_connected_tells_established_connections_from_others() -> None:
    def is_connected(*ports: int) -> bool:
        return (
            subprocess.run([DEPLOY / "is-connected", *map(str, ports)], capture_output=True, check=False).returncode
            == 0
        )

    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert not is_connected(port), "listening alone is no connection"
        with socket.create_connection(("127.0.0.1", port)):
            assert is_connected(port)
            assert not is_connected(port, 1)


def test_airflows_connection_holds_the_secret_and_no_line_end(tmp_path: Path) -> None:
    (tmp_path / "airflow").write_text("pass\n")
    script = (DEPLOY / "airflow" / "connection").read_text().replace("/run/secrets", str(tmp_path))
    result = subprocess.run(
        ["sh", "-c", script],
        env={"NENGHAO_DATABASE_HOST": "db", "PATH": os.environ["PATH"]},
        capture_output=True,
        check=True,
    )
    assert result.stdout == b"postgresql+psycopg://airflow:pass@db:5432/airflow"


def test_demo_in_a_container_offers_what_the_demo_asks_of_a_stack() -> None:
    spec = importlib.util.spec_from_file_location("composed_demo", DEPLOY / "composed_demo.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    asked = set(re.findall(r"\bstack\.(\w+)", (PROJECT_ROOT / "demo" / "__main__.py").read_text(encoding="utf-8")))
    asked -= {"stack", "spec"}  # modules
    # Killing the collector is asked for by an option which the container does not give.
    assert asked - {"kill"} <= set(dir(module.ComposedStack)) | {"layout"}


def test_no_script_hides_a_package() -> None:
    # Python looks into a script's own folder first.
    packages = {path.parent.name for path in PROJECT_ROOT.glob("*/__init__.py")}
    assert packages
    assert packages.isdisjoint(path.stem for path in DEPLOY.iterdir())
