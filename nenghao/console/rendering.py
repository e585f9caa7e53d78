"""Turns a template and its values into a page in the reader's language; whatever no macro made is escaped."""

from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from nenghao.console.writing import FILTERS
from nenghao.labels import Language, label, load_labels

TEMPLATES: Final = Path(__file__).parent / "templates"


@cache
def environment(more: tuple[Path, ...] = ()) -> Environment:
    """The templates of the console, and of outer packages that add pages. A name that is not given is an error."""
    made = Environment(
        loader=FileSystemLoader([TEMPLATES, *more]),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(FILTERS)
    return made


def translator(language: Language) -> Callable[..., str]:
    """`t` of the templates: the label of a key in a language."""
    return partial(_told, language)


def _told(language: Language, key: str, /, **values: object) -> str:
    return label(key, language, **values)


def is_label(language: Language, key: str) -> bool:
    """Whether a language has the key."""
    return key in load_labels(language)


def render(template: str, language: Language, values: Mapping[str, Any], more: tuple[Path, ...] = ()) -> str:
    """A template with its values, as text.

    Raises: jinja2's UndefinedError where the template names what was not given, KeyError for a label that is none.
    """
    return (
        environment(more)
        .get_template(template)
        .render({"t": translator(language), "has_label": partial(is_label, language), "language": language, **values})
    )
