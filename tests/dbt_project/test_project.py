"""What the project promises of itself: one staging model a table, rules in seeds, contracts in words."""

from __future__ import annotations

import csv
import re
from collections import Counter

import pytest

from dbt_project.world import PROJECT, TABLES
from sources.register import SOURCES
from warehouse.published_tables import PUBLISHED_TABLES

SEEDS = sorted((PROJECT / "seeds").glob("*.csv"))
SQL = sorted(path for folder in ("models", "macros", "tests") for path in (PROJECT / folder).rglob("*.sql"))
KEYS = {
    "rule_sets": ("rule_set",),
    "indicators": ("rule_set", "indicator_id", "valid_from"),
    "indicator_thresholds": ("rule_set", "indicator_id", "component", "stage", "valid_from"),
    "indicator_components": ("rule_set", "indicator_id", "component", "valid_from"),
    "item_limits": ("rule_set", "limit_id", "school_type", "stage", "opened_until", "migrant_share_above", "valid_from"),
    "check_exclusions": ("rule_set", "measure_id", "school_type", "ownership", "valid_from"),
    "small_school_kinds": ("rule_set", "school_type", "urban_rural", "valid_from"),
    "funding_baselines": ("rule_set", "stage", "valid_from"),
    "budget_classes": ("use", "prefix", "valid_from"),
    "certificate_bars": ("rule_set", "stage", "certificate_level", "valid_from"),
    "county_measures": ("measure_id", "valid_from"),
    "conclusion_outcomes": ("rule_set", "kind", "indicator_id", "conclusion", "valid_from"),
    "indicator_variants": ("rule_set", "indicator_id", "variant", "valid_from"),
    "class_bands": ("measure_id", "valid_from"),
    "compliance_parts": ("part",),
    "parameters": ("parameter_id", "rule_set", "valid_from"),
    "measures": ("measure_id", "valid_from"),
    "school_type_stages": ("school_type", "stage"),
    "split_weights": ("rule_set", "school_type", "stage", "valid_from"),
    "scope_exclusions": ("rule_set", "scope_reason", "valid_from"),
    "equipment_classes": ("generation", "prefix", "valid_from"),
    "degree_bars": ("rule_set", "stage", "degree_level", "valid_from"),
    "code_lists": ("list_id", "label_zh", "valid_from"),
    "quarantine_rules": ("rule",),
    "agreement_tolerances": ("measure_id", "valid_from"),
    "agreement_findings": ("finding", "valid_from"),
    "plan_items": ("county_code", "plan_id", "valid_from"),
    "plan_measures": ("county_code", "plan_id", "indicator_id", "component", "role", "valid_from"),
    "responsibility": ("county_code", "subject_id", "component", "valid_from"),
    "finding_words": ("outcome",),
    "monitor_indicators": ("rule_set", "indicator_id", "valid_from"),
    "monitor_limits": ("rule_set", "stage", "means_to_apply", "valid_from"),
    "application_plans": ("rule_set", "county_code", "valid_from"),
    "budget_functions": ("spending", "prefix", "valid_from"),
    "class_conventions": ("band", "valid_from"),
    "delivery_rhythms": ("source_name", "table_name", "way_in", "valid_from"),
    "computer_classes": ("generation", "prefix", "valid_from"),
}


