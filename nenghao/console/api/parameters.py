"""Reads the parameters of an API request by their declared kinds, and refuses by a stable code and the field's name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, Literal

from nenghao.domain.periods import Month
from nenghao.errors import DataRefused

Kind = Literal["integer", "text", "month", "date", "instant"]
Where = Literal["path", "query"]
PAGE_SIZE: Final = 50
PAGE_SIZE_MAX: Final = 500
#: A number in a path or a query: ids are 64 bits wide.
INTEGER_MAX: Final = 2**63 - 1
TEXT_MAX: Final = 200


class ApiRefused(DataRefused):
    """A request is refused; `code` is stable, its label is `console.api.error.<code>`."""

    def __init__(self, code: str, status: int, field: str | None = None, **values: object) -> None:
        super().__init__(f"refused: {code} {field or ''}".strip())
        self.code, self.status, self.field, self.values = code, status, field, values


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A part of a path or of a query. `example` is what the description shows."""

    name: str
    kind: Kind = "text"
    where: Where = "query"
    is_required: bool = False
    choices: tuple[str, ...] = ()
    lowest: int = 1
    highest: int = INTEGER_MAX
    example: str | None = None

    def read(self, text: str) -> Any:
        """The value of a text.

        Raises: ApiRefused naming the parameter.
        """
        try:
            value = _READERS[self.kind](text)
        except (ValueError, DataRefused):
            raise ApiRefused("invalid_parameter", 422, self.name, kind=self.kind) from None
        if self.kind == "integer" and not self.lowest <= value <= self.highest:
            raise ApiRefused("out_of_range", 422, self.name, lowest=self.lowest, highest=self.highest)
        if self.choices and value not in self.choices:
            raise ApiRefused("unknown_choice", 422, self.name, choices=", ".join(self.choices))
        if self.kind == "instant" and value.tzinfo is None:
            raise ApiRefused("time_without_zone", 422, self.name)
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a request asked for; a parameter that was not given is None."""

    values: Mapping[str, Any] = field(default_factory=dict)
    page: int = 1
    page_size: int = PAGE_SIZE

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    @property
    def offset(self) -> int:
        """Rows before the page."""
        return (self.page - 1) * self.page_size


PAGING: Final = (
    Parameter(name="page", kind="integer", highest=1_000_000, example="1"),
    Parameter(name="page_size", kind="integer", highest=PAGE_SIZE_MAX, example=str(PAGE_SIZE)),
)


def read_parameters(
    declared: Iterable[Parameter], path: Mapping[str, str], query: Mapping[str, str], *, is_paged: bool
) -> Given:
    """Read what was given; a word that is not declared is refused, since a filter that is passed over misleads.

    Raises: ApiRefused.
    """
    wanted = (*declared, *(PAGING if is_paged else ()))
    known = {one.name for one in wanted if one.where == "query"}
    for name in query:
        if name not in known:
            raise ApiRefused("unknown_parameter", 422, name[:TEXT_MAX])
    values: dict[str, Any] = {}
    for one in wanted:
        text = (path if one.where == "path" else query).get(one.name)
        if text is None or (text == "" and one.where == "query"):
            if one.is_required:
                raise ApiRefused("missing_parameter", 422, one.name)
            values[one.name] = None
        else:
            values[one.name] = one.read(text)
    page, page_size = values.pop("page", None), values.pop("page_size", None)
    return Given(values=values, page=page or 1, page_size=page_size or PAGE_SIZE)


def _integer(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 19:
        raise ValueError(text)
    return int(text)


def _text(text: str) -> str:
    if len(text) > TEXT_MAX or "\0" in text:
        raise ValueError("too long")
    return text


def _month(text: str) -> date:
    return Month.parse(text).start_on


_READERS: Final[Mapping[str, Any]] = {
    "integer": _integer,
    "text": _text,
    "month": _month,
    "date": date.fromisoformat,
    "instant": datetime.fromisoformat,
}
