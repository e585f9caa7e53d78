"""That docker-compose.yml is valid, and that whatever it names is there: nothing is started.

Over 300 lines, because one file is held against everything that it names.
"""

import configparser
import importlib.util
import os
import re
import stat
import subprocess
import sys
import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from nenghao.cli.secrets import TRUST
from nenghao.config import PROJECT_ROOT, Settings
from nenghao.credentials import SECRETS
from nenghao.db.bootstrap import AIRFLOW_ROLE
from nenghao.stack import StackSpec, airflow, mosquitto, postgres
from nenghao.stack.ports import Ports
from nenghao.stack.spec import Layout

COMPOSE_FILE = PROJECT_ROOT / "docker-compose.yml"
DOCKERFILE = PROJECT_ROOT / "deploy" / "Dockerfile"
COMPOSE: dict[str, Any] = yaml.safe_load(COMPOSE_FILE.read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
PYPROJECT = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text(encoding="utf-8"))
ONE_SHOT = {name for name, service in SERVICES.items() if service.get("restart") == "no"}
IN_IMAGE = Path("/opt/nenghao")
FULL_TAG = re.compile(r"[a-z0-9./-]+:\d+\.\d+\.\d+[a-z0-9.-]*")

services = pytest.mark.parametrize("name", SERVICES)


def test_file_follows_the_compose_specification() -> None:
    checker = Path(sys.executable).parent / "check-jsonschema"
    result = subprocess.run(
        [checker, "--builtin-schema", "vendor.compose-spec", COMPOSE_FILE], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout
    assert "version" not in COMPOSE


# --- images -------------------------------------------------------------------------------------------------------


@services
def test_image_is_built_here_or_pinned_by_full_tag(name: str) -> None:
    service = SERVICES[name]
    if "build" not in service:
        assert FULL_TAG.fullmatch(service["image"]), service["image"]
        return
    assert (PROJECT_ROOT / service["build"]["dockerfile"]).samefile(DOCKERFILE)
    assert service["build"]["context"] == "."
    assert service["build"]["target"] in _stages()


def test_base_image_is_pinned_by_full_tag() -> None:
    base = re.search(r"^ARG PYTHON_IMAGE=(\S+)", _dockerfile(), re.M)
    assert base
    assert FULL_TAG.fullmatch(base[1])
    assert set(re.findall(r"^FROM (\S+)", _dockerfile(), re.M)) <= {"${PYTHON_IMAGE}", *_stages()}


def test_image_takes_the_uv_of_the_set_up() -> None:
    set_up = (PROJECT_ROOT / "scripts" / "setup").read_text(encoding="utf-8")
    assert re.findall(r"UV_VERSION=([\d.]+)", _dockerfile()) == re.findall(r"^UV_VERSION=([\d.]+)", set_up, re.M)


def test_dockerfile_copies_what_exists_and_reaches_the_builder() -> None:
    ignored = (PROJECT_ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    sources = [
        source for line in re.findall(r"^COPY (?!--from)(.+)$", _dockerfile(), re.M) for source in line.split()[:-1]
    ]
    assert sources
    for source in sources:
        assert (PROJECT_ROOT / source).exists(), source
        assert f"!{source}" in ignored, source
    assert "*" in ignored


def test_dockerfile_asks_for_extras_that_exist_and_keeps_the_collector_light() -> None:
    lines = re.findall(r"uv sync (.+)$", _dockerfile().replace("\\\n", " "), re.M)
    extras = [set(re.findall(r"--extra (\S+)", line)) for line in lines]
    assert extras
    for found in extras:
        assert found <= set(PYPROJECT["project"]["optional-dependencies"])
    assert {"ingest", "migrate"} in extras
    assert all("--frozen" in line and "--no-dev" in line for line in lines)


# --- what the services name ---------------------------------------------------------------------------------------


@services
def test_command_exists_with_its_subcommand(name: str) -> None:
    for words in _commands(SERVICES[name]):
        if "image" in SERVICES[name] and "build" not in SERVICES[name] and not words[0].startswith("/mosquitto/config"):
            continue  # a program of somebody else's image
        assert _is_known(words), words


@services
def test_mounted_files_exist(name: str) -> None:
    for volume in SERVICES[name].get("volumes", []):
        source = volume.split(":")[0]
        if source.startswith("./secrets/"):
            assert source == f"./secrets/{TRUST}", "secrets are not mounted as volumes"
        elif source.startswith("."):
            assert (PROJECT_ROOT / source).exists(), source
        else:
            assert source in COMPOSE["volumes"], source


@services
def test_volumes_of_our_images_belong_to_who_writes_in_them(name: str) -> None:
    # A new volume takes over owner and mode of what the image has at its place; without that it is root's.
    lines = _dockerfile().replace("\\\n", " ")
    folders = " ".join(re.findall(r"install -d -o nenghao -g nenghao -m \d+ ([^&\n]+)", lines)).split()
    for volume in SERVICES[name].get("volumes", []) if "build" in SERVICES[name] else []:
        source, target, *_ = volume.split(":")
        if source in COMPOSE["volumes"]:
            assert target in folders, target


@services
def test_variables_are_settings(name: str) -> None:
    environment = SERVICES[name].get("environment", {})
    fields = {f"NENGHAO_{field.upper()}" for field in Settings.model_fields}
    assert {variable for variable in environment if variable.startswith("NENGHAO_")} <= fields


def test_settings_in_the_containers_are_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable, value in COMPOSE["x-settings"].items():
        monkeypatch.setenv(variable, value)
    settings = Settings()
    assert settings.database_host in SERVICES
    assert settings.broker_host in SERVICES
    assert str(settings.secrets_dir) == "/run/secrets"


def test_what_tasks_write_lies_in_volumes() -> None:
    targets = {volume.split(":")[1] for volume in SERVICES["airflow-scheduler"]["volumes"]}
    settings = COMPOSE["x-settings"]
    assert settings["NENGHAO_RELEASE_DIR"] in targets
    # Data Docs are made anew by removing their folder, which a volume's own cannot be.
    assert str(Path(settings["NENGHAO_DATA_DOCS_DIR"]).parent) in targets


def test_every_volume_and_secret_is_used() -> None:
    volumes = {volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])}
    assert set(COMPOSE["volumes"]) <= volumes
    used = {secret for service in SERVICES.values() for secret in service.get("secrets", [])}
    assert used == set(COMPOSE["secrets"])


