"""The house rules of docs/architecture.md, walked over the product's own imports and files."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from nenghao.config import PROJECT_ROOT
from nenghao.labels import load_labels

PACKAGES = ("nenghao", "ingest", "expectations")
PRODUCT = sorted(path for folder in (*PACKAGES, "dags") for path in (PROJECT_ROOT / folder).rglob("*.py"))

#: One root folder is one outside technology: the only product code that may import it.
OWNERS = {
    "psycopg": ("nenghao.db",),
    "psycopg_pool": ("nenghao.db",),
    "argon2": ("nenghao.access.passwords",),
    "paho": ("ingest",),
    "msgspec": ("ingest",),
    "prometheus_client": ("ingest",),
    "great_expectations": ("expectations",),
    "sqlalchemy": ("expectations",),
    "pandas": (),
    "airflow": ("dags",),
    "pendulum": ("dags",),
    "supervisor": ("nenghao.stack",),
    "cryptography": ("nenghao.crypto", "nenghao.certificates"),
    "xlsxwriter": ("nenghao.reporting",),
    "fpdf": ("nenghao.reporting.paper",),
    "pydantic": ("nenghao.config",),
    "pydantic_settings": ("nenghao.config",),
    "pyarrow": ("ingest.gateway.parquet_rows", "nenghao.archive.parquet_files", "expectations.file_columns"),
    "numpy": ("nenghao.detection", "nenghao.closing", "nenghao.reporting.suppression", "expectations"),
    "scipy": ("nenghao.reporting.suppression",),
    "typer": ("nenghao.cli", "nenghao.stack.cli", "ingest", "expectations"),
    "stdnum": ("nenghao.registers",),
    "python_calamine": ("nenghao.registers",),
    "chinese_calendar": ("nenghao.registers",),
    "fastapi": ("nenghao.console",),
    "starlette": ("nenghao.console",),
    "uvicorn": ("nenghao.console",),
    "jinja2": ("nenghao.console",),
}

#: What each part may import of the project itself, beside nenghao.errors, nenghao.config and nenghao.labels.
MAY_IMPORT = {
    "nenghao.domain": ("nenghao.domain",),
    "nenghao.reference": ("nenghao.domain",),
    "nenghao.detection": ("nenghao.detection", "nenghao.domain"),
    "nenghao.closing": ("nenghao.closing", "nenghao.domain"),
    "nenghao.db": ("nenghao.db", "nenghao.domain"),
    "nenghao.crypto": (),
    "nenghao.envelope": ("nenghao.crypto",),
    "nenghao.trust": ("nenghao.envelope", "nenghao.crypto"),
    "nenghao.signer": ("nenghao.signer", "nenghao.trust", "nenghao.envelope", "nenghao.crypto", "nenghao.domain"),
    "nenghao.certificates": (),
    "nenghao.access": ("nenghao.access", "nenghao.db", "nenghao.domain"),
    "nenghao.backup": ("nenghao.backup", "nenghao.db"),
    "nenghao.archive": ("nenghao.archive", "nenghao.db", "nenghao.domain", "nenghao.crypto"),
    "nenghao.broker_files": (),
    "nenghao.broker_hello": (),
    "nenghao.credentials": (
        "nenghao.db", "nenghao.crypto", "nenghao.certificates", "nenghao.trust", "nenghao.broker_files",
    ),
    "nenghao.registers": ("nenghao.registers", "nenghao.db", "nenghao.domain"),
    "nenghao.review": (
        "nenghao.review", "nenghao.registers", "nenghao.db", "nenghao.domain", "nenghao.detection", "nenghao.crypto",
    ),
    "nenghao.filing": (
        "nenghao.filing", "nenghao.registers", "nenghao.db", "nenghao.domain", "nenghao.crypto", "nenghao.envelope",
        "nenghao.trust", "nenghao.signer",
    ),
    "nenghao.reporting": (
        "nenghao.reporting", "nenghao.archive", "nenghao.db", "nenghao.domain", "nenghao.detection", "nenghao.crypto",
        "nenghao.envelope", "nenghao.trust", "nenghao.signer",
    ),
    "nenghao.stack": (
        "nenghao.stack", "nenghao.backup", "nenghao.db", "nenghao.domain", "nenghao.credentials",
        "nenghao.broker_files", "nenghao.broker_hello",
    ),
    "nenghao.jobs": (
        "nenghao.jobs", "nenghao.reporting", "nenghao.archive", "nenghao.registers", "nenghao.review",
        "nenghao.closing", "nenghao.db", "nenghao.domain", "nenghao.detection",
        "nenghao.crypto", "nenghao.envelope", "nenghao.signer",
    ),
    "nenghao.console": (
        "nenghao.console", "nenghao.access", "nenghao.jobs", "nenghao.reporting", "nenghao.review", "nenghao.filing",
        "nenghao.registers", "nenghao.credentials", "nenghao.db", "nenghao.domain", "nenghao.detection",
        "nenghao.crypto", "nenghao.trust",
    ),
    "nenghao.cli": ("nenghao",),
    "ingest": ("ingest", "nenghao"),
    "expectations": ("expectations", "nenghao"),
    "dags": ("expectations", "nenghao"),
}  # fmt: skip
EVERYBODY = ("nenghao.errors", "nenghao.config", "nenghao.labels", "nenghao.reference")


def module_name(path: Path) -> str:
    parts = path.relative_to(PROJECT_ROOT).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def imports_of(path: Path) -> Iterator[str]:
    """Every module that the file imports, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield f"{node.module}"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_below(name: str, parents: tuple[str, ...]) -> bool:
    return any(name == parent or name.startswith(f"{parent}.") for parent in parents)


