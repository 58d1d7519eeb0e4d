"""Which statements of a module can carry launch or configuration facts, and which are cut."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import field

from flask_prodcheck.facts.python.text import Text
from flask_prodcheck.facts.python.views import is_view, view_class
from flask_prodcheck.facts.python.walk import FunctionNode, blocks, children, is_type_checking, walk
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import dataclass

_LARGE_LINES = 200
_LARGE_CHARACTERS = 20_000

_TRIGGERS = frozenset(
    [
        "run",
        "run_server",
        "run_app",
        "run_simple",
        "run_with_reloader",
        "run_forever",
        "serve",
        "serve_forever",
        "make_server",
        "WSGIServer",
        "Flask",
        "Dash",
        "FlaskApp",
        "APIFlask",
        "SocketIO",
        "create_app",
        "make_app",
        "build_app",
        "from_object",
        "from_pyfile",
        "from_envvar",
        "from_prefixed_env",
        "from_file",
        "from_mapping",
        "from_json",
        "AioHttpApp",
        "AsyncApp",
        "App",
        "OpenAPI",
        "Quart",
        "Manager",
        "FlaskGroup",
        "Eve",
        "Sanic",
        "get_app",
        "init_app",
        "configure_app",
        "setup_app",
        "app_factory",
        "application_factory",
        "run_command",
        "serve_paste",
        "pywsgi",
        "WSGIContainer",
        "HTTPServer",
        "ThreadedWSGIServer",
        "ForkingWSGIServer",
        "BaseWSGIServer",
        "Server",
        "BaseApplication",
        "Application",
        "WSGIApplication",
        "WSGIApp",
        "Granian",
        "Config",
        "start",
        "launch",
        "main",
        "execv",
        "execve",
        "execvp",
        "execvpe",
        "execl",
        "execle",
        "execlp",
        "execlpe",
        "spawnl",
        "spawnlp",
        "spawnv",
        "spawnvp",
        "posix_spawn",
        "Fire",
        "dispatch_command",
        "dispatch_commands",
        "auto_cli",
        "run_module",
        "run_path",
        "execfile",
        "exec_module",
        "spawn",
        "spawn_later",
        "spawn_n",
        "system",
        "popen",
        "Popen",
        "call",
        "check_call",
        "check_output",
        "getoutput",
        "local",
        "sudo",
        "shell_env",
        "config",
        "environ",
        "getenv",
        "env",
        "secret_key",
        "session_interface",
        "SECRET_KEY",
        "debug",
        "DEBUG",
        "testing",
        "wsgi_app",
        "asgi_app",
        "load_dotenv",
        "dotenv_values",
        "from_toml",
        "Talisman",
        "SeaSurf",
        "CSRFProtect",
        "ProxyFix",
        "CORS",
        "Limiter",
        "Cache",
        "Session",
        "DebugToolbarExtension",
        "DispatcherMiddleware",
        "argv",
        "argparse",
        "ArgumentParser",
        "parse_args",
        "set_defaults",
        "click",
        "typer",
        "Typer",
        "FlaskCLI",
        "ScriptInfo",
        "monkey",
        "patch_all",
        "register_blueprint",
        "wrap_app",
        "Thread",
        "Process",
        "BackgroundScheduler",
        "create_all",
    ]
)
#: What a function that starts a server calls.
_SERVERS = frozenset(
    [
        "run",
        "run_server",
        "run_app",
        "run_simple",
        "serve",
        "serve_forever",
        "make_server",
        "WSGIServer",
        "execv",
        "execvp",
        "execlp",
        "Popen",
        "check_call",
    ]
)
_FACTORY_NAME = regex(
    r"(?:create|make|build|get|init|setup|configure|new)_?\w*(?:app|application|server|flask|web|http)\w*$"
)
_APP_NAME = regex(
    r"(?:^|_)(?:app|application|server|flask|wsgi|dash|socketio|sio|connexion)(?:_|$)",
    re.IGNORECASE,
)
_CONFIG_NAME = regex(r"conf|setting|default|prod|devel|env|base|option", re.IGNORECASE)
_DATA_ONLY_BASES = frozenset(
    [
        "Model",
        "Schema",
        "SQLAlchemySchema",
        "SQLAlchemyAutoSchema",
        "ModelSchema",
        "FlaskForm",
        "Form",
        "BaseForm",
        "ModelForm",
        "TestCase",
        "IsolatedAsyncioTestCase",
        "Document",
        "EmbeddedDocument",
        "DeclarativeBase",
        "NamedTuple",
        "TypedDict",
        "Enum",
        "IntEnum",
        "StrEnum",
        "Flag",
        "Exception",
        "ValueError",
        "RuntimeError",
        "HTTPException",
        "ModelView",
        "BaseView",
    ]
)
_ALWAYS_METHODS = frozenset(
    {
        "__init__",
        "__new__",
        "__init_subclass__",
        "__getattr__",
        "__call__",
        "get_command",  # of a click group
        "model_post_init",
        "main",
        "run",
        "load",
    }
)
_CONFIG_WORDS = regex(r"SECRET|DEBUG|SESSION|COOKIE|CONFIG|environ|getenv|TESTING|flask", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Cut:
    """What is left out of a tree. Nodes and blocks are known by their ids: ``dropped`` statements, blocks that nothing
    is left of (``passes``: a ``pass`` stands in their place, at this line and 0-based column), and the functions and
    classes that lost statements (``screened``)."""

    dropped: frozenset[int] = frozenset()
    passes: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    screened: frozenset[int] = frozenset()


def cut(tree: ast.Module, text: Text) -> Cut:
    """What can carry no facts of the module ``tree``, whose source is ``text``."""
    chooser = _Chooser(text)
    chooser.module(tree)
    # docopt reads the text in front of a module
    usage = tree.body[0] if tree.body and _is_text(tree.body[0]) and "docopt" in text.words else None
    cutter = _Cutter(text.lines, chooser.kept, usage)
    cutter.block(tree.body, None)
    return Cut(frozenset(cutter.dropped), cutter.passes, frozenset(cutter.screened))


class _Chooser:
    """Decides which function bodies stay, following calls until nothing new is found.

    ``kept`` maps the id of each function and class whose body stays; ``serving`` names the functions that may start a
    server, themselves or through another one.
    """

    def __init__(self, text: Text) -> None:
        self.text = text
        # What a function has to mention to be kept, as far as the file has it.
        self.triggers = _TRIGGERS & text.words
        self.applications = _naming_applications(text.words)
        self.servers = _SERVERS & text.words
        self.shares = "global" in text.words
        self.deploys = text.holds_processes  # which of its functions write these files, others may decide
        self.kept: set[int] = set()
        self.serving: set[str] = set()
        self.waiting: dict[tuple[str, bool], list[FunctionNode]] = {}  # by name, and whether it is a method
        self.pending: list[ast.AST] = []

    def module(self, tree: ast.Module) -> None:
        self.definitions(tree.body, None)
        self.follow()
        while callers := self.callers():
            for function in callers:
                self.keep(function)
            self.follow()

    def follow(self) -> None:
        """Keep what the kept code calls."""
        names = {name for name, _ in self.waiting}
        while self.pending and self.waiting:
            node = self.pending.pop()
            if isinstance(node, ast.stmt) and not self.text.has_one_of(names, node.lineno, _end(node)):
                continue
            for called in _called(node):
                for function in self.waiting.pop(called, ()):
                    self.keep(function)

    def callers(self) -> list[FunctionNode]:
        """The functions still waiting that call one which serves: another module may call them. They wait no longer."""
        found: list[FunctionNode] = []
        for key, functions in list(self.waiting.items()) if self.serving else ():
            calling = [each for each in functions if self.calls_one_of(self.serving, each)]
            if calling:
                found += calling
                self.waiting[key] = [each for each in functions if each not in calling]
        return found

    def calls_one_of(self, names: AbstractSet[str], node: FunctionNode) -> bool:
        if not names or not self.text.has_one_of(names, node.body[0].lineno, _end(node)):
            return False
        return any(name in names for part in node.body for name, _ in _called(part))

    def definitions(self, body: list[ast.stmt], owner: ast.ClassDef | None) -> None:
        for node in body:
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                self.function(node, owner)
            elif isinstance(node, ast.ClassDef):
                if not _is_data_only(node):
                    self.kept.add(id(node))
                    self.definitions(node.body, node)
            else:
                found = False
                for block in blocks(node):
                    found = True
                    self.definitions(block, owner)
                if not found:
                    self.pending.append(node)
                else:
                    self.pending += (c for c in children(node) if isinstance(c, (ast.expr, ast.withitem)))

    def function(self, node: FunctionNode, owner: ast.ClassDef | None) -> None:
        if is_view(node, owner):
            return
        if (
            node.name in _ALWAYS_METHODS
            or (owner is not None and node.decorator_list and _CONFIG_NAME.search(owner.name))
            or (owner is not None and _CONFIG_NAME.search(owner.name) and node.name.startswith("init"))
            or (owner is not None and node.decorator_list and node.name.isupper())  # a key that is computed
            or _FACTORY_NAME.search(node.name)
            or self.deploys
            or (not node.name.startswith("test_") and self.mentions_trigger(node))
        ):
            self.keep(node)
        else:
            self.waiting.setdefault((node.name, owner is not None), []).append(node)
            self.pending += node.decorator_list

    def keep(self, node: FunctionNode) -> None:
        self.kept.add(id(node))
        self.pending.append(node)
        if node.name.startswith("__"):
            return
        if self.calls_one_of(self.servers, node) or self.calls_one_of(self.serving, node):
            self.serving.add(node.name)

    def mentions_trigger(self, node: FunctionNode) -> bool:
        if not self.triggers and not self.applications and not self.shares:
            return False
        lines = node.lineno, _end(node)
        has_one_of = self.text.has_one_of
        if (
            not has_one_of(self.triggers, *lines)
            and not (self.shares and has_one_of(_GLOBAL, *lines))
            and not (self.applications and has_one_of(self.applications, *lines) and has_one_of(_RETURN, *lines))
        ):
            return False
        # Annotations name frameworks without using them.
        inner = (item for part in (*node.body, *node.args.defaults) for item in walk(part))
        for item in inner:
            if isinstance(item, ast.Name):
                if item.id in _TRIGGERS:
                    return True
            elif isinstance(item, ast.Attribute):
                if item.attr in _TRIGGERS:
                    return True
            elif isinstance(item, ast.Global):
                return True  # a name of the module, which may become an application, a server, a configuration
            elif isinstance(item, ast.alias):
                if item.name.rpartition(".")[2] in _TRIGGERS:
                    return True
            elif isinstance(item, ast.Return) and item.value is not None:
                value = item.value.func if isinstance(item.value, ast.Call) else item.value
                name = value.id if isinstance(value, ast.Name) else getattr(value, "attr", "")
                if isinstance(name, str) and _APP_NAME.search(name):
                    return True
        return False


class _Cutter:
    """Marks what to leave out, as in :class:`Cut`."""

    def __init__(self, lines: Sequence[str], kept: set[int], usage: ast.stmt | None = None) -> None:
        self.lines = lines
        self.kept = kept
        self.usage = usage
        self.dropped: set[int] = set()
        self.passes: dict[int, tuple[int, int]] = {}
        self.screened: set[int] = set()

    def block(self, body: list[ast.stmt], owner: ast.stmt | None, inside: bool = False) -> None:
        """Cut one block. ``owner`` is the definition it belongs to; ``inside``: in the body of a kept function."""
        groups = list(self.groups(body))
        remaining = 0
        for first, group in groups:
            if all(self.is_irrelevant(node, inside) for node in group) and not self.shares_line(first, group):
                self.dropped.update(map(id, group))
                if owner is not None and not all(_is_text(node) for node in group):
                    self.screened.add(id(owner))
                continue
            remaining += 1
            if len(group) == 1:
                self.compound(group[0], owner, inside)
        if not remaining and groups:
            self.pass_in(body, groups[0][0])

    def pass_in(self, body: list[ast.stmt], first: int) -> None:
        """Puts a ``pass`` in place of the whole block, which begins in line ``first``."""
        line = self.lines[first - 1]
        self.passes[id(body)] = first, len(line) - len(line.lstrip(" \t\f"))

    def groups(self, body: list[ast.stmt]) -> Iterator[tuple[int, list[ast.stmt]]]:
        """The statements that share lines, together, with their first line."""
        group: list[ast.stmt] = []
        first = last = 0
        for node in body:
            start, end = self.first_line(node), node.end_lineno or node.lineno
            if group and start <= last:
                group.append(node)
                last = max(last, end)
                continue
            if group:
                yield first, group
            first, last, group = start, end, [node]
        if group:
            yield first, group

    def first_line(self, node: ast.stmt) -> int:
        decorators = getattr(node, "decorator_list", None)
        if not decorators:
            return node.lineno
        line: int = decorators[0].lineno
        while line > 1 and not self.lines[line - 1].lstrip(" \t\f").startswith("@"):
            line -= 1
        return line

    def shares_line(self, first: int, group: list[ast.stmt]) -> bool:
        """Whether the group's lines also belong to something else: a header before it, a continued line."""
        if first >= 2 and self.lines[first - 2].endswith("\\"):
            return True
        line = self.lines[first - 1]
        lead = line[: len(line) - len(line.lstrip(" \t\f"))]
        column = group[0].col_offset
        if getattr(group[0], "decorator_list", None):
            return not line[len(lead) :].startswith("@")
        return column != len(lead)

    def compound(self, node: ast.stmt, owner: ast.stmt | None, inside: bool) -> None:
        inner = blocks(node)
        if not inner or any(self.is_inline(block[0]) for block in inner):
            return
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            if (inside and not is_view(node, None)) or id(node) in self.kept:
                self.block(node.body, node, True)
            else:
                self.empty(node.body, node)
        elif isinstance(node, ast.ClassDef):
            if inside or id(node) in self.kept:
                self.block(node.body, node, inside)
            else:
                self.empty(node.body, node)
        elif isinstance(node, ast.If) and is_type_checking(node.test):
            self.empty(node.body, None)
            if node.orelse and not self.is_elif(node.orelse):
                self.block(node.orelse, owner, inside)
        else:
            for block in inner:
                if block is getattr(node, "orelse", None) and self.is_elif(block):
                    self.compound(block[0], owner, inside)
                else:
                    self.block(block, owner, inside)

    def is_inline(self, node: ast.stmt) -> bool:
        """Whether the statement stands on the line of the header before it (never true of ``elif``)."""
        first = self.first_line(node)
        return not self.is_elif([node]) and self.shares_line(first, [node])

    def is_elif(self, block: list[ast.stmt]) -> bool:
        node = block[0]
        return (
            len(block) == 1
            and isinstance(node, ast.If)
            and self.lines[node.lineno - 1].lstrip(" \t\f").startswith("elif")
        )

    def empty(self, body: list[ast.stmt], owner: ast.stmt | None) -> None:
        if len(body) == 1 and isinstance(body[0], ast.Pass):
            return
        self.pass_in(body, self.first_line(body[0]))
        if owner is not None and not all(_is_text(node) or isinstance(node, ast.Pass) for node in body):
            self.screened.add(id(owner))

    def is_irrelevant(self, node: ast.stmt, inside: bool) -> bool:
        if _is_text(node):
            return node is not self.usage
        if inside or not isinstance(node, (ast.Assign, ast.AnnAssign, ast.Expr)):
            return False
        value = node.value
        if not isinstance(value, (ast.Dict, ast.List, ast.Set, ast.Tuple, ast.Constant)):
            return False
        first, last = node.lineno, node.end_lineno or node.lineno
        if last - first <= _LARGE_LINES:
            if last == first and len(self.lines[first - 1]) <= _LARGE_CHARACTERS:
                return False
            if sum(map(len, self.lines[first - 1 : last])) <= _LARGE_CHARACTERS:
                return False
        return not _CONFIG_WORDS.search("\n".join(self.lines[first - 1 : last]))


