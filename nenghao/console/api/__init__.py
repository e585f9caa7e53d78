"""The HTTP API below /api/v1: what the pages show as JSON and CSV, for bearer tokens, with its own description."""