def test_secrets_are_those_that_are_generated() -> None:
    assert set(COMPOSE["secrets"]) == set(SECRETS)
    for name, secret in COMPOSE["secrets"].items():
        assert secret == {"file": f"./secrets/{name}"}


def test_only_who_needs_a_secret_gets_it() -> None:
    def holders(secret: str) -> set[str]:
        return {name for name, service in SERVICES.items() if secret in service.get("secrets", [])}

    assert holders("postgres") == {"timescaledb", "migrate"}
    assert holders("release_signing_key.pem") == {"airflow-scheduler"}
    assert holders("nenghao_owner") == {"migrate"}
    assert holders("nenghao_jobs") == {"migrate", "airflow-scheduler", "demo"}
    assert holders("nenghao_rules") == {"migrate", "airflow-scheduler"}
    assert holders("airflow_admin") == {"demo"}
    assert holders("signer_signing_key.pem") == {"signer"}
    assert holders("nenghao_verifier") == {"migrate", "verifier", "airflow-scheduler", "demo"}
    assert SERVICES["admin"]["secrets"] == ["nenghao_console"]
    assert SERVICES["verifier"]["secrets"] == ["nenghao_verifier"]
    assert holders("nenghao_web") == {"migrate", "console"}
    assert SERVICES["console"]["secrets"] == ["nenghao_web"]
    assert holders("nenghao_unit") == {"migrate", "unit"}
    assert SERVICES["unit"]["secrets"] == ["nenghao_unit", "signer_attempts_token"]
    assert "collector" not in holders(AIRFLOW_ROLE)


# --- how the services behave --------------------------------------------------------------------------------------


@services
def test_service_has_a_health_check_or_runs_once(name: str) -> None:
    assert (name in ONE_SHOT) != ("healthcheck" in SERVICES[name])


