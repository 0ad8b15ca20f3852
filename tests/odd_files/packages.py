"""Workbooks whose parts are odd: entities, dialects, links, macros, hidden sheets, missing parts."""

from __future__ import annotations

import zipfile
from pathlib import Path

from odd_files.expectation import Odd
from odd_files.ledger import (
    BOOK, HEAD, LEDGER, LINKS, MAIN, NAME, PACKAGE, PLAIN, ROWS, SCHOOL, SHEET, STRINGS, cell, packed, parts, row_xml, sheet_xml,
)  # fmt: skip

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BILLION = f'<!DOCTYPE x [<!ENTITY l0 "lol">{LAUGHS}]>'
SECRET = '<!DOCTYPE x [<!ENTITY secret SYSTEM "file:///etc/passwd">]>'
TWO = '<sheet name="校舍" sheetId="1" r:id="rId1"/><sheet name="去年" sheetId="2" {state} r:id="rId3"/>'


def with_doctype(part: str, doctype: str, entity: str) -> dict:
    book = parts()
    content = book[part].replace(HEAD, HEAD + doctype)
    return {**book, part: content.replace("普通教室", entity, 1) if part == SHEET else content.replace('name="校舍"', f'name="{entity}"')}


def strings(items: str, first: str = "<v>0</v>") -> dict:
    """Row 2's kind of room is a shared string."""
    sheet = sheet_xml().replace(cell("C2", "普通教室"), f'<c r="C2" t="s">{first}</c>')
    return {**parts(sheet), STRINGS: f'{HEAD}<sst xmlns="{MAIN}" count="1" uniqueCount="1">{items}</sst>'} if items else parts(sheet)


def two_sheets(state: str, rows=(LEDGER, (SCHOOL, "XF9", "普通教室", "99", "在用", "1990-09-01"))) -> dict:
    book = parts(sheets=TWO.format(state=state))
    relations = book["xl/_rels/workbook.xml.rels"].replace(
        "</Relationships>", f'<Relationship Id="rId3" Type="{LINKS}/worksheet" Target="worksheets/sheet2.xml"/></Relationships>'
    )
    return {**book, "xl/_rels/workbook.xml.rels": relations, "xl/worksheets/sheet2.xml": sheet_xml(rows)}


def strict() -> dict:
    """ISO 29500 strict: other names for the same things."""
    swap = {MAIN: "http://purl.oclc.org/ooxml/spreadsheetml/main", LINKS: "http://purl.oclc.org/ooxml/officeDocument/relationships"}
    book = parts()
    for name, content in book.items():
        for old, new in swap.items():
            content = content.replace(old, new)
        book[name] = content
    return book


def prefixed() -> dict:
    """Every element of the sheet with a prefix, attributes in single quotes."""
    sheet = sheet_xml().replace(f'xmlns="{MAIN}"', f'xmlns:x="{MAIN}"')
    for tag in ("worksheet", "sheetData", "row", "c", "is", "t"):
        for old, new in ((f"<{tag} ", f"<x:{tag} "), (f"<{tag}>", f"<x:{tag}>"), (f"</{tag}>", f"</x:{tag}>")):
            sheet = sheet.replace(old, new)
    return parts(sheet)


def absolute_target() -> dict:
    book = parts()
    return {**book, "xl/_rels/workbook.xml.rels": book["xl/_rels/workbook.xml.rels"].replace('"worksheets/', '"/xl/worksheets/')}


def target_outside() -> dict:
    book = parts()
    return {**book, "xl/_rels/workbook.xml.rels": book["xl/_rels/workbook.xml.rels"].replace('"worksheets/sheet1.xml"', '"../../../../etc/passwd"')}


def with_macros() -> dict:
    book = parts()
    book["[Content_Types].xml"] = book["[Content_Types].xml"].replace("sheet.main+xml", "sheet.macroEnabled.main+xml")
    return {**book, "xl/vbaProject.bin": b"\xd0\xcf\x11\xe0" + b"Shell(calc)" * 50}


