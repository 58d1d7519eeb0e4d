"""Apache as the program of a container, one mechanism each."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from flask_prodcheck.facts.parse import parse
from flask_prodcheck.model.link import link
from flask_prodcheck.sources.discover import memory_tree

APP = "from flask import Flask\napp = application = Flask(__name__)\n"
SITE = "Listen 80\nWSGIDaemonProcess shop user=shop home=/srv\nWSGIScriptAlias / /srv/shop.wsgi\n"
IMAGE = "FROM debian:12\nRUN apt-get install -y apache2 libapache2-mod-wsgi-py3\nCOPY . /srv\n"

CASES: list[tuple[str, dict[str, str], list[str]]] = [
    (
        "an example of a site that an image takes too is there for hosts",
        {
            "Dockerfile": IMAGE
            + "COPY install/example_site.conf /etc/apache2/sites-enabled/\nCMD apache2ctl -D FOREGROUND\n",
            "install/example_site.conf": SITE,
            "shop.wsgi": APP,
        },
        [
            "Dockerfile:5 > install/example_site.conf:3 > shop.wsgi:2 mod_wsgi production shop.wsgi:application True",
            "install/example_site.conf:3 > shop.wsgi:2 mod_wsgi production shop.wsgi:application True",
        ],
    ),
    (
        "a script without an ending, of a package of the system, known by its folder",
        {
            "docker/web/Dockerfile": "FROM fedora:43\nRUN dnf -y install shop-web\nCOPY files/ /\nCMD httpd -DFOREGROUND\n",
            "docker/web/files/etc/httpd/conf.d/shop.conf": "WSGIScriptAlias / /usr/share/shop/site/application\n",
            "web/site/application": "from shop import app\napplication = app\n",
            "web/site/shop.py": APP,
        },
        [
            "docker/web/Dockerfile:4 > docker/web/files/etc/httpd/conf.d/shop.conf:1 > web/site/application:2 mod_wsgi production web/site/application:application True",
        ],
    ),
    (
        "... of which there are two, or which stands elsewhere",
        {
            "shop.conf": "WSGIScriptAlias / /usr/share/shop/site/application\nWSGIScriptAlias /x /usr/share/shop/other/application\n",
            "web/site/application": "from shop import app\napplication = app\n",
            "api/site/application": "from shop import app\napplication = app\n",
            "shop.py": APP,
        },
        [],
    ),
    (
        "httpd in the foreground, the configuration copied over its own",
        {
            "Dockerfile": IMAGE
            + 'COPY ops/site.conf /etc/httpd/conf/httpd.conf\nCMD ["/usr/sbin/httpd", "-DFOREGROUND"]\n',
            "ops/site.conf": SITE,
            "shop.wsgi": APP,
        },
        ["Dockerfile:5 > ops/site.conf:3 > shop.wsgi:2 mod_wsgi production shop.wsgi:application True"],
    ),
    (
        "apache2ctl, a site that is enabled",
        {
            "Dockerfile": IMAGE
            + "COPY site.conf /etc/apache2/sites-available/shop.conf\nRUN a2ensite shop\nCMD apache2ctl -D FOREGROUND\n",
            "site.conf": SITE,
            "shop.wsgi": APP,
        },
        ["Dockerfile:6 > site.conf:3 > shop.wsgi:2 mod_wsgi production shop.wsgi:application True"],
    ),
    (
        "a script starts the service, a whole folder of configuration is copied",
        {
            "Dockerfile": IMAGE + 'COPY conf.d/ /etc/httpd/conf.d/\nENTRYPOINT ["/srv/boot.sh"]\n',
            "boot.sh": "#!/bin/sh\nservice apache2 start\ntail -f /dev/null\n",
            "conf.d/shop.conf": SITE,
            "shop.wsgi": APP,
        },
        ["Dockerfile:5 > boot.sh:2 > conf.d/shop.conf:3 > shop.wsgi:2 mod_wsgi production shop.wsgi:application True"],
    ),
    (
        "configuration that a line of the Dockerfile includes, or the command names",
        {
            "Dockerfile": IMAGE
            + "RUN echo 'Include /srv/ops/site.conf' >> /etc/apache2/apache2.conf\nCMD apachectl -DFOREGROUND\n",
            "named.Dockerfile": IMAGE + 'CMD ["httpd", "-f", "/srv/ops/site.conf", "-X"]\n',
            "ops/site.conf": SITE,
            "shop.wsgi": APP,
        },
        [
            "Dockerfile:5 > ops/site.conf:3 > shop.wsgi:2 mod_wsgi production shop.wsgi:application True",
            "named.Dockerfile:4 > ops/site.conf:3 > shop.wsgi:2 mod_wsgi production shop.wsgi:application True",
        ],
    ),
    (
        "configuration that the Dockerfile writes itself",
        {
            "Dockerfile": IMAGE
            + "RUN echo '<VirtualHost *:80>\\n\\\n  WSGIScriptAlias / /srv/shop.wsgi\\n\\\n</VirtualHost>\\n' > /etc/apache2/sites-enabled/shop.conf\n"
            + "CMD apache2 -D FOREGROUND\n",
            "heredoc.Dockerfile": IMAGE
            + "COPY <<EOF /etc/httpd/conf.d/shop.conf\n# ours\nWSGIScriptAlias / /srv/shop.wsgi\nEOF\nCMD httpd -D FOREGROUND\n",
            "shop.wsgi": APP,
        },
        [
            "Dockerfile:7 > Dockerfile:4 > shop.wsgi:2 mod_wsgi production shop.wsgi:application True",
            "heredoc.Dockerfile:8 > heredoc.Dockerfile:6 > shop.wsgi:2 mod_wsgi production shop.wsgi:application True",
        ],
    ),
    (
        "a compose service mounts the configuration",
        {
            "compose.yml": "services:\n  web:\n    build: .\n    command: httpd -D FOREGROUND\n    volumes: ['./site.conf:/etc/httpd/conf.d/shop.conf']\n",
            "Dockerfile": IMAGE,
            "site.conf": SITE,
            "shop.wsgi": APP,
        },
        ["compose.yml:4 > site.conf:3 > shop.wsgi:2 mod_wsgi production shop.wsgi:application True"],
    ),
    (
        "configuration that is only copied with the code is not what Apache reads",
        {
            "Dockerfile": IMAGE + 'CMD ["httpd", "-DFOREGROUND"]\n',
            "site.conf": SITE,
            "shop.wsgi": APP,
        },
        ["site.conf:3 > shop.wsgi:2 mod_wsgi production shop.wsgi:application True"],
    ),
    (
        "Apache that is asked, or ended, serves nothing",
        {
            "Dockerfile": IMAGE + "COPY site.conf /etc/httpd/conf.d/shop.conf\nCMD httpd -t && apachectl stop\n",
            "site.conf": SITE,
            "shop.wsgi": APP,
        },
        ["site.conf:3 > shop.wsgi:2 mod_wsgi production shop.wsgi:application True"],
    ),
    (
        "an image of the test suite takes no launch from the configuration that it copies",
        {
            "tests/Dockerfile": IMAGE + "COPY site.conf /etc/httpd/conf.d/shop.conf\nCMD httpd -DFOREGROUND\n",
            "site.conf": SITE,
            "shop.wsgi": APP,
        },
        ["site.conf:3 > shop.wsgi:2 mod_wsgi production shop.wsgi:application True"],
    ),
    (
        "a front of another server: the other one serves",
        {
            "Dockerfile": IMAGE + 'COPY site.conf /etc/httpd/conf.d/shop.conf\nCMD ["httpd", "-DFOREGROUND"]\n',
            "site.conf": "<VirtualHost *:80>\nProxyPass / http://web:8000/\n</VirtualHost>\n",
            "Procfile": "web: gunicorn shop:app\n",
            "shop.py": APP,
        },
        ["Procfile:1 gunicorn production shop:app True"],
    ),
]


@pytest.mark.parametrize(("files", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_launches_of_apache(
    files: dict[str, str], expected: list[str], chains: Callable[[dict[str, str]], list[str]]
) -> None:
    assert chains(files) == expected


def test_apache_of_which_nothing_is_seen_is_an_unknown_start() -> None:
    files = {"Dockerfile": IMAGE + 'CMD ["/usr/sbin/httpd", "-DFOREGROUND"]\n', "shop.py": APP}
    assert [str(hop.span) for hop in link(parse(memory_tree(files)), name="site").unknown_starts] == ["Dockerfile:4"]


def test_a_program_of_the_project_that_is_called_service_is_an_unknown_start() -> None:
    files = {"Dockerfile": 'FROM scratch\nENTRYPOINT ["/app/service"]\n', "shop.py": APP}
    assert [str(hop.span) for hop in link(parse(memory_tree(files)), name="site").unknown_starts] == ["Dockerfile:2"]


def test_apache_without_mod_wsgi_is_no_unknown_start() -> None:
    files = {"Dockerfile": 'FROM debian:12\nCMD ["/usr/sbin/httpd", "-DFOREGROUND"]\n', "shop.py": APP}
    assert link(parse(memory_tree(files)), name="site").unknown_starts == ()


def test_what_apache_serves_runs_as_its_own_user() -> None:
    files = {
        "Dockerfile": IMAGE + "COPY site.conf /etc/httpd/conf.d/shop.conf\nCMD httpd -DFOREGROUND\n",
        "site.conf": "WSGIScriptAlias / /srv/shop.wsgi\n",
        "shop.wsgi": APP,
    }
    (launch,) = link(parse(memory_tree(files)), name="site").launches
    assert launch.root_user is False
