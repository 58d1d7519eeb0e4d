"""What the files around an application show: TLS, processes, the modules that serve, production paths."""

from __future__ import annotations

import pytest

from flask_prodcheck.facts.parse import parse
from flask_prodcheck.model.deployment.paths import is_production_path
from flask_prodcheck.model.deployment.processes import kept_apart, replicas, runs_several, worker_processes
from flask_prodcheck.model.deployment.served import calls_of, served_modules, used_by
from flask_prodcheck.model.deployment.tls import tls_evidence
from flask_prodcheck.model.link import link
from flask_prodcheck.model.project import Project
from flask_prodcheck.sources.discover import memory_tree

APP = "from flask import Flask\napp = Flask(__name__)\n"
BASE = {"requirements.txt": "flask\ngunicorn\n", "app.py": APP}
PROC = {"Procfile": "web: gunicorn -w 2 app:app\n"}
IMAGE = {"Dockerfile": 'FROM python:3.13\nWORKDIR /app\nCOPY . .\nCMD ["gunicorn", "-b", ":8000", "app:app"]\n'}
PLAIN_NGINX = "server {\n  listen 80;\n  location / { proxy_pass http://127.0.0.1:8000; }\n}\n"
TLS_NGINX = "server {\n  listen 443 ssl;\n  location / { proxy_pass http://127.0.0.1:8000; }\n}\n"
STATIC_NGINX = "server {\n  listen 443 ssl;\n  root /www;\n}\n"
INGRESS = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: web\nspec:\n{}  rules: []\n"


def project(*parts: dict[str, str]) -> Project:
    return link(parse(memory_tree({name: text for part in (BASE, *parts) for name, text in part.items()})), name="p")


def compose(labels: str = "", environment: str = "", replicas: str = "") -> dict[str, str]:
    return {
        "docker-compose.yml": "services:\n  web:\n    build: .\n    command: gunicorn -w 2 app:app\n"
        + labels
        + environment
        + replicas
    }


@pytest.mark.parametrize(
    ("parts", "place"),
    [
        ([PROC], None),
        ([PROC, {"site.conf": PLAIN_NGINX}], None),
        ([PROC, {"site.conf": TLS_NGINX}], "site.conf"),
        ([PROC, {"site.conf": STATIC_NGINX}], None),
        ([{"Procfile": "web: gunicorn --certfile site.pem --keyfile site.key app:app\n"}], "Procfile"),
        (
            [IMAGE, compose("    labels:\n      - traefik.http.routers.web.tls.certresolver=main\n")],
            "docker-compose.yml",
        ),
        (
            [IMAGE, compose("    labels:\n      traefik.http.routers.web.entrypoints: websecure\n")],
            "docker-compose.yml",
        ),
        ([IMAGE, compose("    labels:\n      traefik.http.routers.web.tls: 'false'\n")], None),
        ([IMAGE, compose("    labels:\n      - org.example.tls=yes\n")], None),
        ([IMAGE, {"fly.toml": "app = 'shop'\n[http_service]\ninternal_port = 8000\n"}], "fly.toml"),
        ([IMAGE, {"other/fly.toml": "app = 'shop'\n[http_service]\ninternal_port = 8000\n"}], None),
        (
            [IMAGE, compose(environment="    environment:\n      LETSENCRYPT_HOST: shop.example.org\n")],
            "docker-compose.yml",
        ),
        ([PROC, {"k8s/ingress.yaml": INGRESS.format("  tls:\n    - hosts: [shop.example.org]\n")}], "k8s/ingress.yaml"),
        ([PROC, {"k8s/ingress.yaml": INGRESS.format("")}], None),
        ([PROC, {"app.py": APP + 'app.config["PREFERRED_URL_SCHEME"] = "https"\n'}], "app.py"),
        ([PROC, {"app.py": APP + 'app.config["PREFERRED_URL_SCHEME"] = "http"\n'}], None),
        (
            [{"render.yaml": "services:\n  - type: web\n    runtime: python\n    startCommand: gunicorn app:app\n"}],
            "render.yaml",
        ),
    ],
)
def test_tls(parts: list[dict[str, str]], place: str | None) -> None:
    subject = project(*parts)
    found = [tls_evidence(subject, each) for each in subject.configurations]
    assert found
    assert {each.file if each is not None else None for each in found} == {place}


