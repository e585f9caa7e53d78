"""Starts DAG runs through Airflow's HTTP API and waits for them."""

import json
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

from nenghao.errors import NenghaoError, RetryableError

PATIENCE_S = 180
POLL_S = 1.0


@dataclass(frozen=True, slots=True)
class Run:
    """A finished DAG run."""

    dag_id: str
    run_id: str
    state: str
    url: str


class Airflow:
    """Airflow's API at `url`, signed in as its admin."""

    def __init__(self, url: str, password: str) -> None:
        """Sign in; Airflow's first answer may take some seconds, so it is asked again."""
        self.url = url
        self._headers = {"Content-Type": "application/json"}
        token = self._call("POST", "/auth/token", {"username": "admin", "password": password})["access_token"]
        self._headers["Authorization"] = f"Bearer {token}"

    def trigger(self, dag_id: str) -> Run:
        """Start a run and wait for its end."""
        self._wait_until_parsed(dag_id)
        run_id = self._call("POST", f"/api/v2/dags/{dag_id}/dagRuns", {"logical_date": None})["dag_run_id"]
        return self._wait(dag_id, run_id)

    def newest(self, dag_id: str, after: str | None) -> Run:
        """Wait for the end of the newest run of a DAG that others start; `after` is the id of the one before."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            run_id = self.newest_id(dag_id)
            if run_id is not None and run_id != after:
                return self._wait(dag_id, run_id)
            time.sleep(POLL_S)
        raise NenghaoError(f"no run of {dag_id} began within {PATIENCE_S} s; see {self.url}/dags/{dag_id}")

    def newest_id(self, dag_id: str) -> str | None:
        """The id of the newest run, if there is one."""
        runs = self._call("GET", f"/api/v2/dags/{dag_id}/dagRuns?order_by=-run_after&limit=1")["dag_runs"]
        return runs[0]["dag_run_id"] if runs else None

    def _wait(self, dag_id: str, run_id: str) -> Run:
        deadline = time.monotonic() + PATIENCE_S
        url = f"{self.url}/dags/{dag_id}/runs/{run_id}"
        while time.monotonic() < deadline:
            state = self._call("GET", f"/api/v2/dags/{dag_id}/dagRuns/{run_id}")["state"]
            if state in {"success", "failed"}:
                return Run(dag_id, run_id, state, url)
            time.sleep(POLL_S)
        raise NenghaoError(f"run {run_id} of {dag_id} did not end within {PATIENCE_S} s; see {url}")

    def _wait_until_parsed(self, dag_id: str) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            known = {dag["dag_id"] for dag in self._call("GET", "/api/v2/dags")["dags"]}
            if dag_id in known:
                return
            time.sleep(POLL_S)
        raise NenghaoError(f"Airflow does not know {dag_id} after {PATIENCE_S} s; see {self.url}/dags")

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        content = None if body is None else json.dumps(body).encode()
        for attempt in range(5):
            request = urllib.request.Request(self.url + path, content, self._headers, method=method)  # noqa: S310 - our own 127.0.0.1
            try:
                with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - as above
                    return dict(json.load(answer))
            except (urllib.error.URLError, TimeoutError) as error:
                if isinstance(error, urllib.error.HTTPError) and error.code < 500:
                    raise NenghaoError(f"Airflow answered {error.code} to {method} {path}") from error
                time.sleep(1 + attempt)
        raise RetryableError(f"Airflow does not answer at {self.url}")
