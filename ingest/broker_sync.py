"""Tells the broker which clients there are and what each may do, from the table of gateways."""

import logging
import os
import secrets
import signal
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from ingest.ended_sessions import taken_over
from ingest.topics import DOWNWARD, ROOT, UPWARD, gateway_topic
from nenghao.broker_files import mosquitto_password_hash, read_passwd, render_passwd, write_atomically
from nenghao.broker_hello import greet_broker
from nenghao.config import Role, Settings
from nenghao.db.connection import connect
from nenghao.db.gateways import RegisteredGateway, gateways_with_password
from nenghao.errors import ConfigError

_log = logging.getLogger(__name__)

#: A client that may do nothing, with another password in each edition of the file: who gets in shows that it was read.
WITNESS: Final = "nenghao-broker-sync"
#: A broker in a container is told by a watcher that looks every 2 s.
READ_TIMEOUT_S: Final = 15.0


def sync_broker(settings: Settings) -> int:
    """Write `passwd` and `acl`, have the broker read them, end the sessions of who lost a password; count the gateways.

    On return a running broker has read them; one that does not run reads them when it starts.

    Raises: ConfigError where the files cannot be written or the broker does not read them.
    """
    with connect(settings, Role.COLLECTOR) as conn:
        gateways = gateways_with_password(conn)
    users = {client_name(gateway): gateway.broker_password_hash for gateway in gateways}
    folder = settings.broker_config_dir
    witness = secrets.token_urlsafe(32)
    try:
        before = read_passwd(folder / "passwd")
        ended = [
            name
            for name, digest in before.items()
            if name not in {WITNESS, settings.broker_user} and users.get(name) != digest
        ]
        users[settings.broker_user] = mosquitto_password_hash(settings.secret("broker_collector"))
        users[WITNESS] = mosquitto_password_hash(witness)
        with taken_over(settings, ended):
            write_atomically(folder / "acl", render_acl(settings.broker_user, gateways))
            write_atomically(folder / "passwd", render_passwd(users))
            _tell(folder)
            _wait_read(settings, witness)
    except OSError as error:
        raise ConfigError(f"broker files in {folder}: {error.strerror}") from error
    return len(gateways)


def client_name(gateway: RegisteredGateway) -> str:
    """A gateway's user name at the broker."""
    return f"{gateway.unit_code}.{gateway.gateway_code}"


def render_acl(collector: str, gateways: Iterable[RegisteredGateway]) -> str:
    """What each client may write and read; what is not named is denied."""
    lines = [f"user {collector}", f"topic readwrite {ROOT}/#", "topic read $SYS/#"]
    for gateway in gateways:
        place = (gateway.shard, gateway.unit_code, gateway.gateway_code)
        lines += ["", f"user {client_name(gateway)}"]
        lines += [f"topic write {gateway_topic(*place, kind)}" for kind in UPWARD]
        lines += [f"topic read {gateway_topic(*place, kind)}" for kind in DOWNWARD]
        lines += [f"topic read {ROOT}/heads/#"]
    return "\n".join(lines) + "\n"


def _tell(folder: Path) -> None:
    """Have the broker of this folder read its files, where we can: one in a container looks by itself."""
    pid_file = folder / "mosquitto.pid"
    try:
        pid = int(pid_file.read_text())
        # A broker that was killed leaves its file behind, and the number may be another process's by now.
        if Path(f"/proc/{pid}/comm").read_text().strip() == "mosquitto":
            os.kill(pid, signal.SIGHUP)
    except (FileNotFoundError, ProcessLookupError):
        pass
    except (OSError, ValueError) as error:
        raise ConfigError(f"the broker of {pid_file} cannot be told to read its files: {error}") from error


def _wait_read(settings: Settings, witness: str) -> None:
    """Wait until the broker takes the witness in; one that is away reads its files when it starts."""
    deadline_s = time.monotonic() + READ_TIMEOUT_S
    while True:
        try:
            code = greet_broker(settings.broker_host, settings.broker_port, WITNESS, witness)
        except OSError as error:
            address = f"{settings.broker_host}:{settings.broker_port}"
            _log.info("no broker answers at %s (%s): it reads its files when it starts", address, error)
            return
        if code == 0:
            return
        if time.monotonic() > deadline_s:
            raise ConfigError(f"the broker did not read {settings.broker_config_dir / 'passwd'}: see its log")
        time.sleep(0.05)
