"""The commands about the made-up county: `junheng sandbox make`, `advance` and `serve`.

Here: options, what is said, and serving a county's systems while a command runs.
Not here: the county itself (sandbox/) and planted faults (dirty_command.py).
"""

from __future__ import annotations

import os
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from pipelines import dirty_command
from pipelines.usage import refuse

sandbox_app = typer.Typer(no_args_is_help=True, help="A made-up county that behaves like the real systems. 模拟县。")


@sandbox_app.command("make")
def sandbox_make(
    folder: Annotated[Path | None, typer.Argument(help="Where to write it. Default: sandbox/data.")] = None,
    schools: Annotated[int, typer.Option(min=12, help="How many schools.")] = 128,
    students: Annotated[int | None, typer.Option(min=500, help="How many students. Default: 672 a school.")] = None,
    seed: Annotated[int, typer.Option(help="Another seed is another county.")] = 1,
    as_of: Annotated[datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="The day the county's systems speak of. Default: 2025-09-01.")] = None,
    fulfil: Annotated[list[str] | None, typer.Option("--fulfil", help="'all', or an indicator id, may be repeated: the county meets these and no others. Default: the seed decides.")] = None,
    excepting: Annotated[list[str] | None, typer.Option("--except", help="An indicator id, may be repeated: the county meets everything else.")] = None,
    files: Annotated[bool, typer.Option("--files", help="The same county as files alone: rolls, teachers and pay as exports in the inbox, no service and no database.")] = False,
    dirty: dirty_command.Dirty = None,
    dirty_kinds: dirty_command.DirtyKinds = None,
) -> None:
    """Make a county: files, stores of the systems, and the truth about it. 生成模拟县。

    With `--files` the county is one that has no system to pull from, as most have: what the
    service and the database would hand out lies in the inbox instead, as workbooks and CSV,
    and `junheng sandbox serve` configures the inbox alone. The verdict is the same.

    With `--dirty RATE` faults are planted in it, and `truth/faults.csv` tells each: where it stands, and what must become
    of it. `junheng sandbox score` holds a release against that.
    """
    from pipelines.terminal import console
    from sandbox.make import make_sandbox

    target = sandbox_folder(folder)
    options = {"dirt": dirty_command.rates_or_refuse(dirty, dirty_kinds)} | ({"as_of": as_of.date()} if as_of else {})
    try:
        county = make_sandbox(target, schools=schools, students=students, seed=seed, fulfilling=_fulfilling(fulfil or [], excepting or []), files_only=files, **options)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    console.print(_made(county))


def _fulfilling(fulfil: list[str], excepting: list[str]) -> set[str] | None:
    """What the county is to meet; None where nothing is asked. Raises ValueError for an id that is not known."""
    from sandbox.fulfilment import EVERYTHING

    if unknown := set(excepting) - EVERYTHING:
        raise ValueError(f"cannot plan {sorted(unknown)}: choose among {', '.join(sorted(EVERYTHING))} / 不能指定这些指标")
    if not fulfil and not excepting:
        return None
    met = EVERYTHING if not fulfil or "all" in fulfil else set(fulfil)
    return set(met) - set(excepting)


@sandbox_app.command("advance")
def sandbox_advance(
    folder: Annotated[Path | None, typer.Argument(help="A made sandbox. Default: sandbox/data.")] = None,
    days: Annotated[int, typer.Option("--days", min=1, help="How many days are to pass.")] = ...,
    every: Annotated[int | None, typer.Option("--every", min=1, help="Keep the truth of every so many days on the way too.")] = None,
) -> None:
    """Let days pass in the county: it changes as counties change. 让模拟县向前推进若干天。

    Pupils move, teachers retire, rotate and are hired, titles end, equipment is bought and rooms are built; on 1 September
    a new school year begins, on 1 January a new budget, in July a school is merged into another.

    Each system then speaks of the new day, and **new files arrive beside the old ones**: month-end exports, a changed
    register, corrected forms. What happened is told by `truth/changes.csv` (date, kind, school, stage, measure, before,
    after); the truth of the day lies in `truth/`, of earlier days in `truth/days/<date>/`. Ten days and then twenty give the
    same county as thirty.

    A release a month: `junheng sandbox make X --schools 20` once, then as often as you like

    `junheng sandbox advance X --days 30`

    `junheng sandbox serve X -- junheng run`

    A service that is running goes on speaking of the old day: start it again after an advance. `sandbox make` begins anew.
    """
    from pipelines.terminal import console
    from sandbox.advance import advance_sandbox

    target = sandbox_folder(folder)
    try:
        with console.status("模拟县推进中 the county moves ..."):
            advanced = advance_sandbox(target, days, every=every)
    except FileNotFoundError as problem:
        refuse(f"{problem} / 该目录下没有模拟县。")
    except ValueError as problem:
        refuse(str(problem))
    for county in advanced.counties:
        console.print(_made(county))
    console.print(escape("变化 changes: " + ", ".join(f"{kind} {number}" for kind, number in sorted(advanced.changes.items()))))
    console.print(escape(f"-> {target / 'truth' / 'changes.csv'}"), style="dim")


