"""Programs that bind few names again and again, to what hangs on themselves: small functions, methods, modules that import
each other, in front of a server or a command."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

NAMES = ("a", "a", "a", "b", "f", "f", "g", "C", "app")
_EXPRESSIONS = (
    "{0}", "{0}", "{0}({1})", "{0}({0})", "{0}({1}, {2})", "{0}({1}, key={2})", "{0}(*{1}, **{2})", "{0}.{1}", "{0}.{1}({2})",
    "{0}.to({0})", "{0}[{1}]", "{0}.get({1}, {2})", "[{0}, {1}]", "{{'key': {0}, {1}: {2}}}", "{{**{0}, 'key': {1}}}",
    "[{0} for {1} in {2}]", "lambda {0}: {1}", "{0} if {1} else {2}", "{0} or {1}", "{0} + {1}", "{0} * 3", "f'{{{0}}}-{{{1}}}'",
    "'%s' % {0}", "getattr({0}, '{1}')", "getattr({0}, {1}, {2})", "dict({0}, key={1})", "list({0})", "str({0})",
    "os.environ.get('A', {0})", "os.environ['{0}']", "os.path.join({0}, {1})", "functools.partial({0}, {1})", "type({0})",
    "Flask(__name__)", "{0}.config", "{0}.split({1})", "sys.argv[{0}]", "argparse.ArgumentParser().parse_args()", "1", "'x'", "None",
    "importlib.import_module({0})", "globals()[{0}]", "({0}, {1})", "{0}.copy()", "super().{0}({1})", "{0} == {1}", "not {0}",
)  # fmt: skip
_STATEMENTS = (
    *["{0} = {expr}"] * 8, *["{0} = {1}({0})", "{0} = {1}({0}, {2})", "{0} = {0}.to({expr})", "def {0}({1}):\n    return {1}"] * 4,
    "{0} = {0}({expr})", "{0} = {0}.to({expr})", "{0}, {1} = {expr}", "{0}.{1} = {expr}", "{0}[{1}] = {expr}",
    "{0} += {expr}", "{expr}", "def {0}({1}):\n    return {expr}", "def {0}({1}, {2}=None):\n    global {1}\n    {1} = {expr}\n    return {0}({1})",
    "def {0}():\n    {1} = {expr}\n    return {1}", "class {0}({1}):\n    {2} = {expr}\n    def {1}(self, {2}):\n        self.{0} = {expr}\n        return self.{1}({2})",
    "class {0}:\n    def __init__(self, {1}):\n        self.{2} = {expr}\n    def __call__(self, {1}):\n        return self.{2}", "for {0} in {expr}:\n    {1} = {0}",
    "while {expr}:\n    {0} = {1}", "if {expr}:\n    {0} = {1}\nelse:\n    {0} = {2}", "try:\n    {0} = {expr}\nexcept {1}:\n    {0} = {2}",
    "with {expr} as {0}:\n    {0}({1})", "from one import {0}", "from other import {0} as {1}", "import one, other", "from one import *", "del {0}",
    "@{0}\ndef {1}({2}):\n    yield {expr}", "{0}.run({1}, debug={expr})", "os.system({expr})", "subprocess.run([{0}, {expr}], env={1})",
    "os.execvp({0}, {expr})", "{0}.config.update({expr})", "{0}.config.from_object({expr})", "match {expr}:\n    case {1}:\n        {0} = {1}",
    "{0}.run()", "waitress.serve({expr})", "app.run(host={expr})", "@click.command()\ndef {0}({1}):\n    app.run(port={expr})", "setattr({0}, '{1}', {expr})",
)  # fmt: skip
_HEAD = "import argparse, functools, importlib, os, subprocess, sys\nimport click, waitress\nfrom flask import Flask\napp = Flask(__name__)\n"


def _names(count: int) -> st.SearchStrategy[tuple[str, ...]]:
    return st.tuples(*[st.sampled_from(NAMES)] * count)


@st.composite
def _expression(draw: st.DrawFn) -> str:
    parts: Sequence[str] = draw(_names(3))
    if draw(st.integers(0, 3)) == 0:
        parts = (f"({draw(st.sampled_from(_EXPRESSIONS)).format(*parts)})", *parts[1:])
    text = draw(st.sampled_from(_EXPRESSIONS))
    bound = any(each in text for each in ("lambda {0}", "for {1}", "'{0}'", "'{1}'", ".{1}", ".{0}"))
    return text.format(*(draw(_names(3)) if bound else parts))


@st.composite
def _module(draw: st.DrawFn) -> str:
    lines = []
    for _ in range(draw(st.integers(2, 12))):
        text = draw(st.sampled_from(_STATEMENTS)).format(*draw(_names(3)), expr=draw(_expression()))
        if draw(st.integers(0, 2)) == 0:
            text = "if __name__ == '__main__':\n" + "".join(f"    {line}\n" for line in text.splitlines())
        lines.append(text)
    return _HEAD + "\n".join(lines) + "\nif __name__ == '__main__':\n    app.run(debug=a)\n"


def programs() -> st.SearchStrategy[dict[str, bytes]]:
    """The files of a project of two modules, of which one, or both, are started."""
    procfile = st.sampled_from(["web: gunicorn one:app\n", "web: python one.py\nworker: python other.py $A\n", "web: gunicorn 'other:f(1)'\n", ""])
    return st.builds(
        lambda one, other, start: {"one.py": one.encode(), "other.py": other.encode(), "Procfile": start.encode()},
        _module(),
        _module(),
        procfile,
    )
