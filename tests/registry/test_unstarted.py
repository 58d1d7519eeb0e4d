"""What is said of an application whose launch another rule has seen never to serve."""

from __future__ import annotations

from pathlib import Path

import pytest

from flask_prodcheck.audit import audit, audit_tree
from flask_prodcheck.settings import Settings
from flask_prodcheck.sources.discover import memory_tree

APP = """from flask import Flask


def create_app():
    app = Flask(__name__)
    app.config["SECRET_KEY"] = "the wonderful shop"
    return app


app = create_app()
"""
REQUIREMENTS = "flask==3.1.3\ngunicorn==23.0.0\n"
UNIT = "[Service]\nExecStart=/usr/bin/gunicorn -w 2 shop:app\n"
IMAGE = """FROM python:3.13-slim
WORKDIR /app
COPY . .
RUN pip install -r requirements.txt
CMD ["gunicorn", "-b", "0.0.0.0:8000", "--name", "$NAME", "shop:app"]
"""

Files = dict[str, str]


@pytest.mark.parametrize(
    ("files", "severity", "reason", "proof"),
    [
        pytest.param({"Procfile": "web: gunicorn -w 2 shop:app\n"}, "error", "", "Procfile", id="it starts"),
        pytest.param({"Procfile": "web: gunicorn shop:create_app()\n"}, "warning", "PC318", "Procfile", id="shell"),
        pytest.param({"Procfile": "web: gunicorn shop:create_app\n"}, "warning", "PC303", "Procfile", id="not called"),
        pytest.param({"Procfile": "web: gunicorn --worker 2 shop:app\n"}, "warning", "PC312", "Procfile", id="option"),
        pytest.param({"Procfile": "web: gunicorn -w two shop:app\n"}, "warning", "PC311", "Procfile", id="value"),
        pytest.param({"Procfile": "web: gunicorn -k shop shop:app\n"}, "warning", "PC315", "Procfile", id="worker"),
        pytest.param({"Procfile": "web: uvicorn shop:app\n"}, "warning", "PC301", "Procfile", id="not installed"),
        pytest.param(
            {"a.service": UNIT.replace("-w 2", "-w two"), "b.service": UNIT},
            "error",
            "",
            "b.service",
            id="another launch with the same configuration starts",
        ),
        pytest.param(
            {"a.service": UNIT.replace("-w 2", "-w two"), "b.service": UNIT.replace("-w 2", "-w three")},
            "warning",
            "PC311",
            "a.service",
            id="neither of two with the same configuration starts",
        ),
        pytest.param(
            {
                "Procfile": "web: gunicorn -w two shop:app\n",
                "shop.service": UNIT.replace("[Service]\n", "[Service]\nEnvironment=STAGE=live\n"),
            },
            "error",
            "",
            "shop.service",
            id="one with an environment of its own starts and ends with the key too",
        ),
        pytest.param(
            {"Dockerfile": IMAGE},
            "error",
            "",
            "Dockerfile",
            id="a warning about the launch does not stop it",
        ),
    ],
)
def test_a_published_key(files: Files, severity: str, reason: str, proof: str) -> None:
    tree = memory_tree({"shop.py": APP, "requirements.txt": REQUIREMENTS, **files})
    found = [each for each in audit_tree(tree, Settings()).findings if each.code == "PC401"]
    assert [(each.severity, each.evidence[0].span.file) for each in found] == [(severity, proof)]
    assert found[0].message.endswith(f"(once the launch starts: see {reason})" if reason else ")")
    assert ("once the launch starts" in found[0].message) is bool(reason)


BROKEN = "[Service]\nEnvironment=STAGE=old\nExecStart=/usr/bin/gunicorn -w two shop:app\n"
TWO = """import os
from flask import Flask
app = Flask(__name__)
app.config["SECRET_KEY"] = "the wonderful shop"
admin = Flask("admin")
admin.config["SECRET_KEY"] = os.environ["SECRET_KEY"]
"""
BY_STAGE = """import os
from flask import Flask
app = Flask(__name__)
if os.environ["STAGE"] == "live":
    app.config["KEY"] = os.environ["KEY"]
else:
    app.config["KEY"] = "the wonderful shop"
"""


@pytest.mark.parametrize(
    ("code", "serving", "severity"),
    [
        pytest.param(TWO, "shop:admin", "warning", id="another application is served"),
        pytest.param(BY_STAGE.replace("KEY", "SECRET_KEY"), "shop:app", "info", id="this one is, without the key"),
        pytest.param(BY_STAGE.replace("KEY", "SECURITY_PASSWORD_SALT"), "shop:app", "info", id="a warning, also"),
        pytest.param(BY_STAGE.replace("KEY", "SECRET_KEY"), "-w three shop:app", "warning", id="both are broken"),
    ],
)
def test_beside_another_launch(code: str, serving: str, severity: str) -> None:
    other = f"[Service]\nEnvironment=STAGE=live\nExecStart=/usr/bin/gunicorn {serving}\n"
    files = {"shop.py": code, "requirements.txt": REQUIREMENTS, "a.service": BROKEN, "b.service": other}
    found = [each for each in audit_tree(memory_tree(files), Settings()).findings if each.code == "PC401"]
    assert [each.severity for each in found] == [severity]


def test_what_is_served_beside_it_is_unknown() -> None:
    unit = "[Service]\nEnvironment={}=1\nEnvironmentFile=/etc/shop\nExecStart=/usr/bin/gunicorn {} ${{MODULE}}:app\n"
    files = {"shop.py": TWO, "a.service": unit.format("FLASK_DEBUG", "-w two"), "b.service": unit.format("STAGE", "")}
    found = audit_tree(memory_tree(files), Settings()).findings
    assert [each.severity for each in found if each.code == "PC202"] == ["warning"]


def test_the_target_does_not_exist_and_another_kind_of_file_works() -> None:
    unit = "[Service]\nEnvironment=FLASK_DEBUG=1\nExecStart=/usr/bin/gunicorn shop:missing\n"
    files = {
        "shop.py": TWO,
        "requirements.txt": REQUIREMENTS,
        "a.service": unit,
        "Procfile": "web: gunicorn shop:admin\n",
    }
    found = audit_tree(memory_tree(files), Settings()).findings
    assert [(each.code, each.severity) for each in found if each.code in ("PC202", "PC302")] == [
        ("PC202", "warning"),
        ("PC302", "warning"),
    ]


@pytest.mark.parametrize(("start", "severity"), [('start = "needed"\n', "warning"), ("", "error")])
def test_a_rule_of_the_user(tmp_path: Path, start: str, severity: str) -> None:
    folder = tmp_path / "ops" / "ops900_level_set"
    folder.mkdir(parents=True)
    folder.joinpath("rule.toml").write_text(
        f'code = "OPS900"\nslug = "level-set"\nsince = "1.0.0"\nseverity = "error"\nconfidence = "high"\n{start}'
        'persona = "regular"\nmessage = "{name} is set"\nwhy = "Because."\ncure = "Do not."\n'
        'references = ["https://example.org/"]\n[lesson]\nmoments = ["KM2"]\nstep = 5\naffects = ["stability"]\n'
        '[when]\nconfig = ["SECRET_KEY"]\nstate = "set"\n'
    )
    tmp_path.joinpath("shop.py").write_text(APP)
    tmp_path.joinpath("requirements.txt").write_text(REQUIREMENTS)
    tmp_path.joinpath("Procfile").write_text("web: gunicorn -w two shop:app\n")
    report = audit(tmp_path, Settings(extend_rules=("ops",)))
    assert [each.severity for each in report.findings if each.code == "OPS900"] == [severity]
