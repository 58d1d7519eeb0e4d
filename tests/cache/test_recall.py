"""The quickest answer: given while nothing that it depends on was touched, and never another one than a fresh audit's."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flask_prodcheck import start
from flask_prodcheck.cache import recall, witness
from flask_prodcheck.cache.recall import FOLDER, recalled, with_seconds

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="owners and inodes are POSIX")

ROOT = Path(__file__).resolve().parents[2]
APP = "import json\nfrom flask import Flask\n\napp = Flask(__name__)\n"
FILES = {
    "app.py": APP + 'app.config.from_file("settings.json", load=json.load)\n',
    "shop/__init__.py": "",
    "settings.json": '{"SECRET_KEY": "gho5tly-letters-of-a-key", "DEBUG": false}',
    "notes.json": "{}",
    "deploy/site.conf": "# nothing yet\n",
    "Dockerfile": 'FROM python:3.12-slim\nWORKDIR /srv\nCOPY . .\nCMD ["gunicorn", "app:app"]\n',
    "requirements.txt": "flask==3.1.0\ngunicorn==23.0.0\n",
}
LONG_AGO = 3600


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "shop"
    write(root, FILES)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    return root


@pytest.fixture(autouse=True)
def long_ago(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything counts as untouched for long: the change of a file cannot be dated back, so the margin is."""
    monkeypatch.setattr(witness, "_MARGIN", -10 * LONG_AGO * 1_000_000_000)
    monkeypatch.setattr("flask_prodcheck.cache.contents._MARGIN", -10 * LONG_AGO * 1_000_000_000)


