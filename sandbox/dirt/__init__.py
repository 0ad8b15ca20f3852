"""Dirt: faults planted in a made-up county after it was written clean, and the answer key to them.

Here: one module a source's kinds of fault, one registry of all (kinds.py), what they are
planted in (ground.py). Not here: the clean county, and how a release did on it (scorer.py).
"""
