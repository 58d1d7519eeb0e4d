"""Files of the project that a program names by their path and runs: ``exec(compile(...))``, ``runpy``, import machinery.

Sources: click, "Custom Multi Commands" (commands that are read from the files of a folder); the documentation of
``runpy``, and "Importing a source file directly" in that of ``importlib``.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable

from flask_prodcheck.facts.statements import argument, call_name
from flask_prodcheck.facts.syntax import Attribute, BinOp, Call, Expr, Name, With
from flask_prodcheck.model.python.instances.scope import Scope
from flask_prodcheck.model.python.modules import Modules

#: What gives back the path that it is given, written otherwise.
_SAME = frozenset({f"os.path.{name}" for name in ("abspath", "realpath", "normpath", "normcase")} | {"pathlib.Path"})
_SAME_BY_METHOD = frozenset({"resolve", "absolute", "as_posix"})
_OPENERS = frozenset({"builtins.open", "io.open", "codecs.open", "io.open_code"})
_READERS = frozenset({"read", "read_text", "read_bytes"})
#: What makes a module, or how to load one, of a file; where the path stands.
_BY_PATH = {
    "importlib.util.spec_from_file_location": 1,
    "importlib.machinery.SourceFileLoader": 1,
    "imp.load_source": 1,
}
_DEPTH = 12


class SourceFiles:
    """The files that expressions of ``path`` name. ``text`` evaluates an expression that is no path."""

    def __init__(self, modules: Modules, path: str, scope: Scope, text: Callable[[Expr], object]) -> None:
        self._modules = modules
        self._path = path
        self._scope = scope
        self._text = text

    def named(self, expr: Expr) -> str | None:
        """The Python file of the project whose path ``expr`` is, put together from ``__file__``."""
        path = self._joined(expr, 0)
        return path if path is not None and self._modules.module(path) is not None else None

    def compiled(self, call: Call) -> str | None:
        """The file whose code ``call`` makes or reads: ``compile(source, path, "exec")``, ``open(path).read()``."""
        if self._qualified(call.func) == "builtins.compile":
            return self.named(call.args[1]) if len(call.args) > 1 else None
        if not isinstance(call.func, Attribute) or call.func.attr not in _READERS:
            return None
        opened = self._value(call.func.value)
        if isinstance(opened, Call) and self._qualified(opened.func) in _OPENERS and opened.args:
            return self.named(opened.args[0])
        return self.named(call.func.value) if call.func.attr != "read" else None

    def loaded(self, call: Call) -> str | None:
        """The file that the import machinery is to load."""
        place = _BY_PATH.get(self._qualified(call.func) or "")
        path = argument(call, "location", "path", "pathname", position=place) if place is not None else None
        return self.named(path) if path is not None else None

    def _joined(self, expr: Expr, depth: int) -> str | None:
        """The path, from the root of the project, that ``expr`` gives; None where it begins elsewhere."""
        if depth > _DEPTH:
            return None
        if isinstance(expr, Name):
            if expr.id == "__file__":
                return self._path
            value = self._value(expr)
            return self._joined(value, depth + 1) if value is not expr else None
        if isinstance(expr, BinOp):
            return self._below(expr.left, (expr.right,), depth) if expr.op == "/" else self._added(expr, depth)
        if isinstance(expr, Attribute):
            base = self._joined(expr.value, depth + 1) if expr.attr == "parent" else None
            return posixpath.dirname(base) if base is not None else None
        if not isinstance(expr, Call):
            return None
        name = self._qualified(expr.func)
        if name in ("os.path.join", "posixpath.join") and expr.args:
            return self._below(expr.args[0], expr.args[1:], depth)
        if name in ("os.path.dirname", "posixpath.dirname") and expr.args:
            base = self._joined(expr.args[0], depth + 1)
            return posixpath.dirname(base) if base is not None else None
        if name in _SAME and expr.args:
            return self._below(expr.args[0], expr.args[1:], depth)
        if name == "builtins.str" and len(expr.args) == 1:
            return self._joined(expr.args[0], depth + 1)
        if isinstance(expr.func, Attribute) and name is None:
            if expr.func.attr in _SAME_BY_METHOD:
                return self._joined(expr.func.value, depth + 1)
            if expr.func.attr == "joinpath":
                return self._below(expr.func.value, expr.args, depth)
            if expr.func.attr == "with_name" and expr.args:
                base = self._joined(expr.func.value, depth + 1)
                return self._under(posixpath.dirname(base), expr.args) if base is not None else None
        return None

    def _below(self, base: Expr, parts: tuple[Expr, ...], depth: int) -> str | None:
        folder = self._joined(base, depth + 1)
        return self._under(folder, parts) if folder is not None else None

    def _under(self, folder: str, parts: tuple[Expr, ...]) -> str | None:
        words = [self._text(part) for part in parts]
        known = [word for word in words if isinstance(word, str) and "${" not in word and not word.startswith("/")]
        path = posixpath.normpath(posixpath.join(folder, *known))
        return path if len(known) == len(words) and not path.startswith("../") else None

    def _added(self, expr: BinOp, depth: int) -> str | None:
        """``folder + "/name.py"``."""
        folder = self._joined(expr.left, depth + 1) if expr.op == "+" else None
        word = self._text(expr.right) if folder is not None else None
        if folder is None or not isinstance(word, str) or "${" in word:
            return None
        return posixpath.normpath((folder or ".") + word)

    def _value(self, expr: Expr) -> Expr:
        """What the name ``expr`` is given, once: an assignment's value, or what ``with`` enters; else ``expr`` itself."""
        if not isinstance(expr, Name) or expr.id in self._scope.params:
            return expr
        found = self._modules.resolve(self._path, expr, self._scope.body)
        if found.kind != "value" or found.module != self._path or found.conditional:
            return expr
        if found.value is not None:
            return found.value
        items = found.node.items if isinstance(found.node, With) else ()
        return next((item for item, target in items if isinstance(target, Name) and target.id == expr.id), expr)

    def _qualified(self, expr: Expr) -> str | None:
        return qualified_built_in(self._modules, self._path, expr, self._scope)

    def of(self, call: Call) -> str | None:
        """The file whose code or module ``call`` gives."""
        return (self.compiled(call) or self.loaded(call)) if call_name(call) in _GIVING else None


def qualified_built_in(modules: Modules, path: str, expr: Expr, scope: Scope) -> str | None:
    """The dotted name of ``expr``; that of a built-in function also where the file runs code which may bind any name."""
    found = modules.qualified(path, expr, scope.body)
    if found is None and isinstance(expr, Name) and expr.id in _BUILT_IN and expr.id not in scope.params:
        return f"builtins.{expr.id}" if modules.resolve(path, expr, scope.body).kind == "unknown" else None
    return found


_BUILT_IN = frozenset({"exec", "execfile", "compile", "open", "str"})
_GIVING = _READERS | {"compile"} | {name.rpartition(".")[2] for name in _BY_PATH}
