"""Trouble with the disk: told apart from a defect, in words.

Here: recognising that a disk is full, read-only or failing in whatever an engine
says of it. Not here: writing (durable.py) and what a run does about it.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path

# The system's words for each, which Python, Arrow, DuckDB and dbt all hand on.
FULL = tuple(map(os.strerror, (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)))
CLOSED = tuple(map(os.strerror, (errno.EROFS, errno.EACCES, errno.EPERM)))
FAILING = (os.strerror(errno.EIO),)


def disk_trouble(said: object, home: Path) -> dict[str, str] | None:
    """What to tell a person when an error speaks of the disk; None when it speaks of something else.

    `said`: an exception or its text. Returns `zh` and `en` sentences.
    """
    text = str(said)
    if any(words in text for words in FULL):
        return {
            "en": f"The disk is full, or the most that one file or user may hold is reached: {home}. What is published stands "
            "whole. Make room (older releases, other files) and run again; nothing needs repair.",
            "zh": f"磁盘已满或已达文件、用户配额上限：{home}。已发布的版本完整无损。请腾出空间后重新运行，无需修复。",
        }
    if any(words in text for words in CLOSED) and str(home) in text:
        return {
            "en": f"{home} cannot be written: it is read-only, or belongs to another user. What is published stands "
            "whole. Give the user of this run the right to write there, or set JUNHENG_HOME to another folder.",
            "zh": f"{home} 不可写：只读或属于其他用户。已发布的版本完整无损。请授予写权限，或另设 JUNHENG_HOME。",
        }
    if any(words in text for words in FAILING):
        return {
            "en": f"The disk answered with an error while {home} was read or written. What is published "
            "stands whole. Have the disk examined before the next run.",
            "zh": f"读写 {home} 时磁盘报错。已发布的版本完整无损。请先检查磁盘再运行。",
        }
    return None
