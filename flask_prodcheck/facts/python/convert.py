"""From libcst nodes to the statements and expressions of :mod:`flask_prodcheck.facts.syntax`.

The only module of the reader that imports libcst: it is imported when there is a source to convert, not before.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence

import libcst as cst
from libcst.metadata import CodeRange, PositionProvider

from flask_prodcheck.base import Span
from flask_prodcheck.facts import syntax as s

_BINARY: Mapping[type[cst.CSTNode], str] = {
    cst.Add: "+",
    cst.Subtract: "-",
    cst.Multiply: "*",
    cst.Divide: "/",
    cst.FloorDivide: "//",
    cst.Modulo: "%",
    cst.Power: "**",
    cst.MatrixMultiply: "@",
    cst.BitOr: "|",
    cst.BitAnd: "&",
    cst.BitXor: "^",
    cst.LeftShift: "<<",
    cst.RightShift: ">>",
    cst.AddAssign: "+",
    cst.SubtractAssign: "-",
    cst.MultiplyAssign: "*",
    cst.DivideAssign: "/",
    cst.FloorDivideAssign: "//",
    cst.ModuloAssign: "%",
    cst.PowerAssign: "**",
    cst.MatrixMultiplyAssign: "@",
    cst.BitOrAssign: "|",
    cst.BitAndAssign: "&",
    cst.BitXorAssign: "^",
    cst.LeftShiftAssign: "<<",
    cst.RightShiftAssign: ">>",
}
_UNARY: Mapping[type[cst.CSTNode], str] = {
    cst.Not: "not",
    cst.Minus: "-",
    cst.Plus: "+",
    cst.BitInvert: "~",
}
_COMPARE: Mapping[type[cst.CSTNode], str] = {
    cst.Equal: "==",
    cst.NotEqual: "!=",
    cst.LessThan: "<",
    cst.LessThanEqual: "<=",
    cst.GreaterThan: ">",
    cst.GreaterThanEqual: ">=",
    cst.In: "in",
    cst.NotIn: "not in",
    cst.Is: "is",
    cst.IsNot: "is not",
}
_SINGLETONS: Mapping[str, bool | None] = {"True": True, "False": False, "None": None}
_OPAQUE_LIMIT = 200


class UnparsableError(Exception):
    """A source that libcst cannot parse; ``line`` is 1-based in it."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


def _parsed(source: str) -> cst.Module:
    try:
        return cst.parse_module(source)
    except cst.ParserSyntaxError as error:
        raise UnparsableError(error.message, max(error.raw_line, 1)) from error
    except (cst.CSTLogicError, cst.CSTValidationError) as error:
        # Raised while the tree is built (a string with both a bytes and a Python 2 prefix, say), without a place.
        raise UnparsableError(str(error), 1) from error


def convert(path: str, source: str) -> tuple[s.Stmt, ...]:
    """The statements of ``source``. Raises :class:`UnparsableError`."""
    module = _parsed(source)
    positions = _Positions().of(module)
    return _Converter(path, source.split("\n"), positions).block(module.body)


class _Positions(PositionProvider):
    """libcst's positions without its metadata wrapper, which visits every node once more for providers not asked for."""

    def of(self, module: cst.Module) -> Mapping[cst.CSTNode, CodeRange]:
        self._gen_impl(module)
        found: Mapping[cst.CSTNode, CodeRange] = self._computed  # type: ignore[assignment]
        return found


