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
_MENTIONS = regex(
    rb"[Ff]lask|[Dd]ash\b|[Cc]onnexion|[Qq]uart|[Ss]ocket_?[Ii][Oo]|[Ww][Ss][Gg][Ii]|[Gg]unicorn|[Ww]aitress|[Ww]erkzeug"
    rb"|\.run\(|run_server|run_app|\bserve|environ|getenv|dotenv|decouple|[Ss][Ee][Cc][Rr][Ee][Tt]|[Dd][Ee][Bb][Uu][Gg]"
    rb"|[Cc][Oo][Nn][Ff][Ii][Gg]|create_app|make_app|__main__|subprocess|os\.exec|os\.spawn|os\.system|[Cc]elery"
    rb"|gevent|eventlet|url_for|render_template|\bapp\b|\bapplication\b"
)
#: What most files have of it: the plain search is much faster.
_OFTEN = (b"config", b"environ", b"subprocess", b"__main__", b"flask")


def can_carry_facts(path: str, data: bytes) -> bool:
    """Whether the file may start, configure, hold or lead to an application. Errs on the side of true."""
    return (
        len(data) <= SMALL_FILE
        or _NAMED.search(path) is not None
        or any(word in data for word in _OFTEN)
        or _MENTIONS.search(data) is not None
    )


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
