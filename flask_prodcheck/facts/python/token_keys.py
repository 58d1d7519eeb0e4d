"""What a module signs or encrypts with: the keys that it hands to the libraries for tokens, signatures and ciphers."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from flask_prodcheck.base import Span
from flask_prodcheck.facts.python.text import Text
from flask_prodcheck.facts.python.walk import FunctionNode, Statements, first_line, walk
from flask_prodcheck.patterns import regex

#: Top package, name (its own, or an attribute of what is imported) -> the position and the name of the key's argument.
_CALLS: Mapping[tuple[str, str], tuple[int, tuple[str, ...]]] = {
    **{
        ("itsdangerous", name): (0, ("secret_key",))
        for name in ("Serializer", "TimedSerializer", "URLSafeSerializer", "URLSafeTimedSerializer", "Signer",
                     "TimestampSigner", "JSONWebSignatureSerializer", "TimedJSONWebSignatureSerializer")
    },
    ("jwt", "encode"): (1, ("key",)),
    ("jwt", "decode"): (1, ("key",)),
    ("jose", "encode"): (1, ("key",)),
    ("jose", "decode"): (1, ("key",)),
    ("hmac", "new"): (0, ("key",)),
    ("hmac", "digest"): (0, ("key",)),
    ("cryptography", "Fernet"): (0, ("key",)),
}  # fmt: skip
_DERIVE = "derive"  # of every key derivation of cryptography: its argument is what the key is made of
_HASHES = "hashlib"  # of what is hashed, only a secret that is mixed in counts
_PACKAGES = frozenset({package for package, _ in _CALLS} | {_HASHES})
_SECRET = regex(r"secret|key|salt|token|passw", re.IGNORECASE)
_WRAPPERS = frozenset({"bytes", "bytearray", "str", "b64encode", "urlsafe_b64encode", "b64decode", "urlsafe_b64decode"})
_METHODS = frozenset({"encode", "decode", "strip", "get_secret_value", "digest", "hexdigest"})
_LONG = 200
_DEPTH = 6
_MANY = 40


def token_keys(
    found: Statements, names: Mapping[str, tuple[str, str]], text: Text, span: Callable[[ast.expr], Span]
) -> tuple[tuple[str, Span], ...]:
    """(source text, place) of each expression that a function of the module signs or encrypts with, as far as it is no
    argument of the function. ``names``: what the imports of the module bind."""
    ours = {name for name, (package, _) in names.items() if package in _PACKAGES}
    if not ours:
        return ()
    keys: dict[str, Span] = {}
    for function, _ in found.functions:
        if not text.has_one_of(ours | {_DERIVE}, first_line(function), function.end_lineno or function.lineno):
            continue
        local = _Local(function)
        for node in walk(function):
            for argument, mixed in _arguments(node, names) if isinstance(node, ast.Call) else ():
                for atom in local.atoms(argument):
                    written = ast.unparse(atom)
                    is_read = isinstance(atom, ast.Call | ast.Subscript)
                    if len(written) <= _LONG and _SECRET.search(written) and (is_read or not mixed):
                        keys.setdefault(written, span(atom))
    return tuple(sorted(keys.items(), key=lambda each: (each[1].line, each[0])))[:_MANY]


def _arguments(call: ast.Call, names: Mapping[str, tuple[str, str]]) -> Iterator[tuple[ast.expr, bool]]:
    """The arguments that are keys, and whether the key is only part of what stands there."""
    func = call.func
    base = func
    while isinstance(base, ast.Attribute):
        base = base.value
    package, own = names.get(base.id, ("", "")) if isinstance(base, ast.Name) else ("", "")
    name = func.attr if isinstance(func, ast.Attribute) else own
    if package == _HASHES:
        yield from ((arg, True) for arg in call.args[:1])
    elif isinstance(func, ast.Attribute) and name == _DERIVE and call.args:
        if any(package == "cryptography" for package, _ in names.values()):
            yield call.args[0], False
    elif (package, name) in _CALLS:
        position, words = _CALLS[(package, name)]
        yield from ((arg, False) for arg in call.args[position : position + 1])
        yield from ((word.value, False) for word in call.keywords if word.arg in words)


class _Local:
    """The names that a function binds: those that one assignment binds stand for what it assigns."""

    def __init__(self, function: FunctionNode) -> None:
        args = function.args
        every = (*args.posonlyargs, *args.args, *args.kwonlyargs, args.vararg, args.kwarg)
        self._bound: dict[str, ast.expr | None] = dict.fromkeys(each.arg for each in every if each is not None)
        for node in walk(function):
            if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
                name = node.targets[0].id
                self._bound[name] = None if name in self._bound else node.value
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                self._bound.setdefault(node.id, None)

    def atoms(self, expr: ast.expr, depth: int = 0) -> Sequence[ast.expr]:
        """What ``expr`` is made of: what is read from outside of the function."""
        if depth > _DEPTH:
            return ()
        inner: list[ast.expr] = []
        if isinstance(expr, ast.Name):
            if expr.id not in self._bound:
                return (expr,)
            held = self._bound[expr.id]
            inner = [held] if held is not None else []
        elif isinstance(expr, ast.BinOp):
            inner = [expr.left, expr.right]
        elif isinstance(expr, ast.JoinedStr):
            inner = [each.value for each in expr.values if isinstance(each, ast.FormattedValue)]
        elif isinstance(expr, ast.Call):
            name = expr.func.attr if isinstance(expr.func, ast.Attribute) else ""
            name = expr.func.id if isinstance(expr.func, ast.Name) else name
            if (
                name in _METHODS
                and isinstance(expr.func, ast.Attribute)
                and not isinstance(expr.func.value, ast.Constant)
            ):
                inner = [expr.func.value]
            elif name in _WRAPPERS and expr.args:
                inner = [expr.args[0]]
            elif name in ("get", "getenv"):
                return (expr,)
        elif isinstance(expr, ast.Attribute | ast.Subscript) and not self._starts_here(expr):
            return (expr,)
        return [atom for each in inner for atom in self.atoms(each, depth + 1)]

    def _starts_here(self, expr: ast.expr) -> bool:
        """Whether the object, of which something is read, is the function's own."""
        while isinstance(expr, ast.Attribute | ast.Subscript | ast.Call):
            expr = expr.func if isinstance(expr, ast.Call) else expr.value
        return not isinstance(expr, ast.Name) or expr.id in self._bound
