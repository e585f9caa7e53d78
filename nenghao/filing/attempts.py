"""A filing that is tried while the store is out of service earns a signed receipt, which stops the clock (practice 7).

Before: a unit's file of figures, and the signer, which lives apart from the store. After: `acts.file_draft` takes the
receipt with the filing; deadlines are held against the time of the attempt.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from nenghao.domain.filed_cells import FiledCell, Key
from nenghao.domain.periods import Month
from nenghao.envelope import open_envelope, payload_of
from nenghao.filing.refusals import FilingRefused
from nenghao.filing.templates import read_figures
from nenghao.signer.client import SignerClient
from nenghao.signer.statements import attempt_body, attempt_topic
from nenghao.trust import Trust

HASH_ALGORITHM: Final = "sha256"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A receipt whose signature held, with the figures of the file that it is for; the time is the signer's."""

    unit_code: str
    month: str
    attempted_at: datetime
    figures: Mapping[Key, FiledCell]
    receipt: bytes

    def refuse_other(self, unit_code: str, month: Month, cells: Mapping[Key, FiledCell]) -> None:
        """See that what is filed is what was tried.

        Raises: FilingRefused where it is another unit's or month's, a figure of the file is filed as another one, or
        one that people entered was not in the file: an almost empty file would stop the clock for whatever comes.
        """
        if (self.unit_code, self.month) != (unit_code, str(month)):
            raise FilingRefused("attempt_of_another", unit=self.unit_code, month=self.month)
        other = [key for key, cell in self.figures.items() if key not in cells or cells[key].value != cell.value]
        other += [key for key, cell in cells.items() if cell.source == "manual" and key not in self.figures]
        if other:
            form, row, column = min(other)
            raise FilingRefused("attempt_differs", form=form, row=row, column=column)


def ask_receipt(signer: SignerClient, unit_code: str, month: Month, file: bytes, now: datetime) -> bytes:
    """The signed receipt of a try to file.

    Raises: RetryableError where the signer is away, too; SealBroken where it refuses.
    """
    body = attempt_body(unit_code, str(month), HASH_ALGORITHM, hashlib.sha256(file).digest(), now)
    return payload_of(signer.sign_attempt(attempt_topic(unit_code), body), body)


def read_attempt(receipt: bytes, file: Path, trust: Trust) -> Attempt:
    """Read a receipt beside the file it is for.

    Raises: FilingRefused where it is not signed by a trusted key or is for another file.
    """
    envelope = open_envelope(receipt)
    try:
        if envelope is None or envelope.signature is None:
            raise FilingRefused("attempt_not_signed")
        fields = json.loads(envelope.body)
        unit_code, attempted_at = str(fields["unit"]), datetime.fromisoformat(fields["sent_at"])
        topic, file_hash, month = attempt_topic(unit_code), bytes.fromhex(fields["file_hash"]), str(fields["month"])
    except (ValueError, LookupError, TypeError) as error:
        raise FilingRefused("attempt_not_signed") from error
    objection = trust.objection(envelope.signature, topic, envelope.body, attempted_at)
    if objection is not None:
        raise FilingRefused("attempt_not_signed")
    if hashlib.sha256(file.read_bytes()).digest() != file_hash:
        raise FilingRefused("attempt_of_another_file", file=file.name)
    figures = read_figures(file)
    if figures.faults or not figures.entries:
        raise FilingRefused("attempt_of_another_file", file=file.name)
    cells = {
        key: FiledCell(form=key[0], row=key[1], column=key[2], value=value, source="manual")
        for key, value in figures.entries.items()
    }
    return Attempt(unit_code=unit_code, month=month, attempted_at=attempted_at, figures=cells, receipt=receipt)
