"""Launches that Terraform resources and Nomad jobs declare, one mechanism each."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from flask_prodcheck.facts.parse import parse
from flask_prodcheck.model.launching.supply import has_more_variables
from flask_prodcheck.model.link import link
from flask_prodcheck.sources.discover import memory_tree

APP = "from flask import Flask\napp = Flask(__name__)\n"
IMAGE = 'FROM python:3.13\nWORKDIR /app\nCOPY . .\nENTRYPOINT ["gunicorn"]\nCMD ["app:app"]\n'
BUILT = {"Dockerfile": IMAGE, "build.sh": "#!/bin/sh\ndocker build -t acme/shop .\n"}


def resource(kind: str, body: str) -> dict[str, str]:
    return {"infra/main.tf": f'resource "{kind}" "web" {{\n{body}\n}}\n'}


def task(driver: str, body: str, more: str = "") -> dict[str, str]:
    return {"web.nomad": f'job "shop" {{\n{more}  group "g" {{\n    task "web" {{\n      driver = "{driver}"\n{body}\n    }}\n  }}\n}}\n'}


TASKS = 'container_definitions = jsonencode([\n  {\n    name = "web" # one\n    image = IMAGE\n    command = COMMAND\n  }\n])'

COPILOT = "name: api\ntype: Load Balanced Web Service\n"

CASES: list[tuple[str, dict[str, str], list[str]]] = [
    (
        "ECS: a command by jsonencode",
        resource("aws_ecs_task_definition", TASKS.replace("IMAGE", "var.image").replace("COMMAND", '["gunicorn", "two:app"]')),
        ["infra/main.tf:6 gunicorn production two:app True"],
    ),
    (
        "ECS: a command for the ENTRYPOINT of the image that the project builds",
        BUILT | resource("aws_ecs_task_definition", TASKS.replace("IMAGE", '"x.io/acme/shop:${var.tag}"').replace("COMMAND", '["two:app"]')),
        ["Dockerfile:4 > Dockerfile:5 gunicorn production app:app True", "infra/main.tf:6 > Dockerfile:4 gunicorn production two:app True"],
    ),
    (
        "ECS: a command and an ENTRYPOINT in a heredoc",
        resource(
            "aws_ecs_task_definition",
            'container_definitions = <<-TASKS\n  [{"name": "web", "image": "${var.image}",\n  "entryPoint": ["gunicorn"], "command": ["two:app"]}]\n  TASKS\n  family = "web"',
        ),
        ["infra/main.tf:4 gunicorn production two:app True"],
    ),
    (
        "ECS: a definition of its own runs the project's image too",
        BUILT | {"taskdef.json": '{"containerDefinitions": [{"name": "w", "image": "acme/shop",\n"command": ["two:app"]}]}'},
        ["Dockerfile:4 > Dockerfile:5 gunicorn production app:app True", "taskdef.json:2 > Dockerfile:4 gunicorn production two:app True"],
    ),
    (
        "Copilot: a command for the ENTRYPOINT of the image that the service builds",
        {"side/Dockerfile": IMAGE, "back/Dockerfile": IMAGE} | {"copilot/api/manifest.yml": COPILOT + "image: {build: back/Dockerfile}\ncommand: two:app\n"},
        ["back/Dockerfile:4 > back/Dockerfile:5 gunicorn production app:app True", "copilot/api/manifest.yml:4 > back/Dockerfile:4 gunicorn production two:app True", "side/Dockerfile:4 > side/Dockerfile:5 gunicorn production app:app True"],
    ),
    (
        "Copilot: an ENTRYPOINT instead of the image's",
        {"Dockerfile": IMAGE} | {"copilot/api/manifest.yml": COPILOT + "image: {build: {context: .}}\nentrypoint: [flask, --app, two, run]\n"},
        ["Dockerfile:4 > Dockerfile:5 gunicorn production app:app True", "copilot/api/manifest.yml:4 flask-run production two:app True"],
    ),
    (
        "Cloud Run: command and arguments",
        resource("google_cloud_run_v2_service", 'template {\n  containers {\n    image = "x"\n    command = ["gunicorn"]\n    args = [\n      "two:app",\n    ]\n  }\n}'),
        ["infra/main.tf:5 gunicorn production two:app True"],
    ),
    (
        "Kubernetes: arguments for the project's image",
        BUILT | resource("kubernetes_deployment", 'spec {\n  template {\n    spec {\n      container {\n        image = "acme/shop"\n        args = ["two:app"]\n      }\n    }\n  }\n}'),
        ["Dockerfile:4 > Dockerfile:5 gunicorn production app:app True", "infra/main.tf:7 > Dockerfile:4 gunicorn production two:app True"],
    ),
    (
        "App Service",
        resource("azurerm_linux_web_app", 'site_config {\n  app_command_line = "gunicorn --bind=0.0.0.0 two:app"\n}'),
        ["infra/main.tf:3 gunicorn production two:app True"],
    ),
    (
        "App Runner",
        resource("aws_apprunner_service", 'source_configuration {\n code_repository {\n code_configuration {\n code_configuration_values {\n start_command = "gunicorn two:app"\n}\n}\n}\n}'),
        ["infra/main.tf:6 gunicorn production two:app True"],
    ),
    (
        "App Platform, in a folder",
        {"back/main.py": APP, "main.py": "x = 1\n"} | resource("digitalocean_app", 'spec {\n service {\n source_dir = "back"\n run_command = "gunicorn main:app"\n}\n}'),
        ["infra/main.tf:5 gunicorn production main:app True"],
    ),
    (
        "App Engine",
        resource("google_app_engine_standard_app_version", 'entrypoint {\n shell = "gunicorn -b :$PORT two:app"\n}'),
        ["infra/main.tf:3 gunicorn production two:app True"],
    ),
    (
        "Nomad: a program of a machine",
        task("exec", '      config {\n        command = "/srv/bin/gunicorn"\n        args = ["two:app"]\n      }'),
        ["web.nomad:6 gunicorn production two:app True"],
    ),
    (
        "Nomad: arguments for the project's image",
        BUILT | task("docker", '      config {\n        image = "acme/shop:${var.tag}"\n        args = ["two:app"]\n      }'),
        ["Dockerfile:4 > Dockerfile:5 gunicorn production app:app True", "web.nomad:7 > Dockerfile:4 gunicorn production two:app True"],
    ),
    (
        "Nomad: an ENTRYPOINT",
        BUILT | task("docker", '      config {\n        image = "acme/shop"\n        entrypoint = ["flask"]\n        args = ["--app", "two", "run"]\n      }'),
        ["Dockerfile:4 > Dockerfile:5 gunicorn production app:app True", "web.nomad:7 flask-run production two:app True"],
    ),
    ("Nomad: a batch", task("exec", '      config {\n command = "gunicorn"\n args = ["two:app"]\n }', '  type = "batch"\n'), []),
    (
        "Nomad: what runs before a task",
        task("exec", '      lifecycle {\n hook = "prestart"\n}\n      config {\n command = "gunicorn"\n args = ["two:app"]\n }'),
        [],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("files", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_launches(files: dict[str, str], expected: list[str], chains: Callable[[dict[str, str]], list[str]]) -> None:
    assert chains({"app.py": APP, "two.py": APP, **files}) == expected


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (resource("aws_ecs_task_definition", TASKS.replace("IMAGE", '"x"').replace("COMMAND", '[var.a, "b"]')), 1),
        (resource("aws_ecs_task_definition", TASKS.replace("IMAGE", '"x"').replace("COMMAND", 'split(" ", "a b")')), 1),
        (resource("aws_ecs_task_definition", 'container_definitions = templatefile("a.json", {})'), 1),
        (resource("aws_ecs_task_definition", "container_definitions = <<A\n[{ %{ if x }\nA"), 1),
        (resource("aws_ecs_task_definition", TASKS.replace("IMAGE", '"x"').replace("COMMAND", '["celery"]')), 0),
        (resource("google_cloud_run_service", 'template {\n  spec {\n    containers {\n image = "x"\n}\n}\n}'), 1),
        (resource("google_cloud_run_service", 'template {\n  spec {\n    containers {\n args = concat(["a"], b)\n}\n}\n}'), 1),
        (resource("azurerm_linux_web_app", "site_config {\n app_command_line = var.command\n}"), 1),
        (resource("azurerm_linux_web_app", "site_config {\n always_on = true\n}"), 1),
        (resource("heroku_formation", 'type = "web"'), 1),
        (resource("aws_s3_bucket", 'bucket = "a"'), 0),
        (task("docker", "      config {\n image = x\n command = local.command\n }"), 1),
        (task("docker", '      config {\n image = "redis"\n }'), 0),
    ],
)
def test_what_expressions_decide_is_unknown(files: dict[str, str], expected: int) -> None:
    project = link(parse(memory_tree({"app.py": APP, **files})), name="site")
    assert not project.launches
    assert len(project.unknown_starts) == expected


@pytest.mark.parametrize(
    "files",
    [
        resource(
            "aws_ecs_task_definition",
            TASKS.replace("IMAGE", '"x"').replace(
                "COMMAND", '["gunicorn", "app:app"]\n environment = [{ name = "A", value = "b" }, { name = "C", value = var.c }]'
            ),
        ),
        resource(
            "google_cloud_run_v2_service",
            'template {\n containers {\n args = ["gunicorn", "app:app"]\n env {\n name = "A"\n value = "b"\n }\n'
            ' env {\n name = "C"\n value = var.c\n }\n }\n}',
        ),
        task("exec", 'config {\n command = "gunicorn"\n args = ["app:app"]\n }\n env {\n A = "b"\n C = "x-${var.c}"\n }'),
        task("exec", 'config {\n command = "gunicorn"\n args = ["app:app"]\n }\n env = { A = "b", C = var.c }'),
        {"copilot/api/manifest.yml": COPILOT + "image: {location: x.io/y}\nvariables: {A: a}\nsecrets: {C: c}\nenvironments:\n live: {command: 'gunicorn app:app', variables: {A: b}}\n"},
    ],
)  # fmt: skip
def test_the_environment_is_known_where_it_is_plain(files: dict[str, str]) -> None:
    (launch,) = link(parse(memory_tree({"app.py": APP, **files})), name="site").launches
    assert getattr(launch.env["A"], "value", None) == "b"
    assert getattr(launch.env["C"], "value", None) is None


def test_a_task_says_the_folder_the_user_and_the_environment_in_the_image_of_the_project() -> None:
    said = '"command": ["main:app"], "workingDirectory": "back", "user": "web", "environment": [{"name": "A", "value": "b"}]'
    definition = f'{{"containerDefinitions": [{{"name": "w", "image": "acme/shop", {said}}}]}}'
    project = link(parse(memory_tree({"back/main.py": APP, **BUILT, "taskdef.json": definition})), name="site")
    (launch,) = (each for each in project.launches if each.kind == "ecs")
    assert (launch.module_file, launch.root_user, getattr(launch.env["A"], "value", None)) == ("back/main.py", False, "b")


@pytest.mark.parametrize(
    ("image", "command", "unknown"),
    [
        ("acme/shop", '["serve-it"]', ["taskdef.json:2"]),
        ("acme/shop", '["/opt/serve.sh"]', ["taskdef.json:2"]),
        ("acme/shop", '["celery", "worker"]', []),
        ("others/agent", '["serve-it"]', []),
    ],
)
def test_a_program_in_the_image_of_the_project_that_is_not_seen_is_unknown(
    image: str, command: str, unknown: list[str]
) -> None:
    dockerfile = BUILT | {"Dockerfile": "FROM python:3.13\nWORKDIR /app\nCOPY . .\n"}
    definition = f'{{"containerDefinitions": [{{"name": "w", "image": "{image}",\n"command": {command}}}]}}'
    project = link(parse(memory_tree({"app.py": APP, **dockerfile, "taskdef.json": definition})), name="site")
    assert [f"{hop.span.file}:{hop.span.line}" for hop in project.unknown_starts] == unknown


ECS = '{"containerDefinitions": [{"name": "w", "image": "x", "command": ["gunicorn", "app:app"]MORE}]}'
CLOUD_RUN = 'template {\n containers {\n args = ["gunicorn", "app:app"]\nMORE }\n}'
APP_SERVICE = 'site_config {\n app_command_line = "gunicorn app:app"\n}\nMORE'
APP_PLATFORM = 'spec {\nMOREservice {\n run_command = "gunicorn app:app"\nSERVICE}\n}'
NOMAD = '      config {\n command = "gunicorn"\n args = ["app:app"]\n }\nMORE'
SERVICE = COPILOT + "image: {location: x.io/y}\ncommand: gunicorn app:app\nenvironments:\n live: {MORE}\n"


@pytest.mark.parametrize(
    ("files", "names", "more"),
    [
        ({"taskdef.json": ECS.replace("MORE", "")}, [], False),
        ({"taskdef.json": ECS.replace("MORE", ', "environment": [{"name": "A", "value": "b"}]')}, ["A"], False),
        ({"taskdef.json": ECS.replace("MORE", ', "environment": null, "secrets": [{"name": "A", "valueFrom": "b"}]')}, ["A"], False),
        ({"taskdef.json": ECS.replace("MORE", ', "environmentFiles": [{"value": "arn:a", "type": "s3"}]')}, [], True),
        ({"taskdef.json": ECS.replace("MORE", ', "environment": "${variables}"')}, [], True),
        ({"taskdef.json": ECS.replace("MORE", ', "secrets": "${secrets}"')}, [], True),
        (resource("google_cloud_run_v2_service", CLOUD_RUN.replace("MORE", ' env {\n name = "A"\n }\n')), ["A"], False),
        (resource("google_cloud_run_v2_service", CLOUD_RUN.replace("MORE", ' env_from {\n secret_ref {\n }\n }\n')), [], True),
        (resource("google_cloud_run_v2_service", CLOUD_RUN.replace("MORE", ' dynamic "env" {\n for_each = var.a\n }\n')), [], True),
        (resource("google_cloud_run_v2_service", CLOUD_RUN.replace("MORE", ' dynamic "env_from" {\n for_each = var.a\n }\n')), [], True),
        (resource("google_cloud_run_v2_service", CLOUD_RUN.replace("MORE", ' dynamic "ports" {\n for_each = var.a\n }\n')), [], False),
        (resource("azurerm_linux_web_app", APP_SERVICE.replace("MORE", 'app_settings = { A = "b" }')), ["A"], False),
        (resource("azurerm_linux_web_app", APP_SERVICE.replace("MORE", "app_settings = local.settings")), [], True),
        (resource("azurerm_linux_web_app", APP_SERVICE.replace("MORE", "tags = local.settings")), [], False),
        (
            resource("digitalocean_app", APP_PLATFORM.replace("MORE", 'env {\n key = "A"\n value = "b"\n}\n').replace("SERVICE", 'env {\n key = "B"\n}\n')),
            ["A", "B"],
            False,
        ),
        (resource("digitalocean_app", APP_PLATFORM.replace("MORE", 'dynamic "env" {\n}\n').replace("SERVICE", "")), [], True),
        (task("exec", NOMAD.replace("MORE", 'env {\n A = "b"\n }')), ["A"], False),
        (task("exec", NOMAD.replace("MORE", "env = var.all")), [], True),
        (task("exec", NOMAD.replace("MORE", 'template {\n destination = "a"\n env = true\n }')), [], True),
        (task("exec", NOMAD.replace("MORE", 'template {\n destination = "a"\n }')), [], False),
        ({"copilot/api/manifest.yml": SERVICE.replace("MORE", "count: 2") + "variables: {A: b}\n"}, ["A"], False),
        ({"copilot/api/manifest.yml": SERVICE.replace("MORE", "variables: {A: b}")}, [], True),
        ({"copilot/api/manifest.yml": SERVICE.replace("MORE", "secrets: {A: b}")}, [], True),
        ({"copilot/api/manifest.yml": SERVICE.replace("MORE", "env_file: live.env")}, [], True),
        ({"copilot/api/manifest.yml": SERVICE + "env_file: live.env\n"}, [], True),
        ({"copilot/api/manifest.yml": COPILOT + "image: {location: x.io/y}\nenv_file: live.env\nenvironments:\n live: {command: gunicorn app:app}\n"}, [], True),
    ],
)  # fmt: skip
def test_whether_there_may_be_more_variables(files: dict[str, str], names: list[str], more: bool) -> None:
    project = link(parse(memory_tree({"app.py": APP, **files})), name="site")
    (launch,) = project.launches
    assert (sorted(set(launch.env) - {"PORT", "WEBSITE_SITE_NAME"}), has_more_variables(launch, project.facts)) == (names, more)
