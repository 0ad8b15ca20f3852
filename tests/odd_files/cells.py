"""Cells: orders and formulas as text, errors, numbers in every spelling, days that are none."""

from __future__ import annotations

from odd_files.expectation import Odd
from odd_files.ledger import CSV, HEAD, LEDGER, MAIN, NAME, ROWS, SCHOOL, cell, csv_bytes, packed, parts, sheet_xml, written

INERT = (
    "'; DROP TABLE schools; --", "=1+1", "=cmd|' /C calc'!A0", "@SUM(1+1)", "+1+1", "-2+3", '=HYPERLINK("http://x/","y")', "{{ 7*7 }}", "{% raw %}", "${7*7}",
    "$(touch owned)", "`id`", "<script>alert(1)</script>", "%s%n", "[bold red]x[/]", "null", "../../etc/passwd", "1;2", "a|b", "\\N",
)  # fmt: skip


def kinds(*written_in: str) -> tuple:
    return tuple((SCHOOL, f"K{number}", kind, "1", "在用", "1990-09-01") for number, kind in enumerate(written_in))


def spelled(column: int, *texts: str) -> tuple:
    """Plain rows that differ in one column."""
    return (LEDGER, *((*ROWS[0][:1], f"N{number}", *("普通教室", "1", "在用", "1990-09-01")[: column - 2], text, *ROWS[0][column + 1 :]) for number, text in enumerate(texts)))


def in_book(rows: tuple) -> object:
    return packed(parts(sheet_xml(rows)))


def area_cell(content: str) -> object:
    """Row 2's area is this cell."""
    return packed(parts(sheet_xml().replace(cell("D2", "10.5"), content)))


def quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


SAID = tuple((f"K{number}", kind) for number, kind in enumerate(INERT))
NUMBERS = {
    "1,234.5": "1234.5", "１２３４．５": "1234.5", " 12 ": "12", "'7": "7", "1e2": "100", "12.50元": "12.5", "—": None, "": None,
}  # fmt: skip
NO_NUMBERS = (
    "inf", "-inf", "Infinity", "1e400", "0x10", "1_000", "١٢٣", "1,23", "12..5", "--5", "1 2", "12m²", "∞", "½", "一百", "1e999999999999", "=1+1", "9" * 40, "nan(1)", "1.2.3",
)  # fmt: skip
DAYS = {
    "1990-09-01": "1990-09-01", "19900901": "1990-09-01", "1990/9/1": "1990-09-01", "１９９０年９月１日": "1990-09-01", "1990年9月": "1990-09-01", "33117": "1990-09-01",
}  # fmt: skip
NO_DAYS = ("1990-02-30", "19901301", "0000-00-00", "00000000", "10000-01-01", "1990", "2O24-01-01", "99999999", "1990-9-1-1", "-33117", "昨天", "1/9/1990")
IDS = ("2141000001", "２１４１０００００１", " 2141000001", "\u200b2141000001", "2141000001\ufeff", "21410\u200b00001", "2141000001\u200f", "\u202a2141000001\u202c", "'2141000001", "\u00a02141000001\u3000")

