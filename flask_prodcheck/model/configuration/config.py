"""The effective configuration of an application: what ``app.config`` holds once a server has imported it.

The target module is followed as an import would run it, the factory is called with its arguments, and every key is
reported with the place that decides it. What cannot be followed makes keys unknown, never guessed.
Facts: https://flask.palletsprojects.com/en/stable/config/
"""

from __future__ import annotations

from collections.abc import Mapping

from flask_prodcheck.base import Known, Origin, Unset, Value
from flask_prodcheck.facts.syntax import Expr
from flask_prodcheck.model.configuration.app_settings import settings_of
from flask_prodcheck.model.configuration.signing import SIGNING_KEYS
from flask_prodcheck.model.configuration.start import Start, options_of, start_of
from flask_prodcheck.model.configuration.startup import run_start
from flask_prodcheck.model.evaluation.asked import Asked
from flask_prodcheck.model.evaluation.data_files import Reader
from flask_prodcheck.model.project import App, Configuration, Launch
from flask_prodcheck.model.python.modules import Modules
from flask_prodcheck.records import dataclass, replace


@dataclass(frozen=True, slots=True)
class _Process:
    """What a server starts. ``modules`` and ``read`` are those of its files."""

    start: Start
    modules: Modules
    launch: Launch | None
    read: Reader | None


@dataclass(frozen=True, slots=True)
class _Followed:
    """The configuration that a start leads to in an environment, and the variables that would select production with the
    values that do. It is that of every environment and command line that answer the same to what was ``asked``."""

    start: Start
    environment: Asked[Value[str]]
    options: Asked[Origin]
    configuration: Configuration
    selectors: Mapping[str, str]


def effective_configuration(
    modules: Modules,
    app: App,
    *,
    launch: Launch | None = None,
    env: Mapping[str, Value[str]] | None = None,
    env_closed: bool = False,
    flask_version: str | None = None,
    target_module: str | None = None,
    factory_args: tuple[Expr, ...] = (),
    read: Reader | None = None,
    placed: Mapping[str, str] | None = None,
) -> Configuration:
    """What ``app.config`` holds in production after a server imported ``target_module`` (the app's own module when None)
    and, for a factory, called it with ``factory_args``.

    ``env`` is the environment of the process as far as the project sets it. Of a variable that is not in it the default
    applies and is marked as a fallback; a variable for which the project has production settings to select selects them
    (``unselected`` is then the configuration without it). Where start-up fails without the variable, it is run again
    with the variable set to something unknown, and the setting is ``guarded``. ``env_closed``: nothing else can set
    variables, so nothing is taken to be selected.
    ``target_module`` is a dotted name, or a path ending in ``.py`` for a script. ``read`` gives the bytes of project
    files that are not Python (None: not to be had), for ``from_file`` and ``from_pyfile``. ``placed``: the project file
    that stands in the place of another (already so in ``modules``).
    """
    start = start_of(
        modules,
        app,
        launch,
        target_module=target_module,
        factory_args=factory_args,
        flask_version=flask_version,
        placed=placed or {},
        closed=env_closed,
    )
    process = _Process(start, modules, launch, read)
    given = dict(env if env is not None else launch.env if launch is not None else {})
    plain, selectors = _followed(process, given)
    if env_closed:
        return plain
    plain = replace(plain, weaker=_weaker(process, plain, given))
    wanted = {name: value for name, value in selectors.items() if name not in given}
    if not wanted:
        return plain
    chosen: dict[str, Value[str]] = {**given, **{name: Known(value) for name, value in wanted.items()}}
    selected, _ = _followed(process, chosen)
    if not selected.settings:
        return plain
    weaker = _weaker(process, selected, given)
    return replace(selected, selector=next(iter(wanted)), unselected=plain, weaker=weaker)


def _weaker(
    process: _Process, configuration: Configuration, given: Mapping[str, Value[str]]
) -> tuple[Configuration, ...]:
    """What is left of the signing keys when the defaults that the deploy files write for them are taken away."""
    settings = (configuration.get(key) for key in SIGNING_KEYS)
    names = {each.variable for each in settings if each.deploy_default and each.variable in given}
    return (_followed(process, {**given, **dict.fromkeys(names, Unset())})[0],) if names else ()


def _followed(process: _Process, environment: Mapping[str, Value[str]]) -> tuple[Configuration, Mapping[str, str]]:
    """The configuration, and the variables that would select production with the values that do. Launches of one program
    differ in little that it looks at: what was followed for one is taken for another that gives it the same answers."""
    options = options_of(process.launch)
    known = _known(process)
    found = next((each for each in known if _is_same(each, process.start, environment, options)), None)
    if found is None:
        found = _follow(process, Asked(environment), Asked(options))
        known.append(found)
    return replace(found.configuration, launch=process.launch), found.selectors


def _follow(process: _Process, environment: Asked[Value[str]], options: Asked[Origin]) -> _Followed:
    start = process.start
    startup = run_start(start, process.modules, environment, options, process.read)
    settings = settings_of(startup, start) if startup is not None else None
    configuration = (
        Configuration(start.app, None, settings.settings, settings.complete, absent_env=settings.absent_env)
        if settings is not None
        else Configuration(start.app, None, {}, complete=False)
    )
    selectors = startup.machine.selectors if startup is not None else {}
    return _Followed(start, environment, options, configuration, selectors)


def _is_same(
    known: _Followed, start: Start, environment: Mapping[str, Value[str]], options: Mapping[str, Origin]
) -> bool:
    """Whether ``known`` is what following would lead to."""
    return (
        known.start == start
        and repr(known.start.entered) == repr(start.entered)  # True is not 1 there
        and known.environment.answers_like(environment)
        and known.options.answers_like(options)
    )


def _known(process: _Process) -> list[_Followed]:
    """What was followed of the program."""
    found = process.modules.memo.setdefault("configurations", {})
    start = process.start
    return found.setdefault((start.app.span, start.main, start.stop), []) if isinstance(found, dict) else []
