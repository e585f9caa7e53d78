"""Waits until a component does its work, not only until its process runs."""

import time

from nenghao.errors import ConfigError
from nenghao.stack import airflow, console, mosquitto, postgres, signer
from nenghao.stack.logs import tail
from nenghao.stack.ports import Ports
from nenghao.stack.spec import AIRFLOW, SERVERS, Component, Layout
from nenghao.stack.supervisor import Supervisor

# PostgreSQL's recovery after a kill, or Airflow's imports on a busy machine, may take minutes.
HEALTHY_S = 180.0
MAX_AIRFLOW_STARTS = 3


def wait_healthy(layout: Layout, ports: Ports, component: Component) -> None:
    """Wait for one component; the scheduler, DAG processor and triggerer are asked about through Airflow's API.

    Raises: ConfigError in one sentence, with the end of the component's log.
    """
    deadline = time.monotonic() + HEALTHY_S
    while True:
        process = Supervisor(layout).states()[component]
        problem = _problem(layout, ports, component) if process.pid else "it does not run"
        # A server that answers needs no further proof; of the others it is known only that they stay up.
        if problem is None and (process.is_running or component in SERVERS):
            return
        if process.state == "FATAL" or time.monotonic() > deadline:
            state = process.state.lower()
            raise ConfigError(f"{component} is {state}: {problem or 'no answer'}\n{tail(layout, component)}".rstrip())
        time.sleep(0.1)


def wait_airflow(layout: Layout, ports: Ports) -> None:
    """Wait until Airflow itself says that all of its parts are healthy.

    Raises: ConfigError naming what is not, with the end of a log.
    """
    deadline = time.monotonic() + HEALTHY_S
    pids: dict[Component, set[int]] = {component: set() for component in AIRFLOW}
    while True:
        unhealthy = airflow.unhealthy_parts(ports)
        # A scheduler that dies after its first heartbeat looks healthy for half a minute each time.
        for component, process in Supervisor(layout).states().items():
            if component in pids and process.pid:
                pids[component].add(process.pid)
                if len(pids[component]) > MAX_AIRFLOW_STARTS:
                    raise ConfigError(f"{component} ends again and again\n{tail(layout, component)}")
        if not unhealthy:
            return
        if time.monotonic() > deadline:
            log = tail(layout, Component.AIRFLOW_API)
            raise ConfigError(f"airflow is not healthy: {', '.join(unhealthy)}\n{log}".rstrip())
        time.sleep(0.5)


def _problem(layout: Layout, ports: Ports, component: Component) -> str | None:
    match component:
        case Component.POSTGRES:
            return postgres.problem(layout, ports.postgres)
        case Component.MOSQUITTO:
            return mosquitto.problem(layout, ports.mosquitto)
        case Component.SIGNER:
            return signer.problem(ports.signer)
        case Component.CONSOLE:
            return console.problem(ports.console)
        case _:
            return None
