"""What the driver raises, in the project's own terms: the class says what the caller does."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import psycopg

from nenghao.errors import DataRefused, RetryableError

#: What a row can be guilty of: SQLSTATE classes 22, 23 and 54, and values that the driver cannot write.
_ROW_ERRORS: Final = (
    psycopg.DataError,
    psycopg.IntegrityError,
    psycopg.errors.ProgramLimitExceeded,
    UnicodeError,
    OverflowError,
)


class RowRejected(DataRefused):
    """The store would not take a row; the message begins with the SQLSTATE."""


class NotPermitted(DataRefused):
    """The store says that this role, or this person, may not."""


@contextmanager
def driver_errors() -> Iterator[None]:
    """Translate what the driver raises.

    Raises: RowRejected where a row is to blame, NotPermitted where rights are missing, RetryableError where the
    database is to blame.
    """
    try:
        yield
    except _ROW_ERRORS as error:
        state = getattr(error, "sqlstate", None) or type(error).__name__
        raise RowRejected(f"{state}: {_first_line(error)}") from error
    except (psycopg.errors.InsufficientPrivilege, psycopg.errors.WithCheckOptionViolation) as error:
        raise NotPermitted(_first_line(error)) from error
    except psycopg.Error as error:
        raise RetryableError(f"database: {_first_line(error)}") from error


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
