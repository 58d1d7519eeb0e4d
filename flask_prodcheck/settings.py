"""The settings of an audit: ``[tool.prodcheck]`` of the audited root, validated once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from flask_prodcheck.errors import SettingsError
from flask_prodcheck.records import dataclass
from flask_prodcheck.tomlfile import Document, TomlError, nearest, parse_toml

FAIL_ON = ("error", "warning", "info", "never")
PERSONAS = ("regular", "pedantic", "auditor")
_LISTS = ("select", "ignore", "exclude", "production", "development", "extend-rules")
_KEYS = (*_LISTS, "fail-on", "persona", "per-file-ignores")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a user may choose. ``select`` empty means every rule; selectors are codes, slugs or beginnings of either.
    ``production``/``development`` are globs of deploy files, each with an optional ``:name`` of a process or service,
    that overrule what a launch is for. ``file`` is where the settings were read, "" for the defaults."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    fail_on: str = "error"
    persona: str = "regular"
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    production: tuple[str, ...] = ()
    development: tuple[str, ...] = ()
    extend_rules: tuple[str, ...] = ()
    file: str = ""


def load_settings(root: Path, config: Path | None = None) -> Settings:
    """The settings for the project at ``root``: those of ``config`` when given, else of its ``prodcheck.toml``, else of
    ``[tool.prodcheck]`` in its ``pyproject.toml``, else the defaults. Raises :class:`SettingsError` with file, line and
    the nearest valid word."""
    if config is not None:
        return _read(config, standalone=config.name != "pyproject.toml", required=True)
    own = root / "prodcheck.toml"
    if own.is_file():
        return _read(own, standalone=True, required=True)
    return _read(root / "pyproject.toml", standalone=False, required=False)


def settings_from(text: str, file: str, *, standalone: bool) -> Settings:
    """The settings in ``text``, the content of ``file``: the whole document when ``standalone``, else the table
    ``[tool.prodcheck]``. Raises :class:`SettingsError`."""
    try:
        document = parse_toml(text)
    except TomlError as failure:
        raise SettingsError(f"{file}:{failure.line}: {failure}") from failure
    table: object = document.data
    where = ""
    if not standalone:
        where = "tool.prodcheck"
        tool = document.data.get("tool", {})
        table = tool.get("prodcheck", {}) if isinstance(tool, dict) else {}
    if not isinstance(table, dict):
        raise SettingsError(f"{file}:{document.line('tool', 'prodcheck')}: tool.prodcheck is not a table")
    return _Reader(file, document, where, table).settings() if table else Settings()


def _read(path: Path, *, standalone: bool, required: bool) -> Settings:
    try:
        data = path.read_bytes()
    except OSError as failure:
        if not required:
            return Settings()
        raise SettingsError(f"{path}: cannot be read: {failure.strerror or failure}") from failure
    try:
        text = data.decode("utf-8-sig")
        return settings_from(text, path.name if not required else str(path), standalone=standalone)
    except (SettingsError, UnicodeDecodeError) as failure:
        # A pyproject.toml that is broken and holds no settings of ours is a problem of the report, not of the settings.
        if not required and b"[tool.prodcheck" not in data:
            return Settings()
        if isinstance(failure, SettingsError):
            raise
        raise SettingsError(f"{path}: is not UTF-8") from failure


@dataclass(frozen=True, slots=True)
class _Reader:
    file: str
    document: Document
    where: str
    table: Mapping[str, object]

    def fail(self, message: str, key: str) -> SettingsError:
        return SettingsError(f"{self.file}:{self.document.line(self.where, key)}: {message}")

    def settings(self) -> Settings:
        for key in self.table:
            if key not in _KEYS:
                raise self.fail(f"unknown setting {key!r}{nearest(key.replace('_', '-'), _KEYS)}", key)
        lists = {key: self.texts(key, self.table.get(key, [])) for key in _LISTS}
        return Settings(
            select=lists["select"],
            ignore=lists["ignore"],
            exclude=lists["exclude"],
            fail_on=self.word("fail-on", "error", FAIL_ON),
            persona=self.word("persona", "regular", PERSONAS),
            per_file_ignores=self.per_file_ignores(),
            production=lists["production"],
            development=lists["development"],
            extend_rules=lists["extend-rules"],
            file=self.file,
        )

    def texts(self, key: str, value: object) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
            hint = f' (write ["{value}"])' if isinstance(value, str) else ""
            raise self.fail(f"{key} is not a list of texts{hint}", key)
        return tuple(value)

    def word(self, key: str, default: str, valid: tuple[str, ...]) -> str:
        value = self.table.get(key, default)
        if not isinstance(value, str) or value not in valid:
            raise self.fail(f"{key} {value!r} is not one of {', '.join(valid)}{nearest(str(value), valid)}", key)
        return value

    def per_file_ignores(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        value = self.table.get("per-file-ignores", {})
        if not isinstance(value, dict):
            raise self.fail('per-file-ignores is not a table of "glob" = ["CODE"]', "per-file-ignores")
        return tuple((glob, self.texts("per-file-ignores", codes)) for glob, codes in value.items())
