"""Every expectation before staging stops its own fault, and no other one does."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from expectations.bounds import bounds_of
from expectations.delivery_gate import judge_delivery
from sources.declaration import Damage, Table

NAMES = [
    "registry.schools", "registry.crosswalk",
    "student_status.schools", "student_status.campuses", "student_status.classes", "student_status.students",
    *(f"hr_payroll.{name}" for name in ("units", "staff", "posts", "degrees", "certificates", "subjects_taught",
                                        "backbone_titles", "training_hours", "rotations", "monthly_pay")),
    "finance_budget.budget_table", "finance_budget.budget_lines",
    "asset_register.asset_cards", "asset_register.buildings", "asset_register.rooms",
    "declared.measures", "declared.county_measures", "evidence.items", "evidence.inspections", "evidence.notes", "survey.answers", "monitoring.results",
    "special_education.placements",
]  # fmt: skip
CLEAN = 4


@pytest.fixture(params=NAMES)
def named(request, tables) -> tuple[str, Table]:
    source, name = request.param.split(".")
    return source, next(table for table in tables[source] if table.name == name)


def test_every_declared_table_is_here(tables):
    assert sorted(NAMES) == sorted(f"{source}.{table.name}" for source, all_of in tables.items() for table in all_of)


def faults_of(source: str, table: Table) -> list[tuple[str, str, dict]]:
    """(rule, column, cells to change) for every row rule that a table declares or bounds."""
    faults = []
    for column in table.columns:
        bound = bounds_of(source, table.name).get(column.name, {})
        if column.required:
            faults.append(("missing_value", column.name, {column.name: None}))
        if column.pattern:
            faults.append(("impossible_date" if "pattern" in bound else "bad_format", column.name, {column.name: "!"}))
        faults += _outside(table, column, bound)
    if table.name in ("measures", "county_measures"):
        faults.append(("unknown_measure", "measure_id", {"measure_id": "no_such_measure"}))
        faults.append(("not_a_whole_number", "value", {"value": Decimal("1.5")}))
    return faults


def _outside(table: Table, column, bound: dict) -> list[tuple[str, str, dict]]:
    """Just past each bound of a column; other dates of the row make way."""
    faults, low, high = [], bound.get("min"), bound.get("max")
    is_date, is_month = pa.types.is_date(column.type), "pattern" in bound
    step = timedelta(days=1) if is_date else (Decimal(1).scaleb(-min(column.type.scale, 8)) if pa.types.is_decimal(column.type) else 1)
    rule = "impossible_date" if is_date or is_month else "out_of_bounds"
    way = {bound["after"]: None} if "after" in bound and not table.column(bound["after"]).required else {}
    way |= {name: None for name, other in bounds_of("registry", "schools").items() if other.get("after") == column.name}
    way |= {"valid_to": None} if (table.name, column.name) == ("crosswalk", "valid_from") else {}
    ends = {"started_on": "ended_on", "awarded_on": "valid_to", "held_on": "next_due_on"}.get(column.name)
    way |= {ends: None} if ends in [c.name for c in table.columns] else {}
    # an amount that may be a fraction
    way |= {"measures": {"measure_id": "teaching_area_m2"}, "county_measures": {"measure_id": "teacher_average_pay_yuan"}}.get(table.name, {})
    way = {name: value for name, value in way.items() if name in [c.name for c in table.columns]}
    if is_month:
        faults.append((rule, column.name, {column.name: "2001-13"}))
        if high == "as_of":
            faults.append((rule, column.name, {column.name: "2025-10"}))
        return faults
    if low is not None:
        faults.append((rule, column.name, {**way, column.name: low - step}))
    if high == "as_of":
        faults.append((rule, column.name, {**way, column.name: date(2025, 9, 2)}))
    elif high is not None:
        faults.append((rule, column.name, {**way, column.name: high + step}))
    if "after" in bound:
        faults.append(("dates_reversed", column.name, {bound["after"]: date(2022, 1, 2), column.name: date(2022, 1, 1)}))
    return faults


def spoiled(clean, source: str, table: Table) -> tuple[list[dict], list[tuple[str, str]]]:
    """Clean rows, then one row a fault; and which (rule, column) each of those breaks."""
    faults = faults_of(source, table)
    rows = clean(table, CLEAN + len(faults))
    for row, (_, _, cells) in zip(rows[CLEAN:], faults, strict=True):
        row.update(cells)
    return rows, [(rule, column) for rule, column, _ in faults]


def stopped(verdict) -> list[tuple[int, str, str]]:
    return [(row["position"], row["rule"], row["column_name"]) for row in verdict.quarantined.to_pylist()]


def test_each_fault_is_found_once_and_in_its_row_alone(named, clean, landed):
    source, table = named
    rows, faults = spoiled(clean, source, table)
    verdict = judge_delivery(landed(source, table, rows))
    assert stopped(verdict) == [(CLEAN + n, rule, column) for n, (rule, column) in enumerate(faults)]
    assert verdict.outcome == "landed", "bad rows are stopped, the rest goes on"


def test_values_on_their_bounds_pass(named, clean, landed):
    source, table = named
    rows = clean(table, 2)
    for column in table.columns:
        bound = bounds_of(source, table.name).get(column.name, {})
        for row, end in zip(rows, (bound.get("min"), bound.get("max")), strict=True):
            if end == "as_of":
                row[column.name] = "2025-09" if "pattern" in bound else date(2025, 9, 1)
            elif end is not None:
                row[column.name] = end
        if "after" in bound:  # the same day is not reversed
            for row in rows:
                row[column.name] = max(bound.get("min", row[bound["after"]]), row[bound["after"]])
    assert judge_delivery(landed(source, table, rows)).found == {}


@pytest.mark.parametrize("name", ["registry.schools", "declared.measures"])
def test_every_expectation_is_needed(name, tables, clean, landed, monkeypatch):
    """Take out one expectation after the other: its fault, and only that, goes unseen."""
    import expectations.suites.raw as raw
    from expectations.judge import suite_of

    source, of = name.split(".")
    table = next(table for table in tables[source] if table.name == of)
    rows, _ = spoiled(clean, source, table)
    rows += [rows[0], {**rows[1], table.columns[-1].name: None}]
    pending, whole = landed(source, table, rows), raw.raw_suite(source, table)
    found = set(stopped(judge_delivery(pending)))
    table_rules = {"columns_differ", "empty_table", "not_pseudonymised"}
    for taken in whole.expectations:
        if taken.meta["rule"] in table_rules:
            continue
        rest = suite_of("rest", [each for each in whole.expectations if each is not taken])
        monkeypatch.setattr(raw, "raw_suite", lambda *_, rest=rest: rest)
        left = set(stopped(judge_delivery(pending)))
        assert left < found, f"nothing shows that {taken.meta} is needed"
        assert {rule for _, rule, _ in found - left} == {taken.meta["rule"]}


def test_an_empty_table_is_held_where_a_county_cannot_be_without(named, landed):
    source, table = named
    verdict = judge_delivery(landed(source, table, []))
    expected = ("held", "empty_table") if "rows" in bounds_of(source, table.name) else ("landed", None)
    assert (verdict.outcome, verdict.rule) == expected


def test_a_column_too_many_refuses(tables, clean, landed):
    source, table = "student_status", tables["student_status"][3]
    pending = landed(source, table, clean(table, 1))
    rows = pq.read_table(pending.path)
    pq.write_table(rows.append_column("surprise", pa.array(["x"])), pending.path)
    verdict = judge_delivery(pending)
    assert (verdict.outcome, verdict.rule) == ("refused", "columns_differ")


def test_a_person_without_pseudonym_refuses_and_is_not_repeated(tables, clean, landed):
    holding = [(source, table, c.name) for source, all_of in tables.items() for table in all_of for c in table.columns if c.is_personal_key]
    assert len(holding) == 11
    for source, table, column in holding:
        rows = clean(table, 3)
        rows[1][column] = "410183199002011234"
        verdict = judge_delivery(landed(source, table, rows))
        assert (verdict.outcome, verdict.rule) == ("refused", "not_pseudonymised")
        assert "199002011234" not in repr((verdict.message_en, verdict.message_zh, verdict.quarantined, verdict.results))


def test_repeated_rows_keep_the_first_and_contradicting_ones_keep_none(named, clean, landed):
    source, table = named
    free = [column.name for column in table.columns if column.name not in table.key and column.name != "county_code"]
    rows = clean(table, 3)
    rows += [dict(rows[0], _row=90), dict(rows[0], _row=91), dict(rows[1], **({free[-1]: None} if free else {}))]
    verdict = judge_delivery(landed(source, table, rows))
    key = ",".join(table.key)
    found = [(place, rule) for place, rule, column in stopped(verdict) if column == key]
    if free:
        assert found == [(1, "duplicate_key"), (3, "repeated_row"), (4, "repeated_row"), (5, "duplicate_key")]
    else:
        assert found == [(3, "repeated_row"), (4, "repeated_row"), (5, "repeated_row")]


def test_an_empty_part_of_a_key_is_a_value_like_any_other(tables, clean, landed):
    """Two campuses without a school code of their own are one if name and parent are one."""
    table = tables["registry"][0]
    rows = clean(table, 4)
    for row in rows[1:]:
        row.update(school_id=None, school_name="campus", parent_school_id="4101830000", organizer=row["organizer"])
    rows[3]["school_name"] = "another campus"
    verdict = judge_delivery(landed("registry", table, rows))
    assert [(place, rule) for place, rule, _ in stopped(verdict)] == [(1, "duplicate_key"), (2, "duplicate_key")]


def test_keys_are_compared_across_batches(tables, clean, landed, monkeypatch):
    import expectations.delivery_gate as delivery_gate

    monkeypatch.setattr(delivery_gate, "BATCH_ROWS", 2)
    table = tables["asset_register"][1]
    rows = clean(table, 7)
    rows += [dict(rows[0]), dict(rows[3], area_m2=Decimal(7)), dict(clean(table, 9)[8], area_m2=Decimal(-1))]
    verdict = judge_delivery(landed("asset_register", table, rows))
    assert [(place, rule) for place, rule, _ in stopped(verdict)] == [
        (3, "duplicate_key"), (7, "repeated_row"), (8, "duplicate_key"), (9, "out_of_bounds"),
    ]  # fmt: skip
    assert verdict.rows == 10


def test_rows_without_a_key_are_missing_not_double(tables, clean, landed):
    table = tables["asset_register"][2]
    rows = clean(table, 3)
    rows[0]["room_id"] = rows[1]["room_id"] = None
    rows[0]["school_id"] = rows[1]["school_id"]
    verdict = judge_delivery(landed("asset_register", table, rows))
    assert [(place, rule) for place, rule, _ in stopped(verdict)] == [(0, "missing_value"), (1, "missing_value")]


def test_what_the_reader_could_not_read_is_said_once_with_its_own_rule(tables, clean, landed):
    table = tables["asset_register"][1]
    rows = clean(table, 3)
    rows[1]["area_m2"] = None
    rows[2]["area_m2"] = None
    verdict = judge_delivery(landed("asset_register", table, rows, damages=[Damage(1, "area_m2", "not_a_number")]))
    assert stopped(verdict) == [(1, "not_a_number", "area_m2"), (2, "missing_value", "area_m2")]
    (first, _) = verdict.quarantined.to_pylist()
    assert (first["sheet"], first["row"], first["county_code"], first["table_name"]) == ("sheet", 3, "410183", "buildings")
    assert "面积" in first["message_zh"]
    assert "area" in first["message_en"]


def test_one_row_column_and_rule_is_one_line(tables, clean, landed):
    """"?" is no month, and as text it lies after every month: two expectations, one rule."""
    table = tables["student_status"][3]
    rows = clean(table, 2)
    rows[1]["birth_month"] = "?"
    assert stopped(judge_delivery(landed("student_status", table, rows))) == [(1, "impossible_date", "birth_month")]


def test_a_rule_nobody_listed_still_stops_its_row(tables, clean, landed):
    table = tables["asset_register"][1]
    verdict = judge_delivery(landed("asset_register", table, clean(table, 2), damages=[Damage(0, "in_use_since", "a_new_rule")]))
    assert stopped(verdict) == [(0, "a_new_rule", "in_use_since")]
    assert "a_new_rule" in verdict.quarantined["message_zh"][0].as_py()


@pytest.mark.parametrize(("bad", "refused"), [(9, False), (10, True)])
def test_too_many_codes_of_a_wrong_form_refuse(tables, clean, landed, bad, refused):
    table = tables["asset_register"][2]
    rows = clean(table, 500)
    for row in rows[:bad]:
        row["school_id"] = row["school_id"][:7] + "000E3"
    verdict = judge_delivery(landed("asset_register", table, rows))
    assert (verdict.outcome, verdict.rule) == (("refused", "damaged_identities") if refused else ("landed", None))
    assert verdict.quarantined.num_rows == bad


@pytest.mark.parametrize(
    ("measure", "value", "rule"),
    [
        ("students", "12", None), ("students", "12.5", "not_a_whole_number"), ("backbone_teachers", "0.1", "not_a_whole_number"),
        ("classes", "3.25", "not_a_whole_number"), ("multimedia_classrooms", "2.5", None), ("teaching_area_m2", "0.25", None),
        ("equipment_value_yuan", "0.01", None), ("students", None, None), ("students", "0", None),
    ],
)  # fmt: skip
def test_counts_of_people_and_classes_are_whole_and_rooms_may_be_decimal(tables, clean, landed, measure, value, rule):
    table, _ = tables["declared"]
    rows = clean(table, 2)
    rows[1].update(measure_id=measure, value=None if value is None else Decimal(value))
    assert [found for _, found, _ in stopped(judge_delivery(landed("declared", table, rows)))] == ([rule] if rule else [])
