"""The command `nenghao stack`."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from nenghao.stack.spec import StackSpec
    from nenghao.stack.stack import Stack

app = typer.Typer(no_args_is_help=True, help="Start, look at and stop the real components on this machine.")

Directory = Annotated[Path | None, typer.Option("--dir", help="Directory of the stack; .run/stack without it.")]


@app.command()
def up(
    directory: Directory = None,
    only: Annotated[str | None, typer.Option(help="Components, comma separated; `airflow` for its four.")] = None,
) -> None:
    """Start what does not run yet, and wait until it is healthy."""
    from nenghao.config import load_settings
    from nenghao.stack.spec import Component, StackSpec, parse_components

    components = parse_components(only.split(",")) if only else tuple(Component)
    _stack(directory, StackSpec(components=components, gateway_hosts=load_settings().gateway_hosts)).up()


@app.command()
def down(directory: Directory = None) -> None:
    """Stop everything, and what an earlier run left behind."""
    typer.echo("stack: stopped" if _stack(directory).down() else "stack: nothing runs")


@app.command()
def status(directory: Directory = None) -> None:
    """Show each component, its state, its pid and its port."""
    stack = _stack(directory)
    ports = _ports(stack)
    typer.echo(f"{'component':<20} {'state':<10} {'pid':>8} {'port':>6}")
    for component, process in stack.status().items():
        pid = process.pid or "-"
        typer.echo(f"{component:<20} {process.state.lower():<10} {pid:>8} {ports.get(component, '-'):>6}")


@app.command()
def logs(
    component: str,
    directory: Directory = None,
    lines: Annotated[int, typer.Option("-n", min=1, help="How many lines.")] = 50,
) -> None:
    """Show the end of a component's log."""
    from nenghao.stack.spec import parse_components

    stack = _stack(directory)
    for name in parse_components([component]):
        typer.echo(stack.log_tail(name, lines))


@app.command()
def env(directory: Directory = None) -> None:
    """Print the variables of a process that works with the stack, for `eval`."""
    for name, value in _stack(directory).environment().items():
        typer.echo(f"export {name}={shlex.quote(value)}")


@app.command()
def restart(component: str, directory: Directory = None) -> None:
    """Stop and start one component."""
    from nenghao.stack.spec import parse_components

    stack = _stack(directory)
    for name in parse_components([component]):
        stack.restart(name)


@app.command()
def restore(
    source: Annotated[Path, typer.Option("--from", help="Folder of the backups, readable by the servers' user.")],
    directory: Directory = None,
    base: Annotated[str | None, typer.Option(help="Name of a base backup; the newest without it.")] = None,
) -> None:
    """Put a backup in the place of the stack's database, which is kept beside it; see docs/runbook.md."""
    _stack(directory).restore(source, base)


@app.command()
def denied(directory: Directory = None) -> None:
    """Count the publishes that the broker denied, by client; they never reach the collector."""
    for client, count in sorted((_stack(directory).denied_publishes() or {}).items()):
        typer.echo(f"{count:8d}  {client}")


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def run(context: typer.Context, directory: Directory = None) -> None:
    """Run a command as the servers' own user with the stack's environment."""
    result = _stack(directory).run(context.args)
    raise typer.Exit(result.returncode)


def _stack(directory: Path | None, spec: "StackSpec | None" = None) -> "Stack":
    from nenghao.stack.spec import DEFAULT_DIR
    from nenghao.stack.stack import Stack

    return Stack(directory or DEFAULT_DIR, spec)


def _ports(stack: "Stack") -> dict[str, int]:
    ports = stack.ports
    return {
        "postgres": ports.postgres,
        "mosquitto": ports.mosquitto,
        "signer": ports.signer,
        "console": ports.console,
        "airflow-api": ports.airflow_api,
    }
