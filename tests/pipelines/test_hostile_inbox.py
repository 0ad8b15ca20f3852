"""An inbox with everything odd in it: names, links, pipes, bombs; the county's verdict stays what it was."""

from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path

import pytest
from county_run import run_county
from odd_files import ODD
from odd_files.ledger import csv_bytes

from pipelines.arrivals import arrivals, offered
from sources.refusal import Refusal

FOLDER = "asset_register"
PLAIN = csv_bytes()


def written(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(PLAIN)


def origins(inbox: Path) -> list[str]:
    return [arrival.origin for arrival in arrivals(inbox, FOLDER)]


def refusals(inbox: Path) -> dict[str, Refusal]:
    return {found.file: found for found in offered(inbox, FOLDER) if isinstance(found, Refusal)}


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("line\nbreak.csv", r"line\nbreak.csv"),
        ("'quotes\".csv", "'quotes\".csv"),
        ("a..b.csv", "a..b.csv"),
        ("-rf.csv", "-rf.csv"),
        ("$(touch owned).csv", "$(touch owned).csv"),
        ("'; drop table schools; --.csv", "'; drop table schools; --.csv"),
        ("[bold red]x[].csv", "[bold red]x[].csv"),
        ("a\u202evsc.exe.csv", r"a\u202evsc.exe.csv"),
        ("\u200b.csv", r"\u200b.csv"),
        ("\x1b[2J.csv", r"\x1b[2J.csv"),
        ("台账　全角.csv", "台账　全角.csv"),
        ("长" * 80 + ".csv", "长" * 80 + ".csv"),
        (b"\xff\xfe.csv", r"\xff\xfe.csv"),
        ("{{ 7*7 }}%s|x|.csv", "{{ 7*7 }}%s|x|.csv"),
    ],
)
def test_a_name_is_shown_and_nothing_else(tmp_path, name, shown):
    folder = tmp_path / FOLDER
    folder.mkdir()
    (folder / os.fsdecode(name)).write_bytes(PLAIN)
    assert origins(tmp_path) == [f"{FOLDER}/{shown}"]
    assert f"{FOLDER}/{shown}".isprintable() or "\u3000" in shown


def test_what_is_no_file_is_refused_by_name_and_never_opened(tmp_path):
    folder = tmp_path / "inbox" / FOLDER
    written(folder / "real.csv")
    written(tmp_path / "outside" / "secret.csv")
    (folder / "link.csv").symlink_to(tmp_path / "outside" / "secret.csv")
    (folder / "loop.csv").symlink_to(folder / "loop.csv")
    (folder / "zero.csv").symlink_to("/dev/zero")
    (folder / "outside").symlink_to(tmp_path / "outside")
    (folder / "up").symlink_to("..")
    os.mkfifo(folder / "pipe.csv")
    with socket.socket(socket.AF_UNIX) as listener:
        here = os.getcwd()
        os.chdir(folder)  # a socket's address may not be long
        listener.bind("socket.csv")
        os.chdir(here)
        (folder / "empty.xlsx").mkdir()
        written(folder / "folder.xlsx" / "inside.csv")
        assert origins(tmp_path / "inbox") == [f"{FOLDER}/folder.xlsx/inside.csv", f"{FOLDER}/real.csv"]
        told = refusals(tmp_path / "inbox")
    assert {origin.removeprefix(f"{FOLDER}/"): refusal.found.split(" / ")[1] for origin, refusal in told.items()} == {
        "link.csv": "a link", "loop.csv": "a link", "zero.csv": "a link", "outside": "a link", "up": "a link", "pipe.csv": "a pipe", "socket.csv": "a socket",
    }  # fmt: skip
    assert {refusal.rule for refusal in told.values()} == {"not_a_file"}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes devices")
