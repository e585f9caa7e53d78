"""The journey's map is true: every file and function that it names is there."""

import ast
import re

from nenghao.config import PROJECT_ROOT

JOURNEY = PROJECT_ROOT / "docs" / "journey.md"
WORD = re.compile(r"`([^`]+)`")


def rows() -> list[tuple[list[str], list[str]]]:
    """(names, files) of every row of the table."""
    lines = [line.replace("\\|", "/") for line in JOURNEY.read_text("utf-8").splitlines() if line.startswith("| ")]
    cells = [line.strip("| ").split(" | ") for line in lines[1:]]
    return [(WORD.findall(function), WORD.findall(file)) for _, function, file in cells]


def test_every_function_of_the_map_is_defined_in_the_file_it_names() -> None:
    assert len(rows()) >= 12
    for names, files in rows():
        defined: set[str] = set()
        for file in files:
            tree = ast.parse((PROJECT_ROOT / file).read_text("utf-8"))
            defined |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
        assert set(names) <= defined, (names, files)


def test_the_readme_names_the_folders_of_the_journey() -> None:
    for readme in ("README.md", "README.zh-CN.md"):
        text = (PROJECT_ROOT / readme).read_text("utf-8")
        for folder in re.findall(r"(?:\(|（)([a-z]+/?[a-z]*)(?:\)|）)", text.split("##")[0]):
            assert any((PROJECT_ROOT / base / folder).with_suffix(suffix).exists()
                       for base in ("", "nenghao") for suffix in ("", ".py")), (readme, folder)  # fmt: skip
