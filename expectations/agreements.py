"""Agreements: what the published tables must say of one another.

Here: one SQL truth a line, over the candidate's Parquet files, that becomes a
true-or-false column of the table it is about.
Not here: single columns (suites/published.py) and how the numbers are made (dbt).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa


@dataclass(frozen=True)
class Agreement:
    """A truth about each row of `table`: `sql` speaks of the row as `this`.

    `column`: the column that a finding names.
    """

    name: str
    table: str
    column: str
    sql: str
    zh: str
    en: str


def _same_unit(other: str) -> str:
    return f"{other}.county_code = this.county_code and {other}.school_id = this.school_id and {other}.stage = this.stage"


def _same_county(other: str) -> str:
    return f"{other}.county_code = this.county_code and {other}.rule_set = this.rule_set"


# The tests of a part: a coefficient is one of its stage, any other rule is one over its components and stages.
_TESTS = f"""
    select
        bool_or(said.status in ('not_met', 'within_floor', 'below_floor')) as is_failed,
        bool_or(said.status in ('no_data', 'needs_evidence')) as is_open
    from county_indicator as said
    join (select distinct id, rule_set, part, level from indicator) as rules
        on said.indicator_id = rules.id and said.rule_set = rules.rule_set
    where {_same_county("said")} and rules.part = this.part
    group by said.indicator_id, case when rules.part = 'resource' and rules.level = 'school' then said.stage end
