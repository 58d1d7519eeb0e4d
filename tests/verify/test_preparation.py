"""The command that makes a project's database, as the project itself shows it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from flask_prodcheck.boot.recipe import recipe_for
from flask_prodcheck.settings import Settings
from flask_prodcheck.verify.preparation import made_as_main, preparation

APP = "from flask import Flask\napp = Flask(__name__)\n"
MIGRATED = f"from flask_migrate import Migrate\n{APP}Migrate(app)\n"
VERSION = {"migrations/env.py": "", "migrations/versions/1_first.py": "def upgrade():\n    pass\n"}
MANAGED = """from flask.cli import FlaskGroup
from app import app
cli = FlaskGroup(app)

@cli.command("recreate_db")
def recreate_db():
    pass

@cli.command("create_db")
def create_db():
    pass

if __name__ == "__main__":
    cli()
"""


@pytest.mark.parametrize(
    ("files", "commands", "command"),
    [
        ({"app.py": APP}, [], ""),
        ({"app.py": APP}, ["admin", "forge", "init-db"], "flask init-db"),
        ({"app.py": APP}, ["initdb"], "flask initdb"),
        ({"app.py": APP}, ["db create"], "flask db create"),
        ({"app.py": APP}, ["drop-db", "recreate-db", "reset_database"], ""),
        ({"app.py": MIGRATED, **VERSION}, ["init-db"], "flask db upgrade"),
        ({"app.py": MIGRATED, "migrations/env.py": ""}, ["init-db"], "flask init-db"),
        ({"app.py": APP, "alembic.ini": "[alembic]\n", **VERSION}, [], "alembic upgrade head"),
        ({"app.py": APP, "manage.py": MANAGED}, [], "python manage.py create_db"),
        ({"app.py": APP, "create_db.py": "import app\n"}, [], "python create_db.py"),
        ({"app.py": APP, "tools/create_db.py": "import app\n"}, [], ""),
    ],
)
def test_the_command_is_one_that_the_project_has(
    tmp_path: Path, files: Mapping[str, str], commands: list[str], command: str
) -> None:
    for name, text in {"Procfile": "web: gunicorn app:app\n", **files}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    recipe = recipe_for(tmp_path, Settings(), tmp_path / "scratch")
    assert preparation(recipe, {"commands": commands}) == command


def test_tables_that_only_the_main_program_makes(tmp_path: Path) -> None:
    (tmp_path / "Procfile").write_text("web: gunicorn app:app\n", encoding="utf-8")
    text = f"{APP}if __name__ == '__main__':\n    if True:\n        db.create_all()\n    app.run()\n"
    (tmp_path / "app.py").write_text(text, encoding="utf-8")
    recipe = recipe_for(tmp_path, Settings(), tmp_path / "scratch")
    assert str(made_as_main(recipe.project)) == "app.py:5"
    assert preparation(recipe, {}) == ""
    (tmp_path / "app.py").write_text(f"{APP}db.create_all()\n", encoding="utf-8")
    assert made_as_main(recipe_for(tmp_path, Settings(), tmp_path / "scratch").project) is None
