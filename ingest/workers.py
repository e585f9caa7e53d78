"""Several workers on this host as processes of one parent, which starts again what dies and shows the health of all."""

import logging
import multiprocessing.connection
import signal
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from threading import Event, Thread
from typing import Final

from prometheus_client import CollectorRegistry, Metric
from prometheus_client.registry import Collector

from ingest.health import ProcessHealth
from ingest.logs import configure_logs, log_event
from ingest.worker import STANDBY, Worker
from nenghao.config import Settings
from nenghao.errors import ConfigError, NenghaoError

_log = logging.getLogger(__name__)

REPORT_EVERY_S: Final = 1.0
#: Longer than a worker's last commit may take.
STOP_S: Final = 60.0
#: A worker that ends more often than this within the time below ends because of something that starting does not mend.
MAX_ENDS: Final = 5
ENDS_WITHIN_S: Final = 60.0
OUTSIDE_IS_WRONG: Final = 3


@dataclass(frozen=True, slots=True)
class Report:
    """What a worker says of itself, once a second."""

    metrics: list[Metric]
    stalled: list[str]
    unready: list[str]


class CrowdHealth(Collector):
    """The last reports of all workers: their samples carry the worker's number, and start at 0 with each process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.registry.register(self)
        self.reports: dict[int, tuple[float, Report | None]] = {}

    def collect(self) -> Iterable[Metric]:
        """Every sample of every worker."""
        families: dict[str, Metric] = {}
        for number, (_, report) in sorted(self.reports.items()):
            for metric in report.metrics if report is not None else ():
                family = families.setdefault(metric.name, Metric(metric.name, metric.documentation, metric.type))
                for sample in metric.samples:
                    family.samples.append(sample._replace(labels={**sample.labels, "process": str(number)}))
        yield from families.values()

    def stalled(self, now_s: float) -> list[str]:
        """A line for each loop that did not turn lately, and for each worker that said nothing lately."""
        lines = []
        for number, (heard_at_s, report) in sorted(self.reports.items()):
            lines += [f"process {number}: {line}" for line in (() if report is None else report.stalled)]
            if now_s - heard_at_s > ENDS_WITHIN_S:
                lines.append(f"process {number}: no report for {now_s - heard_at_s:.0f} s")
        return lines

    def unready(self) -> list[str]:
        """A line for each loop that does not work, and for each worker that did not say anything yet."""
        lines = []
        for number, (_, report) in sorted(self.reports.items()):
            lines += [f"process {number}: {line}" for line in (["starts"] if report is None else report.unready)]
        return lines


class Workers:
    """Runs so many workers until it is told to stop, or until one of them dies again and again."""

    def __init__(self, settings: Settings, count: int, stop: Event, health: CrowdHealth) -> None:
        self._settings = settings
        self._stop = stop
        self._health = health
        self._ends: list[float] = []
        self._processes: dict[int, tuple[SpawnProcess, Connection]] = {}
        self._count = count

    def run(self) -> None:
        """Start the workers and look after them.

        Raises: ConfigError where a worker cannot work as it is configured, or dies too often.
        """
        try:
            for number in range(1, self._count + 1):
                self._start(number)
            while not self._stop.is_set():
                multiprocessing.connection.wait([pipe for _, pipe in self._processes.values()], REPORT_EVERY_S / 4)
                for number, (process, pipe) in list(self._processes.items()):
                    if not self._hear(number, pipe):
                        process.join(STOP_S)
                        self._restart(number, process.exitcode)
        finally:
            for process, _ in self._processes.values():
                if process.is_alive():
                    process.terminate()
            for process, _ in self._processes.values():
                process.join(STOP_S)
                if process.is_alive():
                    process.kill()

    def _hear(self, number: int, pipe: Connection) -> bool:
        """Take the reports that came; false where the worker is gone."""
        try:
            while pipe.poll():
                self._health.reports[number] = (time.monotonic(), pipe.recv())
        except (EOFError, OSError):
            return False
        return True

    def _restart(self, number: int, exit_code: int | None) -> None:
        if self._stop.is_set():
            return
        now_s = time.monotonic()
        self._ends = [one for one in self._ends if now_s - one < ENDS_WITHIN_S] + [now_s]
        if exit_code == OUTSIDE_IS_WRONG:
            raise ConfigError(f"worker {number} cannot work; its own message says why")
        if len(self._ends) > MAX_ENDS:
            raise ConfigError(f"workers ended {len(self._ends)} times within {ENDS_WITHIN_S:.0f} s")
        log_event(_log, logging.ERROR, "worker ended and is started again", process=number, exit_code=exit_code)
        self._start(number)

    def _start(self, number: int) -> None:
        ours, theirs = multiprocessing.Pipe()
        process = multiprocessing.get_context("spawn").Process(target=_work, args=(self._settings, theirs))
        process.start()
        theirs.close()  # the child has its own copy: when it dies, this end must see it
        self._processes[number] = (process, ours)
        self._health.reports[number] = (time.monotonic(), None)


def _work(settings: Settings, pipe: Connection) -> None:
    """The main function of a worker's process; it ends when it is told to, or with its parent."""
    configure_logs(settings.log_format)
    stop, health = Event(), ProcessHealth()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    Thread(target=_report, args=(pipe, health, stop), name="report", daemon=True).start()
    try:
        Worker(settings, stop, health, datetime.now(UTC)).run()
    except NenghaoError as error:
        log_event(_log, logging.ERROR, "worker cannot work", trouble=str(error))
        raise SystemExit(OUTSIDE_IS_WRONG) from error


def _report(pipe: Connection, health: ProcessHealth, stop: Event) -> None:
    """Tell the parent how this worker does; without a parent, nobody would ever stop it."""
    while True:
        unready = [line for line in health.unready() if not line.endswith(STANDBY)]
        report = Report(list(health.registry.collect()), health.stalled(time.monotonic()), unready)
        try:
            pipe.send(report)
        except OSError:
            stop.set()
            return
        time.sleep(REPORT_EVERY_S)
