"""A file in the inbox: what it is by its bytes, whose county it is, which day it speaks of.

Here: one pass over the bytes (digest, kind, encoding), size limits, the county
folder and the date that title, name or folder state.
Not here: the cells of a workbook (workbook.py) and the lines of a text file (delimited.py).
"""

from __future__ import annotations

import codecs
import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path, PurePosixPath

from sources.calendar_text import stated_date
from sources.declaration import Context
from sources.refusal import Misconfigured, Refusal

BLOCK = 1 << 20
TEXT_LIMIT = 20 * (1 << 30)  # text streams: the limit only stops a disk image dropped by mistake
WORKBOOK_LIMIT = 100 * (1 << 20)  # a workbook is held whole, and unpacks to many times its size

COLUMNS_LIMIT = 16_384  # of a sheet in any spreadsheet program

_MAGIC = ((b"\xd0\xcf\x11\xe0", "ole"), (b"PK", "zip"), (b"PAR1", "parquet"))
_NO_TABLES = {b"%PDF": "PDF", b"\x89PNG": "PNG", b"\xff\xd8\xff": "JPEG", b"Rar!": "RAR", b"7z\xbc\xaf": "7z", b"\x1f\x8b": "gzip"}
# Bytes beyond one a character: so many good UTF-8 characters before a bad byte are no
# chance, the file is UTF-8 and damaged, and reading it as GB18030 would garble it.
_SURELY_UTF8 = 16
# So many Chinese characters of UTF-8 in a row are no chance either: GB18030 would need a rare
# character at every third place.
_UTF8_RUN = re.compile(rb"(?:[\xe4-\xe9][\x80-\xbf]{2}){5}")
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@dataclass(frozen=True)
class File:
    """What one pass over a file's bytes tells.

    `kind`: `ole` (old Excel, or an encrypted workbook), `zip`, `parquet`,
    `html` or `text`. `encoding` is a Python codec for html and text, else None.
    """

    path: Path
    relative_path: str
    kind: str
    digest: str
    size: int
    modified_at: datetime
    encoding: str | None

    @property
    def name(self) -> str:
        return PurePosixPath(self.relative_path).name

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders below the source's own, full-width digits folded."""
        return tuple(unicodedata.normalize("NFKC", folder) for folder in PurePosixPath(self.relative_path).parts[1:-1])

    def county_code(self, context: Context) -> str | None:
        """The six-digit folder that the file lies in, else the context's county."""
        return next(filter(_is_county, self.folders), context.county_code)

    def required_county_code(self, context: Context) -> str:
        """The same; raises Misconfigured where neither tells it."""
        if code := self.county_code(context):
            return code
        raise Misconfigured(
            f"{self.relative_path}: nothing says which county the file belongs to. Put it into a folder named with the "
            "six-digit county code, or set JUNHENG_COUNTY_CODE. / "
            f"{self.relative_path}：无法确定所属区县。请放入以六位区划代码命名的子目录，或设置 JUNHENG_COUNTY_CODE。"
        )

    def as_of(self, title: str = "", *, year_means: tuple[int, int] | None = None) -> date | None:
        """The day the file speaks of: its title's, else its name's, else its folder's, else None."""
        if stated := self.stated(title, year_means=year_means):
            return stated
        days = (stated_date(folder, year_means=year_means) for folder in reversed(self.folders) if not _is_county(folder))
        return next(filter(None, days), None)

    def stated(self, title: str = "", *, year_means: tuple[int, int] | None = None) -> date | None:
        """The day that the title states, else the name, else None."""
        days = (stated_date(text, year_means=year_means) for text in (title, PurePosixPath(self.name).stem))
        return next(filter(None, days), None)


def told_by_path(relative_path: str) -> tuple[str | None, date | None]:
    """The county and the day that a file's place and name state, without a look inside: the same
    content under another path is the same delivery where they agree."""
    file = File(Path(relative_path), relative_path, kind="text", digest="", size=0, modified_at=datetime.min, encoding=None)
    return file.county_code(Context()), file.as_of()


def _is_county(folder: str) -> bool:
    """Six digits name a county, never a month."""
    return re.fullmatch(r"[0-9]{6}", folder) is not None


def opened(path: Path, relative_path: str) -> File:
    """Read a file's bytes once. Raises Refusal: `too_large`, `empty_file`, `unknown_encoding`, `unreadable`."""
    try:
        facts = path.stat()
        with path.open("rb") as stream:
            head = stream.read(4096)
            kind = _kind(head, relative_path)
            _within(relative_path, facts.st_size, TEXT_LIMIT if kind in ("text", "parquet") else WORKBOOK_LIMIT)
            stream.seek(0)
            digest, encoding = _digest_and_encoding(stream, relative_path, head if kind in ("text", "html") else None)
    except OSError as error:
        raise Refusal(
            "unreadable", file=relative_path, expected="可读取的文件 / a file that can be read", found=error.strerror or "an error",
            do_en="Check that the file is complete and that its permissions let it be read.", do_zh="请检查文件是否完整、是否有读取权限。",
        ) from None  # fmt: skip
    modified_at = datetime.fromtimestamp(facts.st_mtime, UTC)
    return File(path, relative_path, kind, digest, facts.st_size, modified_at, encoding)


