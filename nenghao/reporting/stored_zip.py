"""Zip files whose bytes depend on their members only: stored, in the given order, with one fixed time."""

import zipfile
from collections.abc import Mapping
from io import BytesIO
from typing import Final

FIXED_TIME: Final = (1980, 1, 1, 0, 0, 0)
#: Regular file, readable by all, as Unix writes it.
FILE_MODE: Final = 0o100644 << 16


def write_stored_zip(members: Mapping[str, bytes]) -> bytes:
    """The archive of the members, in their order. Nothing is compressed: other zlibs compress to other bytes."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(name, FIXED_TIME)
            info.create_system = 3
            info.external_attr = FILE_MODE
            archive.writestr(info, data)
    return buffer.getvalue()


def read_zip(data: bytes) -> dict[str, bytes]:
    """The members of an archive, by name.

    Raises: zipfile.BadZipFile and what else zipfile raises for bytes that are no archive.
    """
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def read_stored_zip(data: bytes) -> dict[str, bytes]:
    """The members of an archive as `write_stored_zip` makes it: nothing is unpacked, whatever the archive says.

    Raises: zipfile.BadZipFile and what else zipfile raises for bytes that are no such archive.
    """
    with zipfile.ZipFile(BytesIO(data)) as archive:
        members = archive.infolist()
        if any(member.compress_type != zipfile.ZIP_STORED for member in members):
            raise zipfile.BadZipFile("a member is compressed")
        if sum(member.file_size for member in members) > len(data):
            raise zipfile.BadZipFile("the members are larger than the archive")
        return {member.filename: archive.read(member) for member in members}


def repack(data: bytes) -> bytes:
    """The same archive, stored."""
    return write_stored_zip(read_zip(data))
