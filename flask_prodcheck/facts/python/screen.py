"""The first look at a Python file, on bytes: whether it can carry facts at all, and its text."""

from __future__ import annotations

import io
import re
import tokenize

from flask_prodcheck.errors import ReadError
from flask_prodcheck.patterns import regex

SMALL_FILE = 8 * 1024
"""Files up to this many bytes are always read: they may re-export an application or lead to one."""

_NAMED = regex(
    r"(?:^|/)(?:__init__|__main__|setup|manage|(?:[^/]*_)?(?:wsgi|asgi|app|application|main|server|run)"
    r"|settings[^/]*|config[^/]*|[^/]*conf[^/]*)\.py$",
    re.IGNORECASE,
)
#: What most files have of it, and the rest: the plain search for each is much faster than one pattern for all.
_OFTEN = (b"config", b"environ", b"subprocess", b"__main__", b"flask")
_SELDOM = (
    b"Flask", b"connexion", b"Connexion", b"quart", b"Quart", b"gunicorn", b"Gunicorn", b"waitress", b"Waitress",
    b"werkzeug", b"Werkzeug", b".run(", b"run_server", b"run_app", b"getenv", b"dotenv", b"decouple", b"create_app",
    b"make_app", b"os.exec", b"os.spawn", b"os.system", b"celery", b"Celery", b"gevent", b"eventlet", b"url_for",
    b"render_template",
)  # fmt: skip
_IN_ANY_CASE = (b"wsgi", b"secret", b"debug", b"config")
#: Each begins with letters, which are looked for fifty times as fast as a choice between them.
_WITH_ENDS = (
    regex(rb"dash\b"), regex(rb"Dash\b"), regex(rb"socket_?[Ii][Oo]"), regex(rb"Socket_?[Ii][Oo]"),
    regex(rb"serve(?<=\bserve)"), regex(rb"app(?<=\bapp)\b"), regex(rb"application(?<=\bapplication)\b"),
)  # fmt: skip


def can_carry_facts(path: str, data: bytes) -> bool:
    """Whether the file may start, configure, hold or lead to an application. Errs on the side of true."""
    return (
        len(data) <= SMALL_FILE
        or _NAMED.search(path) is not None
        or any(word in data for word in _OFTEN)
        or any(word in data for word in _SELDOM)
        or _mentions(data)
    )


def _mentions(data: bytes) -> bool:
    lowered = data.lower()
    return any(word in lowered for word in _IN_ANY_CASE) or any(word.search(data) for word in _WITH_ENDS)


#: What stands in the text of a systemd unit, a supervisor program, a circus watcher, a virtual host, a configuration of
#: uWSGI or a crontab, and in the paths where such files belong.
_PROCESSES = (
    "ExecStart", "[program:", "[watcher:", "WSGIScriptAlias", "[uwsgi]", "@reboot",
    "/systemd/", "/supervisor", "Procfile", "rc.local", "/cron.d/",
)  # fmt: skip


def holds_processes(text: str) -> bool:
    """Whether a source holds words of a file that a process manager reads, or of the path of one: it may write one."""
    return any(word in text for word in _PROCESSES)


def decode(data: bytes) -> str:
    r"""The text of a source file: PEP 263 encoding, no byte order mark, ``\n`` line ends as the language defines.

    Raises ReadError for null bytes, an unknown encoding and bytes that the encoding does not allow, with the line.
    """
    null = data.find(b"\0")
    if null >= 0:
        raise ReadError("source contains null bytes", _line_of(data, null))
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    except SyntaxError as error:
        raise ReadError(f"cannot tell the encoding: {error}", _first_undecodable_line(data)) from error
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise ReadError(f"not valid {encoding}: {error.reason}", _line_of(data, error.start)) from error
    except (UnicodeError, LookupError, ValueError) as error:
        raise ReadError(f"cannot be decoded as {encoding}: {error}") from error
    text = text.removeprefix("\ufeff")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text


def _line_of(data: bytes, offset: int) -> int:
    before = data[:offset].replace(b"\r\n", b"\n")
    return before.count(b"\n") + before.count(b"\r") + 1


def _first_undecodable_line(data: bytes) -> int:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _line_of(data, error.start)
    return 1
