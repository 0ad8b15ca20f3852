"""Staff of a workbook: one row a person and unit, joined from the group sheets by person.

Here: 编制信息 says where a person works; 个人信息, 在编信息, 非编信息 and 教育教学
add what they know of the person.
Not here: what a status or an employment means (dbt seeds).

Sheets are joined as they stand: a person about whom a sheet says two different
things gets two rows under one key, and the gate stops both.
"""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from sources.hr_payroll.gathered import PERSON, ROW, SHEET, column
from sources.hr_payroll.tables import STAFF
from sources.layout import ASIDE

POST_TYPE, WAY_OF_WORK, REHIRED = (f"{ASIDE}{name}" for name in ("post_type", "way_of_work", "rehired"))
REHIRED_AS = "退休返聘"
_YES = r"^(是|1|Y|y)($|[-—－])"
_CODE_AND_NAME = r"^(?P<code>[0-9A-Za-z]+)\s*(?:[-—－]\s*(?P<name>.*))?$"
_OF_UNIT = ("work_unit_code", "post_unit_code", "person_status", "status_since")
_OF_PERSON = [c.name for c in STAFF.columns if c.name not in ("county_code", "person_key", *_OF_UNIT)]


def staff(sheets: Sequence[pa.Table], statuses: pa.Table | None) -> pa.Table:
    """The columns of `staff` with place. `sheets`: the group sheets, gathered;
    `statuses`: PERSON and teaching_status. Who stands in any sheet has a row;
    without 编制信息 its unit is empty."""
    sheets = [_with_employment(sheet) for sheet in sheets]
    base = _base(sheets)
    told = [base.select([PERSON]).append_column("place", pa.array(range(len(base)), pa.int64()))]
    for sheet in [*sheets, *([statuses] if statuses is not None else [])]:
        names = [name for name in _OF_PERSON if name in sheet.column_names and "work_unit_code" not in sheet.column_names]
        if names:
            told.append(sheet.select([PERSON, *names]).group_by([PERSON, *names]).aggregate([]))
    joined = told[0]
    for number, sheet in enumerate(told[1:]):
        renamed = sheet.rename_columns([PERSON, *(f"{name}@{number}" for name in sheet.column_names[1:])])
        joined = joined.join(renamed, PERSON, join_type="left outer")
    base = base.take(joined["place"])
    columns = {name: base[name] for name in (PERSON, "person_key", *_OF_UNIT, SHEET, ROW)}
    for name in _OF_PERSON:
        others = [joined[other] for other in joined.column_names if other.startswith(f"{name}@")]
        columns[name] = pc.coalesce(column(base, name), *others)
    # 编制信息's own word where no other sheet says how somebody is employed
    columns["employment"] = pc.coalesce(columns["employment"], column(base, POST_TYPE))
    return pa.table(columns)


def units(sheets: Sequence[pa.Table]) -> pa.Table:
    """The units that people work in: code, and name where the cell says both."""
    works = pa.concat_tables([sheet for sheet in sheets if "work_unit_code" in sheet.column_names], promote_options="default")
    code, name = _code_and_name(works["work_unit_code"])
    rows = pa.table({"unit_code": code, "unit_name": name, SHEET: works[SHEET], ROW: works[ROW]})
    rows = rows.filter(rows["unit_code"].is_valid())
    firsts = rows.group_by("unit_code").aggregate([("unit_name", "min"), (SHEET, "min"), (ROW, "min")])
    return firsts.rename_columns({"unit_name_min": "unit_name", f"{SHEET}_min": SHEET, f"{ROW}_min": ROW})


def _base(sheets: Sequence[pa.Table]) -> pa.Table:
    """Rows that say where somebody works, then one for everybody who stands elsewhere only."""
    base = [_unit_rows(sheet) for sheet in sheets if "work_unit_code" in sheet.column_names]
    for sheet in sheets:
        if "work_unit_code" not in sheet.column_names:
            known = pa.chunked_array([chunk for rows in base for chunk in rows[PERSON].chunks], pa.string()).combine_chunks()
            others = sheet.filter(pc.invert(pc.is_in(sheet[PERSON], value_set=known)))
            base.append(pa.table({name: others[name] for name in (PERSON, "person_key", SHEET, ROW)}))
    rows = pa.concat_tables(base, promote_options="default")
    return pa.table({name: column(rows, name) for name in _OF_UNIT} | {name: rows[name] for name in rows.column_names if name not in _OF_UNIT})


def _unit_rows(sheet: pa.Table) -> pa.Table:
    code, _ = _code_and_name(sheet["work_unit_code"])
    return sheet.set_column(sheet.schema.get_field_index("work_unit_code"), "work_unit_code", code)


def _code_and_name(text: pa.ChunkedArray) -> tuple[pa.ChunkedArray, pa.ChunkedArray]:
    """`code-name` taken apart; a cell that is no code is a name, which the register may settle."""
    found = pc.extract_regex(text, _CODE_AND_NAME)
    name = pc.struct_field(found, "name")
    return pc.coalesce(pc.struct_field(found, "code"), text), pc.if_else(pc.equal(name, ""), pa.scalar(None, pa.string()), name)


def _with_employment(sheet: pa.Table) -> pa.Table:
    """非编信息 says how somebody works in three columns: re-employment first, then the
    kind of person, then the way of work."""
    if not {WAY_OF_WORK, REHIRED} & set(sheet.column_names):
        return sheet
    is_rehired = pc.fill_null(pc.match_substring_regex(column(sheet, REHIRED), _YES), False)
    employment = pc.if_else(is_rehired, REHIRED_AS, pc.coalesce(column(sheet, "employment"), column(sheet, WAY_OF_WORK)))
    rest = [name for name in sheet.column_names if name not in ("employment", WAY_OF_WORK, REHIRED)]
    return sheet.select(rest).append_column("employment", employment)