def test_there_is_product_code_to_check() -> None:
    assert {path.relative_to(PROJECT_ROOT).parts[0] for path in PRODUCT} == {*PACKAGES, "dags"}


@pytest.mark.parametrize("path", PRODUCT, ids=module_name)
def test_an_outside_technology_is_imported_by_its_own_folder_only(path: Path) -> None:
    name = module_name(path)
    wrong = {
        imported
        for imported in imports_of(path)
        if (owners := OWNERS.get(imported.partition(".")[0])) is not None and not is_below(name, owners)
    }
    assert not wrong


@pytest.mark.parametrize("path", PRODUCT, ids=module_name)
def test_no_import_points_upward(path: Path) -> None:
    name = module_name(path)
    part = next((part for part in MAY_IMPORT if is_below(name, (part,))), None)
    allowed = EVERYBODY + (MAY_IMPORT[part] if part else ())
    own = {item for item in imports_of(path) if item.partition(".")[0] in {*PACKAGES, "dags", "demo", "tests"}}
    wrong = {item for item in own if not is_below(item, allowed) and item not in PACKAGES}
    assert not wrong


def test_domain_imports_the_standard_library_only() -> None:
    for path in (PROJECT_ROOT / "nenghao" / "domain").glob("*.py"):
        outside = {
            item
            for item in imports_of(path)
            if item.partition(".")[0] not in sys.stdlib_module_names and not is_below(item, ("nenghao",))
        }
        assert not outside, path.name


def test_packages_resolve_inside_the_checkout() -> None:
    for package in PACKAGES:
        assert Path(__import__(package).__file__).resolve().is_relative_to(PROJECT_ROOT)


def test_label_keys_are_the_same_in_both_languages() -> None:
    labels = PROJECT_ROOT / "nenghao" / "reference" / "labels"
    told: dict[str, list[str]] = {"zh": [], "en": []}
    for file in sorted(labels.glob("*.toml")):
        told[file.name.removesuffix(".toml").rpartition(".")[2]] += flat(tomllib.loads(file.read_text("utf-8")))
    assert all(len(set(keys)) == len(keys) for keys in told.values()), "a key stands in two files"
    chinese, english = load_labels("zh"), load_labels("en")
    assert chinese.keys() == english.keys()
    assert all(text.strip() for text in (*chinese.values(), *english.values()))


def flat(table: dict[str, object], before: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in table.items():
        found |= flat(value, f"{before}{key}.") if isinstance(value, dict) else {f"{before}{key}": str(value)}
    return found


CJK = re.compile(r"[\u3400-\u9fff]")


@pytest.mark.parametrize("path", PRODUCT, ids=module_name)
def test_no_chinese_literal_stands_in_product_code(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    literals = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings
    ]
    assert not [text for text in literals if CJK.search(text)]


def test_no_text_of_ours_accuses() -> None:
    """Levels are lead and doubt; whether something was falsified is for people with the original record to say."""
    accusing = re.compile("造假")
    texts = [*(PROJECT_ROOT / "expectations").rglob("*.md"), *(PROJECT_ROOT / "nenghao").rglob("*.toml")]
    assert [path.name for path in texts if accusing.search(path.read_text("utf-8"))] == []


@pytest.mark.parametrize("path", PRODUCT, ids=module_name)
def test_a_module_says_what_it_is_for_and_is_short(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    doc = ast.get_docstring(ast.parse(text))
    assert doc, "a module begins with one sentence that says what it is for"
    lines = len(text.splitlines())
    assert lines <= 300 or "lines" in doc.lower(), f"{lines} lines and no reason in the docstring"