def with_external_links() -> dict:
    link = f'{HEAD}<externalLink xmlns="{MAIN}"><ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>'
    sheet = sheet_xml().replace(cell("D2", "10.5"), '<c r="D2"><f>[1]预算!$A$1</f><v>10.5</v></c>')
    return {**parts(sheet), "xl/externalLinks/externalLink1.xml": link}


def as_ods(path: Path) -> None:
    table = "".join(f"<table:table-row>{''.join(f'<table:table-cell><text:p>{c}</text:p></table:table-cell>' for c in cells)}</table:table-row>" for cells in (LEDGER, *ROWS))
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", f"<office:document-content><table:table>{table}</table:table></office:document-content>")


def many_sheets() -> dict:
    """Four hundred empty sheets behind the one that counts."""
    book = parts(sheets='<sheet name="校舍" sheetId="1" r:id="rId1"/>' + "".join(f'<sheet name="空{n}" sheetId="{n}" r:id="rId{n}"/>' for n in range(3, 403)))
    links = "".join(f'<Relationship Id="rId{n}" Type="{LINKS}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in range(3, 403))
    book["xl/_rels/workbook.xml.rels"] = book["xl/_rels/workbook.xml.rels"].replace("</Relationships>", links + "</Relationships>")
    return {**book, **{f"xl/worksheets/sheet{n}.xml": sheet_xml(()) for n in range(3, 403)}}


def sheet_named(name: str) -> dict:
    return parts(sheets=f'<sheet name="{name}" sheetId="1" r:id="rId1"/>')


TITLED = sheet_xml(before='<dimension ref="A1:XFD1048576"/>')
HIDDEN_ROW = sheet_xml().replace('<row r="3">', '<row r="3" hidden="1">')
MERGED = sheet_xml((LEDGER, *ROWS[:2], ("", *ROWS[2][1:])), after='<mergeCells count="1"><mergeCell ref="A3:A4"/></mergeCells>')
WHOLE_SHEET_MERGED = sheet_xml(after='<mergeCells count="1"><mergeCell ref="A6:XFD1048576"/></mergeCells>')

ODD = (
    Odd("a billion laughs in the workbook", NAME, packed(with_doctype(BOOK, BILLION, "&l9;")), refused=("unreadable",)),
    Odd("a billion laughs in a sheet", NAME, packed(with_doctype(SHEET, BILLION, "&l9;")), refused=("unreadable",)),
    Odd("a billion laughs in the strings", NAME, packed({**strings("<si><t>&l9;</t></si>"), STRINGS: f'{HEAD}{BILLION}<sst xmlns="{MAIN}"><si><t>&l9;</t></si></sst>'}), refused=("unreadable",)),
    Odd("an entity from outside in a sheet", NAME, packed(with_doctype(SHEET, SECRET, "&secret;")), refused=("unreadable",)),
    Odd("an entity from outside in the workbook", NAME, packed(with_doctype(BOOK, SECRET, "&secret;")), refused=("unreadable",)),
    Odd("a declared dimension of the whole grid", NAME, packed(parts(TITLED)), PLAIN),
    Odd("a merge of the whole grid", NAME, packed(parts(WHOLE_SHEET_MERGED)), PLAIN),
    Odd("a cell in the last corner", NAME, packed(parts(sheet_xml(after="").replace("</sheetData>", f'<row r="1048576">{cell("XFD1048576", "x")}</row></sheetData>'))), refused=("too_large",), says=("校舍",)),
    Odd("strict OOXML", NAME, packed(strict()), PLAIN),
    Odd("elements with a prefix", NAME, packed(prefixed()), PLAIN),
    Odd("an absolute address of the sheet", NAME, packed(absolute_target()), PLAIN),
    Odd("a sheet that lies outside the archive", NAME, packed(target_outside()), refused=("unreadable",)),
    Odd("strings that are not there", NAME, packed(strings("")), refused=("unreadable",)),
    Odd("a string past the last one", NAME, packed(strings("<si><t>普通教室</t></si>", "<v>7</v>")), refused=("unreadable",)),
    Odd("a string with a reading aid", NAME, packed(strings('<si><r><t>普通</t></r><r><t>教室</t></r><rPh sb="0" eb="2"><t>ぷつう</t></rPh></si>')), (("XF1", "普通教室"), ("XF2", "普通教室"), ("XF3", "普通教室")), columns=("building_id", "space_kind")),
    Odd("a workbook with macros", NAME.replace("xlsx", "xlsm"), packed(with_macros()), PLAIN),
    Odd("links to programs and other workbooks", NAME, packed(with_external_links()), PLAIN),
    Odd("an OpenDocument sheet", NAME.replace("xlsx", "ods"), as_ods, refused=("wrong_kind",), says=("xlsx",)),
    Odd("four hundred empty sheets", NAME, packed(many_sheets()), PLAIN),
    Odd("a hidden sheet with a table", NAME, packed(two_sheets('state="hidden"')), refused=("hidden_sheet",), says=("去年",)),
    Odd("a very hidden sheet with a table", NAME, packed(two_sheets('state="veryHidden"')), refused=("hidden_sheet",), says=("去年",)),
    Odd("a hidden sheet of choices", NAME, packed(two_sheets('state="hidden"', (("在用",), ("出租",)))), PLAIN),
    Odd("a hidden row", NAME, packed(parts(HIDDEN_ROW)), PLAIN),
    Odd("merged cells", NAME, packed(parts(MERGED)), ((SCHOOL, "XF1"), (SCHOOL, "XF2"), (SCHOOL, "XF3")), columns=("school_id", "building_id")),
    Odd("dates of 1904", NAME, packed(parts(sheet_xml().replace(cell("F2", "1990-09-01"), '<c r="F2" s="1"><v>31655</v></c>'), properties='<workbookPr date1904="1"/>') | {"xl/styles.xml": f'{HEAD}<styleSheet xmlns="{MAIN}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>'}), (("XF1", "1990-09-01"), ("XF2", "1990-09-01"), ("XF3", "1990-09-01")), columns=("building_id", "in_use_since")),
    Odd("an address as a sheet's name", NAME, packed(sheet_named("../../etc/passwd")), PLAIN),
    Odd("an order to the terminal in a sheet's name", NAME, packed(parts(sheet_xml((("甲", "乙", "丙"), ("1", "2", "3"))), sheets='<sheet name="a&#x202e;b" sheetId="1" r:id="rId1"/>')), refused=("unknown_layout",), says=(r"a\u202eb",)),
    Odd("a header without a row", NAME, packed(parts(sheet_xml((LEDGER,)))), ()),
    Odd("a sheet without a cell", NAME, packed(parts(sheet_xml(()))), refused=("unknown_layout",)),
    Odd("one heading twice", NAME, packed(parts(sheet_xml(((*LEDGER, "台账编号"), *((*row, "XF") for row in ROWS))))), refused=("repeated_column",), says=("台账编号",)),
    Odd("a heading of a megabyte", NAME, packed(parts(sheet_xml(((*LEDGER, "长" * 1_000_000), *((*row, "x") for row in ROWS))))), refused=("unknown_column",), says=("长长长",)),
    Odd("headings under numbers in circles", NAME, packed(parts(sheet_xml((LEDGER, ("①", "②", "③", "", "", ""), *ROWS)))), (("②", None), *PLAIN), frozenset()),
    Odd("a relation that leads nowhere", NAME, packed({**parts(), "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships"/>'}), refused=("unreadable",)),
    Odd("rows that stand in another order", NAME, packed(parts(f'{HEAD}<worksheet xmlns="{MAIN}"><sheetData>{row_xml(1, LEDGER)}{row_xml(4, ROWS[2])}{row_xml(2, ROWS[0])}{row_xml(3, ROWS[1])}</sheetData></worksheet>')), PLAIN),
)  # fmt: skip