@pytest.mark.parametrize(
    ("command", "count"),
    [
        ("gunicorn -w 4 app:app", 4),
        ("gunicorn app:app", None),
        ("gunicorn -w $WORKERS app:app", None),
        ("uwsgi --module app:app --processes 3", 3),
        ("waitress-serve app:app", 1),
        ("flask run", 1),
    ],
)
def test_worker_processes(command: str, count: int | None) -> None:
    launch = project({"Procfile": f"web: {command}\n"}).launches[0]
    assert worker_processes(launch) == count


def test_replicas_of_a_service() -> None:
    several = project(IMAGE, compose(replicas="    deploy:\n      replicas: 3\n"))
    launch = next(each for each in several.launches if each.kind == "compose")
    assert replicas(several, launch) == 3
    assert runs_several(several, launch)
    alone = project({"Procfile": "web: gunicorn -w 1 app:app\n"})
    assert replicas(alone, alone.launches[0]) is None
    assert not runs_several(alone, alone.launches[0])


POD = "kind: {}\napiVersion: {}\nmetadata: {{name: web}}\nspec: {{{}template: {{{}spec: {{containers: [{{name: web, image: web}}]}}}}}}\n"
AUTOSCALER = (
    "---\nkind: HorizontalPodAutoscaler\nspec: {{scaleTargetRef: {{name: {}}}, minReplicas: 2, maxReplicas: 5}}\n"
)
DEPLOYMENT = POD.format("Deployment", "apps/v1", "{}", "")
KNATIVE = POD.format("Service", "serving.knative.dev/v1", "", "{}")
BOUND = 'metadata: {annotations: {autoscaling.knative.dev/maxScale: "%d"}}, '
ONE = {
    "Dockerfile": IMAGE["Dockerfile"].replace('"-b"', '"-w", "1", "-b"'),
    "pyproject.toml": "[project]\nname = 'web'\n",
}
RENDER = "services:\n  - type: web\n    runtime: python\n    startCommand: gunicorn -w 1 app:app\n"
SPEC = "spec:\n  services:\n  - name: web\n    run_command: gunicorn -w 1 app:app\n"
FOUNDRY = "applications:\n- name: web\n  command: gunicorn -w 1 app:app\n"
RAILWAY = "[deploy]\nstartCommand = 'gunicorn -w 1 app:app'\n"
FLY = "app = 'web'\n[http_service]\nmin_machines_running = {}\n"
ENGINE = "runtime: python312\nentrypoint: gunicorn -w 1 app:app\n"


