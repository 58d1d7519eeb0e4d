"""From the audit to the proof on public projects, without a hand's touch.

usage: python benchmarks/cure/run.py --clones CLONES --work WORK [--only WORD] [--unsafe-fixes] [--table]

CLONES holds one checkout per line of ``projects.txt``, named ``<owner>+<repository>``. Each project is copied to WORK,
its own requirements are installed in a virtual environment there, and then prodcheck is run as a user runs it: the
audit, ``--fix`` (with ``--unsafe-fixes`` where asked for), ``scaffold gunicorn --write``, the audit again and
``verify``. Where ``verify`` names a command that makes the database ready, it is run once more with that command
(``--prepare``). This runs the projects' code: see the limits in ``prodcheck verify --help``.

The result of each project is kept in WORK/<name>.json; a project that has one is not run again, its environment is kept
in WORK too. ``--table`` prints the figures and the table of all results.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
SECONDS = 60
_SIDE = re.compile(r"dev|test|lint|doc|style|format|build|opencv", re.IGNORECASE)


def projects() -> list[tuple[str, str]]:
    lines = (HERE / "projects.txt").read_text(encoding="utf-8").splitlines()
    parts = [line.split() for line in lines if line.strip() and not line.startswith("#")]
    return [(part[0], part[1] if len(part) > 1 else ".") for part in parts]


def key_of(name: str, folder: str) -> str:
    return name.replace("/", "+") + ("" if folder == "." else "+" + folder.replace("/", "+"))


# --- one project ------------------------------------------------------------------------------------------------------


def prodcheck(*args: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "flask_prodcheck", *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)


def audit(root: Path) -> tuple[str, list[str]]:
    """The verdict and the codes of the open errors."""
    done = prodcheck(root, "--format", "json")
    report = json.loads(done.stdout) if done.stdout.startswith("{") else {}
    open_ones = [each for each in report.get("findings", ()) if not each["suppressed"]]
    return report.get("verdict", "failed"), sorted({each["code"] for each in open_ones if each["severity"] == "error"})


def manifest(root: Path) -> list[str] | None:
    """What pip is told, in the folder of the project; None when nothing names its requirements."""
    found = [path for path in (*root.glob("*.txt"), *root.glob("*/*.txt")) if "requirements" in path.name.lower()]
    own = sorted(
        (len(path.parts), str(path))
        for path in found
        if not _SIDE.search(path.name.lower().replace("requirements", ""))
    )
    if own:
        return ["-r", own[0][1]]
    for path in (root / "pyproject.toml", root / "src" / "pyproject.toml", root / "setup.py"):
        if path.is_file():
            return [str(path.parent)]
    return None


def pip(python: Path, cwd: Path, *args: str) -> str:
    """Installs; "" or the line that says why not."""
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *args]
    try:
        done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, timeout=600)
    except subprocess.TimeoutExpired:
        return "it takes longer than ten minutes"
    if done.returncode == 0:
        return ""
    said = [line.strip() for line in done.stderr.splitlines() if line.strip() and not line.startswith("WARNING")]
    errors = [line for line in said if re.search(r"ERROR: |[Ee]rror: (?!subproc|metadata)", line)]
    return (errors or said or ["pip failed"])[0]


def installed(python: Path, root: Path) -> str:
    """Installs what the project asks for; "" or why not."""
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(python.parents[1])], check=True)
    asked = manifest(root)
    if asked is None:
        return "no requirements in the folder"
    return pip(python, root, *asked) or ("" if has(python, "flask") else "its requirements install no Flask here")


def has(python: Path, distribution: str) -> bool:
    command = [str(python), "-c", f"import importlib.metadata as m; m.version('{distribution}')"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def verify(root: Path, python: Path, *args: str) -> dict[str, Any]:
    done = prodcheck("verify", root, "--python", python, "--seconds", str(SECONDS), "--format", "json", *args)
    report: dict[str, Any] = json.loads(done.stdout) if done.stdout.startswith("{") else {}
    return report or {"verdict": "crashed", "checks": [], "notes": [done.stderr[-300:]]}


def run(name: str, folder: str, clones: Path, work: Path, *, unsafe: bool) -> dict[str, Any]:
    source = clones / name.replace("/", "+") / folder
    root = work / "project" / key_of(name, folder)
    python = work / "environments" / key_of(name, folder) / "bin" / "python"
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(source, root, ignore=shutil.ignore_patterns(".git"), symlinks=True)
    found: dict[str, Any] = {"name": name, "folder": folder}
    found["not_installed"] = installed(python, root)
    found["before"] = audit(root)
    fixed = prodcheck(root, "--fix", *(["--unsafe-fixes"] if unsafe else []))
    found["fixes"] = [line for line in fixed.stderr.splitlines() if line.strip()]
    scaffold = prodcheck("scaffold", "gunicorn", root, "--write")
    found["scaffold"] = {"code": scaffold.returncode, "said": (scaffold.stdout + scaffold.stderr).splitlines()}
    found["after"] = audit(root)
    if found["not_installed"]:
        return found
    again = installed(python, root)  # the scaffold may have named the server there
    if again or not has(python, "gunicorn"):
        pip(python, root, "gunicorn")
    found["verify"] = verify(root, python)
    prepare = found["verify"].get("prepare", "")
    if prepare and found["verify"]["verdict"] != "proven":
        found["prepared"] = verify(root, python, "--prepare", prepare)
    return found


# --- the table --------------------------------------------------------------------------------------------------------


def why_not(report: dict[str, Any]) -> list[str]:
    """What failed or could not be tried, in the words of the report."""
    return [
        re.sub(r" \(/[^)]*\)", "", f"{each['name']}: {each['said']}")
        for each in report["checks"]
        if each["status"] in ("failed", "skipped") and not each["said"].startswith("not tried: ")
    ]


def scaffolded(found: dict[str, Any]) -> str:
    said = " ".join(found["scaffold"]["said"]).lower()
    return "nothing to do" if "nothing to" in said else "yes" if found["scaffold"]["code"] == 0 else "refused"


def boots(found: dict[str, Any]) -> bool:
    return any(
        each["name"] == "boot" and each["status"] == "passed" for each in found.get("verify", {}).get("checks", ())
    )


#: What the words of a report mean, the first that fits.
CAUSES = (
    (r"not set: give", "a variable that only the deployment has"),
    (r"does not answer here|no answer within", "a service that is not there"),
    (r"its database has no", "a database that was not made"),
    (r"^set-up: ", "refused: it is not certain what to start"),
    (r"check-config: .*(?:ImportError|AttributeError|TypeError|ModuleNotFoundError)", "it does not run with the releases that its requirements allow today"),
    (r"^cookies: ", "a session cookie without Secure, where the site has TLS"),
)  # fmt: skip


def cause(found: dict[str, Any]) -> str:
    """Why a project is not verified, in one phrase."""
    reasons = why_not(found["verify"])
    for pattern, phrase in CAUSES:
        if any(re.search(pattern, reason) for reason in reasons):
            return phrase
    return reasons[0] if reasons else found["verify"]["verdict"]


def table(results: Sequence[dict[str, Any]]) -> str:
    own = [each for each in results if not each["not_installed"]]
    proven = [each for each in own if each["verify"]["verdict"] == "proven"]
    prepared = [each for each in own if each.get("prepared", {}).get("verdict") == "proven"]
    rows = [
        ("projects", len(results), len(own)),
        (
            "scaffolded, or nothing to do",
            *(sum(scaffolded(each) != "refused" for each in group) for group in (results, own)),
        ),
        ("audit ready afterwards", *(sum(each["after"][0] == "ready" for each in group) for group in (results, own))),
        ("booted", "", sum(map(boots, own))),
        ("verified: all seen", "", len(proven)),
        ("verified, with the command that `verify` names", "", len(proven) + len(prepared)),
        ("ready and verified", "", sum(each["after"][0] == "ready" for each in proven)),
    ]
    lines = ["| figure | all | with own requirements that install |", "|---|---|---|"]
    lines += [f"| {what} | {every} | {ours} |" for what, every, ours in rows]
    lines += ["", "| project | scaffolded | audit after | boots | verified | why not |", "|---|---|---|---|---|---|"]
    for each in sorted(own, key=lambda one: (one not in proven, one not in prepared, one["name"].lower())):
        verdict = "yes" if each in proven else "with its command" if each in prepared else "no"
        reasons = "" if each in proven else "; ".join(why_not(each["verify"]))
        booted = "yes" if boots(each) else "no"
        lines.append(f"| {where(each)} | {scaffolded(each)} | {after(each)} | {booted} | {verdict} | {reasons[:200]} |")
    lines += ["", "| not installed | scaffolded | audit after | why not |", "|---|---|---|---|"]
    for each in results:
        if each["not_installed"]:
            lines.append(f"| {where(each)} | {scaffolded(each)} | {after(each)} | {each['not_installed'][:120]} |")
    causes = Counter(cause(each) for each in own if each not in proven)
    lines += ["", "| projects | cause |", "|---|---|"]
    lines += [f"| {count} | {phrase} |" for phrase, count in causes.most_common()]
    return "\n".join(lines)


def where(found: dict[str, Any]) -> str:
    return str(found["name"]) + ("" if found["folder"] == "." else f" {found['folder']}")


def after(found: dict[str, Any]) -> str:
    return "ready" if found["after"][0] == "ready" else ", ".join(found["after"][1]) or str(found["after"][0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clones", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--only", default="", help="projects whose name holds this word")
    parser.add_argument("--unsafe-fixes", action="store_true")
    parser.add_argument("--table", action="store_true")
    chosen = parser.parse_args()
    work = chosen.work.absolute()
    work.mkdir(parents=True, exist_ok=True)
    os.environ["PYTHONPATH"] = str(HERE.parents[1])
    for name, folder in projects():
        result = work / f"{key_of(name, folder)}{'.unsafe' if chosen.unsafe_fixes else ''}.json"
        if chosen.only not in key_of(name, folder) or result.exists():
            continue
        if not (chosen.clones / name.replace("/", "+") / folder).is_dir():
            print(f"{name} {folder}: not there")
            continue
        found = run(name, folder, chosen.clones, work, unsafe=chosen.unsafe_fixes)
        result.write_text(json.dumps(found, indent=1), encoding="utf-8")
        print(name, folder, found["not_installed"] or found["verify"]["verdict"], flush=True)
    if chosen.table:
        kept = sorted(path for path in work.glob("*.json") if path.name.endswith(".unsafe.json") == chosen.unsafe_fixes)
        print(table([json.loads(path.read_text(encoding="utf-8")) for path in kept]))


if __name__ == "__main__":
    main()
