"""What a questionnaire export delivers: one answer a respondent, by group; nothing else of a respondent is read."""

from sources.declaration import DATE, TEXT, Column, Table

ANSWERS = Table(
    "answers", "满意度答卷", "survey answers",
    (
        Column("county_code", TEXT, "区县代码", "county code", required=True, pattern=r"\d{6}"),
        Column("survey_id", TEXT, "调查编号", "number of the survey", required=True),
        Column("survey_kind", TEXT, "调查类型", "national, provincial, city or county survey", required=True),
        Column("answered_on", DATE, "答卷日期", "day of the answer", required=True),
        Column("respondent_id", TEXT, "答卷编号", "number of the sheet, not of a person", required=True),
        Column("respondent_group", TEXT, "受访者类别", "student, parent, teacher, principal, deputy, member, other", required=True),
        Column("answer", TEXT, "总体满意度", "overall satisfaction; empty is no valid answer"),
    ),
    key=("survey_id", "respondent_id"),
    scope=("survey_id",),
)  # fmt: skip

TABLES = (ANSWERS,)
