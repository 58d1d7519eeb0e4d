"""The folders into which an application saves what visitors send, and which of them it looks into again."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence

from flask_prodcheck.base import Known, Span
from flask_prodcheck.facts.syntax import Attribute, Expr, PyModule, Upload
from flask_prodcheck.model.deployment.kept_texts import config_key, parsed
from flask_prodcheck.model.deployment.served import served_modules
from flask_prodcheck.model.evaluation.evaluate import Scope, evaluate_paths
from flask_prodcheck.model.project import Configuration, Project
from flask_prodcheck.model.python.modules import Modules
from flask_prodcheck.records import dataclass

_PROJECT = "<project>"
_HOME = "~"


@dataclass(frozen=True, slots=True)
class UploadFolder:
    """A folder that uploads are saved in: ``path`` is relative to the root of the project, or absolute. ``variable``: the
    variable that could have named another one ("" = none); ``named``: where the configuration names it."""

    path: str
    uploads: tuple[Upload, ...]
    variable: str = ""
    named: Span | None = None


@dataclass(frozen=True, slots=True)
class _Path:
    path: str
    variable: str = ""
    named: Span | None = None


def upload_folders(project: Project, configuration: Configuration) -> Iterator[UploadFolder]:
    """Those below the folder of the project, or absolute, whose files are asked for later: the application writes their
    names down, or sends files from the folder."""
    modules = tuple(served_modules(project, configuration))
    if not any(module.uses.uploads for module in modules):
        return
    index = Modules(project.facts)
    saved: dict[str, list[tuple[Upload, _Path]]] = {}
    for module in modules:
        texts = tuple(each.folder for each in module.uses.uploads)
        for upload, found in zip(module.uses.uploads, _paths(texts, module, index, configuration), strict=True):
            place = _written_to(found.path, configuration)
            if place is not None:
                saved.setdefault(place, []).append((upload, found))
    sent = {
        place
        for module in modules
        for found in (_paths(module.uses.sent_folders, module, index, configuration) if saved else ())
        if (place := _sent_from(found.path, configuration)) is not None
    }
    for path, uploads in sorted(saved.items()):
        if any(upload.recorded for upload, _ in uploads) or any(_is_above(each, path) for each in sent):
            variable = next((found.variable for _, found in uploads if found.variable), "")
            named = next((found.named for _, found in uploads if found.named is not None), None)
            yield UploadFolder(path, tuple([upload for upload, _ in uploads]), variable, named)


def _paths(
    folders: Sequence[Sequence[str]], module: PyModule, index: Modules, configuration: Configuration
) -> list[_Path]:
    """The path that the parts of each of ``folders`` begin, as far as they are known; "" where the first is not."""
    texts = list(dict.fromkeys([text for parts in folders for text in parts]))
    known = {text: _configured(expr, configuration) for text in texts if (expr := parsed(text)) is not None}
    left = [(text, expr) for text in texts if (expr := parsed(text)) is not None and known.get(text) is None]
    if left:
        launch = configuration.launch
        folder = launch.cwd if launch is not None and launch.cwd_known else configuration.app.cwd
        scope = Scope(
            index,
            module.path,
            env=launch.env if launch is not None else {},
            roots=(folder, configuration.app.cwd),
        )
        for (text, _), (value, path) in zip(left, evaluate_paths([expr for _, expr in left], scope), strict=True):
            known[text] = _Path(path, value.variable if value.fallback else "", value.span)
    return [_joined([known.get(text) for text in parts]) for parts in folders]


def _configured(expr: Expr, configuration: Configuration) -> _Path | None:
    """What a key of the configuration, or the folder of the application, is; None for anything else."""
    if isinstance(expr, Attribute) and expr.attr in ("root_path", "static_folder"):
        root = posixpath.dirname(configuration.app.span.file)
        return _Path(posixpath.join(_PROJECT, root, "static" if expr.attr == "static_folder" else "").rstrip("/"))
    key = config_key(expr)
    if key is None:
        return None
    setting = configuration.get(key)
    value = setting.value.value if isinstance(setting.value, Known) else None
    path = value if isinstance(value, str) else setting.in_project
    return _Path(path, setting.variable if setting.fallback else "", setting.span)


def _joined(parts: Sequence[_Path | None]) -> _Path:
    found = _Path("")
    for part in parts:
        if part is None or not part.path:
            break
        absolute = part.path.startswith(("/", _PROJECT, _HOME))
        found = _Path(
            part.path if absolute else posixpath.join(found.path, part.path),
            found.variable or part.variable,
            found.named or part.named,
        )
    return found


def _written_to(path: str, configuration: Configuration) -> str | None:
    """Where a process of the launch writes what it calls ``path``."""
    launch = configuration.launch
    if launch is None or not launch.cwd_known:
        return _place(path, None)
    return _place(path, launch.cwd)


def _sent_from(path: str, configuration: Configuration) -> str | None:
    """Flask takes the folders that it sends files from to be in that of the application."""
    return _place(path, posixpath.dirname(configuration.app.span.file))


def _place(path: str, folder: str | None) -> str | None:
    # ``f"{os.getenv('HOME_OF_APP')}/media"``: nothing is called None, so whoever starts it sets the variable
    if not path or path.startswith(_HOME) or "None" in path.split("/"):
        return None
    if path.startswith("/"):
        return posixpath.normpath(path)
    if path.startswith(_PROJECT):
        inside = posixpath.normpath(path[len(_PROJECT) :].lstrip("/") or ".")
    elif folder is None:
        return None
    else:
        inside = posixpath.normpath(posixpath.join(folder or ".", path))
    return None if inside.startswith("..") else inside


def _is_above(folder: str, path: str) -> bool:
    return folder == path or path.startswith(folder + "/")
