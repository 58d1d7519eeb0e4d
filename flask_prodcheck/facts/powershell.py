"""Scripts of PowerShell (``.ps1``): the programs that their statements start, by its reference (about_Operators,
about_Command_Syntax, about_Environment_Variables, and the pages of the cmdlets named here).

The commands of every block count, whatever decides whether it runs: those of a branch, a loop or a function with the
option :data:`~flask_prodcheck.facts.conditionals.BRANCH`. What such a block sets is not known behind it.
"""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from dataclasses import field

from flask_prodcheck.base import Span
from flask_prodcheck.facts.conditionals import BRANCH
from flask_prodcheck.facts.growth import Room
from flask_prodcheck.facts.powershell_words import ROOT, Token, powershell_tokens, value_of
from flask_prodcheck.facts.types import Command, EnvVar, Start, StartFile
from flask_prodcheck.facts.windows_words import POWERSHELL, called, windows_words, without_drive
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import dataclass

_ALWAYS = frozenset({"try", "finally", "begin", "process", "end", "&", "."})
_LEAVING = frozenset({"exit", "return", "throw", "break", "continue"})
_BRANCHES = frozenset({"if", "elseif", "else", "while", "for", "foreach", "switch", "do", "until", "catch", "trap", "default"})
_KEYWORDS = _ALWAYS | _LEAVING | _BRANCHES | {"function", "filter", "param", "class", "enum", "using", "data", "workflow"}

#: What the names of cmdlets begin with ("Approved Verbs for PowerShell Commands"): they start no program, but for a few.
_VERBS = frozenset({
    "add", "approve", "assert", "backup", "block", "checkpoint", "clear", "close", "compare", "complete", "compress",
    "confirm", "connect", "convert", "convertfrom", "convertto", "copy", "debug", "deny", "disable", "disconnect",
    "dismount", "edit", "enable", "enter", "exit", "expand", "export", "find", "foreach", "format", "get", "grant",
    "group", "hide", "import", "initialize", "install", "invoke", "join", "limit", "lock", "measure", "merge",
    "mount", "move", "new", "open", "optimize", "out", "ping", "pop", "protect", "publish", "push", "read", "receive",
    "redo", "register", "remove", "rename", "repair", "request", "reset", "resolve", "restart", "restore", "resume",
    "revoke", "save", "search", "select", "send", "set", "show", "skip", "sort", "start", "step", "stop", "submit",
    "suspend", "switch", "sync", "tee", "test", "trace", "unblock", "undo", "uninstall", "unlock", "unprotect",
    "unpublish", "unregister", "update", "use", "wait", "watch", "where", "write",
})  # fmt: skip
_SILENT = frozenset({"echo", "write", "cls", "clear", "pause", "sleep", "set", "activate", "activate.ps1", "deactivate", "exit"})
_ENTERING = frozenset({"set-location", "cd", "chdir", "sl", "push-location", "pushd"})
_STARTING = frozenset({"start-process", "start", "saps"})
_START_VALUES = (
    "filepath", "argumentlist", "workingdirectory", "windowstyle", "verb", "credential", "redirectstandardoutput",
    "redirectstandarderror", "redirectstandardinput", "environment",
)  # fmt: skip
_CONSTANTS = {"true": ("True",), "false": ("False",), "null": (), "psscriptroot": (ROOT,), "pwd": (".",), "home": ("~",)}
_INNERMOST = 2  # of the blocks with a name
_EXPRESSION = regex(r"[0-9\[!+<=>-]|$")
_LONGEST_PATH = 4096
_MOST_VARIABLES = 200  # that a command is given
_MOST_TEXTS = 1_000  # of a list that a variable holds
_ELSEWHERE = "${folder}"


def read_powershell(path: str, text: str) -> StartFile:
    """One start for each program that a statement runs, in the folder into which the statements above it lead, with the
    variables of the environment that they set. Never raises."""
    reader = _Reader(path, text.replace(ROOT, " "))
    reader.read()
    return StartFile(path, POWERSHELL, tuple(reader.starts))


