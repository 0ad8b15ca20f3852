"""Text: encodings, quotes, line ends, widths, and HTML that poses as a workbook."""

from __future__ import annotations

from pathlib import Path

from odd_files.expectation import Odd
from odd_files.ledger import CSV, LEDGER, PLAIN, ROWS, SCHOOL, csv_bytes, csv_lines, written

HTML = "台账_2025-08-31.xls"
TEXT = "\r\n".join(csv_lines()) + "\r\n"
UTF8_LINE = ",".join((SCHOOL, "XF4", "普通教室和其他教学用房", "40", "在用", "1990-09-01"))


def html(rows=(LEDGER, *ROWS), before: str = "", after: str = "") -> str:
    return before + "<table>" + "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>" for cells in rows) + "</table>" + after


def line_without_end(size: int):
    def make(path: Path) -> None:
        with path.open("wb") as file:
            file.write(csv_bytes())
            for _ in range(size >> 20):
                file.write(b"x" * (1 << 20))

    return make


def below_a_title(title: str) -> bytes:
    return (f"{title}{',' * 5}\r\n" + TEXT).encode()


ODD = (
    Odd("UTF-16 with its mark", CSV, written(csv_bytes(encoding="utf-16")), PLAIN),
    Odd("UTF-16 with its mark, the other way round", CSV, written(b"\xfe\xff" + TEXT.encode("utf-16-be")), PLAIN),
    Odd("UTF-16 without its mark", CSV, written(TEXT.encode("utf-16-le")), refused=("unknown_encoding",)),
    Odd("UTF-32", CSV, written(b"\xff\xfe\0\0" + TEXT.encode("utf-32-le")), refused=("unknown_encoding",)),
    Odd("GB18030 with rare characters", CSV, written(csv_bytes((LEDGER, (SCHOOL, "XF1", "㑇𠮷教室", *ROWS[0][3:])), "gb18030")), (("XF1", "㑇𠮷教室"),), columns=("building_id", "space_kind")),
    Odd("Big5", CSV, written("學校,編號\r\n臺灣,一\r\n".encode("big5")), refused=("unknown_layout", "unknown_encoding")),
    Odd("a mark and nothing else", CSV, written(b"\xef\xbb\xbf"), refused=("unknown_layout", "empty_file")),
    Odd("blanks and line ends", CSV, written(b" \r\n\t\r\n" * 10), refused=("unknown_layout",)),
    Odd("an empty file", CSV, written(b""), refused=("empty_file",), says=("0 bytes",)),
    Odd("a header without a row in CSV", CSV, written(csv_bytes((LEDGER,))), ()),
    Odd("a zero byte in a cell", CSV, written(csv_bytes().replace(b"XF2", b"XF\0")), refused=("unknown_encoding",)),
    Odd("a zero character in UTF-16", CSV, written(b"\xff\xfe" + TEXT.replace("XF2", "XF\0").encode("utf-16-le")), refused=("unknown_encoding",)),
    Odd("UTF-8 and then GBK", CSV, written(csv_bytes() + UTF8_LINE.encode("gbk")), refused=("unknown_encoding",)),
    Odd("GBK and then UTF-8", CSV, written(csv_bytes(encoding="gbk") + UTF8_LINE.encode()), refused=("unknown_encoding",)),
    Odd("GBK and then an even number of bytes of UTF-8", CSV, written(csv_bytes(encoding="gbk") + UTF8_LINE.replace("用房", "用").encode()), refused=("unknown_encoding",)),
    Odd("half of a pair in UTF-16", CSV, written(b"\xff\xfe" + TEXT.encode("utf-16-le") + b"\x00\xd8,\x00"), refused=("unknown_encoding",)),
    Odd("half of a pair in UTF-8", CSV, written(csv_bytes().replace(b"XF2", b"\xed\xa0\x80")), refused=("unknown_encoding",)),
    Odd("a quotation mark that never closes", CSV, written(csv_bytes().replace(b"XF2", b'"XF2')), refused=("unreadable", "shifted_columns")),
    Odd("a quotation mark that closes rows later", CSV, written(csv_bytes((LEDGER, *ROWS, *ROWS)).replace(b"XF1", b'"XF1', 1).replace(b"XF3", b'XF3"', 1)), refused=("unreadable", "shifted_columns")),
    Odd("a row a cell too long", CSV, written(csv_bytes() + f"{SCHOOL},XF4,普通教室,1,在用,1990-09-01,多\r\n".encode()), refused=("shifted_columns",), says=("line 5",)),
    Odd("a row a cell too short", CSV, written(csv_bytes() + f"{SCHOOL},XF4,普通教室\r\n".encode()), refused=("shifted_columns",), says=("line 5",)),
    Odd("a million columns", CSV, written(b"," .join(b"c%d" % n for n in range(1_000_000)) + b"\r\n" + b"," * 999_999 + b"\r\n"), refused=("too_large",), says=("line 1",)),
    Odd("a row of a million cells", CSV, written(csv_bytes() + b"1," * 1_000_000 + b"\r\n"), refused=("too_large",), says=("line 5", "1,000,001")),
    Odd("a line of 64 megabytes", CSV, line_without_end(64 << 20), refused=("unreadable", "shifted_columns")),
    Odd("a first line of 64 megabytes", CSV, written(b"x" * (64 << 20)), refused=("unknown_layout", "unreadable")),
    Odd("semicolons", CSV, written(TEXT.replace(",", ";").encode()), refused=("unknown_layout",)),
    Odd("line ends of an old Macintosh", CSV, written(csv_bytes(end="\r")), PLAIN),
    Odd("a page break in the title", CSV, written(below_a_title("台账\x0c2025")), PLAIN),
    Odd("a line separator in the title", CSV, written(below_a_title("台账\u2028说明\x85\x1c")), PLAIN),
    Odd("a line break in the title", CSV, written(below_a_title('"台账\r\n说明"')), PLAIN),
    Odd("a header twice", CSV, written(csv_bytes((LEDGER, *ROWS, LEDGER))), (*PLAIN, ("台账编号", None)), frozenset({(3, "area_m2", "not_a_number"), (3, "in_use_since", "not_a_date")})),
    Odd("words that turn the reading round", CSV, written(csv_bytes((LEDGER, (SCHOOL, "XF1", "教\u202e室\u202c", *ROWS[0][3:])))), (("XF1", "教\u202e室\u202c"),), columns=("building_id", "space_kind")),
    Odd("HTML named xls", HTML, written(html().encode("gbk")), PLAIN),
    Odd("HTML with a table in a table's cell", HTML, written(html((LEDGER, *ROWS[:2])).replace("普通教室", "普通教室<table><tr><td>注</td></tr></table>", 1).removesuffix("</table>").encode() + f"<tr>{''.join(f'<td>{cell}</td>' for cell in ROWS[2])}</tr></table>".encode()), PLAIN),
    Odd("HTML with the data in a table of layout", HTML, written(f"<table><tr><td>菜单</td><td>{html()}</td></tr><tr><td>页脚</td></tr></table>".encode()), PLAIN),
    Odd("HTML without a table", HTML, written(b"<html><body>404 Not Found</body></html>"), refused=("wrong_kind",)),
    Odd("HTML that would run and fetch", HTML, written(html(before='<script src="http://127.0.0.1:9/x.js">while(1);</script><iframe src="file:///etc/passwd"></iframe><img src=x onerror=alert(1)>').encode()), PLAIN),
    Odd("HTML that is not closed", HTML, written(html().replace("</td>", "").replace("</tr>", "").replace("</table>", "").encode()), PLAIN),
    Odd("HTML with half a pair as an entity", HTML, written(html((LEDGER, (SCHOOL, "XF&#xD800;1", *ROWS[0][2:]))).encode()), (("XF\ufffd1", "10.5"),)),
    Odd("HTML with a zero as an entity", HTML, written(html((LEDGER, (SCHOOL, "XF&#0;1", *ROWS[0][2:]))).encode()), (("XF\ufffd1", "10.5"),)),
    Odd("XML of Excel 2003", HTML, written('<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet><Table><Row><Cell><Data>学校标识码</Data></Cell></Row></Table></Worksheet></Workbook>'.encode()), refused=("wrong_kind", "unknown_layout")),
    Odd("a script named CSV", CSV, written(b"#!/bin/sh\nrm -rf /\n"), refused=("unknown_layout",)),
    Odd("a program named CSV", CSV, written(b"\x7fELF\x02\x01\x01" + bytes(200)), refused=("unknown_encoding",)),
    Odd("a picture named CSV", CSV, written(b"\x89PNG\r\n\x1a\n" + bytes(100)), refused=("wrong_kind",), says=("PNG",)),
)  # fmt: skip
