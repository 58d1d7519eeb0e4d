"""Public images by their names: bases, those that carry a start script of their own and what that script runs, and
servers that projects run beside them.

Sources: the README of tiangolo/uwsgi-nginx, tiangolo/uwsgi-nginx-flask, tiangolo/meinheld-gunicorn and
tiangolo/meinheld-gunicorn-flask ("/start.sh", "Custom uWSGI config", "MODULE_NAME"; their Dockerfiles end in the folder /app); https://hub.docker.com/_/unit ("docker-entrypoint.sh");
https://docs.aws.amazon.com/lambda/latest/dg/python-image.html (the handler as CMD, LAMBDA_TASK_ROOT).
"""

from __future__ import annotations

from flask_prodcheck.patterns import regex

_STARTS = (
    (
        regex(r"(?:^|/)tiangolo/uwsgi-nginx(?:-flask)?(?:[:@]|$)"),
        ("/start.sh", "/usr/bin/supervisord"),
        ("uwsgi", "--ini", "/app/uwsgi.ini"),
        "/app",
    ),
    (
        regex(r"(?:^|/)tiangolo/meinheld-gunicorn(?:-flask)?(?:[:@]|$)"),
        ("/start.sh",),
        ("gunicorn", "-k", "egg:meinheld#gunicorn_worker", "main:app"),
        "/app",
    ),
    (
        regex(r"^(?:docker\.io/)?(?:library/)?unit(?:[:@]|$)|(?:^|/)nginx/unit(?:[:@]|$)"),
        ("/usr/local/bin/docker-entrypoint.sh",),
        ("unitd", "--no-daemon"),
        "/",
    ),
)


_PYTHON_BASE = regex(
    r"(?:^|/)(?:python|pypy|debian|ubuntu|alpine|fedora|centos|rockylinux|almalinux|amazonlinux|ubi\d?|ubi-minimal|slim|uv|miniconda\d?|mambaforge|continuumio)(?:[:@/-]|$)"
)


#: Official images that projects run beside their own.
OFFICIAL_IMAGES = frozenset(
    [
        "postgres",
        "mysql",
        "mariadb",
        "redis",
        "mongo",
        "nginx",
        "httpd",
        "memcached",
        "rabbitmq",
        "python",
        "node",
        "alpine",
        "ubuntu",
        "debian",
        "busybox",
        "traefik",
        "caddy",
        "haproxy",
        "elasticsearch",
        "minio",
        "kafka",
        "zookeeper",
        "vault",
        "consul",
    ]
)


def is_plain_base(image: str) -> bool:
    """Whether a base image is a public Python or system image: no server, no application, root by default."""
    return bool(_PYTHON_BASE.search(image))


def base_start(image: str, script: str) -> tuple[str, ...] | None:
    """What ``script`` of the base image ``image`` runs; None when it is not known."""
    for pattern, scripts, command, _ in _STARTS:
        if script in scripts and pattern.search(image):
            return command
    return None


def base_folder(image: str) -> str:
    """The folder in which a container of the base image ``image`` starts, as far as it is known."""
    return next((folder for pattern, _, _, folder in _STARTS if pattern.search(image)), "/")


def base_script(image: str) -> str | None:
    """The script that the base image ``image`` starts where nothing else is said; None when it is not known."""
    return next((scripts[0] for pattern, scripts, _, _ in _STARTS if pattern.search(image)), None)


_LAMBDA = regex(r"(?:^|/)lambda/python(?:[:@]|$)|(?:^|/)aws-lambda-python(?:[:@]|$)")
_HANDLER = regex(r"[\w./-]*\w\.[A-Za-z_]\w*")
#: Where the images of AWS Lambda hold the code; LAMBDA_TASK_ROOT names it.
LAMBDA_FOLDER = "/var/task"


def is_lambda_base(image: str) -> bool:
    """Whether a base image is AWS's for functions in Python."""
    return bool(_LAMBDA.search(image))


def lambda_start(image: str, argv: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """What the base image ``image`` runs where its CMD ``argv`` is the handler of a function; None for anything else."""
    if argv is None or len(argv) != 1 or not is_lambda_base(image) or not _HANDLER.fullmatch(argv[0]):
        return None
    return None if argv[0].endswith((".sh", ".py")) else ("awslambdaric", argv[0])


#: What the configuration that the images of uWSGI bring says, where the project brings none ("/app/uwsgi.ini").
BASE_UWSGI = ("uwsgi", "--chdir", "/app", "--module", "main", "--callable", "app")
