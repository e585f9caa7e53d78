"""`nenghao account`: what an operator on the server types before anybody can sign in."""

import pytest
from typer.testing import CliRunner

from nenghao import access
from nenghao.cli.account import app
from nenghao.config import Settings
from nenghao.db.people import NobodySignedIn, as_person, open_pool
from nenghao.errors import DataRefused
from nenghao.stack.environment import variables_of

AUDITOR = ("--role", "auditor", "--authority", "statistics", "--level", "nation")


def test_an_operator_makes_lists_disables_and_resets_accounts(
    database: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (variables_of(database) | {"NENGHAO_LANGUAGE": "en"}).items():
        monkeypatch.setenv(name, value)

    def type_in(*words: str) -> str:
        result = CliRunner().invoke(app, list(words), catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.output

    first = type_in("add", "li.wei", "--name", "Li Wei", *AUDITOR).split("first password is ")[1].split(" ")[0]
    with pytest.raises(DataRefused, match="taken"):
        type_in("add", "li.wei", "--name", "Li Wei the other", *AUDITOR)
    with pytest.raises(DataRefused, match="do not go together"):
        type_in("add", "wang", "--name", "Wang", "--role", "auditor")
    listed = type_in("list")
    assert "li.wei" in listed
    assert first not in listed
    token = type_in("token", "li.wei", "--for", "exports", "--days", "7").strip()
    pool = open_pool(database, 1)
    try:
        come = access.sign_in(pool, "li.wei", first, address="", settings=database)
        assert isinstance(come, access.SignedIn)
        assert come.must_change
        with as_person(pool, token) as (_, person):
            assert (person.login, person.channel) == ("li.wei", "api")
        again = type_in("reset", "li.wei").split("is ")[1].split(" ")[0]
        for secret in (come.token, token):
            with pytest.raises(NobodySignedIn), as_person(pool, secret):
                pytest.fail("a session or a token outlived its password")
        type_in("disable", "li.wei")
        assert access.sign_in(pool, "li.wei", again, address="", settings=database) == access.SignInRefused(wait_s=0)
        type_in("enable", "li.wei")
        assert isinstance(access.sign_in(pool, "li.wei", again, address="", settings=database), access.SignedIn)
    finally:
        pool.close()
    with pytest.raises(DataRefused, match="no account"):
        type_in("disable", "nobody.there")
