#!/usr/bin/env python3
"""Compare deployment-readiness reports (prodcheck's JSON contract) with hand-made labels of real projects.

usage: score.py --corpus DIR [--labels DIR] [--tool 'prodcheck {root} --format json'] [--require "launch>=0.95,hard-fp<=0"] [-v]

DIR holds one checkout per label, named <owner>+<repo>, at the commit that the label names. A project whose report is missing
(crash, timeout, no JSON) counts every label of it as missed. Figures:
  verdict        ready / not-ready as labelled
  launch         labelled launches found (same server, head of the chain within 4 lines, else any hop), matched one to one
  extra          reported launches that no label holds, as a share of all reported
  purpose, chain, resolves   of the matched ones; chain: the last hop, file and line within 4, only where it differs from the head
  app            the best app: reference and folder
  site, reach, guard, debug  development-server calls found; production reachability, guard and debug of those found
  issue          problems that a senior engineer is sure of, found by topic and place
  precision      reported errors and warnings that a label holds (sure or not) / all whose topic the labels know
  hard-fp        reports that step into a labelled trap; hard-fp-error: those at severity error
  unlabelled     reports on known topics that no label mentions: look at each by hand
"""
from __future__ import annotations

import argparse
import collections
import json
import os
import pathlib
import shlex
import statistics
import subprocess
import sys
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
NEAR = 4  # lines
WHOLE_PROJECT = {
    "missing-wsgi-server", "wsgi-server-not-installed", "dependencies-unpinned", "unsupported-flask", "proxyfix-missing",
    "session-cookie-insecure", "upload-size-unlimited", "container-runs-as-root", "secret-key-missing", "server-single-worker",
    "env-file-committed",
}
PEER_TOPICS = {
    "bandit": {"B201": "debug-on", "B104": "dev-server-public-bind", "B105": "secret-key-hardcoded"},
    "ruff": {"S201": "debug-on", "S104": "dev-server-public-bind", "S105": "secret-key-hardcoded"},
    "semgrep": {
        "debug-enabled": "debug-on", "avoid_hardcoded_config_DEBUG": "debug-on", "avoid_hardcoded_config_ENV": "debug-on",
        "avoid_hardcoded_config_TESTING": "dev-tool-enabled", "avoid_hardcoded_config_SECRET_KEY": "secret-key-hardcoded",
        "avoid_app_run_with_bad_host": "dev-server-public-bind", "avoid_using_app_run_directly": "app-run-at-import",
        "flask-wtf-csrf-disabled": "csrf-disabled", "secure-set-cookie": "session-cookie-insecure",
    },
}


def report_of_tool(command: str, root: pathlib.Path) -> dict | None:
    try:
        done = subprocess.run(shlex.split(command.format(root=str(root))), capture_output=True, text=True, timeout=300)
        return json.loads(done.stdout)
    except (subprocess.TimeoutExpired, json.JSONDecodeError, OSError) as failure:
        print(f"  !! {root.name}: {type(failure).__name__}", file=sys.stderr)
        return None


def report_of_peer(peer: str, root: pathlib.Path, bin_: str, rules: str) -> dict:
    exe = str(pathlib.Path(bin_) / peer)
    env = {**os.environ, "PATH": f"{bin_}:{os.environ['PATH']}"}
    if peer == "bandit":
        out = subprocess.run([exe, "-r", "-q", "-f", "json", "--exit-zero", str(root)], capture_output=True, text=True).stdout
        rows = [(r["test_id"], r["filename"], r["line_number"]) for r in json.loads(out or '{"results":[]}')["results"]]
    elif peer == "ruff":
        out = subprocess.run([exe, "check", "--isolated", "--no-cache", "--select", "S", "--output-format", "json", "--exit-zero", str(root)], capture_output=True, text=True).stdout
        rows = [(r["code"], r["filename"], r["location"]["row"]) for r in json.loads(out or "[]")]
    else:
        out = subprocess.run([exe, "scan", "--metrics", "off", "--disable-version-check", "-q", "--json", "--config", f"{rules}/python/flask", str(root)], capture_output=True, text=True, env=env).stdout
        rows = [(r["check_id"].split(".")[-1], r["path"], r["start"]["line"]) for r in json.loads(out or '{"results":[]}')["results"]]
    topics = PEER_TOPICS[peer]
    return {"findings": [
        {"name": topics[c], "file": str(pathlib.Path(f).resolve().relative_to(root.resolve())), "line": n, "severity": "warning"}
        for c, f, n in rows if c in topics]}


def one_to_one(labels: list, answers: list, passes: list) -> dict[int, int]:
    """Maximum matching label -> answer; earlier passes (stricter tests) are kept as far as possible."""
    owner: dict[int, int] = {}

    def place(i: int, test, seen: set[int]) -> bool:
        for j, answer in enumerate(answers):
            if j not in seen and test(labels[i], answer):
                seen.add(j)
                if j not in owner or place(owner[j], test, seen):
                    owner[j] = i
                    return True
        return False

    for test in passes:
        for i in range(len(labels)):
            if i not in owner.values():
                place(i, test, set())
    return {i: j for j, i in owner.items()}


