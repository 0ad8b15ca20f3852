"""Serving the sandbox: the student-status service in its own process, and what a run must know.

Here: starting, waiting for and ending that process; the settings that point a run
at the sandbox. Not here: the service (student_status_service.py), the command line.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sandbox.faults import FaultPlan
from sandbox.make import HR_DATABASE, INBOX, orders_of, read_summary

_SECONDS_TO_END = 10


@contextmanager
def serve(
    folder: Path,
    *,
    port: int = 0,
    requests_per_second: float | None = None,
    page_rows: int | None = None,
    faults: FaultPlan | None = None,
) -> Iterator[dict[str, str]]:
    """Start the service and yield the environment variables of a run on this sandbox.

    A sandbox of files alone has no system to serve: its settings name only the inbox.
    Raises FileNotFoundError where `folder` holds no sandbox and RuntimeError when
    the service does not start. Its process group is ended on leaving.
    """
    folder = Path(folder).resolve()
    summary = read_summary(folder)
    inbox = {"JUNHENG_SANDBOX": "1", "JUNHENG_INBOX": str(folder / INBOX), "JUNHENG_PSEUDONYM_KEY": summary["pseudonym_key"]}
    if all(order.files_only for order in orders_of(summary)):
        yield inbox
        return
    command = [sys.executable, "-m", "sandbox.student_status_service", str(folder), "--port", str(port), "--until-input-closes"]
    if requests_per_second is not None:
        command += ["--requests-per-second", str(requests_per_second)]
    if page_rows is not None:
        command += ["--page-rows", str(page_rows)]
    if faults is not None:
        command += faults.arguments()
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True)
    try:
        url = _address(process)
        _ask_state(url, summary["student_status_token"])
        yield {
            **inbox,
            "JUNHENG_STUDENT_STATUS_URL": url,
            "JUNHENG_STUDENT_STATUS_TOKEN": summary["student_status_token"],
            "JUNHENG_HR_URI": f"sqlite:///{folder / HR_DATABASE}",
        }
    finally:
        _end(process)


def _address(process: subprocess.Popen) -> str:
    """The address on the first line of the service; a service that ends first closes its output."""
    line = process.stdout.readline().strip()
    _, said, url = line.partition("listening on ")
    if not said:
        raise RuntimeError(
            f"the student-status service did not start (exit code {process.wait()}); its words are above / 学籍服务未能启动，原因见上"
        )
    return url


def _ask_state(url: str, token: str) -> None:
    """One request: its socket listens already, so this returns when the service answers."""
    request = urllib.request.Request(f"{url}/v1/state", headers={"Authorization": f"Bearer {token}"})
    # no proxy stands between this machine and itself
    urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30).close()


def _end(process: subprocess.Popen) -> None:
    """End the process group, firmly when it lingers."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, how)
        except ProcessLookupError:
            break
        try:
            process.wait(_SECONDS_TO_END)
            break
        except subprocess.TimeoutExpired:
            continue
    process.wait()
    process.stdin.close()
    process.stdout.close()
