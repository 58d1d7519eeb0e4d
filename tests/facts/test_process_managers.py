"""systemd, supervisor, circus, uWSGI, Apache, nginx and Caddy."""

from __future__ import annotations

import pytest

from flask_prodcheck.errors import ReadError
from flask_prodcheck.facts.apache import read_apache
from flask_prodcheck.facts.circus import read_circus
from flask_prodcheck.facts.nginx import read_nginx
from flask_prodcheck.facts.supervisor import read_supervisor
from flask_prodcheck.facts.systemd import read_systemd
from flask_prodcheck.facts.uwsgi import read_uwsgi


def test_systemd_unit() -> None:
    file = read_systemd(
        "deploy/web.service.j2",
        '[Unit]\nAfter=network.target\n[Service]\nUser=www\nWorkingDirectory=/srv\nEnvironment=A=b "C=d e"\nEnvironmentFile=-/etc/x\n'
        "Type=notify\nKillMode=mixed\nExecStartPre=/bin/true\nExecStart=/bin/old\nExecStart=\nExecStart=-/usr/bin/gunicorn \\\n"
        "  # a comment\n  -w {{ n + 1 }} 'a b'\n",
    )
    before, start = file.starts
    assert (before.role, start.role, start.name, start.user, start.cwd) == ("release", "run", "web", "www", "/srv")
    assert start.command is not None
    assert start.command.argv == ("/usr/bin/gunicorn", "-w", "{{ n + 1 }}", "a b")
    assert (start.command.span.line, start.command.text) == (13, "-/usr/bin/gunicorn -w {{ n + 1 }} 'a b'")
    assert [(var.name, var.value) for var in start.env] == [("A", "b"), ("C", "d e")]
    assert [(ref.path, ref.required) for ref in start.env_files] == [("/etc/x", False)]
    assert start.options == (("Type", "notify"), ("KillMode", "mixed"))
    assert ("After", "network.target") in file.settings


def test_systemd_argv_zero_drop_in_and_socket() -> None:
    (start,) = read_systemd("a.service", "[Service]\nExecStart=@/bin/x name arg\n").starts
    assert start.command is not None
    assert start.command.argv == ("/bin/x", "arg")
    (drop,) = read_systemd("web.service.d/10.conf", "[Service]\nEnvironment=A=b\n").starts
    assert (drop.name, drop.command, drop.env[0].value) == ("web", None, "b")
    assert read_systemd("a.socket", "[Socket]\nListenStream=8000\n").starts == ()


def test_supervisor() -> None:
    file = read_supervisor(
        "supervisord.conf",
        "[supervisord]\nnodaemon=true\n; the app\n[program:web]\ncommand=gunicorn -b :%(ENV_PORT)s\n  a:b ; why\ndirectory=/app\nuser=www\n"
        "environment=A=\"b,c\",\n  D='%(ENV_X)s'\nautostart=true\n[include]\nfiles = a/*.conf b.conf\n",
    )
    (start,) = file.starts
    assert start.command is not None
    assert start.command.argv == ("gunicorn", "-b", ":${PORT}", "a:b")
    assert (start.command.span.line, start.name, start.cwd, start.user, start.comment) == (
        5,
        "web",
        "/app",
        "www",
        "the app",
    )
    assert [(var.name, var.value, var.span.line) for var in start.env] == [("A", "b,c", 9), ("D", "${X}", 10)]
    assert start.options == (("autostart", "true"),)
    assert file.settings == (("nodaemon", "true"), ("include", "a/*.conf"), ("include", "b.conf"))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("uwsgi.ini", "[other]\nx = y\n[uwsgi]\n; c\nmodule = a:b\nmaster\nenv = A\nenv = B\n"),
        ("uwsgi.yaml", "uwsgi:\n  module: a:b\n  master:\n  env: [A, B]\n"),
        ("uwsgi.json", '{"uwsgi": {"module": "a:b", "master": true, "env": ["A", "B"]}}'),
        ("uwsgi.xml", "<uwsgi>\n<module>a:b</module>\n<master/><env>A</env><env>B</env></uwsgi>"),
    ],
)
def test_uwsgi_notations(path: str, text: str) -> None:
    config = read_uwsgi(path, text)
    assert [(key, value) for key, value, _ in config.options] == [
        ("module", "a:b"),
        ("master", "true"),
        ("env", "A"),
        ("env", "B"),
    ]


