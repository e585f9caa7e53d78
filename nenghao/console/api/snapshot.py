"""Writes docs/openapi.json (`python -m nenghao.console.api.snapshot > docs/openapi.json`); a test fails when stale."""

import json
import sys

from nenghao.console.api.description import describe

if __name__ == "__main__":
    sys.stdout.write(json.dumps(describe("en"), ensure_ascii=False, indent=1) + "\n")
