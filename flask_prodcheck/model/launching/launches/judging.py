"""What each chain is for: the evidence that its files and the other chains give, and the purpose that it adds up to."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Sequence

from flask_prodcheck.base import Known
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.model.evaluation.flask_debug import turns_debug_on
from flask_prodcheck.model.launching.glitch import glitch_start
from flask_prodcheck.model.launching.heads.development import is_development
from flask_prodcheck.model.launching.heads.head import Head
from flask_prodcheck.model.launching.heads.services import services_of
from flask_prodcheck.model.launching.hints import purpose_of_words, words_of
from flask_prodcheck.model.launching.launches.found import NO_DEPLOYMENT, Found
from flask_prodcheck.model.launching.launches.overlaps import one_per_end
from flask_prodcheck.model.launching.place import SSH
from flask_prodcheck.model.launching.platforms import PLATFORM_KINDS
from flask_prodcheck.model.launching.purpose import Evidence, Judgement, judge
from flask_prodcheck.model.launching.readmes.said import Readmes
from flask_prodcheck.model.project import Hop, Launch, Purpose
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import replace


def judged(
    found: Sequence[Found],
    facts: Facts,
    production: Sequence[str],
    development: Sequence[str],
    readmes: Readmes,
    shown: Hop | None,
) -> list[Launch]:
    """One launch for each end of ``found`` with its purpose, in a stable order. ``shown`` is where a document shows how a
    production server is started, in a project that starts none itself."""
    kept = one_per_end(found)
    deploy = [each for each in kept if each.head.kind in _DEPLOYS or each.launch.source == "platform-default"]
    placed = [*deploy, *(each for each in kept if each.head.kind in PLATFORM_KINDS)]
    has_production = any(not each.launch.server.is_development for each in deploy)
    glitch = glitch_start(facts)
    serving = {(each.launch.head.span.file, each.launch.dockerfile) for each in placed if not each.launch.server.is_development}
    launches = []
    for each in kept:
        launch = each.launch
        overridden = each.head.overrides
        replaces = (
            overridden is not None
            and launch.server.is_development
            and any(
                other.launch.head.span == overridden.span and not other.launch.server.is_development for other in kept
            )
        )
        passed = (
            [posixpath.basename(hop.span.file) for hop in launch.hops[1:]]
            if each.head.kind in ("makefile", "justfile", "npm")
            else []
        )
        evidence = Evidence(
            file=launch.head.span.file, kind=each.head.kind, names=(*each.head.names, *passed), server=launch.server, comment=each.head.comment, header=each.head.header, hints=each.hints,
            overrides_production=replaces, has_production=has_production, has_deploy=bool(deploy),
            production_pair=_has_production_pair(launch, facts),
            development=each.head.development, production=_says_production(launch) or ("" if has_production else _debugs_nothing(launch)), reloads="reload" in launch.options and launch.options["reload"][0] in ("true", "True"),
            stand_in=each.head.stand_in, on_host=_leaves_on_host(each, has_production, glitch), elsewhere=_starts_elsewhere(each, serving),
            released=each.head.released, mounts_sources=_mounts_sources(each), built_aside=_is_built_aside(each, kept, facts), generated=_is_generated(each, deploy, facts),
            unused=_is_unused(each, facts), shown=str(shown.span) if shown is not None else "",
        )  # fmt: skip

        def told(head: Head = each.head) -> Judgement | None:
            return readmes.purpose_of(head)

        purpose, reason = judge(evidence, production, development, told)
        perhaps = not each.certain and each.head.kind in NO_DEPLOYMENT
        if purpose is Purpose.TEST and (each.awaited or perhaps):
            continue  # the test looks at what the program does until it ends, if it runs it at all: it serves nobody
        launches.append(replace(launch, purpose=purpose, purpose_reason=reason))
    # A script for mod_wsgi that no file serves is the project's way into production where it shows no other server.
    if any(
        each.is_production and not each.server.is_development and each.kind not in ("wsgi-script", *_SHIPPED)
        for each in launches
    ):
        launches = [each for each in launches if each.kind != "wsgi-script"]
    return sorted(launches, key=lambda each: (each.head.span.file, each.head.span.line, each.server.value, each.target))


#: Formats whose files say what a deployment runs.
_DEPLOYS = frozenset(
    {
        "apache",
        "circus",
        "compose",
        "dockerfile",
        "iis",
        "kubernetes",
        "nginx-unit",
        "procfile",
        "s2i",
        "supervisor",
        "systemd",
        "uwsgi",
    }
)


def _mounts_sources(found: Found) -> bool:
    """Whether a mount lies over the program or the module that ``found`` starts, where the image holds it as well."""
    place, started = found.head.place, found.launch.module_file
    if place.image is None or not started:
        return False
    over = {each.image for each in place.mounts if _holds(each.repo, started)}
    return any(each.image in over and _holds(each.repo, started) for each in place.image.mapping)


def _holds(folder: str, path: str) -> bool:
    return folder == "." or path.startswith(folder + "/")


def _is_built_aside(found: Found, all_found: Sequence[Found], facts: Facts) -> bool:
    """Whether development services alone build the image of ``found``, while others build another one that serves the
    same application: the project's own deployment does without this one."""
    if found.head.kind != "dockerfile" or not found.launch.dockerfile:
        return False
    builders = services_of(found.launch.dockerfile, facts)
    if not builders or not all(is_development(*each) for each in builders):
        return False
    return any(
        other.head.kind == "dockerfile"
        and other.launch.dockerfile not in (None, found.launch.dockerfile)
        and other.launch.app is not None
        and other.launch.app == found.launch.app
        and any(not is_development(*each) for each in services_of(other.launch.dockerfile or "", facts))
        for other in all_found
    )