ERRORS = ("#REF!", "#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#VALUE!")
ODD = (
    Odd("orders and formulas as text in a workbook", NAME, in_book((LEDGER, *kinds(*INERT))), SAID, columns=("building_id", "space_kind")),
    Odd("orders and formulas as text in CSV", CSV, written(csv_bytes((LEDGER, *kinds(*map(quoted, INERT))))), SAID, columns=("building_id", "space_kind")),
    Odd("numbers in every spelling", NAME, in_book(spelled(3, *NUMBERS)), tuple((f"N{n}", value) for n, value in enumerate(NUMBERS.values()))),
    Odd("numbers in every spelling, CSV", CSV, written(csv_bytes(spelled(3, *map(quoted, NUMBERS)))), tuple((f"N{n}", value) for n, value in enumerate(NUMBERS.values()))),
    Odd(
        "what is no number", NAME, in_book(spelled(3, *NO_NUMBERS)), tuple((f"N{n}", None) for n in range(len(NO_NUMBERS))),
        frozenset((n, "area_m2", {"9" * 40: "out_of_range", "1e400": "out_of_range"}.get(text, "not_a_number")) for n, text in enumerate(NO_NUMBERS)),
    ),
    Odd("days in every spelling", NAME, in_book(spelled(5, *DAYS)), tuple((f"N{n}", day) for n, day in enumerate(DAYS.values())), columns=("building_id", "in_use_since")),
    Odd(
        "what is no day", NAME, in_book(spelled(5, *NO_DAYS)), tuple((f"N{n}", None) for n in range(len(NO_DAYS))),
        frozenset((n, "in_use_since", "not_a_date") for n in range(len(NO_DAYS))), columns=("building_id", "in_use_since"),
    ),
    Odd("codes with what cannot be seen in them", NAME, in_book((LEDGER, *((code, f"N{n}", *ROWS[0][2:]) for n, code in enumerate(IDS)))), tuple((SCHOOL, f"N{n}") for n in range(len(IDS))), columns=("school_id", "building_id")),
    Odd("keys with what cannot be seen in them", NAME, in_book((LEDGER, *((SCHOOL, f"{end}XF{end}1{end}", *ROWS[0][2:]) for end in "\u200b\u2060\ufeff\u200e"))), ((SCHOOL, "XF1"),) * 4, columns=("school_id", "building_id")),
    *(
        Odd(f"an error cell {error}", NAME, area_cell(f'<c r="D2" t="e"><v>{error}</v></c>'), (("XF1", None), ("XF2", "20"), ("XF3", "30.25")), frozenset({(0, "area_m2", "error_cell")}))
        for error in ERRORS
    ),
    Odd("an error cell in single quotes", NAME, area_cell("<c t='e' r='D2'><v>#REF!</v></c>"), (("XF1", None), ("XF2", "20"), ("XF3", "30.25")), frozenset({(0, "area_m2", "error_cell")})),
    Odd("an error cell that does not say where it is", NAME, packed(parts(sheet_xml().replace(cell("D2", "10.5"), '<c t="e"><v>#REF!</v></c>'))), refused=("unreadable",)),
    Odd("an error spelled out as text", NAME, area_cell(cell("D2", "#REF!")), (("XF1", None), ("XF2", "20"), ("XF3", "30.25")), frozenset({(0, "area_m2", "error_cell")})),
    Odd("a formula with its value", NAME, area_cell('<c r="D2"><f>5.25*2</f><v>10.5</v></c>'), (("XF1", "10.5"), ("XF2", "20"), ("XF3", "30.25"))),
    Odd("a formula that nobody has calculated", NAME, area_cell('<c r="D2"><f>SUM(A1:A9)</f></c>'), (("XF1", None), ("XF2", "20"), ("XF3", "30.25")), frozenset({(0, "area_m2", "error_cell")})),
    Odd("a formula that nobody has calculated, empty value", NAME, area_cell('<c r="D2"><f>SUM(A1:A9)</f><v></v></c>'), (("XF1", None), ("XF2", "20"), ("XF3", "30.25")), frozenset({(0, "area_m2", "error_cell")})),
    Odd("a formula that gives text", NAME, area_cell('<c r="D2" t="str"><f>"1"&amp;"2"</f><v>12</v></c>'), (("XF1", "12"), ("XF2", "20"), ("XF3", "30.25"))),
    Odd("a truth value for an area", NAME, area_cell('<c r="D2" t="b"><v>1</v></c>'), (("XF1", None), ("XF2", "20"), ("XF3", "30.25")), frozenset({(0, "area_m2", "not_a_number")})),
    Odd("a number that is none, which some tools write for missing", NAME, area_cell('<c r="D2"><v>NaN</v></c>'), (("XF1", None), ("XF2", "20"), ("XF3", "30.25"))),
    Odd("a number without end", NAME, area_cell('<c r="D2"><v>1e999</v></c>'), (("XF1", None), ("XF2", "20"), ("XF3", "30.25")), frozenset({(0, "area_m2", "not_a_number")})),
    Odd("words where a number is promised", NAME, area_cell('<c r="D2" t="n"><v>十</v></c>'), refused=("unreadable",)),
    Odd("a style past the last one", NAME, area_cell('<c r="D2" s="4000000000"><v>10.5</v></c>'), (("XF1", "10.5"), ("XF2", "20"), ("XF3", "30.25"))),
    Odd("a place past all rows", NAME, area_cell('<c r="D99999999999"><v>10.5</v></c>'), refused=("unreadable", "too_large")),
    Odd(
        "a day with a style of money and money with a style of days", NAME,
        packed(parts(sheet_xml().replace(cell("D2", "10.5"), '<c r="D2" s="1"><v>36526</v></c>')) | {"xl/styles.xml": f'{HEAD}<styleSheet xmlns="{MAIN}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>'}),
        (("XF1", None), ("XF2", "20"), ("XF3", "30.25")), frozenset({(0, "area_m2", "not_a_number")}),
    ),
    Odd("a bell and a zero in a name", NAME, packed(parts(sheet_xml((LEDGER, *kinds("普通_x0007__x0000_教室"))))), (("K0", "普通教室"),), columns=("building_id", "space_kind")),
)  # fmt: skip