class _Converter:
    """Holds what every step of one conversion needs: the source and libcst's positions."""

    def __init__(self, path: str, text: Sequence[str], positions: Mapping[cst.CSTNode, CodeRange]) -> None:
        self.path = path
        self.text = text
        self.positions = positions

    # --- places ------------------------------------------------------------------------------------------------------

    def line(self, number: int) -> int:
        return min(number, len(self.text))

    def span(self, node: cst.CSTNode) -> Span:
        place = self.positions[node]
        return Span(
            self.path,
            self.line(place.start.line),
            place.start.column + 1,
            self.line(place.end.line),
            place.end.column + 1,
        )

    def header(self, node: cst.CSTNode) -> Span:
        start = self.positions[node].start
        line = self.line(start.line)
        return Span(
            self.path,
            line,
            start.column + 1,
            line,
            len(self.text[start.line - 1].rstrip()) + 1,
        )

    def source(self, node: cst.CSTNode) -> str:
        place = self.positions[node]
        first, last = place.start.line - 1, place.end.line - 1
        if first == last:
            return self.text[first][place.start.column : place.end.column]
        parts = [self.text[first][place.start.column :]]
        size = len(parts[0])
        for index in range(first + 1, last + 1):
            if size > _OPAQUE_LIMIT:
                break
            line = self.text[index]
            parts.append(line[: place.end.column] if index == last else line)
            size += len(parts[-1])
        return "\n".join(parts)

    # --- statements --------------------------------------------------------------------------------------------------

    def block(self, body: Iterable[cst.CSTNode]) -> tuple[s.Stmt, ...]:
        found: list[s.Stmt] = []
        for node in body:
            if isinstance(node, (cst.SimpleStatementLine, cst.SimpleStatementSuite)):
                found.extend(self.simple(small) for small in node.body)
            else:
                found.append(self.compound(node))
        return tuple(found)

    def suite(self, body: cst.BaseSuite) -> tuple[s.Stmt, ...]:
        return self.block(body.body if isinstance(body, cst.IndentedBlock) else (body,))

    def simple(self, node: cst.BaseSmallStatement) -> s.Stmt:
        span = self.span(node)
        if isinstance(node, cst.Expr):
            return s.ExprStmt(span, self.expr(node.value))
        if isinstance(node, cst.Assign):
            return s.Assign(
                span,
                tuple(self.expr(target.target) for target in node.targets),
                self.expr(node.value),
            )
        if isinstance(node, cst.Import):
            return s.Import(span, tuple(_alias(alias) for alias in node.names))
        if isinstance(node, cst.ImportFrom):
            names = (("*", None),) if isinstance(node.names, cst.ImportStar) else tuple(map(_alias, node.names))
            return s.ImportFrom(
                span,
                _dotted(node.module) if node.module else "",
                len(node.relative),
                names,
            )
        if isinstance(node, cst.AnnAssign):
            target, annotation = (
                self.expr(node.target),
                self.expr(node.annotation.annotation),
            )
            if node.value is None:
                return s.Declare(span, target, annotation)
            return s.Assign(span, (target,), self.expr(node.value), annotation)
        if isinstance(node, cst.AugAssign):
            return s.AugAssign(
                span,
                self.expr(node.target),
                _BINARY[type(node.operator)],
                self.expr(node.value),
            )
        if isinstance(node, cst.Return):
            return s.Return(span, self.expr(node.value) if node.value else None)
        if isinstance(node, cst.Raise):
            return s.Raise(span, self.expr(node.exc) if node.exc else None)
        if isinstance(node, cst.Assert):
            return s.Assert(span, self.expr(node.test))
        if isinstance(node, cst.Del):
            target = self.expr(node.target)
            return s.Delete(span, target.items if isinstance(target, s.Collection) else (target,))
        if isinstance(node, (cst.Global, cst.Nonlocal)):
            return s.Global(span, tuple(item.name.value for item in node.names))
        if isinstance(node, cst.TypeAlias):
            return s.Assign(span, (self.expr(node.name),), self.opaque(node.value))
        kind = {cst.Break: "break", cst.Continue: "continue"}.get(type(node), "pass")
        return s.Jump(span, kind)

    def compound(self, node: cst.CSTNode) -> s.Stmt:
        if isinstance(node, cst.If):
            return self.if_(node)
        if isinstance(node, cst.FunctionDef):
            return self.function(node)
        if isinstance(node, cst.ClassDef):
            return self.class_(node)
        if isinstance(node, (cst.Try, cst.TryStar)):
            return s.Try(
                self.span(node),
                self.suite(node.body),
                tuple(self.handler(handler) for handler in node.handlers),
                self.suite(node.orelse.body) if node.orelse else (),
                self.suite(node.finalbody.body) if node.finalbody else (),
            )
        if isinstance(node, cst.With):
            items = tuple((self.expr(i.item), self.expr(i.asname.name) if i.asname else None) for i in node.items)
            return s.With(self.span(node), items, self.suite(node.body))
        if isinstance(node, cst.For):
            orelse = self.suite(node.orelse.body) if node.orelse else ()
            return s.Loop(
                self.span(node),
                self.expr(node.target),
                self.expr(node.iter),
                self.suite(node.body),
                orelse,
            )
        if isinstance(node, cst.While):
            orelse = self.suite(node.orelse.body) if node.orelse else ()
            return s.Loop(
                self.span(node),
                None,
                self.expr(node.test),
                self.suite(node.body),
                orelse,
            )
        if isinstance(node, cst.Match):
            return s.Match(
                self.span(node),
                self.expr(node.subject),
                tuple(self.case(case) for case in node.cases),
            )
        raise TypeError(f"unexpected statement {type(node).__name__}")

    def if_(self, node: cst.If) -> s.If:
        # A chain of elif is as long as its author likes, so it is followed by a loop.
        chain = [node]
        while isinstance(chain[-1].orelse, cst.If):
            chain.append(chain[-1].orelse)
        last = chain[-1].orelse
        orelse: tuple[s.Stmt, ...] = self.suite(last.body) if isinstance(last, cst.Else) else ()
        for item in reversed(chain):
            orelse = (s.If(self.span(item), self.expr(item.test), self.suite(item.body), orelse),)
        return orelse[0]  # type: ignore[return-value]

    def handler(self, node: cst.ExceptHandler | cst.ExceptStarHandler) -> s.Handler:
        name = node.name.name if node.name else None
        return s.Handler(
            self.span(node),
            self.expr(node.type) if node.type else None,
            name.value if isinstance(name, cst.Name) else None,
            self.suite(node.body),
        )

    def case(self, node: cst.MatchCase) -> s.Case:
        values, wildcard = self.pattern(node.pattern)
        guard = self.expr(node.guard) if node.guard else None
        return s.Case(self.span(node), values, wildcard, guard, self.suite(node.body))

    def pattern(self, node: cst.MatchPattern) -> tuple[tuple[s.Expr, ...], bool]:
        if isinstance(node, (cst.MatchValue, cst.MatchSingleton)):
            return (self.expr(node.value),), False
        if isinstance(node, cst.MatchAs):
            return self.pattern(node.pattern) if node.pattern else ((), True)
        if isinstance(node, cst.MatchOr):
            parts = [self.pattern(item.pattern) for item in node.patterns]
            wildcard = any(part[1] for part in parts)
            if all(part[0] or part[1] for part in parts):
                return tuple(value for part in parts for value in part[0]), wildcard
            return (), wildcard
        return (), False

    def function(self, node: cst.FunctionDef) -> s.FunctionDef:
        return s.FunctionDef(
            self.header(node),
            node.name.value,
            self.params(node.params),
            tuple(self.expr(item.decorator) for item in node.decorators),
            self.suite(node.body),
            node.asynchronous is not None,
        )

    def class_(self, node: cst.ClassDef) -> s.ClassDef:
        bases: list[s.Expr] = []
        keywords: list[s.Keyword] = []
        for arg in (*node.bases, *node.keywords):
            self.argument(arg, bases, keywords)
        return s.ClassDef(
            self.header(node),
            node.name.value,
            tuple(bases),
            tuple(keywords),
            tuple(self.expr(item.decorator) for item in node.decorators),
            self.suite(node.body),
        )

    def params(self, node: cst.Parameters) -> tuple[s.Param, ...]:
        found = [self.param(item, "positional") for item in (*node.posonly_params, *node.params)]
        if isinstance(node.star_arg, cst.Param):
            found.append(self.param(node.star_arg, "varargs"))
        found += [self.param(item, "keyword") for item in node.kwonly_params]
        if node.star_kwarg:
            found.append(self.param(node.star_kwarg, "varkw"))
        return tuple(found)

    def param(self, node: cst.Param, kind: str) -> s.Param:
        return s.Param(node.name.value, kind, self.expr(node.default) if node.default else None)

    # --- expressions -------------------------------------------------------------------------------------------------

    def expr(self, node: cst.BaseExpression) -> s.Expr:
        build = _EXPRESSIONS.get(type(node))
        return build(self, node) if build else self.opaque(node)

    def awaited(self, node: cst.Await) -> s.Expr:
        return self.expr(node.expression)

    def opaque(self, node: cst.CSTNode) -> s.Opaque:
        return s.Opaque(self.span(node), self.source(node)[:_OPAQUE_LIMIT], _names_read(node))

    def name(self, node: cst.Name) -> s.Expr:
        if node.value in _SINGLETONS:
            return s.Const(self.span(node), _SINGLETONS[node.value])
        return s.Name(self.span(node), node.value)

    def ellipsis(self, node: cst.Ellipsis) -> s.Expr:
        # The field's type has no name for the ellipsis object; nothing evaluates it.
        return s.Const(self.span(node), ...)  # type: ignore[arg-type]

    def attribute(self, node: cst.Attribute) -> s.Expr:
        return s.Attribute(self.span(node), self.expr(node.value), node.attr.value)

    def literal(self, node: cst.Integer | cst.Float | cst.Imaginary | cst.SimpleString) -> s.Expr:
        try:
            value = _evaluate(node.value)
        except (ValueError, SyntaxError):
            return self.opaque(node)
        return s.Const(self.span(node), value)

    def joined(self, node: cst.ConcatenatedString) -> s.Expr:
        pieces: list[cst.BaseExpression] = []
        item: cst.BaseExpression = node
        while isinstance(item, cst.ConcatenatedString):
            pieces.append(item.left)
            item = item.right
        pieces.append(item)
        parts: list[s.Expr] = []
        for piece in pieces:
            part = self.expr(piece)
            parts.extend(part.parts if isinstance(part, s.Template) else (part,))
        if all(isinstance(part, s.Const) and isinstance(part.value, (str, bytes)) for part in parts):
            values = [part.value for part in parts if isinstance(part, s.Const)]
            if not any(isinstance(piece, cst.FormattedString) for piece in pieces):
                if all(isinstance(value, bytes) for value in values):
                    return s.Const(
                        self.span(node),
                        b"".join(v for v in values if isinstance(v, bytes)),
                    )
                if all(isinstance(value, str) for value in values):
                    return s.Const(
                        self.span(node),
                        "".join(v for v in values if isinstance(v, str)),
                    )
                return self.opaque(node)
        return s.Template(self.span(node), tuple(parts))

    def formatted(self, node: cst.FormattedString) -> s.Expr:
        parts: list[s.Expr] = []
        prefix = node.start.lower().rstrip("\"'").replace("f", "")
        for part in node.parts:
            if isinstance(part, cst.FormattedStringText):
                text = part.value.replace("{{", "{").replace("}}", "}")
                try:
                    value = _evaluate(f"{prefix}{node.end}{text}{node.end}")
                except (ValueError, SyntaxError):
                    parts.append(s.Opaque(self.span(part), part.value[:_OPAQUE_LIMIT]))
                else:
                    parts.append(s.Const(self.span(part), value))
            elif isinstance(part, cst.FormattedStringExpression) and not (
                part.format_spec or part.conversion or part.equal
            ):
                parts.append(self.expr(part.expression))
            else:
                parts.append(self.opaque(part))
        return s.Template(self.span(node), tuple(parts))

    def call(self, node: cst.Call) -> s.Expr:
        args: list[s.Expr] = []
        keywords: list[s.Keyword] = []
        for arg in node.args:
            self.argument(arg, args, keywords)
        return s.Call(self.span(node), self.expr(node.func), tuple(args), tuple(keywords))

    def argument(self, arg: cst.Arg, args: list[s.Expr], keywords: list[s.Keyword]) -> None:
        value = self.expr(arg.value)
        if arg.star == "**":
            keywords.append(s.Keyword(self.span(arg), None, value))
        elif arg.star == "*":
            args.append(s.Starred(self.span(arg), value))
        elif arg.keyword is not None:
            keywords.append(s.Keyword(self.span(arg), arg.keyword.value, value))
        else:
            args.append(value)

    def subscript(self, node: cst.Subscript) -> s.Expr:
        items: list[s.Expr] = []
        for element in node.slice:
            if not isinstance(element.slice, cst.Index):
                items.append(self.opaque(element.slice))
            elif element.slice.star:
                items.append(s.Starred(self.span(element.slice), self.expr(element.slice.value)))
            else:
                items.append(self.expr(element.slice.value))
        if len(items) == 1 and not isinstance(node.slice[0].comma, cst.Comma):
            index = items[0]
        else:
            first, last = items[0].span, items[-1].span
            place = Span(self.path, first.line, first.column, last.end_line, last.end_column)
            index = s.Collection(place, "tuple", tuple(items))
        return s.Subscript(self.span(node), self.expr(node.value), index)

    def collection(self, node: cst.List | cst.Tuple | cst.Set) -> s.Expr:
        kind = {cst.List: "list", cst.Tuple: "tuple"}.get(type(node), "set")
        items = tuple(
            s.Starred(self.span(item), self.expr(item.value))
            if isinstance(item, cst.StarredElement)
            else self.expr(item.value)
            for item in node.elements
        )
        return s.Collection(self.span(node), kind, items)

    def dict_(self, node: cst.Dict) -> s.Expr:
        items = tuple(
            (
                self.expr(item.key) if isinstance(item, cst.DictElement) else None,
                self.expr(item.value),
            )
            for item in node.elements
        )
        return s.Dict(self.span(node), items)

    def binary(self, node: cst.BinaryOperation) -> s.Expr:
        # Long sums nest to the left, one level for each operator.
        chain: list[cst.BinaryOperation] = []
        item: cst.BaseExpression = node
        while isinstance(item, cst.BinaryOperation):
            chain.append(item)
            item = item.left
        left = self.expr(item)
        for operation in reversed(chain):
            operator = _BINARY[type(operation.operator)]
            left = s.BinOp(self.span(operation), operator, left, self.expr(operation.right))
        return left

    def boolean(self, node: cst.BooleanOperation) -> s.Expr:
        kind = type(node.operator)
        values: list[s.Expr] = []
        pending: list[cst.BaseExpression] = [node]
        while pending:
            item = pending.pop()
            if isinstance(item, cst.BooleanOperation) and type(item.operator) is kind:
                pending += (item.right, item.left)
            else:
                values.append(self.expr(item))
        return s.BoolOp(self.span(node), "or" if kind is cst.Or else "and", tuple(values))

    def unary(self, node: cst.UnaryOperation) -> s.Expr:
        return s.UnaryOp(self.span(node), _UNARY[type(node.operator)], self.expr(node.expression))

    def comparison(self, node: cst.Comparison) -> s.Expr:
        ops = tuple((_COMPARE[type(item.operator)], self.expr(item.comparator)) for item in node.comparisons)
        return s.Compare(self.span(node), self.expr(node.left), ops)

    def conditional(self, node: cst.IfExp) -> s.Expr:
        return s.IfExp(
            self.span(node),
            self.expr(node.test),
            self.expr(node.body),
            self.expr(node.orelse),
        )

    def lambda_(self, node: cst.Lambda) -> s.Expr:
        return s.Lambda(self.span(node), self.params(node.params), self.expr(node.body))


