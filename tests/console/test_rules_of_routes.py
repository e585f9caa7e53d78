"""Route × role × level: everybody meets only the doors of their duty, and no route is without a rule."""

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from nenghao.console.app import create_app, refuse_unruled
from nenghao.console.rules import AUTHORITIES, LEVELS, PUBLIC, ROLES, UNIT, Rule, for_roles
from nenghao.db.people import Person
from tests.console.conftest import Browser, Console
from tests.console.seed import PEOPLE

#: One of each role × authority × level that signs in for the table; a unit's offices differ by rules, tested beside.
VISITORS = (
    "stat15", "stat1502", "stat150202", "aud15", "aud1502", "saving15", "market15", "ecology15", "system", "security",
    "trail", "a-manager", "a-filler",
)  # fmt: skip


def ruled(console: Console) -> list[Any]:
    app = create_app(console.settings)
    try:
        return [route for route in app.routes if getattr(route, "rule", None) is not None]
    finally:
        app.state.pool.close()


def test_a_route_without_a_rule_keeps_the_console_from_starting(console: Console) -> None:
    app = create_app(console.settings)
    try:
        without = [route.path for route in app.routes if getattr(route, "rule", None) is None]  # type: ignore[attr-defined]  # every route has one
        assert without == ["/static"]
        app.router.add_api_route("/forgotten", lambda: None)
        with pytest.raises(ValueError, match="/forgotten"):
            refuse_unruled(app.routes)
    finally:
        app.state.pool.close()


def test_everybody_meets_the_doors_of_their_duty_only(console: Console, browse: Callable[[str], Browser]) -> None:
    """Every page without parts in its path is opened by everybody: 403 where the rule says no, and only there."""
    wrong = []
    pages = [one for one in ruled(console) if "GET" in one.methods and "{" not in one.path and one.rule is not PUBLIC]
    assert len(pages) >= 2
    for login, route in product(VISITORS, pages):
        if route.path.startswith("/api/"):
            continue  # bearer tokens: tests of the API
        status = browse(login).get(route.path).status_code
        is_allowed = route.rule.allows(_person(login))
        if (status == 403) == is_allowed or status >= 500:
            wrong.append((login, route.path, status, is_allowed))
    assert wrong == []


def test_nobody_is_let_in_without_a_session(console: Console) -> None:
    stranger = console.stranger()
    for route in ruled(console):
        if route.rule is PUBLIC or route.path.startswith("/api/"):
            continue
        path = route.path.replace("{", "").replace("}", "")
        if "GET" in route.methods:
            answer = stranger.get(path)
            is_kept_out = answer.status_code in (303, 401) or (answer.status_code == 400 and "{" in route.path)
            assert is_kept_out, (route.path, answer.status_code)
            assert answer.status_code != 303 or answer.headers["location"].startswith("/sign-in")
        else:
            assert stranger.client.post(path).status_code in (303, 400, 403), route.path


def test_acts_want_the_value_of_our_own_page(console: Console, browse: Callable[[str], Browser]) -> None:
    """Every posted route refuses a form without its CSRF value, whoever posts it."""
    for route in ruled(console):
        if "POST" not in route.methods or route.path.startswith("/api/") or route.name == "language":
            continue  # the language of the page is no act
        path = route.path.replace("{", "").replace("}", "")
        status = browse("aud15").client.post(path, data={"csrf": "0" * 64}).status_code
        assert status in (403, 422) or (status == 400 and "{" in route.path), (route.path, status)


@pytest.mark.parametrize(("authority", "level"), list(product(AUTHORITIES, LEVELS)))
def test_a_rule_asks_for_authority_and_level_of_officials_only(authority: str, level: str) -> None:
    rule = for_roles("statistician", "unit", "system_admin", authorities=("statistics",), levels=("city", "province"))
    official = _somebody(role="statistician", authority=authority, level=level)
    assert rule.allows(official) == (authority == "statistics" and level in ("city", "province"))
    assert rule.allows(_somebody(role="unit"))
    assert rule.allows(_somebody(role="system_admin"))
    assert not rule.allows(_somebody(role="auditor", authority=authority, level=level))


def test_an_office_is_asked_of_a_units_people() -> None:
    rule = for_roles(UNIT, offices=("unit_head",))
    assert [rule.allows(_somebody(role="unit", office=office)) for office in ("filler", "unit_head")] == [False, True]


def test_a_rule_with_an_unknown_word_is_refused() -> None:
    with pytest.raises(ValueError, match="superuser"):
        for_roles("superuser")
    assert set(ROLES) == {one.role for one in PEOPLE.values()}
    assert isinstance(PUBLIC, Rule)


def _person(login: str) -> Person:
    one = PEOPLE[login]
    return _somebody(role=one.role, authority=one.authority, level=one.level, office=one.office)


def _somebody(
    *, role: str, authority: str | None = None, level: str | None = None, office: str | None = None
) -> Person:
    return Person(
        account_id=1, login="x", name="x", role=role, authority=authority, level=level, division_prefix=None,
        unit_id=1 if role == "unit" else None, unit_code=None, office=office, language="zh", channel="session",
        must_change=False,
    )  # fmt: skip
