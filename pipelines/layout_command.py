"""`junheng layout`: how a bureau's files are read.

Here: the command and its help. Not here: what is said of a file (layout_check.py).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.usage import refuse, settings_or_refuse

layout_app = typer.Typer(no_args_is_help=True, help="How a bureau's files are read. 文件版式。")


@layout_app.callback()
def layout() -> None:
    """How a bureau's files are read. 文件版式。"""


@layout_app.command("check")
def layout_check(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="A workbook or CSV, in the inbox or anywhere.")],
    source: Annotated[str, typer.Option(help="Try this source alone, such as asset_register. Default: the drop folder it lies in, else all.")] = "",
) -> None:
    """Say what is made of a file, and what to write where nothing is. 检查文件版式。

    For each sheet: which source and layout recognise it, which headings are mapped to what,
    ignored, unknown or missing; then the unit, the day, the county and how many rows. Where
    headings are unknown it prints the lines to add; where no layout fits, a draft of one.

    To map a new export: check the file, save the draft as `sources/<source>/layouts/<name>.yaml`
    or as `<source>/<name>.yaml` in the folder that JUNHENG_LAYOUTS names, correct it, check again.
    What each setting means stands in docs/layouts.md. Nothing is landed, no home is needed, and no
    data cell is ever shown. Exit code 0: recognised; 2: not, or not as it is.
    """
    settings = settings_or_refuse()
    from pipelines.layout_check import check
    from sources.refusal import Misconfigured

    try:
        report = check(file, source, settings.inbox, settings.county_code, settings.layouts)
    except Misconfigured as problem:
        refuse(str(problem))
    print("\n".join(report.lines))
    raise typer.Exit(0 if report.is_usable else 2)
