"""Faults of the register, the evidence registers, questionnaires, monitoring results and the placement list.

Here: their rows. Not here: files that are spoilt as a whole (sent_again.py).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sandbox.dirt.cells import broken, spelled
from sandbox.dirt.ground import Ground
from sandbox.dirt.kind import QUARANTINED, Fault, Kind
from sandbox.dirt.lines import Line
from sandbox.dirt.spellings import any_of, as_float, one_of, with_blanks

_SCHOOLS, _ITEMS, _INSPECTIONS = "registry.schools", "evidence.items", "evidence.inspections"
_ANSWERS, _RESULTS, _PLACEMENTS = "survey.answers", "monitoring.results", "special_education.placements"
_SAME_CONCLUSION = {"符合": ("达标", "已达到", " 符合 "), "不符合": ("不达标", "未达标")}
_SAME_GROUP = {"学生": ("学生代表",), "家长": ("学生家长",), "其他": ("群众", "其他群众")}
_SAME_ANSWER = {"非常满意": ("很满意",), "非常不满意": ("很不满意",)}
_SAME_LEVEL = {"II": ("Ⅱ", "2", "二级"), "Ⅱ级": ("II", "二"), "III": ("Ⅲ级", "3"), "Ⅲ级": ("III", "三级")}
_SAME_PLACEMENT = {"随班就读": ("普通学校随班就读",), "送教上门": ("送教",), "特殊教育学校": ("特校",), "待安置": ("未安置",)}


def _in_brackets(line: Line, rng: np.random.Generator) -> str | None:
    text = line.get("former_name")
    return text.replace("（", "(").replace("）", ")") if "（" in text else None


def _other_day(column: str):
    """`2017-09-01` as `2017年9月1日`."""

    def change(line: Line, rng: np.random.Generator) -> str | None:
        pieces = line.get(column).split("-")
        return f"{pieces[0]}年{int(pieces[1])}月{int(pieces[2])}日" if len(pieces) == 3 else None

    return change


def _new_rows(ground: Ground, rate: float) -> Iterator[Fault]:
    """A row of the register with a code that lacks digits, for a school that there is not."""
    rng = ground.random("register_code_cut")
    first, *_ = ground.lines(_SCHOOLS)
    for number in range(max(1, round(rate * len(ground.lines(_SCHOOLS))))):
        more = first.copied()
        for column in ("credit_code", "budget_unit_code", "opened_on"):
            more.put(column, "")
        more.put("school_id", f"2141{int(rng.integers(100, 999))}")
        more.put("school_name", f"模拟拟建学校{number + 1}")
        yield Fault(more, _SCHOOLS, "school_id", "bad_format")


def _percent(line: Line, rng: np.random.Generator) -> str | None:
    return "18.75" if line.get("between_school_rate") else None


KINDS = (
    Kind("register_code_cut", "registry", "2", "名录中标识码缺位", "a row of the register whose code lacks digits", QUARANTINED, 0.005, _new_rows),
    spelled("opened_another_way", _SCHOOLS, "opened_on", _other_day("opened_on"), "启用日期写法不一", "days of opening written another way", section="1", rate=0.01),
    spelled("school_name_with_blanks", _SCHOOLS, "school_name", with_blanks("school_name"), "校名前后有空格", "blanks around names", section="1", rate=0.01),
    spelled("conclusion_another_way", _ITEMS, "conclusion", one_of("conclusion", _SAME_CONCLUSION), "结论写法不一", "conclusions written another way", section="12", rate=0.01),
    broken("conclusion_nobody_knows", _ITEMS, "conclusion", any_of("尚可", "基本符合吧"), "unknown_code", "结论不在代码表", "a conclusion that no list knows", section="9", rate=0.003),
    broken("subject_nobody_knows", _ITEMS, "subject_id", any_of("9.9", "指标甲"), "unknown_subject", "所指指标不存在", "an indicator that there is not", section="9", rate=0.003),
    broken("document_of_no_day", _ITEMS, "dated_on", any_of("2025-02-31", "去年"), "not_a_date", "文件日期无法识别", "a document of no day", section="9", rate=0.003),
    broken("digest_cut", _ITEMS, "file_digest", lambda line, rng: line.get("file_digest")[:40] or None, "bad_format", "文件摘要缺位", "a digest that lacks characters", section="9", rate=0.003),
    broken("inspection_of_no_kind", _INSPECTIONS, "inspection_kind", any_of("路过", "电话"), "unknown_code", "督查类型不在代码表", "an inspection of no kind", section="9", rate=0.003),
    spelled("group_another_way", _ANSWERS, "respondent_group", one_of("respondent_group", _SAME_GROUP), "受访者类别写法不一", "groups written another way", section="9", rate=0.005),
    spelled("answer_another_way", _ANSWERS, "answer", one_of("answer", _SAME_ANSWER), "答案写法不一", "answers written another way", section="9", rate=0.005),
    broken("group_nobody_knows", _ANSWERS, "respondent_group", any_of("路人", "网友"), "unknown_code", "受访者类别不在代码表", "a group that no list knows", section="9", rate=0.001),
    broken("answered_in_the_future", _ANSWERS, "answered_on", any_of("2099/1/1", "2098-12-01"), "impossible_date", "答卷日期在未来", "answered in the future", section="9", rate=0.001),
    spelled("level_another_way", _RESULTS, "achievement_level", one_of("achievement_level", _SAME_LEVEL), "水平等级写法不一", "levels written another way", section="12", rate=0.05),
    broken("rate_in_percent", _RESULTS, "between_school_rate", _percent, "out_of_bounds", "差异率按百分数填", "a ratio filed as a percentage", section="12", rate=0.02),
    spelled("placement_another_way", _PLACEMENTS, "placement", one_of("placement", _SAME_PLACEMENT), "安置方式写法不一", "placements written another way", section="3.3", rate=0.01),
    broken("placement_nobody_knows", _PLACEMENTS, "placement", any_of("在家", "其他学校"), "unknown_code", "安置方式不在代码表", "a placement that no list knows", section="3.3", rate=0.002),
    broken("child_as_float", _PLACEMENTS, "child_key", as_float("child_key"), "damaged_id", "残疾儿童证件号成了科学计数", "a child's number turned into a float", section="1", rate=0.0001),
)  # fmt: skip
