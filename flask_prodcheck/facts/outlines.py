"""The outline of a Python file as plain data, to be kept between runs, and back.

It holds names and places, and no text of the file: what a secret is assigned to, never the secret. Data of any other
shape is no outline.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from sys import intern
from typing import Any, cast

from flask_prodcheck.base import Span
from flask_prodcheck.facts.bodies import Unread
from flask_prodcheck.facts.syntax import CookieForm, LoginCookie, Mentions, Mutation, Password, PyModule, Upload, Uses

#: Where the names and the mentions are in the data of an outline, and the names of modules in that of its mentions.
_NAMES, _MENTIONS, _MODULES = 0, -1, -1
_PLACES = ("session", "files", "body", "remote_addr", "external_urls", "routes", "kept_session", "logins")

Data = object
"""What JSON can hold: lists of lists, texts, numbers and None."""


def to_data(module: PyModule) -> Data:
    """``module`` without its path and its statements."""
    uses, mentions = module.uses, module.mentions
    return [
        " ".join(module.names_bound),
        module.open_names,
        module.stars,
        " ".join(sorted(module.imports)),
        [
            [_place(getattr(uses, name)) for name in _PLACES],
            [[name, _place(span)] for name, span in uses.views],
            [[each.name, _place(each.span), each.secure, each.httponly, each.same_site] for each in uses.login_cookies],
            [[each.function, _place(each.span), sorted(each.cookies)] for each in uses.cookie_forms],
            uses.guards_forms,
            uses.limits_body,
            [[text, _place(span)] for text, span in uses.token_keys],
            [[_place(each.span), each.function, list(each.folder), each.recorded] for each in uses.uploads],
            [list(parts) for parts in uses.sent_folders],
            [[each.name, each.shown, _place(each.span), each.variable, each.function] for each in uses.passwords],
            uses.changes_cache,
            [[method, _place(span)] for method, span in uses.hash_methods],
        ],
        [
            [each.name, _place(each.bound), _place(each.changed), each.function, each.view, each.read, each.memo]
            for each in module.mutations
        ],
        module.holds_processes,
        [
            mentions.run_names,
            mentions.call_names,
            mentions.alias_pairs,
            mentions.inside_lines,
            mentions.value_lines,
            mentions.module_names,
        ],
    ]


def shape(data: Data) -> Data:
    """``data`` with the order of its places instead of them, and without its :func:`words`: with these, what linking can
    see of a file whose statements it never asks for, as long as nothing of it is shown. Places are compared with those of
    the same file alone, and only for which comes first: nothing may count the lines between them."""
    points: set[tuple[int, int]] = set()
    for place in _places_in(data):
        points.update(((place[0], place[1]), (place[2], place[3])))
    ranks = {point: rank for rank, point in enumerate(sorted(points))}
    if isinstance(data, list):
        return _ranked([*data[_NAMES + 1 : _MENTIONS], data[_MENTIONS][_MODULES]], ranks)
    return None


def words(data: Data) -> Data:
    """The names that the outline ``data`` binds and mentions, without any place: linking looks for some of them."""
    return [data[_NAMES], *data[_MENTIONS][:_MODULES]] if isinstance(data, list) else None


def apart(before: Data, after: Data) -> tuple[frozenset[str], frozenset[str]] | None:
    """Of two outlines: the names that only one of them binds or mentions, or mentions in another way, and those of them that
    only one gives a value. Where linking looks for none of them it finds the same in both. None where ``before``, of which
    nothing is believed, is no outline."""
    if before is None or after is None or from_data("", before) is None:
        return None
    (words_before, given_before), (words_after, given_after) = _names_used(before), _names_used(after)
    given = given_before ^ given_after
    different = (words_before ^ words_after) | given
    return frozenset(name for _, *names in different for name in names), frozenset(name for _, name, *_ in given)


_Names = frozenset[tuple[str, ...]]
"""Names, each after what is done with them there."""


def _names_used(data: Data) -> tuple[_Names, _Names]:
    """The uses of names in an outline: those that give a value last."""
    names, run, called, aliases, inside, values = _list(words(data), 6)
    pairs = aliases.split()
    found = [
        *(("bound", name) for name in names.split()),
        *(("run", name) for name in run.split()),
        *(("called", name) for name in called.split()),
        *(("alias", *pair) for pair in zip(pairs[::2], pairs[1::2], strict=True)),
        *_uses_in("inside", inside),
    ]
    return frozenset(found), frozenset(_uses_in("value", values))


def _uses_in(use: str, lines: str) -> Iterator[tuple[str, ...]]:
    for line in lines.splitlines():
        name, *names = line.split(" ")
        yield use, name
        for each in names:
            yield use, name, each


def _is_place(data: Data) -> bool:
    return type(data) is list and len(data) == 4 and all(type(each) is int for each in data)


def _places_in(data: Data) -> Iterator[list[int]]:
    if _is_place(data):
        yield cast("list[int]", data)
    elif isinstance(data, list):
        for each in data:
            yield from _places_in(each)


def _ranked(data: Data, ranks: Mapping[tuple[int, int], int]) -> Data:
    if _is_place(data):
        line, column, end_line, end_column = cast("list[int]", data)
        return [ranks[line, column], ranks[end_line, end_column]]
    return [_ranked(each, ranks) for each in data] if isinstance(data, list) else data


def from_data(path: str, data: Data) -> PyModule | None:
    """The module at ``path`` that :func:`to_data` was given, its statements unread; None when ``data`` is no outline."""
    try:
        return _module(path, data)
    except ValueError:
        return None


def _module(path: str, data: Data) -> PyModule:
    names, open_names, stars, imports, uses, mutations, holds_processes, mentions = _list(data, 8)
    return PyModule(
        path,
        Unread(),
        tuple(_names(names)),
        _truth(open_names),
        _truth(stars),
        frozenset(_names(imports)),
        _uses(path, uses),
        tuple([_mutation(path, each) for each in _list(mutations)]),
        _truth(holds_processes),
        _mentions(mentions),
    )


def _uses(path: str, data: Data) -> Uses:
    (places, views, login_cookies, cookie_forms, guards_forms, limits_body, token_keys, uploads, sent, passwords, caches, hashes) = (
        _list(data, 12)
    )
    session, files, body, remote_addr, external_urls, routes, kept_session, logins = [
        None if each is None else _span(path, each) for each in _list(places, len(_PLACES))
    ]
    return Uses(
        session,
        files,
        body,
        remote_addr,
        external_urls,
        routes,
        kept_session,
        logins,
        tuple([(intern(_text(name)), _span(path, place)) for name, place in map(_pair, _list(views))]),
        tuple([_login_cookie(path, each) for each in _list(login_cookies)]),
        tuple([_cookie_form(path, each) for each in _list(cookie_forms)]),
        _truth(guards_forms),
        _truth(limits_body),
        tuple([(_text(text), _span(path, place)) for text, place in map(_pair, _list(token_keys))]),
        tuple([_upload(path, each) for each in _list(uploads)]),
        tuple([_parts(each) for each in _list(sent)]),
        tuple([_password(path, each) for each in _list(passwords)]),
        _truth(caches),
        tuple([(_text(method), _span(path, place)) for method, place in map(_pair, _list(hashes))]),
    )


def _login_cookie(path: str, data: Data) -> LoginCookie:
    name, place, secure, httponly, same_site = _list(data, 5)
    return LoginCookie(_span(path, place), _text(name), _truth(secure), _truth(httponly), _truth(same_site))


def _cookie_form(path: str, data: Data) -> CookieForm:
    function, place, cookies = _list(data, 3)
    return CookieForm(_span(path, place), _text(function), frozenset(map(_text, _list(cookies))))


def _upload(path: str, data: Data) -> Upload:
    place, function, folder, recorded = _list(data, 4)
    return Upload(_span(path, place), _text(function), _parts(folder), _truth(recorded))


def _parts(data: Data) -> tuple[str, ...]:
    return tuple([_text(each) for each in _list(data)])


def _password(path: str, data: Data) -> Password:
    name, shown, place, variable, function = _list(data, 5)
    return Password(_text(name), _text(shown), _span(path, place), _text(variable), _text(function))


def _mutation(path: str, data: Data) -> Mutation:
    name, bound, changed, function, view, read, memo = _list(data, 7)
    places = _span(path, bound), _span(path, changed)
    return Mutation(_text(name), *places, _text(function), _truth(view), _truth(read), _truth(memo))


def _mentions(data: Data) -> Mentions:
    texts = [_text(each) for each in _list(data, 6)]
    if len(texts[2].split()) % 2 or any(not line.strip() for text in texts[3:5] for line in text.splitlines()):
        raise ValueError(data)
    return Mentions(*texts)


def _place(span: Span | None) -> Data:
    return None if span is None else [span.line, span.column, span.end_line, span.end_column]


def _span(path: str, data: Data) -> Span:
    numbers = _list(data, 4)
    if any(type(each) is not int or each < 0 for each in numbers):
        raise ValueError(data)
    return Span(path, *numbers)


def _list(data: Data, length: int = -1) -> list[Any]:
    if type(data) is not list or length not in (-1, len(data)):
        raise ValueError(data)
    return data


def _pair(data: Data) -> list[Any]:
    return _list(data, 2)


def _text(data: Data) -> str:
    if type(data) is not str:
        raise ValueError(data)
    return data


def _names(data: Data) -> list[str]:
    """The words of a text, each kept once however many files have it, as the parser keeps the names of a source."""
    return [intern(each) for each in _text(data).split()]


def _truth(data: Data) -> bool:
    if type(data) is not bool:
        raise ValueError(data)
    return data
