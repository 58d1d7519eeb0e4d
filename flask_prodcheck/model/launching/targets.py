"""What a server's target means in this project: the file, the attribute, and whether both exist.

Sources: gunicorn ``util.import_app`` and ``app/wsgiapp.py``; Flask ``cli.py`` (``prepare_import``, ``find_best_app``);
uWSGI options ``module``, ``wsgi-file``, ``callable``, ``mount``; mod_wsgi ``WSGICallableObject``.
"""

from __future__ import annotations

import ast
import posixpath
import re

from flask_prodcheck.base import Span, Unknown
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.syntax import Const, Expr, Keyword, Opaque
from flask_prodcheck.facts.types import EntryPoint
from flask_prodcheck.model.launching.folders import folders_of
from flask_prodcheck.model.launching.following.python_programs import placed_module
from flask_prodcheck.model.launching.hints import words_of
from flask_prodcheck.model.launching.installs import normalised, production_dependencies
from flask_prodcheck.model.launching.place import Place, enter, locate
from flask_prodcheck.model.launching.purpose import SAMPLE_WORDS
from flask_prodcheck.model.launching.steps import ServerStart
from flask_prodcheck.model.launching.words import expand, is_open
from flask_prodcheck.model.project import App, Server
from flask_prodcheck.model.python.execution.targets import classify
from flask_prodcheck.model.python.modules import Modules
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import dataclass, replace

_CALL = regex(r"([A-Za-z_][\w.]*)\s*(\(.*\))?", re.DOTALL)
_VALID = frozenset({"app", "factory", "asgi", "other", "unknown"})


@dataclass(frozen=True, slots=True)
class Target:
    """A resolved target. ``text`` is ``module:attr`` as far as known; ``resolves`` None when only build or run time
    decides; ``missing``: "", "module", "attribute", "script", "path"; ``called`` when the server calls the attribute."""

    text: str
    resolves: bool | None
    missing: str = ""
    kind: str = "unknown"
    span: Span | None = None
    app: App | None = None
    module: str | None = None
    called: bool = False
    arguments: str = ""
    assumed: bool = False
    file_hop: Span | None = None  # where the file that the server executes binds the application


def resolve_target(start: ServerStart, place: Place, facts: Facts, modules: Modules, roots: tuple[str, ...]) -> Target:
    """The target of a server's own command at ``place``; ``roots`` are the folders that Python searches there."""
    if start.server is Server.FLASK_RUN:
        return _flask(start, place, facts, modules, roots)
    if start.server is Server.UWSGI:
        return _uwsgi(start, place, facts, modules, roots)
    if start.server in (Server.MOD_WSGI, Server.PASSENGER) and ":" not in start.target:
        return _file_target(start.target, start.options.get("callable-object", "application"), place, facts, modules)
    if not start.target:
        return Target("", None)
    if "{{" in start.target:  # a template of a project: what fills it in names the module
        return Target(start.target, None)
    return _module_target(
        expand(start.target, place.variables),
        place,
        facts,
        modules,
        roots,
        default="application" if start.server is Server.GUNICORN else "app",
        called=start.called,
    )


def _module_target(
    text: str, place: Place, facts: Facts, modules: Modules, roots: tuple[str, ...], *, default: str, called: bool
) -> Target:
    module_text, _, attribute_text = text.partition(":")
    if is_open(text):
        return _one_of_several(text, module_text, attribute_text, facts, modules)
    match = _CALL.fullmatch(attribute_text.strip()) if attribute_text else None
    attribute = match.group(1) if match else attribute_text or default
    arguments = (match.group(2) or "") if match else ""
    shown = f"{module_text}:{attribute}{arguments}"
    if "/" in module_text or module_text.endswith(".py") or module_text.startswith("."):
        return Target(text, False, "path")
    path, assumed = _find(module_text, place, facts, modules, roots)
    if path is None:
        return Target(shown, None if _elsewhere(module_text, facts) or not _decidable(place) else False, "module")
    found = _attribute(shown, path, attribute, arguments, modules, called=called or bool(arguments), assumed=assumed)
    if found.resolves is False and assumed and len(_namesakes(module_text, place, facts)) > 1:
        return replace(found, resolves=None)  # another file of that name may be the one that is meant
    return found


_OPEN_HEAD = regex(r"\$\{[A-Za-z_][A-Za-z0-9_]*\}((?:\.[A-Za-z_]\w*)+)")


