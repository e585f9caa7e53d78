"""Passwords of a unit's gateways, given out in the console: a new one ends the old one and is told once, as a file.

Before: the unit's page of gateways (`nenghao.console.unit.gateways`). After: the broker knows it with its next sync
(`broker_sync`), the gateway with the account file.
"""

import secrets
from typing import Final

from ingest.gateway.account import encode_account
from ingest.gateway_accounts import account_of
from nenghao.broker_files import mosquitto_password_hash
from nenghao.console.forms import Form
from nenghao.console.pages import Pages
from nenghao.console.unit.own import OWN, Answer, UnitRefused, missing, unit_of
from nenghao.console.visits import Visit
from nenghao.db import arrivals
from nenghao.db.gateways import set_gateway_password

PAGES: Final = Pages(prefix="/unit")
PASSWORD_BYTES: Final = 32


@PAGES.post("/gateways/{code}/password", name="unit.gateways.password", rule=OWN)
def give_password(visit: Visit, form: Form, code: str) -> Answer:
    """Give a gateway another password; the answer is its account file, which nobody can have again."""
    unit = unit_of(visit)
    gateway = next((one for one in arrivals.gateways_alive(visit.conn, unit.unit_id) if one.gateway_code == code), None)
    if gateway is None:
        return missing(visit)
    if not form.text("understood"):
        raise UnitRefused("password_understood")
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    shard = set_gateway_password(
        visit.conn,
        unit_code=unit.unit_code,
        gateway_code=code,
        password_hash=mosquitto_password_hash(password),
        kind="rotated" if gateway.may_connect else "added",
        done_by=visit.person.name,
        now=visit.now,
    )
    if shard is None:
        return missing(visit)
    account = account_of(visit.settings, unit_code=unit.unit_code, gateway_code=code, shard=shard, password=password)
    visit.note_act("unit.gateways.password", unit.unit_id, code)
    return visit.download(encode_account(account), f"{code}.account.json", "application/json")
