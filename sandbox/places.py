"""Where the made-up county lies and how its schools are called.

Here: county codes and names, the 17 townships and streets, made-up school names, labels of
the kinds of school. Not here: how many schools there are (plan.py).
"""

from __future__ import annotations

COUNTY_CODE = "410183"  # unless another is asked for
_COUNTY_NAME = "新密市"
MARK = "模拟数据"  # stands in the title or the name of every file

# name, division number (streets 001-, towns 100-, townships 200-), urban-rural code of its seat
TOWNSHIPS = (
    ("青屏街办事处", "001", "111"),
    ("新华路办事处", "002", "111"),
    ("西大街办事处", "003", "112"),
    ("矿区办事处", "004", "112"),
    ("城关镇", "100", "121"),
    ("米村镇", "101", "121"),
    ("牛店镇", "102", "121"),
    ("平陌镇", "103", "122"),
    ("超化镇", "104", "121"),
    ("苟堂镇", "105", "121"),
    ("大隗镇", "106", "121"),
    ("刘寨镇", "107", "122"),
    ("白寨镇", "108", "121"),
    ("岳村镇", "109", "122"),
    ("来集镇", "110", "121"),
    ("曲梁镇", "111", "121"),
    ("袁庄乡", "200", "210"),
)
SEATS = 4  # the first four are streets of the county seat

# kind of school -> code and label of 办学类型, first two digits of its code, ending of its name
KINDS = {
    "primary_school": ("211", "小学", "21", "小学"),
    "teaching_point": ("218", "小学教学点", "21", "教学点"),
    "junior_school": ("311", "初级中学", "31", "初级中学"),
    "nine_year_school": ("312", "九年一贯制学校", "31", "九年一贯制学校"),
    "twelve_year_school": ("345", "十二年一贯制学校", "34", "十二年一贯制学校"),
    "complete_secondary_school": ("341", "完全中学", "34", "完全中学"),
    "special_school": ("514", "其他特教学校", "51", "特殊教育学校"),
    "vocational_school": ("", "职业初中", "32", "职业初级中学"),
}

_FIRST = "明德启文育才弘毅知行思源崇文尚德博雅致远立人求真向阳青禾望山映泉"
_NAMES = tuple(_FIRST[i : i + 2] for i in range(0, len(_FIRST), 2))


def county_name(county_code: str) -> str:
    return _COUNTY_NAME if county_code == COUNTY_CODE else f"模拟{county_code}县"


def short_township(township: int) -> str:
    name = TOWNSHIPS[township][0]
    return name.removesuffix("办事处").removesuffix("镇").removesuffix("乡")


def school_name(county: str, kind: str, township: int, number: int) -> str:
    """A made-up name, distinct for each (county, kind, township, number)."""
    turn, place = divmod(number, len(_NAMES))
    ordinal = f"第{turn + 1}" if turn else ""
    return f"{county}{short_township(township)}{_NAMES[place]}{ordinal}{KINDS[kind][3]}"
