"""`junheng deliveries`, `release-hold`, `refusals`: the desk at the terminal.

Here: the commands, their words and what they print. Neither Dagster nor dbt nor Great
Expectations is imported.
Not here: what they look up and do (desk.py, refusals.py).
"""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from pipelines.usage import refuse, settings_or_refuse

STATUS_STYLE = {"in_use": "green", "accepted": "green", "refused": "bold red", "held": "bold yellow", "missing": "red", "released": "cyan"}
STATUS_LABEL = {
    "in_use": "在用", "accepted": "已验收", "superseded": "被取代", "not_yet_due": "未到日期", "refused": "退回", "held": "搁置",
    "released": "已放行", "missing": "未报送",
}  # fmt: skip
SHOWN_DIGEST = 12


def deliveries(
    source: Annotated[str, typer.Option("--source", help="Deliveries of this source, such as finance_budget.")] = "",
    table: Annotated[str, typer.Option("--table", help="Deliveries of this table, such as budget_lines.")] = "",
    county: Annotated[str, typer.Option("--county", help="Deliveries of this county (six digits).")] = "",
    status: Annotated[str, typer.Option("--status", help="in_use, accepted, superseded, not_yet_due, refused, held, released or missing.")] = "",
    missing: Annotated[bool, typer.Option("--missing", help="Who has not submitted: the same as --status missing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON array, for programs.")] = False,
) -> None:
    """List what arrived and what became of it. 查看交付记录。

    As the ledger knows it now; what is in use, superseded or missing is told as of the current release.
    """
    settings = settings_or_refuse()
    from pipelines.desk import MISSING, STATUSES, Wanted
    from pipelines.desk import deliveries as listed
    from warehouse.layout import Layout

    if status and status not in STATUSES:
        refuse(f"--status must be one of {', '.join(STATUSES)}. / 状态不正确。")
    rows = listed(Layout(settings.home), Wanted(source, table, county, MISSING if missing else status))
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=1, default=_plain))
        return
    _print(rows)


def release_hold(
    digest: Annotated[str, typer.Argument(metavar="DIGEST", help="The delivery's digest, or as much of its beginning as names it alone.")],
    because: Annotated[str, typer.Option("--because", help="Why: a document, a call with the sender. It is kept. Name no person.")],
    as_of: Annotated[datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="The day that an undated delivery speaks of.")] = None,
) -> None:
    """Let a held delivery go on; the next run takes it in. 放行被搁置的交付。

    What was held together with it, tables of the same file or pull, goes with it. The decision is written into the
    log of decisions, in the name of JUNHENG_OPERATOR.
    """
    settings = settings_or_refuse()
    from pipelines.desk import release_hold as let_go
    from pipelines.terminal import console
    from sources.refusal import Misconfigured

    try:
        released = let_go(settings, digest, because=because, as_of=as_of.date() if as_of else None)
    except Misconfigured as problem:
        refuse(str(problem))
    for record in released:
        console.print(f"已放行 released: {record.source}.{record.table_name} {record.digest[:SHOWN_DIGEST]} {record.origin}", markup=False)
    console.print("Run `junheng run` to take it in. / 请运行 junheng run 予以采用。", markup=False)


def refusals(
    school_id: Annotated[str, typer.Option("--school", help="What concerns this school (10 digits).")] = "",
    source: Annotated[str, typer.Option("--source", help="What concerns this source.")] = "",
    output: Annotated[Path | None, typer.Option("--output", help="The workbook to write. Default: refusals/ below JUNHENG_HOME.")] = None,
) -> None:
    """Write a workbook of what a sender must correct. 生成退回清单。

    Refused and held deliveries and quarantined rows that are still open, each with file, sheet, row, column, rule, and
    what to do. Never a value of a cell.
    """
    settings = settings_or_refuse()
    from pipelines.refusals import default_path, open_faults, write_workbook
    from pipelines.terminal import console
    from warehouse.layout import Layout

    layout = Layout(settings.home)
    faults = open_faults(layout, school_id=school_id, source=source)
    path = write_workbook(faults, output or default_path(layout, school_id, source))
    console.print(f"{len(faults)} 项 items: {path}", markup=False)


def _print(rows: list[dict]) -> None:
    from rich.table import Table
    from rich.text import Text

    from pipelines.terminal import console

    shown = Table(title=f"交付记录 deliveries  {len(rows)}", title_justify="left")
    shown.add_column("来源 source", overflow="fold")
    shown.add_column("区县 单位\ncounty unit", overflow="fold")
    shown.add_column("日期 期间\nas of, period", no_wrap=True)
    shown.add_column("状态\nstatus", no_wrap=True)
    shown.add_column("行数\nrows", justify="right")
    shown.add_column("摘要 digest", no_wrap=True)
    shown.add_column("文件 规则\norigin, rule", overflow="fold", ratio=1)
    for row in rows:
        said = row["message_zh"] if row["status"] in ("refused", "held") else ""
        shown.add_row(
            Text(f"{row['source']}\n{row['table']}"),
            Text(f"{row['county']}\n{row['unit']}".strip()),
            Text("\n".join(filter(None, [str(row["as_of_date"] or ""), row["period"]]))),
            Text(f"{STATUS_LABEL[row['status']]}\n{row['status']}", STATUS_STYLE.get(row["status"], "")),
            f"{row['rows']}" + (f"\n(-{row['quarantined']})" if row["quarantined"] else ""),
            Text(row["digest"][:SHOWN_DIGEST]),
            Text("\n".join(filter(None, [row["origin"], row["rule"], said]))),
        )
    console.print(shown)


def _plain(value: date | datetime) -> str:
    return value.isoformat()
