"""Peers of the collector for `bench ingest`: installed below .run by the bench itself, each on the same messages.

A peer stores the bench's flat copy of each reading into the table under test: it knows neither units nor series, keeps
no ledger and sends no receipt. What each of them promises stands beside its name.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from nenghao.config import PROJECT_ROOT, Role, Settings

FOLDER = PROJECT_ROOT / ".run" / "bench-peers"
NODE_RED, PG, MQ_BRIDGE = "node-red@4.1", "pg@8", "mq-bridge==1.2.0"

#: Peers that acknowledge after the commit and may be sent a message twice; the others do not do both.
IDEMPOTENT = ("mq_bridge_insert",)
PEERS = ("mq_bridge_copy", "mq_bridge_insert", "node_red")
#: mq-bridge binds fields of the top level only: what holds fifty readings it cannot take apart.
PEERS_OF_FIFTY = ("node_red",)

#: What Node-RED logs when it begins to receive: it takes all that waits before its first rows are stored.
CONNECTED = "Connected to broker"

_INSERT_ONE = (
    "INSERT INTO reading (series_id, at, value) VALUES (${payload:series}::integer, ${payload:at}::timestamptz,"
    " ${payload:value}::numeric)"
)
_COPY = "INSERT INTO reading (series_id, at, value) VALUES (${payload:series}, ${payload:at}, ${payload:value})"

_MQ_BRIDGE_PROGRAM = """
import json, sys, time
from mq_bridge import Route, init_logging
init_logging("warn")
with Route.from_config(json.load(open(sys.argv[1]))):
    while True:
        time.sleep(1)
"""

_NODE_RED_START = """
const client = new pg.Client(CONNECTION);
client.connect();
const state = {series: [], at: [], value: [], busy: false};
state.flush = async (all) => {
    if (state.busy) return;
    state.busy = true;
    while (state.series.length >= 1000 || (all && state.series.length)) {
        const rows = [state.series.splice(0, 1000), state.at.splice(0, 1000), state.value.splice(0, 1000)];
        await client.query('INSERT INTO reading (series_id, at, value)'
            + ' SELECT * FROM unnest($1::integer[], $2::timestamptz[], $3::numeric[]) ON CONFLICT DO NOTHING', rows);
    }
    state.busy = false;
};
setInterval(() => state.flush(true), 200);
context.set('state', state);
"""
_NODE_RED_MESSAGE = """
const state = context.get('state');
for (const one of msg.payload.readings) {
    state.series.push(one.series); state.at.push(one.at); state.value.push(one.value);
}
if (state.series.length >= 1000) state.flush(false);
return null;
"""


def install() -> None:
    """Install both peers where they are not there yet."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    if not (FOLDER / "mq" / "bin" / "python").exists():
        subprocess.run([sys.executable, "-m", "venv", FOLDER / "mq"], check=True)
        subprocess.run([FOLDER / "mq" / "bin" / "pip", "install", "--quiet", MQ_BRIDGE], check=True)
    if not (FOLDER / "node" / "node_modules" / "node-red").exists():
        (FOLDER / "node").mkdir(exist_ok=True)
        command = ["npm", "install", "--no-audit", "--no-fund", "--omit=dev", "--silent", NODE_RED, PG]
        subprocess.run(command, cwd=FOLDER / "node", check=True)


def start(peer: str, settings: Settings, client_id: str, folder: Path) -> "subprocess.Popen[bytes]":
    """Start a peer on the persistent session of `client_id`; it reads until it is ended."""
    log = (folder / f"{peer}.log").open("ab")
    if peer == "node_red":
        command = _node_red(settings, client_id, folder)
        return subprocess.Popen(command, stdout=log, stderr=log, cwd=FOLDER / "node", env=_environment())
    config = folder / f"{peer}.json"
    config.touch(0o600)
    config.write_text(json.dumps(_mq_bridge(peer, settings, client_id)))
    command = [str(FOLDER / "mq" / "bin" / "python"), "-c", _MQ_BRIDGE_PROGRAM, str(config)]
    return subprocess.Popen(command, stdout=log, stderr=log, env=_environment())


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("NENGHAO_")}


