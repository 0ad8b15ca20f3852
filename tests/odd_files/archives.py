"""Archives: bombs, broken ones, and ones whose names point elsewhere."""

from __future__ import annotations

import struct
import zipfile
import zlib
from pathlib import Path

from odd_files.expectation import Odd
from odd_files.ledger import BOOK, LEDGER, NAME, PLAIN, SHEET, STRINGS, cell, pack, packed, parts, row_xml, sheet_xml, written

BLANKS = b" " * (1 << 20)


def unpacks_to_more_than_a_gigabyte(path: Path) -> None:
    pack(path, parts())
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive, archive.open("docProps/app.xml", "w") as part:
        for _ in range(1030):
            part.write(BLANKS)


def overlapping_entries(path: Path) -> None:
    """Many names for one compressed block: the directory of 300 entries unpacks to 1.2 GB from 20 KB."""
    pack(path, {**parts(), "xl/media/a.xml": b" " * (4 << 20)})
    content = bytearray(path.read_bytes())
    end = content.rfind(b"PK\x05\x06")
    entries, start = struct.unpack("<H", content[end + 10 : end + 12])[0], struct.unpack("<I", content[end + 16 : end + 20])[0]
    last = content.rfind(b"PK\x01\x02", start, end)
    again = b"".join(bytes(content[last:end]).replace(b"xl/media/a.xml", b"xl/media/%c.xml" % letter) for letter in range(98, 123)) * 12
    content[end:end] = again
    end += len(again)
    content[end + 8 : end + 12] = struct.pack("<HH", *[entries + 300] * 2)
    content[end + 12 : end + 16] = struct.pack("<I", end - start)
    path.write_bytes(content)


def says_it_is_small(path: Path) -> None:
    """The headers of the big part say ten bytes, in both places."""
    unpacks = zlib.compressobj(1, zlib.DEFLATED, -15)
    body = b"".join(unpacks.compress(BLANKS) for _ in range(40)) + unpacks.flush()
    pack(path, parts())
    pack(path, {**parts(), "docProps/app.xml": b"0123456789"}, zipfile.ZIP_STORED)
    content = path.read_bytes()
    local, central = content.find(b"docProps/app.xml") - 30, content.rfind(b"docProps/app.xml") - 46
    sizes = struct.pack("<III", zlib.crc32(b"0123456789"), len(body), 10)
    head = content[local : local + 8] + struct.pack("<H", 8) + content[local + 10 : local + 14] + sizes + content[local + 26 : local + 46]
    entry = bytearray(content[central : central + 62])
    entry[10:12], entry[16:28] = struct.pack("<H", 8), sizes
    cut, ends = content.find(b"PK\x01\x02"), content.rfind(b"PK\x05\x06")
    shift = len(body) - 10
    directory = content[cut:central] + bytes(entry) + content[central + 62 : ends]
    tail = bytearray(content[ends:])
    tail[16:20] = struct.pack("<I", cut + shift)
    path.write_bytes(content[:local] + head + body + content[local + 56 : cut] + directory + bytes(tail))


def half_of_it(path: Path) -> None:
    pack(path, parts())
    path.write_bytes(path.read_bytes()[:-400])


def names_that_point_elsewhere(path: Path) -> None:
    pack(path, {**parts(), "../../../../tmp/escaped.xml": "<a/>", "/etc/cron.d/escaped": "x", "..\\..\\escaped.txt": "x", "xl/../../b.xml": "<a/>"})


def one_name_twice(path: Path) -> None:
    """Which of two sheets of one name counts is told by nobody."""
    pack(path, parts())
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(SHEET, sheet_xml((LEDGER, ("2141000001", "XF9", "普通教室", "99999", "在用", "1990-09-01"))))


def a_long_string_in_every_cell(path: Path) -> None:
    """Eight MB of text, named by 1,000 cells: 8 GB once every cell has its own."""
    header = row_xml(1, LEDGER)
    body = "".join(f'<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>' for row in range(2, 1002))
    book = parts(sheet_xml(()).replace("<sheetData></sheetData>", f"<sheetData>{header}{body}</sheetData>"))
    strings = f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="1000" uniqueCount="1"><si><t>{"长" * (8 << 20)}</t></si></sst>'
    pack(path, {**book, STRINGS: strings})


def sealed_part(path: Path) -> None:
    """The archive's own password bit on one part."""
    pack(path, parts())
    content = bytearray(path.read_bytes())
    at = content.rfind(SHEET.encode()) - 46
    content[at + 8] |= 1
    path.write_bytes(content)


def without_content_types() -> dict:
    return {name: content for name, content in parts().items() if name != "[Content_Types].xml"}


def deep_folders() -> dict:
    return {**parts(), "/".join(["d"] * 5000) + "/x.xml": "<a/>"}


ODD = (
    Odd("plain", NAME, packed(parts()), PLAIN),
    Odd("unpacks to more than a gigabyte", NAME, unpacks_to_more_than_a_gigabyte, refused=("too_large",), says=("1024 MB",), is_heavy=True),
    Odd("many names for one compressed block", NAME, overlapping_entries, refused=("unreadable", "too_large")),
    Odd("a part that says it is small and is not", NAME, says_it_is_small, refused=("unreadable",)),
    Odd("a truncated archive", NAME, half_of_it, refused=("unreadable",)),
    Odd("names that point elsewhere", NAME, names_that_point_elsewhere, PLAIN),
    Odd("one name twice", NAME, one_name_twice, refused=("unreadable",), says=(SHEET,)),
    Odd("a long string in every cell", NAME, a_long_string_in_every_cell, refused=("memory_limit", "breaks_reader"), is_heavy=True),
    Odd("a part sealed by the archive", NAME, sealed_part, refused=("unreadable",)),
    Odd("no list of content types", NAME, packed(without_content_types()), PLAIN),
    Odd("folders five thousand deep", NAME, packed(deep_folders()), PLAIN),
    Odd("an empty archive", NAME, packed({}), refused=("wrong_kind", "unreadable")),
    Odd("an archive in an archive", NAME, lambda path: (pack(path.with_suffix(".in"), parts()), pack(path, {"in.xlsx": path.with_suffix(".in").read_bytes()}), path.with_suffix(".in").unlink())[0], refused=("wrong_kind",)),
    Odd("bytes before the archive", NAME, lambda path: (pack(path, parts()), path.write_bytes(b"MZ" + path.read_bytes()))[0], refused=("unknown_encoding", "unreadable", "wrong_kind")),
    Odd("nothing but its head", NAME, written(b"PK\x03\x04" + b"\0" * 40), refused=("unreadable",)),
    Odd("a directory that names a part which is not there", NAME, packed({name: content for name, content in parts().items() if name != SHEET}), refused=("unreadable",)),
    Odd("a workbook part that is no XML", NAME, packed({**parts(), BOOK: b"\xff\xfe\x00garbage"}), refused=("unreadable",)),
    Odd("a sheet that ends in the middle", NAME, packed({**parts(), SHEET: sheet_xml()[:-60]}), refused=("unreadable",)),
    Odd("bytes after the archive", NAME, lambda path: (pack(path, parts()), path.write_bytes(path.read_bytes() + b"\0" * 100))[0], PLAIN),
    Odd("cells past the last column", NAME, packed(parts(sheet_xml().replace("</sheetData>", f'<row r="9">{cell("ZZZ9", "x")}</row></sheetData>'))), refused=("unreadable", "too_large", "unknown_column")),
)  # fmt: skip
