"""`nenghao register list`: what is to be done about registers."""

import typer

app = typer.Typer(no_args_is_help=True, help="What is to be done about registers.")


@app.callback()
def _group() -> None:
    """What is to be done about registers."""
