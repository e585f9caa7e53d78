"""Pages about gateways: a unit takes a password as a file that is told once, the bureau answers what units ask.

Before: the unit's page of gateways (`nenghao.console.unit.gateways`). After: the broker knows passwords with its next
sync (`broker_sync`), the gateway with the account file.
"""

import secrets
from typing import Final

from ingest.gateway.account import encode_account
from ingest.gateway_accounts import account_of
from ingest.unit_requests import answer
from nenghao.broker_files import mosquitto_password_hash
from nenghao.console.forms import Form
from nenghao.console.pages import Pages
from nenghao.console.rules import STATISTICIAN, STATISTICS, for_roles
from nenghao.console.unit.own import OWN, Answer, UnitRefused, missing, unit_of
from nenghao.console.visits import Visit
from nenghao.db import arrivals, unit_requests
from nenghao.db.gateways import set_gateway_password

PAGES: Final = Pages(prefix="/unit")
REQUESTS: Final = Pages(prefix="/bureau")
#: Who may register a gateway: the same that keep the registers of units.
BUREAU: Final = for_roles(STATISTICIAN, authorities=(STATISTICS,))
PASSWORD_BYTES: Final = 32
MAX_SHARD: Final = 1023


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


@REQUESTS.get("/requests", name="bureau.requests", rule=BUREAU)
def requests(visit: Visit, shown: str = "") -> Answer:
    """What units ask about their gateways; answered ones too where asked for."""
    rows = unit_requests.list_requests(visit.conn, is_open=shown != "all")
    visit.note_view(None, "unit requests")
    return visit.page("unit/requests.html", rows=rows, shown=shown)


@REQUESTS.post("/requests/{number}", name="bureau.requests.answer", rule=BUREAU)
def answer_request(visit: Visit, form: Form, number: int) -> Answer:
    """Grant a request, which is done at once, or refuse it with a reason."""
    found = unit_requests.list_requests(visit.conn, unit_request_id=number)
    if not found:
        return missing(visit)
    shard, remark, said = form.text("shard") or "0", form.text("remark")[:500], form.text("outcome")
    if said not in ("granted", "refused") or not shard.isdecimal() or int(shard) > MAX_SHARD:
        raise UnitRefused("answer_form")
    if said == "refused" and not remark:
        raise UnitRefused("answer_reason")
    if found[0].outcome is not None:
        raise UnitRefused("answered_already")
    answer(
        visit.conn,
        number,
        is_granted=said == "granted",
        remark=remark,
        by=visit.person.name,
        now=visit.now,
        shard=int(shard),
    )
    visit.note_act("bureau.requests.answer", found[0].unit_id, f"{number} {said}")
    return visit.go(visit.url("bureau.requests"), "unit.answer_given")
