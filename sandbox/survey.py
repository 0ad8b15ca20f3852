"""Exports of satisfaction surveys: the national one that decides, an older one, a local one.

Here: answers by group of respondents, planned so that exactly 85 of a hundred valid
answers are satisfied, or one too few; blank answers beside them. Not here: the
judgement (truth_social.py).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from sandbox.catalogue import SOCIAL_RECOGNITION
from sandbox.places import MARK
from sandbox.plan import County
from sandbox.standard import LEAST_SATISFIED

HEADERS = (
    "序号", "调查编号", "调查类型", "答卷编号", "提交时间", "所用时间", "来源", "来源详情", "IP", "答卷日期", "受访者类别", "总体满意度",
    "意见和建议",
)  # fmt: skip
NATIONAL, LOCAL = "国家", "县"
SATISFIED, SOMEWHAT = ("非常满意", "满意"), "基本满意"
_OTHERS = (SOMEWHAT, "一般", "不满意", "非常不满意")
GROUPS = {"学生": 0.25, "家长": 0.40, "教师": 0.18, "校长": 0.03, "人大代表": 0.05, "政协委员": 0.04, "其他群众": 0.05}
_STEP, _LEAST, _MOST = 20, 200, 2400  # valid answers: 85 % of a step are whole


@dataclass(frozen=True)
class Survey:
    """One survey: arrays of one entry a sheet; `answer` is empty where it was left blank."""

    survey_id: str
    kind: str
    day: np.ndarray  # datetime64[D]
    group: np.ndarray
    answer: np.ndarray

    @property
    def last_day(self) -> date:
        return self.day.max().astype(object)


def surveys(county: County) -> list[Survey]:
    """The national ones first; only the local one where 4.1 is to stay open."""
    rng = county.random("surveys")
    students = sum(sum(school.students.values()) for school in county.schools)
    valid = min(_MOST, max(_LEAST, students // 30)) // _STEP * _STEP
    least = int(LEAST_SATISFIED * valid / 100)
    satisfied = least + (int(rng.integers(1, valid - least)) if rng.random() < 0.5 else 0)
    if SOCIAL_RECOGNITION not in county.wishes.met:
        satisfied = least - 1
    year = county.as_of.year
    local = _survey(county, f"{county.code}-{year}-X", LOCAL, 20, valid // 2, valid // 2 * 9 // 10, rng)
    if SOCIAL_RECOGNITION in county.wishes.open:
        return [local]
    older = _survey(county, f"{county.code}-{year - 2}-G", NATIONAL, 800, _LEAST // 2, _LEAST // 4, rng)
    return [older, _survey(county, f"{county.code}-{year}-G", NATIONAL, 70, valid, satisfied, rng), local]


def _survey(county: County, survey_id: str, kind: str, ended: int, valid: int, satisfied: int, rng: np.random.Generator) -> Survey:
    """`valid` answers of which `satisfied` are, and three in a hundred blank; within the five days that end `ended` days ago."""
    blank = max(2, valid * 3 // 100)
    answer = np.concatenate(
        [
            rng.choice(SATISFIED, size=satisfied, p=[0.45, 0.55]),
            rng.choice(_OTHERS, size=valid - satisfied, p=[0.6, 0.25, 0.1, 0.05]),
            np.full(blank, ""),
        ]
    )
    order = rng.permutation(len(answer))
    group = rng.choice(list(GROUPS), size=len(answer), p=list(GROUPS.values()))
    group[: len(GROUPS)] = list(GROUPS)  # somebody of every group
    day = np.datetime64(county.as_of - timedelta(days=ended), "D") - rng.integers(0, 5, size=len(answer))
    return Survey(survey_id, kind, day, group, answer[order])


def write_surveys(county: County, folder: Path) -> None:
    """One CSV a survey: the national ones in UTF-8 with a byte-order mark, the local one in GBK."""
    for survey in surveys(county):
        encoding = "gbk" if survey.kind == LOCAL else "utf-8-sig"
        with (folder / f"社会认可度问卷_{survey.kind}_{MARK}_{survey.last_day}.csv").open("w", encoding=encoding, newline="") as file:
            writer = csv.writer(file)
            writer.writerow(HEADERS)
            for number, (day, group, answer) in enumerate(zip(survey.day.tolist(), survey.group.tolist(), survey.answer.tolist(), strict=True), start=1):
                shown = f"{day.year}/{day.month}/{day.day}" if number % 3 else f"{day}"
                writer.writerow(
                    (
                        number, survey.survey_id, survey.kind, f"{survey.survey_id}-{number:05d}", f"{shown} 10:{number % 60:02d}:00", f"{60 + number % 90}秒",
                        "微信", "模拟", f"10.0.{number % 250}.{number % 200}", shown, group, answer, "",
                    )
                )  # fmt: skip
