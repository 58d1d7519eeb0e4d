"""What is said of module state that views change: whether a request is answered from it, and whether it is a memo."""

from __future__ import annotations

import pytest

from tests.facts.test_python_uses import VIEW, read

OTHER = "\n@app.get('/other')\ndef other():\n    "


@pytest.mark.parametrize(
    ("bound", "body", "is_read", "memo"),
    [
        ("X = []", VIEW + "X.append(1)", False, False),
        ("X = []", VIEW + "X.append(1)" + OTHER + "return X", True, False),
        ("X = []", VIEW + "X.append(1)" + OTHER + "X.clear()", False, False),
        ("X = []", VIEW + "return X.pop()", True, False),
        ("X = {}", VIEW + "X[1] = 2" + OTHER + "del X[1]", False, False),
        ("X = {}", VIEW + "X[1] = 2" + OTHER + "return X[1]", True, False),
        ("X = {}", VIEW + "X[1] = 2" + "\ndef outside():\n    return X", False, False),
        ("X = {}", VIEW + "X[1] = 2" + OTHER + "helper()\ndef helper():\n    return X", True, False),
        ("X = {}", VIEW + "X[1] = 2" + OTHER + "X = local()\n    return X", False, False),
        ("X = 0", VIEW + "global X; X += 1", False, False),
        ("X = 0", VIEW + "global X; X += 1; return X", True, False),
        ("X = {}", VIEW + "if k not in X:\n        X[k] = f()\n    return X[k]", True, True),
        ("X = {}", VIEW + "if X.get(k): return X.get(k)\n    X[k] = f()", True, True),
        ("X = {}", VIEW + "found = X[k] if k in X else f()\n    X[k] = found", True, True),
        ("X = {}", VIEW + "try:\n        return X[k]\n    except KeyError:\n        X[k] = f()", True, True),
        ("X = {}", VIEW + "return X.setdefault(k, f())", True, True),
        ("X = {}", VIEW + "if k in X:\n        abort(409)\n    X[k] = f()", True, False),
        ("X = {}", VIEW + "try:\n        X[k] = f(X)\n    except ValueError: pass", True, False),
        ("X = {}", VIEW + "Thread(target=run).start()" + OTHER + "return X[1]\ndef run():\n    X[1] = 2", True, False),
        ("X = {}", VIEW + "pool.submit(run, 1)" + OTHER + "return X[1]\ndef run(k):\n    X[k] = 2", True, False),
        ("X = {}", VIEW + "if not X:\n        load()\n    return X[k]\ndef load():\n    X.update(f())", True, True),
        ("X = {}", VIEW + "load()\n    return X[k]\ndef load():\n    X.update(f())", True, False),
        ("X = {}", VIEW + "if k in X:\n        drop(X[k])\n        del X[k]", True, False),
        ("X = {}", VIEW + "for k in X:\n        if old(X[k]):\n            X[k] = new(X.pop(k))", True, True),
        ("X = None", VIEW + "global X; X = {'done': 0}" + OTHER + "return X", True, False),
        ("X = None", VIEW + "global X\n    if X is None:\n        X = {}\n    return X", True, True),
        ("X = {}", VIEW + "if k not in X:\n        X[k] = []\n    X[k].append(now())\n    return len(X[k])", True, False),
        ("X = {}", VIEW + "if k not in X:\n        X[k] = 0\n    X[k] += 1\n    return X[k]", True, False),
        ("X = {}", VIEW + "if not X:\n        for a in f():\n            X.setdefault(a, [])\n            X[a].append(a)\n    return X[k]", True, True),
        ("X = False", VIEW + "global X\n    if not X:\n        start(); X = True", True, True),
    ],
)
def test_read_and_memo(bound: str, body: str, is_read: bool, memo: bool) -> None:
    found = read(f"{bound}\n{body}\n").mutations[0]
    assert (found.read, found.memo) == (is_read, memo)


def test_what_is_made_later_is_no_container() -> None:
    """A client, or a model, that the first request makes: nothing is left in it for the next."""
    assert read(f"X = None\n{VIEW}global X\n    X = connect()" + OTHER + "return X\n").mutations == ()


ONCE = "X = []\nstarted = False\n" + VIEW + "global started\n    {ask}\n" + OTHER + "return X\ndef run():\n    X.append(1)\n"


@pytest.mark.parametrize(
    ("ask", "view"),
    [
        ("if not started:\n        started = True\n        Thread(target=run).start()", False),
        ("if started: return ''\n    started = True\n    Thread(target=run).start()", False),
        ("if started: flash('x')\n    started = True\n    Thread(target=run).start()", True),
        ("if busy():\n        Thread(target=run).start()", True),
        ("with lock:\n        Thread(target=run).start()", True),
        ("if not started:\n        run()", True),
        ("if started: return ''\n    started = True\n    Thread(target=run).start()\n    started = False", True),
    ],
)
def test_what_each_process_starts_once_is_no_matter_of_requests(ask: str, view: bool) -> None:
    found = read(ONCE.format(ask=ask)).mutations
    assert [each.view for each in found if each.name == "X"] == [view]
