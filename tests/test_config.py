"""Settings: every wrong variable is told at once, and a misspelt one is not passed over."""

import pytest

from nenghao.config import load_settings
from nenghao.errors import ConfigError


def test_every_wrong_variable_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NENGHAO_DATABASE_PORT", "x")
    monkeypatch.setenv("NENGHAO_BATCH_MAX_AGE_S", "-1")
    monkeypatch.setenv("NENGHAO_BATCH_MAX_AGE", "1")
    with pytest.raises(ConfigError) as caught:
        load_settings()
    for name in (
        "NENGHAO_DATABASE_PORT:",
        "NENGHAO_BATCH_MAX_AGE_S:",
        "NENGHAO_BATCH_MAX_AGE: there is no such setting",
    ):
        assert f"  {name}" in str(caught.value)


def test_shards_are_read_from_one_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NENGHAO_SHARDS", "0,3")
    assert load_settings().shards == (0, 3)