def test_a_device_is_refused(tmp_path):
    (tmp_path / FOLDER).mkdir()
    try:
        os.mknod(tmp_path / FOLDER / "zero.csv", 0o20666, os.makedev(1, 5))
    except PermissionError:
        pytest.skip("not in this container")
    assert [refusal.rule for refusal in refusals(tmp_path).values()] == ["not_a_file"]
    assert origins(tmp_path) == []


def as_another(tmp_path: Path) -> dict[str, Refusal]:
    """What is told to an account that the permissions keep out: root is kept out of nothing."""
    if os.geteuid() != 0:
        return refusals(tmp_path)
    for path in (tmp_path, *tmp_path.parents):
        if path.stat().st_uid == 0 and path.is_relative_to("/tmp/pytest-of-root"):
            path.chmod(0o755)
    os.seteuid(65534)
    try:
        return refusals(tmp_path)
    finally:
        os.seteuid(0)


def test_what_may_not_be_read_is_refused_and_the_rest_is_offered(tmp_path):
    written(tmp_path / FOLDER / "open.csv")
    written(tmp_path / FOLDER / "shut.csv")
    written(tmp_path / FOLDER / "shut folder" / "inside.csv")
    for path in (tmp_path / FOLDER).rglob("*"):
        path.chmod(0o755)
    (tmp_path / FOLDER).chmod(0o755)  # whatever mask a run in this process has set
    for path in ("shut.csv", "shut folder"):
        (tmp_path / FOLDER / path).chmod(0)
    told = as_another(tmp_path)
    assert {origin.removeprefix(f"{FOLDER}/"): refusal.rule for origin, refusal in told.items()} == {"shut.csv": "unreadable", "shut folder": "unreadable"}
    assert all("Permission denied" in refusal.message_en for refusal in told.values())
    (tmp_path / FOLDER / "shut folder").chmod(0o700)


# --- a whole county -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def clean(small_county, systems, tmp_path_factory):
    run = run_county(tmp_path_factory.mktemp("clean") / "home", systems)
    assert int(run.code) == 0, run.record.messages
    return run


def test_a_county_with_odd_files_in_its_inbox(clean, inbox, tmp_path):
    meets_odd_files(clean, inbox, tmp_path, [odd for odd in ODD if odd.refused and not odd.is_heavy])


@pytest.mark.soak
def test_a_county_with_every_odd_file_in_its_inbox(clean, inbox, tmp_path):
    meets_odd_files(clean, inbox, tmp_path, [odd for odd in ODD if odd.refused and "more rows than bytes" not in odd.what])


def meets_odd_files(clean, inbox, tmp_path, refused):
    """Files that are refused, that is: those that are read right would change the county."""
    folder, settings = inbox
    for number, odd in enumerate(refused):
        path = folder / odd.source / f"odd{number}" / odd.name
        path.parent.mkdir(parents=True)
        odd.make(path)
    odd_names = [path for path in (folder / "evidence").iterdir()]
    (folder / "evidence" / "link.xlsx").symlink_to(odd_names[0])
    os.mkfifo(folder / "survey" / "pipe.csv")
    (folder / "monitoring" / "'; drop table x;--\n\x1b[31m.csv").write_bytes(b"a,b\n1,2\n")
    home = tmp_path / "home"
    shutil.copytree(clean.home, home, symlinks=True)
    run = run_county(home, settings)
    assert int(run.code) == 4
    told = {refusal["origin"]: refusal for refusal in run.record.refused}
    for number, odd in enumerate(refused):
        said = told[f"{odd.source}/odd{number}/{odd.name}"]
        assert said["rule"] in odd.refused, odd.what
    assert {said["rule"] for origin, said in told.items() if origin.endswith(("link.xlsx", "pipe.csv"))} == {"not_a_file"}
    assert len(told) == len(refused) + 3
    journals = ("delivery.parquet", "quarantine.parquet")
    for name, digest in clean.sums.items():
        if name.endswith(".parquet") and name not in journals:
            assert run.sums[name] == digest, name
