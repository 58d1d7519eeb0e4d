"""Launches of one program share what was followed for one of them, exactly where each alone would have come to the same."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_prodcheck.base import Known, Span
from flask_prodcheck.facts.parse import parse
from flask_prodcheck.model.configuration import config, startup
from flask_prodcheck.model.evaluation.asked import Asked
from flask_prodcheck.model.link import link
from flask_prodcheck.model.project import Configuration, Entered, Project
from flask_prodcheck.model.python.modules import Modules
from flask_prodcheck.records import replace
from flask_prodcheck.sources.discover import memory_tree

HEAD = "import os, sys\nfrom flask import Flask\napp = Flask(__name__)\n"
READS_ONE = HEAD + "app.config['MODE'] = os.environ.get('MODE', 'none')\n"
READS_OTHER_IF = (
    HEAD + "if os.environ.get('MODE') == 'a':\n    app.config['SECRET_KEY'] = os.environ.get('KEY', 'published')\n"
)
GOES_THROUGH_ALL = HEAD + "app.config.update({k: v for k, v in os.environ.items() if k.startswith('APP_')})\n"
PREFIXED = HEAD + "app.config.from_prefixed_env('APP')\n"
NEEDS = HEAD + "app.config['SECRET_KEY'] = os.environ['KEY']\n"
SERVES = (
    "import argparse, os\nfrom flask import Flask\nfrom waitress import serve\n"
    "parser = argparse.ArgumentParser()\nparser.add_argument('--key', default='published')\nargs = parser.parse_args()\n"
    "app = Flask(__name__)\napp.config['SECRET_KEY'] = args.key\nserve(app)\n"
)
APPS = [READS_ONE, READS_OTHER_IF, GOES_THROUGH_ALL, PREFIXED, NEEDS]
REQUIREMENTS = "flask\ngunicorn\nwaitress\n"


def linked(files: Mapping[str, str]) -> Project:
    return link(parse(memory_tree({**files, "requirements.txt": REQUIREMENTS})), name="shop", read=None)


def units(environments: list[dict[str, str]], command: str = "gunicorn app:app") -> dict[str, str]:
    """One systemd unit for each environment: the same program, its variables at other places."""
    return {
        f"deploy/web{number}.service": "[Service]\nWorkingDirectory=/srv/site\n"
        + "".join(f"Environment={name}={value}\n" for name, value in each.items())
        + f"ExecStart=/srv/site/venv/bin/{command}\n[Install]\nWantedBy=multi-user.target\n"
        for number, each in enumerate(environments)
    }


@pytest.fixture(name="starts")
def counted_starts(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Every start that is really run."""
    met: list[object] = []
    run = startup.run_start

    def counting(*args: object) -> object:
        met.append(args[0])
        return run(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(config, "run_start", counting)
    return met


def alone(project: Project) -> tuple[Configuration, ...]:
    """The configuration of each launch, followed for it alone."""
    return tuple(
        replace(
            config.effective_configuration(
                Modules(project.facts), each.app, launch=each.launch, target_module=each.app.module, placed={}
            ),
            shared=each.shared,
        )
        for each in project.configurations
    )


def test_a_variable_that_is_not_read_makes_no_difference(starts: list[object]) -> None:
    project = linked({"app.py": READS_ONE, **units([{"A": "1"}, {"B": "2"}, {"C": "3"}])})
    assert len(project.configurations) == 3
    assert len(starts) == 1
    assert [each.launch for each in project.configurations] == list(project.launches)


def test_a_variable_that_is_read_does(starts: list[object]) -> None:
    project = linked({"app.py": READS_ONE, **units([{"MODE": "a"}, {"MODE": "b"}, {"MODE": "a"}])})
    values = [each.get("MODE") for each in project.configurations]
    assert [each.value.value for each in values if isinstance(each.value, Known)] == ["a", "b", "a"]
    assert [each.deployed_at and each.deployed_at.file for each in values] == [
        f"deploy/web{number}.service" for number in range(3)
    ]
    assert len(starts) == 3


def test_so_does_the_whole_environment_where_it_is_gone_through(starts: list[object]) -> None:
    linked({"app.py": GOES_THROUGH_ALL, **units([{"A": "1"}, {"B": "2"}])})
    assert len(starts) == 2


def test_an_option_counts_where_the_program_looks_at_it() -> None:
    project = linked(
        {
            "app.py": SERVES,
            **units([{}], "python app.py --key=one"),
            "other/web.service": units([{}], "python app.py --key=two")["deploy/web0.service"],
        }
    )
    found = [(each.get("SECRET_KEY").value, each.get("SECRET_KEY").deployed_at) for each in project.configurations]
    assert [value.value for value, _ in found if isinstance(value, Known)] == ["one", "two"]
    assert [place.file for _, place in found if place is not None] == ["deploy/web0.service", "other/web.service"]


def test_an_option_is_said_where_it_is_given() -> None:
    files = units([{}, {}], "python app.py --key=one")
    project = linked({"app.py": SERVES, **files})
    places = [each.get("SECRET_KEY").deployed_at for each in project.configurations]
    assert [place.file for place in places if place is not None] == ["deploy/web0.service"]
    first, second = (
        config.effective_configuration(modules, project.apps[0], launch=launch).get("SECRET_KEY").deployed_at
        for modules in [Modules(project.facts)]
        for launch in project.launches
    )
    assert first is not None
    assert second is not None
    assert (first.file, second.file) == ("deploy/web0.service", "deploy/web1.service")


def test_what_is_served_counts() -> None:
    made = (
        "import os\nfrom flask import Flask\ndef create_app(mode='none'):\n    app = Flask(__name__)\n"
        "    app.config['MODE'] = mode\n    return app\n"
    )
    project = linked(
        {
            "app.py": made,
            "a/web.service": units([{}], "gunicorn \"app:create_app('a')\"")["deploy/web0.service"],
            "b/web.service": units([{}], "gunicorn \"app:create_app('b')\"")["deploy/web0.service"],
        }
    )
    values = [each.get("MODE").value for each in project.configurations]
    assert [value.value for value in values if isinstance(value, Known)] == ["a", "b"]


def test_one_and_true_are_two_values() -> None:
    """A value of a command's parameter, as in ``True == 1``."""
    project = linked({"app.py": READS_ONE, **units([{}])})
    launch = project.launches[0]
    source = "from flask import Flask\ndef main(flag):\n    app = Flask(__name__)\n    app.config['FLAG'] = flag\n    return app\n"
    modules = Modules(parse(memory_tree({"app.py": source})))
    app = replace(project.apps[0], span=Span("app.py", 3, 11))
    found = [
        config.effective_configuration(
            modules, app, launch=replace(launch, entered=Entered("app.py", "main", (("flag", flag),)))
        ).get("FLAG")
        for flag in (True, 1)
    ]
    assert [repr(each.value.value) for each in found if isinstance(each.value, Known)] == ["True", "1"]


@given(
    st.sampled_from(APPS),
    st.lists(
        st.dictionaries(st.sampled_from(["MODE", "KEY", "APP_A", "APP_B", "OTHER"]), st.sampled_from(["a", "b"])),
        min_size=2,
        max_size=5,
    ),
)
def test_the_same_as_each_alone(app: str, environments: list[dict[str, str]]) -> None:
    project = linked({"app.py": app, **units(environments)})
    assert project.configurations == alone(project)


def test_what_was_asked() -> None:
    asked = Asked({"A": 1, "B": 2})
    assert asked.answers_like({})
    assert asked.get("A") == 1
    assert asked.get("C") is None
    assert asked.answers_like({"A": 1, "B": 3})
    assert not asked.answers_like({"A": 2})
    assert not asked.answers_like({"A": 1, "C": 1})
    assert list(asked) == ["A", "B"]
    assert not asked.answers_like({"A": 1, "B": 3})
    assert not asked.answers_like({"A": 1, "B": 2, "D": 1})
    assert not asked.answers_like({"B": 2, "A": 1})
    assert asked.answers_like({"A": 1, "B": 2})
