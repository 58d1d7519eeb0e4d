"""Every reader of deploy files answers mutated and hostile input with facts or a ReadError, in bounded time."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flask_prodcheck.errors import ReadError
from flask_prodcheck.facts.apache import read_apache
from flask_prodcheck.facts.build_files import read_build_file
from flask_prodcheck.facts.circus import read_circus
from flask_prodcheck.facts.cloud_build import read_cloud_build
from flask_prodcheck.facts.compose import read_compose
from flask_prodcheck.facts.iis import read_iis
from flask_prodcheck.facts.image_builds import builds_of_scripts
from flask_prodcheck.facts.justfile import read_justfile
from flask_prodcheck.facts.kubernetes import read_kubernetes
from flask_prodcheck.facts.makefile import read_makefile
from flask_prodcheck.facts.nginx import read_nginx
from flask_prodcheck.facts.nginx_unit import read_nginx_unit
from flask_prodcheck.facts.nomad import read_nomad
from flask_prodcheck.facts.npm import read_npm
from flask_prodcheck.facts.platforms import read_platform
from flask_prodcheck.facts.shell import read_shell
from flask_prodcheck.facts.supervisor import read_supervisor
from flask_prodcheck.facts.systemd import read_systemd
from flask_prodcheck.facts.terraform import read_terraform
from flask_prodcheck.facts.tox import read_tox
from flask_prodcheck.facts.uwsgi import read_uwsgi
from flask_prodcheck.facts.workflows import read_workflow

Reader = Callable[[str, str], object]


def _builds_of_script(path: str, text: str) -> object:
    return list(builds_of_scripts({path: read_shell(path, text)}, {}))


CASES: list[tuple[Reader, str, str]] = [
    (read_compose, "compose.yml", "services:\n  web: &a\n    <<: *a\n    image: x\n    command: 'gunicorn a:b'\n    ports: ['1:2', {target: 3}]\n    env_file: {path: x}\n"),
    (read_kubernetes, "k.yaml", "kind: Deployment\nmetadata: {name: w}\nspec:\n  template:\n    spec:\n      containers:\n      - {name: a, image: b, command: [x], args: y, env: [{name: A, value: b}]}\n{{- if x }}\n"),
    (read_systemd, "a.service", "[Service]\nEnvironment='A=b' C=d\nExecStart=@/bin/a b \\\n c\n"),
    (read_supervisor, "supervisord.conf", "[program:a]\ncommand=a \"b\" ; c\nenvironment=A=\"b\",C='d'\n"),
    (read_circus, "circus.ini", "[watcher:a]\ncmd = a \"b\"\nargs = $(circus.wid)\n[env:a*,b]\nA = $(circus.env.B)\n"),
    (read_uwsgi, "uwsgi.ini", "[uwsgi]\nmodule = a:b\n"),
    (read_uwsgi, "uwsgi.xml", "<uwsgi><module>a</module></uwsgi>"),
    (read_iis, "web.config", '<configuration><appSettings><add key="WSGI_HANDLER" value="a.b()"/></appSettings><system.webServer><httpPlatform processPath="a" arguments="b %C%"><environmentVariables><environmentVariable name="D" value="e"/></environmentVariables></httpPlatform></system.webServer></configuration>'),
    (read_nginx_unit, "config.json", '{"listeners": {"*:80": {"pass": "applications/a"}}, "applications": {"a": {"type": "python", "path": ["b"], "module": "c"}}}'),
    (read_build_file, "docker-bake.hcl", '/* a */ variable "A" { default = "b" }\ntarget "c" {\n  inherits = ["d"] # e\n  tags = ["f:${A}",]\n  args = { G = A }\n}\n'),
    (read_build_file, "docker-bake.json", '{"target": {"a": {"inherits": ["b"], "tags": ["c"], "args": {"D": "e"}}}}'),
    (read_build_file, "skaffold.yaml", "build: {artifacts: [{image: a, context: b, docker: {dockerfile: c, buildArgs: {D: e}}}]}\n"),
    (read_workflow, ".github/workflows/a.yml", "env: {A: b}\njobs:\n  c:\n    strategy: {matrix: {d: [e, {f: g}], include: [{d: e, h: i}]}}\n    steps:\n    - {id: j, run: 'echo \"k=$A\" >> $GITHUB_OUTPUT && docker build -t $A .'}\n    - {uses: docker/build-push-action@v6, with: {tags: '${{ steps.j.outputs.k }}'}}\n"),
    (read_terraform, "main.tf", 'resource "aws_ecs_task_definition" "a" {\n  container_definitions = jsonencode([{ name = "b", command = ["c", var.d], environment = [{ name = "E", value = f(g) }] }])\n}\nresource "google_cloud_run_service" "a" { /* x */ template { spec { containers { args = ["b"] } } } }\n'),
    (read_terraform, "main.tf", 'resource "aws_ecs_task_definition" "a" {\n  container_definitions = <<A\n[{"name": "b", "command": ["c"]}]\nA\n}\n'),
    (read_nomad, "web.nomad", 'job "a" {\n  group "b" {\n    task "c" {\n      driver = "docker"\n      config { image = "d"\n args = ["e", "${f}"] }\n      env = { G = h }\n    }\n  }\n}\n'),
    (read_cloud_build, "cloudbuild.yaml", "steps:\n- {name: a/docker, args: [build, -t, 'b/$_C', .], dir: d}\n- {entrypoint: bash, args: [-c, 'docker build -t $$E .']}\nimages: [b/c]\nsubstitutions: {_C: c}\n"),
    (read_workflow, ".github/actions/a/action.yml", "inputs: {b: {default: c}}\nruns:\n  using: composite\n  steps:\n  - run: 'docker build -t ${{ inputs.b }} .'\n  - {uses: ./.github/actions/d, with: {e: '${{ inputs.b }}'}}\n"),
    (read_uwsgi, "uwsgi.json", '{"uwsgi": {"module": "a", "mount": ["b", "c"]}}'),
    (read_apache, "a.conf", "<VirtualHost *>\nWSGIDaemonProcess a user=b\nWSGIScriptAlias / /x.wsgi process-group=a\n</VirtualHost>\n"),
    (read_nginx, "nginx.conf", "upstream a { server b:1; }\nserver { listen 443 ssl; location / { proxy_pass http://a; } }\n"),
    (read_nginx, "Caddyfile", "a.b {\n reverse_proxy c:1 {\n header_up Host x\n }\n}\n"),
    (read_makefile, "Makefile", "A := $(B)\nB = $(A) $(C)\nexport C ?= 1\nrun: x ## y\n\t@$(A) \\\n\t  b $$c\n"),
    (read_justfile, "justfile", "a := 'b'\nset x := true\nrun p='1': y\n  @{{a}} c \\\n   d\n"),
    (read_npm, "package.json", '{"scripts": {"a": "b", "c": null}}'),
    (read_tox, "tox.ini", "[testenv]\nsetenv = A=b\ncommands =\n  a \\\n  b\n"),
    (read_platform, "app.yaml", "runtime: python39\nentrypoint: gunicorn a:b\nenv_variables: {A: b}\n"),
    (read_platform, "render.yaml", "services:\n- {type: web, startCommand: a, envVars: [{key: A, value: b}]}\n"),
    (read_platform, "fly.toml", "[processes]\nweb = 'a b'\n[[services]]\ninternal_port = 1\n[env]\nA = true\n"),
    (read_platform, "railway.json", '{"deploy": {"startCommand": "a"}, "environments": {"p": {"deploy": {"startCommand": "b"}}}}'),
    (read_platform, "heroku.yml", "build: {docker: {web: Dockerfile}}\nrun:\n  web: a\n  x: {command: [b]}\n"),
    (read_platform, "manifest.yml", "applications:\n- {name: a, command: b, processes: [{type: web, command: c}]}\n"),
    (read_platform, "copilot/a/manifest.yml", "name: a\ntype: b\nimage: {build: {dockerfile: c, args: {D: e}}}\nentrypoint: f 'g'\nvariables: {H: i}\nsecrets: {J: k}\nenvironments: {l: {command: [m]}}\n"),
    (read_platform, "zappa_settings.json", '{"a": {"app_function": "x.app"}, "b": {"extends": "a"}}'),
    (read_platform, ".ebextensions/a.config", "option_settings:\n- {namespace: 'aws:elasticbeanstalk:container:python', option_name: WSGIPath, value: a}\n"),
    (read_platform, "main.bicep", "x: {\n appCommandLine: 'a \\'b'\n linuxFxVersion: 'PYTHON|3.9'\n}\n"),
    (read_platform, "taskdef.json", '{"containerDefinitions": [{"name": "a", "entryPoint": ["b"], "command": ["c"]}]}'),
]  # fmt: skip

TOKENS = st.sampled_from(
    ["{{ x }}", "{%", "}}", "${", "$(", "\\", "\n", "\t", "[", "]", "{", "}", "'", '"', ":", "- ", "&a ", "*a", "<<: ", "!x ", "#", ";", "=", "\0", "\ud800", "\ue0009\ue001", "é", "|", ">", "%(", "null", "9" * 5000, "?", ",", "\r", "\x85", "\u2028"]
)  # fmt: skip


@pytest.mark.parametrize(
    ("reader", "path", "text"), CASES, ids=[f"{reader.__name__}-{path}" for reader, path, _ in CASES]
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_mutations_raise_nothing_but_read_errors(reader: Reader, path: str, text: str, data: st.DataObject) -> None:
    for _ in range(data.draw(st.integers(0, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 6)))
        text = text[:start] + data.draw(TOKENS) + text[end:]
    line = 1
    try:
        reader(path, text)
    except ReadError as error:
        line = error.line
    assert 1 <= line <= sum(text.count(each) for each in ("\n", "\r", "\x85", "\u2028")) + 2


BIG = 40_000
HOSTILE: list[tuple[Reader, str, str]] = [
    (read_compose, "compose.yml", "services: " + "[" * BIG),
    (read_compose, "compose.yml", "- " * BIG),
    (read_compose, "compose.yml", "a: &a " + "x" + "".join(f"\nb{i}: &b{i} {{<<: [" + ", ".join([f"*b{i - 1}"] * 9) + "]}" for i in range(1, 200))),
    (read_compose, "compose.yml", "{{ x }}" * BIG),
    (read_compose, "compose.yml", "{{" * BIG),
    (read_kubernetes, "k.yml", "kind: X\nspec: &s {a: *s, b: [*s, *s]}\n"),
    (read_kubernetes, "k.yml", "kind: List\nitems: &i [*i, *i]\n"),
    (read_nginx, "nginx.conf", '"' * BIG),
    (read_nginx, "nginx.conf", "a\\" * BIG),
    (read_makefile, "Makefile", "\n".join(f"A{i} = " + f"$(A{i + 1})" * 50 for i in range(12)) + "\nx:\n\t$(A0)\n"),
    (read_makefile, "Makefile", "a " * BIG + ":" * BIG),
    (read_justfile, "justfile", "a" * BIG + ":=" * 10),
    (read_supervisor, "s.conf", "[program:x]\ncommand=a\nenvironment=" + "A" * BIG),
    (read_circus, "c.ini", "[env:" + "*a" * BIG + "]\nA = b\n[watcher:" + "a" * BIG + "]\ncmd = b\n"),
    (read_systemd, "a.service", "[Service]\nEnvironment=" + "{{" * BIG),
    (read_iis, "web.config", "WSGI_HANDLER" + "<a>" * BIG),
    (read_iis, "web.config", "<handlers>" + '<httpPlatform processPath="a"/>' * 20_000 + "</handlers>"),
    (read_iis, "web.config", '\ufeff<?xml version="1.0" encoding="shift_jis"?><a b="WSGI_HANDLER"/>'),
    (read_iis, "web.config", '<?xml version="1.0"' + " " * 300 + 'encoding="none"?><a b="WSGI_HANDLER"/>'),
    (read_nginx_unit, "config.json", '{"listeners": {}, "applications": {} ' + "/* " * BIG),
    (read_nginx_unit, "config.json", '{"listeners": {}, "applications": {} ' + '"\\' * BIG),
    (read_nginx_unit, "config.json", '{"listeners": &a {"b": *a}, "applications": &c {"d": *c, "targets": *c, "type": python}}'),
    (read_build_file, "docker-bake.hcl", 'target "a" {' + "b = {" * BIG),
    (read_build_file, "docker-bake.hcl", '"\\' * BIG),
    (read_build_file, "docker-bake.hcl", "/* " * BIG),
    (read_build_file, "docker-bake.hcl", "/**/" * BIG),
    (read_build_file, "docker-bake.hcl", 'variable "A" { default = "' + "x" * 200_000 + '" }\ntarget "b" { tags = ["' + "${A}" * 60_000 + '"] }'),
    (read_build_file, "docker-bake.json", '{"target": {' + ",".join(f'"t{i}": {{"inherits": ["t{i + 1}", "t{i + 2}", "t{i + 3}", "t{i + 4}"]}}' for i in range(3000)) + "}}"),
    (read_terraform, "main.tf", 'resource "aws_ecs_task_definition" "a" {' + "container_definitions = jsonencode([" * BIG),
    (read_terraform, "main.tf", "a = <<A\n" * BIG),
    (read_terraform, "main.tf", "a {\n" * BIG),
    (read_terraform, "main.tf", 'resource "aws_ecs_task_definition" "a" {\ncontainer_definitions = <<A\n' + "[" * BIG + "\nA\n}\n"),
    (read_terraform, "main.tf", "a = [" + ") } ( " * BIG),
    (read_terraform, "main.tf", "\n" * BIG + 'resource "aws_ecs_task_definition" "a" {\ncontainer_definitions = jsonencode([{}])\n}\n' * 600),
    (read_nomad, "web.nomad", 'job "a" {\n' + 'group "b" {\n' * BIG),
    (read_cloud_build, "cloudbuild.yaml", "steps: &a [{args: *a, name: docker, script: *a}, *a]\nsubstitutions: &b {_A: *b}\nimages: *a\n"),
    (read_cloud_build, "cloudbuild.yaml", "substitutions: {_A: " + "x" * 100_000 + "}\nsteps: [{name: docker, args: [build, '" + "$_A" * BIG + "']}]\n"),
    (read_workflow, "w.yml", "# kaniko " + "${{" * BIG),
    (read_workflow, "w.yml", "# kaniko\njobs: {a: {strategy: {matrix: {b: [&c {d: *c}], include: [*c]}}}}\n"),
    (read_workflow, "w.yml", "on: &a {workflow_call: {inputs: *a}}\ninputs: *a\nruns: &b {steps: [*b, *b], uses: ./c, with: *b}\n" + "# uses: ./" * BIG),
    (read_workflow, "w.yml", "# kaniko\nenv: {A: x}\njobs:\n a:\n  steps:\n" + '  - run: echo "A=$A$A" >> $GITHUB_ENV\n' * 60),
    (read_workflow, "w.yml", "# kaniko\nenv: {A: " + "x" * 100_000 + "}\njobs: {a: {env: {B: " + "$A" * 50_000 + "}}}\n"),
    (_builds_of_script, "a.sh", "A0=xx\n" + "".join(f"A{i + 1}=$A{i}$A{i}\n" for i in range(60)) + "docker build .\n"),
    (_builds_of_script, "a.sh", "A=" + "x" * 100_000 + "\ndocker build -t " + "$A" * BIG + " .\n"),
    (_builds_of_script, "a.sh", "docker build -t a .\ndocker tag a b\n" * 2000),
    (read_compose, "compose.yml", "{% if x %}\nservices:\n" + "".join(f" a{i}: {{}}\n" for i in range(20_000)) + "{% endif %}\n"),
    (read_uwsgi, "u.xml", "<uwsgi>" * BIG),
    (read_uwsgi, "u.xml", '<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;">]><uwsgi><module>&d;</module></uwsgi>'),
    (read_platform, "fly.toml", "a = " + "[" * BIG),
    (read_platform, "main.bicep", "appCommandLine: '" * BIG),
]  # fmt: skip


@pytest.mark.parametrize(("reader", "path", "text"), HOSTILE)
def test_hostile_inputs_end_quickly(reader: Reader, path: str, text: str) -> None:
    began = time.process_time()
    with contextlib.suppress(ReadError):
        reader(path, text)
    assert time.process_time() - began < 3


def test_aliases_that_multiply_are_refused() -> None:
    entries = "".join(f"    V{i}: x\n" for i in range(1000))
    services = "".join(f"  s{i}:\n    image: x\n    environment: *e\n" for i in range(1000))
    with pytest.raises(ReadError, match="too many values"):
        read_compose("compose.yml", f"x-e:\n  e: &e\n{entries}services:\n{services}")
