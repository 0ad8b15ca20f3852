"""Pipelines: when things move.

Here: Dagster (assets, checks, schedules, resources), the settings, and the
command line. Not here: reading a system (sources/), where data rests
(warehouse/), what a number means (dbt_project/), whether it may go on
(expectations/).
"""
