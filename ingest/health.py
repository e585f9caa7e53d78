"""How a process of ours does: the counters of its loops, and whether each of them turns and works."""

import math
import time
from collections.abc import Iterable
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

from nenghao.db.ingest_rows import BatchOutcome

#: A commit may wait 30 s for a lock, and a broken batch waits several times; who is silent for longer hangs.
STALLED_AFTER_S: Final = 120.0
#: From a quiet evening's commit of a few milliseconds to one that waits for a lock.
COMMIT_BUCKETS_S: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_PREFIX: Final = "nenghao_ingest"


class ProcessHealth(Collector):
    """The loops of one process, in a registry of its own; units and meters are no labels: they would be thousands."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._workers: dict[str, WorkerHealth] = {}
        self._broker_dropped: int | None = None
        of_worker = ["worker"]
        registry = self.registry
        self.messages = Counter(
            f"{_PREFIX}_messages", "Messages stored, by outcome.", [*of_worker, "outcome"], registry=registry
        )
        self.readings = Counter(
            f"{_PREFIX}_readings", "Readings committed, by outcome.", [*of_worker, "outcome"], registry=registry
        )
        self.refusals = Counter(
            f"{_PREFIX}_refusals",
            "What was refused, by reason.",
            [*of_worker, "reason"],
            registry=registry,
        )
        self.received_again = Counter(
            f"{_PREFIX}_messages_received_again", "Messages that were stored before.", of_worker, registry=registry
        )
        self.commit_seconds = Histogram(
            f"{_PREFIX}_batch_commit_seconds",
            "From a full batch to its commit; the count is that of the batches.",
            of_worker,
            buckets=COMMIT_BUCKETS_S,
            registry=registry,
        )
        self.in_flight = Gauge(
            f"{_PREFIX}_messages_in_flight", "Messages taken and not yet acknowledged.", of_worker, registry=registry
        )
        self.commit_age = Gauge(
            f"{_PREFIX}_last_commit_age_seconds", "Since the last commit; NaN before it.", of_worker, registry=registry
        )
        self.trouble = Gauge(
            f"{_PREFIX}_trouble", "1 while a loop waits for database or broker.", of_worker, registry=registry
        )
        self.receipted = Counter(
            f"{_PREFIX}_messages_receipted", "Messages whose receipt the broker took.", of_worker, registry=registry
        )
        self.outbound_sent = Counter(
            f"{_PREFIX}_outbound_messages_sent", "Other messages that the broker took.", of_worker, registry=registry
        )
        registry.register(self)
        ProcessCollector(registry=registry)

    def add_worker(self, name: str, *, is_committing: bool = True) -> "WorkerHealth":
        """A loop, by a name of low cardinality such as `shard-0`."""
        worker = self._workers[name] = WorkerHealth(self, name, is_committing=is_committing)
        return worker

    def remove_worker(self, name: str) -> None:
        """Say no more whether a loop works that another process has taken over; what it counted stays."""
        self._workers.pop(name, None)
        self.trouble.labels(name).set(0)

    def note_broker_dropped(self, messages: int) -> None:
        """How many messages the broker says that it dropped since it started."""
        self._broker_dropped = messages

    def collect(self) -> Iterable[CounterMetricFamily]:
        """The broker's own counter, once it is known: it begins anew with the broker, not with this process."""
        if self._broker_dropped is not None:
            yield CounterMetricFamily(
                f"{_PREFIX}_broker_messages_dropped", "As $SYS of the broker says.", value=self._broker_dropped
            )

    def stalled(self, now_s: float) -> list[str]:
        """A line for each loop that did not turn lately; `now_s` is monotonic."""
        late = {name: now_s - worker.turned_at_s for name, worker in self._workers.items()}
        return [f"{name}: no turn for {age_s:.0f} s" for name, age_s in late.items() if age_s > STALLED_AFTER_S]

    def unready(self) -> list[str]:
        """A line for each loop that does not work: without database or broker, or not yet started."""
        waiting = {name: worker.waits_for for name, worker in self._workers.items()}
        return [f"{name}: {trouble}" for name, trouble in waiting.items() if trouble is not None]


class WorkerHealth:
    """One loop: a shard's collector, or the outbound sender. Its thread writes, the server's thread reads."""

    def __init__(self, process: ProcessHealth, name: str, *, is_committing: bool = True) -> None:
        self._process = process
        self._name = name
        self._committed_at_s = math.nan
        self.turned_at_s = time.monotonic()
        self.in_flight = 0
        self.receipted_total = 0
        self.sent_total = 0
        self.waits_for: str | None = "starts"
        if is_committing:
            process.in_flight.labels(name).set_function(lambda: self.in_flight)
            process.commit_age.labels(name).set_function(lambda: time.monotonic() - self._committed_at_s)
        process.trouble.labels(name).set(0)

    def turn(self) -> None:
        """Say that the loop turned."""
        self.turned_at_s = time.monotonic()

    def works(self) -> None:
        """Say that database and broker are connected."""
        self.waits_for = None
        self._process.trouble.labels(self._name).set(0)

    def waits(self, trouble: str) -> None:
        """Say what the loop waits for; what it held is the broker's again."""
        self.waits_for = trouble
        self.in_flight = 0
        self._process.trouble.labels(self._name).set(1)

    def stops(self) -> None:
        """Say that the loop ends and takes nothing any more."""
        self.waits_for = "stopped"

    def committed(self, outcome: BatchOutcome, *, messages: int, seconds: float) -> None:
        """Count a batch of so many messages, which are acknowledged."""
        self.in_flight -= messages
        self._committed_at_s = time.monotonic()
        process, name, readings = self._process, self._name, outcome.readings
        process.commit_seconds.labels(name).observe(seconds)
        process.messages.labels(name, "accepted").inc(outcome.messages - outcome.refused_messages)
        process.messages.labels(name, "refused").inc(outcome.refused_messages)
        process.received_again.labels(name).inc(outcome.received_again)
        for kind in ("stored", "duplicate", "conflict", "revision", "refused"):
            process.readings.labels(name, kind).inc(getattr(readings, kind))
        for reason, count in outcome.refusals.items():
            process.refusals.labels(name, reason).inc(count)

    def receipted(self, messages: int) -> None:
        """Count messages whose receipts are out."""
        self.receipted_total += messages
        self._process.receipted.labels(self._name).inc(messages)

    def sent(self, messages: int) -> None:
        """Count messages of jobs and console that are out."""
        self.sent_total += messages
        self._process.outbound_sent.labels(self._name).inc(messages)
