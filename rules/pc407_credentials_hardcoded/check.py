"""PC407: no password that production uses is written in the project."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence

from flask_prodcheck.rulekit import (
    ComposeService,
    Confidence,
    Configuration,
    EnvVar,
    Hit,
    Known,
    Port,
    Project,
    Setting,
    Span,
    Value,
    cluster_secrets,
    cluster_settings,
    compose_order,
    is_placeholder,
    is_production_path,
    looks_made_up,
    masked,
    runs_by_itself,
    served_modules,
    supplier,
    text_of,
)

_USERINFO = re.compile(r"^[a-zA-Z][a-zA-Z0-9+.-]{0,40}://[^/@\s:]{0,200}:([^/@\s]{1,200})@([^/:@\s]{1,200})")
#: The address of a server in a public network, with the password to it, in a command.
_WRITTEN = re.compile(
    r"[a-zA-Z][a-zA-Z0-9+.-]{0,40}://[^/@\s:$\"']{1,200}:([^/@\s$\"']{1,200})@((?:[\w-]{1,63}\.){1,8}[a-zA-Z]{2,20})(?=[:/?\s\"']|$)"
)
#: Keys that pages carry: Google's for browsers, and the publishable ones of Stripe. What restricts them is their owner's.
_FOR_PAGES = re.compile(r"AIza[\w-]{30,40}|pk_(?:test|live)_\w+")
_LOCAL = frozenset({"localhost", "127.0.0.1", "[::1]", "host.docker.internal"})
_EXAMPLE_HOSTS = frozenset({"host", "hostname", "server", "servername", "your-host", "example.com", "db.example.com"})
_PASSWORD = re.compile(r"(?:^|_)(?:PASSWORD|PASSWD|PWD|PASS)$")
_KEY = re.compile(r"(?:^|_)(?:PASSWORD|PASSWD|PWD|API_KEY|SECRET_ACCESS_KEY|ACCESS_TOKEN|AUTH_TOKEN|CLIENT_SECRET)$")
_ADMINISTRATOR = re.compile(r"(?:^|_)(?:ADMIN|SUPERUSER)(?:_\w{1,40})?_(?:PASSWORD|PASSWD|PWD|PASS)$")
#: The password of whoever is let in, where an application has one alone.
_LOGIN = re.compile(r"(?:^|_)(?:LOGIN|AUTH|DASHBOARD|PANEL|WEB_?UI)_(?:USER_)?(?:PASSWORD|PASSWD|PWD|PASS)$")
_DEFAULT = re.compile(r"^\$\{(\w{1,80}):?-([^${}\s]{1,200})\}$")
#: Words that are no password anywhere but are one where somebody has given them to a cluster.
_WEAK = frozenset({"admin", "root", "password", "pass", "secret", "test", "123456", "12345678"})
_TO_REPLACE = re.compile(
    r"chang|replac|your|example|sample|dummy|todo|fixme|placeholder|insert|enter|x{4}", re.IGNORECASE
)
_DATABASES = re.compile(
    r"(?:^|/)(?:postgres|postgis|mysql|mariadb|mongo|rabbitmq|percona|timescaledb|minio)(?:$|[:@-])"
)
#: What an image of a database makes its password of, whatever the image is called, and the ports it then listens on.
_MADE_OF = {
    "POSTGRES_PASSWORD": frozenset({"5432"}),
    "MYSQL_ROOT_PASSWORD": frozenset({"3306"}),
    "MYSQL_PASSWORD": frozenset({"3306"}),
    "MARIADB_ROOT_PASSWORD": frozenset({"3306"}),
    "MONGO_INITDB_ROOT_PASSWORD": frozenset({"27017"}),
    "RABBITMQ_DEFAULT_PASS": frozenset({"5672", "15672"}),
}


#: What the reader calls settings of a connection that stand together.
CONNECTION = "A connection"
#: How it begins to call an account that the application makes.
ACCOUNT = "The account of "


def check(project: Project) -> Iterator[Hit]:
    said: set[Span] = set()
    for configuration in project.configurations:
        # Where the launch does not select production's settings, it serves with the others.
        for each in filter(None, (configuration, configuration.unselected)):
            for hit in _in_configuration(each, made_up=each is not configuration):
                if each is configuration or hit.at not in said:
                    yield hit
                said.add(hit.at)
    for configuration in project.configurations:
        yield from _in_code(project, configuration, said)
    yield from _of_administrators(project, said)
    yield from _published_databases(project)
    yield from _in_images(project)
    yield from _in_secrets(project, said)
    yield from _in_config_maps(project, said)


def _in_configuration(configuration: Configuration, *, made_up: bool) -> Iterator[Hit]:
    """The passwords among the settings; with ``made_up`` only those that are no words for people at work."""
    launch = configuration.launch
    for key, setting in configuration.settings.items():
        value = setting.value.value if isinstance(setting.value, Known) else None
        if not isinstance(value, str) or setting.span is None or setting.guarded or setting.random:
            continue
        password = _password(key, value, setting)
        if password is None or (made_up and not looks_made_up(password)):
            continue
        default_of = setting.variable if setting.fallback else _default_of(setting.value, password)
        certain = not setting.fallback and not setting.variable
        proven = certain and launch is not None and launch.confidence is not Confidence.LOW
        proven = proven and not _FOR_PAGES.fullmatch(password)
        unless = f" unless {default_of} is set" if default_of else ""
        yield Hit(
            at=_written(setting, password) or setting.span,
            via=launch.hops if launch is not None else (),
            facts={"what": f"{key} holds a password ({masked(key, value)}){unless}"},
            severity=None if proven else "warning",
            confidence=None if certain else "medium",
        )


def _default_of(value: Value[object], password: str) -> str:
    """The variable whose default in a deploy file ``password`` is (``${DB_PASSWORD:-default}``); "" where it is none."""
    default = re.compile(r"\$\{(\w{1,80}):?[-=]" + re.escape(password) + r"\}")
    found = (default.search(step.text) for step in value.origin)
    return next((each[1] for each in found if each is not None), "")


def _password(key: str, value: str, setting: Setting) -> str | None:
    """The password in ``value``: that of an address on another host, or a key's own that no deployment can replace."""
    found = _USERINFO.match(value)
    if found is not None:
        password, host = found.groups()
        return None if host.lower() in _LOCAL | _EXAMPLE_HOSTS or _is_filled_in(password) else password
    # A variable that chooses the settings around it does not give it.
    given = (setting.fallback or setting.variable) and not _is_written_out(key, value, setting)
    if _KEY.search(key) and not given and len(value) >= 6:
        words = is_placeholder(value) or (not value.isascii() and not _PASSWORD.search(key))  # no service makes such keys
        return None if words or _is_filled_in(value) or "://" in value else value
    return None