_EXPRESSIONS: Mapping[type[cst.CSTNode], Callable[..., s.Expr]] = {
    cst.Name: _Converter.name,
    cst.Attribute: _Converter.attribute,
    cst.Call: _Converter.call,
    cst.Integer: _Converter.literal,
    cst.Float: _Converter.literal,
    cst.Imaginary: _Converter.literal,
    cst.SimpleString: _Converter.literal,
    cst.ConcatenatedString: _Converter.joined,
    cst.FormattedString: _Converter.formatted,
    cst.Ellipsis: _Converter.ellipsis,
    cst.Subscript: _Converter.subscript,
    cst.List: _Converter.collection,
    cst.Tuple: _Converter.collection,
    cst.Set: _Converter.collection,
    cst.Dict: _Converter.dict_,
    cst.BinaryOperation: _Converter.binary,
    cst.BooleanOperation: _Converter.boolean,
    cst.UnaryOperation: _Converter.unary,
    cst.Comparison: _Converter.comparison,
    cst.IfExp: _Converter.conditional,
    cst.Lambda: _Converter.lambda_,
    cst.Await: _Converter.awaited,
}


def _evaluate(literal: str) -> str | bytes | int | float | complex:
    with warnings.catch_warnings():
        # The audited project's doubtful escapes are not this tool's warnings.
        warnings.simplefilter("ignore")
        value: str | bytes | int | float | complex = ast.literal_eval(literal)
    if isinstance(value, int) and value.bit_length() > s.MAX_BITS:
        raise ValueError("a number that Python does not write out")
    return value


