"""Shell scripts that a system calls to start a service, by what their heads or their places say.

Sources: Linux Standard Base, "Comment Conventions for Init Scripts"; chkconfig(8); openrc-run(8); init-d-script(5); OpenWrt,
"Init Scripts".
"""

from __future__ import annotations

import re

from flask_prodcheck.patterns import regex

_HEADER = regex(r"^#{3,4}[ \t]*BEGIN INIT INFO\b|^#[ \t]*chkconfig:[ \t]*[-\d]", re.MULTILINE)
_INTERPRETER = regex(r"#![^\n]*?\b(openrc-run|runscript|rc\.common|init-d-script)\b")
_OPENRC = {"openrc-run": "openrc", "runscript": "openrc"}
_FOLDER = "init.d"


def service_of(path: str, text: str) -> str:
    """What calls the script ``text`` at ``path`` (:class:`~flask_prodcheck.facts.types.ShellScript`); "" for any other."""
    found = _INTERPRETER.match(text)
    if found is not None:
        return _OPENRC.get(found[1], found[1])
    return "init" if _HEADER.search(text) or path.split("/")[-2:-1] == [_FOLDER] else ""
