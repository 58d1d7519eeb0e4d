"""Accounts whose password a module writes down: those that it creates, what a login compares with, and the default of a
variable that gives an administrator's password.

Here a placeholder is a password as well: it is what the account has until somebody changes it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from flask_prodcheck.base import Span
from flask_prodcheck.facts.python.path_beginnings import called
from flask_prodcheck.facts.python.text import Text
from flask_prodcheck.facts.python.variable_defaults import default_of
from flask_prodcheck.facts.python.views import is_view
from flask_prodcheck.facts.python.walk import walk, walk_near
from flask_prodcheck.facts.secrets import masked_text
from flask_prodcheck.facts.syntax import Password
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import replace

_ADMINISTRATORS = frozenset({"admin", "administrator", "superadmin", "superuser", "root", "sysadmin"})
_VARIABLE = regex(
    r"(?:^|_)(?:ADMIN|ADMINISTRATOR|SUPER_?USER|SUPER_?ADMIN|ROOT_USER)(?:_\w{1,40})?_(?:PASSWORD|PASSWD|PASS|PWD)$",
    re.IGNORECASE,
)
_USER = regex(r"^(?:user_?name|user|login|name|e?mail|email_address)$", re.IGNORECASE)
_PASSWORD = regex(r"(?:^|_)(?:password|passwd|pwd|pass)(?:_?hash(?:ed)?)?$|^pw_?hash$", re.IGNORECASE)
_INSERT = regex(r"\bINSERT\b[^()]{1,200}\([^()]{0,500}\bpass", re.IGNORECASE)
#: What stands in the lines of every account: a name of a password, and one of an administrator.
_SAY_PASSWORD = ("pass", "pwd", "pwhash", "pw_hash")
_SAY_ADMINISTRATOR = ("admin", "superuser", "super_user", "root")
_MARKS = ("${", "{{", "%(", "<", ">", "***", "{")
_LONGEST = 100
_SHORTEST = 3


def accounts(tree: ast.Module, text: Text, span: Callable[[ast.expr], Span]) -> Iterator[Password]:
    """The accounts of administrators, each at its password. ``function`` is the one at the top of the module that creates
    the account when it is called, "" where views of the module call it; commands, which somebody has to call, create none."""
    if "pass" not in text.lowered or not any(each in text.lowered for each in ("admin", "superuser", "root")):
        return
    found = list(_in_module(tree, (text.lines_with(_SAY_PASSWORD), text.lines_with(_SAY_ADMINISTRATOR)), span))
    answering = _answering(tree) if any(each.function for each in found) else frozenset()
    for each in found:
        yield replace(each, function="") if each.function in answering else each


def _answering(tree: ast.Module) -> frozenset[str]:
    """The views at the top of the module, and the functions that they call, themselves or through others."""
    calls: dict[str, set[str]] = {}
    pending: list[str] = []
    for top in tree.body:
        if isinstance(top, ast.FunctionDef | ast.AsyncFunctionDef):
            calls[top.name] = {called(node) for node in walk(top) if isinstance(node, ast.Call)}
            if is_view(top, None):
                pending.append(top.name)
    found: set[str] = set()
    while pending:
        name = pending.pop()
        if name in calls and name not in found:
            found.add(name)
            pending += calls[name]
    return frozenset(found)


def _in_module(tree: ast.Module, lines: Sequence[Sequence[int]], span: Callable[[ast.expr], Span]) -> Iterator[Password]:
    """``lines``: each account stands in a statement that has one of each of them."""
    for top in tree.body:
        if isinstance(top, ast.FunctionDef | ast.AsyncFunctionDef):
            if not any(_is_command(each) for each in top.decorator_list):
                yield from _within(top, top.name, lines, span)
        elif isinstance(top, ast.ClassDef):
            yield from _within(top, None, lines, span)
        elif not (isinstance(top, ast.If) and "__main__" in ast.unparse(top.test)):
            yield from _within(top, "", lines, span)


def _within(
    top: ast.stmt, function: str | None, lines: Sequence[Sequence[int]], span: Callable[[ast.expr], Span]
) -> Iterator[Password]:
    """Those in ``top``. ``function`` as in :class:`Password`; None where nothing shows that what creates accounts there is
    called."""
    for node in walk_near(top, *lines):
        if isinstance(node, ast.Call | ast.BoolOp):
            yield from _default(node, span)
        if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And):
            yield from _compared(node, span)
        elif function is not None and isinstance(node, ast.Call):
            words = [(word.arg or "", word.value) for word in node.keywords]
            administers = called(node).lower() in _ADMINISTRATORS
            yield from _created(words, function, span, everyone=administers)
            yield from _inserted(node, function, span)
        elif function is not None and isinstance(node, ast.Dict):
            keys = [key.value if isinstance(key, ast.Constant) else "" for key in node.keys]
            pairs = [(key, value) for key, value in zip(keys, node.values, strict=True) if isinstance(key, str)]
            yield from _created(pairs, function, span)


def _default(expr: ast.Call | ast.BoolOp, span: Callable[[ast.expr], Span]) -> Iterator[Password]:
    """``os.environ.get("ADMIN_PASSWORD", "admin")``, and with ``or``."""
    variable, given = default_of(expr) or ("", expr)
    if variable and _VARIABLE.search(variable) and (password := _text(given)):
        yield Password(variable, masked_text(password), span(given), variable)


def _created(
    pairs: list[tuple[str, ast.expr]], function: str, span: Callable[[ast.expr], Span], *, everyone: bool = False
) -> Iterator[Password]:
    """``User(username="admin", password=...)``, and the same as a dictionary. ``everyone``: whoever is created there is an
    administrator (``Admin(username="bo", password=...)``)."""
    users = [
        text
        for name, value in pairs
        if _USER.search(name) and (text := _text(value)) and (everyone or _is_administrator(text))
    ]
    for name, value in pairs if users else ():
        given = _PASSWORD.search(name) and _written(value)
        if given:
            yield Password(f"The account of {users[0]}", masked_text(given), span(value), function=function)


def _inserted(call: ast.Call, function: str, span: Callable[[ast.expr], Span]) -> Iterator[Password]:
    """``execute("INSERT INTO users (name, password) ...", ("admin", "admin123"))``."""
    if called(call) != "execute" or len(call.args) != 2 or not _INSERT.search(_text(call.args[0], longest=2000)):
        return
    values = call.args[1].elts if isinstance(call.args[1], ast.Tuple | ast.List) else []
    for user, value in pairwise(values):
        if _is_administrator(_text(user)) and (given := _written(value)):
            yield Password(f"The account of {_text(user)}", masked_text(given), span(value), function=function)


def _compared(test: ast.BoolOp, span: Callable[[ast.expr], Span]) -> Iterator[Password]:
    """``username == "admin" and password == "admin123"``."""
    pairs = [
        (_name(each.left), each.comparators[0])
        for each in test.values
        if isinstance(each, ast.Compare) and len(each.ops) == 1 and isinstance(each.ops[0], ast.Eq)
    ]
    users = [text for name, value in pairs if _USER.search(name) and _is_administrator(text := _text(value))]
    for name, value in pairs if users else ():
        if _PASSWORD.search(name) and (given := _text(value)):
            yield Password(f"The account of {users[0]}", masked_text(given), span(value))


def _name(expr: ast.expr) -> str:
    """The last name of what is compared: of a variable, an attribute, or the key of a form."""
    if isinstance(expr, ast.Name):
        return expr.id
    if isinstance(expr, ast.Attribute):
        return expr.attr
    key = expr.slice if isinstance(expr, ast.Subscript) else None
    if isinstance(expr, ast.Call) and called(expr) == "get" and expr.args:
        key = expr.args[0]
    return _text(key) if key is not None else ""


def _is_administrator(text: str) -> bool:
    return text.partition("@")[0].lower() in _ADMINISTRATORS


def _written(value: ast.expr) -> str:
    """The password that ``value`` is, or that it is made of: ``hash_password("admin123")``, and what is asked of that."""
    while isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and not value.args:
        value = value.func.value  # .decode(), .hexdigest()
    if isinstance(value, ast.Call) and value.args and "hash" in called(value).lower():
        return _text(value.args[0])
    return _text(value)


def _text(expr: ast.expr, *, longest: int = _LONGEST) -> str:
    """A constant that may be a name or a password; "" for anything else."""
    value = expr.value if isinstance(expr, ast.Constant) else None
    if not isinstance(value, str) or not _SHORTEST <= len(value) <= longest:
        return ""
    return value if longest != _LONGEST or not any(mark in value for mark in _MARKS) else ""


def _is_command(decorator: ast.expr) -> bool:
    return called(decorator) == "command" if isinstance(decorator, ast.Call) else _name(decorator) == "command"
