"""Mosquitto: its configuration, its first client, and a check that it takes that client in."""

import ipaddress
from collections import Counter

from nenghao import broker_files
from nenghao.broker_files import mosquitto_password_hash, render_passwd, write_atomically
from nenghao.broker_hello import greet_broker
from nenghao.config import PROJECT_ROOT
from nenghao.errors import ConfigError
from nenghao.stack.credentials import BROKER_SECRET, BROKER_SERVER_CERTIFICATE, BROKER_SERVER_KEY, read_secret
from nenghao.stack.ports import Ports
from nenghao.stack.spec import Component, Layout, StackSpec
from nenghao.stack.supervisor import Program

PREFIX = PROJECT_ROOT / ".run" / "prefix" / "mosquitto" / "usr"
COLLECTOR = "nenghao-collector"
INITIAL_ACL = f"""\
user {COLLECTOR}
topic readwrite nenghao/v1/#
topic read $SYS/#
"""


def program(layout: Layout) -> Program:
    """How the broker is started."""
    return Program(
        component=Component.MOSQUITTO,
        command=(str(PREFIX / "sbin" / "mosquitto"), "-c", str(layout.mosquitto / "mosquitto.conf")),
        priority=20,
    )


def prepare(layout: Layout, spec: StackSpec, ports: Ports) -> None:
    """Write the configuration, and the password and access files where the collector is not yet in them.

    Raises: ConfigError where the broker is missing.
    """
    if not (PREFIX / "sbin" / "mosquitto").exists():
        raise ConfigError("Mosquitto is not set up: run scripts/setup")
    (layout.mosquitto / "store").mkdir(mode=0o700, exist_ok=True)
    (layout.mosquitto / "mosquitto.conf").write_text(render_config(layout, spec, ports), encoding="utf-8")
    passwd = layout.mosquitto / "passwd"
    users = dict(line.split(":", 1) for line in passwd.read_text().splitlines()) if passwd.exists() else {}
    if COLLECTOR not in users:
        users[COLLECTOR] = mosquitto_password_hash(read_secret(layout, BROKER_SECRET))
        write_atomically(passwd, render_passwd(users))
    if not (layout.mosquitto / "acl").exists():
        write_atomically(layout.mosquitto / "acl", INITIAL_ACL)


def render_config(layout: Layout, spec: StackSpec, ports: Ports) -> str:
    """Write the broker's configuration; the reasons stand beside the values."""
    folder = layout.mosquitto
    log_types = ["error", "warning", "notice", "information"]
    # A denied publish is told of only here; it never reaches the collector, so this is where it is counted.
    log_types += ["debug"] if spec.is_denial_logged else []
    return f"""\
# Written at every start of the stack.
allow_anonymous false
password_file {folder}/passwd
acl_file {folder}/acl
pid_file {folder}/mosquitto.pid
log_dest file {folder}/mosquitto.log
log_timestamp_format %Y-%m-%dT%H:%M:%S%z
{"".join(f"log_type {name}{chr(10)}" for name in log_types)}
# The collector acknowledges after commit: with a limit in flight below its batch the broker would stop sending.
max_inflight_messages 0
# An absent collector must lose nothing: the queue is bounded by bytes, and gateways keep what has no receipt yet.
max_queued_messages 0
max_queued_bytes 536870912
# Larger than what the collector accepts, so that an oversized message becomes a stored refusal and not a disconnect.
max_packet_size 2097152
persistence true
persistence_location {folder}/store/
autosave_interval 5
sys_interval 2
# The inner listener: for collector and outbound sender, each session by a client id of its own choice.
listener {ports.mosquitto} 127.0.0.1
# For gateways. The client id is the user name, whatever the client says, so that nobody gets at another one's session.
listener {ports.mosquitto_gateways}{_bound_to(spec)}
use_username_as_clientid true
certfile {layout.secrets}/{BROKER_SERVER_CERTIFICATE}
keyfile {layout.secrets}/{BROKER_SERVER_KEY}
"""


def _bound_to(spec: StackSpec) -> str:
    """The address of the gateways' listener: loopback where that is all that gateways are told, else every one."""
    return " 127.0.0.1" if all(_is_loopback(host) for host in spec.gateway_hosts) else ""


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def count_denied(layout: Layout) -> Counter[str]:
    """How many publishes the broker denied, by client id: read from its log, since they never reach the collector."""
    return broker_files.count_denied(layout.mosquitto / "mosquitto.log")


def problem(layout: Layout, port: int) -> str | None:
    """Why the broker does not take the collector in; None where it does."""
    try:
        code = greet_broker("127.0.0.1", port, COLLECTOR, read_secret(layout, BROKER_SECRET))
    except OSError as error:
        return str(error)
    return f"the collector is refused with code {code}" if code else None
