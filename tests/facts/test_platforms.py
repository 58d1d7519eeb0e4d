from __future__ import annotations

import pytest

from flask_prodcheck.errors import ReadError
from flask_prodcheck.facts.platforms import read_platform
from flask_prodcheck.facts.toml_lines import places_of

Row = tuple[str, str, str | None, str, int]  # kind, name, command (shell text or words joined by |), role, line


def rows(path: str, text: str) -> list[Row]:
    found = []
    for start in read_platform(path, text).starts:
        command = start.command
        shown = None if command is None else command.shell if command.argv is None else "|".join(command.argv)
        found.append((start.kind, start.name, shown, start.role, start.span.line))
    return found


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("app.yaml", "runtime: python311\nentrypoint: gunicorn a:b\n", [("app-engine", "default", "gunicorn a:b", "run", 2)]),
        ("app.yaml", "service: api\nruntime: python311\n", [("app-engine", "api", None, "run", 2)]),
        ("app.yaml", "runtime: nodejs20\n", []),
        ("deta.yaml", "runtime: python3.9\nrun: a\n", []),
        ("app.yaml", "runtime: python27\nhandlers:\n- {url: a, script: b.c}\n- {url: d, script: e.py}\n- {url: f, script: google.appengine.x.y}\n", [("app-engine", "b.c", None, "run", 3), ("app-engine", "e.py", None, "unknown", 4)]),
        ("render.yaml", "services:\n- type: web\n  name: s\n  preDeployCommand: m\n  startCommand: g\n- type: redis\n  name: r\n", [("render", "s", "m", "release", 4), ("render", "s", "g", "run", 5)]),
        ("render.yaml", "services:\n- type: web\n  runtime: docker\n  name: s\n", [("render", "s", None, "run", 2)]),
        ("fly.toml", "app = 'x'\n[processes]\nweb = \"gunicorn 'a b'\"\n[deploy]\nrelease_command = 'm'\n", [("fly", "release", "m", "release", 5), ("fly", "web", "gunicorn|a b", "run", 3)]),
        ("fly.production.toml", "[experimental]\ncmd = ['a', 'b']\n", [("fly", "app", "a|b", "run", 2)]),
        ("netlify.toml", "[build]\nbase = 'b'\ncommand = 'x y'\n[context.production]\ncommand = 'z'\n[dev]\nport = 1\n", [("netlify", "build", "x y", "run", 3), ("netlify", "build of production", "z", "run", 5)]),
        ("fly.toml", "[build]\ndockerfile = 'D'\n", [("fly", "app", None, "run", 1)]),
        ("railway.toml", "[build]\nbuilder = 'NIXPACKS'\n[deploy]\nstartCommand = 'g'\n", [("railway", "web", "g", "run", 4)]),
        ("railway.json", '{\n"deploy": {"startCommand": "g"},\n"environments": {"pr": {"deploy": {\n"startCommand": "h"}}}}', [("railway", "web", "g", "run", 2), ("railway", "pr", "h", "run", 4)]),
        ("railway.toml", "[build]\nbuilder = 'RAILPACK'\n", [("railway", "web", None, "run", 1)]),
        ("nixpacks.toml", "[start]\ncmd = 'g'\n", [("nixpacks", "web", "g", "run", 2)]),
        ("railpack.json", '{"deploy": {"startCommand": "g"}}', [("railpack", "web", "g", "run", 1)]),
        ("heroku.yml", "build:\n  docker:\n    web: D\nrelease:\n  command: [m]\nrun:\n  worker: w\n", [("heroku-yml", "release", "m", "release", 5), ("heroku-yml", "worker", "w", "run", 7), ("heroku-yml", "web", None, "run", 1)]),
        ("app.json", '{"scripts": {\n"postdeploy": "m", "dokku": {"predeploy": "n"}}}', [("app-json", "postdeploy", "m", "release", 2), ("app-json", "dokku.predeploy", "n", "release", 2)]),
        ("copilot/a/manifest.yml", "name: a\ntype: Backend Service\nimage: {build: D}\nentrypoint: g 'h i'\nenvironments:\n  test:\n    command: [j]\n  live: {count: 2}\n", [("ecs", "a", "g|h i", "run", 4), ("ecs", "a test", "g|h i|j", "run", 4)]),
        ("copilot/a/manifest.yml", "name: a\ntype: Scheduled Job\nimage: {build: D}\nentrypoint: g\n", []),
        ("manifest.yml", "applications:\n- name: a\n  command: g\n- name: b\n", [("cloudfoundry", "a", "g", "run", 3), ("cloudfoundry", "b", None, "run", 4)]),
        ("zappa_settings.json", '{"dev": {"app_function": "m.app"},\n"prod": {"extends": "dev"}, "x": {}}', [("zappa", "dev", None, "run", 1), ("zappa", "prod", None, "run", 1)]),
        ("zappa_settings.toml", "[dev]\napp_function = 'm.app'\n", [("zappa", "dev", None, "run", 2)]),
        ("serverless.yml", "custom:\n  wsgi:\n    app: m.app\n", [("serverless", "wsgi", None, "run", 3)]),
        ("serverless.yml", "custom:\n  wsgi:\n    app: m.app\nfunctions:\n  a:\n    handler: wsgi.handler\n  b: {handler: m.b}\n  c: {handler: wsgi_handler.handler}\n", [("serverless", "a", None, "run", 6), ("serverless", "c", None, "run", 8)]),
        ("template.yaml", "Transform: AWS::Serverless-2016-10-31\nResources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties: {Handler: !Sub 'a.b'}\n", [("sam", "F", None, "run", 5)]),
        ("vercel.json", '{"builds": [{"src": "api/index.py", "use": "@vercel/python"}]}', [("vercel", "api/index.py", None, "run", 1)]),
        ("apprunner.yaml", "version: 1.0\nruntime: python311\nrun:\n  pre-run: [m]\n  command: g\n", [("apprunner", "pre-run", "m", "release", 4), ("apprunner", "web", "g", "run", 5)]),
        (".do/app.yaml", "name: x\nservices:\n- name: web\n  run_command: g\njobs:\n- name: m\n  run_command: n\n", [("digitalocean", "web", "g", "run", 4), ("digitalocean", "m", "n", "release", 7)]),
        (".do/deploy.template.yaml", "spec:\n  services:\n  - name: web\n    run_command: g\n", [("digitalocean", "web", "g", "run", 4)]),
        (".replit", 'run = "python main.py"\n[deployment]\nrun = ["gunicorn", "a:b"]\n', [("replit", "deployment", "gunicorn|a:b", "run", 3), ("replit", "run", "python main.py", "run", 1)]),
        (".replit", 'entrypoint = "web/main.py"\nmodules = ["python-3.12"]\n', [("replit", "run", "python|web/main.py", "run", 1)]),
        (".replit", 'run = "make serve"\nentrypoint = "main.py"\n', [("replit", "run", "make serve", "run", 1)]),
        ("azure.yaml", "services:\n  web:\n    project: .\n    host: appservice\n    language: py\n", [("azure", "web", None, "run", 3)]),
        ("infra/main.bicep", "resource x 'y' = {\n  siteConfig: {\n    linuxFxVersion: 'PYTHON|3.11'\n    appCommandLine: 'gunicorn a:b'\n    appCommandLine: startup\n  }\n}\n", [("azure", "web", "gunicorn a:b", "run", 4)]),
        ("azuredeploy.json", '{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",\n"resources": [{"properties": {"siteConfig": {\n"appCommandLine": "g"}}}]}', [("azure", "web", "g", "run", 3)]),
        (".ebextensions/01.config", "option_settings:\n  aws:elasticbeanstalk:container:python:\n    WSGIPath: a.b:app\n", [("beanstalk", "web", None, "run", 3)]),
        (".ebextensions/01.config", "container_commands:\n  01_m:\n    command: m\n", [("beanstalk", "01_m", "m", "deploy", 3)]),
        ("captain-definition", '{"schemaVersion": 2, "dockerfilePath": "./D"}', []),
        ("koyeb.yaml", "services:\n- name: w\n  git:\n    run_command: g\n", [("koyeb", "w", "g", "run", 4)]),
        ("taskdef.json", '{"containerDefinitions": [\n{"name": "w", "entryPoint": ["a"], "command": ["b"]}, {"name": "v", "command": []}]}', [("ecs", "w", "a|b", "run", 2), ("ecs", "v", None, "run", 2)]),
    ],
)  # fmt: skip
def test_starts(path: str, text: str, expected: list[Row]) -> None:
    assert rows(path, text) == expected


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (".ebextensions/a.config", "option_settings:\n- option_name: A\n  value: b\n- {namespace: 'aws:elasticbeanstalk:container:python', option_name: WSGIPath, value: x}\n"),
        (".ebextensions/b.config", "option_settings:\n  aws:elasticbeanstalk:application:environment: {A: b}\n  aws:elasticbeanstalk:container:python: {WSGIPath: x}\n"),
    ],
)  # fmt: skip
def test_beanstalk_notations(path: str, text: str) -> None:
    (start,) = read_platform(path, text).starts
    assert (start.options, [(var.name, var.value) for var in start.env]) == ((("WSGIPath", "x"),), [("A", "b")])