def _one_of_several(text: str, module_text: str, attribute: str, facts: Facts, modules: Modules) -> Target:
    """A target whose package the build decides (``${PACKAGE}.wsgi:app``): it resolves when every module of that name has
    the attribute, and the first of them stands for all."""
    match = _OPEN_HEAD.fullmatch(module_text)
    if match is None or not attribute.isidentifier():
        return Target(text, None)
    tail = match.group(1).replace(".", "/") + ".py"
    candidates = [path for path in sorted(facts.paths) if path.endswith(tail) and path in facts.modules]
    found = [_attribute(text, path, attribute, "", modules, called=False, assumed=True) for path in candidates]
    if not found or not all(each.resolves and each.app is not None for each in found):
        return Target(text, None)
    return found[0]


def _attribute(
    shown: str, path: str, attribute: str, arguments: str, modules: Modules, *, called: bool, assumed: bool = False
) -> Target:
    head, _, rest = attribute.partition(".")
    kind, app, span = classify(modules, path, head, called)
    if rest and kind not in ("missing", "main-only"):
        kind = "app" if kind == "app" else "unknown"
    if kind in ("missing", "main-only"):
        return Target(shown, False, "attribute", kind, span, app, path, called, arguments, assumed)
    return Target(shown, True, "", kind, span, app, path, called, arguments, assumed)


def target_arguments(text: str, span: Span) -> tuple[tuple[Expr, ...], tuple[Keyword, ...]]:
    """The arguments of a target such as ``app:create_app('prod', debug=False)``. Gunicorn takes literals only
    (``util.py`` of 27.0.1, ``import_app``): whatever else stands there is not known."""
    try:
        call = ast.parse(f"target{text}", mode="eval").body
    except (SyntaxError, ValueError, RecursionError):
        return (Opaque(span, text[:200]),), ()
    if not isinstance(call, ast.Call):
        return (Opaque(span, text[:200]),), ()

    def literal(node: ast.expr) -> Expr:
        if isinstance(node, ast.Constant) and not isinstance(node.value, type(...)):
            return Const(span, node.value)
        return Opaque(span, ast.unparse(node)[:200])

    return tuple(literal(each) for each in call.args), tuple(
        Keyword(span, each.arg, literal(each.value)) for each in call.keywords
    )


def _decidable(place: Place) -> bool:
    """Whether the folder and the files at ``place`` are known well enough to say that a module does not exist."""
    return place.image is None or not place.image.opaque


#: First words under which everybody publishes.
_ANYBODYS = frozenset({"app", "api", "django", "flask", "my", "py", "pytest", "python", "types", "web"})


def _elsewhere(module: str, facts: Facts) -> bool:
    """Whether ``module`` may come from somewhere else: a distribution that the project installs, the checkout's own
    folder as a package, or a submodule, whose files a checkout need not have."""
    top = module.split(".", maxsplit=1)[0]
    if ".gitmodules" in facts.paths and not _has_top(top, facts):
        return True
    if "__init__.py" in facts.paths and top not in folders_of(facts):
        return True  # the checkout is a package itself, and only its folder's name says what it is called
    installed = {dep.name for dep in production_dependencies(facts)}
    own = {
        normalised(manifest.project_name)
        for manifest in facts.manifests.values()
        if manifest.project_name and not _has_top(top, facts)
    }
    name = normalised(top)
    if not {name, f"python-{name}"}.isdisjoint(installed | own):
        return True
    family, _, member = name.partition("-")
    # The distributions of one family install each other.
    related = member and family not in _ANYBODYS and not _has_top(top, facts)
    return bool(related) and any(each.partition("-")[0] == family for each in installed)


def _has_top(top: str, facts: Facts) -> bool:
    return f"{top}.py" in facts.paths or top in folders_of(facts)


def _find(module: str, place: Place, facts: Facts, modules: Modules, roots: tuple[str, ...]) -> tuple[str | None, bool]:
    """The file of ``module`` and whether the folder had to be assumed."""
    path = modules.path_of(module, roots)
    if path is not None:
        return path, not place.cwd_known
    path = placed_module(module, place, facts)
    if path is not None:
        return path, False
    tail = module.replace(".", "/")
    candidates = _namesakes(module, place, facts)
    if candidates and (not place.cwd_known or (place.image is not None and _unmapped(place, candidates[0]))):
        # In one folder a package wins over a module of the same name, as the import system has it.
        root = re.sub(rf"/?{re.escape(tail)}(?:\.py|/__init__\.py)$", "", candidates[0]) or "."
        return modules.path_of(module, (root,)) or candidates[0], True
    outer, _, inner = module.partition(".")
    if inner and "__init__.py" in facts.paths and outer.isidentifier():
        return modules.path_of(inner, (".",)), True  # the checkout is a package itself, called after its folder
    return None, False


