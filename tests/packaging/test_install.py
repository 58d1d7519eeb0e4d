"""The package as users get it: a wheel, an sdist and an editable install, each in an empty environment."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONSTRAINTS = ROOT / "requirements" / "test.txt"
COPIED = (
    "flask_prodcheck",
    "rules",
    "docs",
    "fixtures",
    "requirements",
    "pyproject.toml",
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
)

pytestmark = pytest.mark.slow


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    env = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "VIRTUAL_ENV")}
    return subprocess.run([*map(str, command)], cwd=cwd, env=env, capture_output=True, text=True, check=False)


def checked(*command: str | Path, cwd: Path) -> str:
    done = run(*command, cwd=cwd)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout, so that builds leave nothing behind."""
    folder = tmp_path_factory.mktemp("source")
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif (ROOT / name).exists():
            shutil.copy(ROOT / name, folder / name)
    return folder


def built(source: Path, kind: str, out: Path) -> Path:
    checked(sys.executable, "-m", "build", "--no-isolation", f"--{kind}", "--outdir", out, source, cwd=out)
    (result,) = out.glob("*.whl" if kind == "wheel" else "*.tar.gz")
    return result


def audits_the_fixture(folder: Path, *requirement: str | Path) -> None:
    """Installs ``requirement`` into an empty environment, removes nothing else, and audits the lesson's fixture."""
    venv.create(folder / "venv", with_pip=True)
    scripts = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
    checked(
        scripts / "python", "-m", "pip", "install", "--quiet", "--constraint", CONSTRAINTS, *requirement, cwd=folder
    )
    shutil.copytree(ROOT / "fixtures" / "lesson", folder / "lesson")
    done = run(scripts / "prodcheck", "lesson", cwd=folder)
    assert "Execution table" in done.stdout, done.stderr
    done = run(scripts / "prodcheck", "./lesson", "--format", "json", cwd=folder)
    assert done.returncode == 1, done.stderr
    report = json.loads(done.stdout)
    assert report["verdict"] == "not-ready"
    assert "PC101" in [finding["code"] for finding in report["findings"]]
    assert "PC101" in checked(scripts / "python", "-m", "flask_prodcheck", "rules", cwd=folder)


def test_wheel(source: Path, tmp_path: Path) -> None:
    wheel = built(source, "wheel", tmp_path)
    names = zipfile.ZipFile(wheel).namelist()
    assert "flask_prodcheck/_lesson.toml" in names
    assert "flask_prodcheck/_sample/app.py" in names
    assert "flask_prodcheck/_rules/pc101_dev_server_in_production/rule.toml" in names
    assert "flask_prodcheck/py.typed" in names
    assert not [name for name in names if name.startswith(("rules/", "tests/", "docs/"))]
    audits_the_fixture(tmp_path, wheel)


@pytest.mark.parametrize("kind", ["wheel", "sdist"])
def test_builds_are_the_same_byte_for_byte(source: Path, tmp_path: Path, kind: str) -> None:
    """From another folder, at another time, with files that were written in another order and time."""
    other = tmp_path / "elsewhere" / "copy"
    other.mkdir(parents=True)
    for path in sorted(source.rglob("*"), reverse=True):
        if path.is_file():
            copy = other / path.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, copy)
            os.utime(copy, (1_000_000_000, 1_000_000_000))
    results = []
    for number, folder in enumerate((source, other)):
        (tmp_path / str(number)).mkdir()
        results.append(built(folder, kind, tmp_path / str(number)))
    assert results[0].name == results[1].name
    assert results[0].read_bytes() == results[1].read_bytes()


def test_wheel_from_the_sdist(source: Path, tmp_path: Path) -> None:
    sdist = built(source, "sdist", tmp_path)
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    (folder,) = (tmp_path / "unpacked").iterdir()
    (tmp_path / "wheel").mkdir()
    audits_the_fixture(tmp_path, built(folder, "wheel", tmp_path / "wheel"))


def test_editable(source: Path, tmp_path: Path) -> None:
    audits_the_fixture(tmp_path, "--editable", source)
