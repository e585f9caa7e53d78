"""Texts that people read, in Chinese and English, as data: code holds keys only."""

import tomllib
from functools import cache
from importlib import resources
from typing import Literal, cast

Language = Literal["zh", "en"]


def label(key: str, language: Language, /, **values: object) -> str:
    """The text of `key`, such as `variety.33` or `form.205-1.title`, its `{placeholders}` filled in.

    Raises: KeyError where the key is unknown in that language, or a placeholder has no value.
    """
    text = load_labels(language)[key]
    return text.format(**values) if values else text


@cache
def load_labels(language: Language) -> dict[str, str]:
    """Every label of a language, by its dotted key: `zh.toml`, and `<part>.zh.toml` of parts that have their own."""
    folder = resources.files("nenghao.reference") / "labels"
    labels: dict[str, str] = {}
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        if file.name == f"{language}.toml" or file.name.endswith(f".{language}.toml"):
            labels.update(_flatten(tomllib.loads(file.read_text(encoding="utf-8")), ""))
    return labels


def _flatten(table: dict[str, object], prefix: str) -> list[tuple[str, str]]:
    labels: list[tuple[str, str]] = []
    for key, value in table.items():
        if isinstance(value, dict):
            labels += _flatten(cast("dict[str, object]", value), f"{prefix}{key}.")
        else:
            labels.append((f"{prefix}{key}", str(value)))
    return labels