def _dotted(node: cst.BaseExpression) -> str:
    parts: list[str] = []
    while isinstance(node, cst.Attribute):
        parts.append(node.attr.value)
        node = node.value
    if isinstance(node, cst.Name):
        parts.append(node.value)
    return ".".join(reversed(parts))


def _alias(node: cst.ImportAlias) -> tuple[str, str | None]:
    name = node.asname.name if node.asname else None
    return _dotted(node.name), name.value if isinstance(name, cst.Name) else None


def _names_read(root: cst.CSTNode) -> frozenset[str]:
    """The identifiers that an expression takes from outside: targets of its own comprehensions are left out."""
    read: set[str] = set()
    bound: set[str] = set()
    pending: list[tuple[cst.CSTNode, bool]] = [(root, False)]
    while pending:
        node, target = pending.pop()
        if isinstance(node, cst.Name):
            (bound if target else read).add(node.value)
        elif isinstance(node, (cst.Attribute, cst.Arg)):
            pending.append((node.value, False))
        elif isinstance(node, (cst.Param, cst.NamedExpr)):
            pending.append((node.name if isinstance(node, cst.Param) else node.target, True))
            value = node.default if isinstance(node, cst.Param) else node.value
            if value is not None:
                pending.append((value, False))
        elif isinstance(node, cst.CompFor):
            pending.append((node.target, True))
            pending += ((child, False) for child in node.children if child is not node.target)
        else:
            pending += ((child, target) for child in node.children)
    return frozenset(read - bound - set(_SINGLETONS))
