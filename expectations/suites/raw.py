"""Suites before staging: what a delivery must look like, made from its declaration.

Here: from declared tables and bounds to expectations.
Not here: thresholds of the standard (dbt seeds); codes, references and
arithmetic (dbt tests); the sentences of the rules (rules.py).
"""

from __future__ import annotations

from functools import cache

from expectations.bounds import bounds_of
from expectations.derived import (
    AS_OF_MONTH, CONTRADICTED, IS_KNOWN_MEASURE, IS_WHOLE, KEY_STATE, REPEATED, is_filed,
)  # fmt: skip
from expectations.judge import expect, suite_of
from sources.declaration import DELTA, FULL, YEAR_MONTH, Column, Table
from sources.pseudonym import KEY_LENGTH

AS_OF = "as_of"  # in bounds.yaml: the day that the row speaks of


@cache
def raw_suite(source: str, table: Table, kind: str = FULL):
    """The suite of a declared table; its frame is the landed rows with `derived_names`.

    Of a delta these are the changed rows: how many there are says nothing of the county.
    """
    bounds = bounds_of(source, table.name)
    expectations = [*_shape(source, table, kind), *_key(table)]
    for column in table.columns:
        bound = bounds.get(column.name, {})
        expectations += _cells(column, stricter="pattern" in bound)
        expectations += _plausible(table, column, bound)
    if is_filed(table):
        expectations += _filed()
    return suite_of(f"{source}.{table.name}", expectations)


@cache
def tombstone_suite(source: str, table: Table):
    """The suite of a delta's tombstones: a key by which a row can be found, and nothing beside it."""
    expectations = [*_shape(source, table, DELTA), *_key(table)]
    for column in table.columns:
        if column.name in (*table.key, "county_code"):
            expectations += _cells(column, stricter=False)
    return suite_of(f"{source}.{table.name}.deleted", expectations)


@cache
def derived_names(source: str, table: Table) -> tuple[str, ...]:
    """The derived columns that the suite looks at, in the order of its frame."""
    bounds = bounds_of(source, table.name)
    months = any(_is_month(c) and bounds.get(c.name, {}).get("max") == AS_OF for c in table.columns)
    filed = (IS_KNOWN_MEASURE, IS_WHOLE) if is_filed(table) else ()
    return (KEY_STATE, *((AS_OF_MONTH,) if months else ()), *filed)


def _shape(source: str, table: Table, kind: str) -> list:
    names = [*table.landed_as(kind).names, *derived_names(source, table)]
    shape = [expect("ExpectTableColumnsToMatchOrderedList", "columns_differ", column_list=names)]
    if kind == FULL and (rows := bounds_of(source, table.name).get("rows")):
        shape.append(expect("ExpectTableRowCountToBeBetween", "empty_table", min_value=rows["min"]))
    return shape


def _key(table: Table) -> list:
    labels = {
        "detail_zh": "、".join(table.column(name).label_zh for name in table.key),
        "detail_en": ", ".join(table.column(name).label_en for name in table.key),
    }
    states = {"repeated_row": REPEATED, "duplicate_key": CONTRADICTED}
    return [expect("ExpectColumnValuesToNotBeInSet", rule, column=KEY_STATE, value_set=[state], **labels) for rule, state in states.items()]


def _cells(column: Column, stricter: bool) -> list:
    """What the declaration says of a cell; its pattern gives way to a stricter one of the bounds."""
    expectations = []
    if column.required:
        expectations.append(expect("ExpectColumnValuesToNotBeNull", "missing_value", column=column.name))
    if column.pattern and not stricter:
        expectations.append(_matches("bad_format", column, column.pattern))
    if column.is_personal_key:
        expectations.append(_matches("not_pseudonymised", column, f"[0-9a-f]{{{KEY_LENGTH}}}"))
    return expectations


def _matches(rule: str, column: Column, pattern: str):
    return expect(
        "ExpectColumnValuesToMatchRegex", rule, column=column.name, regex=rf"\A(?:{pattern})\Z", detail_zh=pattern, detail_en=pattern
    )


def _plausible(table: Table, column: Column, bound: dict) -> list:
    """Expectations for the bounds of one column; none where nothing is written."""
    expectations = []
    if "pattern" in bound:
        expectations.append(_matches("impossible_date", column, bound["pattern"]))
    low, high = bound.get("min"), bound.get("max")
    if high == AS_OF:
        expectations.append(_not_later(column, AS_OF_MONTH if _is_month(column) else "_as_of_date"))
        high = None
    if low is not None or high is not None:
        rule = "impossible_date" if hasattr(low, "isoformat") else "out_of_bounds"
        expectations.append(
            expect(
                "ExpectColumnValuesToBeBetween", rule, column=column.name, min_value=low, max_value=high,
                detail_zh=_range(low, high, "不小于 {}", "不大于 {}", "在 {} 与 {} 之间"),
                detail_en=_range(low, high, "at least {}", "at most {}", "between {} and {}"),
            )
        )  # fmt: skip
    if "after" in bound:
        earlier = table.column(bound["after"])
        expectations.append(
            _in_order(column.name, earlier.name, "dates_reversed", column, earlier.label_zh, earlier.label_en)
        )
    return expectations


def _range(low, high, at_least: str, at_most: str, between: str) -> str:
    if high is None:
        return at_least.format(low)
    return at_most.format(high) if low is None else between.format(low, high)


def _not_later(column: Column, as_of: str):
    return _in_order(as_of, column.name, "impossible_date", column, "不晚于数据日期", "not after the day that the delivery speaks of")


def _in_order(later: str, earlier: str, rule: str, column: Column, detail_zh: str, detail_en: str):
    """`later` >= `earlier` wherever both are there; the finding speaks of `column`."""
    return expect(
        "ExpectColumnPairValuesAToBeGreaterThanB", rule, column=column.name, column_A=later, column_B=earlier, or_equal=True,
        ignore_row_if="either_value_is_missing", detail_zh=detail_zh, detail_en=detail_en,
    )  # fmt: skip


def _filed() -> list:
    about = {IS_KNOWN_MEASURE: "unknown_measure", IS_WHOLE: "not_a_whole_number"}
    return [expect("ExpectColumnValuesToBeInSet", rule, column=name, value_set=[True]) for name, rule in about.items()]


def _is_month(column: Column) -> bool:
    return column.type == YEAR_MONTH and "\\d{4}-\\d{2}" == column.pattern
