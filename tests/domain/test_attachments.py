"""Files that people attach: known by their bytes, named so that they can be stored, limited before they unfold."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nenghao.domain.attachments import LONGEST_NAME, Limits, Upload, clean_name, media_type_of, refuse_files

LIMITS = Limits(file_bytes=5000, files_per_step=2, case_bytes=8000, archive_ratio=20, archive_entries=5)
PDF = b"%PDF-1.7\nnot much"


def archive(**parts: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name.replace("__", "/").replace("_", "."), content)
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (PDF, "application/pdf"),
        (b"\xff\xd8\xff\xe0rest", "image/jpeg"),
        ("电表读数 123".encode("gb18030"), "text/plain"),
        (archive(xl__workbook_xml=b"<x/>"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (archive(OFD_xml=b"<x/>"), "application/ofd"),
        (archive(xl__workbook_xml=b"<x/>", xl__vbaProject_bin=b"1"), None),
        (archive(run_exe=b"MZ"), None),
        (b"MZ\x90\x00", None),
        (b"\x7fELF\x00", None),
        (b"PK\x03\x04broken", None),
    ],
)
def test_a_file_is_what_its_bytes_say(content: bytes, media_type: str | None) -> None:
    assert media_type_of(content) == media_type


@pytest.mark.parametrize(
    ("files", "held", "refusal"),
    [
        ([b""], 0, "file_empty"),
        ([b"a" * 5001], 0, "file_too_large"),
        ([PDF], 8000, "file_too_large"),
        ([PDF, PDF, PDF], 0, "too_many_files"),
        ([b"<html>\x00"], 0, "file_kind"),
        ([archive(xl__workbook_xml=b"0" * 100_000)], 0, "archive_too_large"),
        ([archive(xl__workbook_xml=b"1", **{f"p{n}": b"1" for n in range(6)})], 0, "archive_too_large"),
        ([PDF, archive(xl__workbook_xml=b"<x/>")], 0, None),
    ],
)
def test_files_keep_their_limits(files: list[bytes], held: int, refusal: str | None) -> None:
    uploads = [Upload(name="a", content=content) for content in files]
    assert refuse_files(uploads, LIMITS, held) == refusal


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\photos\\表码.jpg", "表码.jpg"),
        ('a"\r\nSet-Cookie: x.pdf', "aSet-Cookie x.pdf"),
        (".htaccess", "htaccess"),
        ("\u202egpj.exe", "gpj.exe"),
        ("///", "file"),
    ],
)
def test_a_name_can_be_stored_and_sent(name: str, cleaned: str) -> None:
    assert clean_name(name) == cleaned


@given(st.text(max_size=400))
def test_whatever_a_name_was_it_fits_the_store(name: str) -> None:
    cleaned = clean_name(name)
    assert 1 <= len(cleaned) <= LONGEST_NAME
    assert not set(cleaned) & set('/\\"\r\n\0')
    assert not cleaned.startswith(".")
