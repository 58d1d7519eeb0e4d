"""The calls of something by its simple name, all over the project."""

from __future__ import annotations

from flask_prodcheck.facts.statements import call_name
from flask_prodcheck.facts.syntax import Call
from flask_prodcheck.model.python.instances.scope import Scope, all_calls
from flask_prodcheck.model.python.mentions import mentions_of
from flask_prodcheck.model.python.modules import Modules

_CALLS = 50  # of one name that are looked at


class Callers:
    """The calls of each name, memoised."""

    def __init__(self, modules: Modules) -> None:
        self._modules = modules
        self._calls: dict[str, list[tuple[str, Call, Scope]]] = {}
        self._in_file: dict[str, list[tuple[Call, Scope]]] = {}

    def of(self, name: str) -> list[tuple[str, Call, Scope]]:
        """The first calls of something called ``name``, by file: (file, call, scope)."""
        known = self._calls.get(name)
        if known is None:
            known = self._calls[name] = []
            for path in mentions_of(self._modules).files_calling(name):
                known += [(path, call, scope) for call, scope in self._all(path) if call_name(call) == name]
                if len(known) >= _CALLS:
                    break
            del known[_CALLS:]
        return known

    def _all(self, path: str) -> list[tuple[Call, Scope]]:
        known = self._in_file.get(path)
        if known is None:
            known = self._in_file[path] = list(all_calls(self._modules, path))
        return known
