"""The command `nenghao`: its subcommands come by entry points, so that outer packages add theirs."""

import sys
from collections.abc import Callable
from importlib.metadata import entry_points

import typer

from nenghao.errors import NenghaoError

COMMANDS = "nenghao.commands"


def main() -> None:
    """Load the subcommand that was asked for, or all of them for help, and run it.

    Exit codes: 0 done, 1 the check that was asked for failed, 2 usage, 3 something outside is wrong.
    """
    asked = next((word for word in sys.argv[1:] if not word.startswith("-")), None)
    app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
    app.callback()(_about)
    entries = entry_points(group=COMMANDS)
    for entry in entries:
        if asked == entry.name or asked not in entries.names:
            _add(app, entry.name, entry.load())
    run(app)


def _add(app: typer.Typer, name: str, loaded: typer.Typer | Callable[..., None]) -> None:
    """An entry point is either a group of commands (a Typer) or one command (a function)."""
    if isinstance(loaded, typer.Typer):
        app.add_typer(loaded, name=name)
    else:
        app.command(name)(loaded)


def run(app: typer.Typer) -> None:
    """Run a command line; an error of ours becomes one message on stderr and exit code 3."""
    try:
        app()
    except NenghaoError as error:
        typer.echo(f"{error}", err=True)
        raise SystemExit(3) from error


def _about() -> None:
    """能耗: online readings, statistical returns and their audit."""
