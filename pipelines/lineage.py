"""Lineage: which models a change of a source moves, told by dbt's manifest.

Here: walking the manifest's graph, and the digest of the project that the graph is of.
Not here: when something runs (automation.py) and how dbt is called (transform.py).
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Collection, Iterable, Mapping
from functools import cache

from pipelines import dbt_manifest
from pipelines.settings import PROJECT_ROOT

# dbt sources that every run writes anew (run_inputs.py): no system of the county.
OF_THE_RUN = frozenset({"ledger", "run"})


def moved_by(source_names: Collection[str], manifest: Mapping | None = None) -> frozenset[str]:
    """Names of the models that a change of these sources moves, with those that every run builds.

    Ephemeral models are walked through and not named: nothing of them is stored.
    """
    manifest = manifest or dbt_manifest.manifest()
    roots = [unique_id for unique_id, node in manifest["sources"].items() if node["source_name"] in source_names]
    return _stored(manifest, _reached(manifest["child_map"], roots)) | built_in_every_run(manifest)


def built_in_every_run(manifest: Mapping | None = None) -> frozenset[str]:
    """Names of the models that hang on what a run writes itself and on no source: the run's day,
    its rules, the ledger's lists. A change of one source passes through them in every run, so they
    are built each time; that they were built moves nothing else."""
    manifest = manifest or dbt_manifest.manifest()
    roots: dict[bool, list[str]] = {True: [], False: []}
    for unique_id, node in manifest["sources"].items():
        roots[node["source_name"] in OF_THE_RUN].append(unique_id)
    of_run, of_sources = (_reached(manifest["child_map"], roots[which]) for which in (True, False))
    return _stored(manifest, of_run - of_sources)


@cache
def project_digest() -> str:
    """SHA-256 over every model, seed and macro of the dbt project and every rule-set file."""
    manifest = dbt_manifest.manifest()
    said = [f"{unique_id} {node['checksum']['checksum']}" for unique_id, node in manifest["nodes"].items() if "checksum" in node]
    said += [f"{unique_id} {node['macro_sql']}" for unique_id, node in manifest["macros"].items() if node["package_name"] == "junheng"]
    files = (PROJECT_ROOT / "dbt_project" / "rule_sets").glob("*.csv")
    said += [f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}" for path in files]
    return hashlib.sha256("\n".join(sorted(said)).encode()).hexdigest()


def _reached(children: Mapping[str, list[str]], roots: Iterable[str]) -> set[str]:
    """Everything below the roots, without them."""
    found: set[str] = set()
    waiting = deque(roots)
    while waiting:
        below = set(children.get(waiting.popleft(), ())) - found
        found |= below
        waiting.extend(below)
    return found


def _stored(manifest: Mapping, unique_ids: Iterable[str]) -> frozenset[str]:
    nodes = (manifest["nodes"][unique_id] for unique_id in unique_ids if unique_id in manifest["nodes"])
    return frozenset(
        node["name"] for node in nodes if node["resource_type"] == "model" and node["config"]["materialized"] != "ephemeral"
    )
