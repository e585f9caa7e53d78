"""Checks a case folder that was taken along; needs Python only, neither network nor this project.

It is copied into every folder as verify.py: `python3 verify.py` in the folder. Before: `nenghao.reporting.case_folder`.
"""

import hashlib
import json
import sys
from pathlib import Path

MANIFEST = "manifest.json"
HEAD, TAIL = b'{"document":', b',"hash":"'


def check(folder: Path) -> list[str]:
    """What is wrong with a folder, nothing where all holds."""
    manifest = json.loads((folder / MANIFEST).read_bytes())
    wrong = []
    for entry in manifest["files"]:
        path = folder / entry["path"]
        if not path.is_file():
            wrong.append(f"missing: {entry['path']}")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != entry["sha256"]:
            wrong.append(f"changed: {entry['path']}")
    known = {entry["path"] for entry in manifest["files"]} | {MANIFEST, *manifest["open"]}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name not in known and not name.startswith(manifest["added_below"]):
            wrong.append(f"not of the folder: {name}")
    return wrong + _check_evidence(folder / "evidence.json")


def _check_evidence(path: Path) -> list[str]:
    """The hash of the evidence document, over its bytes as they stand between the marks of the canonical form."""
    if not path.is_file():
        return []
    content = path.read_bytes()
    end = content.rfind(TAIL)
    if not content.startswith(HEAD) or end < 0:
        return ["evidence.json is not in canonical form"]
    stated = json.loads(content)["hash"]
    is_right = hashlib.sha256(content[len(HEAD) : end]).hexdigest() == stated
    return [] if is_right else ["evidence.json does not have the hash that it names"]


def main() -> int:
    """Print what is wrong; 1 where anything is."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    wrong = check(folder)
    for line in wrong:
        sys.stdout.write(line + "\n")
    sys.stdout.write(f"{'WRONG' if wrong else 'OK'} {folder}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
