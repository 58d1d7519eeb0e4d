"""Interpreters: Python with a script, a module or code, shells and expect with a script or a text."""

from __future__ import annotations

from flask_prodcheck.facts.shell import spawned_commands
from flask_prodcheck.model.launching.commands.behind import Behind
from flask_prodcheck.model.launching.commands.options import Words, drop_options, option_value
from flask_prodcheck.model.launching.servers import MODULES, READERS
from flask_prodcheck.model.launching.steps import Nothing, PythonRun, ScriptRun, ShellRun, Step
from flask_prodcheck.patterns import regex

#: A script with variables right behind it, each of which holds a blank and an option, or nothing.
_GLUED = regex(r"([^$]+\.py)((?:\$\{\w+\})+)")
_PYTHON_VALUE_OPTIONS = frozenset({"-W", "-X", "--check-hash-based-pycs"})


#: Options of Python that take no value: nothing else has them in front of ``-m`` or a script.
_FLAGS = regex(r"-[bBdEiIOPqsSuv]+")


def is_for_python(words: Words) -> bool:
    """Whether ``words`` are those behind an interpreter that a variable holds: a script or ``-m`` with a module, perhaps
    behind options that Python alone has."""
    rest = list(words)
    while rest and _FLAGS.fullmatch(rest[0]):
        rest.pop(0)
    if rest[:1] == ["-m"]:
        return len(rest) > 1 and all(part.isidentifier() for part in rest[1].split("."))
    return bool(rest) and rest[0].endswith(".py")


def read_python(words: Words) -> Step | Behind:
    """What the words behind a Python start."""
    rest = list(words)
    while rest and rest[0].startswith("-") and rest[0] != "-":
        word = rest.pop(0)
        if word == "-m" or (
            word.startswith("-") and not word.startswith("--") and word.endswith("m") and len(word) > 2
        ):
            return _module(rest)
        if word == "-c":
            return PythonRun(code=rest[0] if rest else "", args=tuple(rest[1:]))
        if word in _PYTHON_VALUE_OPTIONS and rest:
            rest.pop(0)
    if not rest or rest[0] == "-":
        return Nothing("python")
    if rest[0].rsplit("/", 1)[-1] in _DEBUGGERS:
        return _debugged(rest[1:])  # the package as a program: ``python /tmp/debugpy``
    glued = _GLUED.fullmatch(rest[0])
    if glued is not None:
        return PythonRun(script=glued[1], args=(glued[2], *rest[1:]))
    return PythonRun(script=rest[0], args=tuple(rest[1:]))


_MODULE_WRAPPERS = {
    "coverage": "coverage", "kernprof": "kernprof", "memray": "memray", "dotenv": "dotenv", "watchfiles": "watchfiles",
    "ddtrace": "ddtrace-run", "newrelic": "newrelic-admin", "newrelic.admin": "newrelic-admin", "opentelemetry.instrumentation.auto_instrumentation": "opentelemetry-instrument",
}  # fmt: skip


_DEBUGGERS = frozenset({"debugpy", "ptvsd"})


def _debugged(words: Words) -> Step | Behind:
    """What a debugger runs (debugpy, "CLI reference")."""
    if "-m" in words:
        return _module(words[words.index("-m") + 1 :])
    return read_python(drop_options(words, frozenset({"--listen", "--connect", "--log-to", "--host", "--port", "-c"})))


def _module(words: Words) -> Step | Behind:
    if not words:
        return Nothing("python -m")
    name, rest = words[0], words[1:]
    if name in MODULES:
        return READERS[MODULES[name]](rest)
    if name in _DEBUGGERS:
        return _debugged(rest)
    if name in ("pdb", "cProfile", "profile", "trace", "scalene", "pyinstrument"):
        if "-m" in rest:
            return _module(rest[rest.index("-m") + 1 :])
        return read_python(drop_options(rest, frozenset({"-o", "-s", "-c"})))
    if name in _MODULE_WRAPPERS:
        return Behind([_MODULE_WRAPPERS[name], *rest])
    if name in ("poetry", "pipenv", "uv", "pdm", "hatch", "invoke", "fabric", "nox", "tox"):
        return Behind([name, *rest])
    if name in (
        "http.server",
        "pip",
        "venv",
        "pytest",
        "unittest",
        "compileall",
        "celery",
        "alembic",
        "build",
        "smtpd",
    ):
        return Nothing(f"python -m {name}")
    return PythonRun(module=name, args=tuple(rest))


def read_sage(words: Words) -> Step | Behind:
    """``sage --python [...]`` runs the Python of SageMath (reference manual, "Command-line options for Sage": ``-python``
    is the older spelling)."""
    return Behind(["python", *words[1:]]) if words[:1] and words[0] in _SAGE_PYTHON else Nothing("sage")


_SAGE_PYTHON = frozenset({"-python", "--python", "-python3", "--python3"})


def read_shell(program: str, words: Words) -> Step:
    """What the words behind the shell ``program`` start."""
    rest = list(words)
    while rest and rest[0].startswith(("-", "+")) and rest[0] not in ("-", "--"):
        word = rest.pop(0)
        if word in ("-o", "+o", "-O", "--rcfile", "--init-file") and rest:
            rest.pop(0)
        elif not word.startswith("--") and word.startswith("-") and "c" in word[1:]:
            return ShellRun(rest[0] if rest else "", tuple(rest[1:]), program)
    if rest[:1] in (["-"], ["--"]):
        rest.pop(0)
    return ScriptRun(rest[0], tuple(rest[1:]), shell=True) if rest else Nothing(program)


def read_source(words: Words) -> Step:
    return ScriptRun(words[0], tuple(words[1:]), sourced=True) if words else Nothing("source")


def read_expect(words: Words) -> Step:
    text = option_value(words, ("-c",))
    if text is not None:
        spawned = spawned_commands(text)
        return ShellRun(spawned[0]) if spawned else Nothing("expect")
    rest = drop_options([word for word in words if word != "-f"])
    return ScriptRun(rest[0], tuple(rest[1:])) if rest else Nothing("expect")