@services
def test_service_waits_for_the_right_thing(name: str) -> None:
    for other, condition in SERVICES[name].get("depends_on", {}).items():
        expected = "service_completed_successfully" if other in ONE_SHOT else "service_healthy"
        assert condition == {"condition": expected}, other


@services
def test_service_is_confined(name: str) -> None:
    service = SERVICES[name]
    assert service.get("user") not in {None, "root", "0", "0:0"}
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["logging"]["options"]["max-size"]
    assert service["mem_limit"]
    for port in service.get("ports", []):
        assert _filled(port).startswith("127.0.0.1:"), port
    if name not in ONE_SHOT:
        assert service["restart"] == "unless-stopped"
        assert service["stop_grace_period"]


def test_scripts_of_the_containers_are_executable_and_correct() -> None:
    scripts = [path for path in (PROJECT_ROOT / "deploy").rglob("*") if path.is_file() and not path.suffix]
    for path in scripts:
        if path.name == "Dockerfile":
            continue
        assert path.stat().st_mode & stat.S_IXUSR, path
        if path.read_text(encoding="utf-8").startswith("#!/bin/sh"):
            subprocess.run(["sh", "-n", path], check=True)


# --- the same as without containers -------------------------------------------------------------------------------


def test_broker_is_configured_as_without_containers() -> None:
    places = {"listener", "password_file", "acl_file", "pid_file", "log_dest", "persistence_location", "certfile",
              "keyfile"}  # fmt: skip
    ours = _options((PROJECT_ROOT / "deploy" / "mosquitto" / "mosquitto.conf").read_text(encoding="utf-8"))
    stacks = _options(mosquitto.render_config(Layout(Path("/stack")), StackSpec(), _some_ports()))
    assert [option for option in ours if option[0] not in places] == [o for o in stacks if o[0] not in places]


def test_airflow_is_configured_as_without_containers() -> None:
    ours = COMPOSE["x-airflow-settings"]
    stacks = airflow.environment_of(Layout(Path("/stack")), _some_ports())
    # No log server runs in either; the stack only keeps its address away from those of other stacks.
    unneeded = {"AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT", "AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT"}
    assert {name for name in ours if name.startswith("AIRFLOW_")} == set(stacks) - unneeded
    places = re.compile(r".*(_CMD|_FOLDER|_FILE|_HOME|_URL|__HOST|__PORT)$")
    for name in set(stacks) - unneeded:
        if not places.fullmatch(name):
            assert ours[name] == stacks[name], name


@pytest.mark.parametrize("name", [name for name in COMPOSE["x-airflow-settings"] if name.startswith("AIRFLOW__")])
def test_airflow_knows_the_option(name: str) -> None:
    section, option = name.removeprefix("AIRFLOW__").lower().split("__")
    sections = _airflow_options()
    plain = option.removesuffix("_cmd")
    assert plain in sections[section]
    if plain != option:
        assert sections[section][plain].get("sensitive"), "only secrets may come from a command"


def test_database_server_is_configured_as_without_containers() -> None:
    rendered = postgres._render_config(StackSpec(), 5432, Path("/sockets"))
    reader = configparser.ConfigParser()
    reader.read_string("[server]\n" + rendered.replace("%", "%%"))
    stacks = {key: value.strip("'") for key, value in reader["server"].items()}
    ours = dict(word.removeprefix("-c").split("=", 1) for word in SERVICES["timescaledb"]["command"][1:])
    for place in ("listen_addresses", "port", "unix_socket_directories", "unix_socket_permissions", "log_line_prefix"):
        stacks.pop(place)
    assert _filled(ours["shared_buffers"]) == stacks.pop("shared_buffers")
    assert {key: value for key, value in ours.items() if key != "shared_buffers"} == stacks


# --- variables ----------------------------------------------------------------------------------------------------


def test_env_example_is_current() -> None:
    example = _env_example()
    assert (PROJECT_ROOT / ".env.example").read_text(encoding="utf-8") == example.render(), (
        "stale: python deploy/env_example.py > .env.example"
    )


