"""The command group `nenghao refusals`: list and export of nenghao.cli.refusals, and the replay."""

import json
from collections import Counter
from datetime import UTC, datetime
from typing import Annotated

import typer

from ingest.replay_refused import replay_refusals
from nenghao.cli.refusals import First, Last, Reason, Unit, app, chosen
from nenghao.config import load_settings
from nenghao.db.refusals import RefusalFilter
from nenghao.labels import label

__all__ = ["app"]


@app.command()
def replay(
    ids: Annotated[list[int] | None, typer.Option("--id", help="A refusal's number; may be given often.")] = None,
    unit: Unit = None,
    reason: Reason = None,
    first: First = None,
    last: Last = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would become of each; store nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, as docs/ledger.md says.")] = False,
) -> None:
    """Judge refused bytes again, once the cause is mended, and store what is taken now; the refusals stay."""
    wanted = chosen(unit, reason, first, last, ids)
    if wanted == RefusalFilter():
        raise typer.BadParameter("name refusals by --id, --reason, --unit, --from or --to")
    settings = load_settings()
    outcome = replay_refusals(settings, wanted, now=datetime.now(UTC), is_dry_run=dry_run)
    if as_json:
        typer.echo(
            json.dumps(
                {
                    "dry_run": dry_run,
                    "looked_at": outcome.looked_at,
                    "replayed": outcome.replayed,
                    "still_refused": outcome.still_refused,
                    "without_bytes": outcome.without_bytes,
                    "states": outcome.states,
                }
            )
        )
        return
    typer.echo(
        label(
            "refusals.replay",
            settings.language,
            looked_at=outcome.looked_at,
            replayed=outcome.replayed.total(),
            outcomes=_counts(outcome.replayed),
            still_refused=outcome.still_refused.total(),
            reasons=_counts(outcome.still_refused),
            without_bytes=outcome.without_bytes,
            states=outcome.states,
        )
    )
    if dry_run:
        typer.echo(label("refusals.dry_run", settings.language))


def _counts(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items())) or "-"
