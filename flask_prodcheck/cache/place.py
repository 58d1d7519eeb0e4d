"""Where answers are kept, and whether what lies there can be believed. Imports next to nothing: see ``recall``."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Mapping


def default_folder(environment: Mapping[str, str]) -> str | None:
    """The user's own cache folder; None when there is no home to put it in.

    It is outside the audited project on purpose: a project must not bring the answer about itself along, and an audit
    writes nothing into what it audits. Sources: the XDG Base Directory Specification; Apple's File System Programming
    Guide.
    """
    given = environment.get("PRODCHECK_CACHE_DIR")
    if given:
        return given
    if sys.platform == "win32":
        local = environment.get("LOCALAPPDATA")
        return os.path.join(local, "prodcheck", "Cache") if local else None
    base = environment.get("XDG_CACHE_HOME", "")
    if os.path.isabs(base):  # the specification has relative ones ignored
        return os.path.join(base, "prodcheck")
    home = environment.get("HOME", "")
    if not os.path.isabs(home):
        return None
    return os.path.join(home, "Library/Caches/prodcheck" if sys.platform == "darwin" else ".cache/prodcheck")


def is_own(folder: str | os.PathLike[str]) -> bool:
    """Whether only this user (or the administrator) can have written to ``folder``: its texts are repeated as answers."""
    try:
        status = os.stat(folder)
    except (OSError, ValueError):
        return False
    if sys.platform == "win32":
        return stat.S_ISDIR(status.st_mode)
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid() and not status.st_mode & stat.S_IWOTH
