"""Starts on a server that a workflow or a script deploys to, of which the project shows nothing: a service of the host."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from flask_prodcheck.errors import ReadError
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.shell import parse_command_line
from flask_prodcheck.facts.shell_commands import every_command
from flask_prodcheck.facts.workflow_calls import KIND
from flask_prodcheck.model.launching.heads.head import Head, is_for_work, is_test_place
from flask_prodcheck.model.project import Hop
from flask_prodcheck.patterns import regex

_STARTS = frozenset({"start", "restart", "reload", "enable", "reload-or-restart"})
#: Services of a host that hold no application: what an application needs, or what stands in front of it.
_BESIDE = regex(
    r"(?:nginx|caddy|haproxy|traefik|docker|containerd|postgres\w*|mysqld?|mariadb|redis(?:-server)?|mongod?|memcached"
    r"|rabbitmq\w*|celery\w*|cron\w*|sshd?|fail2ban|ufw|php\S*|certbot\S*|daemon|all)(?:@\S*)?"
)


#: Services that serve applications themselves.
_WEB_SERVERS = frozenset({"apache2", "httpd", "uwsgi", "emperor.uwsgi"})


def restarts_something_unseen(head: Head, facts: Facts) -> bool:
    """Whether the script of a workflow (re)starts a service of the host that no file of the project describes."""
    if head.kind != KIND or head.command is None:
        return False
    try:
        commands = list(every_command(parse_command_line(head.command.shell or "", head.span)))
    except ReadError:
        return False
    for each in commands:
        service = _service([word.text.strip("\"'") for word in each.words if word.text != "sudo"])
        if service and not _BESIDE.fullmatch(service) and not _is_described(service, facts):
            return True
    return False


def restarted_servers(facts: Facts) -> Iterator[Hop]:
    """Where scripts of the project restart a web server of the host that may serve it, by a configuration that the project
    does not hold."""
    for path in sorted(facts.scripts):
        if is_test_place(path) or is_for_work(path):
            continue
        for command in every_command(facts.scripts[path].body):
            service = _service([word.text.strip("\"'") for word in command.words if word.text != "sudo"])
            if service in _WEB_SERVERS and not _is_described(service, facts):
                yield Hop(command.span, command.text)


def _service(words: list[str]) -> str:
    """The service that a command starts, without the ending of its unit; "" for any other command."""
    rest = [word for word in words[1:] if not word.startswith("-")]
    if words[:1] in (["systemctl"], ["supervisorctl"], ["pm2"]) and len(rest) > 1 and rest[0] in _STARTS:
        return rest[1].removesuffix(".service")
    if words[:1] == ["service"] and len(rest) > 1 and rest[1] in _STARTS:
        return rest[0]
    return ""


def _is_described(service: str, facts: Facts) -> bool:
    """Whether a unit, a program or a configuration of the project is called so."""
    if service in ("apache2", "httpd"):
        return any(file.kind == "apache" for file in facts.start_files.values()) or any(
            path.endswith(".wsgi") for path in facts.paths
        )
    return any(
        posixpath.basename(path).split(".")[0] == service or any(start.name == service for start in file.starts)
        for path, file in facts.start_files.items()
        if file.kind != KIND
    )
