"""The warehouse file: dbt's working place, made of raw and ledger, and so never worth repairing.

Here: doing away with one that cannot be opened any more. Not here: what is in it (dbt_project/).
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from warehouse import durable
from warehouse.candidate import QUIET, close_dbt


def remove_if_torn(path: Path) -> bool:
    """Delete the file where the engine cannot open it; returns whether it was.

    One that another process holds open is left alone. Whoever builds next must
    build everything.
    """
    if not path.exists():
        return False
    close_dbt()
    try:
        with duckdb.connect(str(path), config=QUIET) as engine:
            engine.execute("select count(*) from duckdb_tables()")
    except duckdb.Error as error:
        if "lock" in str(error):
            return False
        durable.remove(path)
        durable.remove(path.with_name(path.name + ".wal"))
        return True
    return False
