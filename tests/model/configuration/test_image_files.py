"""Which files an image has, by Docker's rules for ``.dockerignore`` and by what is copied."""

from __future__ import annotations

import pytest

from flask_prodcheck.model.configuration.image_files import is_copied, is_kept_out


@pytest.mark.parametrize(
    ("path", "lines", "out"),
    [
        (".env", ".env", True),
        (".env", "/.env", True),
        (".env", "./.env", True),
        (".env", "**/.env", True),
        ("deploy/.env", "**/.env", True),
        ("deploy/.env", ".env", False),  # patterns begin at the top
        ("deploy/.env", "*/.env", True),
        ("deploy/.env", "deploy", True),
        ("deploy/.env", "deploy/", True),
        ("a/b/prod.env", "a/**/*.env", True),
        ("a/prod.env", "a/**/*.env", True),
        (".env", "*.env", True),
        ("prod.env", "*.en?", True),
        ("prod.env", "*", True),
        ("prod.env", "*\n!prod.env", False),
        ("a/prod.env", "*\n!a", False),
        ("prod.env", "!prod.env\n*", True),
        (".env", ".env*\n!.env.example", True),
        (".env", "# .env\n\n.venv", False),
        ("a/.env", "**", True),
    ],
)
def test_dockerignore(path: str, lines: str, out: bool) -> None:
    assert is_kept_out(path, {".dockerignore": lines.split("\n")}) is out
    assert is_kept_out(f"web/{path}", {"web/.dockerignore": lines.split("\n")}) is out
    assert not is_kept_out(path, {"other/.dockerignore": lines.split("\n")})


@pytest.mark.parametrize(
    ("layout", "copied"),
    [
        ((), True),
        ((("/app", "."),), True),
        ((("/app", "web"),), True),
        ((("/app/.env", "web/.env"),), True),
        ((("/app", "web/site"), ("/app/x", "we")), False),
    ],
)
def test_what_is_copied(layout: tuple[tuple[str, str], ...], copied: bool) -> None:
    assert is_copied("web/.env", layout) is copied
