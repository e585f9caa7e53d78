"""`/unit/gateways`: gateways, the keys they sign with, and what is asked of the bureau; passwords are ingest's."""

import base64
import binascii
from typing import Final

from starlette.responses import Response

from nenghao.console.forms import Form
from nenghao.console.unit.own import OWN, PAGES, UnitRefused, looked, missing, unit_of
from nenghao.console.unit.today import life_word
from nenghao.console.visits import Visit
from nenghao.crypto import ED25519, key_id, public_key_from_bytes
from nenghao.db import arrivals, gateway_keys, unit_requests
from nenghao.db.arrivals import GatewayAlive
from nenghao.db.identity import OwnUnit
from nenghao.domain.unit_requests import REQUEST_KINDS, refuse_request

KEY_BYTES: Final = 32
MIN_REASON: Final = 4


@PAGES.get("/gateways", name="unit.gateways", rule=OWN)
def gateways(visit: Visit) -> Response:
    """Gateways with their state, keys and requests."""
    unit = looked(visit, "gateways")
    rows = arrivals.gateways_alive(visit.conn, unit.unit_id)
    keys: dict[str, list[gateway_keys.RegisteredKey]] = {}
    for one in gateway_keys.list_gateway_keys(visit.conn, unit.unit_code):
        keys.setdefault(one.gateway_code, []).append(one)
    names = {route.name for route in visit.request.app.routes if hasattr(route, "name")}
    return visit.page(
        "unit/gateways.html",
        unit=unit,
        rows=rows,
        lives={one.gateway_code: life_word(one, visit.now) for one in rows},
        keys=keys,
        requests=unit_requests.list_requests(visit.conn, unit_id=unit.unit_id),
        kinds=REQUEST_KINDS,
        has_passwords="unit.gateways.password" in names,
    )


@PAGES.post("/gateways/requests", name="unit.gateways.ask", rule=OWN)
def ask(visit: Visit, form: Form) -> Response:
    """Ask the bureau for what a unit may not do itself."""
    unit, kind = unit_of(visit), form.text("kind")
    if kind not in REQUEST_KINDS:
        return missing(visit)
    code, boot_id, reason = form.text("gateway_code"), form.text("boot_id"), form.text("reason")
    open_codes = {
        one.gateway_code
        for one in unit_requests.list_requests(visit.conn, unit_id=unit.unit_id, is_open=True)
        if one.kind == kind
    }
    known = frozenset(one.gateway_code for one in arrivals.gateways_alive(visit.conn, unit.unit_id))
    fault = refuse_request(kind, code, boot_id, reason, known=known, open_codes=frozenset(open_codes))
    if fault is not None:
        raise UnitRefused(fault, gateway=code)
    unit_requests.add_request(
        visit.conn,
        unit_id=unit.unit_id,
        kind=kind,
        gateway_code=code,
        boot_id=boot_id if kind == "boot_enrol" else None,
        reason=reason[:500],
        asked_by=visit.person.name,
        asked_at=visit.now,
    )
    visit.note_act("unit.gateways.ask", unit.unit_id, f"{kind} {code}")
    return visit.go(visit.url("unit.gateways"), "unit.asked")


@PAGES.post("/gateways/{code}/keys", name="unit.gateways.key", rule=OWN)
def add_key(visit: Visit, form: Form, code: str) -> Response:
    """Register the public key of a gateway: from then on it has to sign."""
    unit, gateway = unit_of(visit), _own_gateway(visit, code)
    if gateway is None:
        return missing(visit)
    if not form.text("understood"):
        raise UnitRefused("key_understood")
    raw = _read_key(form.text("public_key"))
    held_from = gateway_keys.add_gateway_key(
        visit.conn,
        gateway_id=gateway.gateway_id,
        key_id=key_id(public_key_from_bytes(raw)),
        algorithm=ED25519,
        public_key=raw,
        valid_from=None,
        registered_by=visit.person.name,
    )
    if held_from is None:
        raise UnitRefused("key_there")
    return _done(visit, unit, "unit.gateways.key", code, "key_added")


@PAGES.post("/gateways/{code}/keys/{name}/revoke", name="unit.gateways.key.revoke", rule=OWN)
def revoke_key(visit: Visit, form: Form, code: str, name: str) -> Response:
    """Take no message under a key from now on."""
    unit, gateway = unit_of(visit), _own_gateway(visit, code)
    if gateway is None:
        return missing(visit)
    reason = form.text("reason")
    if len(reason) < MIN_REASON:
        raise UnitRefused("reason_short")
    is_revoked = gateway_keys.revoke_gateway_key(
        visit.conn, gateway_id=gateway.gateway_id, key_id=name, reason=reason[:500], revoked_by=visit.person.name
    )
    if not is_revoked:
        return missing(visit)
    return _done(visit, unit, "unit.gateways.key.revoke", f"{code} {name}", "key_revoked")


def _own_gateway(visit: Visit, code: str) -> GatewayAlive | None:
    unit = unit_of(visit)
    return next((one for one in arrivals.gateways_alive(visit.conn, unit.unit_id) if one.gateway_code == code), None)


def _read_key(text: str) -> bytes:
    try:
        raw = base64.b64decode("".join(text.split()), validate=True)
    except binascii.Error:
        raise UnitRefused("key_form") from None
    if len(raw) != KEY_BYTES:
        raise UnitRefused("key_form")
    return raw


def _done(visit: Visit, unit: OwnUnit, act: str, what: str, notice: str) -> Response:
    visit.note_act(act, unit.unit_id, what)
    return visit.go(visit.url("unit.gateways"), f"unit.{notice}")
