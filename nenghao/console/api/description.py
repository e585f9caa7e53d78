"""Describes the API as OpenAPI 3.1, made of the same table as its routes; texts are labels."""

import inspect
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from types import NoneType, UnionType
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

from nenghao.console.api.parameters import PAGING, Parameter
from nenghao.console.api.resources import RESOURCES, Resource
from nenghao.console.rendering import translator
from nenghao.labels import Language

PREFIX: Final = "/api/v1"
VERSION: Final = "1.0"
_PLAIN: Final[dict[Any, dict[str, Any]]] = {
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    str: {"type": "string"},
    # Exact: a float would change it.
    Decimal: {"type": "string", "format": "decimal"},
    datetime: {"type": "string", "format": "date-time"},
    date: {"type": "string", "format": "date"},
    bytes: {"type": "string", "format": "binary"},
}
_FORMATS: Final[dict[str, dict[str, Any]]] = {
    "integer": {"type": "integer", "format": "int64"},
    "text": {"type": "string", "maxLength": 200},
    "month": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}$"},
    "date": {"type": "string", "format": "date"},
    "instant": {"type": "string", "format": "date-time"},
}
_ERRORS: Final = (401, 403, 404, 422, 429, 503)


def describe(language: Language) -> dict[str, Any]:
    """The whole document."""
    t = translator(language)
    schemas: dict[str, Any] = {"Error": _error_schema()}
    paths: dict[str, Any] = {}
    for resource in RESOURCES:
        paths[resource.path] = {"get": _operation(resource, language, schemas)}
    return {
        "openapi": "3.1.0",
        "info": {"title": t("console.api.title"), "version": VERSION, "description": t("console.api.about")},
        "servers": [{"url": PREFIX}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": dict(sorted(schemas.items())),
        },
    }


def row_fields(row: type) -> list[tuple[str, str]]:
    """Names of a row's fields and what each holds, for the page about the API."""
    if not is_dataclass(row):
        return []
    hints = get_type_hints(row)
    return [(field.name, _type_name(hints[field.name])) for field in fields(row)]


def _operation(resource: Resource, language: Language, schemas: dict[str, Any]) -> dict[str, Any]:
    summary = translator(language)(f"console.api.resource.{resource.name}")
    content = schema_of(resource.row, schemas)
    answers = {resource.media_type: {"schema": content}}
    if resource.is_list:
        answers = {
            "application/json": {"schema": _page_schema(content)},
            "text/csv": {"schema": {"type": "string"}},
        }
    shown = (*resource.parameters, *(PAGING if resource.is_list else ()))
    error = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    return {
        "operationId": resource.name,
        "summary": summary,
        "x-roles": sorted(resource.rule.roles),
        "x-authorities": sorted(resource.rule.authorities),
        "parameters": [_parameter(one) for one in shown],
        "responses": {
            "200": {"description": summary, "content": answers},
            "304": {"description": "ETag"},
            **{
                str(status): {
                    "description": translator(language)(f"console.api.status.{status}"),
                    "content": error,
                }
                for status in _ERRORS
            },
        },
    }


def _parameter(one: Parameter) -> dict[str, Any]:
    schema = dict(_FORMATS[one.kind])
    if one.kind == "integer":
        schema |= {"minimum": one.lowest, "maximum": one.highest}
    if one.choices:
        schema |= {"enum": list(one.choices)}
    shown: dict[str, Any] = {"name": one.name, "in": one.where, "required": one.is_required, "schema": schema}
    if one.example is not None:
        shown["example"] = int(one.example) if one.kind == "integer" else one.example
    return shown


def schema_of(kind: Any, schemas: dict[str, Any]) -> dict[str, Any]:
    """The schema of a type; a record becomes a component of its name."""
    if kind is Any or kind is object:
        return {}
    if kind in _PLAIN:
        return dict(_PLAIN[kind])
    if is_dataclass(kind):
        name = kind.__name__  # type: ignore[union-attr]  # a class, since annotations name classes
        if name not in schemas:
            schemas[name] = {}
            hints = get_type_hints(kind)
            schemas[name] = {
                "type": "object",
                "description": " ".join((inspect.getdoc(kind) or "").split()),
                "required": [field.name for field in fields(kind)],
                "properties": {field.name: schema_of(hints[field.name], schemas) for field in fields(kind)},
            }
        return {"$ref": f"#/components/schemas/{name}"}
    return _generic_schema(kind, schemas)


def _generic_schema(kind: Any, schemas: dict[str, Any]) -> dict[str, Any]:
    origin, inside = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return {"anyOf": [{"type": "null"} if one is NoneType else schema_of(one, schemas) for one in inside]}
    if origin is dict or (inspect.isclass(origin) and origin.__name__ == "Mapping"):
        return {"type": "object"}
    if origin is tuple and inside[-1] is not Ellipsis:
        return {"type": "array", "prefixItems": [schema_of(one, schemas) for one in inside]}
    if inspect.isclass(origin):
        return {"type": "array", "items": schema_of(inside[0], schemas)}
    return {"type": "string"}


def _page_schema(item: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["page", "page_size", "total", "items"],
        "properties": {
            "page": {"type": "integer"},
            "page_size": {"type": "integer"},
            "total": {"type": "integer"},
            "items": {"type": "array", "items": item},
        },
    }


def _error_schema() -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["code", "message", "field"],
        "properties": {
            "code": {"type": "string"},
            "message": {"type": "string"},
            "field": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        },
    }


def _type_name(kind: Any) -> str:
    origin, inside = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return " | ".join("null" if one is NoneType else _type_name(one) for one in inside)
    if kind in _PLAIN:
        known = _PLAIN[kind]
        return str(known.get("format", known["type"]))
    if origin is dict or kind is Any:
        return "object"
    return "array" if origin is not None else getattr(kind, "__name__", "object")
