"""Command lines of Windows as words that read alike everywhere: slashes, no drives, variables as a shell writes them."""

from __future__ import annotations

from collections.abc import Sequence

from flask_prodcheck.patterns import regex

_WORDS = regex(r'(?:"[^"]*"|[^\s"])+')
_VARIABLE = regex(r"%([A-Za-z_][A-Za-z0-9_]*|[0-9*])%?")
_DRIVE = regex(r"^[A-Za-z]:(?=/)")

POWERSHELL = "powershell"
CMD = "cmd"
_SHELLS = {"powershell": POWERSHELL, "pwsh": POWERSHELL, "cmd": CMD}


def windows_shell(program: str) -> str:
    """Which shell of Windows the path of a ``program`` names; "" for any other program."""
    return _SHELLS.get(program.replace("\\", "/").rsplit("/", 1)[-1].lower().removesuffix(".exe"), "")


def windows_words(text: str) -> list[str]:
    """The words of a command line as written, with their quotes."""
    return list(_WORDS.findall(text))


def with_shell_variables(text: str) -> str:
    """``text`` with each ``%NAME%`` as ``${NAME}``."""
    return _VARIABLE.sub(r"${\1}", text)


def without_drive(text: str) -> str:
    """A path with slashes, from the root of its drive."""
    return _DRIVE.sub("", text)


def plain_word(text: str) -> str:
    """A word without quotes, drive and backslashes; the folder of the file that it stands in is ``./``."""
    plain = text.replace('"', "").replace("\\", "/").replace("%~dp0", "./")
    return without_drive(with_shell_variables(plain))


def arguments(words: Sequence[str]) -> tuple[str, ...]:
    """The command that ``words`` call, which are as written."""
    return called([plain_word(each) for each in words])


def called(words: Sequence[str]) -> tuple[str, ...]:
    """The command that plain ``words`` call, the launcher of Python for Windows (``py -3``) as ``python``."""
    first, rest = words[0].removesuffix(".exe"), list(words[1:])
    if first == "py":
        rest = [each for each in rest if each[:2] not in ("-2", "-3")]
        first = "python"
    return (first, *rest)