def test_env_example_holds_every_setting_with_its_default() -> None:
    text = (PROJECT_ROOT / ".env.example").read_text(encoding="utf-8")
    for name, field in Settings.model_fields.items():
        assert re.search(rf"^# NENGHAO_{name.upper()}={'' if field.default == '' else '.'}", text, re.M), name
    assert str(PROJECT_ROOT) not in text


def test_env_example_holds_what_compose_asks_for() -> None:
    asked = dict(re.findall(r"\$\{(\w+):-([^}]*)\}", COMPOSE_FILE.read_text(encoding="utf-8")))
    fields = {f"NENGHAO_{name.upper()}": field.default for name, field in Settings.model_fields.items()}
    settings = {name: default for name, default in asked.items() if name in fields}
    assert settings == {name: str(fields[name]) for name in settings}
    asked = {name: default for name, default in asked.items() if name not in fields}
    assert asked == {name: default for name, (default, _) in _env_example().COMPOSE_VARIABLES.items()}


def test_defaults_as_written_are_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    example = _env_example()
    for name, field in Settings.model_fields.items():
        monkeypatch.setenv(f"NENGHAO_{name.upper()}", example.shown(field.default))
    settings = Settings()
    for name, field in Settings.model_fields.items():
        value = getattr(settings, name)
        assert example.shown(value) == example.shown(field.default), name


# --- reading ------------------------------------------------------------------------------------------------------


def _dockerfile() -> str:
    return DOCKERFILE.read_text(encoding="utf-8")


def _stages() -> set[str]:
    return set(re.findall(r"^FROM \S+ AS (\S+)", _dockerfile(), re.M))


def _commands(service: dict[str, Any]) -> list[list[str]]:
    """Every command line of a service: its entry point and command, and its health check."""
    found = []
    for words in (service.get("entrypoint"), service.get("command")):
        if words and words[:2] == ["sh", "-c"]:
            found += [part.split() for part in words[2].split("&&")]
        elif words:
            found.append(words)
    if "healthcheck" in service:
        kind, *words = service["healthcheck"]["test"]
        assert kind == "CMD"
        found.append(words)
    return found


def _is_known(words: list[str]) -> bool:
    program = Path(words[0])
    if program.is_relative_to(IN_IMAGE):
        return os.access(PROJECT_ROOT / program.relative_to(IN_IMAGE), os.X_OK)
    if program.is_relative_to("/mosquitto/config"):
        return os.access(PROJECT_ROOT / "deploy" / "mosquitto" / program.name, os.X_OK)
    if program.name == "airflow":
        return words[1] in _airflow_commands()
    if program.name == "python":
        return (PROJECT_ROOT / words[1]).exists()
    scripts = PYPROJECT["project"]["scripts"]
    if program.name not in scripts:
        return False
    group: Any = None
    rest = words[1:]
    if program.name == "nenghao":
        entry = PYPROJECT["project"]["entry-points"]["nenghao.commands"][rest.pop(0)]
        group = EntryPoint("", entry, "").load()
    else:
        group = EntryPoint("", scripts[program.name].replace(":main", ":app"), "").load()
    command = typer.main.get_command(group)
    return not rest or rest[0] in getattr(command, "commands", {})


def _airflow_commands() -> set[str]:
    text = (_airflow_folder() / "cli" / "cli_config.py").read_text(encoding="utf-8")
    return set(re.findall(r'name="([a-z-]+)"', text))


def _airflow_options() -> dict[str, dict[str, Any]]:
    text = (_airflow_folder() / "config_templates" / "config.yml").read_text(encoding="utf-8")
    return {section: body["options"] for section, body in yaml.safe_load(text).items()}


def _airflow_folder() -> Path:
    # Found, not imported: importing Airflow takes seconds.
    found = importlib.util.find_spec("airflow")
    assert found
    assert found.origin
    return Path(found.origin).parent


def _options(text: str) -> list[tuple[str, str]]:
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(line.partition(" ")[0], line.partition(" ")[2]) for line in lines]


def _filled(text: str) -> str:
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", text)


def _some_ports() -> Ports:
    return Ports(**dict.fromkeys(Ports.__dataclass_fields__, 1))


def _env_example() -> Any:
    spec = importlib.util.spec_from_file_location("env_example", PROJECT_ROOT / "deploy" / "env_example.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
