"""The environment variables that the application reads, for a file that names them without their values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask_prodcheck.base import Span
from flask_prodcheck.facts.secrets import is_secret
from flask_prodcheck.facts.statements import statement_expressions, statements, subexpressions
from flask_prodcheck.facts.syntax import Attribute, Call, ClassDef, Const, Expr, FunctionDef, Name, Stmt, Subscript
from flask_prodcheck.model.project import App, Project
from flask_prodcheck.model.python.apps import is_test_file
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import dataclass, replace

_NAME = regex(r"[A-Z][A-Z0-9_]{1,60}")
_SECRET = regex(
    r"SECRET|PASSWORD|PASSWD|TOKEN|CREDENTIAL|PRIVATE|SALT|(?:^|_)(?:KEY|PWD|PASS|DSN|AUTH)(?:_|$)|_KEY$|_UR[IL]$|^DATABASE"
)
#: What the server, the platform or the shell sets, or what belongs to development.
_NOT_OURS = regex(
    r"PORT|HOST|HOME|PATH|USER|PWD|SHELL|LANG|TZ|TERM|VIRTUAL_ENV|PYTHON\w+|FLASK_\w+|WERKZEUG_\w+|WEB_CONCURRENCY|GUNICORN_\w+"
    r"|CI|GITHUB_\w+|DYNO|HOSTNAME|DEBUG|TESTING|TEST_\w+|\w+_TEST|DEV_\w+|FORWARDED_ALLOW_IPS|KUBERNETES_\w+|AWS_LAMBDA_\w+"
)


@dataclass(frozen=True, slots=True)
class Variable:
    """``default`` is what the code falls back to as text, None without one; ``secret`` by its name, or because it
    becomes a setting with such a name."""

    name: str
    span: Span
    default: str | None
    secret: bool
    required: bool = False


def variables_of(project: Project, app: App) -> tuple[Variable, ...]:
    """What the modules below the folder of ``app`` read from the environment (settings may be loaded by name, so
    imports do not say which), by name; where one is read in several places, the one that demands it, else the first."""
    prefix = "" if app.cwd == "." else f"{app.cwd}/"
    found: dict[str, Variable] = {}
    for path, module in sorted(project.facts.modules.items()):
        if not path.startswith(prefix) or is_test_file(path):
            continue
        for each in _reads(module.body):
            known = found.get(each.name)
            if known is None or (each.required and not known.required):
                found[each.name] = each
    secret = {
        setting.variable
        for configuration in project.configurations
        for setting in configuration.settings.values()
        if setting.variable and is_secret(setting.key)
    }
    return tuple(replace(found[name], secret=found[name].secret or name in secret) for name in sorted(found))


def _reads(body: Sequence[Stmt]) -> Iterator[Variable]:
    pending: list[Sequence[Stmt]] = [body]
    while pending:
        for stmt, _ in statements(pending.pop()):
            if isinstance(stmt, FunctionDef | ClassDef):
                pending.append(stmt.body)
            for outer in statement_expressions(stmt):
                for expr in subexpressions(outer):
                    read = _read(expr)
                    if read is not None:
                        yield read


def _read(expr: Expr) -> Variable | None:
    if isinstance(expr, Subscript) and _is_environ(expr.value):
        return _variable(expr.index, None, expr.span, required=True)
    if not isinstance(expr, Call) or not expr.args:
        return None
    func = expr.func
    getenv = (isinstance(func, Attribute) and func.attr == "getenv") or (isinstance(func, Name) and func.id == "getenv")
    if getenv or (isinstance(func, Attribute) and func.attr == "get" and _is_environ(func.value)):
        fallback = (
            expr.args[1]
            if len(expr.args) > 1
            else next((keyword.value for keyword in expr.keywords if keyword.name == "default"), None)
        )
        return _variable(expr.args[0], fallback, expr.span, required=False)
    return None


def _is_environ(expr: Expr) -> bool:
    return (isinstance(expr, Attribute) and expr.attr == "environ") or (isinstance(expr, Name) and expr.id == "environ")


def _variable(name: Expr, fallback: Expr | None, span: Span, *, required: bool) -> Variable | None:
    if not isinstance(name, Const) or not isinstance(name.value, str):
        return None
    if not _NAME.fullmatch(name.value) or _NOT_OURS.fullmatch(name.value):
        return None
    default = None
    if isinstance(fallback, Const) and isinstance(fallback.value, str | int) and not isinstance(fallback.value, bool):
        default = str(fallback.value)
    return Variable(name.value, span, default, bool(_SECRET.search(name.value)), required)
