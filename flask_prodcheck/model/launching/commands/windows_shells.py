"""The shells of Windows: PowerShell with a script or a text (about_PowerShell_exe, about_pwsh), ``cmd`` with a text."""

from __future__ import annotations

from flask_prodcheck.facts.windows_words import CMD, POWERSHELL, plain_word
from flask_prodcheck.model.launching.commands.options import Words
from flask_prodcheck.model.launching.steps import ConsoleRun, Nothing, ScriptRun, ShellRun, Step

#: The options of PowerShell that take a word, and short names of them. Each may be cut as long as it is the only one.
_VALUES = (
    "executionpolicy", "ep", "windowstyle", "version", "inputformat", "if", "outputformat", "of", "psconsolefile",
    "configurationname", "configurationfile", "workingdirectory", "wd", "custompipename", "settingsfile",
)  # fmt: skip


def read_powershell(words: Words) -> Step:
    """What the words behind PowerShell start: those that are no option of its own are a command."""
    rest = list(words)
    while rest and rest[0][:1] in ("-", "/") and len(rest[0]) > 1:
        name = rest.pop(0)[1:].lower()
        if name == "c" or (len(name) > 2 and "command".startswith(name)):
            break
        if "file".startswith(name):
            return ScriptRun(plain_word(rest[0]), tuple(rest[1:]), shell=True) if rest else Nothing(POWERSHELL)
        if name in ("e", "ec") or (len(name) > 1 and "encodedcommand".startswith(name)):
            return ConsoleRun(POWERSHELL)  # what nobody can read in the file
        if rest and any(each == name or (len(name) > 1 and each.startswith(name)) for each in _VALUES):
            rest.pop(0)
    return ShellRun(" ".join(rest), (), POWERSHELL) if rest else Nothing(POWERSHELL)


def read_cmd(words: Words) -> Step:
    """What the words behind ``cmd`` start: those behind ``/c`` and ``/k``."""
    rest = list(words)
    while rest and rest[0].startswith("/"):
        if rest.pop(0)[:2].lower() in ("/c", "/k", "/r"):
            return ShellRun(" ".join(rest), (), CMD) if rest else Nothing(CMD)
    return Nothing(CMD)


WINDOWS_SHELLS = {POWERSHELL: read_powershell, CMD: read_cmd}
