"""What the terminal shows: progress, the verdict table, sentences.

Here: how things are printed; colour only where there is a terminal.
Not here: what is decided (the release) and exit codes (run.py).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from pipelines.run import Step

console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)

VERDICT_STYLE = {"pass": "bold green", "fail": "bold red", "undecided": "bold yellow", "out_of_scope": "dim"}
VERDICT_LABEL = {"pass": "达标 pass", "fail": "未达标 fail", "undecided": "待定 undecided", "out_of_scope": "不纳入 out of scope"}
STAGE_LABEL = {"primary": "小学 primary", "junior": "初中 junior"}
NOT_MET = ("within_floor", "below_floor", "no_data")


class Progress:
    """A line a step; on a terminal the running step is shown while it runs."""

    def __init__(self) -> None:
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
            errors.print(Text(step.error, "red"))


def verdict_table(release: Path) -> None:
    """Print a release's verdict: the county, its units, the failing indicators, the files.

    `release` is a release folder. Reads Parquet alone.
    """
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    compliance = pq.read_table(release / "county_compliance.parquet").to_pylist()
    units = pq.read_table(release / "school_compliance.parquet", columns=["county_code", "stage", "verdict"])
    indicators = pq.read_table(release / "school_indicator.parquet", columns=["county_code", "stage", "indicator_id", "status"])
    balance = pq.read_table(release / "county_balance.parquet").to_pylist()
    names = _indicator_names(release)

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
        here = units.filter(pc.equal(units["county_code"], county))
        counts = Table(title="学校（学段）单位 school units", title_justify="left")
        counts.add_column("学段 stage")
        for verdict in VERDICT_LABEL:
            counts.add_column(VERDICT_LABEL[verdict], justify="right", style=VERDICT_STYLE[verdict])
        for stage, label in STAGE_LABEL.items():
            of_stage = here.filter(pc.equal(here["stage"], stage))["verdict"].to_pylist()
            counts.add_row(label, *(str(of_stage.count(verdict)) for verdict in VERDICT_LABEL))
        console.print(counts)

        failing = Table(title="未全部达到的指标 indicators that are not met everywhere", title_justify="left")
        for heading in ("指标 indicator", "学段 stage"):
            failing.add_column(heading)
        for heading in ("85 %–100 % within floor", "低于 85 % below floor", "缺数据 no data", "差异系数 CV", "上限 limit"):
            failing.add_column(heading, justify="right")
        shown = indicators.filter(pc.equal(indicators["county_code"], county))
        for row in balance:
            if row["county_code"] != county:
                continue
            same = pc.and_(pc.equal(shown["stage"], row["stage"]), pc.equal(shown["indicator_id"], row["indicator_id"]))
            statuses = shown.filter(same)["status"].to_pylist()
            numbers = [statuses.count(status) for status in NOT_MET]
            if any(numbers) or row["status"] != "met":
                cv = "–" if row["cv"] is None else f"{row['cv']:.6f}"
                style = "" if row["status"] == "met" else "red"
                failing.add_row(
                    names.get(row["indicator_id"], row["indicator_id"]), STAGE_LABEL[row["stage"]],
                    *(str(number) if number else "" for number in numbers), Text(cv, style), f"{row['cv_limit']:.2f}",
                )  # fmt: skip
        console.print(failing)
    console.print(Text.assemble("文件 files: ", (str(release), "bold")))


def _verdict(verdict: str) -> tuple[str, str]:
    return (VERDICT_LABEL[verdict], VERDICT_STYLE[verdict])


def _indicator_names(release: Path) -> dict[str, str]:
    import pyarrow.parquet as pq

    rows = pq.read_table(release / "indicator.parquet").to_pylist()
    return {row["id"]: f"{row['number']} {row['name_zh']}" for row in rows}


def sentence(text: str, *, style: str = "") -> None:
    """A sentence for the person at the terminal, to standard error."""
    errors.print(Text(text, style))