def _is_unused(found: Found, facts: Facts) -> bool:
    """Whether ``found`` is the development server of an image that compose builds and always starts something else in."""
    if found.head.kind != "dockerfile" or not found.launch.server.is_development:
        return False
    services = [each for _, each in services_of(found.launch.dockerfile or "", facts)]
    return bool(services) and all(each.command is not None or each.entrypoint is not None for each in services)


#: Programs that leave what they start running when whoever started it goes.
_DETACHING = frozenset({"nohup", "setsid", "screen", "tmux"})
#: Where servers keep what they run; the folders of those who work on it, also in containers for that, are none.
_OF_HOSTS = regex(r"/(?:home/(?!codespace|vscode|vagrant|gitpod|linuxbrew)[^/]+|opt|srv|var|root)(?:/|$)")


def _leaves_on_host(found: Found, has_production: bool, glitch: str) -> str:
    """How a script starts a process that stays on a host: on a platform that calls it or is given a folder, on another
    machine by ``ssh``, or, where nothing else starts production, detached in a folder that only a server has; "" where it
    does none of these. ``glitch``: the script that Glitch starts."""
    if found.launch.head.span.file == glitch:
        return "Glitch starts it"
    if found.launch.source == "platform-default" and not found.head.default:
        return "a platform is given the folder to build and to run"
    wrappers = found.launch.wrappers
    if SSH in wrappers:
        return "it runs on another machine (ssh)"
    tool = next((each for each in wrappers if each in _DETACHING), "")
    if tool and not has_production and _OF_HOSTS.match(found.folder):
        return f"it is left running on a host ({tool} in {found.folder})"
    return ""


def _starts_elsewhere(found: Found, serving: Iterable[tuple[str, str | None]]) -> bool:
    """Whether a deploy file starts a production server without the file of ``found`` and without its image. ``serving``: the
    files that start one, each with the Dockerfile of its image."""
    own = found.launch
    return any(
        file != own.head.span.file and (own.dockerfile is None or dockerfile != own.dockerfile)
        for file, dockerfile in serving
    )


#: Ways to start that come with a distribution, or stand in its sources: no file says that a deployment takes them.
_SHIPPED = ("entry-point", "python-script")


def _is_generated(each: Found, deploy: Sequence[Found], facts: Facts) -> bool:
    """Whether a generator of code for an API wrote the image's file, with the rest of its folder, and the project starts
    production from elsewhere."""
    folder = posixpath.dirname(each.launch.head.span.file)
    if each.head.kind != "dockerfile" or not any(posixpath.join(folder, name) in facts.paths for name in _GENERATED):
        return False
    outside = [other for other in deploy if not other.launch.head.span.file.startswith(f"{folder}/" if folder else "")]
    return any(not other.launch.server.is_development for other in outside)


_GENERATED = (".openapi-generator-ignore", ".openapi-generator/VERSION", ".swagger-codegen-ignore")


def _has_production_pair(launch: Launch, facts: Facts) -> bool:
    """Whether a compose file for production stands beside that of ``launch``. One that needs services of that file and
    leaves the launch's own as it is, is read on top of it: both are production's."""
    own = facts.compose.get(launch.head.span.file)
    if own is None:
        return False
    for path, file in facts.compose.items():
        if posixpath.dirname(path) != posixpath.dirname(own.path) or "prod" not in posixpath.basename(path).lower():
            continue
        named = {service.name for service in file.services}
        lacking = {name for service in file.services for name in service.needs} - named
        if launch.service in named or not lacking & {service.name for service in own.services}:
            return True
    return False


def _says_production(launch: Launch) -> str:
    """The variable by which the file that starts the server calls its environment production; "" when it sets none."""
    for name, value in launch.env.items():
        if name not in _ENVIRONMENT_NAMES or not isinstance(value, Known):
            continue
        named = purpose_of_words(words_of(value.value))
        own = any(origin.span.file == launch.head.span.file for origin in value.origin)
        if own and named is not None and named[0] is Purpose.PRODUCTION:
            return f"{name}={value.value}"
    return ""


def _debugs_nothing(launch: Launch) -> str:
    """FLASK_DEBUG=0, where the file that starts the server says so: it is not started to work on the code."""
    value = launch.env.get("FLASK_DEBUG")
    if not isinstance(value, Known) or turns_debug_on(value.value):
        return ""
    own = any(origin.span.file == launch.head.span.file for origin in value.origin)
    return f"FLASK_DEBUG={value.value}" if own else ""


_ENVIRONMENT_NAMES = ("FLASK_ENV", "APP_ENV", "FLASK_CONFIG", "APP_SETTINGS", "APP_CONFIG", "ENVIRONMENT", "ENV")
