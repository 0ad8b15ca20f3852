"""Ways to spoil a valid file: bytes, the parts of an archive, cells."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from io import BytesIO

from hypothesis import strategies as st

# What is likelier to meet a branch of a reader than chance is.
TOKENS = (
    b"\0", b"\xff", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b'"', b",", b"\t", b"\r", b"\n", b"<", b">", b"&", b"]]>", b"<!--", b"<!DOCTYPE x>", b"&#0;", b"&#x110000;",
    b'"">', b"1e999", b"-1", b"99999999999", b"NaN", b"XFD1048576", b'r="A1"', b"<c/>", b"<row>", b"</row>", b"<v></v>", b't="s"', b't="e"', b"<f>", b"PK\x03\x04", b"PAR1",
    b"\xef\xbb\xbf", b"\xff\xfe", "合计".encode(), "合计".encode("gbk"), b"<table>", b"<td colspan=9999 rowspan=9999>", b"\xed\xa0\x80", b"\xe2\x80\xa8",
)  # fmt: skip


@dataclass(frozen=True)
class Edit:
    """One change at a share of the length: `kind` with `token` and a `size` in bytes."""

    kind: str
    where: float
    token: bytes
    size: int

    def on(self, content: bytes) -> bytes:
        at = int(self.where * len(content))
        piece = content[at : at + self.size]
        match self.kind:
            case "flip":
                return content[:at] + bytes(byte ^ (1 << self.size % 8) for byte in content[at : at + 1]) + content[at + 1 :]
            case "overwrite":
                return content[:at] + self.token + content[at + len(self.token) :]
            case "insert":
                return content[:at] + self.token + content[at:]
            case "delete":
                return content[:at] + content[at + self.size :]
            case "repeat":
                return content[:at] + piece * 3 + content[at + self.size :]
            case "cut":
                return content[:at]
        return content[: at // 2] + piece + content[at // 2 :]  # "move"


KINDS = ("flip", "overwrite", "insert", "delete", "repeat", "cut", "move")
edit = st.builds(
    Edit, st.sampled_from(KINDS), st.floats(0, 1, exclude_max=True), st.one_of(st.sampled_from(TOKENS), st.binary(min_size=1, max_size=8)), st.integers(1, 64)
)
edits = st.lists(edit, min_size=1, max_size=6)


def spoiled_bytes(content: bytes, changes: list[Edit]) -> bytes:
    for change in changes:
        content = change.on(content)
    return content


def spoiled_part(content: bytes, which: float, changes: list[Edit]) -> bytes:
    """The archive with one part spoiled, whole as an archive again."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        parts = [(name, archive.read(name)) for name in archive.namelist()]
    chosen = int(which * len(parts))
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (name, part) in enumerate(parts):
            archive.writestr(name, spoiled_bytes(part, changes) if number == chosen else part)
    return made.getvalue()


# --- cells ---------------------------------------------------------------------------

ODD_CELLS = (
    "", " ", "0", "-1", "1e3", "1e400", "NaN", "inf", "１２．５", "1,234.5", "12万", "—", "无", "合计", "小计", "其中：", "总 计", "注：见附表", "#REF!", "#N/A", "2141000002", "2.141E+09",
    "=1+1", "'; drop table x; --", "1990-02-30", "1990.9", "33117", "\u200b", "XF1\u200b", "\u202eXF", "甲", "null", "true", "９９９", "1/2", "²", "①", "x" * 300, "a\nb", 'a"b', "a,b", "a\tb", "‘7",
)  # fmt: skip
# What a sheet of a workbook can hold: no surrogates and no controls but the blanks.
text = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn")), max_size=12)
cell = st.one_of(st.sampled_from(ODD_CELLS), text, st.decimals(allow_nan=False, places=2, min_value=-(10**9), max_value=10**9).map(str))
