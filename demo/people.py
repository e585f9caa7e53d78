"""The people of the demo: an account for each role at the console; passwords are made once and kept beside the demo."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from demo.units import DemoUnit
from nenghao.access.accounts import create_account
from nenghao.access.passwords import first_password
from nenghao.config import Role, Settings
from nenghao.db.accounts import Rights, account_of
from nenghao.db.connection import connect
from nenghao.db.filings import unit_of_code
from nenghao.errors import NenghaoError

FILE = "people.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPerson:
    """Somebody who may sign in; `unit` where it is a unit's own person."""

    login: str
    name: str
    does: str
    role: str
    authority: str | None = None
    level: str | None = None
    division_prefix: str | None = None
    office: str | None = None


def people_of(unit: DemoUnit) -> tuple[DemoPerson, ...]:
    """Everybody: three levels of the bureau above `unit`, auditors, other authorities, administrators, the unit."""
    city, county = unit.division_code[:4], unit.division_code
    return (
        _officer("shenhe1", "李审核", "auditor: handles a case (经办)", "auditor", "province", "15"),
        _officer("shenhe2", "赵审核", "auditor: reviews it (复核): two people must", "auditor", "province", "15"),
        _officer("shenhe3", "周审核", "auditor: issues what is statutory (签发)", "auditor", "province", "15"),
        _officer(
            "tongji",
            "王统计",
            "statistician of the region: seals and releases",
            "statistician",
            "province",
            "15",
        ),
        _officer("tongji-shi", "吴统计", "statistician of the city", "statistician", "city", city),
        _officer("tongji-xian", "郑统计", "statistician of the county", "statistician", "county", county),
        _officer(
            "jieneng",
            "钱节能",
            "energy-saving supervision",
            "statistician",
            "province",
            "15",
            "energy_saving",
        ),
        _officer(
            "shijian",
            "孙市监",
            "market supervision",
            "statistician",
            "province",
            "15",
            "market_supervision",
        ),
        DemoPerson(login="xitong", name="系统管理员", does="system administrator", role="system_admin"),
        DemoPerson(login="anquan", name="安全管理员", does="security administrator: accounts", role="security_admin"),
        DemoPerson(login="shenji", name="审计管理员", does="audit administrator: who looked", role="audit_admin"),
        _own("guanli", "丁能管", f"{unit.name}: energy manager (能源管理员)", "energy_manager"),
        _own("tianbao", "丁填报", "the same: fills in returns (填表人)", "filler"),
        _own("tongjifuze", "丁统计", "the same: head of statistics (统计负责人)", "statistics_head"),
        _own("fuzeren", "丁负责", "the same: head of the unit (单位负责人)", "unit_head"),
    )


def make_people(settings: Settings, unit: DemoUnit, folder: Path) -> Mapping[str, str]:
    """Make the accounts, once; returns the password of each login. They stand: nobody is made to change them here.

    Raises: NenghaoError where an account was made by somebody else.
    """
    path = folder / FILE
    passwords: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    path.touch(mode=0o600)
    with connect(settings, Role.CONSOLE) as conn:
        for person in people_of(unit):
            is_there = account_of(conn, person.login) is not None
            if is_there and person.login not in passwords:
                raise NenghaoError(f"an account {person.login} is there already, whose password {path} does not know")
            passwords.setdefault(person.login, first_password())
            # Kept first: a demo that is interrupted must not lose the password of an account.
            path.write_text(json.dumps(passwords, indent=1), encoding="utf-8")
            if not is_there:
                unit_id = unit_of_code(conn, unit.unit_code) if person.role == "unit" else None
                rights = Rights(
                    role=person.role,
                    authority=person.authority,
                    level=person.level,
                    division_prefix=person.division_prefix,
                    unit_id=unit_id,
                    office=person.office,
                )
                create_account(conn, person.login, person.name, rights, password=passwords[person.login])
    return passwords


def tour() -> tuple[str, ...]:
    """What to try, a line each."""
    return (
        "a fraud: as shenhe1 open the doubt (疑点) of unit 丁 on the worklist, name yourself its handler,",
        "  notify the unit; answer as guanli; verify as shenhe1; review as shenhe2: in minutes the balance is",
        "  estimated anew, the filing stays",
        "a release: as tongji open the month, then the releases (封存与发布): ask for a seal, see it come, download it",
        "a unit's day: as guanli: is the gateway alive, what arrived, what was refused and why, the draft of the month",
    )


def _officer(
    login: str, name: str, does: str, role: str, level: str, prefix: str, authority: str = "statistics"
) -> DemoPerson:
    return DemoPerson(
        login=login, name=name, does=does, role=role, authority=authority, level=level, division_prefix=prefix
    )


def _own(login: str, name: str, does: str, office: str) -> DemoPerson:
    return DemoPerson(login=login, name=name, does=does, role="unit", office=office)