def _is_text(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, (str, bytes))
    )


def _naming_applications(words: frozenset[str]) -> frozenset[str]:
    """Those of ``words`` that may name an application."""
    if len(_SEEN) > _MAX_SEEN:
        _SEEN.clear()
        _NAMING.clear()
    new = words - _SEEN
    if new:  # the files of a project share most of their words
        _SEEN.update(new)
        _NAMING.update([word for word in new if _APP_NAME.search(word) is not None])
    return words & _NAMING


_GLOBAL, _RETURN = frozenset({"global"}), frozenset({"return"})
_MAX_SEEN = 65536
_SEEN: set[str] = set()
_NAMING: set[str] = set()


def _end(node: ast.stmt) -> int:
    return node.end_lineno or node.lineno


def _called(root: ast.AST) -> Iterator[tuple[str, bool]]:
    """What code may call, as (name, whether it is a method): plain names also count when handed on as values."""
    for node in walk(root):
        if isinstance(node, ast.Name):
            yield node.id, False
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func.attr, True
            if node.func.attr == "set_defaults":  # of argparse: what a sub-command calls
                yield from ((each.value.attr, True) for each in node.keywords if isinstance(each.value, ast.Attribute))


def _is_data_only(node: ast.ClassDef) -> bool:
    if view_class(node):
        return False
    for base in node.bases:
        name = base.id if isinstance(base, ast.Name) else base.attr if isinstance(base, ast.Attribute) else ""
        if name in _DATA_ONLY_BASES:
            return True
    return False
