"""The commands about planted faults: `junheng sandbox kinds` and `junheng sandbox score`.

Here: options, and the tables that they print. Not here: the kinds and planting (sandbox/dirt),
and how a release is scored (sandbox/scorer.py).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from pipelines.usage import refuse, settings_or_refuse

Dirty = Annotated[
    float | None,
    typer.Option("--dirty", metavar="RATE", help="Plant faults of every kind: 0.002 is usual, each kind at its own usual rate; 0.02 is ten times as many. 埋设各类差错的比率。"),
]
DirtyKinds = Annotated[
    list[str] | None,
    typer.Option("--dirty-kind", metavar="NAME[=RATE]", help="Plant this kind, may be repeated; with --dirty its own rate, 0 turns it off. `junheng sandbox kinds` lists them. 只埋设这些差错。"),
]
_SHOWN = 20


def add_to(app: typer.Typer) -> None:
    """Put the commands under `junheng sandbox`."""
    app.command("kinds")(kinds)
    app.command("score")(score)


def rates_or_refuse(dirty: float | None, chosen: list[str] | None) -> dict[str, float]:
    """Rates by kind; a name or number that is none is a usage error."""
    if dirty is None and not chosen:
        return {}
    from sandbox.dirt.kinds import rates

    try:
        return rates(dirty, chosen or [])
    except ValueError as problem:
        raise typer.BadParameter(str(problem)) from None


def kinds(
    source: Annotated[str, typer.Option("--source", help="Only the kinds of this source.")] = "",
) -> None:
    """List the kinds of fault that `sandbox make --dirty` plants. 列出可埋设的差错。

    What must become of each: **read_right** (no number differs), **quarantined** (the row, with that rule),
    **file_refused** and **held** (the whole file; the good one before it stays in use), **agreement** (the figures
    stand, and `agreement` tells that they do not fit). Rates are shares of the rows, files or schools.
    """
    from pipelines.terminal import console
    from rich.table import Column, Table
    from sandbox.dirt.kinds import all_kinds

    table = Table(Column("kind", no_wrap=True), "说明 what it is", Column("必须 must be", no_wrap=True), Column("usual rate", no_wrap=True))
    for kind in all_kinds():
        if kind.source == source or not source:
            table.add_row(kind.name, f"{kind.zh}\n{kind.en} ({kind.source}, §{kind.section})", kind.outcome, f"{kind.rate:g} {kind.per}")
    console.print(table)


def score(
    folder: Annotated[Path | None, typer.Argument(help="A made sandbox. Default: sandbox/data.")] = None,
    release: Annotated[str, typer.Option("--release", help="A release id; default: the current one.")] = "",
) -> None:
    """Hold the current release against the planted faults of a sandbox: found, missed, false alarms. 按答案评分。

    Exit code 0: every fault was met as it must be, no number differs from the truth where nothing was hit, and at
    most one row in a thousand is alarm for nothing; else 1.
    """
    settings = settings_or_refuse()
    from pipelines.settings import PROJECT_ROOT
    from sandbox.make import SUMMARY
    from sandbox.scorer import score as score_of
    from warehouse.layout import Layout

    target = folder.resolve() if folder else PROJECT_ROOT / "sandbox" / "data"
    if not (target / SUMMARY).is_file():
        refuse(f"{target} holds no sandbox: make one with `junheng sandbox make`. / 该目录下没有模拟县。")
    layout = Layout(settings.home)
    made = layout.releases / release if release else layout.current
    if not made.is_dir():
        refuse(f"There is no release {release or 'yet'}: run `junheng sandbox serve {target} -- junheng run` first. / 尚无发布版本，请先运行。")
    result = score_of(target, made.resolve())
    _print(result)
    raise typer.Exit(0 if result.is_good else 1)


def _print(result) -> None:
    from pipelines.terminal import console
    from rich.table import Table
    from sandbox.dirt.kinds import all_kinds

    table = Table("kind", "必须 must be", "planted", "found", "missed")
    for kind in all_kinds():
        if planted := result.planted[kind.name]:
            found = result.found[kind.name]
            table.add_row(kind.name, kind.outcome, str(planted), str(found), str(planted - found), style="red" if found < planted else None)
    console.print(table)
    for title, lines in (("漏报 missed", [_missed(answer) for answer in result.missed]), ("误报 false alarms", result.false_alarms), ("与真值不符 not the truth", result.truth.wrong)):
        for line in lines[:_SHOWN]:
            console.print(escape(f"{title}: {line}"), style="red")
        if len(lines) > _SHOWN:
            console.print(f"{title}: … {len(lines) - _SHOWN}", style="red")
    console.print(
        f"埋设 planted {result.planted.total()}, 发现 found {result.found.total()}, 漏报 missed {len(result.missed)}; "
        f"误报 false alarms {len(result.false_alarms)} / {result.rows} 行 rows; 真值 truth: {result.truth.rows} 行 rows, {len(result.truth.wrong)} 不符 differ"
    )


def _missed(answer) -> str:
    where = " ".join(filter(None, (answer.file, answer.sheet, answer.row or answer.row_key)))
    return f"{answer.kind}: {where}: {answer.expected} {answer.column or answer.measure} {answer.rule}".strip()
