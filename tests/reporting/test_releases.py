"""A release: reproducible, looks like the form, and shows every changed byte."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from nenghao.crypto import Signature, TrustedKeys, key_id
from nenghao.db.releases import EarlierRelease, SealedRelease, UnreleasedBalance
from nenghao.db.tree import LastTree
from nenghao.domain.balance import Cell
from nenghao.errors import DataRefused
from nenghao.labels import label
from nenghao.reference.layouts import Layout, load_layout, refuse_expired
from nenghao.reporting.content import build_content
from nenghao.reporting.seal import CONTENT, MANIFEST, SIGNATURE, SPREADSHEET, build_archive, seal
from nenghao.reporting.stored_zip import read_zip, write_stored_zip
from nenghao.reporting.verify import verify_archive

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY_PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
TRUSTED: TrustedKeys = {key_id(KEY.public_key()): KEY.public_key()}

BALANCE = UnreleasedBalance(
    balance_id=1, unit_id=1, month_on=date(2026, 10, 1), layout_edition="205-1-seed-1",
    coefficient_edition="GB/T 2589-2020", unit_code="91150100000000000G", unit_name="甲", division_code="150100",
    industry_code="C2614", is_held=False, earlier=None,
)  # fmt: skip


def cell(row: str, column: str, value: str, unit: str, share: str | None = "0.95") -> Cell:
    return Cell(
        row_code=row, column_code=column, value=Decimal(value), unit=unit, completeness=Decimal("0.99"),
        known_share=Decimal("0.99999"), measured_share=None if share is None else Decimal(share), coefficient_code=None,
        source_point_ids=(1,),
    )  # fmt: skip


CELLS = [
    cell("33", "2", "31", "10^4kWh"),
    cell("33", "4", "34.125", "10^4kWh"),
    cell("33", "5", "34.125", "10^4kWh"),
    cell("33", "10", "1.229", "1"),
    cell("33", "tce", "41.939625", "tce"),
    cell("40", "4", "41.939625", "tce", None),
]
HEAD = LastTree(
    tree_no=7,
    day_on=date(2026, 10, 3),
    last_batch_id=1,
    last_row_leaf_id=1,
    root=b"\xab" * 32,
    closed_at=datetime.now(UTC),
)
SEALED: SealedRelease = seal(build_content(BALANCE, CELLS, "zh", HEAD), KEY_PEM)
SIGNED = Signature(algorithm=SEALED.signature_algorithm, key_id=SEALED.key_id, value=SEALED.signature)


def test_the_newest_day_head_is_printed_on_it() -> None:
    content = json.loads(SEALED.content)
    assert content["day_head"] == {"tree_no": 7, "day": "2026-10-03", "root": "ab" * 32}
    assert any("ab" * 32 in note for note in content["sheet"]["notes"])


def failures(archive: bytes, trusted: TrustedKeys | None = None) -> list[str]:
    return [check.label_key for check in verify_archive(archive, trusted or TRUSTED) if not check.is_passed]


def test_a_release_verifies_and_sealing_again_gives_the_same_bytes() -> None:
    assert failures(SEALED.archive) == []
    assert seal(build_content(BALANCE, CELLS, "zh", HEAD), KEY_PEM) == SEALED
    assert list(read_zip(SEALED.archive)) == [CONTENT, SIGNATURE, SPREADSHEET, MANIFEST]


def offsets() -> list[int]:
    """Places in every region: heads and bodies of each member, the central directory, both ends."""
    archive, places = SEALED.archive, [0, 1, 10]
    for name, data in read_zip(archive).items():
        begin = archive.index(data)
        places += [begin - len(name) - 20, begin - 1, begin, begin + len(data) // 2, begin + len(data) - 1]
    directory = archive.index(b"PK\x01\x02", archive.index(read_zip(archive)[MANIFEST]))
    return [*places, directory, directory + 12, directory + 40, len(archive) - 20, len(archive) - 2, len(archive) - 1]


@pytest.mark.parametrize("offset", offsets())
@pytest.mark.parametrize("mask", [1, 0x20, 0x80])
def test_one_changed_byte_fails(offset: int, mask: int) -> None:
    changed = bytearray(SEALED.archive)
    changed[offset] ^= mask
    assert len(failures(bytes(changed))) == 1


@settings(deadline=None, max_examples=60)
@given(st.integers(0, len(SEALED.archive) - 1), st.integers(1, 255))
def test_any_changed_byte_fails(offset: int, mask: int) -> None:
    changed = bytearray(SEALED.archive)
    changed[offset] ^= mask
    assert len(failures(bytes(changed))) == 1


@pytest.mark.parametrize("method", [8, 12, 14, 99])
def test_a_member_said_to_be_compressed_is_not_unpacked(method: int) -> None:
    changed = bytearray(SEALED.archive)
    directory = changed.index(b"PK\x01\x02", changed.index(read_zip(SEALED.archive)[MANIFEST]))
    changed[8] = changed[directory + 10] = method
    assert failures(bytes(changed)) == ["verify.not_a_release"]


@pytest.mark.parametrize("archive", [b"", b"PK", SEALED.archive[:-1], SEALED.archive + b"\0", b"\0" + SEALED.archive])
def test_a_cut_or_padded_archive_fails(archive: bytes) -> None:
    assert len(failures(archive)) == 1


def test_content_under_another_key_or_with_a_borrowed_signature_fails() -> None:
    other = Ed25519PrivateKey.from_private_bytes(bytes(32))
    assert failures(SEALED.archive, {key_id(other.public_key()): other.public_key()}) == ["verify.unknown_key"]
    forged = json.loads(SEALED.content)
    forged["cells"][0]["value"] = "30"
    changed = json.dumps(forged, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    assert failures(build_archive(changed, SIGNED)) == ["verify.signature_wrong"]


def test_another_spreadsheet_in_an_otherwise_whole_archive_fails() -> None:
    members = read_zip(SEALED.archive)
    sheet = openpyxl.load_workbook(BytesIO(members[SPREADSHEET]))
    sheet.worksheets[0].cell(9, 5).value = 1
    changed = BytesIO()
    sheet.save(changed)
    assert failures(write_stored_zip({**members, SPREADSHEET: changed.getvalue()})) == ["verify.xlsx_differs"]


def test_another_order_or_another_member_fails() -> None:
    members = read_zip(SEALED.archive)
    assert failures(write_stored_zip(dict(reversed(members.items())))) == ["verify.archive_differs"]
    assert failures(write_stored_zip({**members, "more.txt": b""})) == ["verify.archive_differs"]


def test_the_sheet_reads_like_the_form() -> None:
    book = openpyxl.load_workbook(BytesIO(read_zip(SEALED.archive)[SPREADSHEET]))
    page, hidden = book.worksheets
    values = [[column.value for column in row] for row in page.iter_rows()]
    assert values[0][0] == label("form.205-1.title", "zh")
    assert label("cell.monitored", "zh") in values[1][0]
    assert values[6][3:7] == [label(f"form.205-1.column.{n}", "zh") for n in (1, 2, 3, 4)]
    rows = {row[2]: row for row in values[8:48]}
    assert list(rows) == [f"{n:02d}" for n in range(1, 41)]
    assert rows["33"][:3] == ["电力", "万千瓦时", "33"]
    assert rows["33"][3:] == [None, 31, None, 34.12, 34.12, None, None, None, None, 1.229, 1.229]
    assert rows["40"][6] == 41.94
    assert page.cell(41, 7).number_format == "#,##0.00"
    assert (page.sheet_state, hidden.sheet_state) == ("visible", "hidden")
    assert hidden.cell(1, 2).value == SEALED.hash.hex()
    notes = "\n".join(str(row[0]) for row in values[48:])
    assert "已知占比 99.99%；其中实测占比 95.00%，估算占比 5.00%" in notes


def test_a_restatement_names_what_it_restates() -> None:
    earlier = {"release_id": 7, "version": 1, "hash_algorithm": "sha256", "hash": SEALED.hash}
    content = build_content(replace(BALANCE, earlier=EarlierRelease(**earlier)), CELLS, "zh", None)  # type: ignore[arg-type]
    assert content["version"] == 2
    assert content["restates"] == {"version": 1, "hash_algorithm": "sha256", "hash": SEALED.hash.hex()}


def test_an_expired_layout_prints_nothing() -> None:
    expired: Layout = replace(load_layout("205-1"), valid_until=date(2026, 9, 30))
    with pytest.raises(DataRefused, match="valid until 2026-09-30"):
        refuse_expired(expired, date(2026, 10, 1))
    refuse_expired(expired, date(2026, 9, 1))
