"""Terraform: which resources run an application. What they start is an expression, so it is only said, not followed.

Source: the resource types of the AWS, Azure, Google Cloud, DigitalOcean, Heroku and Kubernetes providers.
"""

from __future__ import annotations

import re

from flask_prodcheck.base import Span
from flask_prodcheck.facts.types import Start, StartFile
from flask_prodcheck.patterns import regex

_RESOURCE = regex(
    r'^[ \t]*resource[ \t]+"(aws_ecs_task_definition|aws_apprunner_service|aws_elastic_beanstalk_environment'
    r"|azurerm_(?:linux_)?web_app|azurerm_app_service|azurerm_container_app|azurerm_container_group"
    r"|google_cloud_run(?:_v2)?_service|google_app_engine_(?:standard|flexible)_app_version|digitalocean_app|heroku_formation"
    r'|kubernetes_deployment(?:_v1)?)"[ \t]+"([^"\n]*)"',
    re.MULTILINE,
)


def read_terraform(path: str, text: str) -> StartFile:
    """One start without a command, of role "unknown", for each resource that runs an application. Never raises."""
    starts = tuple(
        Start("terraform", match.group(1), Span(path, text.count("\n", 0, match.start(1)) + 1), None, role="unknown")
        for match in _RESOURCE.finditer(text)
    )
    return StartFile(path, "terraform", starts)
