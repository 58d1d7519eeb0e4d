"""What a rule says where a deploy file could not be read: less, and why."""

from __future__ import annotations

import pytest

from flask_prodcheck.audit import audit_tree
from flask_prodcheck.sources.discover import memory_tree

FILES = {"requirements.txt": "flask==3.1.3\n", "app.py": "from flask import Flask\napp = Flask(__name__)\n"}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "zappa_settings.json",
            '{"live": {"app_function": "app.app",\n// "name": "me", as it was\n"s3_bucket": "x"}}\n',
        ),
        ("Dockerfile", "FROM\n\0"),
    ],
)
def test_a_server_may_stand_in_a_file_that_cannot_be_read(name: str, text: str) -> None:
    report = audit_tree(memory_tree(FILES | {name: text}))
    (found,) = [each for each in report.findings if each.code == "PC103"]
    assert found.severity == "info" and f"{name}:" in found.message
    (sure,) = [each for each in audit_tree(memory_tree(FILES)).findings if each.code == "PC103"]
    assert sure.severity == "error"
