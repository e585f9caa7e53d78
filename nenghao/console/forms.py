"""Reads what a browser posts: fields and files within limits, and proof that our own page posted it (CSRF)."""

from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from fastapi import Request
from starlette.datastructures import FormData, UploadFile

from nenghao.access.sessions import is_csrf
from nenghao.errors import DataRefused

#: A return of 205-1 has 60 rows of 12 columns; no form of ours has more fields than this.
MAX_FIELDS: Final = 2000
MAX_FILES: Final = 10
#: One field that is no file: a reason, an explanation.
MAX_FIELD_BYTES: Final = 64 * 1024
CSRF_FIELD: Final = "csrf"
CSRF_HEADER: Final = "x-csrf"


class RequestRefused(DataRefused):
    """A request is refused before any product function saw it; `key` is a label below `console.refused`."""

    def __init__(self, key: str, status: int = 400, **values: object) -> None:
        super().__init__(f"refused: {key}")
        self.key, self.status, self.values = f"console.refused.{key}", status, values


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was posted: its name as the browser said it, never used as a path, and its bytes."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Form:
    """What was posted, by field, in the order of the page."""

    fields: tuple[tuple[str, str], ...] = ()
    files: tuple[tuple[str, Upload], ...] = field(default=(), repr=False)

    def text(self, name: str) -> str:
        """The field without blanks around it, empty where it was not posted."""
        return next((value.strip() for given, value in self.fields if given == name), "")

    def texts(self, name: str) -> list[str]:
        """All values of a field that may be posted several times."""
        return [value.strip() for given, value in self.fields if given == name]

    def beginning(self, prefix: str) -> dict[str, str]:
        """Fields whose names begin so, without the beginning."""
        return {name.removeprefix(prefix): value.strip() for name, value in self.fields if name.startswith(prefix)}

    def uploads(self, name: str) -> list[Upload]:
        """Files of a field; one that was left empty is none."""
        return [upload for given, upload in self.files if given == name and upload.name]


def check_origin(request: Request, own_url: str) -> None:
    """Refuse what another site makes a browser send.

    Raises: RequestRefused.
    """
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise RequestRefused("foreign_origin", 403)
    origin = request.headers.get("origin")
    host = request.headers.get("host", "")
    if origin is not None and origin != "null" and _place(origin) not in (host, _place(own_url)):
        raise RequestRefused("foreign_origin", 403)


def _place(address: str) -> str | None:
    try:
        return urlsplit(address).netloc
    except ValueError:
        return None


def check_csrf(request: Request, form: Form, secret: str) -> None:
    """Hold the posted value against the session's.

    Raises: RequestRefused.
    """
    given = request.headers.get(CSRF_HEADER) or form.text(CSRF_FIELD)
    if not secret or not is_csrf(secret, given):
        raise RequestRefused("csrf", 403)


async def read_form(request: Request) -> Form:
    """Read a posted form, its files into memory: the whole request was held to a size before.

    Raises: starlette's HTTPException (400) where a limit is passed.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in ("application/x-www-form-urlencoded", "multipart/form-data"):
        return Form()
    async with request.form(max_files=MAX_FILES, max_fields=MAX_FIELDS, max_part_size=MAX_FIELD_BYTES) as posted:
        return await _taken(posted)


async def _taken(posted: FormData) -> Form:
    fields: list[tuple[str, str]] = []
    files: list[tuple[str, Upload]] = []
    for name, value in posted.multi_items():
        if isinstance(value, UploadFile):
            files.append((name, Upload(name=value.filename or "", content=await value.read())))
        else:
            fields.append((name, value))
    return Form(fields=tuple(fields), files=tuple(files))
