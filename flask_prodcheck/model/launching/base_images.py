"""Public base images that carry a start script of their own, and what that script runs.

Sources: the README of tiangolo/uwsgi-nginx, tiangolo/uwsgi-nginx-flask, tiangolo/meinheld-gunicorn and
tiangolo/meinheld-gunicorn-flask ("/start.sh", "Custom uWSGI config", "MODULE_NAME").
"""

from __future__ import annotations

from flask_prodcheck.patterns import regex

_STARTS = (
    (
        regex(r"(?:^|/)tiangolo/uwsgi-nginx(?:-flask)?(?:[:@]|$)"),
        ("/start.sh", "/usr/bin/supervisord"),
        ("uwsgi", "--ini", "/app/uwsgi.ini"),
    ),
    (
        regex(r"(?:^|/)tiangolo/meinheld-gunicorn(?:-flask)?(?:[:@]|$)"),
        ("/start.sh",),
        ("gunicorn", "-k", "egg:meinheld#gunicorn_worker", "main:app"),
    ),
)


_PYTHON_BASE = regex(
    r"(?:^|/)(?:python|pypy|debian|ubuntu|alpine|fedora|centos|rockylinux|almalinux|amazonlinux|ubi\d?|ubi-minimal|slim|uv|miniconda\d?|mambaforge|continuumio)(?:[:@/-]|$)"
)


def is_plain_base(image: str) -> bool:
    """Whether a base image is a public Python or system image: no server, no application, root by default."""
    return bool(_PYTHON_BASE.search(image))


def base_start(image: str, script: str) -> tuple[str, ...] | None:
    """What ``script`` of the base image ``image`` runs; None when it is not known."""
    for pattern, scripts, command in _STARTS:
        if script in scripts and pattern.search(image):
            return command
    return None


def base_script(image: str) -> str | None:
    """The script that the base image ``image`` starts where nothing else is said; None when it is not known."""
    return next((scripts[0] for pattern, scripts, _ in _STARTS if pattern.search(image)), None)


#: What the configuration that the images of uWSGI bring says, where the project brings none ("/app/uwsgi.ini").
BASE_UWSGI = ("uwsgi", "--chdir", "/app", "--module", "main", "--callable", "app")