def _namesakes(module: str, place: Place, facts: Facts) -> list[str]:
    """The files that may be ``module``, the likeliest first: beside the file that says the command, then the outermost."""
    tail = module.replace(".", "/")
    beside = posixpath.dirname(place.hops[-1].span.file) if place.hops else ""
    found = [each for each in facts.paths if f"/{each}".endswith((f"/{tail}.py", f"/{tail}/__init__.py"))]
    found = [each for each in found if not re.search(r"(?:^|/)(?:tests?|examples?|docs?)/", each)] or found
    return sorted(found, key=lambda each: (not (beside and each.startswith(beside + "/")), each.count("/"), each))


def _unmapped(place: Place, path: str) -> bool:
    """Whether ``path`` stands in the image somewhere other than the folder the server starts in."""
    image = place.image
    return image is not None and (
        image.opaque or not any(each.holds_at(path) is not None for each in image.mapping) or bool(image.runs)
    )


def installed_script(path: str, facts: Facts) -> EntryPoint | None:
    """The script for a server that a distribution of the project installs (pbr), where ``path`` names one in a folder of
    programs: it binds ``application`` to what the function returns."""
    folder, name = posixpath.split(path)
    scripts = [each for manifest in facts.manifests.values() for each in manifest.wsgi_scripts]
    return next((each for each in scripts if each.name == name and posixpath.basename(folder) == "bin"), None)


def _file_target(path_text: str, attribute: str, place: Place, facts: Facts, modules: Modules) -> Target:
    """A server that executes a file (uWSGI ``wsgi-file``, mod_wsgi)."""
    if is_open(path_text):
        return Target(f"{path_text}:{attribute}", None)
    path = locate(path_text, place, facts)
    if path is None and (made := installed_script(path_text, facts)) is not None and attribute == "application":
        roots = (posixpath.dirname(made.span.file) or ".",)
        return _module_target(
            f"{made.module}:{made.function}()", place, facts, modules, roots, default=attribute, called=True
        )
    if path is None:
        unknown = (path_text.startswith("/") and place.image is None) or not _decidable(place)
        return Target(f"{path_text}:{attribute}", None if unknown else False, "script")
    target = _attribute(f"{path}:{attribute}", path, attribute, "", modules, called=False)
    if modules.module(path) is None:
        return replace(target, resolves=True, missing="", kind="unknown")
    return replace(target, file_hop=target.span)


def _uwsgi(start: ServerStart, place: Place, facts: Facts, modules: Modules, roots: tuple[str, ...]) -> Target:
    options = start.options
    callable_name = options.get("callable") or options.get("c") or ""
    module = options.get("module") or options.get("wsgi") or options.get("w")
    mount = options.get("mount", "")
    if module is None and "=" in mount:
        value = mount.split("=", 1)[1].strip()
        if value.endswith(".py"):
            return _file_target(value, callable_name or "application", place, facts, modules)
        module = value
    if module is not None:
        text = expand(module, place.variables)
        if ":" not in text:
            text = f"{text}:{callable_name or 'application'}"
        return _module_target(text, place, facts, modules, roots, default="application", called=False)
    file = options.get("wsgi-file") or options.get("file")
    if file is not None:
        return _file_target(expand(file, place.variables), callable_name or "application", place, facts, modules)
    return Target("", None)


_FLASK_NAMES = ("app", "application")
_FLASK_FACTORIES = ("create_app", "make_app")


def _flask(start: ServerStart, place: Place, facts: Facts, modules: Modules, roots: tuple[str, ...]) -> Target:
    """The Flask CLI's search: ``--app``/FLASK_APP as module or path, else ``wsgi.py`` then ``app.py``."""
    text = expand(start.target, place.variables) or place.variables.get("FLASK_APP", "")
    given = place.env.get("FLASK_APP")
    if not text and isinstance(given, Unknown) and given.text == "${FLASK_APP}":
        # handed on under its own name: where the caller has none, Flask searches
        env = {name: value for name, value in place.env.items() if name != "FLASK_APP"}
        return replace(_flask(start, replace(place, env=env), facts, modules, roots), assumed=True)
    if not text and isinstance(given, Unknown) and (beside := _below_an_open_folder(given, place, facts)):
        return replace(_flask_module(given.text, beside, "", modules), assumed=True)
    if not text and given is not None:
        return Target("", None)
    if not text:
        text = _flaskenv_app(place, facts)
    if is_open(text):
        return Target(text, None)
    if not text:
        for module in ("wsgi", "app"):
            path = modules.path_of(module, roots)
            if path is not None:
                return _flask_module(module, path, "", modules)
        shown = _shown_app(place, facts) if place.image is None else ""
        found = _flask(replace(start, target=shown), place, facts, modules, roots) if shown else Target("", None)
        return replace(found, assumed=True) if found.resolves else _beside_the_command(place, modules)
    pieces = re.split(r":(?![\\/])", text, maxsplit=1)
    module_text, attribute = pieces[0], pieces[1] if len(pieces) == 2 else ""
    path = _flask_file(module_text, place, facts, modules, roots)
    if path is None:
        return Target(
            text,
            None if not _decidable(place) or _elsewhere(module_text, facts) or not place.cwd_known else False,
            "module",
        )
    return _flask_module(module_text, path, attribute, modules)


