"""The calls in a project's own Python that start a development server, and when each of them executes."""

from __future__ import annotations

from collections.abc import Sequence

from flask_prodcheck.facts.statements import call_name
from flask_prodcheck.facts.syntax import Call
from flask_prodcheck.model.project import App, RunSite
from flask_prodcheck.model.python.apps import is_test_file
from flask_prodcheck.model.python.instances.find import Instances, instances_of
from flask_prodcheck.model.python.instances.scope import Scope, Unasked
from flask_prodcheck.model.python.instances.unbound import unbound_call
from flask_prodcheck.model.python.mentions import mentions_of
from flask_prodcheck.model.python.modules import Modules
from flask_prodcheck.model.python.run_sites.debug import debug_of, debug_of_command
from flask_prodcheck.model.python.run_sites.guards import guard_of, run_at_import
from flask_prodcheck.model.python.run_sites.host import host_of
from flask_prodcheck.model.python.run_sites.run_calls import FUNCTIONS, METHODS, run_call
from flask_prodcheck.model.python.run_sites.where import Where, calls_of
from flask_prodcheck.records import replace

_NOTHING = ("", "")


def find_run_sites(modules: Modules, apps: Sequence[App]) -> tuple[RunSite, ...]:
    """Every call that starts a development server, in order; ``production`` is "no" until launches are known, ``test``
    marks those of test files. ``apps`` are the project's applications (a file without one may still run one it gets)."""
    instances = instances_of(modules)
    mentions = mentions_of(modules)
    spelled = METHODS | mentions.spellings(frozenset(name.rpartition(".")[2] for name in FUNCTIONS))
    found: list[RunSite] = []
    for module in modules:
        if not module.calls_one_of(spelled):
            continue
        at_import: frozenset[int] | None = None
        for call, where in calls_of(module.path, module.body, Where(Scope())):
            # Nothing else than what is called by one of these names is meant by any call.
            kind, receiver = (
                _run_call(modules, instances, module.path, call, where) if call_name(call) in spelled else _NOTHING
            )
            if not kind:
                continue
            unbound = unbound_call(instances, module.path, call, where.scope)
            plain = unbound[0] if unbound is not None else call
            at_import = run_at_import(modules, module.path) if at_import is None else at_import
            found.append(
                RunSite(
                    span=call.span,
                    call=kind,
                    guard=guard_of(modules, module.path, where, at_import),
                    debug=debug_of_command(modules, module.path, where, plain)
                    or debug_of(modules, module.path, plain, where.scope, kind),
                    host=host_of(modules, module.path, plain, where.scope, kind),
                    production="no",
                    node=call,
                    receiver=receiver,
                    test=is_test_file(module.path),
                )
            )
    unique = {(site.span, site.call): site for site in found}
    return tuple(unique[key] for key in sorted(unique))


def _run_call(modules: Modules, instances: Instances, path: str, call: Call, where: Where) -> tuple[str, str]:
    """:func:`run_call` with what the project's own calls hand to the function around ``call``: that takes a look at every
    file that calls something of its name, and most calls do not hang on it."""
    if where.function is None:
        return run_call(modules, instances, path, call, where.scope)
    unasked = Unasked(where.scope.params)
    found = run_call(modules, instances, path, call, replace(where.scope, params=unasked))
    if not unasked.asked:
        return found
    given = instances.parameters(path, where.function)
    params = {name: given.get(name) if name not in where.inner else None for name in where.scope.params}
    return run_call(modules, instances, path, call, replace(where.scope, params=params))
