"""Makefiles, justfiles, package.json and tox."""

from __future__ import annotations

from flask_prodcheck.facts.justfile import read_justfile
from flask_prodcheck.facts.makefile import read_makefile
from flask_prodcheck.facts.npm import read_npm
from flask_prodcheck.facts.tox import read_tox


def test_makefile() -> None:
    file = read_makefile(
        "Makefile",
        "PY ?= python\nRUN := $(PY) -m\nexport FLASK_APP = app # why\ninclude a.mk\n.PHONY: run\n# Serve it\nrun: install ## locally\n"
        "\t@cd x && \\\n\t  $(RUN) flask run $$HOME ${UNSET}\n\t-echo $@\n\nstart: export A = b\nstart:\n\tgunicorn a:b\n",
    )
    first, second, third = file.starts
    assert first.command is not None
    assert first.command.shell == "cd x && python -m flask run $HOME ${UNSET}"
    assert (first.name, first.span.line, first.comment, first.options) == (
        "run",
        8,
        "Serve it\nlocally",
        (("needs", "install"),),
    )
    assert first.command.text == "cd x && $(RUN) flask run $$HOME ${UNSET}"
    assert [(var.name, var.value) for var in first.env] == [("FLASK_APP", "app")]
    assert second.command is not None
    assert second.command.shell == "echo run"
    assert [(var.name, var.value) for var in third.env] == [("FLASK_APP", "app"), ("A", "b")]
    assert file.settings == (("include", "a.mk"),)


def test_makefile_oneshell() -> None:
    (start,) = read_makefile("Makefile", ".ONESHELL:\na:\n\tcd x\n\tflask run\n").starts
    assert start.command is not None
    assert start.command.shell == "cd x\nflask run"


def test_justfile() -> None:
    file = read_justfile(
        "justfile",
        "port := '80'\nset dotenv-load := true\nexport A := 'b'\n# serve\nserve p=port: dep\n  @gunicorn -b :{{port}} {{ p }} \\\n   a:b\nx:\n  #!/bin/sh\n  cd y\n  flask run\n",
    )
    serve, script = file.starts
    assert serve.command is not None
    assert serve.command.shell == "gunicorn -b :80 {{ p }} a:b"
    assert (serve.name, serve.span.line, serve.comment, serve.options) == ("serve", 6, "serve", (("needs", "dep"),))
    assert script.command is not None
    assert script.command.shell == "cd y\nflask run"
    assert file.settings == (("set dotenv-load", "true"),)


def test_npm() -> None:
    (start,) = read_npm(
        "package.json", '{\n\t"name": "x",\n\t"scripts": {\n\t\t"api": "flask \\/ run \\ud83d\\ude00"\n\t}\n}'
    ).starts
    assert (start.name, start.span.line) == ("api", 4)
    assert start.command is not None
    assert (start.command.shell or "").startswith("flask / run ")


def test_tox() -> None:
    first, second = read_tox(
        "tox.ini",
        "[tox]\nenvlist = a\n[testenv:a]\nchangedir = d\nsetenv =\n  A = b\ncommands =\n  pytest \\\n    -q\n  - flask run\n",
    ).starts
    assert first.command is not None
    assert first.command.argv == ("pytest", "-q")
    assert (first.name, first.cwd, [(var.name, var.value) for var in first.env]) == ("a", "d", [("A", "b")])
    assert second.command is not None
    assert (second.command.argv, second.span.line) == (("flask", "run"), 10)
