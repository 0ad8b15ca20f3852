"""`junheng repair`: look at ledger and raw, put right what can be, and give up what cannot.

Here: the command and its words. Not here: what is damaged and how it is mended (warehouse/mending.py).
"""

from __future__ import annotations

from typing import Annotated

import typer

from pipelines.usage import another_run, refuse, settings_or_refuse


def repair(
    give_up: Annotated[str, typer.Option("--give-up", help="Id of a delivery that is lost for good: do without it from now on.")] = "",
    because: Annotated[str, typer.Option("--because", help="Why it is given up: what was asked of whom. It is kept.")] = "",
) -> None:
    """Examine ledger and raw, and mend what can be mended. 检查并修复台账与原始层。

    A run does the same by itself: after a crash nothing has to be repaired by hand. This command is for what a disk, a
    backup or a person damaged. Exit code 0: all is whole; 3: something is lost, and no release is made until its file
    lies in the inbox again, a backup is put back, or it is given up with `--give-up ID --because "..."`.
    """
    settings = settings_or_refuse()
    from pipelines.terminal import console, sentence
    from warehouse import durable
    from warehouse.layout import Layout
    from warehouse.mending import broken, give_up as do_without, mend
    from warehouse.release import current_release
    from warehouse.run_record import Exit
    from warehouse.settling import clear_unfinished

    if bool(give_up) != bool(because.strip()):
        refuse("--give-up and --because go together: what, and why. / 请同时给出 --give-up 与 --because。")
    layout = Layout(settings.home)
    if not layout.ledger.is_dir():
        refuse(f"There is nothing under {layout.home} yet. / 该数据目录尚无内容。")
    try:
        with durable.lock(layout.run_lock, wait=False):
            clear_unfinished(layout)
            for one in mend(layout):
                sentence(f"{one.message['zh']}\n{one.message['en']}", style="green")
            release = layout.current.resolve() if current_release(layout) else None
            missing = broken(layout, release)
            if give_up:
                named = next((gone for gone in missing if gone.delivery_id == give_up), None)
                if named is None:
                    refuse(f"{give_up} is not among what is lost; `junheng repair` lists it. / 该编号不在丢失清单中。")
                do_without(layout, named, because.strip())
                missing = broken(layout, release)
    except durable.Busy as busy:
        refuse(another_run(settings.home, busy))
    for gone in missing:
        sentence(f"{gone.message['message_zh']}\n{gone.message['message_en']}", style="red")
    if not missing:
        console.print("台账与原始层完整 ledger and raw are whole")
    raise typer.Exit(int(Exit.GATE if missing else Exit.PUBLISHED))