@dataclass(slots=True)
class _Block:
    """A block that is open. ``names``: the variables that it set, with what they held before. ``leaves``: nothing behind
    the block is reached from it."""

    always: bool
    here: bool  # its statements run where they stand
    folder: str
    called: str = ""  # the name of a function, the value that a switch looks for
    names: dict[str, tuple[str, ...] | None] = field(default_factory=dict)
    leaves: bool = False


class _Reader:
    def __init__(self, path: str, text: str) -> None:
        self.starts: list[Start] = []
        self._path = path
        self._text = text
        self._values: dict[str, tuple[str, ...] | None] = {"pscommandpath": (f"{ROOT}/{posixpath.basename(path)}",)}
        self._env: dict[str, EnvVar] = {}
        self._given: tuple[EnvVar, ...] = ()
        self._folders = ["."]
        self._blocks: list[_Block] = []
        self._branches = 0
        self._room = Room.of(text)
        self._called: list[str] = []
        self._opening = self._function = ""  # the keyword whose block may begin in the next line, and the function

    def read(self) -> None:
        statement: list[Token] = []
        for token in powershell_tokens(self._text, self._value):
            if token.kind == "{":
                self._open(statement)
            elif token.kind == "}":
                self._statement(statement, token.start)
                self._close(Span(self._path, token.line))
            elif token.kind in (";", "|"):
                self._statement(statement, token.start, piped=token.kind == "|")
            elif token.kind == "&" and statement and statement[-1].kind != "assignment":
                self._statement(statement, token.start)
            else:
                statement.append(token)
                continue
            statement = []
        self._statement(statement, len(self._text))

    # --- variables and blocks ----------------------------------------------------------------------------------------

    def _value(self, name: str) -> Sequence[str] | None:
        found = self._of_variable(name)
        size = sum(len(each) + 1 for each in found or ())
        if size > self._room.left:
            return None
        self._room.left -= size
        return found

    def _of_variable(self, name: str) -> Sequence[str] | None:
        scope, _, bare = name.rpartition(":")
        if scope == "env":
            known = self._env.get(bare.upper())
            return (known.value,) if known is not None and known.value is not None else (f"${{{bare.upper()}}}",)
        if scope not in ("", "script", "global", "local", "private", "using"):
            return None
        return _CONSTANTS[bare] if bare in _CONSTANTS else self._values.get(bare)

    def _set(self, name: str, value: tuple[str, ...] | None, span: Span) -> None:
        scope, _, bare = name.rpartition(":")
        value = value if value is None or len(value) <= _MOST_TEXTS else None
        key = f"env:{bare.upper()}" if scope == "env" else bare
        if self._blocks:
            self._blocks[-1].names.setdefault(key, self._held(key))
        self._hold(key, value, span)

    def _held(self, key: str) -> tuple[str, ...] | None:
        if not key.startswith("env:"):
            return self._values.get(key)
        known = self._env.get(key[4:])
        return () if known is None else None if known.value is None else (known.value,)

    def _hold(self, key: str, value: tuple[str, ...] | None, span: Span) -> None:
        if not key.startswith("env:"):
            self._values[key] = value
        elif value == ():
            self._env.pop(key[4:], None)
        else:
            text = None if value is None else " ".join(map(self._seen, value))
            if key[4:] in self._env or len(self._env) < _MOST_VARIABLES:
                self._env[key[4:]] = EnvVar(key[4:], text, span)
        self._given = ()

    def _open(self, statement: Sequence[Token]) -> None:
        first = statement[0] if statement else None
        if first is not None and first.kind == "assignment":
            self._set(first.words[0], None, Span(self._path, first.line))
            first = statement[1] if len(statement) > 1 else None
        word = self._opening if first is None else first.words[0].lower() if first.words else first.kind
        called = self._function if first is None else _block_name(statement)
        self._called += [called] if called else []
        always = word in _ALWAYS
        self._opening = self._function = ""
        self._branches += not always
        self._blocks.append(_Block(always, always or word in _BRANCHES, self._folders[-1], called))

    def _close(self, span: Span) -> None:
        if not self._blocks:
            return
        block = self._blocks.pop()
        self._branches -= not block.always
        self._called[-1:] = [] if block.called else self._called[-1:]
        if not block.always:
            for key, before in block.names.items():
                self._hold(key, before if block.leaves else None, span)
            if self._folders[-1] != block.folder:
                self._folders[-1] = block.folder if block.leaves or not block.here else _ELSEWHERE
        if not self._blocks or block.leaves:
            return
        outer = self._blocks[-1]
        if len(outer.names) < len(block.names):
            outer.names, block.names = {**block.names, **outer.names}, outer.names
        for key, before in block.names.items():
            outer.names.setdefault(key, before)

    # --- statements --------------------------------------------------------------------------------------------------

    def _statement(self, tokens: Sequence[Token], end: int, *, piped: bool = False) -> None:
        if not tokens:
            return
        self._opening = self._function = ""
        first = tokens[0]
        if first.kind == "assignment":
            rest = tokens[1:]
            value = value_of(rest) if not piped and not first.words[1] else None
            if value is None:
                self._command(rest, end)
            self._set(first.words[0], value, Span(self._path, first.line))
            return
        word = first.words[0].lower() if first.kind == "word" else ""
        if word in _KEYWORDS and word != ".":
            self._opening, self._function = word, _block_name(tokens)
            if word in _LEAVING and self._blocks:
                self._blocks[-1].leaves = True
        else:
            self._command(tokens, end)

    def _command(self, tokens: Sequence[Token], end: int) -> None:
        """A command, or an expression, which starts nothing."""
        start, asked = tokens[0] if tokens else None, False
        while tokens and (tokens[0].kind == "&" or (tokens[0].kind == "word" and tokens[0].words[0] == ".")):
            tokens, asked = tokens[1:], True
        if start is None or not tokens or not tokens[0].words or not (asked or _names_a_program(tokens[0])):
            return
        asked_for = tokens[0].words
        name = asked_for[0].replace("\\", "/").rsplit("/", 1)[-1].lower().removesuffix(".exe")
        where = Span(self._path, start.line), self._text[start.start : end].strip()
        items = _items(tokens[1:])
        words = [word for item in items for word in item.words]
        if name in _ENTERING:
            self._folders += self._folders[-1:] if name.startswith("push") else []
            self._enter([word for item in items for word in item.words if not item.names])
        elif name in ("pop-location", "popd"):
            self._folders[-1:] = [] if len(self._folders) > 1 else self._folders[-1:]
        elif name in _STARTING:
            self._start_process(items, *where)
        elif name in ("invoke-expression", "iex"):
            self._start([POWERSHELL, "-Command", *(word for word in words if word.lower() != "-command")], *where)
        elif name not in _SILENT | _KEYWORDS and not _is_cmdlet(name):
            self._start([*asked_for, *words], *where)

    def _start(self, words: Sequence[str], span: Span, text: str) -> None:
        if "://" in words[0]:
            return  # a page to open
        if self._env and not self._given:
            self._given = tuple(self._env.values())
        command = Command(span, text, argv=called([self._seen(each) for each in words]))
        options = ((BRANCH, " ".join(self._called[-_INNERMOST:])),) if self._branches else ()
        self.starts.append(Start(POWERSHELL, "", span, command, self._folders[-1], self._given, options=options))

    def _start_process(self, items: Sequence[_Item], span: Span, text: str) -> None:
        """``Start-Process``, whose arguments are one text for the program."""
        given: dict[str, list[str]] = {}
        rest = list(items)
        while rest:
            item = rest.pop(0)
            if not item.names:
                given.setdefault("filepath" if "filepath" not in given else "argumentlist", item.words)
                continue
            asked = item.words[0][1:].lower()
            name = next((each for each in _START_VALUES if len(asked) > 1 and each.startswith(asked)), "")
            if name and rest:
                given[name] = rest.pop(0).words
        words = windows_words(" ".join(given.get("argumentlist", ())))
        if not given.get("filepath"):
            return
        self._folders.append(self._folders[-1])
        self._enter(given.get("workingdirectory", ()))
        self._start([*given["filepath"], *(each.replace('"', "") for each in words)], span, text)
        self._folders.pop()

    # --- folders -----------------------------------------------------------------------------------------------------

    def _enter(self, words: Sequence[str]) -> None:
        if not words:
            return
        target = without_drive(words[0].replace("\\", "/"))
        if target.startswith(ROOT):
            target = posixpath.normpath(f".{target[1:]}")
        elif target in ("-", "+"):
            target = _ELSEWHERE
        elif not target.startswith("${"):
            target = posixpath.join(self._folders[-1], target)
        if len(target) > _LONGEST_PATH or ROOT in target:
            target = _ELSEWHERE
        if "${" in target:
            self._folders[-1] = _ELSEWHERE if ".." in target.split("/") or not target.startswith("${") else target
        else:
            self._folders[-1] = posixpath.normpath(target)

    def _seen(self, text: str) -> str:
        """``text`` with the paths of the script's folder as they are from the present one."""
        text = without_drive(text.replace("\\", "/"))
        if ROOT not in text:
            return text
        folder = self._folders[-1]
        if text.startswith(ROOT) and text.count(ROOT) == 1:
            target = posixpath.normpath(f".{text[1:]}")
            if folder != "." and f"{target}/".startswith(f"{folder}/"):
                return f"./{target[len(folder) + 1 :]}"
            if folder == ".":
                return target if target == "." or target.startswith("../") else f"./{target}"
        parts = folder.split("/")
        unknown = folder.startswith(("/", "~")) or ".." in parts or "${" in folder
        above = "." if folder == "." else "${psscriptroot}" if unknown else "/".join([".."] * len(parts))
        return text.replace(ROOT, above)


