"""Shell scripts and command lines: tree-sitter-bash's tree as frozen statements with positions.

The tree gives the structure; the words inside it are read by :mod:`flask_prodcheck.facts.words`. Where the tree holds
an error, everything around it is kept.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from flask_prodcheck.base import Span
from flask_prodcheck.errors import ReadError
from flask_prodcheck.facts.service_scripts import service_of
from flask_prodcheck.facts.types import (
    Lit,
    ShellCase,
    ShellCommand,
    ShellFunction,
    ShellGroup,
    ShellIf,
    ShellList,
    ShellLoop,
    ShellScript,
    ShellStmt,
    ShellTest,
    Substitution,
    Var,
    Word,
)
from flask_prodcheck.facts.words import read_word
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import dataclass, replace

if TYPE_CHECKING:
    from tree_sitter import Language, Node

_SHELLS = frozenset({"sh", "bash", "dash", "ash", "ksh", "mksh", "zsh", "busybox"})
_SHEBANG = regex(r"#![ \t]*(\S+)(?:[ \t]+(.*))?")
_SPAWN = regex(r"(?:^|;)[ \t]*spawn[ \t]+(?:-\w+[ \t]+)*([^;\n]+)", re.MULTILINE)
_OPEN_NEWLINE = regex(r"(?<!\\)\n")
_CALL = regex(rb"((?<=[^\s][ \t])[A-Za-z0-9_.]+:[A-Za-z0-9_.]+)\(\)(?![ \t]*\{)")
#: A comment between the arguments of a command: a substitution of nothing, which the grammar reads to the end of the line.
_REMARK = regex(rb"(?<=[ \t])`[ \t]*#[^`\n]*`(?=[ \t\n])")
#: For the grammar, every byte of a character beyond ASCII is a dot: part of a word, as it is to a shell, and of no name.
#: Its scanner looks such characters up in the C library's table of 256 (``isdigit``), and reads what lies beyond.
_IN_ASCII = bytes(range(128)) + b"." * 128
_MAX_DEPTH = 80
_STATEMENTS = frozenset(
    {
        "command",
        "declaration_command",
        "unset_command",
        "variable_assignment",
        "variable_assignments",
        "redirected_statement",
        "list",
        "pipeline",
        "negated_command",
        "test_command",
        "if_statement",
        "case_statement",
        "for_statement",
        "c_style_for_statement",
        "while_statement",
        "compound_statement",
        "subshell",
        "function_definition",
    }
)
_WORDS = frozenset(
    {
        "word",
        "number",
        "string",
        "raw_string",
        "ansi_c_string",
        "translated_string",
        "concatenation",
        "simple_expansion",
        "expansion",
        "command_substitution",
        "process_substitution",
        "arithmetic_expansion",
        "extglob_pattern",
        "regex",
        "brace_expression",
        "command_name",
    }
)
_KEYWORDS = frozenset(
    {"if", "then", "elif", "else", "fi", "do", "done", "case", "esac", "in", "while", "until", "for", "{", "}"}
)
#: Programs that start the interpreter named behind them: env(1), and the one of s6-overlay (README, "Container environment").
_CHAINING = frozenset({"env", "with-contenv"})
_NEGATION = Word((Lit("!"),), "!")


def read_shell(path: str, text: str, first_line: int = 1) -> ShellScript:
    """The script ``text`` of the file ``path``, whose first line is line ``first_line`` of that file.

    ``interpreter`` is the program of the shebang ("sh" without one). Of an expect script the commands that it spawns are
    read; a script for anything but a shell has no body.
    Raises :class:`ReadError` when no statement of a non-empty script could be read, or it nests too deeply.
    """
    text = text.removeprefix("\ufeff")
    interpreter = _interpreter(text)
    if interpreter == "expect":
        spawned = [
            statement
            for number, line in enumerate(text.splitlines())
            for command in spawned_commands(line)
            for statement in _parse(path, command, first_line + number, 1)
        ]
        return ShellScript(path, tuple(spawned), interpreter)
    service = service_of(path, text)
    if interpreter not in _SHELLS and not service:
        return ShellScript(path, (), interpreter)
    return ShellScript(path, _parse(path, text, first_line, 1), interpreter, service)


def spawned_commands(text: str) -> list[str]:
    """The commands that ``spawn`` starts in a text of expect's language (expect(1)), without spawn's own options."""
    return [match.group(1) for match in _SPAWN.finditer(text)]


def parse_command_line(text: str, span: Span) -> tuple[ShellStmt, ...]:
    """The statements of shell text that stands at ``span`` (its first character at the span's line and column).

    Raises :class:`ReadError` as :func:`read_shell` does.
    """
    return _parse(span.file, text, span.line, span.column)


def _interpreter(text: str) -> str:
    match = _SHEBANG.match(text.partition("\n")[0].rstrip("\r"))
    if match is None:
        return "sh"
    program = match.group(1).replace("\\", "/").rpartition("/")[2]
    if program in _CHAINING:
        words = (match.group(2) or "").split()
        named = [word for word in words if not word.startswith("-") and "=" not in word]
        program = named[0].rpartition("/")[2] if named else "sh"
    return program


@functools.lru_cache(maxsize=1)
def _language() -> Language:
    import tree_sitter
    import tree_sitter_bash

    return tree_sitter.Language(tree_sitter_bash.language())


def _parse(path: str, text: str, first_line: int, first_column: int) -> tuple[ShellStmt, ...]:
    import tree_sitter

    # A NUL ends the text for the scanner of the grammar; a shell drops it.
    text = text.replace("\r\n", "\n").replace("\x00", " ")
    # Without a newline at its end the grammar loses a heredoc that the text leaves open.
    source = (text if text.endswith("\n") else text + "\n").encode("utf-8", "replace")
    # A bare ``app:create_app()`` is an error to a shell, and makes the grammar lose the words after it. Masked for the
    # tree, it stays in the word, for a reader of the facts to judge.
    masked = _REMARK.sub(lambda found: b" " * len(found.group()), _CALL.sub(rb"\1__", source))
    root = tree_sitter.Parser(_language()).parse(masked.translate(_IN_ASCII)).root_node
    reader = _Reader(path, source, tuple(source.split(b"\n")), first_line, first_column)
    body = reader.statements(root.children, 0)
    if not body and root.has_error:
        raise ReadError("the shell syntax could not be read", first_line)
    return body


@dataclass(frozen=True, slots=True)
class _Heredoc:
    body: str
    line: int


@dataclass(frozen=True, slots=True)
class _Reader:
    """One text being converted: its bytes, and where it stands in its file."""

    path: str
    source: bytes
    lines: tuple[bytes, ...]
    first_line: int
    first_column: int

    # --- text and places ---------------------------------------------------------------------------------------------

    def slice(self, start: int, end: int) -> str:
        return self.source[start:end].decode("utf-8", "replace")

    def source_of(self, node: Node) -> str:
        return self.slice(node.start_byte, node.end_byte)

    def point(self, row: int, byte_column: int) -> tuple[int, int]:
        line = self.lines[row] if row < len(self.lines) else b""
        column = len(line[:byte_column].decode("utf-8", "replace")) + 1
        return self.first_line + row, column + self.first_column - 1 if row == 0 else column

    def span(self, first: Node, last: Node | None = None) -> Span:
        end = (last or first).end_point
        line, column = self.point(first.start_point[0], first.start_point[1])
        return Span(self.path, line, column, *self.point(end[0], end[1]))

    def shown(self, text: str) -> str:
        return " ".join(filter(None, (part.strip() for part in text.split("\\\n"))))

    def word(self, node: Node) -> Word:
        # The token of an expansion may include the blanks in front of it.
        return read_word(self.source_of(node).strip() if node.type != "word" else self.source_of(node))

    def missed(self, start: int, end: int) -> list[str]:
        """The lone dashes between two nodes."""
        return [word for word in self.slice(start, end).split() if word == "-"]

    # --- statements --------------------------------------------------------------------------------------------------

    def statements(self, nodes: Sequence[Node], depth: int) -> tuple[ShellStmt, ...]:
        if depth > _MAX_DEPTH:
            line = self.first_line + (nodes[0].start_point[0] if nodes else 0)
            raise ReadError("the shell script nests too deeply", line)
        found: list[ShellStmt] = []
        loose: list[Node] = []  # words that an error left without a command
        for node in nodes:
            if loose and (node.type not in _WORDS or node.start_point[0] != loose[-1].end_point[0]):
                found += self._simple(loose, depth)
                loose = []
            if node.type == "&" and found:
                found[-1] = _in_background(found[-1])
            elif node.type in _STATEMENTS:
                found += self.statement(node, depth + 1)
            elif node.type == "ERROR":
                found += self.statements(node.children, depth + 1)
            elif node.type in _WORDS:
                loose.append(node)
            elif node.type == "do_group":
                found += self.statements(node.children, depth + 1)
        if loose:
            found += self._simple(loose, depth)
        return tuple(found)

    def statement(self, node: Node, depth: int) -> list[ShellStmt]:
        kind = node.type
        if kind in ("command", "declaration_command", "unset_command", "variable_assignment", "variable_assignments"):
            return self._simple([node] if kind == "variable_assignment" else node.children, depth)
        if kind == "redirected_statement":
            return self._redirected(node, depth)
        if kind == "list":
            return self._list(node, depth)
        if kind == "pipeline":
            items = [self._one(child, depth) for child in node.children if child.type in _STATEMENTS]
            return [_pipe(self.span(node), [item for item in items if item is not None])] if any(items) else []
        if kind == "negated_command":
            inner = self.statements([child for child in node.children if child.type != "!"], depth)
            return [self._negated(inner[0], node), *inner[1:]] if inner else []
        if kind == "test_command":
            return [self._test(node)]
        if kind == "if_statement":
            return [self._if(node, depth)]
        if kind == "case_statement":
            return [self._case(node, depth)]
        if kind in ("for_statement", "c_style_for_statement", "while_statement"):
            return [self._loop(node, depth)]
        if kind == "compound_statement" and node.children and node.children[0].type == "((":
            return [self._test(node)]
        if kind in ("compound_statement", "subshell"):
            return [ShellGroup(self.span(node), self.statements(node.children, depth), kind == "subshell")]
        return self._function(node, depth)

    def _one(self, node: Node, depth: int) -> ShellStmt | None:
        """The statement of a node as one item of a list."""
        found = self.statements([node], depth)
        if len(found) > 1:
            return ShellGroup(self.span(node), found)
        return found[0] if found else None

    # --- simple commands ---------------------------------------------------------------------------------------------

    def _simple(self, nodes: Sequence[Node], depth: int) -> list[ShellStmt]:
        """Simple commands from the children of one node. The grammar lets a command run over a line end after several
        assignments and inside errors: a line end that is not continued starts another command."""
        groups: list[list[Node]] = [[]]
        for node in nodes:
            parts = node.children if node.type == "ERROR" and depth < _MAX_DEPTH else (node,)
            for part in parts:
                group = groups[-1]
                if group and _OPEN_NEWLINE.search(self.slice(group[-1].end_byte, part.start_byte)):
                    groups.append([])
                if part.type in (";", "\n"):
                    groups.append([])
                elif part.type != "comment" and not part.is_missing:
                    groups[-1].append(part)
        found: list[ShellStmt] = []
        for group in groups:
            if group:
                found += self._command(group)
        return found

    def _command(self, nodes: Sequence[Node]) -> list[ShellStmt]:
        assigns: list[tuple[str, Word]] = []
        words: list[Word] = []
        output: Word | None = None
        heredoc: _Heredoc | None = None
        end = nodes[0].start_byte
        for node in nodes:
            # The grammar has no node for some words, a lone "-" above all.
            words += [read_word(word) for word in self.missed(end, node.start_byte)]
            source = self.source_of(node)
            # A "$" in the middle of a word (``/$A=$B``, ``A=$B:$C/d``, ``$1-$2``) makes the grammar cut it in two.
            cut = words[-1] if words else assigns[-1][1] if assigns else None
            touches = node.start_byte == end and not node.type.endswith("_redirect")
            joined = touches and source[:1].isalnum() and cut is not None and cut.text.endswith("$")
            end = node.end_byte
            if joined and cut is not None:
                whole = read_word(cut.text + source.strip())
                if words:
                    words[-1] = whole
                else:
                    assigns[-1] = (assigns[-1][0], whole)
                continue
            if node.type == "variable_assignment" and not words:
                assigns.append(self._assignment(node))
            elif node.type == "file_redirect":
                target, more = self._file_redirect(node)
                output = target or output
                words += more
            elif node.type == "herestring_redirect":
                heredoc = self._herestring(node) or heredoc
            elif node.type == "heredoc_redirect":
                heredoc = self._heredoc(node)
            elif node.is_named or node.type.isalpha():
                words.append(read_word(self.source_of(node).strip()))
        if (not words and not assigns) or (words and all(word.text in _KEYWORDS for word in words)):
            return []
        program = next((node for node in nodes if node.type == "command_name"), nodes[0])
        # Assignments on lines of their own stand in front of the line that says what runs.
        first = program if program.start_point[0] > nodes[0].start_point[0] else nodes[0]
        span = self.span(first, nodes[-1])
        text = self.shown(self.slice(nodes[0].start_byte, nodes[-1].end_byte))
        if words and words[0].text in ("test", "[", "[["):
            inner = words[1:-1] if words[-1].text in ("]", "]]") and len(words) > 1 else words[1:]
            return [_make_test(span, text, inner)]
        if heredoc is None:
            return [ShellCommand(span, text, tuple(words), tuple(assigns), output=output)]
        text = text.partition("\n")[0]
        return [ShellCommand(span, text, tuple(words), tuple(assigns), heredoc.body, heredoc.line, output)]

    def _assignment(self, node: Node) -> tuple[str, Word]:
        name, _, value = self.source_of(node).partition("=")
        if name.endswith("+"):
            # ``A+=x`` appends to a value that this command does not hold.
            plain = name[:-1]
            word = read_word(value)
            return plain, Word((Var(plain, quoted=True), *word.parts), word.text)
        return name, read_word(value)

    def _file_redirect(self, node: Node) -> tuple[Word | None, list[Word]]:
        """The file that standard output goes to, and the arguments that the grammar takes for further targets."""
        descriptor = node.child_by_field_name("descriptor")
        operator = next((child.type for child in node.children if child.type[:1] in "<>&"), "")
        targets = [self.word(child) for child in node.children_by_field_name("destination")]
        writes = operator in (">", ">>", ">|", "&>", "&>>") and (
            descriptor is None or self.source_of(descriptor) == "1"
        )
        return (targets[0] if writes and targets else None), targets[1:]

    def _redirected(self, node: Node, depth: int) -> list[ShellStmt]:
        body = node.child_by_field_name("body")
        redirects = [child for child in node.children if child.type.endswith("_redirect")]
        rest = [child for child in node.children if child not in redirects]
        found = list(self.statements(rest if body is None else [body], depth))
        output: Word | None = None
        heredoc: _Heredoc | None = None
        more = (
            [read_word(word) for word in self.missed(body.end_byte, redirects[0].start_byte)]
            if body is not None and redirects
            else []
        )
        tails: list[tuple[str, Node]] = []
        for redirect in redirects:
            inside = (
                [redirect]
                if redirect.type == "file_redirect"
                else [child for child in redirect.children if child.type == "file_redirect"]
            )
            for each in inside:
                target, extra = self._file_redirect(each)
                output = target or output
                more += extra
            if redirect.type == "heredoc_redirect":
                heredoc = self._heredoc(redirect)
                more += [self.word(child) for child in redirect.children_by_field_name("argument")]
                tails += _tails(redirect)
            elif redirect.type == "herestring_redirect":
                heredoc = self._herestring(redirect) or heredoc
        if not found:
            # ``> file`` alone, or ``<<EOF`` without a command: it runs nothing.
            found = [ShellCommand(self.span(node), self.shown(self.source_of(node)), ())]
        text = self.source_of(node)
        text = self.shown(text.partition("\n")[0] if heredoc is not None else text)
        found[-1] = _redirect(found[-1], output, heredoc, more, text if body is not None else "")
        for operator, tail in tails:
            found[-1] = self._joined(found[-1], operator, tail, depth)
        return found

    def _joined(self, left: ShellStmt, operator: str, node: Node, depth: int) -> ShellStmt:
        """``left operator right`` where the grammar hung the right side on a heredoc's first line."""
        if operator == "|":
            items = [item for child in node.children if (item := self._one(child, depth)) is not None]
            if not items:
                return left
            first, *others = items
            if isinstance(first, ShellList) and first.op != "|":
                head = _pipe(left.span, [left, first.items[0]])
                return replace(first, span=left.span, items=(head, *first.items[1:]))
            return _pipe(left.span, [left, first, *others])
        right = self._one(node, depth)
        return left if right is None else _chain(left.span, [left, right], [operator])

    def _herestring(self, node: Node) -> _Heredoc | None:
        """``<<< word``, when the word is literal."""
        fed = [self.word(child) for child in node.children if child.is_named and child.type != "file_descriptor"]
        literal = [part.text for part in fed[0].parts if isinstance(part, Lit)] if fed else []
        if not fed or len(literal) != len(fed[0].parts):
            return None
        return _Heredoc("".join(literal) + "\n", self.first_line + node.start_point[0])

    def _heredoc(self, node: Node) -> _Heredoc:
        start = next((child for child in node.children if child.type == "heredoc_start"), node)
        end = next((child for child in node.children if child.type == "heredoc_end"), None)
        body = next((child for child in node.children if child.type == "heredoc_body"), None)
        first = body.start_point[0] if body is not None else start.end_point[0] + 1
        last = end.start_point[0] if end is not None else (body.end_point[0] if body is not None else first)
        lines = [line.decode("utf-8", "replace") for line in self.lines[first:last]]
        if any(child.type == "<<-" for child in node.children):
            lines = [line.lstrip("\t") for line in lines]
        return _Heredoc("".join(line + "\n" for line in lines), self.first_line + first)

    # --- lists, tests and compound commands --------------------------------------------------------------------------

    def _list(self, node: Node, depth: int) -> list[ShellStmt]:
        # ``a && b && c`` leans to the left as deep as it is long: walk it, do not recurse.
        operators: list[str] = []
        rights: list[Node | None] = []
        current = node
        while current.type == "list":
            children = [child for child in current.children if child.type != "comment"]
            operator = next((child.type for child in children if child.type in ("&&", "||")), "&&")
            operands = [child for child in children if child.type in _STATEMENTS or child.type == "ERROR"]
            if not operands:
                return []
            operators.append(operator)
            rights.append(operands[-1] if len(operands) > 1 else None)
            current = operands[0]
        items: list[ShellStmt] = []
        ops: list[str] = []
        first = self._one(current, depth)
        if first is not None:
            items.append(first)
        for operator, right in zip(reversed(operators), reversed(rights), strict=True):
            item = None if right is None else self._one(right, depth)
            if item is not None:
                if items:
                    ops.append(operator)
                items.append(item)
        return [_chain(self.span(node), items, ops)] if items else []

    def _negated(self, inner: ShellStmt, node: Node) -> ShellStmt:
        if isinstance(inner, ShellTest):
            return replace(inner, span=self.span(node), negated=not inner.negated)
        if isinstance(inner, ShellCommand):
            return replace(inner, span=self.span(node), text="! " + inner.text, words=(_NEGATION, *inner.words))
        return inner

    def _test(self, node: Node) -> ShellTest:
        text = self.shown(self.source_of(node))
        if node.children and node.children[0].type == "((":
            return ShellTest(self.span(node), text, (Word((Substitution(text),), text),))
        return _make_test(self.span(node), text, [read_word(part) for part in self._test_words(node.children[1:-1])])

    def _test_words(self, nodes: Sequence[Node]) -> Iterator[str]:
        stack = list(reversed(nodes))
        while stack:
            node = stack.pop()
            if node.type in ("unary_expression", "binary_expression", "parenthesized_expression", "ERROR"):
                stack.extend(reversed(node.children))
            elif not node.is_missing:
                text = self.source_of(node).strip()
                if text:
                    yield text

    def _if(self, node: Node, depth: int) -> ShellIf:
        branches: list[tuple[tuple[ShellStmt, ...], tuple[ShellStmt, ...]]] = []
        orelse: tuple[ShellStmt, ...] = ()
        own = [child for child in node.children if child.type not in ("elif_clause", "else_clause")]
        branches.append(self._branch(own, depth))
        for child in node.children:
            if child.type == "elif_clause":
                branches.append(self._branch(child.children, depth))
            elif child.type == "else_clause":
                orelse = self.statements(child.children, depth)
        return ShellIf(self.span(node), tuple(branches), orelse)

    def _branch(self, nodes: Sequence[Node], depth: int) -> tuple[tuple[ShellStmt, ...], tuple[ShellStmt, ...]]:
        at = next((index for index, child in enumerate(nodes) if child.type == "then"), len(nodes))
        return self.statements(nodes[:at], depth), self.statements(nodes[at:], depth)

    def _case(self, node: Node, depth: int) -> ShellCase:
        subject = node.child_by_field_name("value")
        arms: list[tuple[tuple[Word, ...], tuple[ShellStmt, ...]]] = []
        for child in node.children:
            if child.type != "case_item":
                continue
            at = next((index for index, each in enumerate(child.children) if each.type == ")"), 0)
            start = next((each.start_byte for each in child.children if each.type != "("), child.start_byte)
            patterns = self.slice(start, child.children[at].start_byte)
            arms.append((_patterns(patterns), self.statements(child.children[at + 1 :], depth)))
        return ShellCase(self.span(node), read_word("") if subject is None else self.word(subject), tuple(arms))

    def _loop(self, node: Node, depth: int) -> ShellLoop:
        at = next(
            (index for index, child in enumerate(node.children) if child.type in ("do_group", "compound_statement")),
            len(node.children),
        )
        body = self.statements(node.children[at].children, depth) if at < len(node.children) else ()
        span = self.span(node)
        if node.type == "while_statement":
            kind = "until" if node.children[0].type == "until" else "while"
            return ShellLoop(span, kind, body, self.statements(node.children[1:at], depth))
        if node.type == "c_style_for_statement":
            return ShellLoop(span, "for", body)
        variable = node.child_by_field_name("variable")
        words = tuple(self.word(child) for child in node.children_by_field_name("value"))
        if not any(child.type == "in" for child in node.children):
            words = (read_word('"$@"'),)
        kind = "select" if node.children[0].type == "select" else "for"
        return ShellLoop(span, kind, body, (), None if variable is None else self.source_of(variable), words)

    def _function(self, node: Node, depth: int) -> list[ShellStmt]:
        name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
        if name is None or body is None:
            return list(self.statements(node.children, depth))
        inner = self.statements(body.children if body.type == "compound_statement" else [body], depth)
        return [ShellFunction(self.span(node), self.source_of(name), inner)]


def _patterns(text: str) -> tuple[Word, ...]:
    """The patterns of a case arm, split at the bars outside quotes."""
    found: list[str] = []
    start, quote, index = 0, "", 0
    while index < len(text):
        char = text[index]
        if char == "\\" and quote != "'":
            index += 1
        elif quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char == "|":
            found.append(text[start:index])
            start = index + 1
        index += 1
    found.append(text[start:])
    return tuple(read_word(each.strip()) for each in found)


def _make_test(span: Span, text: str, words: Sequence[Word]) -> ShellTest:
    """A leading ``!`` negates the whole only where nothing else is combined with it."""
    combined = any(word.text in ("-a", "-o", "&&", "||") for word in words)
    negated = False
    while len(words) > 1 and words[0].text == "!" and not combined:
        negated = not negated
        words = words[1:]
    return ShellTest(span, text, tuple(words), negated)


def _tails(redirect: Node) -> list[tuple[str, Node]]:
    """What follows a heredoc's marker on its line: (operator, node) of ``| ...``, ``&& ...`` and ``|| ...``."""
    found: list[tuple[str, Node]] = []
    operator = ""
    for child in redirect.children:
        if child.type == "pipeline":
            found.append(("|", child))
        elif child.type in ("&&", "||"):
            operator = child.type
        elif operator and child.type in _STATEMENTS:
            found.append((operator, child))
            operator = ""
    return found


def _in_background(statement: ShellStmt) -> ShellStmt:
    if isinstance(statement, (ShellCommand, ShellList, ShellGroup)):
        return replace(statement, background=True)
    return ShellGroup(statement.span, (statement,), subshell=True, background=True)


def _redirect(
    statement: ShellStmt, output: Word | None, heredoc: _Heredoc | None, more: Sequence[Word], text: str
) -> ShellStmt:
    """``statement`` with the redirections written after it, which belong to the last command of a list."""
    if isinstance(statement, ShellCommand):
        return replace(
            statement,
            text=text or statement.text,
            words=(*statement.words, *more),
            output=output or statement.output,
            heredoc=statement.heredoc if heredoc is None else heredoc.body,
            heredoc_line=statement.heredoc_line if heredoc is None else heredoc.line,
        )
    if isinstance(statement, ShellList):
        *head, last = statement.items
        return replace(statement, items=(*head, _redirect(last, output, heredoc, more, "")))
    return statement


def _pipe(span: Span, items: Sequence[ShellStmt]) -> ShellStmt:
    return items[0] if len(items) == 1 else ShellList(span, "|", tuple(items))


def _chain(span: Span, items: Sequence[ShellStmt], operators: Sequence[str]) -> ShellStmt:
    """Items joined from the left; neighbours with the same operator share one list."""
    current: ShellStmt = items[0]
    index = 0
    depth = 0
    while index < len(operators):
        operator = operators[index]
        run = [current]
        while index < len(operators) and operators[index] == operator:
            run.append(items[index + 1])
            index += 1
        current = ShellList(span, operator, tuple(run))
        depth += 1
        if depth > _MAX_DEPTH:
            raise ReadError("the shell script nests too deeply", span.line)
    return current