def rows_of(seed: str) -> list[dict]:
    with (PROJECT / "seeds" / f"{seed}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_declared_table_has_one_staging_model_with_its_scope(manifest):
    staged = {node.name: node for node in manifest.nodes.values() if node.fqn[1] == "staging"}
    expected = {f"stg_{source}__{name}": table for source, tables in TABLES.items() for name, table in tables.items()}
    assert staged.keys() == expected.keys()
    for name, table in expected.items():
        said = re.search(r"scope=\[(.*?)\]", staged[name].raw_code).group(1)
        assert tuple(re.findall(r"'(\w+)'", said)) == table.scope, name


def test_tables_of_systems_are_staged_by_their_keys(manifest):
    """Only what can be pulled comes as deltas, and those are laid upon rows by the key."""
    staged = {node.name: node for node in manifest.nodes.values() if node.fqn[1] == "staging"}
    for source in SOURCES:
        for table in source.tables:
            said = re.search(r"key=\[(.*)\]", staged[f"stg_{source.name}__{table.name}"].raw_code)
            assert (tuple(re.findall(r"'(\w+)'", said.group(1))) if said else ()) == (table.key if source.pull else ()), table.name
            assert set(table.scope) <= set(table.key) or not source.pull


def test_every_declared_table_is_in_the_journal(manifest):
    read = manifest.nodes["model.junheng.int_row_fate"].depends_on.nodes
    assert set(read) == {f"model.junheng.stg_{source}__{name}" for source, tables in TABLES.items() for name in tables}


def test_every_code_that_can_be_stopped_by_us_is_told_in_both_languages(manifest):
    said = {row["rule"] for row in rows_of("quarantine_rules") if row["message_zh"] and row["message_en"]}
    used = set(re.findall(r"'(unknown_\w+|ambiguous_code|school_closed|asset_twice|not_whole|negative_value|value_out_of_range|whole_not_split|more_than_whole)'",
                          "".join(path.read_text(encoding="utf-8") for path in SQL)))  # fmt: skip
    assert used == said


@pytest.mark.parametrize("seed", [path.stem for path in SEEDS])
def test_seed_rows_are_unique_and_say_where_they_come_from(seed):
    rows = rows_of(seed)
    keys = Counter(tuple(row.get(column, "") for column in KEYS[seed]) for row in rows)
    assert rows and max(keys.values()) == 1
    if seed not in ("compliance_parts", "quarantine_rules", "finding_words"):
        assert all(row["source"] and (row.get("certainty") or row.get("confidence")) for row in rows)
        assert {"valid_from", "valid_to"} <= rows[0].keys()


def test_every_seed_of_rules_says_what_its_rows_are_about(manifest):
    """The key by which a rule set's rows go before its base's; without it a derived rule set would have none."""
    for node in (node for node in manifest.nodes.values() if node.resource_type == "seed"):
        if "rule_set" in node.config.column_types and node.name != "rule_sets":
            assert {"rule_set", *node.config.meta["key"], "valid_from"} == {*KEYS[node.name], "rule_set"}, node.name


def test_rules_and_limits_speak_of_what_there_is():
    known = {row["measure_id"] for seed in ("measures", "county_measures") for row in rows_of(seed)}
    rules = rows_of("indicators") + rows_of("indicator_components")
    assert {row[side] for row in rules for side in ("numerator_measure", "denominator_measure")} - {""} <= known
    asked = {(row["indicator_id"], row["component"]) for row in rows_of("indicator_thresholds")}
    composed = {(row["indicator_id"], row["component"]) for row in rows_of("indicator_components")}
    plain = {(row["indicator_id"], "") for row in rows_of("indicators")} - {(id_, "") for id_, _ in composed}
    assert asked == composed | plain
    assert {(row["indicator_id"], row["component"]) for row in rows_of("item_limits")} <= asked
    counted = {row["numerator_measure"] for row in rules}
    assert {row["measure_id"] for row in rows_of("check_exclusions")} <= counted


def test_no_way_of_writing_a_code_means_two_things():
    spellings = Counter()
    for row in rows_of("code_lists"):
        labels = [row["label_zh"], *filter(None, row["aliases"].split("|"))]
        written = {*labels, *([row["code"]] if row["code"] else []), *(f"{row['code']}-{label}" for label in labels if row["code"])}
        spellings.update((row["list_id"], word) for word in written)
    assert [pair for pair, times in spellings.items() if times > 1] == []


def test_seed_numbers_have_no_more_decimals_than_their_columns():
    for row in rows_of("split_weights"):
        assert re.fullmatch(r"\d+(\.\d{1,2})?", row["weight"])
    for row in rows_of("indicator_thresholds"):
        places = len(row["threshold"].partition(".")[2]) + len(row["floor_ratio"].partition(".")[2])
        assert places <= 6


def test_floors_are_what_the_standard_says(published_floors):
    assert published_floors == {
        ("1.1", "primary"): 3.57, ("1.1", "junior"): 4.505, ("1.2", "primary"): 0.85, ("1.2", "junior"): 0.85,
        ("1.3", "primary"): 0.765, ("1.3", "junior"): 0.765, ("1.4", "primary"): 3.825, ("1.4", "junior"): 4.93,
        ("1.5", "primary"): 6.375, ("1.5", "junior"): 8.67, ("1.6", "primary"): 1700.0, ("1.6", "junior"): 2125.0,
        ("1.7", "primary"): 1.955, ("1.7", "junior"): 2.04,
    }  # fmt: skip


@pytest.fixture
def published_floors(build):
    from dbt_project.world import World

    rows = build(World()).rows("indicator", kind="ratio")
    return {(row["number"], row["stage"]): row["floor"] for row in rows}


def test_no_threshold_stands_in_sql():
    """Numbers of the rules are seed rows; SQL may say 0, 1, 2, hundreds (per cent) and the scales of exact arithmetic."""
    rules = {row[column] for row in rows_of("indicator_thresholds") for column in ("threshold", "floor_ratio", "cv_limit")}
    rules |= {row["weight"] for row in rows_of("split_weights")} | {row["students_below"] for row in rows_of("scope_exclusions")}
    rules |= {row["cv_limit"] for row in rows_of("monitor_limits")}
    rules |= {row["value"] for seed in ("parameters", "item_limits") for row in rows_of(seed)}
    rules |= {row["yuan_per_student"] for row in rows_of("funding_baselines")}
    rules = {float(number) for number in rules if number} - {0.0, 1.0, 2.0, 100.0}
    found = 0
    for path in SQL:
        text = path.read_text(encoding="utf-8")
        for comment in (r"\{#.*?#\}", r"/\*.*?\*/", r"--[^\n]*", r"decimal\(\d+, \d+\)", r"\\d\{\d+\}", r"date '[^']*'"):
            text = re.sub(comment, " ", text, flags=re.DOTALL)
        numbers = {float(number) for number in re.findall(r"(?<![\w.'])\d+(?:\.\d+)?(?![\w'])", text)}
        found += len(numbers)
        assert not numbers & rules, f"{path.relative_to(PROJECT)}: {sorted(numbers & rules)}"
    assert found > 30  # the search itself finds numbers


def test_every_published_column_is_described_and_labelled(manifest):
    marts = [node for node in manifest.nodes.values() if node.resource_type == "model" and node.fqn[1] == "marts"]
    assert len(marts) == len(PUBLISHED_TABLES)
    for node in marts:
        assert node.config.contract.enforced and node.description and node.config.meta["label_zh"]
        for column in node.columns.values():
            assert column.description and column.data_type, f"{node.name}.{column.name}"
            assert column.config.meta["label_zh"] and column.config.meta["label_en"]


def test_the_manifest_knows_neither_the_machine_nor_the_run(manifest):
    said = "".join(node.raw_code for node in manifest.nodes.values())
    said += "".join(str(source.meta) for source in manifest.sources.values())
    assert "JUNHENG_HOME" not in said and "var(" not in said and str(PROJECT) not in said


def test_nothing_is_sent_or_downloaded():
    assert "send_anonymous_usage_stats: false" in (PROJECT / "dbt_project.yml").read_text(encoding="utf-8")
    profile = (PROJECT / "profiles.yml").read_text(encoding="utf-8")
    assert 'autoinstall_known_extensions: "false"' in profile and 'autoload_known_extensions: "false"' in profile
    assert not (PROJECT / "packages.yml").exists()
