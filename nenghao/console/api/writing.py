"""Writes answers of the API: rows as JSON with decimals as text, or as CSV; an error with its stable code."""

import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from nenghao.console.lists import CSV
from nenghao.console.rendering import translator
from nenghao.domain.rounding import exact_text
from nenghao.labels import Language
from nenghao.reporting.exports import BYTE_ORDER_MARK, inert

JSON: Final = "application/json; charset=utf-8"


def plain(value: Any) -> Any:
    """A value as JSON has it: decimals as text, since a float would change them; instants in UTC."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case Decimal():
            return exact_text(value)
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case Mapping():
            return {str(key): plain(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [plain(item) for item in value]
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    return str(value)


def answer_json(request: Request, content: Any) -> Response:
    """JSON, or 304 where the caller has exactly this."""
    return _tagged(request, json.dumps(plain(content), ensure_ascii=False, separators=(",", ":")).encode(), JSON)


def answer_csv(request: Request, row: type, rows: Sequence[Any]) -> Response:
    """A table as CSV: one line of names, one line a row; what is no table in itself is JSON in its cell."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    names = [field.name for field in fields(row)]
    writer.writerow(names)
    writer.writerows([_cell(getattr(one, name)) for name in names] for one in rows)
    return _tagged(request, f"{BYTE_ORDER_MARK}{out.getvalue()}".encode(), CSV)


def answer_bytes(request: Request, content: bytes, media_type: str, name: str, tag: str) -> Response:
    """A file, or 304 where the caller has it."""
    if f'"{tag}"' in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=_headers(tag))
    headers = _headers(tag) | {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)


def answer_error(
    language: Language,
    status: int,
    code: str,
    *,
    field: str | None = None,
    values: Mapping[str, object] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """`{"code", "message", "field"}`: the code is stable, the message in the caller's language."""
    told = {"field": field or "", **(values or {})}
    message = translator(language)(f"console.api.error.{code}", **told)
    return JSONResponse({"code": code, "message": message, "field": field}, status, headers=dict(headers or {}))


def wants_csv(request: Request) -> bool:
    """Whether the caller asks for CSV."""
    return request.headers.get("accept", "").partition(",")[0].partition(";")[0].strip().lower() == "text/csv"


def _cell(value: Any) -> str:
    written = plain(value)
    if written is None:
        return ""
    if isinstance(written, dict | list):
        return json.dumps(written, ensure_ascii=False)
    return inert(value) if isinstance(value, str) else str(written)


def _tagged(request: Request, body: bytes, media_type: str) -> Response:
    tag = hashlib.sha256(body).hexdigest()[:32]
    if f'"{tag}"' in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=_headers(tag))
    return Response(body, media_type=media_type, headers=_headers(tag))


def _headers(tag: str) -> dict[str, str]:
    return {"ETag": f'"{tag}"', "Cache-Control": "private, no-cache", "Vary": "Authorization, Accept, Accept-Language"}
