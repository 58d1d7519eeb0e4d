"""The syntax of Python as the model reads it: small frozen statements and expressions with positions.

Built by :mod:`flask_prodcheck.facts.python` of the parts of a file that matter. It holds what the model
evaluates and follows, and nothing of formatting. Expressions that the model never interprets are :class:`Opaque`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import field
from typing import Protocol

from flask_prodcheck.base import Span
from flask_prodcheck.records import dataclass

# --- expressions -----------------------------------------------------------------------------------------------------

#: Of the numbers that are kept as such: Python writes out none with many more.
MAX_BITS = 10_000


@dataclass(frozen=True, slots=True)
class Const:
    """A literal: str, bytes, int (of up to :data:`MAX_BITS`), float, complex, bool, None or Ellipsis. Implicitly joined strings
    are one Const."""

    span: Span
    value: str | bytes | int | float | complex | bool | None


@dataclass(frozen=True, slots=True)
class Name:
    span: Span
    id: str


@dataclass(frozen=True, slots=True)
class Attribute:
    span: Span
    value: Expr
    attr: str


@dataclass(frozen=True, slots=True)
class Starred:
    """``*value`` among positional arguments or elements."""

    span: Span
    value: Expr


@dataclass(frozen=True, slots=True)
class Keyword:
    """``name=value``; ``name`` is None for ``**value``."""

    span: Span
    name: str | None
    value: Expr


@dataclass(frozen=True, slots=True)
class Call:
    span: Span
    func: Expr
    args: tuple[Expr, ...]
    keywords: tuple[Keyword, ...]


@dataclass(frozen=True, slots=True)
class Subscript:
    """``value[index]``; a slice index is Opaque."""

    span: Span
    value: Expr
    index: Expr


@dataclass(frozen=True, slots=True)
class Collection:
    """A list, tuple or set display. ``kind`` is "list", "tuple" or "set"."""

    span: Span
    kind: str
    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Dict:
    """A dict display. A ``**other`` entry has key None."""

    span: Span
    items: tuple[tuple[Expr | None, Expr], ...]


@dataclass(frozen=True, slots=True)
class BinOp:
    """``op`` is the source token: "+", "-", "*", "/", "//", "%", "**", "@", "|", "&", "^", "<<", ">>"."""

    span: Span
    op: str
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class BoolOp:
    """``a or b or c``: ``op`` is "or" or "and"; values flattened, at least two."""

    span: Span
    op: str
    values: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class UnaryOp:
    """``op`` is "not", "-", "+" or "~"."""

    span: Span
    op: str
    operand: Expr


@dataclass(frozen=True, slots=True)
class Compare:
    """``left op1 right1 op2 right2 ...``; ops are source tokens such as "==", "not in", "is not"."""

    span: Span
    left: Expr
    ops: tuple[tuple[str, Expr], ...]


@dataclass(frozen=True, slots=True)
class IfExp:
    span: Span
    test: Expr
    body: Expr
    orelse: Expr


@dataclass(frozen=True, slots=True)
class Template:
    """An f-string: literal parts are Const(str), replaced parts any expression (conversion and format are dropped
    when empty, else the part is Opaque)."""

    span: Span
    parts: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Lambda:
    span: Span
    params: tuple[Param, ...]
    body: Expr


@dataclass(frozen=True, slots=True)
class Opaque:
    """An expression that is not interpreted (comprehension, yield, slice, walrus...). ``text`` is its source, cut at 200
    characters; ``names`` are the identifiers read inside it. What is awaited stands for the ``await`` around it."""

    span: Span
    text: str
    names: frozenset[str] = frozenset()


Expr = (
    Const
    | Name
    | Attribute
    | Starred
    | Call
    | Subscript
    | Collection
    | Dict
    | BinOp
    | BoolOp
    | UnaryOp
    | Compare
    | IfExp
    | Template
    | Lambda
    | Opaque
)

# --- statements ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Param:
    """A parameter. ``kind`` is "positional" (also positional-only), "keyword", "varargs" or "varkw"."""

    name: str
    kind: str = "positional"
    default: Expr | None = None


@dataclass(frozen=True, slots=True)
class Import:
    """``import a.b as c`` -> names (("a.b", "c"),); without ``as`` the second is None."""

    span: Span
    names: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True, slots=True)
class ImportFrom:
    """``from ..pkg import name as alias``: level 2, module "pkg"; names (("name", "alias"),); ``*`` is ("*", None)."""

    span: Span
    module: str
    level: int
    names: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True, slots=True)
class Assign:
    """``a = b.c = value`` and annotated assignments with a value. Tuple targets are Collection."""

    span: Span
    targets: tuple[Expr, ...]
    value: Expr
    annotation: Expr | None = None


@dataclass(frozen=True, slots=True)
class Declare:
    """An annotation without a value: ``name: type``."""

    span: Span
    target: Expr
    annotation: Expr


@dataclass(frozen=True, slots=True)
class AugAssign:
    """``target op= value``; ``op`` as in BinOp."""

    span: Span
    target: Expr
    op: str
    value: Expr


@dataclass(frozen=True, slots=True)
class ExprStmt:
    span: Span
    value: Expr


@dataclass(frozen=True, slots=True)
class Return:
    span: Span
    value: Expr | None


@dataclass(frozen=True, slots=True)
class Raise:
    span: Span
    value: Expr | None


@dataclass(frozen=True, slots=True)
class Assert:
    span: Span
    test: Expr


@dataclass(frozen=True, slots=True)
class Delete:
    span: Span
    targets: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Global:
    """``global a, b`` (also ``nonlocal``)."""

    span: Span
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Jump:
    """``kind`` is "break", "continue" or "pass" (pass also stands for statements that were screened out)."""

    span: Span
    kind: str


@dataclass(frozen=True, slots=True)
class If:
    """``elif`` is an If inside ``orelse``."""

    span: Span
    test: Expr
    body: tuple[Stmt, ...]
    orelse: tuple[Stmt, ...] = ()


@dataclass(frozen=True, slots=True)
class Loop:
    """``for``/``while``. For ``while``, target is None and ``source`` is the test."""

    span: Span
    target: Expr | None
    source: Expr
    body: tuple[Stmt, ...]
    orelse: tuple[Stmt, ...] = ()


@dataclass(frozen=True, slots=True)
class With:
    """``items``: (context expression, target or None)."""

    span: Span
    items: tuple[tuple[Expr, Expr | None], ...]
    body: tuple[Stmt, ...]


@dataclass(frozen=True, slots=True)
class Handler:
    """An ``except`` clause. ``type`` is None for a bare except."""

    span: Span
    type: Expr | None
    name: str | None
    body: tuple[Stmt, ...]


@dataclass(frozen=True, slots=True)
class Try:
    span: Span
    body: tuple[Stmt, ...]
    handlers: tuple[Handler, ...]
    orelse: tuple[Stmt, ...] = ()
    final: tuple[Stmt, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """One ``case`` of a match. ``values`` are the literal alternatives (``case "a" | "b"``), () when the pattern is not
    literal; ``wildcard`` when it matches anything; ``guard`` its condition."""

    span: Span
    values: tuple[Expr, ...]
    wildcard: bool
    guard: Expr | None
    body: tuple[Stmt, ...]


@dataclass(frozen=True, slots=True)
class Match:
    span: Span
    subject: Expr
    cases: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class FunctionDef:
    """A function. ``span`` is the ``def`` line. ``screened`` is true when statements of the body that carry no launch
    or configuration facts were left out (a ``pass`` may stand in their place)."""

    span: Span
    name: str
    params: tuple[Param, ...]
    decorators: tuple[Expr, ...]
    body: tuple[Stmt, ...]
    is_async: bool = False
    screened: bool = False


@dataclass(frozen=True, slots=True)
class ClassDef:
    span: Span
    name: str
    bases: tuple[Expr, ...]
    keywords: tuple[Keyword, ...]
    decorators: tuple[Expr, ...]
    body: tuple[Stmt, ...]
    screened: bool = False


Stmt = (
    Import
    | ImportFrom
    | Assign
    | Declare
    | AugAssign
    | ExprStmt
    | Return
    | Raise
    | Assert
    | Delete
    | Global
    | Jump
    | If
    | Loop
    | With
    | Try
    | Match
    | FunctionDef
    | ClassDef
)


@dataclass(frozen=True, slots=True)
class Mutation:
    """A module-level mutable that a function of the same module changes: ``name`` bound at ``bound``, changed at
    ``changed`` inside ``function`` (``view``: that function is a route, a request hook or a socket handler, or is called
    by one or handed on to a thread).

    ``read``: what a request finds in it, a function that serves requests hands on. ``memo``: the function, or
    what calls it, first looks whether the object already holds the answer, so that another process with an empty one gives
    the same.
    """

    name: str
    bound: Span
    changed: Span
    function: str
    view: bool
    read: bool = False
    memo: bool = False


@dataclass(frozen=True, slots=True)
class LoginCookie:
    """A cookie that the code sets by hand and that, by its name or value, is a login: which of its flags are given."""

    span: Span
    name: str
    secure: bool
    httponly: bool
    same_site: bool


@dataclass(frozen=True, slots=True)
class CookieForm:
    """A view that answers a POST with a form: its function, and the names of the cookies that it reads, as written."""

    span: Span
    function: str
    cookies: frozenset[str]


@dataclass(frozen=True, slots=True)
class Upload:
    """A place where a file of a request is saved. ``folder``: the source texts of the first parts of its path, as far as
    they are the same for every file. ``recorded``: the name of the file goes into a database, or to the visitor, so that
    it is asked for later."""

    span: Span
    function: str
    folder: tuple[str, ...]
    recorded: bool


@dataclass(frozen=True, slots=True)
class Password:
    """A password that the source holds: ``name`` is what it is bound to, the function that gets it, or the account;
    ``shown`` what a reader is shown of it; ``variable`` the one whose default it is, ``function`` the one that has to be
    called for it to matter."""

    name: str
    shown: str
    span: Span
    variable: str = ""
    function: str = ""


@dataclass(frozen=True, slots=True)
class Uses:
    """What the bodies of a module use of Flask, from the quick outline (views are not parsed further).

    Each is the place of the first use, or None: ``session`` (flask.session read or written, ``flash``, Flask-Login's
    login_user, Flask-WTF's FlaskForm), ``files`` (request.files), ``body`` (request.get_data/get_json/data/json),
    ``remote_addr``, ``external_urls`` (url_for(..., _external=True), without a scheme), ``routes`` (any route registration),
    ``kept_session`` (what ``session`` counts but for forms, which keep no more than a token there), ``logins`` (Flask-Login's
    and its kin's login_user and login_required).
    ``cookie_forms`` are the views that answer a POST, read cookies and take a form; ``guards_forms`` when the file
    mentions a protection of forms (a CSRF token, the origin); ``limits_body`` when it looks at the length of a request,
    or sets its limit, itself. ``token_keys`` are the expressions that its functions sign or encrypt with (PyJWT,
    itsdangerous, hmac, cryptography), as source text. ``uploads`` are the places where files of requests are saved, and
    ``sent_folders`` the folders that files are sent from, each as the parts of its path;
    ``passwords`` are those that the module writes down; ``changes_cache`` when it sets or deletes entries of a cache itself.
    ``hash_methods`` are those by which it hashes passwords that only old releases of Werkzeug know.
    """

    session: Span | None = None
    files: Span | None = None
    body: Span | None = None
    remote_addr: Span | None = None
    external_urls: Span | None = None
    routes: Span | None = None
    kept_session: Span | None = None
    logins: Span | None = None
    views: tuple[tuple[str, Span], ...] = ()
    login_cookies: tuple[LoginCookie, ...] = ()
    cookie_forms: tuple[CookieForm, ...] = ()
    guards_forms: bool = False
    limits_body: bool = False
    token_keys: tuple[tuple[str, Span], ...] = ()
    uploads: tuple[Upload, ...] = ()
    sent_folders: tuple[tuple[str, ...], ...] = ()
    passwords: tuple[Password, ...] = ()
    changes_cache: bool = False
    hash_methods: tuple[tuple[str, Span], ...] = ()


@dataclass(frozen=True, slots=True)
class Mentions:
    """The names that the kept statements of a module use: a quick look at them without the statements themselves. The
    fields are texts of names with blanks between, entries in lines of their own: a tenth of the memory of sets, which
    counts because a project may have tens of thousands of files."""

    run_names: str = ""
    call_names: str = ""
    alias_pairs: str = ""
    inside_lines: str = ""
    value_lines: str = ""
    module_names: str = ""

    @property
    def called(self) -> list[str]:
        """The simple names of what is called anywhere, decorators included, each once."""
        return self.run + self.call_names.split()

    @property
    def run(self) -> list[str]:
        """Those of them that are called outside of functions: when the module is imported, or is the main program."""
        return self.run_names.split()

    @property
    def aliases(self) -> Iterator[tuple[str, str]]:
        """(simple name, the name that an import or an assignment gives to it)."""
        names = self.alias_pairs.split()
        return zip(names[::2], names[1::2], strict=True)

    @property
    def inside(self) -> Iterator[tuple[str, list[str]]]:
        """(a function or class, every name and attribute that it mentions)."""
        return _entries(self.inside_lines)

    @property
    def values(self) -> Iterator[tuple[str, list[str]]]:
        """(a name or attribute of the module, of a class or of an object, the names of what it may be); a function is what
        it returns, a class what it is based on."""
        return _entries(self.value_lines)

    @property
    def modules(self) -> list[str]:
        """The dotted names that are imported anywhere; ``from a import b`` gives "a" and "a.b", ``from ..a import b``
        "..a" and "..a.b"."""
        return self.module_names.split()


def _entries(lines: str) -> Iterator[tuple[str, list[str]]]:
    for line in lines.splitlines():
        name, *names = line.split(" ")
        yield name, names


class Body(Protocol):
    """The statements of a module, at hand or to be read."""

    def statements(self) -> tuple[Stmt, ...]:
        """The statements that can carry facts, in order: the same objects each time."""

    def look_for(self, words: Iterable[str]) -> None:
        """Takes note that the outline is searched for ``words``."""

    def look_at_names(self) -> None:
        """Takes note that all names of the outline are looked at."""


@dataclass(frozen=True, slots=True)
class Held:
    """Statements at hand."""

    kept: tuple[Stmt, ...]

    def statements(self) -> tuple[Stmt, ...]:
        return self.kept

    def look_for(self, words: Iterable[str]) -> None:
        """Nobody asks what was looked for in it."""

    def look_at_names(self) -> None:
        """Nobody asks what was looked at in it."""


@dataclass(frozen=True, slots=True)
class PyModule:
    """One Python file: its outline, and its statements, which may not have been read yet (``source``).

    ``names_bound`` holds every name bound at module level, sorted, whatever the screen left out; there may be more where ``stars``
    (a star import binds them) or ``open_names`` (``__getattr__``, ``globals()[name] = ...``). ``holds_processes``: words
    of a file that a process manager reads stand in it, or of the path of one. What else than the statements asks for
    ``names_bound`` or ``mentions`` does so with the properties and methods, which take note of it: a report stands after the
    rest of them has changed.
    """

    path: str
    source: Body
    names_bound: tuple[str, ...]
    open_names: bool = False
    stars: bool = False
    imports: frozenset[str] = frozenset()  # top-level distributions-ish: first part of every imported module
    uses: Uses = field(default_factory=Uses)
    mutations: tuple[Mutation, ...] = ()
    holds_processes: bool = False
    mentions: Mentions = field(default_factory=Mentions)

    @property
    def is_open(self) -> bool:
        """Whether it may bind more than its ``names``."""
        return self.open_names or self.stars

    @property
    def names(self) -> tuple[str, ...]:
        """Every name bound at module level, sorted."""
        self.source.look_at_names()
        return self.names_bound

    @property
    def imported(self) -> list[str]:
        """The dotted names that are imported anywhere; ``from a import b`` gives "a" and "a.b", ``from ..a import b``
        "..a" and "..a.b"."""
        return self.mentions.modules

    def binds(self, name: str) -> bool:
        """Whether ``name`` is bound at module level."""
        self.source.look_for((name,))
        return name in self.names_bound

    def calls_one_of(self, names: AbstractSet[str]) -> bool:
        """Whether something with one of the simple ``names`` is called anywhere, decorators included."""
        self.source.look_for(names)
        return not names.isdisjoint(self.mentions.called)

    def runs_one_of(self, names: AbstractSet[str]) -> bool:
        """Whether one of them is called outside of functions: when the module is imported, or is the main program."""
        self.source.look_for(names)
        return not names.isdisjoint(self.mentions.run)

    def gives_one_of(self, names: AbstractSet[str]) -> bool:
        """Whether a name or attribute called so, of the module, of a class or of an object, is given a value, or a function
        or class is."""
        self.source.look_for(names)
        return any(name in names for name, _ in self.mentions.values)

    @property
    def body(self) -> tuple[Stmt, ...]:
        """The statements that can carry facts, in order."""
        return self.source.statements()
