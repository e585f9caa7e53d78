"""What a process needs to know to work with a stack: as settings, and as variables for other processes."""

import os
import sys
from pathlib import Path

from nenghao.config import PROJECT_ROOT, Settings
from nenghao.stack.console import address as console_address
from nenghao.stack.ports import Ports
from nenghao.stack.postgres import DATA_DATABASE
from nenghao.stack.spec import Layout

PASSED_ON = ("LANG", "TZDIR", "http_proxy", "https_proxy", "no_proxy")


def settings_of(layout: Layout, ports: Ports) -> Settings:
    """The settings of a process that works with this stack."""
    return Settings(
        secrets_dir=layout.secrets,
        database_host="127.0.0.1",
        database_port=ports.postgres,
        database_name=DATA_DATABASE,
        broker_host="127.0.0.1",
        broker_port=ports.mosquitto,
        gateway_port=ports.mosquitto_gateways,
        broker_config_dir=layout.mosquitto,
        signer_port=ports.signer,
        signer_dir=layout.signer,
        console_port=ports.console,
        console_url=console_address(ports.console),
        airflow_url=f"http://127.0.0.1:{ports.airflow_api}",
        is_clock_checked=False,
        release_dir=layout.releases,
        archive_dir=layout.archive,
        data_docs_dir=layout.data_docs,
    )


def variables_of(settings: Settings) -> dict[str, str]:
    """The same settings as `NENGHAO_*` variables, those that differ from a machine to the next."""
    fields = (
        "secrets_dir",
        "database_host",
        "database_port",
        "database_name",
        "broker_host",
        "broker_port",
        "gateway_port",
        "broker_config_dir",
        "signer_port",
        "signer_dir",
        "console_port",
        "console_url",
        "airflow_url",
        "is_clock_checked",
        "release_dir",
        "archive_dir",
        "data_docs_dir",
    )
    return {f"NENGHAO_{name.upper()}": str(getattr(settings, name)) for name in fields}


def base_environment(layout: Layout) -> dict[str, str]:
    """The variables every process of the stack starts with; the caller's own, and its secrets, stay outside."""
    passed_on = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return passed_on | {
        "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
        "HOME": str(layout.home),
        "LC_ALL": "C.UTF-8",
        "PYTHONUNBUFFERED": "1",
        "GX_ANALYTICS_ENABLED": "False",
        "AIRFLOW_HOME": str(layout.airflow),
    }


def needed_paths(layout: Layout) -> list[Path]:
    """The folders which the servers' user must reach."""
    return [PROJECT_ROOT, layout.root, Path(sys.prefix), Path(sys.base_prefix)]
