"""Where the functions of a module save the files that visitors send, and the folders that they send files from."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property

from flask_prodcheck.base import Span
from flask_prodcheck.facts.python.path_beginnings import JOINS, Locals, beginning, called
from flask_prodcheck.facts.python.scopes import bound_in, own_nodes
from flask_prodcheck.facts.python.text import Text
from flask_prodcheck.facts.python.walk import FunctionNode, Statements, walk
from flask_prodcheck.facts.syntax import Upload

_SAVES = "save"
#: The words of a module that has files of a request in hand are all of one of these.
_MENTIONS_FILES = (frozenset({"request", "files"}), frozenset({"filename"}), frozenset({"form", "data"}))
_SENDS = frozenset({"send_from_directory", "send_file"})
_GIVES_FILES = frozenset({"get", "getlist", "values", "items", "pop"})
_REMOVES = frozenset({"unlink", "rmtree", "NamedTemporaryFile", "TemporaryDirectory"})
#: What is called with the name of a file keeps it, or tells it.
_KEEPS_NAMES = frozenset({"execute", "executemany", "insert", "insert_one", "update_one", "url_for"})
_ENDS_RECORDS = frozenset({"add", "add_all", "commit", "save", "flush"})
_NAMES = JOINS | {"secure_filename", "format"}


def uploads(
    found: Statements, names: Mapping[str, tuple[str, str]], text: Text, span: Callable[[ast.expr], Span]
) -> tuple[Upload, ...]:
    """The places where a file of a request is saved below a folder that the source names. ``names``: what the imports of
    the module bind. A function that removes files keeps none."""
    if _SAVES not in text.words or not any(words <= text.words for words in _MENTIONS_FILES):
        return ()
    requests = frozenset([name for name, target in names.items() if target[1] == "request"])
    saving = [
        each
        for function in _mentioning(found, {_SAVES}, text)
        if (each := _Function(function, requests)).saves_to_paths
    ]
    savers = {each.name: each for each in saving if each.parameters}
    callers: dict[str, list[_Function]] = {}
    for function in _mentioning(found, savers.keys(), text) if savers else ():
        caller = _Function(function, requests)
        for name in caller.hands_files_to(savers):
            callers.setdefault(name, []).append(caller)
    kept = [
        Upload(
            span(call),
            each.name,
            folder,
            each.records(path) or (each.returns(path) and _is_used(folder, callers.get(each.name, ()))),
        )
        for each in saving
        if not each.removes
        for call, path in each.saved()
        if (folder := beginning(path, each.local))
    ]
    return tuple(sorted(kept, key=lambda upload: upload.span))


def sent_folders(found: Statements, text: Text) -> tuple[tuple[str, ...], ...]:
    """The folders from which functions of the module send files to visitors, as in :class:`Upload`."""
    if text.words.isdisjoint(_SENDS):
        return ()
    sent: set[tuple[str, ...]] = set()
    for function in _mentioning(found, _SENDS, text):
        each = _Function(function, frozenset())
        for call in each.calls:
            if called(call) in _SENDS:
                sent.add(beginning(_sent(call), each.local))
    return tuple(sorted(sent - {()}))


def _sent(call: ast.Call) -> ast.expr:
    """The folder that a call sends files from, or the path that it sends; None of the two where it is always one file."""
    words = {word.arg: word.value for word in call.keywords}
    nothing = ast.Constant(None)
    if called(call) == "send_file":
        return call.args[0] if call.args else words.get("path_or_file", nothing)
    name = call.args[1] if len(call.args) > 1 else words.get("path", words.get("filename", nothing))
    folder = call.args[0] if call.args else words.get("directory", nothing)
    return nothing if isinstance(name, ast.Constant) else folder


def _is_used(folder: Sequence[str], callers: Sequence[_Function]) -> bool:
    """Whether the name that a function returns is kept: a caller in the module writes to a database, or the folder is
    one that browsers are sent to."""
    return any("static" in part for part in folder) or any(caller.ends_records for caller in callers)


def _mentioning(found: Statements, words: AbstractSet[str], text: Text) -> Iterator[FunctionNode]:
    """The functions in whose text one of ``words`` stands: a look that is cheaper than one at the words."""
    for function, _ in found.functions:
        source = "\n".join(text.lines[function.lineno - 1 : function.end_lineno])
        if any(word in source for word in words):
            yield function


class _Function:
    """One function: which of its names hold files of the request, and what it does with what it saves."""

    def __init__(self, function: FunctionNode, requests: AbstractSet[str]) -> None:
        self._node = function
        self.name = function.name
        self.parameters = [each.arg for each in function.args.args]
        self._nodes = list(own_nodes(function))
        self.calls = [node for node in self._nodes if isinstance(node, ast.Call)]
        self._requests = requests

    @cached_property
    def local(self) -> Locals:
        held: dict[str, ast.expr | None] = {}
        for node in self._nodes:
            if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
                name = node.targets[0].id
                held[name] = None if name in held else node.value
        return Locals(bound_in(self._node), held)

    @cached_property
    def _files(self) -> set[str]:
        """The names that hold a file of the request, or the list of them."""
        bound: list[tuple[ast.expr, ast.expr]] = []
        asked: set[str] = set()  # the names of whose object the file name is asked
        for node in self._nodes:
            if isinstance(node, ast.Assign):
                bound += [(target, node.value) for target in node.targets]
            elif isinstance(node, ast.For | ast.AsyncFor):
                bound.append((node.target, node.iter))
            elif isinstance(node, ast.NamedExpr):
                bound.append((node.target, node.value))
            elif isinstance(node, ast.Attribute) and node.attr == "filename" and isinstance(node.value, ast.Name):
                asked.add(node.value.id)
        files = asked.intersection(self.parameters)
        for _ in range(3):  # a name of a name of a file
            for target, value in bound:
                if self._is_file(value, files):
                    files |= {each.id for each in ast.walk(target) if isinstance(each, ast.Name)}
        return files

    def _is_file(self, value: ast.expr, files: AbstractSet[str]) -> bool:
        """``request.files["a"]``, ``request.files.get("a")``, ``form.a.data``, a name of one, an item of the list, an image
        that is made of one: ``Image.open(file)``."""
        if isinstance(value, ast.Name):
            return value.id in files
        if isinstance(value, ast.Subscript):
            return self._is_file(value.value, files) or self._are_files(value.value)
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
            if value.func.attr == "open":
                return any(self._is_file(each, files) for each in value.args[:1])
            return value.func.attr in _GIVES_FILES and self._are_files(value.func.value)
        return self._are_files(value) or (
            isinstance(value, ast.Attribute) and value.attr == "data" and isinstance(value.value, ast.Attribute)
        )

    def _are_files(self, value: ast.expr) -> bool:
        if not isinstance(value, ast.Attribute) or value.attr != "files":
            return False
        holder = value.value
        if isinstance(holder, ast.Attribute):
            return holder.attr == "request"
        return isinstance(holder, ast.Name) and (holder.id in self._requests or holder.id == "request")

    @property
    def _saves(self) -> Iterator[tuple[ast.Call, ast.expr, ast.expr]]:
        """(the call, what is saved, the path) wherever something is."""
        for call in self.calls:
            if isinstance(call.func, ast.Attribute) and call.func.attr == _SAVES:
                named = next((word.value for word in call.keywords if word.arg == "dst"), None)
                path = call.args[0] if call.args else named
                if path is not None:
                    yield call, call.func.value, path

    @property
    def saves_to_paths(self) -> bool:
        """Whether the function saves anything, files or other, at a place that it names."""
        return next(self._saves, None) is not None

    def saved(self) -> Iterator[tuple[ast.Call, ast.expr]]:
        """(the call, the path) for each file of a request that is saved."""
        return ((call, path) for call, value, path in self._saves if self._is_file(value, self._files))

    @property
    def removes(self) -> bool:
        """Whether the function takes files away again, or works in a temporary folder."""
        return any(
            called(call) in _REMOVES or (called(call) == "remove" and ast.unparse(call.func) == "os.remove")
            for call in self.calls
        )

    @property
    def ends_records(self) -> bool:
        """Whether the function writes to a database."""
        return any(
            isinstance(call.func, ast.Attribute)
            and call.func.attr in _ENDS_RECORDS | _KEEPS_NAMES
            and not self._is_file(call.func.value, self._files)
            for call in self.calls
        )

    def records(self, path: ast.expr) -> bool:
        """Whether the function writes down, or tells the visitor, the name under which the file can be had later."""
        names = self._names_in(path)
        for call in self.calls:
            if called(call) in _KEEPS_NAMES and _mention([*call.args, *[word.value for word in call.keywords]], names):
                return True
        kept = any(
            called(call)[:1].isupper() and _mention([word.value for word in call.keywords], names)
            for call in self.calls
        ) or any(
            isinstance(node, ast.Assign)
            and any(isinstance(target, ast.Attribute) for target in node.targets)
            and _mention([node.value], names)
            for node in self._nodes
        )
        return kept and self.ends_records

    def returns(self, path: ast.expr) -> bool:
        """Whether the function gives its caller the name of the file without the folder, as who stores it does. A path is
        for who opens it at once."""
        names = self._names_in(path) - ({path.id} if isinstance(path, ast.Name) else set())
        return any(
            isinstance(each, ast.Name) and each.id in names
            for node in self._nodes
            if isinstance(node, ast.Return)
            for each in (node.value.elts if isinstance(node.value, ast.Tuple) else [node.value])
        )

    def hands_files_to(self, savers: Mapping[str, _Function]) -> Iterator[str]:
        """The names of the functions among ``savers`` that this one calls; their parameters that get a file of the
        request hold one from now on."""
        for call in self.calls:
            if isinstance(call.func, ast.Name) and call.func.id in savers:
                target = savers[call.func.id]
                for parameter, argument in zip(target.parameters, call.args, strict=False):
                    if self._is_file(argument, self._files):
                        target._files.add(parameter)
                yield target.name

    def _names_in(self, path: ast.expr) -> set[str]:
        """The function's own names in ``path`` and in the paths that these stand for, those of the file itself left out."""
        found: set[str] = set()
        pending = [path]
        while pending:
            for node in walk(pending.pop()):
                if isinstance(node, ast.Name) and node.id in self.local.names - self._files and node.id not in found:
                    found.add(node.id)
                    held = self.local.held.get(node.id)
                    if held is not None and (not isinstance(held, ast.Call) or called(held) in _NAMES):
                        pending.append(held)
        return found


def _mention(exprs: Sequence[ast.expr], names: AbstractSet[str]) -> bool:
    return any(isinstance(node, ast.Name) and node.id in names for expr in exprs for node in walk(expr))
