"""Which platform a file belongs to, by its name and, where names are shared, by what it holds."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable

from flask_prodcheck.facts.json_comments import without_comments
from flask_prodcheck.facts.platforms import (
    aws,
    azure,
    copilot,
    devcontainer,
    docker_hosts,
    heroku,
    rockcraft,
    serverless,
    services,
    toml_hosts,
)
from flask_prodcheck.facts.toml_places import read_toml
from flask_prodcheck.facts.types import StartFile
from flask_prodcheck.facts.yaml_nodes import YamlNode, read_yaml
from flask_prodcheck.patterns import regex

_TEMPLATE = regex(r"(?:\.(?:j2|jinja2?|jnj|tmpl|tpl|template|sample|example|dist|in))+$", re.IGNORECASE)


def read_platform(path: str, text: str) -> StartFile:
    """The processes that a platform's file starts; none (kind "platform") when it belongs to no known platform.
    Raises ReadError for a file that is not valid in its own notation."""
    name = _TEMPLATE.sub("", posixpath.basename(path).lower())
    if name.endswith(".bicep"):
        return azure.read_bicep(path, text)
    if path.split("/")[-2:] == [".s2i", "environment"]:
        return docker_hosts.read_s2i(path, text)
    if name.endswith(".toml") or name == ".replit":
        return _tables(path, name, read_toml(path, text))
    if name.endswith("devcontainer.json"):
        text = without_comments(text)
    documents = read_yaml(path, text)
    starts = StartFile(path, "platform", ())
    for node in documents:
        if node.is_mapping:
            found = _document(path, name, node)
            if found is not None:
                starts = StartFile(
                    path,
                    found.kind,
                    (*starts.starts, *found.starts),
                    (*starts.settings, *found.settings),
                    (*starts.builds, *found.builds),
                    placed=(*starts.placed, *found.placed),
                )
    return starts


def _tables(path: str, name: str, root: YamlNode) -> StartFile:
    if name == ".replit":
        return toml_hosts.read_replit(path, root)
    if name.startswith("railway"):
        return toml_hosts.read_railway(path, root)
    if name.startswith("netlify"):
        return toml_hosts.read_netlify(path, root)
    if name.startswith("nixpacks"):
        return toml_hosts.read_nixpacks(path, root)
    if name.startswith("zappa"):
        return serverless.read_zappa(path, root)
    if name.startswith("fly"):
        return toml_hosts.read_fly(path, root)
    return StartFile(path, "platform", ())


_BY_NAME: tuple[tuple[str, Callable[[str, YamlNode], StartFile]], ...] = (
    ("zappa_settings", serverless.read_zappa),
    ("rockcraft", rockcraft.read_rockcraft),
    ("railway", toml_hosts.read_railway),
    ("railpack", toml_hosts.read_railpack),
    ("nixpacks", toml_hosts.read_nixpacks),
    ("render", services.read_render),
    ("heroku", heroku.read_heroku_yml),
    ("koyeb", services.read_koyeb),
    ("serverless", serverless.read_serverless),
    ("vercel", serverless.read_vercel),
    ("now", serverless.read_vercel),
    ("apprunner", aws.read_apprunner),
    ("captain-definition", docker_hosts.read_captain),
    ("azure", azure.read_azure_yaml),
    ("dockerrun", docker_hosts.read_task_definition),
    ("app.json", heroku.read_app_json),
    ("devcontainer.json", devcontainer.read_devcontainer),
    (".devcontainer.json", devcontainer.read_devcontainer),
)

# The first whose keys all exist decides.
_BY_KEYS: tuple[tuple[tuple[tuple[str, ...], ...], Callable[[str, YamlNode], StartFile]], ...] = (
    ((("run", "command"), ("runtime",)), aws.read_apprunner),
    ((("containerDefinitions",),), docker_hosts.read_task_definition),
    ((("taskDefinition", "containerDefinitions"),), docker_hosts.read_task_definition),
    ((("applications",),), services.read_cloudfoundry),
    ((("Resources",),), serverless.read_sam),
    ((("name",), ("type",), ("image",)), copilot.read_copilot),
    ((("runtime",),), services.read_app_engine),
    ((("entrypoint",),), services.read_app_engine),
    ((("services",),), services.read_digitalocean),
    ((("spec", "services"),), services.read_digitalocean),
    ((("workers",),), services.read_digitalocean),
    ((("jobs",),), services.read_digitalocean),
)


def _document(path: str, name: str, node: YamlNode) -> StartFile | None:
    folders = path.split("/")[:-1]
    if ".ebextensions" in folders or ".elasticbeanstalk" in folders:
        return aws.read_beanstalk(path, node)
    # ARM templates are often called azuredeploy.json: what they declare beats the name.
    if "deploymenttemplate.json" in (node.string("$schema") or "").lower():
        return azure.read_arm(path, node)
    for prefix, read in _BY_NAME:
        if name.startswith(prefix):
            return read(path, node)
    for keys, read in _BY_KEYS:
        if all(node.get(*key) is not None for key in keys):
            return read(path, node)
    return None
