"""PC503: nothing is imported that the release to be installed no longer has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask_prodcheck.rulekit import (
    Attribute,
    FunctionDef,
    Hit,
    Import,
    ImportFrom,
    Name,
    Project,
    PyModule,
    Span,
    Stmt,
    newest_allowed,
    served_modules,
)

Version = tuple[int, ...]

# (module, name or "" for the module itself and all below it) -> (distribution, first release without it).
# Measured by importing each release; see the change logs of Flask, Werkzeug, Dash, WTForms and Flask-WTF.
REMOVED: dict[tuple[str, str], tuple[str, Version]] = {
    ("flask.ext", ""): ("flask", (1, 0)),
    ("flask", "safe_join"): ("flask", (2, 1)),
    ("flask.helpers", "safe_join"): ("flask", (2, 1)),
    ("flask", "Markup"): ("flask", (3, 0)),
    ("flask", "escape"): ("flask", (3, 0)),
    ("flask", "_request_ctx_stack"): ("flask", (3, 0)),
    ("flask", "_app_ctx_stack"): ("flask", (3, 0)),
    ("flask.json", "JSONEncoder"): ("flask", (2, 3)),
    ("flask.json", "JSONDecoder"): ("flask", (2, 3)),
    ("flask._compat", ""): ("flask", (2, 0)),
    ("flask_script", ""): ("flask", (2, 0)),  # imports flask._compat; no release after 2.0.6
    ("flask_restplus", ""): ("werkzeug", (1, 0)),  # imports werkzeug.cached_property; no release after 0.13.0
    ("werkzeug.contrib", ""): ("werkzeug", (1, 0)),
    ("werkzeug", "secure_filename"): ("werkzeug", (1, 0)),
    ("werkzeug", "generate_password_hash"): ("werkzeug", (1, 0)),
    ("werkzeug", "check_password_hash"): ("werkzeug", (1, 0)),
    ("werkzeug", "cached_property"): ("werkzeug", (1, 0)),
    ("werkzeug", "FileStorage"): ("werkzeug", (1, 0)),
    ("werkzeug.security", "safe_str_cmp"): ("werkzeug", (2, 1)),
    ("werkzeug.useragents", ""): ("werkzeug", (2, 1)),
    ("werkzeug.urls", "url_quote"): ("werkzeug", (3, 0)),
    ("werkzeug.urls", "url_encode"): ("werkzeug", (3, 0)),
    ("werkzeug.urls", "url_decode"): ("werkzeug", (3, 0)),
    ("werkzeug.urls", "url_parse"): ("werkzeug", (3, 0)),
    ("werkzeug.urls", "url_join"): ("werkzeug", (3, 0)),
    ("wtforms.fields.html5", ""): ("wtforms", (3, 0)),
    ("wtforms.widgets.html5", ""): ("wtforms", (3, 0)),
    ("wtforms.ext", ""): ("wtforms", (3, 0)),
    ("wtforms.compat", ""): ("wtforms", (3, 0)),
    ("wtforms", "TextField"): ("wtforms", (3, 0)),
    ("wtforms.fields", "TextField"): ("wtforms", (3, 0)),
    ("wtforms.validators", "Required"): ("wtforms", (3, 0)),
    ("wtforms.validators", "required"): ("wtforms", (3, 0)),
    **{("wtforms.fields.core", name): ("wtforms", (3, 0)) for name in (
        "BooleanField", "DateField", "DateTimeField", "DecimalField", "FieldList", "FloatField", "FormField", "IntegerField",
        "RadioField", "SelectField", "SelectMultipleField", "StringField", "TimeField",
    )},
    ("flask_wtf.html5", ""): ("flask-wtf", (1, 0)),
    ("flask_wtf", "CsrfProtect"): ("flask-wtf", (1, 0)),
    ("flask_wtf.csrf", "CsrfProtect"): ("flask-wtf", (1, 0)),
}  # fmt: skip
_PACKAGES = frozenset(prefix.partition(".")[0] for prefix, _ in REMOVED)
# Of these nothing works any more: the first import says it for all, the cure is another distribution.
UNUSABLE = ("flask_script", "flask_restplus")
FIRST_DASH_WITHOUT_RUN_SERVER = (3, 0)
#: Decorators of applications and blueprints that Flask no longer has: the module cannot be imported, nor the factory run.
DECORATORS = frozenset({"before_first_request", "before_app_first_request"})
FIRST_FLASK_WITHOUT_THEM = (2, 3)
#: Where passwords are hashed by another method than scrypt and PBKDF2, a visitor who signs up gets an error.
FIRST_WERKZEUG_WITHOUT_HASHES = (3, 0)


def check(project: Project) -> Iterator[Hit]:
    for configuration in project.configurations:
        launch = configuration.launch
        via = launch.hops if launch is not None else ()
        starts = launch.imported if launch is not None else frozenset()
        said: set[str] = set()
        for module in sorted(served_modules(project, configuration), key=lambda each: each.path not in starts):
            at_start = module.path in starts
            decorated = module.calls_one_of(DECORATORS)  # the quick look
            for name, at in _decorators(module.body) if decorated else ():
                yield from _judged(project, name, "flask", FIRST_FLASK_WITHOUT_THEM, at, via, at_start)
            for method, at in module.uses.hash_methods[:1]:
                name = f"the method {method!r} of generate_password_hash"
                yield from _judged(project, name, "werkzeug", FIRST_WERKZEUG_WITHOUT_HASHES, at, via, False)
            for what, distribution, version, at in _imports(module):
                package = what.partition(".")[0]
                if package in UNUSABLE:
                    if package in said:
                        continue
                    said.add(package)
                name = package if package in UNUSABLE else what
                yield from _judged(project, name, distribution, version, at, via, at_start)
    for site in project.run_sites:
        if isinstance(site.node.func, Attribute) and site.node.func.attr == "run_server" and site.production != "no":
            via = next((launch.hops for launch in project.production if launch.run_site == site), ())
            yield from _judged(
                project,
                f"{site.receiver or 'app'}.run_server",
                "dash",
                FIRST_DASH_WITHOUT_RUN_SERVER,
                site.span,
                via,
                True,
            )


def _imports(module: PyModule) -> Iterator[tuple[str, str, Version, Span]]:
    """The imports at the top of the file, the first of each package of which nothing is left: those under a condition or a
    ``try`` may have an alternative."""
    if not any(_gone(dotted) for dotted in module.imported):
        return
    said: set[str] = set()
    for stmt in module.body:
        if isinstance(stmt, ImportFrom) and not stmt.level:
            names = [(stmt.module, name) for name, _ in stmt.names]
        elif isinstance(stmt, Import):
            names = [(dotted, "") for dotted, _ in stmt.names]
        else:
            continue
        for dotted, name in names:
            what = f"{dotted}.{name}" if name else dotted
            found = _gone(what)
            if found is not None and (found[0] == what or found[0] not in said):
                said.add(found[0])
                yield (*found, stmt.span)


def _decorators(body: Sequence[Stmt]) -> Iterator[tuple[str, Span]]:
    """The removed decorators in ``body`` and in the functions there: what stands under a condition may have an
    alternative."""
    for stmt in body:
        if isinstance(stmt, FunctionDef):
            for each in stmt.decorators:
                if isinstance(each, Attribute) and each.attr in DECORATORS and isinstance(each.value, Name):
                    yield f"{each.value.id}.{each.attr}", each.span
            yield from _decorators(stmt.body)


def _gone(dotted: str) -> tuple[str, str, Version] | None:
    """What was removed that an import of ``dotted`` needs, the name itself or a package around it, and with what."""
    if dotted.partition(".")[0] not in _PACKAGES:
        return None
    named = REMOVED.get((dotted.rpartition(".")[0], dotted.rpartition(".")[2]))
    if named is not None:
        return dotted, *named
    above = ((prefix, gone) for (prefix, each), gone in REMOVED.items() if not each)
    return next(((prefix, *gone) for prefix, gone in above if f"{dotted}.".startswith(f"{prefix}.")), None)


def _judged(
    project: Project,
    what: str,
    distribution: str,
    version: Version,
    at: Span,
    via: tuple[object, ...],
    at_start: bool,
) -> Iterator[Hit]:
    release = _installed(project, distribution)
    if release is None or (release and release < version):
        return
    shown = ".".join(map(str, version))
    yield Hit(
        at=at,
        via=via,  # type: ignore[arg-type]
        facts={"what": what, "distribution": distribution, "version": shown},
        severity=None if at_start and release else "warning",
    )


def _installed(project: Project, distribution: str) -> Version | None:
    """The newest release that may be installed: () when nothing bounds it, None when that cannot be told."""
    wanted = [each for each in project.dependencies if each.name == distribution]
    if project.open_manifests or (project.has_lock_file and not any(each.group == "lock" for each in wanted)):
        return None
    bounds = [bound for each in wanted if (bound := newest_allowed(each.specifier)) is not None]
    if bounds:
        return min(bounds)
    if wanted:
        return ()
    if distribution == "wtforms":  # every release of Flask-WTF takes any
        return None if _installed(project, "flask-wtf") is None else ()
    flask = _installed(project, "flask") if distribution == "werkzeug" else None
    if flask is not None and (1, 1, 3) <= flask < (2,):
        return (1, 999)  # the last releases before Flask 2 ask for Werkzeug < 2; the others bound it from below only
    return flask if flask is None else ()
