"""Fuzzing the readers: how valid files are spoiled, and how long.

Here: the ways of spoiling (spoiling.py) and the budget of time (budget.py).
Not here: what must hold afterwards (tests/sources/test_fuzzing*.py).
"""
