"""Numbers that files write in ways which ``int`` refuses end no audit."""

from __future__ import annotations

import pytest

from flask_prodcheck.audit import audit_tree
from flask_prodcheck.numerals import numeral
from flask_prodcheck.sources.discover import memory_tree

APP = "import os\nfrom flask import Flask\napp = Flask(__name__)\n"
MANY = "9" * 5000  # more digits than int() reads
ODD = ("³", "\u0663", "\uff18\uff10", MANY, "-" * 3 + "1")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("8000", 8000),
        ("999999999", 999_999_999),
        ("1234567890", None),
        ("", None),
        (None, None),
        (" 1", None),
        ("-1", None),
        ("+1", None),
        ("1_0", None),
        ("1.0", None),
        *((odd, None) for odd in ODD),
    ],
)
def test_what_is_a_numeral(text: str | None, number: int | None) -> None:
    assert numeral(text) == number


PLACES = {
    "workers": {"Procfile": "web: gunicorn -w {} -t {} --graceful-timeout {} -b :{} app:app\n"},
    "uWSGI": {"uwsgi.ini": "[uwsgi]\nmodule = app:app\nprocesses = {}\nhttp = :{}\npy-autoreload = {}\nfor-times = {}\nendfor =\n"},
    "a settings file": {"Procfile": "web: gunicorn app:app\n", "gunicorn.conf.py": "workers = '{}'\ntimeout = int('{}')\n"},
    "a script": {
        "start.sh": '#!/bin/sh\nshift {}\nif [ "{}" -gt 1 ]; then A=1; fi\nB=${{{}}}\necho "${{B:{}:{}}}" $\'\\{}\'\ngunicorn -w "$A" app:app\n',
        "Dockerfile": 'FROM python:3.{}\nCOPY --from={} /a /b\nCOPY . .\nEXPOSE {}\nCMD ["sh", "start.sh", "{}"]\n',
    },
    "compose": {
        "docker-compose.yml": "services:\n  web:\n    build: {{context: ., target: '{}'}}\n    command: gunicorn app:app\n    stop_grace_period: {}s\n"
        "    ports: ['{}:{}']\n    deploy: {{replicas: '{}'}}\n    scale: '{}'\n",
        "Dockerfile": "FROM python:3\nCOPY . .\n",
    },
    "a cluster": {
        "k8s.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: web}}\nspec:\n  replicas: '{}'\n  template:\n    spec:\n"
        "      containers:\n      - name: web\n        image: web\n        command: [gunicorn, 'app:app', --bind, '0.0.0.0:{}']\n        ports: [{{containerPort: '{}'}}]\n"
    },
    "requirements": {"requirements.txt": "flask>={}\ngunicorn=={}.{}\n", "runtime.txt": "python-{}.{}\n", "Procfile": "web: gunicorn app:app\n"},
    "fly": {"fly.toml": '[http_service]\ninternal_port = "{}"\n', "Dockerfile": "FROM python:3\nCOPY . .\nCMD gunicorn -b :{} app:app\n"},
    "a proxy": {"nginx.conf": "server {{ listen {}; location / {{ proxy_pass http://web:{}; }} }}\n", "Procfile": "web: gunicorn app:app\n"},
    "a call": {"run.py": "import os\nfrom app import app\nif __name__ == '__main__':\n    app.run(debug=int('{}'), port=int(os.getenv('PORT', '{}')))\n"},
}  # fmt: skip


@pytest.mark.parametrize("odd", ODD, ids=["superscript", "Arabic", "full width", "many", "signs"])
@pytest.mark.parametrize("place", PLACES)
def test_an_odd_number_ends_no_audit(place: str, odd: str) -> None:
    files = {path: text.replace("{}", odd).replace("{{", "{").replace("}}", "}") for path, text in PLACES[place].items()}
    report = audit_tree(memory_tree({"app.py": APP, "requirements.txt": "flask==3.1.3\ngunicorn==23.0.0\n", **files}))
    assert report.apps
