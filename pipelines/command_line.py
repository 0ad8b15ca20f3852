"""The command line: `junheng`.

Here: commands, their help, and exit codes. Each command imports what it needs
when it is called, so that `--help` and `show` answer at once.
Not here: what any command does in depth.
"""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from pipelines import desk_command
from pipelines.crosswalk_command import crosswalk_app
from pipelines.layout_command import layout_app
from pipelines.purge_command import purge
from pipelines.rectification_command import ledger_app
from pipelines.repair_command import repair
from pipelines.sandbox_command import sandbox_app, sandbox_folder, serve_sandbox
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
app.add_typer(sandbox_app, name="sandbox")
app.add_typer(layout_app, name="layout")
app.add_typer(crosswalk_app, name="crosswalk")
app.add_typer(ledger_app, name="ledger")
app.command("deliveries")(desk_command.deliveries)
app.command("release-hold")(desk_command.release_hold)
app.command("refusals")(desk_command.refusals)
app.command()(repair)
app.command()(purge)

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
    serve_sandbox(sandbox_folder(None), make=True, port=0, command=command, environment=environment)


def _check_configuration(settings, rule_set: str) -> None:
    from pipelines.doctor import missing_settings

    if problems := missing_settings(settings, rule_set):
        _refuse("\n".join(problems))


def _any_source(settings) -> bool:
    return settings.inbox is not None or settings.student_status_url is not None or settings.hr_uri is not None


if __name__ == "__main__":
    main()