def _flask_file(module: str, place: Place, facts: Facts, modules: Modules, roots: tuple[str, ...]) -> str | None:
    """The file of what stands in FLASK_APP in front of a name: a path or a module."""
    if "/" not in module and not module.endswith(".py"):
        found, _ = _find(module, place, facts, modules, roots)
        return found or (locate(f"{module}.py", place, facts) if "." not in module else None)
    found = locate(module, place, facts) or locate(module + ".py", place, facts)
    if found is not None and found in folders_of(facts):
        return f"{found}/__init__.py"
    if found is None and "/" not in module:  # "site.web.py": Flask strips the ending and imports the rest
        found, _ = _find(module.removesuffix(".py"), place, facts, modules, roots)
    return found


def _beside_the_command(place: Place, modules: Modules) -> Target:
    """What Flask finds in the folder of the file that runs it, where it is not known to be run in another one."""
    if place.image is not None or place.cwd_known or not place.hops:
        return Target("", None)
    folder = posixpath.dirname(place.hops[-1].span.file) or "."
    for module in ("wsgi", "app"):
        path = modules.path_of(module, (folder,))
        if path is not None:
            return replace(_flask_module(module, path, "", modules), assumed=True)
    return Target("", None)


_OPEN_FOLDER = regex(r"(?:\$\{[A-Za-z_][A-Za-z0-9_]*\}|\$\([^()]*\))((?:/[\w.-]+)*/[\w-]+\.py)")


def _below_an_open_folder(given: Unknown, place: Place, facts: Facts) -> str | None:
    """The one file that FLASK_APP can mean where a script computes the folder in front of it: ``${ROOT}/app.py``."""
    match = _OPEN_FOLDER.fullmatch(given.text)
    if match is None:
        return None
    tail = posixpath.normpath(match.group(1).lstrip("/"))
    if tail in facts.paths:
        return tail
    return locate(given.text, place, facts)


def _flask_module(module_text: str, path: str, attribute: str, modules: Modules) -> Target:
    names = (attribute.split("(", maxsplit=1)[0],) if attribute else (*_FLASK_NAMES, *_FLASK_FACTORIES)
    last = None
    for name in names:
        called = name in _FLASK_FACTORIES or "(" in attribute or bool(attribute)
        kind, app, span = classify(modules, path, name, called)
        if kind in _VALID:
            return Target(f"{module_text}:{attribute or name}", True, "", kind, span, app, path, called)
        last = Target(f"{module_text}:{attribute or name}", False, "attribute", kind, span, app, path, called)
    if not attribute:
        return Target(module_text, True, module=path)
    return last or Target(module_text, None)


def _flaskenv_app(place: Place, facts: Facts) -> str:
    for name in (".env", ".flaskenv"):
        path = locate(name, place, facts)
        file = facts.env_files.get(path or "")
        if file is not None:
            for var in file.variables:
                if var.name == "FLASK_APP" and var.value:
                    return var.value
    return ""


def _shown_app(place: Place, facts: Facts) -> str:
    """What FLASK_APP is in the example of an environment file that people copy, where they start the command; "" where there
    is none."""
    folder = "" if place.cwd == "." else place.cwd
    for path in sorted(facts.env_files):
        if posixpath.dirname(path) == folder and not SAMPLE_WORDS.isdisjoint(words_of(posixpath.basename(path))):
            for var in facts.env_files[path].variables:
                if var.name == "FLASK_APP" and var.value:
                    return var.value
    return ""


def place_for(start: ServerStart, place: Place, facts: Facts) -> Place:
    """``place`` with the server's own folder and import paths applied. Gunicorn puts the folder in which it begins on its
    path before it reads where to go on to, and that one in front of it (``app/base.py`` of 27.0.1, ``load_config``, which
    calls ``chdir`` twice)."""
    if start.chdir:
        left = place.cwd if start.server is Server.GUNICORN else ""
        place = replace(enter(place, start.chdir, facts), left=left)
    paths = [found for path in start.paths if (found := locate(path, place, facts)) is not None]
    return replace(place, import_paths=(*paths, *place.import_paths)) if paths else place