def run(root: Path | str, *options: str) -> tuple[int, object]:
    """(exit code, report without its statistics; None when there is none)."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as stream, pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["prodcheck", str(root), "--format", "json", *options])
        patch.setattr(sys, "stdout", stream)
        with pytest.raises(SystemExit) as ended:
            start.answer()
        stream.seek(0)
        text = stream.read()
    report = json.loads(text) if text else {"stats": None}
    del report["stats"]
    assert isinstance(ended.value.code, int)
    return ended.value.code, report


def known(root: Path | str) -> bool:
    return recalled([str(root), "--format", "json"], os.environ, is_terminal=False) is not None


def settle(root: Path | str) -> None:
    """Audits until the answer is recalled: read, remembered, left behind."""
    for _ in range(2):
        run(root)
    assert known(root)


def kept_files(folder: Path) -> list[Path]:
    return [path for path in (folder / FOLDER).iterdir() if path.is_file()]


def test_the_third_time_nothing_is_looked_up_but_the_places(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = run(project)
    assert not known(project)
    settle(project)

    def fail(*_: object, **__: object) -> None:
        raise AssertionError("the command line was reached")

    monkeypatch.setattr("flask_prodcheck.cli.main", fail)
    assert run(project) == first


def git(root: Path, *words: str) -> None:
    subprocess.run(["git", "-C", str(root), *words], check=True, capture_output=True)


def same_size(root: Path) -> None:
    place = root / "app.py"
    before = place.stat()
    place.write_text(place.read_text().replace("import json\n", "import jso_\n"), encoding="utf-8")
    os.utime(place, ns=(before.st_atime_ns, before.st_mtime_ns))


def replaced_by_a_link(root: Path) -> None:
    (root / "other.txt").write_text(FILES["requirements.txt"])
    (root / "requirements.txt").unlink()
    (root / "requirements.txt").symlink_to("other.txt")


TOUCHES: dict[str, Callable[[Path], object]] = {
    "a file is changed": lambda root: write(root, {"app.py": APP}),
    "a file is changed and its time set back": same_size,
    "a file comes": lambda root: write(root, {"Procfile": "web: flask run\n"}),
    "a file comes into a folder without any that are read": lambda root: write(root, {"empty/run.sh": "flask run\n"}),
    "a file goes": lambda root: (root / "Dockerfile").unlink(),
    "a file is a link now": replaced_by_a_link,
    "a file of no kind gets one by its content": lambda root: write(
        root, {"deploy/site.conf": "server { location / { proxy_pass http://web; } }\n"}
    ),
    "what the application reads is changed": lambda root: write(root, {"settings.json": '{"DEBUG": true}'}),
    "settings come": lambda root: write(root, {"prodcheck.toml": 'exclude = ["Dockerfile"]\n'}),
    "something is ignored": lambda root: write(root, {"deploy/.gitignore": "*\n", ".gitignore": "Dockerfile\n"}),
    "a file can no longer be read": lambda root: (root / "app.py").chmod(0),
    "it becomes a work tree": lambda root: git(root, "init", "-q"),
}


@pytest.mark.parametrize("in_git", [False, True])
@pytest.mark.parametrize("touch", TOUCHES.values(), ids=TOUCHES)
def test_after_a_touch_the_audit_looks_for_itself(project: Path, touch: Callable[[Path], object], in_git: bool) -> None:
    (project / "empty").mkdir()
    if in_git:
        git(project, "init", "-q")
        git(project, "add", "app.py", "Dockerfile")
        if touch is TOUCHES["it becomes a work tree"]:
            git(project, "config", "core.excludesFile", "elsewhere")
            run(project), run(project)
            assert not known(project)  # what git ignores is said in a place that is not watched
            return
    settle(project)
    touch(project)
    assert not known(project)
    assert run(project) == run(project, "--no-cache")


def test_what_git_tracks_counts(project: Path) -> None:
    git(project, "init", "-q")
    settle(project)
    git(project, "add", "settings.json")
    assert not known(project)
    settle(project)
    write(project, {".git/info/exclude": "Dockerfile\n"})
    assert not known(project)
    settle(project)
    write(project.parent, {"home/.config/git/ignore": "requirements.txt\n"})
    assert not known(project)
    assert run(project) == run(project, "--no-cache")


def test_a_repository_around_it_is_not_watched(project: Path) -> None:
    settle(project)
    git(project.parent, "init", "-q")
    assert not known(project)
    run(project), run(project)
    assert not known(project)


def test_a_link_to_another_project_is_another_project(project: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(project, other)
    (other / "Dockerfile").unlink()
    link = tmp_path / "link"
    link.symlink_to(project)
    settle(link)
    link.unlink()
    link.symlink_to(other)
    assert not known(link)


def test_the_question_holds_what_the_answer_depends_on(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settle(project)
    words = [str(project), "--format", "json"]
    assert recalled([*words, "--ignore", "PC1"], os.environ, is_terminal=False) is None
    assert recalled(words, os.environ, is_terminal=True) is None
    assert recalled(words, {**os.environ, "PATH": "/nowhere"}, is_terminal=False) is None
    monkeypatch.setattr(sys, "path", ["/another/place", *sys.path])
    assert not known(project)
    monkeypatch.undo()


def test_another_tool_is_asked_itself(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rule = tmp_path / "rules/pc000/rule.toml"
    write(tmp_path, {"rules/pc000/rule.toml": "first"})
    monkeypatch.setattr(witness, "tool_files", lambda: [str(rule)])
    settle(project)
    rule.write_text("other")
    assert not known(project)
    settle(project)
    write(tmp_path, {"rules/pc000/check.py": "new"})
    assert not known(project)


@pytest.mark.parametrize("options", [("--no-cache",), ("--output", "report.json"), ("--diff",), ("--unknown",)])
def test_other_runs_leave_nothing(project: Path, cache_folder: Path, options: tuple[str, ...]) -> None:
    settle(project)
    before = {place: place.read_bytes() for place in kept_files(cache_folder)}
    for _ in range(3):
        subprocess.run(
            [sys.executable, "-m", "flask_prodcheck", str(project), *options],
            cwd=project.parent, capture_output=True, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
    assert {place: place.read_bytes() for place in kept_files(cache_folder)} == before


def test_a_project_with_problems_leaves_nothing(project: Path) -> None:
    (project / "loose.py").symlink_to("nowhere.py")
    for _ in range(3):
        run(project)
    assert not known(project)


def test_fresh_time_stamps_leave_nothing(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(witness, "_MARGIN", 2_000_000_000)
    for _ in range(3):
        run(project)
    assert not known(project)


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "cut": lambda data: data[: len(data) // 2],
    "empty": lambda _: b"",
    "changed": lambda data: data.replace(b'"not-ready"', b'"ready"').replace(b"PC", b"XX"),
    "older": lambda data: data.replace(b"recall-1", b"recall-0"),
    "longer": lambda data: data + b"\n",
    "no text": lambda _: b"\xff\x00{",
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_answer_is_none(project: Path, cache_folder: Path, damage: Callable[[bytes], bytes]) -> None:
    settle(project)
    for place in kept_files(cache_folder):
        place.write_bytes(damage(place.read_bytes()))
    assert not known(project)
    assert run(project) == run(project, "--no-cache")


@pytest.mark.parametrize("line", ["", "x", "-1", "99999999999"])
@pytest.mark.parametrize("number", range(4))
def test_a_whole_answer_of_another_shape_is_none(project: Path, cache_folder: Path, number: int, line: str) -> None:
    settle(project)
    (place,) = kept_files(cache_folder)
    lines = place.read_bytes().split(b"\n")[1:]
    lines[number] = line.encode()
    body = b"\n".join(lines)
    place.write_bytes(f"{recall._FORMAT} {zlib.crc32(body):08x} {len(body)}\n".encode() + body)
    assert not known(project)


def test_a_folder_that_others_can_write_is_not_believed(project: Path, cache_folder: Path) -> None:
    settle(project)
    cache_folder.chmod(0o777)
    assert not known(project)
    cache_folder.chmod(0o700)


def test_secrets_are_as_masked_as_in_the_report(project: Path, cache_folder: Path) -> None:
    settle(project)
    kept = b"".join(place.read_bytes() for place in cache_folder.rglob("*") if place.is_file())
    assert b"PC401" in kept and b"gho5tly-letters" not in kept


def test_old_answers_are_forgotten(project: Path, cache_folder: Path) -> None:
    settle(project)
    old = cache_folder / FOLDER / "0123"
    old.write_text("old")
    os.utime(old, (0, 0))
    write(project, {"Procfile": "web: gunicorn app:app\n"})
    settle(project)
    assert not old.exists() and kept_files(cache_folder)


def test_hardly_anything_is_loaded(project: Path) -> None:
    # The files of this test are seconds old: what a process of its own leaves and finds needs old ones.
    script = (
        "import sys; before = set(sys.modules)\n"
        "from flask_prodcheck.start import answer\n"
        f"sys.argv = ['prodcheck', {str(project)!r}]\n"
        "try: answer()\nexcept SystemExit: pass\n"
        "print('LOADED', *sorted(set(sys.modules) - before))"
    )
    loaded = set()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    for _ in range(2):
        patched = (
            "import flask_prodcheck.cache.witness as w, flask_prodcheck.cache.contents as c\n"
            f"w._MARGIN = c._MARGIN = {witness._MARGIN}\nimport os\n"
        )
        subprocess.run([sys.executable, "-c", patched + script], env=environment, check=True, capture_output=True)
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, check=True, capture_output=True, text=True
    ).stdout
    loaded = set(done.splitlines()[-1].split()[1:])
    own = {name for name in loaded if name.startswith("flask_prodcheck")}
    assert own == {
        "flask_prodcheck", "flask_prodcheck.cache", "flask_prodcheck.cache.place", "flask_prodcheck.cache.recall",
        "flask_prodcheck.start",
    }  # fmt: skip
    assert not loaded & {"click", "json", "re", "dataclasses", "pathlib", "hashlib", "subprocess"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("took 987654321.1 s, 987654321.125", "took 0.2 s, 0.250"),
        ("987654321.", "987654321."),
        ("987654321.x987654321.12", "987654321.x0.25"),
    ],
)
def test_the_time_is_put_in(text: str, expected: str) -> None:
    assert with_seconds(text, 0.25) == expected


# --- any edits -------------------------------------------------------------------------------------------------------

_NAMES = st.sampled_from(
    ["app.py", "shop/views.py", "Dockerfile", "settings.json", ".gitignore", "x/y/z.conf", "prodcheck.toml"]
)
_TEXTS = st.sampled_from(
    [
        "",
        *FILES.values(),
        "server { proxy_pass http://a; }\n",
        "*.py\n",
        'ignore = ["PC1"]\n',
        "web: flask run\n",
        "\x00",
    ]
)
_EDITS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), _NAMES, _TEXTS),
        st.tuples(st.just("remove"), _NAMES, st.just("")),
        st.tuples(st.just("track"), _NAMES, st.just("")),
    ),
    max_size=5,
)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=_EDITS, in_git=st.booleans())
def test_after_any_edits_the_answer_is_a_fresh_one(
    folder: Path, edits: list[tuple[str, str, str]], in_git: bool
) -> None:
    root = folder / "project"
    shutil.rmtree(root, ignore_errors=True)
    write(root, FILES)
    if in_git:
        git(root, "init", "-q")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PRODCHECK_CACHE_DIR", str(folder / "kept"))
        patch.setenv("HOME", str(folder / "home"))
        for action, name, text in [("", "", ""), *edits]:
            time.sleep(0.005)  # longer than a tick of the file system's clock
            if action == "write":
                write(root, {name: text})
            elif action == "remove":
                (root / name).unlink(missing_ok=True)
            elif action == "track" and in_git and (root / name).exists():
                git(root, "add", "-f", name)
            expected = run(root, "--no-cache")
            for _ in range(3):
                assert run(root) == expected
