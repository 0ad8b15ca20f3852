"""A rule set that somebody wrote: what is wrong is said with file, line and what to do."""

from __future__ import annotations

import pytest

from pipelines.rule_set_files import FILES, problems, rule_set_files, rule_sets_of_seeds

SET = "seed,base,name_zh,name_en,document,source,confidence,{}\nrule_sets,cn-2017-6,示例,example,文号,test,test,{}\n"
THRESHOLD = "indicator_id,stage,threshold,valid_from"


def file_of(columns: str, *rows: str) -> str:
    """A rule set over cn-2017-6; a row gives its seed and the cells under `columns`."""
    said = ((seed, "" if seed == "parameters" else "test", cells) for seed, _, cells in (row.partition(": ") for row in rows))
    lines = (f"{seed},,,,,test,{confidence},{cells}" for seed, confidence, cells in said)
    return SET.format(columns, "," * columns.count(",")) + "".join(f"{line}\n" for line in lines)


SOUND = file_of(
    "indicator_id,component,stage,threshold,valid_from,valid_to,yuan_per_student,is_on,parameter_id,value,scope_reason,is_removed,certainty",
    "indicator_thresholds: teaching_area_per_student,,primary,5,2024-01-01,,,,,,,,",
    "indicator_thresholds: teaching_area_per_student,,primary,4.8,,2023-12-31,,,,,,,",
    "indicators: veto_offcampus_training_burden,,,,,,,true,,,,,",
    "funding_baselines: ,,primary,,2019-01-01,,935,,,,,,",
    "parameters: ,,,,,,,,rotation_least_years,5,,,test",
    "scope_exclusions: ,,,,,,,,,,teaching_point_under_50_students,true,",
)
BAD = {
    "an unknown column": ("seed,threshhold\n", "threshhold"),
    "no seed column": ("base,name_zh\ncn-2017-6,x\n", "column `seed` is missing"),
    "nobody's base": (SOUND.replace("rule_sets,cn-2017-6", "rule_sets,cn-1999"), "no rule set 'cn-1999'"),
    "resting on itself": (SOUND.replace("rule_sets,cn-2017-6", "rule_sets,mine"), "in a circle"),
    "no row of its own": (file_of(THRESHOLD).splitlines()[0] + "\n", "one row with seed = rule_sets"),
    "a seed that is none": (file_of(THRESHOLD, "indicators_x: a,primary,1,"), "'indicators_x' is none of"),
    "an unknown indicator": (file_of(THRESHOLD, "indicator_thresholds: teaching_aera,primary,5,"), "no indicator 'teaching_aera'"),
    "a stage that is not asked": (file_of(THRESHOLD, "indicator_thresholds: class_size,all,0,"), "not asked for like that"),
    "an unknown limit": (file_of("limit_id,value", "item_limits: room_least,70"), "no limit_id 'room_least'"),
    "a bad date": (file_of(THRESHOLD, "indicator_thresholds: school_size,all,0,2025/9/1"), "'2025/9/1' is not a date"),
    "a bad number": (file_of(THRESHOLD, 'indicator_thresholds: school_size,all,"4,5",'), "'4,5' is not a number"),
    "a number too fine": (file_of("stage,yuan_per_student", "funding_baselines: primary,720.001"), "'720.001' is not a number"),
    "days that overlap": (
        file_of(THRESHOLD, "indicator_thresholds: school_size,all,0,", "indicator_thresholds: school_size,all,1,2025-01-01"),
        "what line 3 says",
    ),
    "an end before the beginning": (
        file_of("stage,yuan_per_student,valid_from,valid_to", "funding_baselines: primary,720,2025-01-01,2024-01-01"),
        "valid_to lies before valid_from",
    ),
    "a column of another seed": (file_of("stage,yuan_per_student,limit_id", "funding_baselines: primary,720,class_most_students"), "has no column limit_id"),
    "a new row that is not whole": (file_of("scope_reason,students_below", "scope_exclusions: village_school,50"), "fill rank, name_zh, name_en"),
    "removing what is not there": (file_of("stage,degree_level,is_removed", "degree_bars: primary,kindergarten,true"), "no row to remove"),
    "no source": (file_of(THRESHOLD, "indicator_thresholds: school_size,all,0,").replace(",test,test,school_size", ",,test,school_size"), "source: say where"),
    "more cells than the header": (file_of(THRESHOLD, "indicator_thresholds: school_size,all,0,,x"), "more cells than the header"),
}  # fmt: skip


@pytest.fixture
def said(tmp_path):
    def of(text: str | bytes, name: str = "mine.csv") -> list[str]:
        (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        return problems(tmp_path)

    return of


def test_the_files_that_we_ship_can_be_judged_by():
    assert "cn-2017-6-relaxed" in [path.stem for path in rule_set_files(FILES)]
    assert rule_sets_of_seeds() == {"cn-2017-6"}
    assert problems() == []


def test_a_sound_file_has_nothing_said_of_it(said):
    assert said(SOUND) == []
    assert said("\ufeff" + SOUND) == []  # as a spreadsheet program writes it


def test_a_file_may_rest_on_another_file(said):
    said(SOUND)
    assert said(file_of(THRESHOLD, "indicator_thresholds: school_size,all,3,").replace("cn-2017-6", "mine"), "yours.csv") == []


@pytest.mark.parametrize("name", BAD)
def test_what_is_wrong_is_said_with_file_and_words_in_both_languages(said, name):
    text, expected = BAD[name]
    (sentence,) = said(text)
    assert sentence.startswith("rule_sets/mine.csv: ") and expected in sentence and " / " in sentence, sentence


def test_lines_are_told(said):
    (sentence,) = said(file_of(THRESHOLD, "indicator_thresholds: school_size,all,0,", "indicator_thresholds: class_size,primary,x,"))
    assert "line 4: threshold" in sentence and "第 4 行" in sentence


def test_another_encoding_a_bad_name_and_a_name_of_ours(said):
    assert "no UTF-8 CSV" in said(SOUND.encode("gbk"))[0]
    assert "small letters" in said(SOUND, "Mine 1.csv")[-1], said(SOUND, "Mine 1.csv")


def test_our_own_rule_set_cannot_be_written_again(said):
    assert "already" in said(SOUND, "cn-2017-6.csv")[0]
