"""The judging worker: it answers, and it does not outlive the run that started it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys


def test_the_worker_ends_with_a_run_that_is_killed():
    code = (
        "from pipelines.judging import worker\n"
        "import os, sys\n"
        "if __name__ == '__main__':\n"
        "    print(worker().submit(os.getpid).result(), flush=True)\n"
        "    sys.stdin.read()\n"
    )
    run = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    pid = int(run.stdout.readline())
    handle = os.pidfd_open(pid)
    run.send_signal(signal.SIGKILL)
    run.wait()
    import select

    ended, _, _ = select.select([handle], [], [], 30)
    os.close(handle)
    assert ended, "the worker is still there after its run was killed"
