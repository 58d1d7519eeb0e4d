from __future__ import annotations

import pytest

from flask_prodcheck.errors import ReadError
from flask_prodcheck.facts.compose import read_compose
from flask_prodcheck.facts.types import ComposeService


def service(body: str, head: str = "services:\n") -> ComposeService:
    return read_compose(
        "compose.yml", head + "  web:\n" + "".join(f"    {line}\n" for line in body.splitlines())
    ).services[0]


@pytest.mark.parametrize(
    ("body", "argv"),
    [
        ("command: gunicorn -w 2 'a b'", ("gunicorn", "-w", "2", "a b")),
        ("command: [flask, run, 80]", ("flask", "run", "80")),
        ("command: []", ()),
        ("command: ''", ()),
        ("command: >\n  flask\n  run", ("flask", "run")),
        ("command: gunicorn -w {{ n + 1 }} a:b", ("gunicorn", "-w", "{{ n + 1 }}", "a:b")),
    ],
)
def test_command(body: str, argv: tuple[str, ...]) -> None:
    found = service("image: x\n" + body)
    assert found.command is not None
    assert (found.command.argv, found.command.span.line) == (argv, 4)


def test_null_command_is_none() -> None:
    assert service("image: x\ncommand:").command is None


def test_unbalanced_command_is_an_error_with_its_line() -> None:
    with pytest.raises(ReadError) as caught:
        service("image: x\ncommand: a 'b")
    assert caught.value.line == 4


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ('"8000"', ("", "", "8000")),
        ("8080:80", ("", "8080", "80")),
        ('"127.0.0.1:${P:-80}:${Q:-90}/tcp"', ("127.0.0.1", "${P:-80}", "${Q:-90}")),
        ('"[::1]:1:2"', ("::1", "1", "2")),
        ('"3000-3002:3000-3002"', ("", "3000-3002", "3000-3002")),
        ("{target: 80, published: 81, host_ip: 1.1.1.1}", ("1.1.1.1", "81", "80")),
    ],
)
def test_ports(written: str, expected: tuple[str, str, str]) -> None:
    (port,) = service(f"ports:\n- {written}").ports
    assert (port.host_ip, port.published, port.container) == expected


def test_environment_forms_and_merge_keys() -> None:
    found = read_compose(
        "c.yml",
        "x-base: &base\n  environment: &env {A: 1, B: , C: true}\n  user: www\nservices:\n  web:\n    <<: *base\n    image: x\n"
        "  worker:\n    environment: [A=b=c, D]\n  api:\n    environment:\n      <<: *env\n      A: own\n",
    )  # fmt: skip
    web, worker, api = found.services
    assert [(var.name, var.value) for var in web.environment] == [("A", "1"), ("B", None), ("C", "true")]
    assert web.user == "www"
    assert [(var.name, var.value) for var in worker.environment] == [("A", "b=c"), ("D", None)]
    assert {var.name: var.value for var in api.environment} == {"A": "own", "B": None, "C": "true"}


def test_the_other_keys() -> None:
    found = service(
        "build: {context: ./app, dockerfile: D, target: prod, args: {A: b}}\nenv_file: [a.env, {path: b.env, required: false}]\n"
        "volumes: ['.:/app:ro', 'data:/d', '/x', {source: ./s, target: /t}, 'C:\\a:/w']\nprofiles: [dev]\nuser: '1000'\n"
        "extends: {file: o.yml, service: base}\ndeploy: {replicas: 3}\n"
        "stop_grace_period: 30s\nnetwork_mode: host\nlabels: [a=b]\nexpose: ['80/tcp']\nworking_dir: /w"
    )  # fmt: skip
    assert found.build is not None
    assert (found.build.context, found.build.dockerfile, found.build.target, found.build.args[0].value) == (
        "./app",
        "D",
        "prod",
        "b",
    )
    assert [(ref.path, ref.required) for ref in found.env_files] == [("a.env", True), ("b.env", False)]
    assert found.volumes == ((".", "/app"), ("data", "/d"), ("", "/x"), ("./s", "/t"), ("C:\\a", "/w"))
    assert (found.profiles, found.user, found.extends) == (
        ("dev",),
        "1000",
        ("o.yml", "base"),
    )
    assert (found.replicas, found.stop_grace_period, found.network_mode) == (3, "30s", "host")
    assert (found.labels, found.expose, found.working_dir) == ((("a", "b"),), ("80",), "/w")


@pytest.mark.parametrize(
    ("text", "needs"),
    [
        ("depends_on: [db, cache]", ("db", "cache")),
        ("depends_on: {db: {condition: service_healthy}}", ("db",)),
        ("links: ['db:database', cache]", ("db", "cache")),
        ("depends_on:", ()),
    ],
)
def test_what_a_service_needs(text: str, needs: tuple[str, ...]) -> None:
    [service] = read_compose("compose.yaml", f"services:\n  web:\n    {text}\n").services
    assert service.needs == needs


def test_version_one_and_not_compose() -> None:
    assert [each.name for each in read_compose("c.yml", "web:\n  build: .\n  command: a\n").services] == ["web"]
    assert read_compose("c.yml", "version: '3'\nvolumes:\n  a:\n").services == ()
    assert read_compose("c.yml", "").services == ()


def test_duplicate_keys_last_wins_and_custom_tags() -> None:
    found = service("image: a\nimage: b\ncommand: !reset null\nports: !override ['1:2']")
    assert (found.image, found.command, len(found.ports)) == ("b", None, 1)


def test_includes() -> None:
    assert read_compose("c.yml", "include: [a.yml, {path: [b.yml, c.yml]}]\n").includes == ("a.yml", "b.yml", "c.yml")


def test_invalid_yaml_names_the_line() -> None:
    with pytest.raises(ReadError) as caught:
        read_compose("c.yml", "services:\n  web:\n    a: b: c\n")
    assert caught.value.line == 3
