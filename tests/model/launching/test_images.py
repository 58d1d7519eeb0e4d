"""Images: what a stage starts and which project file stands where inside it."""

from __future__ import annotations

import pytest

from flask_prodcheck.facts.dockerfile import read_dockerfile
from flask_prodcheck.facts.parse import parse
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.model.launching.build_contexts import choose_context
from flask_prodcheck.model.launching.images import build_image, effective_start, project_path
from flask_prodcheck.model.link import link
from flask_prodcheck.sources.discover import memory_tree

PATHS = frozenset(
    {
        "Dockerfile",
        "app.py",
        "boot.sh",
        "src/web/app.py",
        "src/web/__init__.py",
        "deploy/Dockerfile",
        "deploy/start.sh",
        "requirements.txt",
    }
)
FACTS = Facts(paths=PATHS)


def image(text: str, path: str = "Dockerfile", **options: object):  # type: ignore[no-untyped-def]
    return build_image(read_dockerfile(path, text), FACTS, **options)  # type: ignore[arg-type]


STARTS = [
    ("CMD python app.py", None, "python app.py"),
    ('CMD ["python", "app.py"]', ("python", "app.py"), None),
    ('ENTRYPOINT ["/boot.sh"]\nCMD ["web"]', ("/boot.sh", "web"), None),
    ('ENTRYPOINT ["/boot.sh"]\nCMD run web', ("/boot.sh", "/bin/sh", "-c", "run web"), None),
    ('ENTRYPOINT boot.sh\nCMD ["web"]', None, "boot.sh"),
    ("CMD ['python', 'app.py']", None, "['python', 'app.py']"),
]


@pytest.mark.parametrize(("lines", "argv", "shell"), STARTS)
def test_effective_start(lines: str, argv: tuple[str, ...] | None, shell: str | None) -> None:
    begun = effective_start(image(f"FROM python:3.13\n{lines}\n"))
    assert begun is not None
    assert begun[1:] == (argv, shell)


def test_stage_inherits_from_its_base_stage() -> None:
    built = image(
        'FROM python:3.13 AS base\nWORKDIR /srv\nENV A=1\nCOPY . .\nCMD ["python", "app.py"]\nFROM base AS final\nENV B=${A}2\nUSER web\n'
    )
    assert (built.base, built.workdir, built.user) == ("python:3.13", "/srv", "web")
    assert built.variables == {"A": "1", "B": "12"}
    assert effective_start(built) is not None
    assert project_path(built.mapping, "/srv/app.py", FACTS) == "app.py"


MAPPINGS = [
    ("WORKDIR /app\nCOPY . .", "/app/src/web/app.py", "src/web/app.py"),
    ("WORKDIR /app\nCOPY src/ /app/", "/app/web/app.py", "src/web/app.py"),
    ("WORKDIR /app\nCOPY src/web web", "/app/web/app.py", "src/web/app.py"),
    ("WORKDIR /app\nCOPY app.py boot.sh ./", "/app/boot.sh", "boot.sh"),
    ("COPY boot.sh /start", "/start", "boot.sh"),
    ("COPY boot.sh /usr/local/bin/", "/usr/local/bin/boot.sh", "boot.sh"),
    ("WORKDIR /app\nWORKDIR sub\nADD app.py .", "/app/sub/app.py", "app.py"),
    ("ARG HOME_DIR=/srv\nWORKDIR $HOME_DIR\nCOPY *.py ./", "/srv/app.py", "app.py"),
    ("WORKDIR /app\nCOPY requirements.txt .", "/app/app.py", None),
    ("WORKDIR /app\nCOPY . .\nRUN chmod +x boot.sh && mv deploy/* .", "/app/start.sh", "deploy/start.sh"),
    ("WORKDIR /app\nCOPY . .\nRUN mv deploy/* .", "/app/app.py", "app.py"),
    ("WORKDIR /app\nCOPY . .\nRUN cp -r deploy/. /srv", "/srv/start.sh", "deploy/start.sh"),
    ("WORKDIR /app\nCOPY . .\nRUN mv deploy /srv", "/srv/start.sh", None),
    ("COPY . /app\nRUN pip install x && cp /app/deploy/start.sh /entry.sh && x", "/entry.sh", "deploy/start.sh"),
    ("COPY . /app\nRUN cd /app && ln -s deploy/start.sh boot.sh /usr/bin/", "/usr/bin/start.sh", "deploy/start.sh"),
    ("COPY . /app\nRUN cp /app/boot.sh /app/deploy/start.sh", "/app/deploy/start.sh", "deploy/start.sh"),
]


@pytest.mark.parametrize(("lines", "inside", "outside"), MAPPINGS)
def test_path_inside_maps_to_the_project(lines: str, inside: str, outside: str | None) -> None:
    found = project_path(image(f"FROM python:3.13\n{lines}\n").mapping, inside, FACTS)
    assert (found if found in PATHS else None) == outside


