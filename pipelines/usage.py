"""What every command asks for first, and how it says no.

Here: the settings or exit code 2, and a sentence to standard error with exit code 2.
Not here: any command (command_line.py) and what the settings are (settings.py).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer

if TYPE_CHECKING:
    from pipelines.settings import Settings


def settings_or_refuse() -> Settings:
    """The settings of this process; a value that does not hold ends it with a sentence."""
    from pydantic import ValidationError

    from pipelines.settings import Settings

    try:
        return Settings()
    except ValidationError as problem:
        lines = (f"JUNHENG_{str(error['loc'][0]).upper()}: {error['msg']}" for error in problem.errors(include_input=False))
        refuse("The settings do not hold: " + "; ".join(lines) + ". / 配置有误，请检查环境变量或 .env。")


def another_run(home: Path, busy: Exception) -> str:
    """What to say when somebody else writes into the home now."""
    return (
        f"Another run is writing into {home} ({busy}). Nothing was started; run again when it has ended. "
        "/ 另一次运行正在写入该数据目录，本次未启动，请待其结束后重试。"
    )


def refuse(text: str) -> NoReturn:
    """Say why not, and end with the exit code of usage and configuration."""
    from pipelines.terminal import sentence

    sentence(text, style="red")
    raise typer.Exit(2)
