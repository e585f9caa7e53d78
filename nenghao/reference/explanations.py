"""Reads what stands for an explanation and explains nothing."""

from functools import cache

from nenghao.reference.files import read_rows


@cache
def empty_phrases() -> tuple[str, ...]:
    """Phrases that are empty alone and together."""
    return tuple(read_rows("explanations.toml")["empty"])
