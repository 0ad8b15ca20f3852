"""Whether it may go on: suites made from declarations, and one small judge.

Here: everything that knows Great Expectations, imported when a gate is first
used and not before (it takes seconds).
Not here: thresholds of the standard (dbt seeds); what happens after a judgement
(warehouse/settling.py, pipelines/).
"""
