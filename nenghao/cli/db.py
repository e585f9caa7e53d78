"""`nenghao db`: prepares a database server, and brings the schema to the newest migration."""

import typer

from nenghao.config import load_settings
from nenghao.db import bootstrap as bootstrapping
from nenghao.db.migrate import migrate as apply_migrations

app = typer.Typer(no_args_is_help=True, help="The database server: roles, databases, schema.")


@app.callback()
def _group() -> None:
    """The database server: roles, databases, schema."""


@app.command()
def bootstrap() -> None:
    """Make roles, their passwords, both databases, the extension and the rights; safe to run again.

    Needs the secret `postgres`, the superuser's password, beside those of the roles.
    """
    settings = load_settings()
    server = bootstrapping.Server(
        host=settings.database_host,
        port=settings.database_port,
        password=settings.secret(bootstrapping.SUPERUSER),
    )
    bootstrapping.bootstrap(server, settings.database_name, settings.secret)
    typer.echo(f"{settings.database_name}: roles, databases and rights are up to date")


@app.command()
def migrate() -> None:
    """Apply the migrations that the database has not seen; needs the secret `nenghao_owner`."""
    settings = load_settings()
    apply_migrations(settings)
    typer.echo(f"{settings.database_name}: the schema is up to date")