def _kind(head: bytes, relative_path: str) -> str:
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if other := next((name for magic, name in _NO_TABLES.items() if head.startswith(magic)), None):
        raise Refusal(
            "wrong_kind", file=relative_path, expected="工作簿或 CSV / a workbook or CSV", found=other,
            do_en="Deliver the table itself, as xlsx or CSV.", do_zh="请报送表格本身（xlsx 或 CSV）。",
        )  # fmt: skip
    text = head
    for mark, codec in _MARKS:
        if head.startswith(mark):
            text = head.decode(codec, errors="replace").encode()
    return "html" if text.lstrip().startswith(b"<") else "text"


def _within(relative_path: str, size: int, limit: int) -> None:
    if size == 0:
        raise Refusal(
            "empty_file", file=relative_path, expected="有内容的文件 / a file with content", found="0 bytes",
            do_en="Export the file again.", do_zh="请重新导出该文件。",
        )  # fmt: skip
    if size > limit:
        raise Refusal(
            "too_large", file=relative_path, expected=f"≤ {limit >> 20} MB", found=f"{size >> 20} MB",
            do_en="Split it by unit, or deliver it as CSV, which is read as a stream.",
            do_zh="请按单位拆分，或改用可流式读取的 CSV。",
        )  # fmt: skip


def too_many_columns(file: File, place: str, columns: int) -> Refusal:
    return Refusal(
        "too_large", file=file.relative_path, place=place, expected=f"≤ {COLUMNS_LIMIT:,} 列 / columns", found=f"{columns:,}",
        do_en="Check that the file is a table with the right separator, and export it again.", do_zh="请检查文件是否为表格、分隔符是否正确，并重新导出。",
    )  # fmt: skip


def _digest_and_encoding(stream, relative_path: str, head: bytes | None) -> tuple[str, str | None]:
    digest = hashlib.sha256()
    if head is None:
        while chunk := stream.read(BLOCK):
            digest.update(chunk)
        return digest.hexdigest(), None
    candidates = _Encodings(head)
    while chunk := stream.read(BLOCK):
        digest.update(chunk)
        candidates.add(chunk)
    encoding = candidates.found()
    if encoding is None:
        raise Refusal(
            "unknown_encoding", file=relative_path, expected="UTF-8 或 GB18030（GBK、GB2312）/ UTF-8 or GB18030",
            found="其他编码或非文本 / bytes that are neither", do_en="Save the file as CSV UTF-8 and deliver it again.",
            do_zh="请另存为 CSV UTF-8 后重新报送。",
        )  # fmt: skip
    return digest.hexdigest(), encoding


class _Encodings:
    """The encodings that a file may still be in, after the bytes seen so far."""

    def __init__(self, head: bytes):
        self._marked = next((codec for mark, codec in _MARKS if head.startswith(mark)), None)
        names = [self._marked] if self._marked else ["utf-8", "gb18030"]
        if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):  # begins like UTF-16
            names = []
        self._decoders = {name: codecs.getincrementaldecoder(name)("strict") for name in names}
        self._beyond_ascii = 0  # bytes more than characters, in what is good UTF-8

    def add(self, chunk: bytes, *, last: bool = False) -> None:
        if b"\0" in chunk and not self._marked:
            self._decoders.clear()  # UTF-16 without its mark, or no text at all
        for name, decoder in list(self._decoders.items()):
            try:
                text = decoder.decode(chunk, last)
            except UnicodeDecodeError as error:
                self._fails(name, chunk[: error.start])
            else:
                self._beyond_ascii += len(chunk) - len(text) if name == "utf-8" else 0
                if "\0" in text:
                    self._decoders.pop(name)
        if "utf-8" not in self._decoders and not self._marked and _UTF8_RUN.search(chunk):
            self._decoders.clear()  # lines of both encodings: one of them would be garbled

    def found(self) -> str | None:
        self.add(b"", last=True)
        return next(iter(self._decoders), None)

    def _fails(self, name: str, good: bytes) -> None:
        self._decoders.pop(name, None)
        if name == "utf-8" and self._beyond_ascii + len(good) - len(good.decode("utf-8", "ignore")) > _SURELY_UTF8:
            self._decoders.clear()
