"""Services that COPY brings into an image for its supervisor, one mechanism each."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from flask_prodcheck.facts.parse import parse
from flask_prodcheck.model.link import link
from flask_prodcheck.sources.discover import memory_tree

APP = "from flask import Flask\napp = Flask(__name__)\n"
IMAGE = "FROM python:3.13\nWORKDIR /app\nCOPY . .\n"
OVERLAY = IMAGE + "RUN curl -L https://example.org/s6-overlay.tar.gz | tar xz -C /\n"
RUN = "#!/usr/bin/with-contenv bash\ncd /app\nexec gunicorn app:app\n"
WORKER = "#!/bin/sh\nexec celery -A app worker\n"
PROGRAM = "[program:web]\ncommand=gunicorn MODULE:app\n"

CASES: list[tuple[str, dict[str, str], list[str]]] = [
    (
        "a folder over the root, s6-overlay's init as ENTRYPOINT",
        {
            "Dockerfile": IMAGE + 'COPY rootfs/ /\nENTRYPOINT ["/init"]\n',
            "rootfs/etc/services.d/web/run": RUN,
            "rootfs/etc/services.d/jobs/run": WORKER,
            "app.py": APP,
        },
        ["Dockerfile:5 > rootfs/etc/services.d/web/run:3 gunicorn production app:app True"],
    ),
    (
        "the same, services of s6-rc and a base image that starts by itself",
        {
            "Dockerfile": "FROM ghcr.io/acme/baseimage-alpine:3\nWORKDIR /app\nCOPY . .\nCOPY root/ /\n",
            "root/etc/s6-overlay/s6-rc.d/svc-web/run": RUN,
            "app.py": APP,
        },
        ["Dockerfile:1 > root/etc/s6-overlay/s6-rc.d/svc-web/run:3 gunicorn production app:app True"],
    ),
    (
        "s6-overlay's init runs CMD",
        {"Dockerfile": OVERLAY + 'ENTRYPOINT ["/init"]\nCMD ["gunicorn", "app:app"]\n', "app.py": APP},
        ["Dockerfile:5 > Dockerfile:6 gunicorn production app:app True"],
    ),
    (
        "an init of which nothing is known",
        {"Dockerfile": IMAGE + 'ENTRYPOINT ["/init"]\nCMD ["gunicorn", "app:app"]\n', "app.py": APP},
        [],
    ),
    (
        "services of runit in a base image that starts by itself",
        {
            "Dockerfile": "FROM phusion/baseimage:noble\nCOPY . /app\nCOPY ops/runit /etc/service\n",
            "ops/runit/web/run": RUN,
            "app.py": APP,
        },
        ["Dockerfile:1 > ops/runit/web/run:3 gunicorn production app:app True"],
    ),
    (
        "a service's script alone, under another name",
        {
            "Dockerfile": "FROM phusion/baseimage:noble\nCOPY . /app\nCOPY ops/web.sh /etc/service/web/run\n",
            "ops/web.sh": RUN,
            "app.py": APP,
        },
        ["Dockerfile:1 > ops/web.sh:3 gunicorn production app:app True"],
    ),
    (
        "what stands deeper is no service, but a script like any other",
        {
            "Dockerfile": "FROM phusion/baseimage:noble\nCOPY . /app\nCOPY ops/runit /etc/service\n",
            "ops/runit/web/run": RUN,
            "ops/runit/web/log/run": RUN,
            "app.py": APP,
        },
        [
            "Dockerfile:1 > ops/runit/web/run:3 gunicorn production app:app True",
            "ops/runit/web/log/run:3 gunicorn production app:app True",
        ],
    ),
    (
        "a plain base image starts no services",
        {"Dockerfile": IMAGE + "COPY ops/runit /etc/service\n", "ops/runit/web/run": RUN, "app.py": APP},
        ["ops/runit/web/run:3 gunicorn production app:app True"],
    ),
    (
        "supervisord reads what stands in its folder of the image",
        {
            "Dockerfile": IMAGE + 'COPY rootfs /\nCMD ["supervisord", "-n"]\n',
            "rootfs/etc/supervisor/conf.d/web.conf": PROGRAM.replace("MODULE", "app"),
            "other/supervisord.conf": PROGRAM.replace("MODULE", "other"),
            "app.py": APP,
            "other.py": APP,
        },
        [
            "Dockerfile:5 > rootfs/etc/supervisor/conf.d/web.conf:2 gunicorn production app:app True",
            "other/supervisord.conf:2 gunicorn production other:app True",
        ],
    ),
]


@pytest.mark.parametrize(("files", "expected"), [each[1:] for each in CASES], ids=[each[0] for each in CASES])
def test_launches(chains: Callable[[dict[str, str]], list[str]], files: dict[str, str], expected: list[str]) -> None:
    assert chains(files) == expected


NAMED = IMAGE + 'COPY rootfs/ /\nENTRYPOINT ["/init"]\n'
OF_BASE = "FROM acme/baseimage:3\nCOPY rootfs/ /\n"


@pytest.mark.parametrize(
    ("dockerfile", "files", "expected"),
    [
        (NAMED, {"rootfs/etc/services.d/jobs/run": WORKER}, []),
        (NAMED, {"rootfs/etc/cron": ""}, ["Dockerfile:5"]),
        (OF_BASE, {"rootfs/etc/services.d/jobs/run": WORKER}, []),
        (OF_BASE, {"rootfs/etc/cron": ""}, ["Dockerfile:1"]),
    ],
)
def test_services_that_are_all_seen_are_no_unknown_start(
    dockerfile: str, files: dict[str, str], expected: list[str]
) -> None:
    project = link(parse(memory_tree({"Dockerfile": dockerfile, "app.py": APP, **files})), name="site")
    assert [str(hop.span) for hop in project.unknown_starts] == expected
