"""Waits until a component does its work, not only until its process runs."""

import time

from nenghao.errors import ConfigError
from nenghao.stack import airflow, mosquitto, postgres
from nenghao.stack.logs import tail
from nenghao.stack.ports import Ports
from nenghao.stack.spec import Component, Layout
from nenghao.stack.supervisor import Supervisor

RUNNING_S = 60.0


def wait_healthy(layout: Layout, ports: Ports, component: Component) -> None:
    """Wait for one component; the scheduler, DAG processor and triggerer are asked about through Airflow's API.

    Raises: ConfigError in one sentence, with the end of the component's log.
    """
    try:
        match component:
            case Component.POSTGRES:
                postgres.wait_ready(layout, ports.postgres)
            case Component.MOSQUITTO:
                mosquitto.wait_ready(layout, ports.mosquitto)
            case _:
                _wait_running(layout, component)
    except ConfigError as error:
        raise ConfigError(f"{error}\n{tail(layout, component)}") from error


def wait_airflow(layout: Layout, ports: Ports) -> None:
    """Wait until Airflow itself says that all of its parts are healthy.

    Raises: ConfigError naming what is not, with the end of its api-server's log.
    """
    try:
        airflow.wait_ready(ports)
    except ConfigError as error:
        raise ConfigError(f"{error}\n{tail(layout, Component.AIRFLOW_API)}") from error


def _wait_running(layout: Layout, component: Component) -> None:
    deadline = time.monotonic() + RUNNING_S
    while True:
        process = Supervisor(layout).states()[component]
        if process.is_running:
            return
        if process.state == "FATAL" or time.monotonic() > deadline:
            raise ConfigError(f"{component} is {process.state.lower()} {process.reason}".strip())
        time.sleep(0.1)
