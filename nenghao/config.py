"""The one settings class: read from `NENGHAO_*` variables, once, in `main()`.

The same class configures the stack without containers and the containers; secrets are files below
`secrets_dir`, one file a secret, never variables.
"""

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from nenghao.errors import ConfigError

PROJECT_ROOT = Path(__file__).resolve().parent.parent


class Role(StrEnum):
    """Database roles, each with only the rights its process needs (sql/roles.sql)."""

    OWNER = "nenghao_owner"
    COLLECTOR = "nenghao_collector"
    JOBS = "nenghao_jobs"
    RULES = "nenghao_rules"
    CONSOLE = "nenghao_console"
    VERIFIER = "nenghao_verifier"
    UNIT = "nenghao_unit"
    WEB = "nenghao_web"


class Settings(BaseSettings):
    """Every setting of every process. Units are in the names; each field says why it has its default."""

    model_config = SettingsConfigDict(env_prefix="NENGHAO_", frozen=True, extra="forbid")

    secrets_dir: Path = Field(
        default=PROJECT_ROOT / ".run" / "stack" / "secrets",
        description="Folder with one file a secret: the database roles, `broker_collector`, `release_signing_key.pem`.",
    )
    database_host: str = Field(default="127.0.0.1", description="Host of TimescaleDB.")
    database_port: int = Field(default=5432, ge=1, le=65535, description="Port of TimescaleDB.")
    database_name: str = Field(default="nenghao", description="Database with all of the project's data.")
    postgres_bin_dir: Path = Field(
        default=PROJECT_ROOT / ".run" / "prefix" / "postgresql" / "usr" / "lib" / "postgresql" / "17" / "bin",
        description="Folder of PostgreSQL's own programs, for backups; what is not in it is looked for on the PATH.",
    )

    broker_host: str = Field(default="127.0.0.1", description="Host of the MQTT broker, as the collector reaches it.")
    broker_port: int = Field(
        default=1883, ge=1, le=65535, description="Port of the broker's inner listener, without TLS: not for gateways."
    )
    broker_user: str = Field(default="nenghao-collector", description="The collector's name at the broker.")
    broker_config_dir: Path = Field(
        default=PROJECT_ROOT / ".run" / "stack" / "mosquitto",
        description="Where broker-sync writes `passwd` and `acl`, and where the broker's pid file and log lie.",
    )

    gateway_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        default=("127.0.0.1", "localhost"),
        min_length=1,
        description="Names and addresses at which gateways reach the broker, comma separated. Its certificate is for "
        "all of them, the accounts of gateways carry the first.",
    )
    gateway_port: int = Field(
        default=8883, ge=1, le=65535, description="Port of the broker's listener for gateways, with TLS."
    )

    signer_host: str = Field(default="127.0.0.1", description="Where nenghao-signer listens, and where it is asked.")
    signer_port: int = Field(default=8790, ge=1, le=65535, description="Port of nenghao-signer.")
    signer_dir: Path = Field(
        default=PROJECT_ROOT / ".run" / "stack" / "signer",
        description="Where nenghao-signer keeps the heads that it signed: its own folder, with a backup of its own.",
    )
    is_clock_checked: bool = Field(
        default=True,
        description="Whether a day's tree is closed only while the system says that its clock is synchronised. Off "
        "for a machine without NTP that tries things out.",
    )

    shards: Annotated[tuple[int, ...], NoDecode] = Field(
        default=(0,), description="Shards this collector serves, comma separated; one persistent session each."
    )
    batch_max_messages: int = Field(
        default=2000, ge=1, le=20000, description="A batch is committed when it holds this many messages."
    )
    batch_max_readings: int = Field(
        default=5000,
        ge=1,
        le=50000,
        description="Or about this many readings, by their bytes: 5000 is near the staged insert's best rate.",
    )
    batch_max_age_s: float = Field(
        default=0.5,
        gt=0,
        le=30,
        description="Or when its oldest message is this old, so that a quiet evening is stored too.",
    )
    is_commit_apart: bool = Field(
        default=False,
        description="Whether each shard's batches are read, judged and stored in a process beside the one that talks "
        "to the broker: more on a machine with idle cores, for the memory of one more process.",
    )
    receipt_interval_s: float = Field(
        default=5.0, gt=0, le=300, description="Receipts to one gateway are coalesced for this long."
    )
    message_max_bytes: int = Field(
        default=262_144, ge=1024, le=16_777_216, description="A larger payload is refused before it is parsed."
    )
    message_max_readings: int = Field(
        default=2000, ge=1, le=20000, description="A message with more readings is refused."
    )
    clock_skew_max_s: int = Field(
        default=60,
        ge=0,
        le=3600,
        description="A reading dated further in the future is refused (domain V28; the limit is not published).",
    )
    backfill_max_age_days: int = Field(
        default=10,
        ge=1,
        le=400,
        description="Older readings are refused once the commissioning window is closed: the longest holiday has "
        "8 days, and a gateway cut off in it is mended after it.",
    )

    log_format: Literal["text", "json"] = Field(
        default="text",
        description="Logs of the collector and the outbound sender: lines to read, or one JSON object for each event.",
    )
    health_port: int = Field(
        default=0,
        ge=0,
        le=65535,
        description="Port on 127.0.0.1 for /metrics, /healthz and /readyz of the collector or the outbound sender; "
        "each process needs one of its own. 0 is off: nothing listens that nobody asked for.",
    )

    console_host: str = Field(
        default="127.0.0.1",
        description="Address that the console listens on. Elsewhere than on this machine it belongs behind a proxy "
        "with TLS.",
    )
    console_port: int = Field(default=8686, ge=1, le=65535, description="Port of the console.")
    console_url: str = Field(
        default="http://127.0.0.1:8686",
        description="Where people reach the console. With https:// its cookies are for TLS only; plain http:// is for "
        "this machine.",
    )
    console_connections: int = Field(
        default=8, ge=1, le=64, description="Connections of the console's pool: as many requests are answered at once."
    )
    console_upload_max_bytes: int = Field(
        default=20_971_520,
        ge=65_536,
        le=104_857_600,
        description="A larger request is refused before it is read: a photo or a scanned page, not a film.",
    )
    api_requests_per_minute: int = Field(
        default=300,
        ge=1,
        le=100_000,
        description="Requests of one API token in a minute: none slows everybody's pages.",
    )
    airflow_url: str = Field(default="", description="Airflow's own pages, to which the console links; empty: no link.")

    release_dir: Path = Field(
        default=PROJECT_ROOT / ".run" / "stack" / "releases", description="Folder for sealed releases and their XLSX."
    )
    data_docs_dir: Path = Field(
        default=PROJECT_ROOT / ".run" / "stack" / "data_docs",
        description="Folder for the Great Expectations context and Data Docs.",
    )
    archive_dir: Path = Field(
        default=PROJECT_ROOT / ".run" / "stack" / "archive",
        description="Folder for the Parquet files of sealed months; best on another disk, with a backup of its own.",
    )
    detection_history_days: int = Field(
        default=28,
        ge=7,
        le=400,
        description="Days before the judged ones that detectors learn from: four of every weekday.",
    )
    rules_timeout_s: int = Field(
        default=600,
        ge=1,
        description="Longest time of one query of a rule; then the database ends it, and the audit says so.",
    )
    archive_after_days: int = Field(
        default=100,
        ge=10,
        le=3650,
        description="A sealed month is archived when its last row is this old: most late readings and decisions have "
        "come by then.",
    )
    raw_kept_days: int = Field(
        default=400,
        ge=400,
        le=7300,
        description="How long the bytes of messages stay in the database; the least is that of `retention_policy`.",
    )
    readings_kept_days: int = Field(
        default=800,
        ge=800,
        le=7300,
        description="How long readings stay in the database: two years of originals, and the quarter that reports on "
        "the second.",
    )
    pdf_font_file: Path = Field(
        default=PROJECT_ROOT / ".run/prefix/fonts/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
        description="Font of printed evidence, with Chinese and Latin letters; the part that is used is put into the "
        "PDF. scripts/setup fetches WenQuanYi Micro Hei; in Debian it is fonts-wqy-microhei.",
    )
    case_file_max_bytes: int = Field(
        default=10_485_760,
        ge=1024,
        le=104_857_600,
        description="Largest file that is attached to a step of a case: a scanned statement or a photo of a register.",
    )
    case_files_per_step: int = Field(
        default=5, ge=1, le=50, description="Most files that come with one step of a case."
    )
    case_files_max_bytes: int = Field(
        default=104_857_600,
        ge=1024,
        description="Most bytes of all files of a case together; also what a case folder that is merged may unfold to.",
    )
    archive_ratio_max: int = Field(
        default=100,
        ge=1,
        description="An attached archive or document may unfold to this many times its size: office files reach 20.",
    )
    archive_entries_max: int = Field(
        default=2000, ge=1, description="Most parts of an attached archive, or of a case folder that is merged."
    )
    session_idle_s: int = Field(
        default=1800,
        ge=60,
        le=43_200,
        description="A session of the console ends when nobody asked for this long: half an hour away from the desk.",
    )
    session_life_s: int = Field(
        default=43_200,
        ge=300,
        le=86_400,
        description="And in any case after this long: a working day with its overtime.",
    )
    language: Literal["zh", "en"] = Field(default="zh", description="Language of messages and labels.")

    @field_validator("shards", "gateway_hosts", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",")) if isinstance(value, str) else value

    @property
    def trust_dir(self) -> Path:
        """The folder of public keys and of the broker's authority: what whoever verifies trusts."""
        return self.secrets_dir.parent / "trust"

    def secret(self, name: str) -> str:
        """The content of the secret file `name`, without its line end.

        Raises: ConfigError, naming the file, where it is missing or empty.
        """
        path = self.secrets_dir / name
        try:
            text = path.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ConfigError(f"secret file {path} cannot be read: {error.strerror}") from error
        if not text:
            raise ConfigError(f"secret file {path} is empty")
        return text


#: Variables of the same prefix that are no settings of a process: a folder of benches, and a switch of a test.
NO_SETTINGS = {"NENGHAO_SHARED", "NENGHAO_WRITE_SCHEMA"}


def load_settings() -> Settings:
    """Read the settings from the environment.

    Raises: ConfigError with every wrong variable at once, each with its name and reason; a variable that no setting
    has is wrong, too: it was meant to change something.
    """
    known = {f"NENGHAO_{name.upper()}" for name in Settings.model_fields}
    wrong = [
        f"  {name}: there is no such setting"
        for name in sorted(os.environ)
        if name.startswith("NENGHAO_") and name not in known | NO_SETTINGS
    ]
    try:
        settings = Settings()
    except ValidationError as error:
        wrong += [f"  NENGHAO_{str(item['loc'][0]).upper()}: {item['msg']}" for item in error.errors()]
    if wrong:
        raise ConfigError("settings are wrong:\n" + "\n".join(wrong))
    return settings
