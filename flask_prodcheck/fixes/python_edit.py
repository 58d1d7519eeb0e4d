"""Edits of Python source: libcst says where things stand, the text around them is never rewritten."""

from __future__ import annotations

import io
import tokenize
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

import libcst as cst
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider

from flask_prodcheck.base import Span
from flask_prodcheck.edits.actions import (
    AddStatement,
    DropArgument,
    DropStatement,
    FlipDefault,
    GuardStatement,
    SetValue,
)
from flask_prodcheck.edits.text_file import Edit
from flask_prodcheck.errors import RefusedError
from flask_prodcheck.records import dataclass

PythonAction = DropArgument | GuardStatement | DropStatement | SetValue | FlipDefault | AddStatement

_OPPOSITES = {"1": "0", "true": "false", "yes": "no", "on": "off", "y": "n", "t": "f"}
_LOOK_UPS = frozenset({"get", "getenv", "pop", "setdefault", "config", "env", "bool", "str", "environ"})


def python_edits(text: str, action: PythonAction) -> list[Edit]:
    """The edits of the plain ``text`` of a Python file that carry out ``action``. Raises :class:`RefusedError` when the
    text does not hold what the action names, or a comment would be lost."""
    try:
        source = _Source.of(text)
    except (cst.ParserSyntaxError, cst.CSTLogicError, cst.CSTValidationError, RecursionError) as failure:
        raise RefusedError("it cannot be parsed") from failure
    if isinstance(action, DropArgument):
        found = _drop_argument(source, action)
    elif isinstance(action, GuardStatement):
        found = _guard(source, action)
    elif isinstance(action, DropStatement):
        found = _drop_statement(source, action.at)
    elif isinstance(action, SetValue):
        found = [*_set_value(source, action), *_imports(source, action.imports, action.at.line)]
    elif isinstance(action, FlipDefault):
        found = [_flip_default(source, action.at)]
    else:
        found = [_add_statement(source, action), *_statements_before(source, action.imports, action.at.line)]
    changed = text
    for edit in sorted(found, key=lambda each: each.start, reverse=True):
        changed = changed[: edit.start] + edit.text + changed[edit.end :]
    left = Counter(comments_of(changed))
    if any(left[comment] < count for comment, count in Counter(comments_of(text)).items()):
        raise RefusedError("a comment stands in what would have to go")
    return found