def test_a_stage_copies_and_runs_in_the_folder_of_the_stage_it_begins_from() -> None:
    built = image(
        "FROM python:3.13 AS base\nWORKDIR /app\nFROM base AS build\nCOPY src/ ./\nRUN pip install flask\nFROM build\nCMD x\n"
    )
    assert project_path(built.mapping, "/app/web/app.py", FACTS) == "src/web/app.py"
    assert [cwd for _, cwd in built.runs] == ["/app"]


def test_copy_from_another_stage() -> None:
    built = image("FROM python:3.13 AS build\nWORKDIR /b\nCOPY . .\nFROM python:3.13\nCOPY --from=build /b/src /app\n")
    assert project_path(built.mapping, "/app/web/app.py", FACTS) == "src/web/app.py"


def test_copy_from_a_foreign_image_makes_it_opaque() -> None:
    assert image("FROM python:3.13\nCOPY --from=busybox:1 /bin/x /bin/x\n").opaque


def test_context_is_where_the_sources_are() -> None:
    assert choose_context(read_dockerfile("deploy/Dockerfile", "FROM python:3.13\nCOPY app.py .\n"), FACTS) == "."
    assert (
        choose_context(read_dockerfile("deploy/Dockerfile", "FROM python:3.13\nCOPY start.sh .\n"), FACTS) == "deploy"
    )


def test_without_a_whole_context_it_is_the_nearest_folder() -> None:
    facts = parse(memory_tree({"ops/Dockerfile": "FROM python:3.13\nCOPY lost.txt /\n", "app.py": ""}))
    assert choose_context(facts.dockerfiles["ops/Dockerfile"], facts) == "ops"


@pytest.mark.parametrize(
    ("files", "context"),
    [
        (("ops/docker/Dockerfile", "app.py"), "."),
        (("ops/docker/Dockerfile", "ops/app.py"), "ops"),
        (("ops/docker/Dockerfile", "ops/docker/web/app.py", "app.py"), "ops/docker"),
    ],
)
def test_a_whole_context_is_the_nearest_folder_with_code(files: tuple[str, ...], context: str) -> None:
    text = "FROM python:3.13\nWORKDIR /app\nCOPY . /app\nRUN pipenv install --deploy\nCMD gunicorn app:app\n"
    facts = parse(memory_tree({each: text if each.endswith("Dockerfile") else "" for each in files}))
    assert choose_context(facts.dockerfiles["ops/docker/Dockerfile"], facts) == context


def test_heredoc_copy_is_kept() -> None:
    built = image("FROM python:3.13\nCOPY <<EOF /start.sh\nexec gunicorn app:app\nEOF\n")
    assert built.inline["/start.sh"][0].strip() == "exec gunicorn app:app"


@pytest.mark.parametrize(
    "files",
    [
        {"deploy.sh": "#!/bin/sh\ndocker build -t site --target=web .\n"},
        {"Makefile": "image:\n\tdocker buildx build --target web -t site -f Dockerfile .\n"},
        {"ops/deploy.sh": "#!/bin/sh\nsudo docker build --target web ..\n"},
        {"justfile": "image:\n    podman build --target web --build-arg A=b .\n"},
    ],
)
def test_the_stage_that_a_command_builds_is_started(files: dict[str, str]) -> None:
    text = "FROM python:3.13 AS web\nWORKDIR /app\nCOPY . .\nCMD gunicorn app:app\nFROM web AS report\nCMD pytest\n"
    application = {"Dockerfile": text, "app.py": "from flask import Flask\napp = Flask(__name__)\n"}
    project = link(parse(memory_tree({**application, **files})), name="site")
    assert [(str(each.head.span), each.target) for each in project.launches] == [("Dockerfile:4", "app:app")]
    assert not link(parse(memory_tree(application)), name="site").launches


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        ("FROM base AS web\nCMD gunicorn app:app\n", ["Dockerfile:5 development", "Dockerfile:7 production"]),
        ("FROM dev AS web\nRUN true\n", ["Dockerfile:5 production"]),
        ("FROM base AS web\nCOPY --from=dev /app /app\nCMD gunicorn app:app\n", ["Dockerfile:5 development", "Dockerfile:8 production"]),
    ],
)  # fmt: skip
def test_a_stage_of_its_own_is_started(last: str, expected: list[str]) -> None:
    text = "FROM python:3.13 AS base\nWORKDIR /app\nCOPY . .\nFROM base AS dev\nCMD flask run\n"
    application = {"Dockerfile": text + last, "app.py": "from flask import Flask\napp = Flask(__name__)\n"}
    project = link(parse(memory_tree(application)), name="site")
    assert [f"{each.head.span} {each.purpose.value}" for each in project.launches] == expected


DEEP = "{ " * 300 + "a" + "; }" * 300


@pytest.mark.parametrize(
    ("line", "opaque"),
    [
        ("RUN mv deploy/* .", False),
        (f"RUN mv deploy/* . && {DEEP}", True),  # it cannot be read: what it moved is not known
        (f"RUN echo deploy/* . && {DEEP}", False),
    ],
)
def test_a_line_that_moves_files_and_cannot_be_read_makes_the_image_opaque(line: str, opaque: bool) -> None:
    assert image(f"FROM python:3.13\nWORKDIR /app\nCOPY . .\n{line}\n").opaque is opaque
