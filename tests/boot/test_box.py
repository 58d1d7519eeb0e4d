"""The box: limits end what runs in it, whatever it does, and nothing of it is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from flask_prodcheck.boot.box import Box, Limits
from flask_prodcheck.boot.processes import descendants, has_proc, listening, marked, snapshot

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the box needs sessions and signals")
LINUX = pytest.mark.skipif(not has_proc(), reason="needs /proc")
ENV = {"PATH": os.environ.get("PATH", os.defpath)}
TWICE_FORKED = """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(600)
    os._exit(0)
"""
KILLS_ITS_KEEPER = """
import os, signal, time
if os.fork() == 0:
    os.setsid()
    time.sleep(600)
os.kill(os.getppid(), signal.SIGKILL)
time.sleep(600)
"""


NO_LIMITS = Limits()


def run(folder: Path, code: str, limits: Limits = NO_LIMITS, seconds: float = 60) -> Box:
    with Box([sys.executable, "-c", code], cwd=folder, env=ENV, limits=limits) as box:
        box.wait(seconds)
    return box


def test_status_and_output(tmp_path: Path) -> None:
    box = run(
        tmp_path, "import os, sys; print(os.getcwd(), flush=True); print('to stderr', file=sys.stderr); sys.exit(7)"
    )
    assert (box.status, box.over, box.left, box.clean, box.failure) == (7, "", 0, True, "")
    assert box.output.splitlines() == [str(tmp_path), "to stderr"]


def test_environment_is_only_what_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hidden")
    names = run(tmp_path, "import os; print(*sorted(os.environ))").output.split()
    assert set(names) <= {"PATH", "PRODCHECK_BOX", "LC_CTYPE", "__CF_USER_TEXT_ENCODING"}
    assert "PRODCHECK_BOX" in names


def test_a_program_that_does_not_exist(tmp_path: Path) -> None:
    with Box([str(tmp_path / "none")], cwd=tmp_path, env=ENV, limits=Limits()) as box:
        assert box.wait(20)
    assert "FileNotFoundError" in box.failure
    assert box.status is None


def test_wall_clock(tmp_path: Path) -> None:
    started = time.monotonic()
    box = run(tmp_path, "import time; time.sleep(600)", Limits(seconds=1))
    assert (box.over, box.status, box.clean) == ("seconds", None, True)
    assert time.monotonic() - started < 15


def test_a_signal_reaches_the_command(tmp_path: Path) -> None:
    code = "import signal, time; signal.signal(signal.SIGTERM, lambda *_: exit(3)); print('up', flush=True); time.sleep(99)"
    with Box([sys.executable, "-c", code], cwd=tmp_path, env=ENV, limits=Limits(seconds=30)) as box:
        while "up" not in box.output and box.lives:
            time.sleep(0.02)
        assert [process.pid for process in box.members()] == [box.pid]
        box.signal(signal.SIGTERM)
        assert box.wait(10)
        assert box.status == 3


def test_output_is_bounded_and_its_beginning_and_end_are_kept(tmp_path: Path) -> None:
    code = "import sys; print('first'); sys.stdout.write('x' * 5_000_000); print('last')"
    box = run(tmp_path, code)
    assert box.status == 0
    assert box.printed > 5_000_000
    assert len(box.output) < 300_000
    assert box.output.startswith("first\n")
    assert box.output.endswith("last\n")
    assert " bytes ...]" in box.output


def test_printing_without_end(tmp_path: Path) -> None:
    box = run(tmp_path, "while True: print('x' * 10_000)", Limits(output=3_000_000))
    assert (box.over, box.clean) == ("output", True)


@LINUX
def test_forking_without_end(tmp_path: Path) -> None:
    box = run(tmp_path, "import os\nwhile True: os.fork()", Limits(processes=40))
    assert (box.over, box.clean) == ("processes", True)


def test_memory(tmp_path: Path) -> None:
    box = run(tmp_path, "x = 'a' * 2_000_000_000", Limits(memory=1_000_000_000))
    if sys.platform.startswith("linux"):
        assert box.status == 1
        assert "MemoryError" in box.output
    assert box.clean


def test_a_written_file_is_bounded(tmp_path: Path) -> None:
    run(tmp_path, "open('big', 'wb').write(b'x' * 5_000_000)", Limits(file=1_000_000))
    assert (tmp_path / "big").stat().st_size <= 1_000_000


@LINUX
def test_what_forks_twice_into_a_session_of_its_own_is_found(tmp_path: Path) -> None:
    box = run(tmp_path, TWICE_FORKED)
    assert (box.status, box.left, box.clean) == (0, 1, True)
    assert marked(box.mark) == []


@LINUX
def test_what_kills_its_keeper_is_found(tmp_path: Path) -> None:
    box = run(tmp_path, KILLS_ITS_KEEPER)
    assert box.failure == "it killed the process that watches it"
    assert box.clean
    assert marked(box.mark) == []


@LINUX
def test_nothing_outlives_prodcheck_itself(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from flask_prodcheck.boot.box import Box, Limits\n"
        "box = Box([sys.executable, '-c', 'import time; time.sleep(600)'], cwd=Path('.'), env={}, limits=Limits())\n"
        "box.__enter__(); print(box.mark, flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as outer:
        assert outer.stdout is not None
        mark = outer.stdout.readline().strip()
        assert marked(mark)
        outer.kill()
    end = time.monotonic() + 20
    while marked(mark) and time.monotonic() < end:
        time.sleep(0.05)
    assert marked(mark) == []


def test_snapshot_holds_this_process_and_its_child() -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as child:
        found = descendants(os.getpid(), snapshot())
        child.kill()
    assert child.pid in [process.pid for process in found]


@LINUX
def test_listening_sockets_of_a_process() -> None:
    import socket

    with socket.socket() as one, socket.socket(socket.AF_INET6) as other:
        one.bind(("127.0.0.1", 0))
        one.listen()
        other.bind(("::1", 0))
        other.listen()
        wanted = {("127.0.0.1", one.getsockname()[1]), ("::1", other.getsockname()[1])}
        assert wanted <= listening([os.getpid()])
    assert not wanted & listening([os.getpid()])