def test_environment_and_options() -> None:
    (start,) = read_platform(
        "render.yaml",
        "services:\n- type: web\n  rootDir: api\n  startCommand: g\n  envVars: [{key: A, value: b}, {key: S, sync: false}]\n",
    ).starts
    assert (start.cwd, dict(start.options)["root"]) == ("api", "api")
    assert [(var.name, var.value) for var in start.env] == [("A", "b"), ("S", None)]
    assert (
        dict(read_platform("zappa_settings.json", '{"p": {"app_function": "m.app"}}').starts[0].options)["app_function"]
        == "m.app"
    )
    for mounts in ("[mounts]\nsource = 'a'\ndestination = '/data'\n", "[[mounts]]\ndestination = '/data'\n"):
        assert dict(read_platform("fly.toml", f"app = 'x'\n{mounts}").starts[0].options)["mount"] == "/data"
    disk = "services:\n  - type: web\n    startCommand: a\n    disk:\n      name: b\n      mountPath: /data\n"
    assert dict(read_platform("render.yaml", disk).starts[0].options)["mount"] == "/data"
    assert dict(read_platform("railway.toml", "[build]\nbuilder = 'x'\ndockerfilePath = 'D'\n").starts[0].options) == {
        "builder": "x",
        "dockerfile": "D",
    }
    assert read_platform(
        "template.yaml", "Resources:\n  F: {Type: 'AWS::Lambda::Function', Properties: {Handler: a.b}}\n"
    ).settings == (("handler.F", "a.b"),)


def test_toml_errors_and_places() -> None:
    with pytest.raises(ReadError) as caught:
        read_platform("fly.toml", "a = 1\nb = \n")
    assert caught.value.line == 2
    places = places_of('a = """\nb = 1\n"""\n[c.d]\ne.f = 1\n[[g]]\nh = 1\n[[g]]\nh = 2\n[g.i]\nj = 1\n')
    assert (places["a",], places["c", "d", "e", "f"], places["g", "1", "h"], places["g", "1", "i", "j"]) == (
        1,
        5,
        9,
        11,
    )
    assert ("b",) not in places


def test_beanstalk_environment_alone_is_no_process() -> None:
    text = "option_settings:\n  aws:elasticbeanstalk:application:environment:\n    FLASK_DEBUG: true\n"
    (start,) = read_platform(".ebextensions/env.config", text).starts
    assert (start.role, start.command, start.env[0].value, start.env[0].span.line) == ("release", None, "true", 3)
    text = "branch-defaults: {}\nglobal:\n  default_platform: Python 3.11\n"
    assert rows(".elasticbeanstalk/config.global.yml", text) == [("beanstalk", "web", None, "run", 3)]
