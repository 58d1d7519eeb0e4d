"""PC606: what is kept to answer sooner is the same in whatever process answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask_prodcheck.rulekit import (
    Assign,
    Attribute,
    Call,
    Confidence,
    Configuration,
    Const,
    Dict,
    Expr,
    Hit,
    Known,
    Launch,
    Project,
    PyModule,
    Span,
    Unset,
    calls_of,
    every_statement,
    init_app_calls,
    processes,
    served_modules,
    statements,
)

KEY = "CACHE_TYPE"
EXTENSIONS = ("flask_caching", "flask_cache")
LIBRARIES = ("cachelib", "werkzeug")
ONLY_SLOWER = "Each of {count} processes has a cache of its own ({what}){unless}: each works everything out once more"
NOTHING = "Nothing sets CACHE_TYPE, so Flask-Caching keeps nothing: every request does all of its work again"


def check(project: Project) -> Iterator[Hit]:
    for configuration in project.configurations:
        launch = configuration.launch
        if launch is None or launch.confidence is Confidence.LOW:
            continue
        number, written = processes(project, launch)
        count = written if number > 1 else ""
        modules = tuple(served_modules(project, configuration))
        changed = any(module.uses.changes_cache for module in modules)
        for module in modules:
            if not module.imports.isdisjoint(EXTENSIONS):
                yield from _extension(module, modules, configuration, launch, count, changed)
            if count and not module.imports.isdisjoint(LIBRARIES):
                for call in _kept(module):
                    yield _several(call.span, launch, count, True, "SimpleCache")


def _several(
    at: Span, launch: Launch, count: str, changed: bool, what: str, unless: str = "", confidence: str | None = None
) -> Hit:
    """``changed``: the application writes or clears entries itself. Answers that only expire are the same everywhere."""
    return Hit(
        at=at,
        via=launch.hops,
        facts={"count": count, "what": what, "unless": unless},
        confidence=confidence,
        message=None if changed else ONLY_SLOWER,
        severity=None if changed else "info",
    )


def _extension(
    module: PyModule,
    modules: Sequence[PyModule],
    configuration: Configuration,
    launch: Launch,
    count: str,
    changed: bool,
) -> Iterator[Hit]:
    """What the caches of Flask-Caching that the module makes are: the dictionaries that they are given come before the
    application's configuration."""
    for package in EXTENSIONS:
        for call, context in calls_of(module, package, "Cache"):
            if context.in_main or context.conditional:
                continue
            inits = init_app_calls(module, call, modules)
            given = [own for each in inits if (own := _argument(each, "config", 1)) is not None]
            own = _argument(call, "config", 2)
            given += [own] if own is not None else []
            if any(not isinstance(each, Dict) or any(key is None for key, _ in each.items) for each in given):
                continue
            chosen = [item for each in given if isinstance(each, Dict) if (item := _entry(each)) is not None]
            if chosen:
                value = chosen[0]
                if count and isinstance(value, Const) and _is_simple(value.value):
                    yield _several(value.span, launch, count, changed, f"{KEY} = {value.value!r}")
                continue
            if inits or _argument(call, "app", 0) is not None:
                yield from _configured(call, configuration, launch, count, changed)


def _configured(call: Call, configuration: Configuration, launch: Launch, count: str, changed: bool) -> Iterator[Hit]:
    setting = configuration.get(KEY)
    if isinstance(setting.value, Unset):
        if configuration.complete and isinstance(configuration.get("CACHE_NO_NULL_WARNING").value, Unset):
            yield Hit(at=call.span, via=launch.hops, message=NOTHING, severity="info")
        return
    if not count or setting.span is None or not isinstance(setting.value, Known) or not _is_simple(setting.value.value):
        return
    unless = f", unless {setting.variable} is set" if setting.fallback and setting.variable else ""
    confidence = "medium" if setting.fallback else None
    yield _several(setting.span, launch, count, changed, f"{KEY} = {setting.value.value!r}", unless, confidence)


def _is_simple(value: object) -> bool:
    """``simple``, ``SimpleCache``, ``flask_caching.backends.SimpleCache``, ``flask_caching.backends.simple``."""
    return isinstance(value, str) and value.rpartition(".")[2].lower() in ("simple", "simplecache")


def _kept(module: PyModule) -> Iterator[Call]:
    """The caches in memory that outlive a request: variables of the module, attributes of an object."""
    made = [
        call
        for package in LIBRARIES
        for call, context in calls_of(module, package, "SimpleCache")
        if not context.in_main and not context.conditional
    ]
    top = {id(stmt) for stmt, _ in statements(module.body)} if made else frozenset()
    for stmt, _ in every_statement(module) if made else ():
        if not isinstance(stmt, Assign):
            continue
        kept = id(stmt) in top or any(isinstance(target, Attribute) for target in stmt.targets)
        yield from (call for call in made if kept and call is stmt.value)


def _argument(call: Call, name: str, position: int) -> Expr | None:
    """What stands at the place of a parameter; None also where nothing, None, or the configuration that the application
    has anyway is handed over."""
    found = next((word.value for word in call.keywords if word.name in (name, None)), None)
    if found is None and len(call.args) > position:
        found = call.args[position]
    if isinstance(found, Attribute) and found.attr == "config":
        return None
    return None if isinstance(found, Const) and found.value is None else found


def _entry(config: Dict) -> Expr | None:
    return next((value for key, value in config.items if isinstance(key, Const) and key.value == KEY), None)
