"""PC317: a file of gunicorn settings that no launch reads gives a false sense of security."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.rulekit import Confidence, Hit, Launch, Project, Server, base_name, gunicorn_files


def check(project: Project) -> Iterator[Hit]:
    launches = [each for each in project.launches if each.server is Server.GUNICORN]
    served = [each for each in launches if each.is_production and each.confidence is not Confidence.LOW]
    if not served or any(_may_read_another(each) for each in launches):
        return
    read = {each.config_file for each in launches}
    for path, first in gunicorn_files(project.facts):
        if path not in read and not _is_used(path, project):
            named = base_name(path) == "gunicorn.conf.py"
            why = ": it is looked for in the folder where the server starts" if named else ""
            yield Hit(at=first, via=served[0].hops, facts={"file": path, "why": why})


def _may_read_another(launch: Launch) -> bool:
    """Whether a launch reads a file that the project does not show, or that something outside of it names."""
    named = "config" in launch.options and launch.config_file is None
    return named or "GUNICORN_CMD_ARGS" in launch.env or (launch.config_file is None and not launch.cwd_known)


def _is_used(path: str, project: Project) -> bool:
    """Whether a deploy file, a script or a module mentions the file."""
    name = base_name(path)
    stem = name.removesuffix(".py")
    texts = [hop.text for launch in project.launches for hop in launch.hops]
    for dockerfile in project.facts.dockerfiles.values():
        for stage in dockerfile.stages:
            texts += [copy.target for copy in stage.copies if copy.target.endswith((".conf.py", name))]
            texts += [source for copy in stage.copies for source in copy.sources if source.endswith(name)]
            texts += [run.command.text for run in stage.runs]
    for compose in project.facts.compose.values():
        texts += [source for service in compose.services for source, _ in service.volumes]
    for starts in project.facts.start_files.values():
        texts += [start.command.text for start in starts.starts if start.command is not None]
    if any(name in text or f"python:{stem}" in text for text in texts):
        return True
    return any(stem.split(".", maxsplit=1)[0] in module.imports for module in project.facts.modules.values())
