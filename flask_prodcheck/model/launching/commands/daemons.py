"""What puts a program into the background for an init script: ``start-stop-daemon``, ``daemon``, ``procd_set_param``.

Sources: start-stop-daemon(8) of Debian and of OpenRC; ``daemon`` of Red Hat's ``/etc/init.d/functions`` and daemon(1);
``start_daemon`` of the Linux Standard Base, "Init Script Functions"; OpenWrt, "procd init scripts".
"""

from __future__ import annotations

from flask_prodcheck.model.launching.commands.options import Words, option_value

_VALUED = frozenset(
    {
        "-x", "--exec", "-a", "--startas", "-p", "--pidfile", "-c", "--chuid", "-u", "--user", "-g", "--group", "-n", "--name",
        "-d", "--chdir", "-r", "--chroot", "-R", "--retry", "-s", "--signal", "-N", "--nicelevel", "-P", "--procsched", "-I",
        "--iosched", "-k", "--umask", "-1", "--stdout", "-2", "--stderr", "-e", "--env", "-O", "--output", "-w", "--wait", "--pid", "--ppid",
    }
)  # fmt: skip
_STOPS = frozenset({"-K", "--stop", "-T", "--status", "-H", "--help", "-V", "--version"})
_DAEMON_VALUED = frozenset({"-n", "-p", "-u", "-F", "-r", "-o", "-D", "--name", "--pidfile", "--user", "--check"})


def behind_start_stop_daemon(words: Words) -> Words:
    """The program of ``--startas``, else of ``--exec``, with the arguments behind the options; nothing where it is called
    to stop one."""
    rest = list(words)
    own: Words = []
    while rest and rest[0].startswith("-") and rest[0] != "--":
        own.append(rest.pop(0))
        if own[-1] in _VALUED and rest:
            own.append(rest.pop(0))
    program = option_value(own, ("--startas", "-a")) or option_value(own, ("--exec", "-x"))
    if program is None or any(word in _STOPS for word in own):
        return []
    return [program, *(rest[1:] if rest[:1] == ["--"] else rest)]


def behind_daemon(words: Words) -> Words:
    """The command behind the options of ``daemon``, a nice level (``+5``) among them."""
    rest = list(words)
    while rest and rest[0].startswith(("-", "+")):
        word = rest.pop(0)
        if word == "--":
            break
        if word in _DAEMON_VALUED and rest:
            rest.pop(0)
    return rest
