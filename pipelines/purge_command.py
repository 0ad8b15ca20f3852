"""`junheng purge`: remove what is past its period, and say what was removed.

Here: the command and its words. Not here: what is past its period (purge.py).
"""

from __future__ import annotations

from typing import Annotated

import typer

from pipelines.usage import refuse, settings_or_refuse


def purge(
    try_only: Annotated[bool, typer.Option("--try", help="Only say what would be removed. 只列出，不清除。")] = False,
) -> None:
    """Remove what is past its period. 清除超过保存期限的数据。

    `JUNHENG_KEEP_YEARS`: deliveries that no day of so many years back uses any more, and those that were held since and
    never released. `JUNHENG_KEEP_RELEASES`: releases. `JUNHENG_KEEP_LOG_DAYS`: records and logs of runs. What is not set
    is kept for ever. The purge stands in the log of decisions; the records of the deliveries stay, without their rows.
    """
    settings = settings_or_refuse()
    if not (settings.keep_years or settings.keep_releases or settings.keep_log_days):
        refuse(
            "No period is set, so everything is kept: set JUNHENG_KEEP_YEARS, JUNHENG_KEEP_RELEASES or JUNHENG_KEEP_LOG_DAYS. "
            "/ 未设置保存期限，一切保留。"
        )
    from pipelines.purge import purge as remove
    from pipelines.terminal import console

    found = remove(settings, try_only=try_only)
    for record in found.deliveries:
        day = max(record.speaks_of, default=None)
        console.print(f"{record.source}.{record.table_name} {day or ''} {record.rows_delivered or 0} 行 rows {record.origin}", markup=False)
    for release_id in found.releases:
        console.print(f"发布版本 release {release_id}", markup=False)
    said = "将清除 would be removed" if try_only else "已清除 removed"
    console.print("没有超过期限的数据 nothing is past its period" if found.is_empty else f"{said}: {found.sentence}", markup=False)
