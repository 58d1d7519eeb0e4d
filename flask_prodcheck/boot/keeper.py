"""The process between prodcheck and what it runs: it limits that, and ends all of it, whatever happens to prodcheck.

It runs with prodcheck's own interpreter in a session of its own. On Linux every process below it that loses its parent
becomes its child (``prctl(2)``, PR_SET_CHILD_SUBREAPER), so none gets away by forking twice. It ends everything when
its standard input is closed, which is also what happens when prodcheck dies. One JSON object a line on standard output
says what happened: ``group`` (the control group made), ``pid``, ``over`` (a limit that was passed), ``exit`` with ``left``, ``gone``.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from flask_prodcheck.boot.processes import Process, descendants, has_proc, snapshot

_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER of linux/prctl.h
_GRACE = 1.5  # seconds that what a server started may outlive it
_KILLING = 15.0


def main() -> None:
    """Runs the command that the first line of standard input describes, until it ends or has to."""
    order = json.loads(sys.stdin.buffer.readline())
    _adopt_orphans()
    with contextlib.suppress(OSError):
        # The keeper has to get its turn among hundreds of processes. Root only.
        os.setpriority(os.PRIO_PROCESS, 0, -20)
    group = _control_group(int(order["tasks"]))
    if group is not None:
        _say(group=str(group))
    try:
        _run(order, group)
    finally:
        if group is not None:
            with contextlib.suppress(OSError):
                group.rmdir()


def _run(order: Mapping[str, Any], group: Path | None) -> None:
    try:
        child = subprocess.Popen(
            order["command"],
            cwd=order["cwd"],
            env=order["env"],
            stdin=subprocess.DEVNULL,
            stdout=2,
            stderr=2,
            start_new_session=True,
            preexec_fn=_limiter(order, group),  # noqa: PLW1509 - the keeper has one thread
        )
    except (OSError, subprocess.SubprocessError, ValueError) as failure:
        _say(failed=f"{type(failure).__name__}: {failure}")
        return
    _say(pid=child.pid)
    _watch(child.pid, order)
    _say(gone=_end_all())


def _watch(pid: int, order: Mapping[str, Any]) -> None:
    """Until the command ends, a limit is passed or standard input is closed."""
    end = time.monotonic() + order["seconds"]
    pause = 0.05 if has_proc() else 0.5
    while True:
        if select.select([0], [], [], pause)[0]:
            return
        status = _reap(pid)
        members = _members()
        if status is not None:
            _say(exit=status, left=len(_after(_GRACE)))
            return
        if len(members) > order["processes"]:
            _say(over="processes", count=len(members))
            return
        if time.monotonic() > end:
            _say(over="seconds")
            return


def _after(seconds: float) -> list[Process]:
    """Who still lives when everybody had ``seconds`` to end."""
    end = time.monotonic() + seconds
    while (members := _members()) and time.monotonic() < end:
        time.sleep(0.05)
        _reap()
    return members


def _members() -> list[Process]:
    return [process for process in descendants(os.getpid(), snapshot()) if process.lives]


def _end_all() -> bool:
    """Kills every process below; whether none is left.

    A group is killed in one step, which a fork cannot escape. What forks into groups of its own is first stopped, one
    process after the other until nothing moves: killing it at once would make room for more.
    """
    end = time.monotonic() + _KILLING
    _signal_groups(_members())
    _reap()
    while (members := _members()) and time.monotonic() < end:
        moving = [process for process in members if process.state not in ("T", "t")]
        _signal_each(moving, signal.SIGSTOP)
        if not moving:
            break
    while (members := _members()) and time.monotonic() < end:
        _signal_groups(members)
        _signal_each(members, signal.SIGKILL)
        _reap()
        time.sleep(0.01)
    _reap()
    return not members


def _signal_groups(members: Sequence[Process]) -> None:
    for group in {process.group for process in members} - {os.getpgrp()}:
        with contextlib.suppress(OSError):
            os.killpg(group, signal.SIGKILL)


def _signal_each(members: Sequence[Process], number: signal.Signals) -> None:
    for process in members:
        with contextlib.suppress(OSError):
            os.kill(process.pid, number)


def _reap(pid: int = 0) -> int | None:
    """Takes the ended children away; the exit status of ``pid`` (negative: the signal) if it is among them."""
    found = None
    while True:
        try:
            ended, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return found
        if ended == 0:
            return found
        if ended == pid:
            found = os.waitstatus_to_exitcode(status)


def _adopt_orphans() -> None:
    if not sys.platform.startswith("linux"):
        return
    import ctypes

    ctypes.CDLL(None, use_errno=True).prctl(_SUBREAPER, 1, 0, 0, 0)


def _control_group(tasks: int) -> Path | None:
    """A new control group that holds at most ``tasks`` threads and processes. None for users other than root, whom the
    kernel limits by itself (RLIMIT_NPROC), and where the groups cannot be written, as in most containers."""
    if os.name != "posix" or os.geteuid() != 0:
        return None
    try:
        lines = Path("/proc/self/cgroup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    for line in lines:
        number, controllers, path = line.split(":", 2)
        base = "/sys/fs/cgroup/pids" if controllers == "pids" else "/sys/fs/cgroup"
        if controllers != "pids" and (number != "0" or controllers):
            continue
        group = Path(f"{base}{path}") / f"prodcheck-{os.getpid()}"
        with contextlib.suppress(OSError):
            group.mkdir()
            try:
                (group / "pids.max").write_text(str(tasks), encoding="ascii")
            except OSError:
                group.rmdir()
                continue
            return group
    return None


def _limiter(order: Mapping[str, Any], group: Path | None) -> Callable[[], None]:
    """What the child does to itself before it becomes the command."""
    import resource

    polite = int(order["priority"])
    limits = {
        "RLIMIT_CPU": int(order["cpu"]),
        "RLIMIT_AS": int(order["memory"]),
        "RLIMIT_FSIZE": int(order["file"]),
        "RLIMIT_CORE": 0,
    }
    if has_proc() and os.geteuid() != 0:
        # The limit counts all tasks of the user, and root has none: the count of the keeper holds for everybody.
        limits["RLIMIT_NPROC"] = sum(process.threads for process in snapshot()) + int(order["tasks"])

    def limit() -> None:
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, 0, polite)
        if group is not None:
            with contextlib.suppress(OSError):
                (group / "cgroup.procs").write_text(str(os.getpid()), encoding="ascii")
        for name, value in limits.items():
            number = getattr(resource, name, None)
            if number is None:
                continue
            hard = resource.getrlimit(number)[1]
            wanted = value if hard == resource.RLIM_INFINITY else min(value, hard)
            # macOS refuses some of them.
            with contextlib.suppress(OSError, ValueError):
                resource.setrlimit(number, (wanted, wanted))

    return limit


def _say(**what: object) -> None:
    with contextlib.suppress(OSError):
        os.write(1, (json.dumps(what) + "\n").encode())


if __name__ == "__main__":
    main()
