"""Puts the API into the console: a route for each resource, its description, and the page that people read about it."""

import json
import logging
import math
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from fastapi import FastAPI, Request
from starlette.responses import Response

from nenghao.access.trail import note_refusal
from nenghao.console.api.description import PREFIX, describe, row_fields
from nenghao.console.api.parameters import PAGING, ApiRefused, read_parameters
from nenghao.console.api.rates import Rates
from nenghao.console.api.readers import Archive, Asked, Page
from nenghao.console.api.resources import RESOURCES, Resource
from nenghao.console.api.writing import answer_bytes, answer_csv, answer_error, answer_json, wants_csv
from nenghao.console.languages import address_of, language_of
from nenghao.console.pages import Pages
from nenghao.console.rules import PUBLIC, SIGNED_IN
from nenghao.console.visits import Visit
from nenghao.db.errors import NotPermitted, driver_errors
from nenghao.db.people import NobodySignedIn, Person, as_person
from nenghao.errors import DataRefused, RetryableError
from nenghao.labels import Language

LOG: Final = logging.getLogger(__name__)

PAGES: Final = Pages(prefix=PREFIX)
BEARER: Final = "bearer "
METHODS: Final = ["GET", "POST", "PUT", "PATCH", "DELETE"]


@PAGES.get("/docs", name="api.docs", rule=SIGNED_IN)
def docs(visit: Visit) -> Response:
    """What the API has, for people."""
    shown = [
        {
            "resource": one,
            "fields": row_fields(one.row),
            "parameters": (*one.parameters, *(PAGING if one.is_list else ())),
        }
        for one in RESOURCES
    ]
    return visit.page("api/docs.html", shown=shown, prefix=PREFIX, address=visit.settings.console_url)


def install(app: FastAPI) -> None:
    """Add the routes of the API to a console."""
    rates = Rates(app.state.settings.api_requests_per_minute)
    for resource in RESOURCES:
        _add(app, f"{PREFIX}{resource.path}", f"api.{resource.name}", _endpoint(resource, rates), resource.rule)
    _add(app, f"{PREFIX}/openapi.json", "api.openapi", _openapi, PUBLIC)
    _add(app, "/api/{rest:path}", "api.nothing", _nothing, PUBLIC, METHODS)


def _add(
    app: FastAPI,
    path: str,
    name: str,
    endpoint: Callable[..., Response],
    rule: object,
    methods: list[str] | None = None,
) -> None:
    app.router.add_api_route(
        path, endpoint, methods=methods or ["GET"], name=name, response_model=None, include_in_schema=False
    )
    route: Any = app.router.routes[-1]
    route.rule = rule


def _openapi(request: Request) -> Response:
    return Response(
        json.dumps(describe(language_of(request)), ensure_ascii=False), media_type="application/json; charset=utf-8"
    )


def _nothing(request: Request) -> Response:
    return answer_error(language_of(request), 404, "not_found")


def _endpoint(resource: Resource, rates: Rates) -> Callable[..., Response]:
    def endpoint(request: Request) -> Response:
        language = language_of(request)
        secret = _secret_of(request)
        if secret is None:
            return answer_error(language, 401, "unauthenticated", headers={"WWW-Authenticate": "Bearer"})
        wait_s = rates.wait_s(secret)
        if wait_s > 0:
            return answer_error(language, 429, "too_many_requests", headers={"Retry-After": str(math.ceil(wait_s))})
        return _answer(resource, request, secret, language)

    return endpoint


def _secret_of(request: Request) -> str | None:
    """The bearer token; without one the session of a browser, which may read here what its pages show."""
    header = request.headers.get("authorization")
    if header is not None:
        return header[len(BEARER) :].strip() or None if header.lower().startswith(BEARER) else None
    return request.cookies.get(request.app.state.cookie) or None


def _answer(resource: Resource, request: Request, secret: str, language: Language) -> Response:
    address = address_of(request)
    try:
        with (
            driver_errors(),
            as_person(request.app.state.pool, secret, route=f"api.{resource.name}", address=address) as (conn, person),
        ):
            language = language_of(request, person.language)
            _check(resource, person)
            given = read_parameters(
                resource.parameters, request.path_params, request.query_params, is_paged=resource.is_list
            )
            asked = Asked(conn=conn, person=person, now=datetime.now(UTC), resource=resource, given=given)
            return _written(resource, request, asked, resource.read(asked))
    except NobodySignedIn:
        return answer_error(language, 401, "unauthenticated", headers={"WWW-Authenticate": "Bearer"})
    except ApiRefused as refused:
        if refused.status in (403, 404):
            _note_refusal(request, resource, secret, address)
        return answer_error(language, refused.status, refused.code, field=refused.field, values=refused.values)
    except NotPermitted as refused:
        LOG.warning("api.%s: %s", resource.name, refused)
        _note_refusal(request, resource, secret, address)
        return answer_error(language, 403, "forbidden")
    except RetryableError as away:
        LOG.warning("the database is away: %s", away)
        return answer_error(language, 503, "unavailable")
    except DataRefused as refused:
        return answer_error(language, 422, "refused", values={"reason": str(refused)})
    except Exception:
        LOG.exception("api.%s failed", resource.name)
        return answer_error(language, 500, "failed")


def _note_refusal(request: Request, resource: Resource, secret: str, address: str) -> None:
    """A request for what is not to be seen leaves a row of its own, since its transaction leaves none."""
    with driver_errors():
        note_refusal(
            request.app.state.pool, secret, route=f"api.{resource.name}", address=address, unit_id=None,
            what=request.url.path, kind="view",
        )  # fmt: skip


def _check(resource: Resource, person: Person) -> None:
    if person.must_change or not resource.rule.allows(person):
        raise ApiRefused("forbidden", 403)


def _written(resource: Resource, request: Request, asked: Asked, found: Any) -> Response:
    match found:
        case Archive():
            return answer_bytes(request, found.content, resource.media_type, found.name, found.hash)
        case Page() if wants_csv(request):
            answer = answer_csv(request, resource.row, found.items)
            answer.headers["X-Total-Count"] = str(found.total)
            return answer
        case Page():
            given = asked.given
            return answer_json(
                request,
                {"page": given.page, "page_size": given.page_size, "total": found.total, "items": found.items},
            )
    return answer_json(request, found)
