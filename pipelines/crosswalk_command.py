"""The command about codes of schools: `junheng crosswalk add`.

Here: its options and what it says. Not here: where a decision is written (crosswalk.py) and how it is
used (dbt_project/models/crosswalk).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import typer
from rich.markup import escape

from pipelines.usage import refuse, settings_or_refuse

crosswalk_app = typer.Typer(no_args_is_help=True, help="Decide which school a source's code means. 学校代码对照。")


@crosswalk_app.command("add")
def crosswalk_add(
    source_system: Annotated[str, typer.Option("--source", help="Source whose code it is, such as finance_budget.")],
    source_code: Annotated[str, typer.Option("--code", help="The code as that source writes it.")],
    school_id: Annotated[str, typer.Option("--school", help="The 10-digit school code that it means.")],
    because: Annotated[str, typer.Option("--because", help="Why: a document, a phone call with the unit. It is kept.")],
    source_name: Annotated[str, typer.Option("--name", help="The name as that source writes it.")] = "",
    stage: Annotated[str, typer.Option(help="primary, junior or senior; empty is the whole school.")] = "",
    valid_from: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First day; empty is from the beginning.")] = None,
    valid_to: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day; empty is without end.")] = None,
    county_code: Annotated[str, typer.Option("--county", help="Six digits; default JUNHENG_COUNTY_CODE.")] = "",
) -> None:
    """Add a decision to the crosswalk in the inbox; the next run uses it. 登记代码对照决定。"""
    settings = settings_or_refuse()
    from pipelines.crosswalk import Decision, add_decision
    from pipelines.terminal import console
    from sources.refusal import Misconfigured

    decision = Decision(
        source_system=source_system, source_code=source_code, source_name=source_name, school_id=school_id, stage=stage,
        valid_from=valid_from.date() if valid_from else None, valid_to=valid_to.date() if valid_to else None,
        evidence=because, county_code=county_code or settings.county_code or "", decided_on=date.today(),
    )  # fmt: skip
    try:
        path = add_decision(settings, decision)
    except Misconfigured as problem:
        refuse(str(problem))
    console.print(escape(f"已登记 added to {path}. Run `junheng run` to use it."))
