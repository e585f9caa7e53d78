"""What the broker of a stack refuses, keeps and tells."""

import base64
import hashlib
import subprocess
from pathlib import Path

import pytest

from nenghao.broker_files import mosquitto_password_hash, render_passwd, write_atomically
from nenghao.stack import Component, Stack
from tests.conftest import Broker


def publish(broker: Broker, topic: str, *options: str, user: str | None = None, password: str | None = None) -> int:
    # The library's own options file keeps the password out of the command line.
    command = [str(broker.programs / "mosquitto_pub"), "-h", broker.host, "-p", str(broker.port), "-t", topic, *options]
    command += ["-u", user or broker.user, "-P", password or broker.password]
    return subprocess.run(command, capture_output=True, check=False, timeout=20).returncode


def test_collector_gets_in(broker: Broker) -> None:
    assert publish(broker, "nenghao/v1/0/unit/gateway/data", "-m", "x", "-q", "1") == 0


@pytest.mark.parametrize("user", ["nenghao-collector", "somebody"])
def test_wrong_password_is_refused(broker: Broker, user: str) -> None:
    assert publish(broker, "nenghao/v1/x", "-m", "x", user=user, password="guess") != 0


def test_anonymous_is_refused(broker: Broker) -> None:
    command = [str(broker.programs / "mosquitto_pub"), "-h", broker.host, "-p", str(broker.port), "-t", "x", "-m", "x"]
    assert subprocess.run(command, capture_output=True, check=False, timeout=20).returncode != 0


def test_denied_publish_is_counted_by_its_client(stack: Stack, broker: Broker) -> None:
    for _ in range(2):
        publish(broker, "elsewhere/secret", "-m", "x", "-q", "1", "-V", "5", "-i", "intruder (d0)")
    assert (stack.denied_publishes() or {})["intruder (d0)"] == 2
    assert stack.log_files(Component.MOSQUITTO)


def test_password_hash_is_what_mosquitto_computes() -> None:
    _, kind, rounds, salt, digest = mosquitto_password_hash("geheim").split("$")
    assert kind == "7"
    expected = hashlib.pbkdf2_hmac("sha512", b"geheim", base64.b64decode(salt), int(rounds))
    assert base64.b64decode(digest) == expected


def test_password_file_is_sorted_and_refuses_names_that_break_lines() -> None:
    assert render_passwd({"b": "$7$2", "a": "$7$1"}) == "a:$7$1\nb:$7$2\n"
    for name in ("", "a:b", "a\nb", "能耗"):
        with pytest.raises(ValueError, match="not a client name"):
            render_passwd({name: "$7$1"})


def test_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "passwd"
    write_atomically(path, "old\n")
    write_atomically(path, "new\n")
    assert path.read_text() == "new\n"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]