def score_project(stem: str, lab: dict, rep: dict | None, T: collections.Counter, by: dict, peer: bool, topics: set[str]) -> list[str]:
    notes: list[str] = []
    pre = "" if lab.get("root", ".") in (".", "") else lab["root"].strip("/") + "/"
    strip = lambda f: f[len(pre):] if pre and f.startswith(pre) else f
    near = lambda a, b, n=NEAR: strip(a["file"]) == b["file"] and abs(a["line"] - b["line"]) <= n
    launches, sites = lab.get("launch", []), lab.get("run_site", [])
    sure = [x for x in lab.get("issue", []) if x.get("sure", True)]
    best = next((a for a in lab.get("app", []) if a.get("best")), None)
    T["repos"] += 1
    T["launch-labels"] += len(launches); T["site-labels"] += len(sites); T["issue-labels"] += len(sure); T["app-labels"] += bool(best)
    T["traps"] += len(lab.get("not_issue", []))
    if rep is None:
        T["failed"] += 1
        return ["no report"]
    if not peer:
        right = lab.get("skip_verdict") or rep.get("verdict") == lab["verdict"]
        T["verdict-ok"] += bool(right)
        if not right:
            notes.append(f"verdict {rep.get('verdict')} is not {lab['verdict']}: {lab.get('verdict_why', '')}")
        got = rep.get("launches", [])
        same = lambda L, g: g["server"] == L["server"]
        pairs = one_to_one(launches, got, [lambda L, g: same(L, g) and near(L, g, 0), lambda L, g: same(L, g) and any(near(L, h) for h in [g, *(g.get("hops") or [])])])
        T["launch-ok"] += len(pairs); T["launch-got"] += len(got); T["launch-extra"] += len(got) - len(pairs)
        for i, L in enumerate(launches):
            if i not in pairs:
                notes.append(f"launch missed {L['file']}:{L['line']} {L['server']}"); continue
            g = got[pairs[i]]
            T["purpose-ok"] += g.get("purpose") == L["purpose"]
            if g.get("purpose") != L["purpose"]: notes.append(f"purpose {g.get('purpose')} is not {L['purpose']} at {L['file']}:{L['line']}")
            if "resolves" in L and L.get("target"):
                T["resolves-labels"] += 1; T["resolves-ok"] += g.get("resolves") == L["resolves"]
                if g.get("resolves") != L["resolves"]: notes.append(f"resolves {g.get('resolves')} is not {L['resolves']} for {L['target']} at {L['file']}:{L['line']}")
            chain = L.get("chain") or []
            if len(chain) > 1:
                file, _, line = chain[-1].rpartition(":")
                end = (g.get("hops") or [g])[-1]; T["chain-labels"] += 1
                ok = strip(file) == end["file"] and line.isdigit() and abs(int(line) - end["line"]) <= NEAR
                T["chain-ok"] += ok
                if not ok: notes.append(f"chain ends {end['file']}:{end['line']}, not {chain[-1]}")
        notes += [f"launch extra {g['file']}:{g['line']} {g['server']}" for j, g in enumerate(got) if j not in pairs.values()]
        if best:
            mine = next((a for a in rep.get("apps", []) if a.get("best")), None)
            bare = lambda r: r.replace("()", "")
            folder = strip(best.get("cwd", ".") + "/").rstrip("/") or "."
            ok = bool(mine) and bare(mine["ref"]) in {bare(r) for r in [best["ref"], *best.get("also", [])]} and (mine.get("cwd") or ".") == folder
            T["app-ok"] += ok
            if not ok: notes.append(f"app {mine and (mine.get('cwd'), mine['ref'])} is not {(folder, best['ref'])}")
        calls = rep.get("run_sites", [])
        pairs = one_to_one(sites, calls, [lambda R, g: near(R, g, 0), lambda R, g: near(R, g, 2)])
        T["site-extra"] += len(calls) - len(pairs)
        said = {p["file"] for p in rep.get("problems", [])}
        for i, R in enumerate(sites):
            if i not in pairs:
                if R.get("unparsed") and strip(R["file"]) in said: T["site-ok"] += 1; continue
                notes.append(f"run site missed {R['file']}:{R['line']} {R['call']}"); continue
            g = calls[pairs[i]]; T["site-ok"] += 1; T["site-seen"] += 1
            T["reach-ok"] += g.get("production") == R["production"]; T["guard-ok"] += g.get("guard") == R["guard"]; T["debug-ok"] += g.get("debug") == R["debug"]
            for k in ("production", "guard", "debug"):
                if g.get(k) != R[k]: notes.append(f"{k} {g.get(k)} is not {R[k]} at {R['file']}:{R['line']}")
        notes += [f"run site extra {g['file']}:{g['line']} {g['call']}" for j, g in enumerate(calls) if j not in pairs.values()]
    topic = lambda p: p.get("topic") or p["name"]
    preds = [p for p in rep.get("findings", []) if p.get("severity") in ("error", "warning") and not p.get("suppressed")]
    by["per-project"][lab["verdict"]].append(len(preds))
    preds = [p for p in preds if topic(p) in topics]
    held = lambda p, L: topic(p) == L["topic"] and (L["topic"] in WHOLE_PROJECT or near(L, p))
    for L in sure:
        if any(held(p, L) for p in preds): T["issue-ok"] += 1
        else: by["missed"][L["topic"]] += 1; notes.append(f"issue missed {L['topic']} {L['file']}:{L['line']}")
    for p in preds:
        T["pred"] += 1
        if any(held(p, L) for L in lab.get("issue", [])): T["pred-ok"] += 1
        elif any(held(p, L) for L in lab.get("not_issue", [])):
            T["hard-fp"] += 1; T["hard-fp-error"] += p["severity"] == "error"; by["false"][topic(p)] += 1
            notes.append(f"FALSE {p['severity']} {topic(p)} {p['file']}:{p['line']}")
        else:
            T["unlabelled"] += 1; by["unlabelled"][topic(p)] += 1
            notes.append(f"unlabelled {p['severity']} {topic(p)} {p['file']}:{p['line']} {p.get('message', '')[:90]}")
    return notes


