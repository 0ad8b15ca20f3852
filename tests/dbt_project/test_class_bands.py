"""Worked cases 7 and 8: large and oversize classes apart (Henan) or together (Leiyang), and a roll on every edge."""

from __future__ import annotations

from fractions import Fraction

import pytest

from dbt_project.fractions_of import close
from dbt_project.world import World, filed, school_id

FILED_BANDS = (
    "classes_up_to_25", "classes_26_30", "classes_31_35", "classes_36_40", "classes_41_45", "classes_46_50", "classes_51_55",
    "classes_56_65", "classes_66_up",
)  # fmt: skip
# county -> stage -> all classes, 56-65, 66 and more; printed shares of the two
HENAN = {
    ("400001", "primary"): (268_200, 3_305, 100, "1.23", "0.04"),  # 2023
    ("400001", "junior"): (373_900 - 268_200, 4_848 - 3_305, 159 - 100, None, None),
    ("400003", "primary"): (286_300, 8_200, 0, "2.88", None),  # 2020; counts are rounded to a hundred
    ("400003", "junior"): (97_500, 4_000, 0, "4.12", None),
}
LEIYANG, LARGE_AND_OVERSIZE, OVERSIZE, CLASSES = "400008", 1437, 740, 3782  # 2017
ROLL, HALF_TOLD, ASTRIDE = "400009", "400010", "400011"
SIZES = {"primary": [35, 36, 45, 46, 55, 56, 65, 66, 80], "junior": [45, 50, 51]}


def by_form(county: str, stage: str, classes: int, large: int, oversize: int) -> list[dict]:
    kind, school = ("primary_school", school_id(1)) if stage == "primary" else ("junior_school", school_id(2))
    bands = dict.fromkeys(FILED_BANDS, 0) | {"classes_41_45": classes - large - oversize, "classes_56_65": large, "classes_66_up": oversize}
    return filed(school, kind, stage, students=1, classes=classes, **bands)


@pytest.fixture(scope="module")
def published(build):
    world = World()
    for (county, stage), (classes, large, oversize, *_) in HENAN.items():
        world.file(county, by_form(county, stage, classes, large, oversize))
    world.file(LEIYANG, by_form(LEIYANG, "primary", CLASSES, LARGE_AND_OVERSIZE - OVERSIZE, OVERSIZE))
    world.pull_roll(ROLL, {school_id(1): ("小学", {"primary": SIZES["primary"]}), school_id(2): ("初级中学", {"junior": SIZES["junior"]})})
    # a roll and a form side by side in one county; and a school that files nothing of its classes
    world.pull_roll(HALF_TOLD, {school_id(1): ("小学", {"primary": [60, 40]})})
    world.file(HALF_TOLD, filed(school_id(3), "primary_school", "primary", students=90, classes=3, **(dict.fromkeys(FILED_BANDS, 0) | {"classes_56_65": 1, "classes_26_30": 2})))
    world.file(HALF_TOLD, filed(school_id(4), "primary_school", "primary", students=90))
    # a form with some of its bands: what lies above 55 is told, what lies below is not
    world.file(ASTRIDE, filed(school_id(1), "primary_school", "primary", students=90, classes_56_65=2, classes_66_up=1))
    return build(world)


def band(published, county, stage, name):
    return published.row("class_band", county_code=county, stage=stage, band=name)


@pytest.mark.parametrize(("county", "stage"), HENAN)
def test_henan_counts_large_and_oversize_classes_apart(published, county, stage):
    classes, large, oversize, printed_large, printed_oversize = HENAN[county, stage]
    for name, count, printed in (("56_65", large, printed_large), ("66_up", oversize, printed_oversize)):
        row = band(published, county, stage, name)
        assert (row["classes"], row["all_classes"], row["basis"]) == (count, classes, "declared")
        assert close(row["share"], Fraction(100 * count, classes))
        assert printed is None or abs(row["share"] - float(printed)) <= (0.005 if county == "400001" else 0.05)
        assert "河南" in row["convention_zh"] and "Henan" in row["convention_en"]


def test_the_province_is_the_sum_of_its_stages(published):
    rows = [band(published, "400001", stage, "56_65") for stage in ("primary", "junior")]
    share = 100 * sum(row["classes"] for row in rows) / sum(row["all_classes"] for row in rows)
    assert round(share, 4) == 1.2966  # printed 1.30


def test_leiyang_counts_them_together(published):
    together = band(published, LEIYANG, "primary", "56_up")
    assert together["classes"] == LARGE_AND_OVERSIZE and "Leiyang" in together["convention_en"]
    assert band(published, LEIYANG, "primary", "66_up")["classes"] == OVERSIZE
    assert band(published, LEIYANG, "primary", "56_65")["classes"] == 697


def test_every_edge_of_a_roll(published):
    found = {row["band"]: row["classes"] for row in published.rows("class_band", county_code=ROLL, stage="primary")}
    assert found == {"up_to_35": 1, "36_45": 2, "46_55": 2, "56_65": 2, "66_up": 2, "56_up": 4, "over_standard": 6, "all": 9}
    junior = {row["band"]: row["classes"] for row in published.rows("class_band", county_code=ROLL, stage="junior")}
    assert (junior["over_standard"], junior["46_55"], junior["all"]) == (1, 2, 3)
    assert {row["basis"] for row in published.rows("class_band", county_code=ROLL)} == {"records"}
    limits = {stage: band(published, ROLL, stage, "over_standard")["size_from"] for stage in ("primary", "junior")}
    assert limits == {"primary": 46, "junior": 51}


def test_roll_and_form_add_up_and_who_does_not_tell_is_counted(published):
    row = band(published, HALF_TOLD, "primary", "56_65")
    assert (row["classes"], row["all_classes"], row["school_units_unknown"], row["basis"]) == (2, 5, 1, "declared")
    assert close(row["share"], Fraction(40))


def test_bands_that_were_not_filed_leave_open_what_they_touch(published):
    found = {row["band"]: row for row in published.rows("class_band", county_code=ASTRIDE, stage="primary")}
    assert [found[name]["classes"] for name in ("56_65", "66_up", "56_up")] == [2, 1, 3]
    for name in ("36_45", "over_standard", "all"):
        assert (found[name]["classes"], found[name]["share"], found[name]["basis"]) == (None, None, "none")
    assert found["56_65"]["share"] is None  # of how many is not known