def _mq_bridge(peer: str, settings: Settings, client_id: str) -> dict[str, object]:
    insert = _COPY if peer == "mq_bridge_copy" else _INSERT_ONE + " ON CONFLICT DO NOTHING"
    role = Role.COLLECTOR
    sqlx: dict[str, object] = {
        "url": f"postgres://{settings.database_host}:{settings.database_port}/{settings.database_name}?sslmode=disable",
        "username": role.value,
        "password": settings.secret(role.value),
        "table": "reading",
        "insert_query": insert,
    }
    if peer == "mq_bridge_copy":
        sqlx["bulk_copy"] = True
    mqtt = {
        "url": f"tcp://{settings.broker_host}:{settings.broker_port}",
        "username": settings.broker_user,
        "password": settings.secret("broker_collector"),
        "client_id": client_id,
        "topic": "nenghao/v1/9/#",
        "qos": 1,
        "clean_session": False,
        "session_expiry_interval": 0xFFFFFFFF,
        # With a longer backlog than this it never becomes ready.
        "queue_capacity": 100_000,
        "max_inflight": 20_000,
    }
    return {
        "input": {"mqtt": mqtt},
        "output": {"sqlx": sqlx},
        "batch_size": 2_000,
        "startup_timeout_ms": 30_000,
    }


def _node_red(settings: Settings, client_id: str, folder: Path) -> list[str]:
    role = Role.COLLECTOR
    connection = json.dumps(
        {
            "host": settings.database_host,
            "port": settings.database_port,
            "database": settings.database_name,
            "user": role.value,
            "password": settings.secret(role.value),
        }
    )
    flow = [
        {"id": "tab", "type": "tab", "label": "bench"},
        {
            "id": "broker", "type": "mqtt-broker", "broker": settings.broker_host, "port": str(settings.broker_port),
            "clientid": client_id, "autoConnect": True, "usetls": False, "protocolVersion": "5", "keepalive": "60",
            "cleansession": False, "sessionExpiry": "4294967295",
        },
        {
            "id": "in", "type": "mqtt in", "z": "tab", "topic": "nenghao/v1/9/#", "qos": "1", "datatype": "json",
            "broker": "broker", "inputs": 0, "wires": [["store"]],
        },
        {
            "id": "store", "type": "function", "z": "tab", "outputs": 0, "wires": [], "func": _NODE_RED_MESSAGE,
            "initialize": _NODE_RED_START.replace("CONNECTION", connection), "libs": [{"var": "pg", "module": "pg"}],
        },
    ]  # fmt: skip
    home = folder / "node_red"
    if not home.exists():
        home.mkdir(mode=0o700)
        (home / "node_modules").symlink_to(FOLDER / "node" / "node_modules")
        shutil.copy(FOLDER / "node" / "package.json", home)
    flows, settings_file = home / "flows.json", home / "settings.js"
    credentials = home / "flows_cred.json"
    credentials.touch(0o600)
    account = {"user": settings.broker_user, "password": settings.secret("broker_collector")}
    credentials.write_text(json.dumps({"broker": account}))
    flows.touch(0o600)
    flows.write_text(json.dumps(flow))
    settings_file.write_text(
        f"module.exports = {{userDir: {json.dumps(str(home))}, flowFile: {json.dumps(str(flows))},"
        " uiPort: 0, uiHost: '127.0.0.1', httpAdminRoot: false, httpNodeRoot: false, credentialSecret: false,"
        " functionExternalModules: true, logging: {console: {level: 'info'}}};\n"
    )
    return ["node", str(FOLDER / "node" / "node_modules" / "node-red" / "red.js"), "--settings", str(settings_file)]
