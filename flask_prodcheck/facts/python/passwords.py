"""Passwords that a module writes down: its constants, defaults of its variables, addresses, and what it logs in with.

A key of a public interface is no password: open-source programs carry their own. It counts only where it stands in for a
variable that somebody is expected to set.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from flask_prodcheck.base import Span
from flask_prodcheck.facts.placeholders import is_placeholder, looks_made_up
from flask_prodcheck.facts.python.accounts import accounts
from flask_prodcheck.facts.python.path_beginnings import called
from flask_prodcheck.facts.python.text import Text
from flask_prodcheck.facts.python.variable_defaults import default_of
from flask_prodcheck.facts.python.walk import walk, walk_near
from flask_prodcheck.facts.secrets import masked_text, without_passwords
from flask_prodcheck.facts.syntax import Password
from flask_prodcheck.patterns import regex

_PASSWORD = regex(r"(?:^|_)(?:PASSWORD|PASSWD|PWD)$", re.IGNORECASE)
_KEY = regex(r"(?:^|_)(?:API_?KEY|SECRET_ACCESS_KEY|ACCESS_TOKEN|AUTH_TOKEN|BOT_TOKEN|CLIENT_SECRET)$", re.IGNORECASE)
#: Functions that log in: with two texts, or with a keyword.
_WITH_TWO = frozenset({"username_pw_set", "login", "PlainCredentials"})
_WITH_KEYWORD = frozenset({
    "connect", "MongoClient", "Redis", "StrictRedis", "ConnectionPool", "MySQLConnectionPool", "SimpleConnectionPool",
    "ThreadedConnectionPool", "PooledDB", "create_pool", "SMTP", "MySQLConnection",
})  # fmt: skip
#: Functions that connect to the server of an address, and what they call it.
_WITH_ADDRESS = frozenset({
    "connect", "MongoClient", "AsyncIOMotorClient", "MotorClient", "MongoEngine", "PyMongo", "create_engine", "from_url",
    "create_async_engine", "Database", "ConnectionPool", "SimpleConnectionPool", "ThreadedConnectionPool", "create_pool",
})  # fmt: skip
_CONNECTING = _WITH_TWO | _WITH_KEYWORD | _WITH_ADDRESS
_ADDRESS_KEYWORDS = frozenset({"host", "uri", "url", "dsn", "conninfo"})
#: An address with the password of a user, and a host by its name.
_ADDRESS = regex(
    r"[a-z][a-z0-9+]{1,40}://[^/@\s:]{0,100}:([^/@\s]{1,200})@((?:[\w-]{1,63}\.){0,8}[a-z][a-z0-9-]{0,62})(?:[:/,?]|$)",
    re.IGNORECASE,
)
#: Names of a public network that documents use, and of one's own.
_NOT_PUBLIC = regex(
    r"(?:^|\.)(?:example|host|domain|server|your\w{0,40})\.[a-z]+$|^(?:host|hostname|server|servername|your\w{0,40})$"
    r"|(?:^|\.)(?:local|localhost|internal|lan|home|corp|test|example|invalid|svc)$",
    re.IGNORECASE,
)
_PRIVATE_KEY = regex(r"(-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----)[A-Za-z0-9+/=\s]{200}")
_KEYWORDS = frozenset({"password", "passwd"})
_USERS = frozenset({"user", "username"})
_HOSTS = frozenset({"host", "hostname", "server"})
#: Words that stand for a password elsewhere, and are one beside the user and the host that they go with.
_COMMON = frozenset({"admin", "root", "test", "1234", "12345", "123456", "12345678", "123456789"})
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
_MARKS = ("://", "${", "{{", "%(", "<", ">", "***", "{", "}")
_LONGEST = 200
_SHORTEST = 6


def passwords(tree: ast.Module, text: Text, span: Callable[[ast.expr], Span]) -> tuple[Password, ...]:
    """The passwords that ``tree`` binds to names whatever the circumstances, those that its calls log in with, and those of
    accounts."""
    words, found = text.words, [*_bound(tree.body, span)]
    for node in walk_near(tree, text.lines_of(_CONNECTING)):
        if isinstance(node, ast.Call):
            found += _logs_in(node, span)
            found += _connects(node, span)
    if not (words.isdisjoint(_HOSTS) or words.isdisjoint(_USERS)):
        for node in walk_near(tree, text.lines_of(_KEYWORDS)):
            if isinstance(node, ast.Dict):
                found += _connection(node, span)
    if "PRIVATE KEY-----" in text.source:
        found += _private_keys(tree, span)
    said = {each.span for each in found}
    found += [each for each in accounts(tree, text, span) if each.span not in said]
    return tuple(sorted(found, key=lambda each: (each.span.line, each.name)))


def _bound(top: Sequence[ast.stmt], span: Callable[[ast.expr], Span]) -> Iterator[Password]:
    for stmt in top:
        if not isinstance(stmt, ast.Assign) or len(stmt.targets) != 1 or not isinstance(stmt.targets[0], ast.Name):
            continue
        name, value = stmt.targets[0].id, stmt.value
        variable, constant = default_of(value) or ("", value)
        text = constant.value if isinstance(constant, ast.Constant) else None
        wanted = _PASSWORD.search(name) or (variable and (_PASSWORD.search(variable) or _KEY.search(variable)))
        if wanted and _is_secret(text):
            yield Password(name, masked_text(str(text)), span(value), variable)
        elif _is_address(text):
            yield Password(name, without_passwords(str(text)), span(value), variable)


def _logs_in(call: ast.Call, span: Callable[[ast.expr], Span]) -> Iterator[Password]:
    name = called(call)
    words = {word.arg: word.value for word in call.keywords}
    if name in _WITH_TWO and len(call.args) == 2 and all(isinstance(each, ast.Constant) for each in call.args):
        given: ast.expr | None = call.args[1]
    elif name in _WITH_KEYWORD:
        whole = list(_login(f"{name}()", {word.arg: word.value for word in call.keywords if word.arg}, span))
        if whole or _is_local(words.get("host") or (call.args[0] if call.args else None)):
            yield from whole
            return
        given = next((words[word] for word in _KEYWORDS if word in words), None)
    else:
        return
    if isinstance(given, ast.Constant) and _is_secret(given.value):
        yield Password(f"{name}()", masked_text(str(given.value)), span(given))


def _connection(settings: ast.Dict, span: Callable[[ast.expr], Span]) -> Iterator[Password]:
    """The settings of a connection that stand together."""
    words = {
        key.value: value
        for key, value in zip(settings.keys, settings.values, strict=True)
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    }
    yield from _login("A connection", words, span)


def _login(name: str, words: Mapping[str, ast.expr], span: Callable[[ast.expr], Span]) -> Iterator[Password]:
    """The password beside the host and the user that it goes with, all of them written down: nothing replaces one alone.
    On the host itself an account that has its own name for a password is a database's first one, which anybody has."""
    user, host = (next((words[word] for word in sorted(each) if word in words), None) for each in (_USERS, _HOSTS))
    whole = _is_text(user) and _is_text(host)
    given = next((words[word] for word in sorted(_KEYWORDS) if word in words), None)
    text = given.value if isinstance(given, ast.Constant) else None
    if _is_local(host) and isinstance(user, ast.Constant) and user.value == text:
        return
    if not whole or given is None or not isinstance(text, str) or not 3 < len(text) <= _LONGEST:
        return
    if (text in _COMMON or not is_placeholder(text)) and not any(mark in text for mark in _MARKS):
        yield Password(name, masked_text(text), span(given))


