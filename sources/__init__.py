"""Sources: how the outside world is read.

Here: one folder a system; each turns a file, an HTTP pull or a database into
Arrow batches of declared columns, with identifiers already dropped or hashed.
Not here: writing anything (warehouse/), judging a delivery (expectations/),
deciding when to read (pipelines/), what a number means (dbt_project/).
"""