@pytest.mark.parametrize(
    ("files", "where"),
    [
        (ONE, ""),
        ({**ONE, "compose.yaml": "services:\n  web:\n    build: .\n    deploy: {replicas: 2}\n"}, "each of 2 processes"),
        ({**ONE, "dev.yaml": "services:\n  dev:\n    build: .\n    deploy: {replicas: 2}\n"}, ""),
        ({**ONE, "k8s/web.yaml": DEPLOYMENT.replace("{}", "replicas: 3, ")}, "each of 3 processes"),
        ({**ONE, "k8s/web.yaml": DEPLOYMENT.replace("{}", "replicas: 1, ")}, ""),
        ({**ONE, "k8s/web.yaml": DEPLOYMENT.replace("{}", "") + AUTOSCALER.format("web")}, "each of 2 processes"),
        ({**ONE, "k8s/web.yaml": DEPLOYMENT.replace("{}", "") + AUTOSCALER.format("worker")}, ""),
        ({**ONE, "k8s/web.yaml": KNATIVE.replace("{}", "")}, "each instance that the platform starts"),
        ({**ONE, "k8s/web.yaml": KNATIVE.replace("{}", BOUND % 5)}, "each instance that the platform starts"),
        ({**ONE, "k8s/web.yaml": KNATIVE.replace("{}", BOUND % 1)}, ""),
        ({**ONE, "fly.toml": FLY.format(2)}, "each of 2 processes"),
        ({**ONE, "fly.toml": FLY.format(1)}, ""),
        ({**ONE, "fly.toml": "[[services]]\nmin_machines_running = 3\n"}, "each of 3 processes"),
        ({".do/app.yaml": SPEC + "    instance_count: 2\n"}, "each of 2 processes"),
        ({"manifest.yml": FOUNDRY + "  instances: 2\n"}, "each of 2 processes"),
        ({"railway.toml": RAILWAY + "numReplicas = 2\n"}, "each of 2 processes"),
        ({"render.yaml": RENDER + "    numInstances: 4\n"}, "each of 4 processes"),
        ({"render.yaml": RENDER}, ""),
        ({"app.yaml": ENGINE}, "each instance that the platform starts"),
        ({"app.yaml": ENGINE + "automatic_scaling: {max_instances: 1}\n"}, ""),
        ({"app.yaml": ENGINE + "basic_scaling: {max_instances: 1}\n"}, ""),
        ({"app.yaml": ENGINE + "manual_scaling: {instances: 1}\n"}, ""),
        ({"app.yaml": ENGINE + "manual_scaling: {instances: 2}\n"}, "each of 2 processes"),
        ({"zappa_settings.json": '{"live": {"app_function": "app.app"}}'}, "each instance of the function"),
    ],
)
def test_what_the_memory_of_the_application_exists_once_in(files: dict[str, str], where: str) -> None:
    subject = project(files)
    launches = [each for each in subject.production if each.app is not None]
    assert launches
    assert {kept_apart(subject, each) for each in launches} == {where}


SHOP = {
    "Procfile": "web: gunicorn -w 2 'shop:create_app()'\n",
    "app.py": "",
    "shop/__init__.py": "from flask import Flask\n\n\ndef create_app():\n    return Flask(__name__)\n",
    "shop/views.py": "from flask import Blueprint, request\nviews = Blueprint('v', __name__)\n\n\n"
    "@views.post('/')\ndef upload():\n    return str(len(request.files))\n",
    "shop/auth.py": "from shop.tokens import login_required\n\n\n@login_required\ndef secret():\n    return ''\n",
    "shop/tests/test_views.py": "from flask import session\n\n\ndef test_it():\n    session['a'] = 1\n",
    "tools/clean.py": "from flask import session\n\n\ndef clean():\n    session.clear()\n",
}


def test_served_modules_and_their_uses() -> None:
    subject = project(SHOP)
    (configuration,) = subject.configurations
    assert [module.path for module in served_modules(subject, configuration)] == [
        "shop/__init__.py",
        "shop/auth.py",
        "shop/views.py",
    ]
    used = used_by(subject, configuration, "files")
    assert used is not None and (used.file, used.line) == ("shop/views.py", 7)
    assert used_by(subject, configuration, "session") is None


def test_calls_of_an_imported_name() -> None:
    text = (
        "import flask_cors\nfrom flask import Flask\nfrom flask_cors import CORS as Share\n"
        "from other import CORS\napp = Flask(__name__)\nShare(app)\nflask_cors.CORS(app)\nCORS(app)\n"
        "if app.debug:\n    Share(app)\n"
    )
    module = project({"app.py": text}).facts.modules["app.py"]
    found = [(call.span.line, context.conditional) for call, context in calls_of(module, "flask_cors", "CORS")]
    assert found == [(6, False), (7, False), (10, True)]


@pytest.mark.parametrize(
    ("path", "production"),
    [
        ("docker-compose.yml", True),
        ("deploy/docker-compose.prod.yml", True),
        ("docker-compose.dev.yml", False),
        (".devcontainer/docker-compose.yml", False),
        ("tests/docker-compose.yml", False),
        ("examples/shop/Dockerfile", False),
    ],
)
def test_production_path(path: str, production: bool) -> None:
    assert is_production_path(path) is production