def comments_of(text: str) -> list[str]:
    """The comments of ``text`` in order. Raises :class:`RefusedError` when it is not Python that this version reads."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError) as failure:
        raise RefusedError("it cannot be read as Python of this version") from failure
    return [token.string for token in tokens if token.type == tokenize.COMMENT]


# --- the source ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Source:
    """A module with the place of each of its nodes as offsets of ``text``."""

    text: str
    module: cst.Module
    positions: Mapping[cst.CSTNode, CodeRange]
    parents: Mapping[cst.CSTNode, cst.CSTNode]
    line_starts: Sequence[int]

    @classmethod
    def of(cls, text: str) -> _Source:
        wrapper = MetadataWrapper(cst.parse_module(text), unsafe_skip_copy=True)
        positions = wrapper.resolve(PositionProvider)
        parents: dict[cst.CSTNode, cst.CSTNode] = {}
        pending: list[cst.CSTNode] = [wrapper.module]
        while pending:
            node = pending.pop()
            for child in node.children:
                parents[child] = node
                pending.append(child)
        starts = [0]
        for line in text.split("\n")[:-1]:
            starts.append(starts[-1] + len(line) + 1)
        return cls(text, wrapper.module, positions, parents, starts)

    def nodes(self) -> Iterator[cst.CSTNode]:
        yield from self.parents

    def start(self, node: cst.CSTNode) -> int:
        place = self.positions[node].start
        return self.line_starts[place.line - 1] + place.column

    def end(self, node: cst.CSTNode) -> int:
        place = self.positions[node].end
        return self.line_starts[place.line - 1] + place.column

    def code(self, node: cst.CSTNode) -> str:
        return self.text[self.start(node) : self.end(node)]

    def at(self, span: Span, wanted: Callable[[cst.CSTNode], bool]) -> cst.CSTNode:
        """The one node at ``span`` that is ``wanted``."""
        found = [node for node in self.nodes() if wanted(node) and node in self.positions and _stands(self, node, span)]
        if len(found) != 1:
            raise RefusedError("the source does not stand as it was read")
        return found[0]

    def line_of(self, offset: int) -> tuple[int, int]:
        """Where the line of ``offset`` starts, and where its line end stands."""
        stop = self.text.find("\n", offset)
        return self.text.rfind("\n", 0, offset) + 1, len(self.text) if stop < 0 else stop


def _stands(source: _Source, node: cst.CSTNode, span: Span) -> bool:
    place = source.positions[node]
    starts = (place.start.line, place.start.column + 1) == (span.line, span.column)
    return starts and (not span.end_line or (place.end.line, place.end.column + 1) == (span.end_line, span.end_column))


# --- arguments -------------------------------------------------------------------------------------------------------


def _drop_argument(source: _Source, action: DropArgument) -> list[Edit]:
    call = source.at(action.at, lambda node: isinstance(node, cst.Call))
    assert isinstance(call, cst.Call)
    named = [index for index, arg in enumerate(call.args) if arg.keyword and arg.keyword.value == action.name]
    if len(named) != 1:
        raise RefusedError(f"the call has no argument {action.name}")
    text, index = source.text, named[0]
    arg = call.args[index]
    start, end = source.start(arg), source.end(arg)
    has_comma = isinstance(arg.comma, cst.Comma)
    if has_comma:
        end = text.index(",", end) + 1
    closing = source.end(call) - 1
    if len(call.args) == 1:
        opening = source.end(call.func) + len(source.module.code_for_node(call.whitespace_after_func)) + 1
        if "#" not in text[opening:start] + text[end:closing] and text[opening - 1] == "(":
            return [Edit(opening, closing, "")]
    first, stop = source.line_of(start)[0], source.line_of(end)[1]
    if not text[first:start].strip() and not text[end:stop].strip() and (index > 0 or has_comma):
        # Alone on its lines: they go as a whole, and what stands before keeps its comma.
        return [Edit(first, min(stop + 1, len(text)), "")]
    if index + 1 < len(call.args):
        following = source.start(call.args[index + 1])
        return [Edit(start, following if "\n" not in text[end:following] else end + _blanks(text, end), "")]
    before = source.end(call.args[index - 1]) if index else start
    if index == 0 or "\n" in text[before:start]:
        return [Edit(start, end + _blanks(text, end), "")]
    return [Edit(before, end, "")]


def _blanks(text: str, at: int) -> int:
    return len(text[at:]) - len(text[at:].lstrip(" \t"))


# --- statements ------------------------------------------------------------------------------------------------------


def _statement_at(source: _Source, span: Span) -> tuple[cst.BaseSmallStatement, cst.CSTNode]:
    found = [
        node for node in source.nodes() if isinstance(node, cst.BaseSmallStatement) and _stands(source, node, span)
    ]
    if len(found) != 1:
        raise RefusedError("no simple statement stands there as it was read")
    return found[0], source.parents[found[0]]


def _guard(source: _Source, action: GuardStatement) -> list[Edit]:
    statement, line = _statement_at(source, action.at)
    if not isinstance(line, cst.SimpleStatementLine) or len(line.body) != 1 or not _runs_at_import(source, line):
        raise RefusedError("it is no statement of its own that runs with the module")
    test = cst.parse_expression('__name__ == "__main__"')
    guarded = cst.If(
        test=test, body=cst.IndentedBlock([line.with_changes(leading_lines=())]), leading_lines=line.leading_lines
    )
    start, stop = source.start(statement), source.line_of(source.end(statement))[1]
    changed = source.module.deep_replace(line, guarded)
    assert isinstance(changed, cst.Module)
    return [Edit(start, stop, changed.code[start : len(changed.code) - (len(source.text) - stop)])]


def _runs_at_import(source: _Source, node: cst.CSTNode) -> bool:
    """Whether no function and no class is around ``node``."""
    while node is not source.module:
        node = source.parents[node]
        if isinstance(node, (cst.FunctionDef, cst.ClassDef)):
            return False
    return True


def _drop_statement(source: _Source, span: Span) -> list[Edit]:
    statement, line = _statement_at(source, span)
    assert isinstance(line, (cst.SimpleStatementLine, cst.SimpleStatementSuite))
    text, start, end = source.text, source.start(statement), source.end(statement)
    index = list(line.body).index(statement)
    if len(line.body) > 1:
        if index + 1 < len(line.body):
            return [Edit(start, source.start(line.body[index + 1]), "")]
        return [Edit(source.end(line.body[index - 1]), end, "")]
    block = source.parents[line]
    siblings = block.body if isinstance(block, (cst.IndentedBlock, cst.Module)) else ()
    if isinstance(line, cst.SimpleStatementSuite) or (isinstance(block, cst.IndentedBlock) and len(siblings) == 1):
        return [Edit(start, end, "pass")]
    first, stop = source.line_of(end)
    first = text.rfind("\n", 0, start) + 1
    comment = text[end:stop].strip().removeprefix(";").strip()  # what else may follow on the line
    if comment:
        return [Edit(start, stop, comment)]
    return [Edit(first, min(stop + 1, len(text)), "")]


def _add_statement(source: _Source, action: AddStatement) -> Edit:
    """``text`` on a line of its own below the statement at ``at``."""
    found = [
        node
        for node in source.nodes()
        if isinstance(node, cst.SimpleStatementLine) and any(_stands(source, each, action.at) for each in node.body)
    ]
    if len(found) != 1:
        raise RefusedError("no simple statement stands there as it was read")
    first, _ = source.line_of(source.start(found[0]))
    indent = source.text[first : source.start(found[0])]
    stop = source.line_of(source.end(found[0]))[1]
    return Edit(stop, stop, f"\n{indent}{action.text}")


# --- values ----------------------------------------------------------------------------------------------------------


def _set_value(source: _Source, action: SetValue) -> list[Edit]:
    value = _value_at(source, action)
    old = source.code(value)
    return [Edit(source.start(value), source.end(value), action.text.replace("{old}", old))]


def _value_at(source: _Source, action: SetValue) -> cst.BaseExpression:
    found: dict[int, cst.BaseExpression] = {}
    for node in source.nodes():
        if node not in source.positions or not _stands(source, node, action.at):
            continue
        if isinstance(node, (cst.Assign, cst.AnnAssign, cst.Arg, cst.DictElement)) and node.value is not None:
            found[source.start(node.value)] = node.value
            if isinstance(node, (cst.Assign, cst.AnnAssign)):
                inner = _named_inside(node.value, action.name)
                if len(inner) == 1:
                    return inner[0]
        elif isinstance(node, cst.Call):
            for each in _named_inside(node, action.name):
                found[source.start(each)] = each
    if len(found) != 1:
        raise RefusedError(f"it is not clear which value {action.name} gets there")
    return next(iter(found.values()))


def _named_inside(node: cst.CSTNode, name: str) -> list[cst.BaseExpression]:
    """The values that ``node`` gives to ``name`` by a keyword, an entry of a dict or ``setdefault``."""
    found: list[cst.BaseExpression] = []
    pending = [node]
    while pending:
        current = pending.pop()
        pending += current.children
        if (isinstance(current, cst.Arg) and current.keyword is not None and current.keyword.value == name) or (
            isinstance(current, cst.DictElement) and _text_of(current.key) == name
        ):
            found.append(current.value)
        elif (
            isinstance(current, cst.Call)
            and len(current.args) == 2
            and _called(current) == "setdefault"
            and _text_of(current.args[0].value) == name
        ):
            found.append(current.args[1].value)
    return found


def _flip_default(source: _Source, span: Span) -> Edit:
    begin = source.line_starts[span.line - 1] + span.column - 1
    end = source.line_starts[span.end_line - 1] + span.end_column - 1 if span.end_line else source.line_of(begin)[1]
    found: list[tuple[cst.BaseExpression, str]] = []
    for node in source.nodes():
        if not isinstance(node, cst.Call) or not (begin <= source.start(node) and source.end(node) <= end):
            continue
        default = _default_of(node)
        flipped = _flipped(default) if default is not None else None
        if default is not None and flipped is not None:
            found.append((default, flipped))
    if len(found) != 1:
        raise RefusedError("it is not clear which default decides there")
    value, text = found[0]
    return Edit(source.start(value), source.end(value), text)


def _default_of(call: cst.Call) -> cst.BaseExpression | None:
    if _called(call) not in _LOOK_UPS:
        return None
    by_name = [arg.value for arg in call.args if arg.keyword is not None and arg.keyword.value == "default"]
    if by_name:
        return by_name[0]
    plain = [arg for arg in call.args if arg.keyword is None and not arg.star]
    return plain[1].value if len(plain) == 2 else None


def _called(call: cst.Call) -> str:
    func = call.func
    return func.value if isinstance(func, cst.Name) else func.attr.value if isinstance(func, cst.Attribute) else ""


def _flipped(value: cst.BaseExpression) -> str | None:
    if isinstance(value, cst.Name):
        return "False" if value.value == "True" else None
    if isinstance(value, cst.Integer):
        return "0" if value.value == "1" else None
    text = _text_of(value)
    opposite = _OPPOSITES.get(text.lower()) if text is not None else None
    if opposite is None or text is None or not isinstance(value, cst.SimpleString):
        return None
    cased = opposite.title() if text.istitle() and len(text) > 1 else opposite.upper() if text.isupper() else opposite
    return f"{value.prefix}{value.quote}{cased}{value.quote}"


def _text_of(node: cst.CSTNode) -> str | None:
    value = node.evaluated_value if isinstance(node, cst.SimpleString) else None
    return value if isinstance(value, str) else None


# --- imports ---------------------------------------------------------------------------------------------------------


def _imports(source: _Source, modules: Sequence[str], before: int) -> list[Edit]:
    """``import module`` for each of ``modules`` that no line above ``before`` imports at module level."""
    missing = [module for module in modules if not _is_imported(source, module, before)]
    return _statements_before(source, [f"import {module}" for module in missing], before)


def _is_imported(source: _Source, module: str, before: int) -> bool:
    return any(
        isinstance(small, cst.Import)
        and source.positions[small].start.line < before
        and any(each.evaluated_name == module and each.asname is None for each in small.names)
        for line in source.module.body
        if isinstance(line, cst.SimpleStatementLine)
        for small in line.body
    )


def _statements_before(source: _Source, statements: Sequence[str], before: int) -> list[Edit]:
    """``statements`` above the first statement that is neither the docstring nor a ``__future__`` import, without those
    that already stand above the line ``before``."""
    present = {
        source.code(small)
        for line in source.module.body
        if isinstance(line, cst.SimpleStatementLine)
        for small in line.body
        if source.positions[small].start.line < before
    }
    new = [each for each in statements if each not in present]
    if not new:
        return []
    lines = "".join(f"{each}\n" for each in new)
    last: cst.CSTNode | None = None
    for index, line in enumerate(source.module.body):
        if not isinstance(line, cst.SimpleStatementLine) or len(line.body) != 1:
            break
        small = line.body[0]
        docstring = index == 0 and isinstance(small, cst.Expr) and isinstance(small.value, cst.SimpleString)
        future = (
            isinstance(small, cst.ImportFrom)
            and not small.relative
            and isinstance(small.module, cst.Name)
            and small.module.value == "__future__"
        )
        if not docstring and not future:
            break
        last = line
    first = next((line for line in source.module.body if last is None or source.start(line) > source.start(last)), None)
    if first is None:
        raise RefusedError("there is no place for an import")
    at = source.line_of(_first_of(source, first))[0]
    return [Edit(at, at, lines)]


def _first_of(source: _Source, statement: cst.CSTNode) -> int:
    """Where a statement begins: its first decorator, for one that has any."""
    decorators = getattr(statement, "decorators", ())
    return source.start(decorators[0]) if decorators else source.start(statement)
