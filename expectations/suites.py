"""Makes Great Expectations' objects: one batch and one suite for each batch query, and the Data Docs.

Before it: `catalogue` read the rules. After it: `runner` validates what is made here. Great Expectations takes seconds
to import, so it is imported inside functions.
"""

import logging
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from expectations.catalogue import Rule
from nenghao.config import Role, Settings
from nenghao.errors import ConfigError
from nenghao.labels import label

if TYPE_CHECKING:
    from great_expectations import ValidationDefinition
    from great_expectations.data_context.data_context.ephemeral_data_context import EphemeralDataContext
    from great_expectations.expectations.core.unexpected_rows_expectation import UnexpectedRowsExpectation

DOCS_SITE: Final = "nenghao"
#: Lies in a folder of Data Docs and says that its content was made here, and may be made anew.
DOCS_MARK: Final = ".nenghao-data-docs"
#: Rules join days with days of the same batch, for which the planner has no statistics: it would choose nested loops,
#: whose cost is the square of the days (two years of a house: 14 s instead of 0.3 s). Rules only read: whatever a query
#: holds, the server lets it write nothing (decision 0012).
SESSION_OPTIONS: Final = (
    "-c timezone=UTC -c enable_nestloop=off -c jit=off -c work_mem=64MB -c default_transaction_read_only=on"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One query of one rule (a rule has several where each row of `form_relation` is a check)."""

    rule: Rule
    query: str
    #: Evidence that is the same for all rows of this check.
    constants: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Validation:
    """A batch with its checks, ready to run; the expectation of a check stands at the check's place."""

    definition: "ValidationDefinition"
    checks: tuple[Check, ...]
    expectations: tuple["UnexpectedRowsExpectation", ...]


@contextmanager
def open_context(
    settings: Settings, *, unit_id: int | None = None, token: str | None = None
) -> Iterator["EphemeralDataContext"]:
    """A context in memory, its connections closed at the end: all that lasts is in the database and in Data Docs.

    With a unit it reads as that unit's role, that unit's rows, and makes no Data Docs: nobody else is told. With the
    token of one of its people's sessions it reads as that person, of whom the database itself knows the unit.

    Raises: ConfigError where the folder for Data Docs holds what was not made here.
    """
    if unit_id is None and token is None:
        _own_docs_folder(settings.data_docs_dir)
    os.environ["GX_ANALYTICS_ENABLED"] = "False"
    logging.getLogger("great_expectations").setLevel(logging.WARNING)
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    source = context.data_sources.add_postgres("readings", connection_string=_url(settings, unit_id, token))
    try:
        yield context
    finally:
        source.get_execution_engine().close()
        source.get_engine().dispose()


def build_validation(
    context: "EphemeralDataContext",
    settings: Settings,
    name: str,
    query: str,
    checks: Sequence[Check],
    versions: dict[str, int],
) -> Validation:
    """The suite of one batch query: each check an expectation that no row offends."""
    from great_expectations import ExpectationSuite, ValidationDefinition
    from great_expectations.expectations.core.unexpected_rows_expectation import UnexpectedRowsExpectation
    from great_expectations.expectations.metadata_types import FailureSeverity

    suite = context.suites.add(ExpectationSuite(name=name))
    expectations = tuple(
        suite.add_expectation(
            UnexpectedRowsExpectation(
                unexpected_rows_query=check.query,
                description=_describe(check, settings),
                severity=FailureSeverity.CRITICAL if check.rule.level == "doubt" else FailureSeverity.WARNING,
                meta={"rule": check.rule.code, "version": versions[check.rule.code], "place": place},
            )
        )
        for place, check in enumerate(checks)
    )
    source: Any = context.data_sources.get("readings")
    batch = source.add_query_asset(name, query=query).add_batch_definition_whole_table("all")
    definition = context.validation_definitions.add(ValidationDefinition(name=name, data=batch, suite=suite))
    return Validation(definition, tuple(checks), expectations)


def build_docs(context: "EphemeralDataContext", settings: Settings) -> None:
    """Write Data Docs of this context's runs: verdicts and counts, never rows."""
    folder = settings.data_docs_dir
    _own_docs_folder(folder)
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name != DOCS_MARK:
            path.unlink()
    context.add_data_docs_site(
        DOCS_SITE,
        {
            "class_name": "SiteBuilder",
            "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(folder)},
            "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
        },
    )
    context.build_data_docs(site_names=[DOCS_SITE])
    _give_to_owner(folder)


def _give_to_owner(folder: Path) -> None:
    """What root made by hand belongs to the servers' user, or their next audit could not replace it."""
    if os.geteuid() == 0:
        owner = folder.parent.stat()
        for path in (folder, *folder.rglob("*")):
            os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)


def _own_docs_folder(folder: Path) -> None:
    """Make the folder, or see that it is ours: what a wrong setting names must not be emptied."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        mark = folder / DOCS_MARK
        if not mark.exists():
            if any(folder.iterdir()):
                raise ConfigError(f"NENGHAO_DATA_DOCS_DIR: {folder} holds files that are not Data Docs of this project")
            mark.touch()
    except OSError as error:
        raise ConfigError(f"NENGHAO_DATA_DOCS_DIR: {folder} cannot be used: {error.strerror}") from error


def _describe(check: Check, settings: Settings) -> str:
    title = label(f"rule.{check.rule.code}.title", settings.language)
    return " ".join([title, *(str(value) for value in check.constants.values() if isinstance(value, str))])


def _url(settings: Settings, unit_id: int | None, token: str | None) -> str:
    role = Role.RULES if unit_id is None else Role.UNIT
    options = f"{SESSION_OPTIONS} -c statement_timeout={settings.rules_timeout_s}s"
    if token is not None:
        # As nenghao.db.people does it for a transaction; the connection is this check's alone and ends with it.
        role = Role.WEB
        options += f" -c search_path=seen,public -c nenghao.session={token} -c role={Role.UNIT.value}"
    elif unit_id is not None:
        options += f" -c nenghao.unit_id={unit_id}"
    password = quote(settings.secret(role), safe="")
    return (
        f"postgresql+psycopg://{role}:{password}@{settings.database_host}:{settings.database_port}"
        f"/{quote(settings.database_name)}?application_name=nenghao+audit&options={quote(options)}"
    )