@dataclass(slots=True)
class _Item:
    """An argument of a command: ``names`` when it names one (``-Path``), else the texts of a list, most often one."""

    names: bool
    words: list[str]


def _items(tokens: Sequence[Token]) -> list[_Item]:
    found: list[_Item] = []
    joins = False
    for each in tokens:
        if each.kind == ",":
            joins = bool(found)
        elif joins:
            found[-1].words += each.words
            joins = False
        else:
            names = each.kind == "word" and each.words[0].startswith("-") and len(each.words[0]) > 1
            found.append(_Item(names, list(each.words)))
    return [_Item(True, [",".join(each.words)]) if each.names else each for each in found]  # ``--hosts=a,b``


def _names_a_program(token: Token) -> bool:
    """Whether a statement that begins with ``token`` is a command, not an expression (about_Parsing)."""
    return token.kind == "word" and _EXPRESSION.match(token.words[0]) is None


def _block_name(tokens: Sequence[Token]) -> str:
    """What the block behind ``tokens`` is called: the name of a function without its verb, the value that a ``switch``
    looks for."""
    if len(tokens) == 1 and tokens[0].kind == "string":
        return tokens[0].words[0]
    if len(tokens) > 1 and tokens[0].kind == "word" and tokens[0].words[0].lower() in ("function", "filter"):
        name = tokens[1].words[0] if tokens[1].words else ""
        return name.partition("-")[2] if _is_cmdlet(name.lower()) else name
    return ""


def _is_cmdlet(name: str) -> bool:
    verb, dash, noun = name.partition("-")
    return bool(dash) and verb in _VERBS and noun.isalnum()