def _in_code(project: Project, configuration: Configuration, said: set[Span]) -> Iterator[Hit]:
    """Passwords that the modules of the application hold, where no file that starts it gives another one."""
    launch = configuration.launch
    starts = launch.imported | {launch.module_file, configuration.app.span.file} if launch is not None else frozenset()
    for module in served_modules(project, configuration):
        for each in module.uses.passwords:
            if each.name == CONNECTION and launch is not None and module.path not in starts:
                continue  # the scripts beside an application connect for themselves
            given = launch is not None and each.variable
            if each.span in said or (
                given and (each.variable in launch.env or supplier(launch, each.variable, project.facts))
            ):
                continue
            if each.function and not runs_by_itself(project, configuration, each.function):
                continue
            said.add(each.span)
            kind = "password" if "KEY" not in each.name.upper() and "TOKEN" not in each.name.upper() else "key"
            kind = "private key" if "PRIVATE KEY" in each.shown else kind
            unless = f" unless {each.variable} is set" if each.variable else ""
            used = each.name.endswith("()") or each.name == CONNECTION or each.name.startswith(ACCOUNT)
            proven = used and not each.variable and module.path in starts
            yield Hit(
                at=each.span,
                via=launch.hops if launch is not None else (),
                facts={"what": f"{each.name} holds a {kind} ({each.shown!r}){unless}"},
                severity=None if proven and launch is not None and launch.confidence is not Confidence.LOW else "warning",
                confidence="medium",
            )