RATIOS = {
    "verdict": ("verdict-ok", "repos"), "launch": ("launch-ok", "launch-labels"), "extra": ("launch-extra", "launch-got"), "purpose": ("purpose-ok", "launch-ok"),
    "chain": ("chain-ok", "chain-labels"), "resolves": ("resolves-ok", "resolves-labels"), "app": ("app-ok", "app-labels"), "site": ("site-ok", "site-labels"),
    "reach": ("reach-ok", "site-seen"), "guard": ("guard-ok", "site-seen"), "debug": ("debug-ok", "site-seen"), "issue": ("issue-ok", "issue-labels"), "precision": ("pred-ok", "pred"),
}


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--corpus", required=True); ap.add_argument("--labels", default=str(HERE / "labels"))
    ap.add_argument("--tool", default="prodcheck {root} --format json"); ap.add_argument("--only", help="one label's name")
    ap.add_argument("--peer", choices=list(PEER_TOPICS)); ap.add_argument("--bin", default="", help="folder of the peers' executables"); ap.add_argument("--rules", default="", help="a checkout of semgrep-rules")
    ap.add_argument("--require", default="", help="e.g. verdict>=0.9,launch>=0.95,extra<=0.05,hard-fp<=0,failed<=0"); ap.add_argument("-v", action="store_true")
    a = ap.parse_args()
    labels = {f.stem: tomllib.loads(f.read_text()) for f in sorted(pathlib.Path(a.labels).glob("*.toml"))}
    topics = {x["topic"] for lab in labels.values() for k in ("issue", "not_issue") for x in lab.get(k, [])}
    T: collections.Counter = collections.Counter()
    by: dict = {"missed": collections.Counter(), "unlabelled": collections.Counter(), "false": collections.Counter(), "per-project": collections.defaultdict(list)}
    for stem, lab in labels.items():
        if a.only and stem != a.only: continue
        root = pathlib.Path(a.corpus) / stem.split("__")[0] / lab.get("root", ".")
        if not root.exists(): T["no-checkout"] += 1; print("  no checkout:", stem, file=sys.stderr); continue
        rep = report_of_peer(a.peer, root, a.bin, a.rules) if a.peer else report_of_tool(a.tool, root)
        notes = score_project(stem, lab, rep, T, by, bool(a.peer), topics)
        if a.v: print(f"== {stem}", *notes, sep="\n    ")
    value = lambda k: T[RATIOS[k][0]] / T[RATIOS[k][1]] if T[RATIOS[k][1]] else 0.0
    print(f"projects {T['repos']}, failed {T['failed']}, without a checkout {T['no-checkout']}")
    for k, (x, y) in RATIOS.items():
        if not a.peer or k in ("issue", "precision"): print(f"{k:10} {T[x]}/{T[y]} = {value(k):.3f}")
    print(f"hard-fp {T['hard-fp']} ({T['hard-fp-error']} errors) of {T['traps']} traps, unlabelled {T['unlabelled']}, run sites extra {T['site-extra']}")
    print("median findings per project", {k: statistics.median(v) for k, v in by["per-project"].items()})
    for k in ("missed", "unlabelled", "false"): print(k, dict(by[k].most_common(16)))
    if a.require:
        short = [T["repos"] == 0 and "no project scored", T["no-checkout"] > 0 and f"{T['no-checkout']} without a checkout"]
        for word in a.require.split(","):
            op = ">=" if ">=" in word else "<="; key, bound = (s.strip() for s in word.split(op))
            got = value(key) if key in RATIOS else T[key]
            short.append((got < float(bound) if op == ">=" else got > float(bound)) and f"{key} {got:.3f} (wanted {op} {bound})")
        short = [s for s in short if s]
        print("; ".join(short) or "all held"); sys.exit(1 if short else 0)


main()
