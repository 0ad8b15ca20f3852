"""Where data rests: paths, landed deliveries and their ledger, releases, records of runs.

Here: everything that writes under JUNHENG_HOME except what dbt, Dagster and
Great Expectations write there themselves.
Not here: reading a system (sources/), judging a delivery (expectations/),
meaning (dbt_project/), deciding when (pipelines/).
"""
