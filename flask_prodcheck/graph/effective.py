"""The effective configuration of each launch, ready to be shown: secrets masked, each value with where it comes from."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from flask_prodcheck.base import Origin, Unknown, Unset
from flask_prodcheck.errors import UsageError
from flask_prodcheck.facts.secrets import is_secret, masked
from flask_prodcheck.findings.published import published, published_launch
from flask_prodcheck.findings.redact import redact
from flask_prodcheck.policy.decide import launch_order
from flask_prodcheck.records import dataclass
from flask_prodcheck.rulekit import App, Configuration, Launch, Project, Purpose, Setting

_PURPOSES = {Purpose.DEVELOPMENT: "development", Purpose.TEST: "tests"}


@dataclass(frozen=True, slots=True)
class EffectiveSetting:
    """One key. ``state`` is "known", "unset" or "unknown"; ``shown`` the masked value, the reason why it is unknown, or
    "" when unset; ``origin`` the steps that set it, the deciding one last."""

    key: str
    state: str
    shown: str
    notes: tuple[str, ...] = ()
    origin: tuple[Origin, ...] = ()


@dataclass(frozen=True, slots=True)
class EffectiveConfiguration:
    """The settings of one app under one launch, sorted by key. ``number`` is the launch's in ``prodcheck graph``, 0
    where ``launch`` is None: the app as imported with an empty environment."""

    app: App
    launch: Launch | None
    number: int
    complete: bool
    settings: tuple[EffectiveSetting, ...]


def effective(
    project: Project, *, launch: int | None = None, keys: Collection[str] = ()
) -> tuple[EffectiveConfiguration, ...]:
    """The configurations of ``project``: that of the launch with this number only, and these keys only (an unset one is
    shown as unset). Raises :class:`UsageError` for a number that no launch has, or whose launch has no configuration."""
    launches = sorted(project.launches, key=launch_order)
    if launch is not None and not 1 <= launch <= len(launches):
        there_are = f"there are {len(launches)}" if launches else "there is none"
        raise UsageError(f"no launch has the number {launch}: {there_are} (`prodcheck graph` lists them)")
    found = [_shown(each, launches, keys) for each in project.configurations]
    wanted = [each for each in found if launch is None or each.number == launch]
    if launch is not None and not wanted:
        raise UsageError(f"launch {launch} has no configuration: {_why_none(launches[launch - 1])}")
    return tuple(sorted(wanted, key=lambda each: (each.number == 0, each.number, each.app.shown)))


def _why_none(launch: Launch) -> str:
    if not launch.is_production:
        return f"it is for {_PURPOSES[launch.purpose]}, and only those of production launches are worked out"
    return "it reaches no application that this project shows"


def _shown(configuration: Configuration, launches: list[Launch], keys: Collection[str]) -> EffectiveConfiguration:
    number = next(
        (place for place, each in enumerate(launches, 1) if each is configuration.launch),
        launches.index(configuration.launch) + 1 if configuration.launch in launches else 0,
    )
    return EffectiveConfiguration(
        app=configuration.app,
        launch=None if configuration.launch is None else published_launch(configuration.launch),
        number=number,
        complete=configuration.complete,
        settings=tuple(_setting(configuration.get(key)) for key in sorted(keys or configuration.settings)),
    )


def _setting(setting: Setting) -> EffectiveSetting:
    value = setting.value
    if isinstance(value, Unset):
        state, shown = "unset", ""
    elif isinstance(value, Unknown):
        state, shown = "unknown", _published(setting.key, value.reason)
    else:
        state, shown = "known", masked(setting.key, value.value)
    return EffectiveSetting(setting.key, state, shown, tuple(_notes(setting)), _origin(setting))


def _notes(setting: Setting) -> Iterator[str]:
    if setting.fallback and not isinstance(setting.value, Unknown):
        source = f"${setting.variable}" if setting.variable else "the environment"
        yield f"the default in the source; {source} is not set by any file and could replace it"
    elif setting.variable:
        yield f"from {setting.variable}" if setting.variable.startswith("-") else f"from ${setting.variable}"
    if setting.file:
        yield f"{setting.file} is not part of the project and could replace it"
    if setting.random:
        yield "made anew by every process"
    if setting.guarded:
        yield "start-up refuses a bad value"


def _origin(setting: Setting) -> tuple[Origin, ...]:
    """The steps, without the secrets that their source publishes."""
    steps = setting.value.origin
    if not steps and setting.span is not None:
        steps = (Origin(setting.span, setting.expression),)
    return tuple(Origin(step.span, _published(setting.key, step.text)) for step in steps)


def _published(key: str, text: str) -> str:
    """``text`` of the source as it may be shown."""
    return redact(text) if is_secret(key) else published(text)
