"""The doctor: what is configured, what answers, what is missing, in words.

Here: looking, without changing anything. Not here: running (run.py).
"""

from __future__ import annotations

import os
import sys
from importlib.metadata import version
from pathlib import Path

from rich.table import Table

from pipelines.arrivals import Unlistable, arrivals
from pipelines.connections import connection
from pipelines.intake import closed_folder, no_key
from pipelines.rule_sets import rule_set_problems
from pipelines.settings import Settings
from pipelines.terminal import console, sentence
from sources.connections import Patience
from sources.declaration import Context, Source
from sources.refusal import SourceError
from sources.register import SOURCES
from warehouse.layout import Layout
from warehouse.run_record import OFF, ON, UNREACHABLE

ENGINES = ("dagster", "dbt-core", "dbt-duckdb", "duckdb", "great-expectations", "pyarrow")
SYSTEM_SETTINGS = {"student_status": "JUNHENG_STUDENT_STATUS_URL", "hr_payroll": "JUNHENG_HR_URI"}
IMPATIENT = Patience(attempts=2, first_wait=0.2, connect_timeout=3.0, read_timeout=5.0)


def missing_settings(settings: Settings, rule_set: str = "") -> list[str]:
    """Sentences about settings without which a run could not be right; empty when all is there.

    `rule_set`: asked for in place of the setting.
    """
    if settings.inbox is not None and not os.access(settings.inbox, os.R_OK | os.X_OK):
        return [f"JUNHENG_INBOX is {settings.inbox}, and there is no such folder or it may not be looked into. / 收件目录不存在或无读取权限。"]
    problems = [
        no_key(source) for source in SOURCES if source.holds_persons and settings.is_on(source.name) and not settings.key_bytes
    ]
    if settings.inbox is not None and not settings.inbox.is_dir():
        problems.append(f"JUNHENG_INBOX is {settings.inbox}, and there is no such folder. / 收件目录不存在。")
    if settings.hr_uri is not None:
        scheme = settings.hr_uri.get_secret_value().partition(":")[0]
        if scheme not in ("sqlite", "postgresql", "postgres"):
            problems.append("JUNHENG_HR_URI must begin with sqlite:/// or postgresql://. / JUNHENG_HR_URI 应以 sqlite:/// 或 postgresql:// 开头。")
    if settings.student_status_url and not settings.student_status_token:
        problems.append("JUNHENG_STUDENT_STATUS_URL is set, but JUNHENG_STUDENT_STATUS_TOKEN is not. / 未设置学籍系统令牌。")
    if not _writable(settings.home):
        problems.append(f"JUNHENG_HOME is {settings.home}, which cannot be written: it is read-only, or belongs to another user. / 数据目录不可写。")
    problems += mixed_home(settings)
    return problems + rule_set_problems(rule_set or settings.rule_set)


def unknown_folders(settings: Settings) -> list[str]:
    """Folders of the inbox that no source reads: a mistyped name would be silence."""
    if settings.inbox is None or not settings.inbox.is_dir():
        return []
    known = {source.name for source in SOURCES}
    return sorted(path.name for path in settings.inbox.iterdir() if path.is_dir() and path.name not in known)


def mixed_home(settings: Settings) -> list[str]:
    """A made-up county and a real one must never stand in one release."""
    layout = Layout(settings.home)
    if layout.made_up.exists() and not settings.sandbox:
        return [
            f"{layout.home} holds the made-up county of the sandbox. Set JUNHENG_HOME to another folder for real data, "
            "or remove this one. / 该目录存放的是模拟县数据，请为真实数据另设 JUNHENG_HOME，或删除该目录。"
        ]
    if settings.sandbox and not layout.made_up.exists() and any(layout.ledger.glob("*/*/*.json")):
        return [
            f"{layout.home} holds real deliveries, and the made-up county must not mix with them. Set JUNHENG_HOME to another "
            "folder for the sandbox. / 该目录已有真实数据，模拟县不得混入，请为模拟县另设 JUNHENG_HOME。"
        ]
    return []


def examine(settings: Settings) -> int:
    """Print what stands; returns 0 when a run can start, 2 when a setting is missing."""
    versions = "  ".join(f"{name} {version(name)}" for name in ENGINES)
    console.print(f"Python {sys.version.split()[0]}  {versions}", style="dim")
    _home(settings)
    table = Table(title="数据源 sources", title_justify="left")
    for heading in ("来源 source", "状态 state", "说明"):
        table.add_column(heading, overflow="fold")
    for source in SOURCES:
        state, said = _state(source, settings)
        style = {ON: "green", OFF: "dim"}.get(state, "red")
        table.add_row(f"{source.label_zh} {source.name}", f"[{style}]{state}[/]", said)
    console.print(table)
    problems = missing_settings(settings)
    for name in unknown_folders(settings):
        sentence(f"{settings.inbox / name} belongs to no source and is not read. / 收件目录中的 {name} 不属于任何数据源，未读取。", style="yellow")
    for problem in problems:
        sentence(problem, style="red")
    if not any(settings.is_on(source.name) for source in SOURCES):
        sentence(
            "No source is on. Copy .env.example to .env and fill in what the bureau has, or try the made-up county: make run."
            " / 尚未启用任何数据源：请复制 .env.example 为 .env 并填写，或运行 make run 试用模拟县。",
            style="yellow",
        )
    return 2 if problems else 0


def _home(settings: Settings) -> None:
    if _writable(settings.home):
        console.print(f"JUNHENG_HOME {settings.home}", style="dim")


def _writable(home: Path) -> bool:
    """Whether the home, or where it would be made, may be written."""
    place = home
    while not place.exists():
        place = place.parent
    return place.is_dir() and os.access(place, os.W_OK | os.X_OK)


def _state(source: Source, settings: Settings) -> tuple[str, str]:
    if not settings.is_on(source.name):
        return OFF, _ways_in(source)
    if source.holds_persons and not settings.key_bytes:
        return "no key", "JUNHENG_PSEUDONYM_KEY"
    state, said = ON, []
    if settings.has_system(source.name):
        try:
            first = next(source.pull(connection(source, settings), Context(settings.key_bytes), patience=IMPATIENT))
            said.append(f"系统 system: 数据日期 as of {first.as_of_date}, {first.origin.rsplit('/', 1)[0]}")
        except SourceError as problem:
            state = UNREACHABLE
            said.append(str(problem))
    if settings.has_folder(source.name):
        try:
            found = sum(1 for _ in arrivals(settings.inbox, source.name))
            said.append(f"收件目录中有 {found} 个文件 files in the inbox")
        except Unlistable as problem:
            state = UNREACHABLE
            said.extend(closed_folder(problem.folder))
    return state, "\n".join(said)


def _ways_in(source: Source) -> str:
    """What would switch a source on."""
    folder = f"收件目录 inbox {source.name}/"
    setting = SYSTEM_SETTINGS.get(source.name)
    return f"未配置 not configured: {f'{setting} 或 or ' if setting else ''}{folder}"
