"""The part of a stack's work that must not run as root: `python -m nenghao.stack.worker DIR ACTION SPEC [WORDS]`."""

import os
import sys
from pathlib import Path

from nenghao.errors import NenghaoError
from nenghao.stack import lifecycle, restoring
from nenghao.stack.spec import Layout, StackSpec


def main(arguments: list[str]) -> int:
    """Do one action and tell the caller by exit code; the last line of an error is on standard error."""
    directory, action, spec, *words = arguments
    os.umask(0o027)
    layout = Layout(Path(directory))
    try:
        perform(layout, action, StackSpec.from_json(spec), words)
    except (NenghaoError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def perform(layout: Layout, action: str, spec: StackSpec, words: list[str]) -> None:
    """Do one action by its name."""
    match action:
        case "up":
            lifecycle.bring_up(layout, spec, say)
        case "restore":
            source, *base = words
            restoring.restore_stack(layout, spec, Path(source), base[0] if base else None, say)
        case "migrate-airflow":
            lifecycle.migrate_airflow(layout)
        case _:
            raise ValueError(f"unknown action {action}")


def say(text: str) -> None:
    """Print one line of progress."""
    sys.stdout.write(f"stack: {text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
