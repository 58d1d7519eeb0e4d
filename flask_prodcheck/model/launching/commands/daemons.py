"""What puts a program into the background for an init script: ``start-stop-daemon``, ``daemon``, ``procd_set_param``.

Sources: start-stop-daemon(8) of Debian and of OpenRC; ``daemon`` of Red Hat's ``/etc/init.d/functions`` and daemon(1);
``start_daemon`` of the Linux Standard Base, "Init Script Functions"; OpenWrt, "procd init scripts".
"""

from __future__ import annotations

from flask_prodcheck.model.launching.commands.options import Words, drop_options, option_value

_VALUED = frozenset(
    {
        "-x", "--exec", "-a", "--startas", "-p", "--pidfile", "-c", "--chuid", "-u", "--user", "-g", "--group", "-n", "--name",
        "-d", "--chdir", "-r", "--chroot", "-R", "--retry", "-s", "--signal", "-N", "--nicelevel", "-P", "--procsched", "-I",
        "--iosched", "-k", "--umask", "-1", "--stdout", "-2", "--stderr", "-e", "--env", "-O", "--output", "-w", "--wait", "--pid", "--ppid",
    }
)  # fmt: skip
_STARTS_NOTHING = frozenset({"-K", "--stop", "-T", "--status", "-t", "--test", "-H", "--help", "-V", "--version"})
_DAEMON_VALUED = frozenset({"-n", "-p", "-u", "-F", "-r", "-o", "-D", "--name", "--pidfile", "--user", "--check"})


def behind_start_stop_daemon(words: Words) -> Words:
    """The program of ``--startas``, else of ``--exec``, with the arguments behind the options; nothing where it is called
    to stop one, or only to say what it would do."""
    rest = drop_options(words, _VALUED)
    own = words[: len(words) - len(rest)]
    program = option_value(own, ("--startas", "-a")) or option_value(own, ("--exec", "-x"))
    if program is None or any(word in _STARTS_NOTHING for word in own):
        return []
    return [program, *rest]


def behind_daemon(words: Words) -> Words:
    """The command behind the options of ``daemon``, a nice level (``+5``) among them."""
    rest = drop_options(words, _DAEMON_VALUED)
    return drop_options(rest[1:], _DAEMON_VALUED) if rest and rest[0].startswith("+") else rest
