"""What a unit asks of the bureau about its gateways because it may not do it itself: kinds, when they are whole."""

import re
from typing import Final, Literal, get_args
from uuid import UUID

#: gateway_add: register a gateway; boot_enrol: take messages from a new spool, for the old one was lost; gateway_end:
#: take a gateway out of use for good.
RequestKind = Literal["gateway_add", "boot_enrol", "gateway_end"]
Outcome = Literal["granted", "refused"]
REQUEST_KINDS: Final[tuple[RequestKind, ...]] = get_args(RequestKind)
_CODE: Final = re.compile(r"[A-Za-z0-9_-]{1,32}")

#: Why a request is not taken; label keys below `console.unit.refused`.
RequestFault = Literal["gateway_code", "boot_id", "reason_short", "gateway_there", "gateway_not_there", "asked_already"]
MIN_REASON: Final = 4


def refuse_request(
    kind: RequestKind,
    gateway_code: str,
    boot_id: str,
    reason: str,
    *,
    known: frozenset[str],
    open_codes: frozenset[str],
) -> RequestFault | None:
    """Why a request says nothing; None where it does.

    `known`: codes of the unit's gateways; `open_codes`: those about which a request of this kind is open already.
    """
    if not _CODE.fullmatch(gateway_code):
        return "gateway_code"
    if (kind == "gateway_add") is (gateway_code in known):
        return "gateway_there" if kind == "gateway_add" else "gateway_not_there"
    if gateway_code in open_codes:
        return "asked_already"
    if kind == "boot_enrol" and not is_uuid(boot_id):
        return "boot_id"
    return "reason_short" if len(reason.strip()) < MIN_REASON else None


def is_uuid(text: str) -> bool:
    """Whether a text is a boot_id as gateways send it."""
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False
