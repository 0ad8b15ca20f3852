"""What the terminal shows: progress, the verdict table, sentences.

Here: how things are printed; colour only where there is a terminal.
Not here: what is decided (the release) and exit codes (run.py).
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from pipelines.run import Step

WIDTH_OF_A_FILE = 110  # where there is no terminal to ask: wide enough that no table is cut


def _console(*, stderr: bool = False) -> Console:
    found = Console(stderr=stderr, highlight=False)
    return found if found.is_terminal else Console(stderr=stderr, highlight=False, width=WIDTH_OF_A_FILE)


console = _console()
errors = _console(stderr=True)

VERDICT_STYLE = {"pass": "bold green", "fail": "bold red", "undecided": "bold yellow", "out_of_scope": "dim"}
VERDICT_LABEL = {"pass": "达标 pass", "fail": "未达标 fail", "undecided": "待定 undecided", "out_of_scope": "不纳入 out of scope"}
STAGE_LABEL = {"primary": "小学 primary", "junior": "初中 junior"}  # in the order of the school years
NOT_MET = ("within_floor", "below_floor", "no_data")


class Progress:
    """A line a step; on a terminal the running step is shown while it runs."""

    def __init__(self) -> None:
        self.errors: list[str] = []  # of failed steps: shown where the failure is a defect
        self._done = 0
        self._status = console.status("准备 preparing ...") if console.is_terminal else None

    def __enter__(self) -> Progress:
        if self._status:
            self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._status:
            self._status.stop()

    def tell(self, step: Step) -> None:
        name = step.name.replace("_", " ")
        if step.state == "started":
            if self._status:
                self._status.update(f"[{self._done}/{step.of}] {name} ...")
            return
        self._done += 1
        mark, style = ("✓", "green") if step.state == "done" else ("✗", "red")
        seconds = f"{step.seconds:6.2f} s" if step.seconds is not None else ""
        console.print(Text.assemble((f" {mark} ", style), f"{name:<28}", (seconds, "dim")))
        if step.error:
            self.errors.append(step.error)


def verdict_table(release: Path) -> None:
    """Print a release's verdict: the county, its units, the failing indicators, the files.

    `release` is a release folder. Reads Parquet alone.
    """
    compliance = _rows(release, "county_compliance")
    units = Counter((row["county_code"], row["stage"], row["verdict"]) for row in _rows(release, "school_compliance"))
    statuses = Counter(
        (row["county_code"], row["stage"], row["indicator_id"], row["status"]) for row in _rows(release, "school_indicator")
    )
    names = _indicator_names(release)
    order = {indicator: place for place, indicator in enumerate(names)}
    balance = sorted(
        _rows(release, "county_balance"),
        key=lambda row: (order[row["indicator_id"]], list(STAGE_LABEL).index(row["stage"])),
    )

    resource_names = {names[row["indicator_id"]] for row in balance}
    for county in sorted({row["county_code"] for row in compliance}):
        parts = {row["part"]: row["verdict"] for row in compliance if row["county_code"] == county}
        as_of = next(row["as_of_date"] for row in compliance if row["county_code"] == county)
        console.print()
        console.print(
            Text.assemble(
                (f"{county}  ", "bold"), f"{as_of}  ", "县级结论 county verdict: ", _verdict(parts["all"]),
                "   资源配置 resources: ", _verdict(parts["resource"]),
            )
        )  # fmt: skip
        counts = Table(title="学校（学段）单位 school units", title_justify="left")
        counts.add_column("学段 stage")
        for verdict, label in VERDICT_LABEL.items():
            counts.add_column(label.replace(" ", "\n", 1), justify="right", style=VERDICT_STYLE[verdict], no_wrap=True)
        for stage, label in STAGE_LABEL.items():
            counts.add_row(label, *(str(units[county, stage, verdict]) for verdict in VERDICT_LABEL))
        console.print(counts)

        failing = Table(title="未全部达到的指标 indicators that are not met everywhere", title_justify="left")
        failing.add_column("指标 indicator", overflow="fold")
        failing.add_column("学段 stage", no_wrap=True)
        for heading in ("≥ 85 %\nwithin floor", "< 85 %\nbelow floor", "缺数据\nno data", "差异系数\nCV", "上限\nlimit"):
            failing.add_column(heading, justify="right", no_wrap=True)
        for row in balance:
            if row["county_code"] != county:
                continue
            numbers = [statuses[county, row["stage"], row["indicator_id"], status] for status in NOT_MET]
            if any(numbers) or row["status"] != "met":
                cv = "–" if row["cv"] is None else f"{row['cv']:.6f}"
                style = "" if row["status"] == "met" else "red"
                failing.add_row(
                    names.get(row["indicator_id"], row["indicator_id"]), STAGE_LABEL[row["stage"]],
                    *(str(number) if number else "" for number in numbers), Text(cv, style), f"{row['cv_limit']:.2f}",
                )  # fmt: skip
        console.print(failing)
        failed = {
            row["indicator_id"]
            for row in _rows(release, "county_indicator")
            if row["county_code"] == county and row["status"] == "not_met"
        }
        others = [name for indicator, name in names.items() if indicator in failed and name not in resource_names]
        if others:
            console.print("其他部分未达标的指标 indicators of other parts that are not met")
            for name in others:
                console.print(Text(f"  {name}", "red"))
    console.print(Text.assemble("文件 files: ", (str(release), "bold")))


def _verdict(verdict: str) -> tuple[str, str]:
    return (VERDICT_LABEL[verdict], VERDICT_STYLE[verdict])


def _rows(release: Path, table: str) -> list[dict]:
    # ParquetFile, not read_table: the latter imports pandas, which takes longer than all the rest
    from pyarrow.parquet import ParquetFile

    return ParquetFile(release / f"{table}.parquet").read().to_pylist()


def _indicator_names(release: Path) -> dict[str, str]:
    rows = [row for row in _rows(release, "indicator") if row["number"]]  # rules that combine indicators have no number
    # 2.10 after 2.9; vetoes (V1 ...) after the numbers
    rows.sort(key=lambda row: [(not part.isdigit(), part.rjust(4)) for part in row["number"].split(".")])
    return {row["id"]: f"{row['number']} {row['name_zh']}" for row in rows}


def sentence(text: str, *, style: str = "") -> None:
    """A sentence for the person at the terminal, to standard error."""
    errors.print(Text(text, style))