"""


def _counted(*statuses: str) -> str:
    words = ", ".join(f"'{status}'" for status in statuses)
    return f"""(
        select count(*) from school_indicator join resource using (indicator_id)
        where {_same_unit("school_indicator")} and school_indicator.status in ({words})
    )"""


AGREEMENTS = (
    Agreement(
        "_rows_balance", "delivery", "rows_delivered",
        """this.status in ('refused', 'missing')
        or this.rows_delivered = this.rows_accepted + this.rows_quarantined + this.rows_superseded + this.rows_held
            and least(this.rows_accepted, this.rows_quarantined, this.rows_superseded, this.rows_held) >= 0""",
        "交付行数应等于采用、隔离、被取代与待用行数之和", "rows delivered must be those accepted, quarantined, superseded and held",
    ),
    Agreement(
        "_school_is_listed", "school_unit", "school_id",
        "exists (from school where school.county_code = this.county_code and school.school_id = this.school_id)",
        "学校表中应有该学校", "the school must stand in `school`",
    ),
    Agreement(
        "_has_one_verdict", "school_unit", "school_id",
        f"(select count(*) from school_compliance where {_same_unit('school_compliance')}) = 1",
        "每个学校学段应有且只有一行判定", "each unit has one row in `school_compliance`",
    ),
    Agreement(
        "_has_one_fact_row", "school_unit", "school_id",
        f"(select count(*) from school_fact where {_same_unit('school_fact')}) = 1",
        "每个学校学段应有且只有一行事实", "each unit has one row in `school_fact`",
    ),
    Agreement(
        "_has_every_indicator", "school_unit", "school_id",
        f"""not this.is_in_scope or (
            select count(*) from school_indicator join resource using (indicator_id) where {_same_unit('school_indicator')}
        ) = (select count(*) from resource)""",
        "计入的学校学段应有全部资源配置指标", "a unit in scope has every resource indicator",
    ),
    Agreement(
        "_unit_is_listed", "school_compliance", "school_id",
        f"exists (from school_unit where {_same_unit('school_unit')})",
        "应为学校学段表中的单位", "the unit must stand in `school_unit`",
    ),
    Agreement(
        "_scope_agrees", "school_compliance", "verdict",
        f"""(this.verdict <> 'out_of_scope') = coalesce(
            (select bool_or(is_in_scope) from school_unit where {_same_unit('school_unit')}), this.verdict <> 'out_of_scope')""",
        "不计入的单位应为 out_of_scope", "units out of scope, and only they, are out_of_scope",
    ),
    Agreement(
        "_counts_agree", "school_compliance", "indicators_met",
        f"""case when this.verdict = 'out_of_scope' then
            this.indicators_met = 0 and this.indicators_within_floor = 0
            and this.indicators_below_floor = 0 and this.indicators_no_data = 0
        else
            this.indicators_met = {_counted('met', 'not_applicable')}
            and this.indicators_within_floor = {_counted('within_floor')}
            and this.indicators_below_floor = {_counted('below_floor')}
            and this.indicators_no_data = {_counted('no_data')}
        end""",
        "各状态指标数应与指标表一致，不计入的单位为零",
        "the counts must be those of `school_indicator`, and zero out of scope",
    ),
    Agreement(
        "_value_agrees", "school_indicator", "value",
        # Numerator and denominator are published for display, rounded to six decimals.
        """this.value is null or coalesce((
            select bool_and(coalesce(
                abs(this.value - this.numerator::double * per / this.denominator::double)
                    <= 1e-6 * per / this.denominator::double * (1 + this.value / per) + 1e-9 * abs(this.value),
                false))
            from resource where resource.indicator_id = this.indicator_id
        ), true)""",
        "应等于分子×系数÷分母", "must be numerator times per over denominator",
    ),
    Agreement(
        "_missing_is_said", "school_indicator", "status",
        "this.status not in ('met', 'within_floor', 'below_floor', 'not_met') or this.value is not null",
        "有结论的指标应有数值", "an indicator that is decided has a value",
    ),
    Agreement(
        "_has_every_part", "county_compliance", "part",
        """(select count(distinct other.part) from county_compliance as other
            where other.county_code = this.county_code and other.rule_set = this.rule_set) = 7""",
        "每县应有全部七个部分", "a county has all seven parts",
    ),
    Agreement(
        "_composite_agrees", "county_monitor", "cv",
        """(
            select count(*) = 1 and coalesce(abs(max(other.cv) - (
                select case when count(each.cv) = count(*) then avg(each.cv) end from county_monitor as each
                where each.county_code = this.county_code and each.rule_set = this.rule_set and each.stage = this.stage
                    and each.indicator_id <> 'composite'
            )) <= 1e-9, max(other.cv) is null and exists (
                from county_monitor as each
                where each.county_code = this.county_code and each.rule_set = this.rule_set and each.stage = this.stage
                    and each.indicator_id <> 'composite' and each.cv is null
            ))
            from county_monitor as other
            where other.county_code = this.county_code and other.rule_set = this.rule_set and other.stage = this.stage
                and other.indicator_id = 'composite'
        )""",
        "综合差异系数应为同学段各项差异系数的算术平均，缺一项即为空",
        "the composite is the plain mean of its stage's coefficients, and null where one is missing",
    ),
    Agreement(
        "_balance_is_complete", "county_compliance", "part",
        """this.part <> 'resource' or (
            select count(*) from county_balance join resource using (indicator_id)
            where county_balance.county_code = this.county_code and county_balance.stage in ('primary', 'junior')
        ) = 2 * (select count(*) from resource)""",
        "每县应有两个学段全部指标的差异系数", "a county has a coefficient for every indicator and both stages",
    ),
    Agreement(
        "_has_every_rule", "county_compliance", "part",
        f"""this.part <> 'all' or not exists (
            from indicator as asked where asked.is_on and asked.rule_set = this.rule_set and not exists (
                from county_indicator as said
                where {_same_county("said")} and said.indicator_id = asked.id and said.stage = asked.stage
            )
        )""",
        "启用的每项规则在每县都应有一行", "every rule that is switched on has its row in every county",
    ),
    Agreement(
        "_tests_agree", "county_compliance", "met",
        f"""case when this.part = 'all' then (this.met, this.not_met, this.undecided) = (
            select (sum(other.met), sum(other.not_met), sum(other.undecided))
            from county_compliance as other where {_same_county("other")} and other.part <> 'all'
        ) else (this.met, this.not_met, this.undecided) = (
            select (
                count(*) filter (where not is_failed and not is_open),
                count(*) filter (where is_failed),
                count(*) filter (where is_open and not is_failed)
            ) from ({_TESTS}) as tests
        ) end""",
        "各状态项数应与县级指标表一致，总体为各部分之和",
        "the counts must be those of `county_indicator`, and of all parts together",
    ),
    Agreement(
        "_verdict_agrees", "county_compliance", "verdict",
        f"""this.verdict = case
            when this.part = 'all' then (
                select case when bool_or(other.verdict = 'fail') then 'fail' when bool_or(other.verdict = 'undecided') then 'undecided' else 'pass' end
                from county_compliance as other where {_same_county("other")} and other.part <> 'all'
            )
            when this.not_met > 0 then 'fail'
            when this.undecided > 0 or this.met = 0 then 'undecided'
            else 'pass'
        end""",
        "结论应由各项数得出，全部部分通过方为通过", "the verdict follows from the counts; all parts pass or the county does not",
    ),
    Agreement(
        "_decided_has_a_value", "county_indicator", "value",
        """this.status not in ('met', 'not_met') or this.threshold is null or this.value is not null
        or regexp_matches(this.detail, '(^|; )unknown=[1-9]')""",
        "有标准值且有结论的指标，除有情况不明者外，应有数值", "what is decided against a threshold has a value, unless somebody is unknown",
    ),
    Agreement(
        "_basis_is_said", "county_indicator", "basis",
        "(this.basis = 'none') = (this.status not in ('met', 'not_met') and this.value is null)",
        "未判定且无数值的（且仅此）依据为 none", "none, and only that, where nothing is decided or foretold",
    ),
    Agreement(
        "_stands_as_found", "county_indicator", "status",
        """this.status <> 'met' or this.comparison not in ('<=', 'evidence') or not exists (
            from school_finding as found
            where found.county_code = this.county_code and found.rule_set = this.rule_set and found.indicator_id = this.indicator_id
            and found.component = this.component and found.stage = this.stage and found.status = 'not_met'
        )""",
        "要求每校达到的指标，有一校未达到即不得为达标", "what every school must keep is not met while one school does not",
    ),
    Agreement(
        "_finding_is_of_a_school", "school_finding", "school_id",
        "exists (from school where school.county_code = this.county_code and school.school_id = this.school_id)",
        "学校表中应有该学校", "the school must stand in `school`",
    ),
    Agreement(
        "_item_stands_under_its_school", "school_finding", "item",
        """this.item_kind = 'school' or exists (
            from school_finding as above
            where above.county_code = this.county_code and above.rule_set = this.rule_set and above.school_id = this.school_id
            and above.stage = this.stage and above.indicator_id = this.indicator_id and above.component = this.component
            and above.item_kind = 'school' and above.status = 'not_met'
        )""",
        "班级、教室问题应属于未达标的学校", "a class or room stands in the way of a school that is not met",
    ),
    Agreement(
        "_groups_add_up", "survey_result", "answers",
        """this.respondent_group <> 'all' or (
            this.answers, this.valid_answers, this.unknown_answers, this.satisfied, this.somewhat_satisfied
        ) = (
            select (sum(one.answers), sum(one.valid_answers), sum(one.unknown_answers), sum(one.satisfied), sum(one.somewhat_satisfied))
            from survey_result as one where one.county_code = this.county_code and one.survey_id = this.survey_id
            and one.respondent_group <> 'all'
        )""",
        "各类受访者之和应等于合计", "the groups make up everybody",
    ),
    Agreement(
        "_satisfied_are_valid", "survey_result", "satisfied",
        "this.satisfied + this.somewhat_satisfied <= this.valid_answers and this.valid_answers + this.unknown_answers <= this.answers",
        "满意与基本满意之和不超过有效答卷，有效答卷不超过答卷", "who is satisfied has answered, and who has answered was asked",
    ),
    Agreement(
        "_stands_as_said", "indicator_history", "status",
        """this.valid_to is not null or exists (
            from school_indicator as said where said.rule_set = this.rule_set and said.county_code = this.county_code
            and said.school_id = this.school_id and said.stage = this.stage and said.indicator_id = this.indicator_id
            and said.status = this.status
        ) or exists (
            from county_indicator as said where this.school_id = '' and said.rule_set = this.rule_set
            and said.county_code = this.county_code and said.stage = this.stage and said.indicator_id = this.indicator_id
            and said.component = this.component and said.status = this.status
        )""",
        "未终止的行应与指标表一致", "a row that stands says what the indicator tables say",
    ),
    Agreement(
        "_ends_after_it_begins", "indicator_history", "valid_to",
        "this.valid_to is null or this.valid_to >= this.valid_from",
        "终止日期不早于起始日期", "a row ends after it begins",
    ),
    Agreement(
        "_closed_by_a_release", "rectification_ledger", "closed_release",
        "(this.status = 'closed') = (this.closed_on is not null and this.closed_release is not null)",
        "已销号事项（且仅此）应注明据以销号的版本", "what is closed, and only that, says which release closed it",
    ),
    Agreement(
        "_items_add_up", "plan_progress", "items_total",
        "this.items_total = this.items_met + this.items_not_met + this.items_open",
        "各状态项数之和应等于衡量项数", "met, not met and open make up the total",
    ),
    Agreement(
        "_units_add_up", "township_summary", "units_in_scope",
        "this.units_in_scope = this.units_passing + this.units_failing + this.units_undecided",
        "各判定的学校学段数之和应等于计入数", "passing, failing and undecided make up the units in scope",
    ),
    Agreement(
        "_difference_agrees", "agreement", "difference",
        """this.declared_value is null and this.difference is null
        or abs(this.difference - (this.declared_value - this.records_value))
            <= 1e-9 * (1 + abs(this.records_value) + abs(this.declared_value))""",
        "应等于填报值减记录值", "must be the declared value less the records value",
    ),
    Agreement(
        "_finding_is_grave", "agreement", "grade",
        "this.finding = '' or this.grade = 'grave'",
        "有发现的应为 grave", "a row with a finding is grave",
    ),
)  # fmt: skip


def agreements_of(table: str) -> tuple[Agreement, ...]:
    return tuple(agreement for agreement in AGREEMENTS if agreement.table == table)


def open_candidate(folder: Path) -> duckdb.DuckDBPyConnection:
    """An engine with every table of a candidate as a view, and `resource`: the
    indicators of part 1 (id, per) that the release's rule set has switched on."""
    engine = duckdb.connect(":memory:", config={"autoinstall_known_extensions": "false"})
    tables = {path.stem: str(path).replace("'", "''") for path in sorted(folder.glob("*.parquet"))}
    for name, path in tables.items():
        engine.execute(f"create view \"{name}\" as from read_parquet('{path}')")
    if {"indicator", "county_compliance"} <= tables.keys():
        engine.execute("""
            create table resource as
            select distinct id as indicator_id, per::double as per from indicator
            where part = 'resource' and level = 'school' and is_on and rule_set in (select rule_set from county_compliance)
        """)
    return engine


def with_agreements(engine: duckdb.DuckDBPyConnection, table: str) -> pa.Table:
    """The rows of a published table with its true-or-false columns.

    Raises duckdb.Error when a table or column that an agreement speaks of is not there.
    """
    truths = "".join(f', coalesce({agreement.sql}, false) as "{agreement.name}"' for agreement in agreements_of(table))
    return engine.execute(f'select this.*{truths} from "{table}" as this').to_arrow_table()
