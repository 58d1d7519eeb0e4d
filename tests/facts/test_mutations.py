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
        ("X = False", VIEW + "global X\n    if not X:\n        start(); X = True", True, True),
    ],
)
def test_read_and_memo(bound: str, body: str, is_read: bool, memo: bool) -> None:
    found = read(f"{bound}\n{body}\n").mutations[0]
    assert (found.read, found.memo) == (is_read, memo)
