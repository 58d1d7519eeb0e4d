"""Names are resolved as an import would, without importing."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from flask_prodcheck.base import Span
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.python import read_python
from flask_prodcheck.facts.statements import main_branches
from flask_prodcheck.facts.syntax import Attribute, Call, ExprStmt, If, Name
from flask_prodcheck.facts.types import Dependency, Manifest
from flask_prodcheck.model.python.modules import Modules


def modules_of(files: Mapping[str, str], **more: object) -> Modules:
    read = {path: read_python(path, text.encode()) for path, text in files.items() if path.endswith(".py")}
    known = {path: module for path, module in read.items() if module is not None}
    return Modules(Facts(modules=known, paths=frozenset(files), **more))  # type: ignore[arg-type]


PROJECT = {
    "wsgi.py": "import os\nfrom pkg import app as application\nimport pkg.core as c\nenv = os.environ\nget = env.get\n",
    "pkg/__init__.py": "from .core import *\nfrom .core import app\n",
    "pkg/core.py": (
        "from flask import Flask as F\n"
        "import flask\n"
        "app = flask.Flask(__name__)\n"
        "def make():\n    return F(__name__)\n"
        "class Mine(F):\n    DEBUG = True\n    def go(self):\n        self.run()\n"
        "mine = Mine()\n"
        "first = second\nsecond = first\n"
        "if __name__ == '__main__':\n    only = F(__name__)\n"
        "late = None\n"
        "if app:\n    late = make()\n"
        "one, two = make(), 2\n"
    ),
}


@pytest.mark.parametrize(
    ("path", "name", "kind", "module", "found"),
    [
        ("wsgi.py", "application", "value", "pkg/core.py", "app"),
        ("wsgi.py", "c", "module", "pkg/core.py", "pkg.core"),
        ("wsgi.py", "env", "external", "", "os.environ"),
        ("wsgi.py", "get", "external", "", "os.environ.get"),
        ("pkg/__init__.py", "make", "function", "pkg/core.py", "make"),
        ("pkg/core.py", "F", "external", "", "flask.Flask"),
        ("pkg/core.py", "nothing", "missing", "pkg/core.py", "nothing"),
        ("absent.py", "app", "missing", "absent.py", "app"),
    ],
)
def test_a_name_is_followed_to_what_defines_it(path: str, name: str, kind: str, module: str, found: str) -> None:
    definition = modules_of(PROJECT).define(path, name)
    assert (definition.kind, definition.module, definition.name) == (kind, module, found)


def test_a_name_bound_under_the_main_guard_only_says_so() -> None:
    modules = modules_of(PROJECT)
    assert modules.define("pkg/core.py", "only").in_main
    assert not modules.define("pkg/core.py", "app").in_main


def test_a_placeholder_gives_way_to_the_branch_that_fills_it() -> None:
    late = modules_of(PROJECT).define("pkg/core.py", "late")
    assert late.conditional
    assert late.span is not None
    assert late.span.line == 17


def test_circular_aliases_end() -> None:
    assert modules_of(PROJECT).define("pkg/core.py", "first").kind in ("value", "unknown")


def test_circular_imports_end() -> None:
    modules = modules_of({"a.py": "from b import x\n", "b.py": "from a import x\n"})
    assert modules.define("a.py", "x").kind == "unknown"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("mine.go", "function"), ("Mine.DEBUG", "value"), ("mine.absent", "unknown"), ("bool", "external")],
)
def test_attributes_of_project_classes(text: str, expected: str) -> None:
    module = read_python("x.py", (text + "()\n").encode())
    assert module is not None
    statement = module.body[0]
    assert isinstance(statement, ExprStmt)
    assert modules_of(PROJECT).resolve("pkg/core.py", statement.value.func).kind == expected  # type: ignore[union-attr]


def test_imports_of_a_function_count_inside_it() -> None:
    text = "def run():\n    import os.path as p\n    from flask import Flask as X\n    X('a').run()\n"
    modules = modules_of({"app.py": text})
    node = modules.define("app.py", "run").node
    inside = node.body[-1].value.func.value.func  # type: ignore[union-attr]
    assert modules.qualified("app.py", inside, node.body) == "flask.Flask"  # type: ignore[union-attr]
    assert modules.qualified("app.py", inside) is None


@pytest.mark.parametrize(
    ("dotted", "roots", "expected"),
    [
        ("pkg", (".",), "pkg/__init__.py"),
        ("pkg.mod", (".",), "pkg/mod.py"),
        ("space.inner", (".",), "space/inner.py"),
        ("space", (".",), None),
        ("lib", (".", "src"), "src/lib.py"),
        ("lib", (".",), None),
    ],
)
def test_files_of_dotted_names(dotted: str, roots: tuple[str, ...], expected: str | None) -> None:
    files = dict.fromkeys(("pkg/__init__.py", "pkg.py", "pkg/mod.py", "space/inner.py", "src/lib.py"), "x = 1\n")
    assert modules_of(files).path_of(dotted, roots) == expected


def test_a_distribution_goes_before_a_folder_without_init() -> None:
    requires = Manifest("requirements.txt", (Dependency("some-client", "", Span("requirements.txt", 1)),))
    files = {"flask/app.py": "", "some_client/x.py": "", "own/x.py": "", "redis/__init__.py": "", "redis/x.py": ""}
    modules = modules_of(files, manifests={"requirements.txt": requires})
    names = ("flask", "flask.app", "some_client", "some_client.x", "own", "own.x", "redis", "redis.x")
    found = {name: modules.locate(name, (".",)) for name in names}
    assert [name for name in names if found[name] is None] == ["flask", "flask.app", "some_client", "some_client.x"]


def test_a_namespace_package_exists_without_a_file() -> None:
    assert modules_of({"space/inner.py": "x = 1\n"}).exists("space", (".",))


def test_a_folder_named_like_a_library_does_not_hide_it() -> None:
    modules = modules_of({"flask/app.py": "x = 1\n", "main.py": "from flask import Flask\n"})
    assert modules.define("main.py", "Flask").name == "flask.Flask"


def test_import_roots_name_the_manifest_folders() -> None:
    manifest = Manifest("svc/pyproject.toml", package_dirs=("lib",))
    modules = modules_of(
        {"svc/lib/p/__init__.py": "", "svc/lib/p/a.py": "x = 1\n"}, manifests={manifest.path: manifest}
    )
    assert modules.roots_for("svc/lib/p/a.py")[:2] == ("svc/lib", ".")


def test_a_dependency_is_not_taken_from_a_neighbouring_file() -> None:
    manifest = Manifest("requirements.txt", (Dependency("limits", "", Span("requirements.txt", 1)),))
    files = {"pkg/__init__.py": "", "pkg/limits.py": "x = 1\n", "pkg/a.py": "from limits import x\n"}
    modules = modules_of(files, manifests={manifest.path: manifest})
    assert modules.define("pkg/a.py", "x").kind == "external"


@pytest.mark.parametrize(("member", "kind"), [("Some.Client", "value"), ("another", "external"), (None, "external")])
def test_a_distribution_of_the_project_itself_is_no_other(member: str | None, kind: str) -> None:
    whole = Manifest("pyproject.toml", (Dependency("some-client", "", Span("pyproject.toml", 1)),))
    part = Manifest("part/pyproject.toml", project_name=member)
    files = {"part/some_client/x.py": "y = 1\n", "part/run.py": "from some_client.x import y\n"}
    modules = modules_of(files, manifests={each.path: each for each in (whole, part)})
    assert modules.define("part/run.py", "y").kind == kind


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        ("__name__ == '__main__'", (True, False)),
        ("'__main__' == __name__", (True, False)),
        ("__name__ != '__main__'", (False, True)),
        ("not __name__ == '__main__'", (False, True)),
        ("__name__ in ('__main__', '__mp_main__')", (True, False)),
        ("__name__ in ('__main__', 'app')", (False, False)),
        ("__name__ == '__main__' and x", (True, False)),
        ("__name__ == '__main__' or x", (False, False)),
        ("__name__ == 'app'", (False, False)),
    ],
)
def test_main_guards(test: str, expected: tuple[bool, bool]) -> None:
    module = read_python("x.py", f"import flask\nif {test}:\n    flask.Flask(1).run()\nelse:\n    y = 2\n".encode())
    assert module is not None
    guard = next(statement for statement in module.body if isinstance(statement, If))
    assert main_branches(guard.test) == expected


@pytest.mark.parametrize(
    ("files", "module", "loaded"),
    [
        ({"__init__.py": "from . import views\n", "views.py": "x = 1\n"}, "__init__.py", "__init__.py"),
        ({"app.py": "from . import views\n", "views.py": "x = 1\n"}, "app.py", "./"),
    ],
)
def test_the_audited_root_is_a_package_of_its_own(files: dict[str, str], module: str, loaded: str) -> None:
    modules = modules_of(files)
    assert modules.imported_file(module, "", 1) == loaded
    assert modules.define(module, "views").module == "views.py"
    assert modules.roots_for(loaded) == (".",)


def test_a_package_that_is_only_called_flask_does_not_hide_flask() -> None:
    source = "from flask import Flask\napp = Flask(__name__)\n"
    modules = modules_of(
        {"x/flask/__init__.py": "", "x/flask/app.py": source, "x/flask/views.py": "", "run.py": source}
    )
    for path in ("x/flask/app.py", "run.py"):
        assert modules.resolve(path, Name(Span(path, 1), "Flask")).name == "flask.Flask"
    assert modules.imported_file("x/flask/app.py", "flask.views", 0) == "x/flask/views.py"
    own = modules_of(
        {"flask/__init__.py": "from flask.kit import Flask\n", "flask/kit.py": "class Flask: pass\n", "run.py": source}
    )
    assert own.resolve("run.py", Name(Span("run.py", 1), "Flask")).module == "flask/kit.py"


@pytest.mark.parametrize("later", ["", "if debug:\n    name = 1\n", "def f():\n    global name\n    name = 1\n"])
def test_a_name_inside_the_assignment_that_replaces_it_means_what_it_meant_before(later: str) -> None:
    modules = modules_of(
        {"main.py": f"from parts import name\nname = name.make()\n{later}", "parts.py": "class name: pass\n"}
    )
    chosen = modules.bindings.of("main.py", "name")[1].value
    assert isinstance(chosen, Call) and isinstance(chosen.func, Attribute)
    assert modules.resolve("main.py", chosen.func.value).kind == "class"


@pytest.mark.parametrize(("source", "kind"), [("x = 1\n", "missing"), ("globals()['y'] = 1\n", "unknown")])
def test_a_name_behind_a_star_import_is_missing_where_all_of_it_is_seen(source: str, kind: str) -> None:
    assert modules_of({"main.py": "from parts import *\n", "parts.py": source}).define("main.py", "y").kind == kind
