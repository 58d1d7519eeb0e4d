"""An audit reads inside the root only, opens no connection, starts nothing but git and runs nothing of the project."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SECRET = "PRODCHECK_TEST_SECRET_OUTSIDE"
WATCH = """
import json, os, sys
events = []
def hook(name, args):
    if name in ("open", "os.listdir", "os.scandir") and args and isinstance(args[0], (str, bytes)):
        events.append([name, os.path.abspath(os.fsdecode(args[0])), str(args[1]) if name == "open" else "r"])
    elif name.startswith(("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.system", "ctypes.")):
        events.append([name, str(args[0]) if args else "", ""])
    elif name == "import":
        events.append([name, args[0], ""])
sys.addaudithook(hook)
root, out = sys.argv[1:3]
sys.argv = ["prodcheck", root, "--format", "json"]
try:
    from flask_prodcheck.cli import main
    main()
finally:
    with open(out, "w") as stream:
        json.dump(events, stream)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.env").write_text(f"SECRET_KEY={SECRET}\n")
    (outside / "module.py").write_text(f"KEY = '{SECRET}'\n")
    root = tmp_path / "project"
    root.mkdir()
    mark = f"import os; os.mkdir({str(tmp_path / 'ran')!r})\n"
    files = {
        "app.py": mark + "from flask import Flask\nimport leak, settings\napp = Flask(__name__)\n"
        "app.config.from_pyfile('../outside/module.py')\napp.config.from_pyfile('/etc/passwd')\n",
        "settings.py": mark,
        "gunicorn.conf.py": mark,
        "setup.py": mark,
        "conftest.py": mark,
        "start.sh": ". ../outside/secret.env\nexec gunicorn -c /etc/hostname app:app\n",
        "Dockerfile": "FROM python:3.12\nCOPY . /app\nWORKDIR /app\nCMD sh start.sh\n",
        "compose.yml": "include: [../outside/secret.env]\nservices:\n  web:\n    build: .\n"
        "    env_file: ../outside/secret.env\n    extends: {file: ../outside/secret.env, service: x}\n",
        "requirements.txt": "-r ../outside/secret.env\n-r https://127.0.0.1:9/x.txt\nflask==3.1.3\n",
        ".flaskenv": "FLASK_APP=../outside/module.py\n",
    }
    for name, text in files.items():
        (root / name).write_text(text)
    (root / "leak.py").symlink_to(outside / "module.py")
    (root / ".env").symlink_to(outside / "secret.env")
    (root / "linked").symlink_to(outside, target_is_directory=True)
    (root / "round").symlink_to(root, target_is_directory=True)
    os.mkfifo(root / "pipe.py")
    return root


def test_what_an_audit_touches(project: Path, tmp_path: Path) -> None:
    script, out = tmp_path / "watch.py", tmp_path / "events.json"
    script.write_text(WATCH)
    done = subprocess.run(
        [sys.executable, "-B", str(script), str(project), str(out)],
        capture_output=True, text=True, check=False, timeout=120, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode in (0, 1, 3), done.stderr
    events: list[list[str]] = json.loads(out.read_text())
    reads = [path for name, path, _ in events if name in ("open", "os.listdir", "os.scandir")]
    assert str(project / "app.py") in reads
    inside = (str(project), str(script), str(out))
    assert [path for path in reads if path.startswith(str(tmp_path)) and not path.startswith(inside)] == []
    assert {"/etc/passwd", "/etc/hostname"}.isdisjoint(reads)
    assert [event for event in events if event[0].startswith(("socket.", "os.exec", "os.system", "os.fork"))] == []
    started = [event[1] for event in events if event[0].startswith("subprocess.")]
    assert [each for each in started if Path(each).name != "git"] == []
    assert {"app", "settings", "leak", "conftest", "flask", "gunicorn"}.isdisjoint(
        event[1] for event in events if event[0] == "import"
    )
    assert not (tmp_path / "ran").exists()
    assert SECRET not in done.stdout + done.stderr
    assert {"leak.py", ".env", "pipe.py"} <= {each["file"] for each in json.loads(done.stdout)["problems"]}


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_system_calls(project: Path, tmp_path: Path) -> None:
    trace = tmp_path / "trace.txt"
    done = subprocess.run(
        ["strace", "-f", "-qq", "-e", "trace=open,openat,connect,execve", "-o", str(trace),
         sys.executable, "-B", "-m", "flask_prodcheck", str(project), "--format", "json"],
        capture_output=True, text=True, check=False, timeout=300, cwd=tmp_path,
    )  # fmt: skip
    if "ptrace" in done.stderr.lower():
        pytest.skip("this machine does not let a process be traced")
    calls = [line for line in trace.read_text(errors="replace").splitlines() if " = -1 " not in line]
    assert any("app.py" in line for line in calls)
    assert [line for line in calls if "/outside/" in line or '"/etc/passwd"' in line or '"/etc/hostname"' in line] == []
    assert [line for line in calls if "connect(" in line and "AF_INET" in line] == []
    programs = {Path(found.group(1)).name for line in calls if (found := re.search(r'execve\("([^"]+)"', line))}
    assert programs <= {Path(sys.executable).name, Path(sys.executable).resolve().name, "git"}
