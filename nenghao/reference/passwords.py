"""Reads which passwords are refused."""

from dataclasses import dataclass
from functools import cache

from nenghao.reference.files import read_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordRules:
    """One edition: bounds of length, and what is known too well."""

    edition: str
    length_min: int
    length_max: int
    distinct_min: int
    words: tuple[str, ...]
    runs: tuple[str, ...]


@cache
def load_password_rules() -> PasswordRules:
    """The edition in force."""
    row = read_rows("passwords.toml")
    return PasswordRules(
        edition=row["edition"],
        length_min=row["length_min"],
        length_max=row["length_max"],
        distinct_min=row["distinct_min"],
        words=tuple(row["words"]),
        runs=tuple(row["runs"]),
    )