@sandbox_app.command("serve", options_metavar="[OPTIONS] [FOLDER] [-- COMMAND...]")
def sandbox_serve(
    context: typer.Context,
    folder: Annotated[Path | None, typer.Argument(help="A made sandbox. Default: sandbox/data.")] = None,
    make: Annotated[bool, typer.Option("--make", help="Make the default county first, if it is not there.")] = False,
    port: Annotated[int, typer.Option(help="Port of the student-status service on loopback; 0 takes a free one.")] = 0,
    faults: Annotated[float, typer.Option("--faults", min=0, max=1, help="Share of the service's answers that go wrong, such as 0.3.")] = 0.0,
    fault_seed: Annotated[int, typer.Option("--fault-seed", help="Another seed, other faults.")] = 0,
    fault_kind: Annotated[list[str] | None, typer.Option("--fault-kind", help="Only faults of this kind, may be repeated; an unknown one is answered with the list.")] = None,
) -> None:
    """Serve the county's systems; with `-- COMMAND`, only while COMMAND runs. 启动模拟系统。

    COMMAND sees the sandbox's settings in its environment, and its exit code
    is handed on: `junheng sandbox serve -- junheng run`. With `--faults` the
    service fails as real ones do: `junheng sandbox serve --faults 0.3 -- junheng run`.
    """
    from sandbox.faults import FaultPlan

    try:
        plan = FaultPlan(faults, fault_seed, tuple(fault_kind or ())) if faults or fault_kind else None
    except ValueError as problem:
        raise typer.BadParameter(str(problem)) from None
    serve_sandbox(sandbox_folder(folder), make=make, port=port, command=context.obj or [], environment={}, faults=plan)


def sandbox_folder(folder: Path | None) -> Path:
    """The folder of a made-up county; without a name the one of this checkout."""
    from pipelines.settings import PROJECT_ROOT

    return Path(folder).resolve() if folder else PROJECT_ROOT / "sandbox" / "data"


def serve_sandbox(folder: Path, *, make: bool, port: int, command: list[str], environment: dict[str, str], faults=None) -> None:
    """Serve a county while a command runs, or until interrupted; ends this process with the exit code."""
    from pipelines.terminal import console
    from sandbox.make import SUMMARY, make_sandbox
    from sandbox.serve import serve

    if make and not (folder / SUMMARY).exists():
        with console.status("生成模拟县 making the sandbox county ..."):
            county = make_sandbox(folder)
        console.print(_made(county))
    if not (folder / SUMMARY).exists():
        refuse(f"There is no sandbox in {folder}. Make one: `junheng sandbox make`. / 该目录下没有模拟县。")
    with serve(folder, port=port, faults=faults) as settings:
        if command:
            code = subprocess.run(command, env={**os.environ, **environment, **settings}, check=False).returncode
        else:
            for name, value in settings.items():
                print(f"export {name}='{value}'")
            print("# Ctrl-C ends it. 按 Ctrl-C 结束。", flush=True)
            code = _until_interrupted()
    raise typer.Exit(code)


def _made(county) -> str:
    return escape(
        f"模拟县 made-up county {county.county_code}, {county.as_of_date}: {county.schools} 所学校 schools, "
        f"{county.students} 名学生 students, {county.staff} 名教职工 staff -> {county.folder}"
    )


def _until_interrupted() -> int:
    import signal

    signal.sigwait({signal.SIGINT, signal.SIGTERM})
    return 0


dirty_command.add_to(sandbox_app)
