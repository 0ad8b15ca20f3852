"""The dbt manifest: made when the project is set up, read when definitions load.

Here: where it lies, whether it still speaks of the files beside it, and making
it anew. Not here: running dbt (transform.py).
"""

from __future__ import annotations

import json
import os
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from pipelines.settings import PROJECT_ROOT

DBT_PROJECT = PROJECT_ROOT / "dbt_project"
TARGET = DBT_PROJECT / "target"
MANIFEST = TARGET / "manifest.json"
PARSED = TARGET / "partial_parse.msgpack"
SPOKEN_OF = ("*.sql", "*.yml", "*.csv", "*.md")


def is_current() -> bool:
    """Whether the manifest is younger than every file of the dbt project."""
    if not (MANIFEST.exists() and PARSED.exists()):
        return False
    made = MANIFEST.stat().st_mtime_ns
    files = (path for pattern in SPOKEN_OF for path in DBT_PROJECT.rglob(pattern) if TARGET not in path.parents)
    return all(path.stat().st_mtime_ns <= made for path in files)


def prepare() -> Path:
    """Make the manifest if it is missing or older than the project; return its path.

    Raises RuntimeError with dbt's own words when the project does not parse.
    """
    if not is_current():
        from dbt.cli.main import dbtRunner

        # parsing opens no database, but the profile wants to know where one would lie
        home = os.environ.get("JUNHENG_HOME")
        os.environ["JUNHENG_HOME"] = home or str(TARGET)
        TARGET.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=TARGET) as making:
            arguments = [
                "parse", "--quiet", "--project-dir", DBT_PROJECT, "--profiles-dir", DBT_PROJECT, "--target-path", making, "--log-path", TARGET,
            ]  # fmt: skip
            outcome = dbtRunner().invoke([str(argument) for argument in arguments])
            if home is None:
                del os.environ["JUNHENG_HOME"]
            if not outcome.success:
                raise RuntimeError(f"the dbt project does not parse: {outcome.exception or outcome.result}")
            # The manifest last, each whole at once: a kill must not leave half of one that looks current.
            for made in (PARSED, MANIFEST):
                os.replace(Path(making, made.name), made)
        MANIFEST.touch()
    return MANIFEST


@cache
def manifest() -> dict[str, Any]:
    """The manifest as a dictionary, read once a process."""
    return json.loads(prepare().read_text(encoding="utf-8"))


def parsed_manifest():
    """The manifest as dbt's own object, a fresh one for every invocation, because dbt writes
    what it compiles into it. Handed to dbtRunner, nothing is parsed again."""
    from dbt.contracts.graph.manifest import Manifest

    prepare()
    return Manifest.from_msgpack(PARSED.read_bytes())


if __name__ == "__main__":
    prepare()
