"""``[tool.prodcheck]``: accepted values, and errors with file, line and suggestion."""

from __future__ import annotations

from pathlib import Path

import pytest

from flask_prodcheck.errors import SettingsError
from flask_prodcheck.settings import Settings, load_settings, settings_from


def test_all_keys() -> None:
    text = """
[tool.prodcheck]
select = ["PC1"]
ignore = ["PC2"]
exclude = ["x/"]
fail-on = "warning"
persona = "pedantic"
production = ["deploy/*.sh"]
development = ["compose.yml:dev"]
[tool.prodcheck.per-file-ignores]
"tools/*" = ["PC101"]
"""
    assert settings_from(text, "pyproject.toml", standalone=False) == Settings(
        select=("PC1",),
        ignore=("PC2",),
        exclude=("x/",),
        fail_on="warning",
        persona="pedantic",
        per_file_ignores=(("tools/*", ("PC101",)),),
        production=("deploy/*.sh",),
        development=("compose.yml:dev",),
        file="pyproject.toml",
    )


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('ignroe = ["PC1"]', "unknown setting 'ignroe' (did you mean \"ignore\"?)"),
        ('fail_on = "error"', "unknown setting 'fail_on' (did you mean \"fail-on\"?)"),
        ('fail-on = "eror"', "fail-on 'eror' is not one of error, warning, info, never (did you mean \"error\"?)"),
        ('select = "PC1"', 'select is not a list of texts (write ["PC1"])'),
        ("exclude = [1]", "exclude is not a list of texts"),
        ("per-file-ignores = []", "per-file-ignores is not a table"),
    ],
)
@pytest.mark.parametrize("standalone", [True, False])
def test_errors(line: str, words: str, standalone: bool) -> None:
    text = f"# one\n{line}\n" if standalone else f"[project]\nname = 'x'\n[tool.prodcheck]\n# one\n{line}\n"
    with pytest.raises(SettingsError) as caught:
        settings_from(text, "f.toml", standalone=standalone)
    assert str(caught.value) == f"f.toml:{2 if standalone else 5}: {words}" or words in str(caught.value)
    assert str(caught.value).startswith(f"f.toml:{2 if standalone else 5}: ")


def test_where_they_are_found(tmp_path: Path) -> None:
    assert load_settings(tmp_path) == Settings()
    (tmp_path / "pyproject.toml").write_text("[tool.prodcheck]\nignore = ['PC1']\n")
    assert load_settings(tmp_path).ignore == ("PC1",)
    (tmp_path / "prodcheck.toml").write_text("ignore = ['PC2']\n")
    assert load_settings(tmp_path).ignore == ("PC2",)
    (tmp_path / "other.toml").write_text("ignore = ['PC3']\n")
    assert load_settings(tmp_path, tmp_path / "other.toml").ignore == ("PC3",)


def test_a_broken_pyproject_without_our_table_is_not_our_error(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project\n")
    assert load_settings(tmp_path) == Settings()
    (tmp_path / "pyproject.toml").write_text("[tool.prodcheck]\nignore = [\n")
    with pytest.raises(SettingsError, match="invalid TOML"):
        load_settings(tmp_path)


def test_a_config_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load_settings(tmp_path, tmp_path / "no.toml")
