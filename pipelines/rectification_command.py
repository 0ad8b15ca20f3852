"""`junheng ledger`: the rectification ledger (整改台账) at the terminal.

Here: the commands, their words and what they print. Each reads the current release
alone: neither Dagster nor dbt nor Great Expectations is imported.
Not here: the file that notes go into (rectification.py).
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from pipelines.usage import refuse, settings_or_refuse

ledger_app = typer.Typer(no_args_is_help=True, help="What is to be mended, and notes on it. 整改台账。")

STATUS_LABEL = {"open": "待整改 open", "improved": "有改善 improved", "reopened": "重新立项 reopened", "unknown": "数据缺失 unknown", "closed": "已销号 closed"}
STATUS_STYLE = {"open": "red", "improved": "yellow", "reopened": "bold red", "unknown": "magenta", "closed": "green"}
UNIT_LABEL = {
    "persons": "人", "m2": "m²", "rooms": "间", "yuan": "元", "students": "人", "classes": "班", "schools": "校",
    "documents": "份", "differences": "处", "school_units": "个单位", "ratio": "",
}  # fmt: skip


@ledger_app.command("show")
def show(
    only_open: Annotated[bool, typer.Option("--open", help="Only what is not closed.")] = False,
    school_id: Annotated[str, typer.Option("--school", help="Items of this school (10 digits).")] = "",
    township: Annotated[str, typer.Option("--township", help="Items of this township's schools.")] = "",
) -> None:
    """Print the items of the current release. 查看整改台账。"""
    from rich.table import Table
    from rich.text import Text

    from pipelines.rectification import items
    from pipelines.terminal import console

    release = _current_release()
    found = items(release, only_open=only_open, school_id=school_id, township=township)
    table = Table(title=f"整改台账 rectification ledger  {release.name}  {len(found)} 项 items", title_justify="left")
    table.add_column("编号 item", no_wrap=True)
    table.add_column("问题 finding", overflow="fold", ratio=1)
    table.add_column("现状/目标\nnow/target", justify="right")
    table.add_column("差额\ngap", justify="right", max_width=14)
    table.add_column("状态\nstatus")
    table.add_column("期限\ndue", no_wrap=True)
    table.add_column("注\nnotes", justify="right")
    for row in found:
        lesser = "（轻微 lesser）" if row["is_lesser"] else ""
        table.add_row(
            row["item_id"],
            Text("\n".join(filter(None, [_where(row), row["finding_zh"] + lesser]))),
            f"{_number(row['current_value'])}\n{_number(row['target'])}",
            f"{_number(row['gap'])} {UNIT_LABEL.get(row['gap_unit'], row['gap_unit'] or '')}".strip(),
            Text(STATUS_LABEL[row["status"]].replace(" ", "\n", 1), STATUS_STYLE[row["status"]]),
            str(row["due_on"] or ""),
            str(row["notes_count"] or ""),
        )
    console.print(table)


@ledger_app.command("note")
def note(
    item_id: Annotated[str, typer.Argument(metavar="ITEM_ID", help="The item's sixteen letters, as `ledger show` prints them.")],
    because: Annotated[str, typer.Option("--because", help="What is to be kept. Name no person; long runs of digits are blotted out.")],
    noted_by: Annotated[str, typer.Option("--by", help="The office that notes it; never a person.")] = "",
) -> None:
    """Add a note to an item; only later data can close it. 登记备注，备注不能销号。"""
    from pipelines.rectification import add_note, items
    from pipelines.terminal import console
    from sources.refusal import Misconfigured

    settings = settings_or_refuse()
    release = _current_release()
    item = next((row for row in items(release) if row["item_id"] == item_id), None)
    if item is None:
        refuse(f"There is no item {item_id!r} in release {release.name}; `junheng ledger show` lists them. / 台账中没有该编号。")
    try:
        path = add_note(settings, item, because, noted_on=date.today(), noted_by=noted_by)
    except Misconfigured as problem:
        refuse(str(problem))
    console.print(f"已登记 added to {path}. Run `junheng run` to see it in the ledger.", markup=False)


def _current_release() -> Path:
    from warehouse.layout import Layout

    current = Layout(settings_or_refuse().home).current
    if not (current / "rectification_ledger.parquet").exists():
        refuse(f"There is no release with a ledger under {current.parent}. Run `junheng run` first. / 尚无台账，请先运行 junheng run。")
    return current.resolve()


def _where(row: dict) -> str:
    return " ".join(filter(None, [row["township"], row["school_name"] or row["school_id"], row["item"]]))


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:,.10g}" if abs(value) < 1e6 and value == int(value) else f"{value:,.4f}".rstrip("0").rstrip(".")
