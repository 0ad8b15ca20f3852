"""The command line: `junheng`.

Here: commands, their help, and exit codes. Each command imports what it needs
when it is called, so that `--help` and `show` answer at once.
Not here: what any command does in depth.
"""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from pipelines import desk_command, dirty_command
from pipelines.layout_command import layout_app
from pipelines.purge_command import purge
from pipelines.rectification_command import ledger_app
from pipelines.repair_command import repair
from pipelines.usage import another_run
from pipelines.usage import refuse as _refuse
from pipelines.usage import settings_or_refuse as _settings
from warehouse import access

app = typer.Typer(
    name="junheng",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,  # a frame of local values could hold what must not be shown
    help="""**均衡 Junheng**: from a county's administrative systems to a provable verdict on the national
standard for high-quality, balanced compulsory education (教督〔2017〕6号).

Typical use: `junheng doctor` (what is configured), `junheng run` (everything, once), `junheng show` (the verdict again).

Exit codes: 0 published or unchanged, 1 a defect, 2 usage or configuration, 3 a gate failed and the old release
stands, 4 published, but something offered was refused, held or unreachable.""",
)
sandbox_app = typer.Typer(no_args_is_help=True, help="A made-up county that behaves like the real systems. 模拟县。")
crosswalk_app = typer.Typer(no_args_is_help=True, help="Decide which school a source's code means. 学校代码对照。")
app.add_typer(sandbox_app, name="sandbox")
dirty_command.add_to(sandbox_app)
app.add_typer(layout_app, name="layout")
app.add_typer(crosswalk_app, name="crosswalk")
app.add_typer(ledger_app, name="ledger")
app.command("deliveries")(desk_command.deliveries)
app.command("release-hold")(desk_command.release_hold)
app.command("refusals")(desk_command.refusals)
app.command()(purge)
app.command()(repair)

Day = Annotated[datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="The day the numbers speak of. Default: the newest day that the deliveries speak of, not after today.")]


def main() -> None:
    """Entry point: a configuration error is a sentence and exit code 2."""
    os.environ.setdefault("DO_NOT_TRACK", "1")
    os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    access.keep_to_owner()
    arguments, _, command = _split(sys.argv[1:], "--")
    app(args=arguments, obj=command)


def _split(words: list[str], at: str) -> tuple[list[str], bool, list[str]]:
    """What stands before and after the first `at`: a command's own words and a command to run."""
    place = words.index(at) if at in words else len(words)
    return words[:place], place < len(words), words[place + 1 :]


@app.command()
def run(
    as_of: Day = None,
    rule_set: Annotated[str, typer.Option("--rule-set", help="Judge by this rule set instead of JUNHENG_RULE_SET.")] = "",
    full: Annotated[bool, typer.Option("--full", help="Pull systems whole, beside what changed: proves the changes right. 全量拉取。")] = False,
) -> None:
    """Pull, gate, model and publish: everything, once. 全流程运行一次。

    Contacts only configured addresses and starts no sandbox. The release is
    published when the verdict or its history changed.
    """
    settings = _settings()
    from pipelines.doctor import unknown_folders
    from pipelines.run import Exit, run_everything
    from pipelines.terminal import Progress, console, sentence, verdict_table
    from warehouse.durable import Busy
    from warehouse.layout import Layout

    _check_configuration(settings, rule_set)
    for name in unknown_folders(settings):
        sentence(f"{name}/ in the inbox belongs to no source and is not read. / 收件目录中的 {name} 不属于任何数据源，未读取。", style="yellow")
    with Progress() as progress:
        try:
            code, record = run_everything(
                settings, as_of=as_of.date().isoformat() if as_of else "", rule_set=rule_set, full=full, tell=progress.tell
            )
        except Busy as busy:
            _refuse(another_run(settings.home, busy))
    if record.release_id and code in (Exit.PUBLISHED, Exit.INCOMPLETE):
        verdict_table(Layout(settings.home).releases / record.release_id)
        console.print(f"{'已发布 published' if record.outcome == 'published' else '无变化 unchanged'}: {record.release_id}")
    for notice in record.notices:
        sentence(f"{notice['zh']}\n{notice['en']}", style="yellow")
    if code == Exit.DEFECT and not record.trouble:
        for error in progress.errors:
            sentence(error, style="red")
    for message in record.messages:
        sentence(f"{message['zh']}\n{message['en']}".strip(), style="yellow" if code == Exit.INCOMPLETE else "red")
    if (written := Layout(settings.home).run_record(record.run_id)).exists():
        console.print(f"运行记录 run record: {written}", style="dim")
    raise typer.Exit(int(code))


