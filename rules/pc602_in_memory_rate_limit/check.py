"""PC602: rate limits count in one place, whatever process serves."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.rulekit import (
    Call,
    Configuration,
    Const,
    Expr,
    Hit,
    Known,
    Launch,
    Project,
    Unset,
    calls_of,
    replicas,
    served_modules,
    worker_processes,
)

KEYS = ("RATELIMIT_STORAGE_URI", "RATELIMIT_STORAGE_URL")


def check(project: Project) -> Iterator[Hit]:
    for configuration in project.configurations:
        launch = configuration.launch
        if launch is None or _is_alone(project, launch):
            continue
        for module in served_modules(project, configuration):
            for call, context in calls_of(module, "flask_limiter", "Limiter"):
                if not context.in_main and _counts_in_memory(call, configuration):
                    storage = _storage(call)
                    yield Hit(at=storage.span if storage is not None else call.span, via=launch.hops)


def _is_alone(project: Project, launch: Launch) -> bool:
    return worker_processes(launch) == 1 and (replicas(project, launch) or 1) == 1 and not project.facts.kubernetes


def _counts_in_memory(call: Call, configuration: Configuration) -> bool:
    words = {keyword.name: keyword.value for keyword in call.keywords}
    enabled = words.get("enabled")
    if None in words or (isinstance(enabled, Const) and enabled.value is False):
        return False
    written = _storage(call)
    if written is not None:
        return isinstance(written, Const) and isinstance(written.value, str) and written.value.startswith("memory:")
    settings = [configuration.get(key) for key in KEYS]
    if all(isinstance(setting.value, Unset) for setting in settings):
        return configuration.complete
    values = [setting.value.value for setting in settings if isinstance(setting.value, Known) and not setting.fallback]
    return any(isinstance(value, str) and value.startswith("memory:") for value in values)


def _storage(call: Call) -> Expr | None:
    """Where the call says that the counts are kept."""
    return next((word.value for word in call.keywords if word.name in ("storage_uri", "storage_url")), None)
