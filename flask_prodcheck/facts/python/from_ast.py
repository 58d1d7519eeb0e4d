"""From ``ast`` nodes to the statements and expressions of :mod:`flask_prodcheck.facts.syntax`.

The same result as :mod:`flask_prodcheck.facts.python.convert` gives, spans included, at a fraction of its cost. What
was cut (:mod:`flask_prodcheck.facts.python.regions`) is left out.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from flask_prodcheck.base import Span
from flask_prodcheck.facts import syntax as s
from flask_prodcheck.facts.python.depth import MAX_EXPRESSION_DEPTH, MAX_OPERANDS, TooDeepError
from flask_prodcheck.facts.python.regions import Cut
from flask_prodcheck.facts.python.templates import Part, parts_of
from flask_prodcheck.facts.python.text import Place, Text
from flask_prodcheck.facts.python.walk import children
from flask_prodcheck.patterns import regex

_BINARY: Mapping[type[ast.AST], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.MatMult: "@",
    ast.BitOr: "|",
    ast.BitAnd: "&",
    ast.BitXor: "^",
    ast.LShift: "<<",
    ast.RShift: ">>",
}
_UNARY: Mapping[type[ast.AST], str] = {ast.Not: "not", ast.USub: "-", ast.UAdd: "+", ast.Invert: "~"}
_COMPARE: Mapping[type[ast.AST], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
    ast.Is: "is",
    ast.IsNot: "is not",
}
_KINDS: Mapping[type[ast.AST], str] = {ast.List: "list", ast.Tuple: "tuple", ast.Set: "set"}
_JUMPS: Mapping[type[ast.AST], str] = {ast.Break: "break", ast.Continue: "continue"}
_OPAQUE_LIMIT = 200
_COMMENT = regex(r"#[^\n]*")
_CASE = regex(r"\bcase\b")


def convert_ast(path: str, tree: ast.Module, text: Text, cut: Cut) -> tuple[s.Stmt, ...]:
    """The statements of ``tree``, parsed from the source of ``text``, without what was ``cut``. Raises
    :class:`TooDeepError` for an expression that nests too deeply."""
    return _Converter(path, text, cut).block(tree.body)


class _Converter:
    """Holds what every step of one conversion needs."""

    def __init__(self, path: str, text: Text, cut: Cut) -> None:
        self.path = path
        self.text = text
        self.cut = cut
        self.depth = 0

    # --- places ------------------------------------------------------------------------------------------------------

    def span(self, node: ast.expr | ast.stmt | ast.ExceptHandler | ast.keyword | ast.pattern) -> Span:
        if self.text.is_ascii:  # nearly always: bytes are characters
            return Span(
                self.path,
                node.lineno,
                node.col_offset + 1,
                node.end_lineno or node.lineno,
                (node.end_col_offset or 0) + 1,
            )
        return self.at(self.text.place(node))

    def at(self, place: Place) -> Span:
        return Span(self.path, place[0], place[1] + 1, place[2], place[3] + 1)

    def header(self, node: ast.stmt) -> Span:
        line, column, _, _ = self.text.place(node)
        return self.at((line, column, line, len(self.text.lines[line - 1].rstrip())))

    def bare(self, node: ast.Tuple | ast.GeneratorExp) -> Place:
        """The place without the parentheses that ``ast`` counts as part of a tuple or generator."""
        place = self.text.place(node)
        if isinstance(node, ast.Tuple):
            if not node.elts:
                return place[2], place[3] - 1, place[2], place[3] - 1
            if not self.is_parenthesised(node, place):
                return place
        line, column, end, end_column = place[0], place[1] + 1, place[2], place[3] - 1
        while True:
            rest = self.text.lines[line - 1]
            while column < len(rest) and rest[column] in " \t\f":
                column += 1
            if line >= end or (column < len(rest) and rest[column] not in "#\\"):
                break
            line, column = line + 1, 0
        inner = node.elts[-1] if isinstance(node, ast.Tuple) else _last(node)
        _, _, first, first_column = self.text.place(inner)
        gap = _COMMENT.sub(
            lambda found: " " * len(found.group()), self.text.between(first, first_column, end, end_column)
        )
        kept = gap.rstrip(" \t\f\n\\")
        breaks = kept.count("\n")
        if breaks:
            return line, column, first + breaks, len(kept) - kept.rindex("\n") - 1
        return line, column, first, first_column + len(kept)

    def is_parenthesised(self, node: ast.Tuple, place: Place) -> bool:
        if self.text.lines[place[0] - 1][place[1] : place[1] + 1] != "(":
            return False
        first = self.text.place(node.elts[0])
        opened = _COMMENT.sub("", self.text.between(place[0], place[1], first[0], first[1])).count("(")
        after = self.text.place(node.elts[1])[:2] if len(node.elts) > 1 else place[2:]
        gap = _COMMENT.sub("", self.text.between(first[2], first[3], *after))
        return opened > gap.partition(",")[0].count(")")

    # --- statements --------------------------------------------------------------------------------------------------

    def block(self, body: list[ast.stmt]) -> tuple[s.Stmt, ...]:
        passed = self.cut.passes.get(id(body))
        if passed is not None:
            line, column = passed
            return (s.Jump(self.at((line, column, line, column + len("pass"))), "pass"),)
        dropped = self.cut.dropped
        return tuple([self.statement(node) for node in body if id(node) not in dropped])

    def statement(self, node: ast.stmt) -> s.Stmt:
        build = _STATEMENTS.get(type(node))
        if build is not None:
            return build(self, node)
        if type(node).__name__ == "TryStar":
            return self.try_(node)  # type: ignore[arg-type]
        if type(node).__name__ == "TypeAlias":
            return s.Assign(self.span(node), (self.expr(node.name),), self.opaque(node.value))  # type: ignore[attr-defined]
        raise TypeError(f"unexpected statement {type(node).__name__}")

    def expression(self, node: ast.Expr) -> s.Stmt:
        return s.ExprStmt(self.span(node), self.expr(node.value))

    def assign(self, node: ast.Assign) -> s.Stmt:
        return s.Assign(self.span(node), self.exprs(node.targets), self.expr(node.value))

    def import_(self, node: ast.Import) -> s.Stmt:
        return s.Import(self.span(node), tuple([(alias.name, alias.asname) for alias in node.names]))

    def import_from(self, node: ast.ImportFrom) -> s.Stmt:
        names = tuple([(alias.name, alias.asname) for alias in node.names])
        return s.ImportFrom(self.span(node), node.module or "", node.level, names)

    def annotated(self, node: ast.AnnAssign) -> s.Stmt:
        target, annotation = self.expr(node.target), self.expr(node.annotation)
        if node.value is None:
            return s.Declare(self.span(node), target, annotation)
        return s.Assign(self.span(node), (target,), self.expr(node.value), annotation)

    def augmented(self, node: ast.AugAssign) -> s.Stmt:
        return s.AugAssign(self.span(node), self.expr(node.target), _BINARY[type(node.op)], self.expr(node.value))

    def return_(self, node: ast.Return) -> s.Stmt:
        return s.Return(self.span(node), self.optional(node.value))

    def raise_(self, node: ast.Raise) -> s.Stmt:
        return s.Raise(self.span(node), self.optional(node.exc))

    def assert_(self, node: ast.Assert) -> s.Stmt:
        return s.Assert(self.span(node), self.expr(node.test))

    def delete(self, node: ast.Delete) -> s.Stmt:
        targets = self.exprs(node.targets)
        if len(targets) == 1 and isinstance(targets[0], s.Collection):
            targets = targets[0].items
        return s.Delete(self.span(node), targets)

    def global_(self, node: ast.Global | ast.Nonlocal) -> s.Stmt:
        return s.Global(self.span(node), tuple(node.names))

    def jump(self, node: ast.stmt) -> s.Stmt:
        return s.Jump(self.span(node), _JUMPS.get(type(node), "pass"))

    def if_(self, node: ast.If) -> s.Stmt:
        # A chain of elif is as long as its author likes, so it is followed by a loop.
        chain = [node]
        while len(chain[-1].orelse) == 1 and isinstance(chain[-1].orelse[0], ast.If):
            chain.append(chain[-1].orelse[0])
        orelse = self.block(chain[-1].orelse)
        for item in reversed(chain):
            orelse = (s.If(self.span(item), self.expr(item.test), self.block(item.body), orelse),)
        return orelse[0]

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> s.Stmt:
        span = self.header(node)
        return s.FunctionDef(
            span,
            node.name,
            self.params(node.args),
            self.exprs(node.decorator_list),
            self.block(node.body),
            isinstance(node, ast.AsyncFunctionDef),
            id(node) in self.cut.screened,
        )

    def class_(self, node: ast.ClassDef) -> s.Stmt:
        span = self.header(node)
        return s.ClassDef(
            span,
            node.name,
            self.exprs(node.bases),
            self.keywords(node.keywords),
            self.exprs(node.decorator_list),
            self.block(node.body),
            id(node) in self.cut.screened,
        )

    def try_(self, node: ast.Try) -> s.Stmt:
        handlers = tuple(
            [s.Handler(self.span(h), self.optional(h.type), h.name, self.block(h.body)) for h in node.handlers]
        )
        return s.Try(
            self.span(node), self.block(node.body), handlers, self.block(node.orelse), self.block(node.finalbody)
        )

    def with_(self, node: ast.With | ast.AsyncWith) -> s.Stmt:
        items = tuple([(self.expr(item.context_expr), self.optional(item.optional_vars)) for item in node.items])
        return s.With(self.span(node), items, self.block(node.body))

    def for_(self, node: ast.For | ast.AsyncFor) -> s.Stmt:
        return s.Loop(
            self.span(node),
            self.expr(node.target),
            self.expr(node.iter),
            self.block(node.body),
            self.block(node.orelse),
        )

    def while_(self, node: ast.While) -> s.Stmt:
        return s.Loop(self.span(node), None, self.expr(node.test), self.block(node.body), self.block(node.orelse))

    def match(self, node: ast.Match) -> s.Stmt:
        return s.Match(self.span(node), self.expr(node.subject), tuple([self.case(case) for case in node.cases]))

    def case(self, node: ast.match_case) -> s.Case:
        values, wildcard = self.pattern(node.pattern)
        return s.Case(self.case_span(node), values, wildcard, self.optional(node.guard), self.block(node.body))

    def case_span(self, node: ast.match_case) -> Span:
        """From the keyword, which ``ast`` does not place, to the end of the body."""
        line, column, _, _ = self.text.place(node.pattern)
        _, _, end, end_column = self.text.place(node.body[-1])
        before = self.text.lines[line - 1][:column]
        while True:
            found = list(_CASE.finditer(_COMMENT.sub("", before)))
            if found or line <= 1:
                return self.at((line, found[-1].start() if found else 0, end, end_column))
            line -= 1
            before = self.text.lines[line - 1]

    def pattern(self, node: ast.pattern) -> tuple[tuple[s.Expr, ...], bool]:
        if isinstance(node, ast.MatchValue):
            return (self.expr(node.value),), False
        if isinstance(node, ast.MatchSingleton):
            return (s.Const(self.span(node), node.value),), False
        if isinstance(node, ast.MatchAs):
            return self.pattern(node.pattern) if node.pattern else ((), True)
        if isinstance(node, ast.MatchOr):
            parts = [self.pattern(item) for item in node.patterns]
            wildcard = any(part[1] for part in parts)
            if all(part[0] or part[1] for part in parts):
                return tuple(value for part in parts for value in part[0]), wildcard
            return (), wildcard
        return (), False

    def params(self, node: ast.arguments) -> tuple[s.Param, ...]:
        positional = [*node.posonlyargs, *node.args]
        plain = len(positional) - len(node.defaults)
        found = [
            s.Param(item.arg, "positional", self.expr(node.defaults[index - plain]) if index >= plain else None)
            for index, item in enumerate(positional)
        ]
        if node.vararg:
            found.append(s.Param(node.vararg.arg, "varargs"))
        for item, default in zip(node.kwonlyargs, node.kw_defaults, strict=True):
            found.append(s.Param(item.arg, "keyword", self.optional(default)))
        if node.kwarg:
            found.append(s.Param(node.kwarg.arg, "varkw"))
        return tuple(found)

    # --- expressions -------------------------------------------------------------------------------------------------

    def expr(self, node: ast.expr) -> s.Expr:
        build = _EXPRESSIONS.get(type(node))
        if build is None:
            return self.opaque(node)
        self.depth += 1
        if self.depth > MAX_EXPRESSION_DEPTH:
            raise TooDeepError
        found = build(self, node)
        self.depth -= 1
        return found

    def exprs(self, nodes: Iterable[ast.expr]) -> tuple[s.Expr, ...]:
        return tuple([self.expr(node) for node in nodes])

    def optional(self, node: ast.expr | None) -> s.Expr | None:
        return None if node is None else self.expr(node)

    def opaque(self, node: ast.expr) -> s.Opaque:
        place = self.bare(node) if isinstance(node, ast.GeneratorExp) else self.text.place(node)
        line, column, end, end_column = place
        if end - line > _OPAQUE_LIMIT:
            # Every line is at least its line end, so the rest is cut off anyway.
            end, end_column = line + _OPAQUE_LIMIT, 0
        text = self.text.between(line, column, end, end_column)[:_OPAQUE_LIMIT]
        return s.Opaque(self.at(place), text, _names_read(node))

    def awaited(self, node: ast.Await) -> s.Expr:
        return self.expr(node.value)

    def constant(self, node: ast.Constant) -> s.Expr:
        if isinstance(node.value, int) and node.value.bit_length() > s.MAX_BITS:
            return self.opaque(node)
        return s.Const(self.span(node), node.value)  # type: ignore[arg-type]

    def template(self, node: ast.JoinedStr) -> s.Expr:
        place = self.text.place(node)
        source = self.text.between(*place)
        parts = list(parts_of(source))
        fields = [value for value in node.values if isinstance(value, ast.FormattedValue)]
        if len(fields) != sum(part.kind == "field" for part in parts):
            return self.opaque(node)
        pending = iter(fields)
        found = [
            self.field(part, next(pending), source, place)
            if part.kind == "field"
            else self.literal(part, source, place)
            for part in parts
        ]
        return s.Template(self.span(node), tuple(found))

    def literal(self, part: Part, source: str, place: Place) -> s.Expr:
        """A part without a field of the f-string ``source`` that stands at ``place``."""
        literal = written = source[part.start : part.end]
        span = self.at((*_moved(place, source, part.start), *_moved(place, source, part.end)))
        if part.kind == "text":
            literal = written.replace("{{", "{").replace("}}", "}")
            if "\\" not in literal:
                return s.Const(span, literal)
            literal = f"{part.prefix.replace('f', '')}{part.quote}{literal}{part.quote}"
        value = _evaluated(literal)
        return s.Opaque(span, written[:_OPAQUE_LIMIT]) if value is None else s.Const(span, value)

    def field(self, part: Part, node: ast.FormattedValue, source: str, place: Place) -> s.Expr:
        """A part of the same that is replaced; ``node`` is what ``ast`` read of it."""
        is_formatted = isinstance(node.format_spec, ast.JoinedStr) and node.format_spec.values
        if not is_formatted and node.conversion == -1:
            line, column = _moved(place, source, part.start + 1)
            found = _parsed_at(source[part.start + 1 : part.inner], line, self.text.offset(line, column))
            if found is not None:
                return self.expr(found)
        span = self.at((*_moved(place, source, part.start), *_moved(place, source, part.end)))
        return s.Opaque(span, source[part.start : part.end][:_OPAQUE_LIMIT], _names_read(node))

    def name(self, node: ast.Name) -> s.Expr:
        return s.Name(self.span(node), node.id)

    def attribute(self, node: ast.Attribute) -> s.Expr:
        return s.Attribute(self.span(node), self.expr(node.value), node.attr)

    def starred(self, node: ast.Starred) -> s.Expr:
        return s.Starred(self.span(node), self.expr(node.value))

    def call(self, node: ast.Call) -> s.Expr:
        return s.Call(self.span(node), self.expr(node.func), self.exprs(node.args), self.keywords(node.keywords))

    def keywords(self, nodes: Sequence[ast.keyword]) -> tuple[s.Keyword, ...]:
        return tuple([s.Keyword(self.span(node), node.arg, self.expr(node.value)) for node in nodes])

    def subscript(self, node: ast.Subscript) -> s.Expr:
        index = self.expr(node.slice)
        if isinstance(node.slice, ast.Tuple) and isinstance(index, s.Collection) and index.items:
            index = self.indexes(node.slice, index)
        return s.Subscript(self.span(node), self.expr(node.value), index)

    def indexes(self, node: ast.Tuple, index: s.Collection) -> s.Expr:
        """``x[a, b]`` has no tuple of its own in the source, and ``x[*a]`` none at all."""
        place = self.text.place(node)
        if self.is_parenthesised(node, place):
            return index
        first, last = index.items[0], index.items[-1]
        if isinstance(first, s.Starred) and len(index.items) == 1 and place == self.text.place(node.elts[0]):
            return first
        span = Span(self.path, first.span.line, first.span.column, last.span.end_line, last.span.end_column)
        return s.Collection(span, "tuple", index.items)

    def collection(self, node: ast.List | ast.Tuple | ast.Set) -> s.Expr:
        place = self.bare(node) if isinstance(node, ast.Tuple) else self.text.place(node)
        return s.Collection(self.at(place), _KINDS[type(node)], self.exprs(node.elts))

    def dict_(self, node: ast.Dict) -> s.Expr:
        items = tuple(
            [(self.optional(key), self.expr(value)) for key, value in zip(node.keys, node.values, strict=True)]
        )
        return s.Dict(self.span(node), items)

    def binary(self, node: ast.BinOp) -> s.Expr:
        # Long sums nest to the left, one level for each operator.
        chain: list[ast.BinOp] = []
        item: ast.expr = node
        while isinstance(item, ast.BinOp):
            chain.append(item)
            item = item.left
        if self.depth + len(chain) > MAX_EXPRESSION_DEPTH:
            raise TooDeepError
        left = self.expr(item)
        for operation in reversed(chain):
            left = s.BinOp(self.span(operation), _BINARY[type(operation.op)], left, self.expr(operation.right))
        return left

    def boolean(self, node: ast.BoolOp) -> s.Expr:
        kind = type(node.op)
        values: list[s.Expr] = []
        pending: list[ast.expr] = [node]
        while pending:
            item = pending.pop()
            if isinstance(item, ast.BoolOp) and type(item.op) is kind:
                pending += reversed(item.values)
            else:
                values.append(self.expr(item))
        if len(values) > MAX_OPERANDS:
            raise TooDeepError
        return s.BoolOp(self.span(node), "or" if kind is ast.Or else "and", tuple(values))

    def unary(self, node: ast.UnaryOp) -> s.Expr:
        return s.UnaryOp(self.span(node), _UNARY[type(node.op)], self.expr(node.operand))

    def comparison(self, node: ast.Compare) -> s.Expr:
        pairs = zip(node.ops, node.comparators, strict=True)
        ops = tuple([(_COMPARE[type(op)], self.expr(value)) for op, value in pairs])
        return s.Compare(self.span(node), self.expr(node.left), ops)

    def conditional(self, node: ast.IfExp) -> s.Expr:
        return s.IfExp(self.span(node), self.expr(node.test), self.expr(node.body), self.expr(node.orelse))

    def lambda_(self, node: ast.Lambda) -> s.Expr:
        return s.Lambda(self.span(node), self.params(node.args), self.expr(node.body))


_STATEMENTS: Mapping[type[ast.AST], Callable[..., s.Stmt]] = {
    ast.Expr: _Converter.expression,
    ast.Assign: _Converter.assign,
    ast.AnnAssign: _Converter.annotated,
    ast.AugAssign: _Converter.augmented,
    ast.Import: _Converter.import_,
    ast.ImportFrom: _Converter.import_from,
    ast.Return: _Converter.return_,
    ast.Raise: _Converter.raise_,
    ast.Assert: _Converter.assert_,
    ast.Delete: _Converter.delete,
    ast.Global: _Converter.global_,
    ast.Nonlocal: _Converter.global_,
    ast.Pass: _Converter.jump,
    ast.Break: _Converter.jump,
    ast.Continue: _Converter.jump,
    ast.If: _Converter.if_,
    ast.FunctionDef: _Converter.function,
    ast.AsyncFunctionDef: _Converter.function,
    ast.ClassDef: _Converter.class_,
    ast.Try: _Converter.try_,
    ast.With: _Converter.with_,
    ast.AsyncWith: _Converter.with_,
    ast.For: _Converter.for_,
    ast.AsyncFor: _Converter.for_,
    ast.While: _Converter.while_,
    ast.Match: _Converter.match,
}
_EXPRESSIONS: Mapping[type[ast.AST], Callable[..., s.Expr]] = {
    ast.Constant: _Converter.constant,
    ast.JoinedStr: _Converter.template,
    ast.Name: _Converter.name,
    ast.Attribute: _Converter.attribute,
    ast.Starred: _Converter.starred,
    ast.Call: _Converter.call,
    ast.Subscript: _Converter.subscript,
    ast.List: _Converter.collection,
    ast.Tuple: _Converter.collection,
    ast.Set: _Converter.collection,
    ast.Dict: _Converter.dict_,
    ast.BinOp: _Converter.binary,
    ast.BoolOp: _Converter.boolean,
    ast.UnaryOp: _Converter.unary,
    ast.Compare: _Converter.comparison,
    ast.IfExp: _Converter.conditional,
    ast.Lambda: _Converter.lambda_,
    ast.Await: _Converter.awaited,
}


def _moved(place: Place, source: str, offset: int) -> tuple[int, int]:
    """(line, column) of an ``offset`` in the text ``source`` that stands at ``place``."""
    above = source.count("\n", 0, offset)
    return (place[0] + above, offset - source.rindex("\n", 0, offset) - 1) if above else (place[0], place[1] + offset)


def _evaluated(literal: str) -> str | bytes | None:
    with warnings.catch_warnings():
        # The audited project's doubtful escapes are not this tool's warnings.
        warnings.simplefilter("ignore")
        try:
            value = ast.literal_eval(literal)
        except (ValueError, SyntaxError):
            return None
    return value if isinstance(value, (str, bytes)) else None


def _parsed_at(source: str, line: int, offset: int) -> ast.expr | None:
    """The expression ``source`` as if it stood in that ``line`` of its file, at that byte ``offset``; None when it is
    not one alone (``x=``)."""
    bare = source.strip(" \t\f")
    found, shift = _expression(bare), offset + source.index(bare)
    if found is None:
        # In brackets as in its braces: over several lines, or a ``yield``.
        found, shift = _expression(f"({source}\n)"), offset - 1
    if found is None:
        return None
    if isinstance(found, ast.Tuple) and found.elts and (found.lineno, found.col_offset + shift) == (1, offset - 1):
        first, last = found.elts[0], found.elts[-1]  # the brackets are not the author's
        found.lineno, found.col_offset = first.lineno, first.col_offset
        found.end_lineno, found.end_col_offset = last.end_lineno, last.end_col_offset
    for node in ast.walk(found):
        if isinstance(node, (ast.expr, ast.keyword, ast.arg)):
            if node.lineno == 1:
                node.col_offset += shift
            if node.end_lineno == 1:
                node.end_col_offset = (node.end_col_offset or 0) + shift
            node.lineno += line - 1
            node.end_lineno = (node.end_lineno or 1) + line - 1
    return found


def _expression(source: str) -> ast.expr | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(source, mode="eval").body
        except SyntaxError:
            return None


def _last(node: ast.GeneratorExp) -> ast.expr:
    last = node.generators[-1]
    return last.ifs[-1] if last.ifs else last.iter


def _names_read(root: ast.AST) -> frozenset[str]:
    """The identifiers that an expression takes from outside: targets of its own comprehensions are left out."""
    read: set[str] = set()
    bound: set[str] = set()
    pending: list[tuple[ast.AST, bool]] = [(root, False)]
    while pending:
        node, target = pending.pop()
        if isinstance(node, ast.Name):
            (bound if target else read).add(node.id)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        else:
            pending += _inside(node, target)
    return frozenset(read - bound)


def _inside(node: ast.AST, target: bool) -> Iterator[tuple[ast.AST, bool]]:
    if isinstance(node, (ast.Attribute, ast.keyword)):
        yield node.value, False
    elif isinstance(node, ast.Call):
        yield node.func, target
        yield from ((arg.value if isinstance(arg, ast.Starred) else arg, False) for arg in node.args)
        yield from ((keyword.value, False) for keyword in node.keywords)
    elif isinstance(node, ast.NamedExpr):
        yield node.target, True
        yield node.value, False
    elif isinstance(node, ast.comprehension):
        yield node.target, True
        yield node.iter, False
        yield from ((test, False) for test in node.ifs)
    else:
        yield from ((child, target) for child in children(node))
