"""Which processes there are, by ``/proc`` where it exists and by ``ps`` elsewhere, and which ports they listen on."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterable
from pathlib import Path

from flask_prodcheck.records import dataclass

_PROC = Path("/proc")
_LISTEN = "0A"  # the state of a listening socket in /proc/net/tcp


@dataclass(frozen=True, slots=True)
class Process:
    """One process. ``state`` is the letter of ``ps`` ("Z" has ended and is not reaped); ``threads`` counts its threads,
    1 where that is not to be had."""

    pid: int
    parent: int
    group: int
    session: int
    state: str
    threads: int = 1

    @property
    def lives(self) -> bool:
        return self.state not in ("Z", "X")


def has_proc() -> bool:
    """Whether this system describes its processes in ``/proc`` (Linux does)."""
    return (_PROC / "self" / "stat").exists()


def snapshot() -> list[Process]:
    """The processes of this moment; [] where neither ``/proc`` nor ``ps`` can be asked."""
    return _from_proc() if has_proc() else _from_ps()


def descendants(root: int, processes: Iterable[Process] | None = None) -> list[Process]:
    """The processes below ``root``, children first; those that have ended but are not reaped too."""
    below: dict[int, list[Process]] = {}
    for process in snapshot() if processes is None else processes:
        below.setdefault(process.parent, []).append(process)
    found: list[Process] = []
    pending = list(below.get(root, ()))
    # The list grows while it is read.
    for process in pending:
        found.append(process)
        pending += below.get(process.pid, ())
    return found


def marked(mark: str) -> list[Process]:
    """The live processes whose environment, as they were started, holds the text ``mark``. Linux only."""
    wanted = mark.encode()
    found = []
    for process in _from_proc() if has_proc() else ():
        try:
            environment = (_PROC / str(process.pid) / "environ").read_bytes()
        except OSError:
            continue
        if wanted in environment and process.lives:
            found.append(process)
    return found


def listening(pids: Iterable[int]) -> frozenset[tuple[str, int]]:
    """(address, port) of the TCP sockets on which the processes ``pids`` listen. Linux only: elsewhere nothing."""
    inodes = frozenset(inode for pid in pids for inode in _sockets(pid))
    if not inodes:
        return frozenset()
    found = set()
    for name in ("tcp", "tcp6"):
        try:
            lines = (_PROC / "net" / name).read_text(encoding="ascii").splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            words = line.split()
            if len(words) > 9 and words[3] == _LISTEN and words[9] in inodes:
                address, _, port = words[1].partition(":")
                found.add((_address(address), int(port, 16)))
    return frozenset(found)


def _sockets(pid: int) -> list[str]:
    """The inodes of the sockets that a process holds open."""
    found = []
    with contextlib.suppress(OSError):
        for path in (_PROC / str(pid) / "fd").iterdir():
            with contextlib.suppress(OSError):  # closed since it was listed
                link = str(path.readlink())
                if link.startswith("socket:["):
                    found.append(link.removeprefix("socket:[").removesuffix("]"))
    return found


def _address(text: str) -> str:
    """An address of ``/proc/net/tcp``: hexadecimal, each group of four bytes in the machine's order."""
    import ipaddress

    data = b"".join(bytes.fromhex(text[at : at + 8])[::-1] for at in range(0, len(text), 8))
    return str(ipaddress.ip_address(data))


def _from_proc() -> list[Process]:
    found = []
    for folder in _PROC.iterdir():
        name = folder.name
        if not name.isdecimal():
            continue
        try:
            text = (folder / "stat").read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        # The name of the program stands in parentheses and may hold anything, more parentheses too.
        words = text[text.rfind(")") + 1 :].split()
        if len(words) > 17:
            found.append(
                Process(int(name), int(words[1]), int(words[2]), int(words[3]), words[0], threads=int(words[17]))
            )
    return found


def _from_ps() -> list[Process]:
    try:
        done = subprocess.run(
            ["/bin/ps", "-axo", "pid=,ppid=,pgid=,state="], capture_output=True, text=True, timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return []
    found = []
    for line in done.stdout.splitlines():
        words = line.split()
        if len(words) == 4 and all(word.isdecimal() for word in words[:3]):
            pid, parent, group = map(int, words[:3])
            found.append(Process(pid, parent, group, group, words[3][:1]))
    return found
