"""What a stack consists of and where its files lie."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from nenghao.config import PROJECT_ROOT
from nenghao.errors import ConfigError

DEFAULT_DIR = PROJECT_ROOT / ".run" / "stack"
LOOPBACK = ("127.0.0.1", "localhost")


class Component(StrEnum):
    """One process under the supervisor, or the four processes of Airflow by their own names."""

    POSTGRES = "postgres"
    MOSQUITTO = "mosquitto"
    SIGNER = "signer"
    COLLECTOR = "collector"
    OUTBOUND = "outbound"
    CONSOLE = "console"
    AIRFLOW_API = "airflow-api"
    AIRFLOW_SCHEDULER = "airflow-scheduler"
    AIRFLOW_DAGS = "airflow-dags"
    AIRFLOW_TRIGGERER = "airflow-triggerer"


AIRFLOW = (
    Component.AIRFLOW_API,
    Component.AIRFLOW_SCHEDULER,
    Component.AIRFLOW_DAGS,
    Component.AIRFLOW_TRIGGERER,
)
SERVERS = (Component.POSTGRES, Component.MOSQUITTO, Component.SIGNER)


def parse_components(names: Iterable[str]) -> tuple[Component, ...]:
    """Read component names; `airflow` stands for its four processes.

    Raises: ConfigError naming the known components where one is unknown.
    """
    chosen: set[Component] = set()
    for name in names:
        if name == "airflow":
            chosen.update(AIRFLOW)
        elif name in set(Component):
            chosen.add(Component(name))
        else:
            raise ConfigError(f"unknown component {name} (known: airflow, {', '.join(Component)})")
    return tuple(component for component in Component if component in chosen)


@dataclass(frozen=True, slots=True, kw_only=True)
class StackSpec:
    """Choices that differ between the demo's stack and a throw-away one."""

    components: tuple[Component, ...] = tuple(Component)
    #: PostgreSQL's page cache; small in tests because several may run side by side.
    shared_buffers_mb: int = 256
    #: Whether the data database gets its schema; tests of the migrations themselves want it empty.
    is_migrated: bool = True
    #: Mosquitto tells of a denied publish only in its debug log, about three lines a message: benches switch it off.
    is_denial_logged: bool = True
    #: Where gateways reach the broker: its certificate is for these, and with loopback only nobody else can connect.
    gateway_hosts: tuple[str, ...] = LOOPBACK

    def to_json(self) -> str:
        """Write the choices for the process that makes them true."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "StackSpec":
        """Read what `to_json` wrote."""
        fields = json.loads(text)
        fields["components"] = tuple(Component(name) for name in fields["components"])
        fields["gateway_hosts"] = tuple(fields["gateway_hosts"])
        return cls(**fields)


@dataclass(frozen=True, slots=True)
class Layout:
    """Every path of a stack, below its one directory."""

    root: Path

    @property
    def secrets(self) -> Path:
        """One file a secret, mode 0600."""
        return self.root / "secrets"

    @property
    def trust(self) -> Path:
        """Public keys, for whoever verifies."""
        return self.root / "trust"

    @property
    def logs(self) -> Path:
        """One log a component, rotated by the supervisor."""
        return self.root / "logs"

    @property
    def postgres_data(self) -> Path:
        """PostgreSQL's data directory."""
        return self.root / "postgres"

    @property
    def mosquitto(self) -> Path:
        """Mosquitto's configuration, password and access files, stored messages, pid file and log."""
        return self.root / "mosquitto"

    @property
    def signer(self) -> Path:
        """The signer's memory of the heads that it signed."""
        return self.root / "signer"

    @property
    def airflow(self) -> Path:
        """Airflow's home."""
        return self.root / "airflow"

    @property
    def releases(self) -> Path:
        """Sealed releases and their workbooks."""
        return self.root / "releases"

    @property
    def archive(self) -> Path:
        """Archived months."""
        return self.root / "archive"

    @property
    def data_docs(self) -> Path:
        """Great Expectations' context and Data Docs."""
        return self.root / "data_docs"

    @property
    def home(self) -> Path:
        """The home directory of every process, so that none writes into a person's."""
        return self.root / "home"

    @property
    def ports_file(self) -> Path:
        """The ports drawn for this stack."""
        return self.root / "ports.json"

    @property
    def sockets_link(self) -> Path:
        """A file naming the directory of the private sockets, which may lie elsewhere where this path is long."""
        return self.root / "sockets_dir"

    @property
    def supervisor_config(self) -> Path:
        """The supervisor's configuration."""
        return self.root / "supervisord.conf"

    @property
    def supervisor_pid(self) -> Path:
        """The supervisor's pid file."""
        return self.root / "supervisord.pid"

    def folders(self) -> tuple[Path, ...]:
        """The folders that exist before anything starts."""
        return (
            self.secrets,
            self.trust,
            self.logs,
            self.mosquitto,
            self.signer,
            self.airflow,
            self.releases,
            self.archive,
            self.data_docs,
            self.home,
        )
