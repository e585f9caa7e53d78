"""`nenghao console serve`: the web console."""

import typer

from nenghao.config import load_settings

app = typer.Typer(no_args_is_help=True, help="The web console.")


@app.callback()
def console() -> None:
    """The web console."""


@app.command()
def serve() -> None:
    """Serve the console until it is stopped; its address is NENGHAO_CONSOLE_URL."""
    from nenghao.console.server import serve as serve_console  # heavy: only this command needs the web framework

    serve_console(load_settings())
