"""Runs one checkpoint of Great Expectations, and says for each check what it found or why it did not run.

Before it: `suites` made the validation. After it: `recording` writes what came out.
"""

import io
from collections.abc import Sequence
from contextlib import redirect_stderr
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from expectations.suites import Check, Validation

if TYPE_CHECKING:
    from great_expectations.data_context.data_context.ephemeral_data_context import EphemeralDataContext


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one check gave: its offending rows, or the reason why it did not run."""

    check: Check
    rows: Sequence[dict[str, Any]] = ()
    failure: str | None = None


def validate(context: "EphemeralDataContext", validation: Validation) -> list[Outcome]:
    """Run a checkpoint over one batch."""
    return validate_all(context, validation.definition.name, [validation])[0]


def validate_all(context: "EphemeralDataContext", name: str, validations: Sequence[Validation]) -> list[list[Outcome]]:
    """Run one checkpoint, and take all rows of each check that failed (Great Expectations itself shows 200).

    Outcomes come by validation, in their order.
    """
    from great_expectations import Checkpoint

    checkpoint = context.checkpoints.add(
        Checkpoint(
            name=name,
            validation_definitions=[validation.definition for validation in validations],
            result_format={"result_format": "SUMMARY"},  # verdicts and counts; rows would end up in Data Docs
        )
    )
    verdicts: dict[tuple[str, int], Any] = {
        (result.suite_name, _place_of(verdict)): verdict
        for result in checkpoint.run().run_results.values()
        for verdict in result.results
    }
    return [_outcomes(validation, verdicts) for validation in validations]


def _outcomes(validation: Validation, verdicts: dict[tuple[str, int], Any]) -> list[Outcome]:
    suite = validation.definition.name
    return [
        _outcome(validation, place, verdicts[suite, place])
        if (suite, place) in verdicts
        else Outcome(check=check, failure="no verdict came")
        for place, check in enumerate(validation.checks)
    ]


def _place_of(verdict: Any) -> int:
    place: int = verdict.expectation_config.meta["place"]
    return place


def _outcome(validation: Validation, place: int, verdict: Any) -> Outcome:
    check = validation.checks[place]
    failure = failure_of(verdict.exception_info)
    if failure is not None:
        return Outcome(check=check, failure=failure)
    if verdict.success:
        return Outcome(check=check)
    try:
        with redirect_stderr(io.StringIO()):  # a progress bar that no setting of the context switches off
            rows = validation.definition.get_unexpected_rows(validation.expectations[place])
        return Outcome(check=check, rows=rows)
    except RuntimeError as error:  # what Great Expectations makes of an error of the database
        return Outcome(check=check, failure=str(error))


def failure_of(exception_info: dict[str, Any] | None) -> str | None:
    """The first line of an exception that Great Expectations caught: it keeps one, or one for each metric."""
    if not exception_info:
        return None
    for info in (exception_info, *(value for value in exception_info.values() if isinstance(value, dict))):
        if info.get("raised_exception"):
            return str(info.get("exception_message") or "unknown").strip().splitlines()[0]
    return None