@app.command()
def backfill(
    periods: Annotated[str, typer.Argument(help="`payroll` (months, 2025-03) or `statistics` (school years, named by the year they begin in, 2024).")],
    first: Annotated[str, typer.Argument(help="The first period.")],
    last: Annotated[str, typer.Argument(help="The last period. Default: the first alone.")] = "",
) -> None:
    """Judge months or school years again from retained raw. 据留存的原始数据重算各期间。

    No source is contacted. Each period gets a release as of its day: a month's last, 1 September
    of a school year; `current` stays where it is unless the day is the newest.
    """
    settings = _settings()
    from pipelines.backfill import backfill_periods
    from pipelines.terminal import console, sentence
    from warehouse.durable import Busy

    _check_configuration(settings, "")
    worst = 0
    try:
        for period, code, record in backfill_periods(settings, periods, first, last or first):
            outcome = "已发布 published" if record.outcome == "published" else "无变化 unchanged" if record.release_id else "未发布 no release"
            console.print(f"{period}  {record.as_of_date or ''}  {outcome} {record.release_id or ''}")
            for message in record.messages:
                sentence(f"{message['zh']}\n{message['en']}".strip(), style="red")
            worst = max(worst, int(code), key=(0, 4, 2, 1, 3).index)
    except ValueError as problem:
        _refuse(str(problem))
    except Busy as busy:
        _refuse(another_run(settings.home, busy))
    raise typer.Exit(worst)


@app.command()
def show(
    release: Annotated[str, typer.Argument(help="A release id; default: the current one.")] = "",
) -> None:
    """Print the verdict table of a release again. 查看已发布的结论。"""
    settings = _settings()
    from pipelines.terminal import verdict_table

    from warehouse.layout import Layout

    layout = Layout(settings.home)
    known = sorted(path.name for path in layout.releases.glob("*")) if layout.releases.is_dir() else []
    if (release and release not in known) or not layout.current.is_dir():
        _refuse(
            f"There is no release {release or 'yet'} under {layout.published}; there are: {', '.join(known[-5:]) or 'none'}. "
            "Run `junheng run` first. / 尚无该发布版本，请先运行 junheng run。"
        )
    folder = layout.releases / release if release else layout.current
    verdict_table(folder.resolve())


@app.command()
def doctor() -> None:
    """Say which sources are on and reachable, and what is missing. 检查配置与数据源。"""
    settings = _settings()
    from pipelines.doctor import examine

    raise typer.Exit(examine(settings))


@app.command()
def dev(
    port: Annotated[int, typer.Option(help="Port of the web page, on this machine alone.")] = 3000,
) -> None:
    """Open Dagster's page on a persistent instance. 打开 Dagster 界面。

    Where no source is configured, the sandbox county is served as well, so
    that 'Materialize all' succeeds at the first click.
    """
    settings = _settings()
    from pipelines.run import dagster_home
    from pipelines.settings import PROJECT_ROOT
    from warehouse.layout import Layout

    layout = Layout(settings.home)
    layout.prepare()
    command = [
        str(Path(sys.executable).with_name("dagster")), "dev", "--workspace", str(PROJECT_ROOT / "workspace.yaml"),
        "--host", "127.0.0.1", "--port", str(port),
    ]  # fmt: skip
    environment = {"DAGSTER_HOME": str(dagster_home(layout))}
    if _any_source(settings):
        os.chdir(PROJECT_ROOT)
        os.execvpe(command[0], command, {**os.environ, **environment})
    _serve_sandbox(_sandbox_folder(None), make=True, port=0, command=command, environment=environment)


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

    target = _sandbox_folder(folder)
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

    target = _sandbox_folder(folder)
    try:
        with console.status("模拟县推进中 the county moves ..."):
            advanced = advance_sandbox(target, days, every=every)
    except FileNotFoundError as problem:
        _refuse(f"{problem} / 该目录下没有模拟县。")
    except ValueError as problem:
        _refuse(str(problem))
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
    _serve_sandbox(_sandbox_folder(folder), make=make, port=port, command=context.obj or [], environment={}, faults=plan)


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
    settings = _settings()
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
        _refuse(str(problem))
    console.print(escape(f"已登记 added to {path}. Run `junheng run` to use it."))


def _check_configuration(settings, rule_set: str) -> None:
    from pipelines.doctor import missing_settings

    if problems := missing_settings(settings, rule_set):
        _refuse("\n".join(problems))


def _any_source(settings) -> bool:
    return settings.inbox is not None or settings.student_status_url is not None or settings.hr_uri is not None


def _sandbox_folder(folder: Path | None) -> Path:
    from pipelines.settings import PROJECT_ROOT

    return Path(folder).resolve() if folder else PROJECT_ROOT / "sandbox" / "data"


def _serve_sandbox(folder: Path, *, make: bool, port: int, command: list[str], environment: dict[str, str], faults=None) -> None:
    from pipelines.terminal import console
    from sandbox.make import SUMMARY, make_sandbox
    from sandbox.serve import serve

    if make and not (folder / SUMMARY).exists():
        with console.status("生成模拟县 making the sandbox county ..."):
            county = make_sandbox(folder)
        console.print(_made(county))
    if not (folder / SUMMARY).exists():
        _refuse(f"There is no sandbox in {folder}. Make one: `junheng sandbox make`. / 该目录下没有模拟县。")
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


if __name__ == "__main__":
    main()
