"""Which functions and classes of a module are kept, since they can carry launch or configuration facts."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from flask_prodcheck.facts.python.text import Text
from flask_prodcheck.facts.python.triggers import FACTORY_NAME, SERVERS, TRIGGERS, mentions_trigger, naming_applications
from flask_prodcheck.facts.python.views import is_view, view_class
from flask_prodcheck.facts.python.walk import FunctionNode, blocks, children, walk
from flask_prodcheck.patterns import regex

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
_GLOBAL, _RETURN = frozenset({"global"}), frozenset({"return"})


def kept_definitions(tree: ast.Module, text: Text) -> set[int]:
    """The ids of the functions and classes of ``tree``, whose source is ``text``, whose bodies stay."""
    chooser = _Chooser(text)
    chooser.module(tree)
    return chooser.kept


class _Chooser:
    """Decides which function bodies stay, following calls until nothing new is found.

    ``kept`` maps the id of each function and class whose body stays; ``serving`` names the functions that may start a
    server, themselves or through another one.
    """

    def __init__(self, text: Text) -> None:
        self.text = text
        # What a function has to mention to be kept, as far as the file has it.
        self.triggers = TRIGGERS & text.words
        self.applications = naming_applications(text.words)
        self.servers = SERVERS & text.words
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
            or FACTORY_NAME.search(node.name)
            or self.deploys
            or (not node.name.startswith("test_") and self.may_carry_facts(node))
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

    def may_carry_facts(self, node: FunctionNode) -> bool:
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
        return mentions_trigger(node)


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
