"""Messages as a gateway writes them."""

import json
from datetime import datetime, timedelta

FIRST_AT = datetime.fromisoformat("2026-10-03T00:15:00+08:00")


def reading(value: str = "100.5", *, point: str = "p1", step: int = 0, **others: object) -> dict[str, object]:
    """A register reading, `step` quarter-hours after the first."""
    at = (FIRST_AT + timedelta(minutes=15 * step)).isoformat()
    return {
        "point": point,
        "quantity": "active_energy",
        "kind": "register",
        "period": "instant",
        "at": at,
        "value": value,
        "unit": "kWh",
    } | others


def message(boot_id: str, seq: int, *readings: dict[str, object], **others: object) -> bytes:
    envelope = {"schema": "nenghao/1", "boot_id": boot_id, "seq": seq, "sent_at": "2026-10-03T00:15:02+08:00"}
    return json.dumps(envelope | others | {"readings": readings}).encode()