def test_uwsgi_sections_and_errors() -> None:
    assert read_uwsgi("u.ini", "[uwsgi]\nhttp = :1\n[uwsgi:prod]\nhttp = :2\n").get("http") is not None
    with pytest.raises(ReadError):
        read_uwsgi("u.xml", "<uwsgi><a></uwsgi>")


def test_apache() -> None:
    (start,) = read_apache(
        "site.conf",
        "<VirtualHost *:80>\n  WSGIDaemonProcess shop user=www home=/srv \\\n    threads=5\n  WSGIProcessGroup shop\n"
        "  WSGICallableObject app\n  WSGIScriptAlias / /srv/shop.wsgi\n</VirtualHost>\n",
    ).starts
    assert (start.kind, start.name, start.command, start.span.line, start.cwd, start.user) == (
        "apache",
        "/",
        None,
        6,
        "/srv",
        "www",
    )
    assert start.options[:3] == (("script", "/srv/shop.wsgi"), ("callable", "app"), ("daemon", "true"))
    assert ("threads", "5") in start.options


def test_nginx() -> None:
    proxy = read_nginx(
        "nginx.conf",
        "upstream app {\n  server 127.0.0.1:8000 fail_timeout=0;\n  server unix:/run/a.sock;\n}\nserver {\n  listen 443 ssl;\n"
        '  client_max_body_size 4M; # why; not\n  location / {\n    proxy_set_header X-Forwarded-For "$x; y";\n    proxy_pass http://app/;\n  }\n'
        "  location /b { uwsgi_pass unix:/run/b.sock; }\n}\n",
    )
    assert proxy.upstreams == ("127.0.0.1:8000", "unix:/run/a.sock", "unix:/run/b.sock")
    assert (proxy.tls, proxy.body_limit, proxy.headers, proxy.span.line) == (
        True,
        True,
        frozenset({"X-Forwarded-For"}),
        10,
    )
    plain = read_nginx(
        "n.conf", "server { listen 80; client_max_body_size 0; location / { proxy_pass http://web:5000; } }"
    )
    assert (plain.tls, plain.body_limit, plain.upstreams) == (False, False, ("web:5000",))


def test_caddyfile() -> None:
    proxy = read_nginx("Caddyfile", "example.org {\n  reverse_proxy /api/* web:8000\n}\n")
    assert (proxy.server, proxy.tls, proxy.upstreams, proxy.span.line) == ("caddy", True, ("web:8000",), 2)
    assert not read_nginx("Caddyfile", ":80 {\n  reverse_proxy web:8000\n}\n").tls


def test_circus_watchers() -> None:
    file = read_circus(
        "circus.ini",
        "[circus]\nendpoint = tcp://127.0.0.1:5555\n"
        "[watcher:web]\n# the site\ncmd = gunicorn -w $(circus.env.WORKERS)\nargs = app:app\nuid = web\nstop_signal = INT\n"
        "[watcher:shell]\ncmd = cd x && flask run\nshell = True\n"
        "[env]\nA = 1\n[env:web,other]\nB = $(CIRCUS.ENV.B)\n[env:sh*]\nC = 3\n",
    )
    web, shell = file.starts
    assert web.command is not None and shell.command is not None
    assert (web.kind, web.name, web.span.line, web.user, web.comment) == ("circus", "web", 5, "web", "the site")
    assert web.command.argv == ("gunicorn", "-w", "${WORKERS}", "app:app")
    assert shell.command.shell == "cd x && flask run"
    assert [(each.name, each.value) for each in web.env] == [("A", "1"), ("B", "${B}")]
    assert [(each.name, each.value) for each in shell.env] == [("A", "1"), ("C", "3")]
    assert dict(web.options)["stop_signal"] == "INT"
    assert read_circus("circus.ini", "[watcher:web]\nnumprocesses = 2\n").starts == ()
