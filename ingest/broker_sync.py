"""Tells the broker which clients there are and what each may do, from the table of gateways."""

import logging
import os
import signal
from collections.abc import Iterable
from pathlib import Path

from ingest.topics import DOWNWARD, ROOT, UPWARD, gateway_topic
from nenghao.broker_files import mosquitto_password_hash, render_passwd, write_atomically
from nenghao.config import Role, Settings
from nenghao.db.connection import connect
from nenghao.db.gateways import RegisteredGateway, gateways_with_password
from nenghao.errors import ConfigError

_log = logging.getLogger(__name__)


def sync_broker(settings: Settings) -> int:
    """Write `passwd` and `acl`, have the broker read them, and return the number of gateways.

    A broker that does not run yet reads them when it starts.

    Raises: ConfigError where the files cannot be written or the broker cannot be told.
    """
    with connect(settings, Role.COLLECTOR) as conn:
        gateways = gateways_with_password(conn)
    users = {client_name(gateway): gateway.broker_password_hash for gateway in gateways}
    users[settings.broker_user] = mosquitto_password_hash(settings.secret("broker_collector"))
    folder = settings.broker_config_dir
    try:
        write_atomically(folder / "passwd", render_passwd(users))
        write_atomically(folder / "acl", render_acl(settings.broker_user, gateways))
    except OSError as error:
        raise ConfigError(f"broker files in {folder}: {error.strerror}") from error
    _reload(folder)
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


def _reload(folder: Path) -> None:
    pid_file = folder / "mosquitto.pid"
    try:
        pid = int(pid_file.read_text())
        # A broker that was killed leaves its file behind, and the number may be another process's by now.
        if Path(f"/proc/{pid}/comm").read_text().strip() != "mosquitto":
            raise ProcessLookupError
        os.kill(pid, signal.SIGHUP)
    except (FileNotFoundError, ProcessLookupError):
        _log.info("no broker runs from %s: it reads its files when it starts", folder)
    except (OSError, ValueError) as error:
        raise ConfigError(f"the broker of {pid_file} cannot be told to read its files: {error}") from error