def _is_text(value: ast.expr | None) -> bool:
    return isinstance(value, ast.Constant) and isinstance(value.value, str) and bool(value.value)


def _connects(call: ast.Call, span: Callable[[ast.expr], Span]) -> Iterator[Password]:
    """The address that a call connects to, where a password stands in it."""
    if called(call) not in _WITH_ADDRESS:
        return
    for given in (*call.args[:2], *[word.value for word in call.keywords if word.arg in _ADDRESS_KEYWORDS]):
        variable, constant = default_of(given) or ("", given)
        text = constant.value if isinstance(constant, ast.Constant) else None
        if _is_address(text, nearby=not variable):
            yield Password(f"{called(call)}()", without_passwords(str(text)), span(given), variable)


def _private_keys(tree: ast.Module, span: Callable[[ast.expr], Span]) -> Iterator[Password]:
    """Whole private keys in the text of PEM (RFC 7468), not the mere marks of one, nor those that only document something."""
    told = {id(node.value) for node in walk(tree) if isinstance(node, ast.Expr)}
    for node in walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            found = _PRIVATE_KEY.search(node.value)
            if found is not None:
                yield Password("A constant", found[1], span(node))


def _is_address(text: object, *, nearby: bool = False) -> bool:
    """Whether ``text`` is an address of a server with the password to it: of one in a public network, or also of another
    container (``nearby``)."""
    found = _ADDRESS.match(text) if isinstance(text, str) and "://" in text else None
    if found is None or _NOT_PUBLIC.search(found[2]) or not (nearby or "." in found[2]):
        return False
    return not is_placeholder(found[1]) and not any(mark in found[1] for mark in _MARKS)


def _is_local(host: ast.expr | None) -> bool:
    return isinstance(host, ast.Constant) and host.value in _LOCAL


def _is_secret(text: object) -> bool:
    if not isinstance(text, str) or not _SHORTEST <= len(text) <= _LONGEST or is_placeholder(text):
        return False
    return looks_made_up(text) and not any(mark in text for mark in _MARKS)