def _in_secrets(project: Project, said: set[Span]) -> Iterator[Hit]:
    """Secrets of the cluster that stand in the project: one finding for each password, at the first of its places."""
    found: dict[str, list[tuple[str, EnvVar]]] = {}
    for secret, entries in cluster_secrets(project):
        for entry in entries:
            name, value = re.sub(r"[-.]", "_", entry.name).upper(), entry.value or ""
            real = value.lower() in _WEAK or (looks_made_up(value) and not _TO_REPLACE.search(value))
            if (_KEY.search(name) or _PASSWORD.search(name)) and real and not _is_filled_in(value):
                found.setdefault(value, []).append((secret, entry))
    for (secret, entry), *others in found.values():
        if entry.span not in said:
            yield Hit(
                at=entry.span,
                via=tuple(other.span for _, other in others),
                facts={"what": f"The secret {secret} is under version control with its {entry.name}"},
                severity="warning",
            )


def _in_config_maps(project: Project, said: set[Span]) -> Iterator[Hit]:
    """Passwords that stand in the plain settings of a cluster, where a container is given them."""
    for name, entries in cluster_settings(project):
        for entry in entries:
            value = entry.value or ""
            real = len(value) > 3 and "://" not in value and not _TO_REPLACE.search(value)
            if not _PASSWORD.search(re.sub(r"[-.]", "_", entry.name).upper()) or not real or entry.span in said:
                continue
            if value.lower() in _WEAK or not (is_placeholder(value) or _is_filled_in(value)):
                yield Hit(
                    at=entry.span,
                    facts={"what": f"The ConfigMap {name} holds a password in {entry.name}: it is no place for secrets"},
                    severity="warning",
                )


def _of_administrators(project: Project, said: set[Span]) -> Iterator[Hit]:
    """Passwords of administrators, and of the one login, that the files which start production give the application, or
    write as a default."""
    for launch in project.production:
        for name, value in launch.env.items():
            whose = "an administrator's" if _ADMINISTRATOR.search(name) else "the login's" if _LOGIN.search(name) else ""
            if not whose or not isinstance(value, Known):
                continue
            written, at = value.value, value.origin[-1].span
            if not written or _is_filled_in(written) or at in said:
                continue
            said.add(at)
            variable = _default_of(value, written)
            unless = f" unless {variable} is set" if variable else ""
            yield Hit(
                at=at,
                via=launch.hops,
                facts={"what": f"{name} holds {whose} password{unless}"},
                severity="warning",
                confidence="medium",
            )


def _is_written_out(key: str, value: str, setting: Setting) -> bool:
    """Whether a line of settings says it as it is: a variable may choose between several of them."""
    written = f"{key} = {value!r}"
    return any(step.text == written for step in setting.value.origin)


def _is_filled_in(text: str) -> bool:
    return text == "None" or any(mark in text for mark in ("{", "%(", "<", "***"))


def _written(setting: Setting, password: str) -> Span | None:
    return next((step.span for step in setting.value.origin if password in step.text), None)


def _published_databases(project: Project) -> Iterator[Hit]:
    """Databases of a production compose file that listen for the network with a password that stands beside. Variants of
    one file that say the same are one finding, at the first of them, with the others as evidence."""
    found: dict[tuple[str, str, str, str], list[tuple[EnvVar, Port]]] = {}
    for path, file in sorted(project.facts.compose.items(), key=lambda each: compose_order(each[0])):
        launches = [launch for launch in project.launches if launch.head.span.file == path]
        if not is_production_path(path) or any(not launch.is_production for launch in launches):
            continue
        if _only_stands_by(path, project):
            continue
        for service in file.services:
            open_ports = [port for port in service.ports if port.host_ip not in ("127.0.0.1", "::1", "localhost")]
            if service.profiles or not open_ports:
                continue
            for variable in service.environment:
                value = variable.value or ""
                if _is_written(value, posixpath.dirname(path), project) and _opens(variable.name, service, open_ports):
                    key = (posixpath.dirname(path), service.name, variable.name, value)
                    found.setdefault(key, []).append((variable, open_ports[0]))
                    break
    for (_, name, _, _), places in found.items():
        (variable, port), *others = places
        default = _DEFAULT.match(variable.value or "")
        unless = f" unless {default[1]} is set" if default is not None else ""
        yield Hit(
            at=variable.span,
            via=(*((port.span,) if port.span is not None else ()), *(other.span for other, _ in others)),
            facts={"what": f"{name} publishes its port with the password of this file{unless}"},
            severity="warning",
            confidence="medium" if default is not None else None,
        )


def _is_written(value: str, folder: str, project: Project) -> bool:
    """Whether a value stands in the compose file, as it is or as the default of a variable that no ``.env`` beside it sets."""
    default = _DEFAULT.match(value)
    if default is None:
        return bool(value) and "$" not in value
    beside = project.facts.env_files.get(posixpath.join(folder, ".env"))
    return beside is None or all(each.name != default[1] for each in beside.variables)


def _only_stands_by(path: str, project: Project) -> bool:
    """Whether the compose files of this folder start nothing of the project: what a developer needs around a program
    that is started by hand."""
    folder = posixpath.dirname(path)
    names = {each.project_name.lower() for each in project.facts.manifests.values() if each.project_name}
    names |= {each.split("/")[0].lower() for each in project.facts.paths if each.endswith("/__init__.py")}
    beside = [file for other, file in project.facts.compose.items() if posixpath.dirname(other) == folder]
    files = {file.path for file in beside}
    if any(hop.span.file in files for launch in project.launches for hop in launch.hops):
        return False
    return not any(
        service.build is not None or service.extends is not None or _is_own(service.image or "", names)
        for file in beside
        for service in file.services
    )


def _is_own(image: str, names: set[str]) -> bool:
    """Whether an image is called like something of the project, or nobody knows what it is called."""
    name = posixpath.basename(image).partition(":")[0].lower()
    return not name or "$" in image or any(each in name for each in names)


def _opens(variable: str, service: ComposeService, ports: Sequence[Port]) -> bool:
    """Whether ``variable`` is the password of the database that listens on one of ``ports``: by the image's name, else
    by the port that what reads this variable has."""
    if _DATABASES.search(service.image or ""):
        return _PASSWORD.search(variable) is not None
    return any(port.container.partition("/")[0] in _MADE_OF.get(variable, ()) for port in ports)


def _in_images(project: Project) -> Iterator[Hit]:
    """Passwords that the images which serve the application carry: what else the project builds may be anything, also a
    database whose password the file that starts it replaces."""
    ours = {launch.dockerfile for launch in project.production}
    for path, file in sorted(project.facts.dockerfiles.items()):
        if not is_production_path(path) or not file.stages or path not in ours:
            continue
        for variable in file.stages[-1].env:
            value = variable.value or ""
            if value and "$" not in value and _PASSWORD.search(variable.name):
                yield Hit(
                    at=variable.span,
                    facts={"what": f"{variable.name} is part of the image"},
                    severity="warning",
                )
        for run in file.stages[-1].runs:
            found = _WRITTEN.search(text_of(run.command))
            if found is not None and not (is_placeholder(found[1]) or _TO_REPLACE.search(found[1]) or _is_filled_in(found[1])):
                yield Hit(
                    at=run.command.span,
                    facts={"what": f"The image carries the password to {found[2]}, which a command writes down"},
                    severity="warning",
                )
