"""The effective configuration of an application: what ``app.config`` holds once a server has imported it.

The target module is followed as an import would run it, the factory is called with its arguments, and every key is
reported with the place that decides it. What cannot be followed makes keys unknown, never guessed.
Facts: https://flask.palletsprojects.com/en/stable/config/
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

from flask_prodcheck.base import Known, Origin, Span, Unknown, Unset, Value
from flask_prodcheck.facts.syntax import Expr, Keyword
from flask_prodcheck.facts.types import EnvFile
from flask_prodcheck.model.configuration.image_files import is_copied, is_kept_out
from flask_prodcheck.model.configuration.signing import SIGNING_KEYS
from flask_prodcheck.model.evaluation.applications.debug import debug_flag
from flask_prodcheck.model.evaluation.data_files import Reader
from flask_prodcheck.model.evaluation.evaluate import below_project, plain_value, version_of
from flask_prodcheck.model.evaluation.libraries.dotenv import load_dotenv, nearest_dotenv
from flask_prodcheck.model.evaluation.machine import Machine
from flask_prodcheck.model.evaluation.running import Arguments, Frame, RaisedError, ReachedError
from flask_prodcheck.model.evaluation.values import Evaluated, Function, Made, Method, Obj, Ref, known
from flask_prodcheck.model.launching.installs import production_dependencies
from flask_prodcheck.model.launching.listening import SETS_PORT
from flask_prodcheck.model.project import App, Configuration, Entered, Launch, Program, Server, Setting, is_literal
from flask_prodcheck.model.python.instances.kinds import FACTORY_MAKERS
from flask_prodcheck.model.python.modules import Modules
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import dataclass, replace

_ATTEMPTS = 24
_DEFAULT = regex(r"\$\{([A-Za-z_][A-Za-z0-9_]*):?[-=][^}]")


@dataclass(frozen=True, slots=True)
class _Process:
    """What a server starts: :func:`effective_configuration` says what each field is."""

    modules: Modules
    app: App
    launch: Launch | None
    env_closed: bool
    flask_version: str | None
    target_module: str | None
    factory_args: tuple[Expr, ...]
    read: Reader | None
    placed: Mapping[str, str]


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
    process = _Process(modules, app, launch, env_closed, flask_version, target_module, factory_args, read, placed or {})
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
    """The configuration, and the variables that would select production with the values that do."""
    modules, app, launch = process.modules, process.app, process.launch
    required: frozenset[str] = frozenset()
    doubtful = False
    entry = _entry(modules, app, launch, process.target_module)
    entered = launch.entered if launch is not None else None
    written: dict[str, EnvFile] = {}
    for _ in range(_ATTEMPTS):
        machine = Machine(
            modules,
            env=environment,
            env_closed=process.env_closed,
            roots=_roots(app, launch),
            flask_version=version_of(process.flask_version),
            required=required,
            main=_main(launch, entry),
            read=process.read,
            dotenv=_dotenv_files(modules, launch),
            layout=launch.layout if launch is not None else (),
            placed=process.placed,
            written=written,
            doubtful=doubtful,
            stop_at=_stop(launch),
            options=_options(launch),
            argv=launch.program.argv if launch is not None and launch.program is not None else None,
        )
        _command_environment(machine, launch)
        raised: RaisedError | None = None
        found: int | None = None
        try:
            if entered is not None:
                found = _run_command(machine, entered)
            elif launch is not None and launch.program is not None:
                found = _run_program(machine, launch.program, app)
            if found is None:
                found = _start(
                    machine,
                    app,
                    entry,
                    process.factory_args or (launch.factory_args if launch is not None else ()),
                    launch.factory_keywords if launch is not None else (),
                    guessed=launch is not None and launch.program is not None,
                )
        except ReachedError as reached:
            found = reached.app
        except RaisedError as failure:
            raised = failure
        if raised is not None:
            causes = (*raised.cause.files, *raised.cause.absent)
            missing = [name for name in reversed(causes) if name not in required]
            if missing:
                required = required | {missing[0]}
                continue
            if not doubtful:
                doubtful = True
                continue
        again = {path: file for path, file in machine.writes.items() if path in machine.missed}
        if again and not written:
            written = again  # the second start reads what the first one wrote
            continue
        return _configuration(machine, app, launch, found, raised is None), machine.selectors
    return Configuration(app, launch, {}, complete=False), {}


@dataclass(frozen=True, slots=True)
class _Entry:
    """What a launch runs: a file, as a script or imported, and the attribute that it serves."""

    path: str | None
    script: bool
    attribute: str


def _entry(modules: Modules, app: App, launch: Launch | None, target: str | None) -> _Entry:
    """What the launch itself names goes first, then ``target``, then the app's own module."""
    roots = _roots(app, launch)
    named, _, attribute = launch.target.rpartition(":") if launch is not None else ("", "", "")
    if launch is not None and launch.run_site is not None and launch.target.endswith(".py"):
        target = launch.target
    if target is not None and target.endswith(".py"):
        places = [posixpath.normpath(posixpath.join(root, target)) for root in (*roots, ".")]
        path = next((place for place in places if modules.is_file(place)), None)
        if path is not None:
            script = launch is not None and launch.server.is_development and ":" not in launch.target
            return _Entry(path, script, app.name)
    path = modules.path_of(named, roots) if named else None
    if path is not None:
        return _Entry(path, False, attribute.partition("(")[0].strip() or app.name)
    path = modules.path_of(target, roots) if target else None
    if path is None:
        read = modules.module(app.span.file) is not None
        path = app.span.file if read or modules.is_file(app.span.file) else modules.path_of(app.module, roots)
    return _Entry(path, False, app.name)


def _roots(app: App, launch: Launch | None) -> tuple[str, ...]:
    first = launch.cwd if launch is not None and launch.cwd_known else app.cwd
    return tuple(dict.fromkeys((first, app.cwd)))


def _dotenv_files(modules: Modules, launch: Launch | None) -> frozenset[str] | None:
    """The ``.env`` files that the launch can see: an image has what is copied into it and not kept out."""
    if launch is None or not launch.container:
        return None
    facts = modules.facts
    return frozenset(
        path for path in facts.env_files if is_copied(path, launch.layout) and not is_kept_out(path, facts.dockerignore)
    )


def _command_environment(machine: Machine, launch: Launch | None) -> None:
    """``flask run`` reads ``.env`` and ``.flaskenv`` before the application, where python-dotenv is installed."""
    if launch is None or launch.server is not Server.FLASK_RUN:
        return
    facts = machine.modules.facts
    installed = launch.installs or frozenset(each.name for each in production_dependencies(facts))
    for name in (".env", ".flaskenv") if "python-dotenv" in installed else ():
        path = nearest_dotenv(machine, launch.cwd, name)
        if path in facts.env_files:
            load_dotenv(machine, path)


def _main(launch: Launch | None, entry: _Entry) -> str | None:
    """The file that runs as the main program."""
    if launch is not None and launch.entered is not None:
        return None
    if launch is not None and launch.program is not None:
        return launch.program.file if launch.program.main else None
    return entry.path if entry.script else None


def _stop(launch: Launch | None) -> Span | None:
    """The call that serves: what comes after it does not count."""
    if launch is not None and launch.program is not None:
        return launch.end.span
    return launch.run_site.node.span if launch is not None and launch.run_site is not None else None


def _options(launch: Launch | None) -> dict[str, Origin]:
    """The options that the command line of ``launch`` gives its program, as pseudo-variables with their place; "" is the
    place of the words that are no options."""
    if launch is None:
        return {}
    place = Origin(launch.head.span, launch.head.text)
    words = launch.program.argv if launch.program is not None else ()
    given = [word.partition("=")[0] for word in words if word.startswith("-") and "${" not in word]
    given += [f"--{name.replace('_', '-')}" for name in (launch.entered.given if launch.entered is not None else ())]
    return dict.fromkeys(("", *given), place)


def _run_program(machine: Machine, program: Program, app: App) -> int | None:
    """Run the program that serves. None where the call that serves was not met and several applications were made."""
    module = machine.run_module(program.file)
    if program.function:
        function = _attribute(machine, module, program.function)
        if function is not None:
            machine.call(function, Arguments(text=f"{program.function}()"), Frame(program.file, _oid(module)))
    made = [oid for oid in machine.apps if oid in machine.heap]
    placed = [oid for oid in made if machine.heap[oid].file == app.span.file]
    return (placed or made)[-1] if len(placed or made) == 1 else None


def _run_command(machine: Machine, entered: Entered) -> int | None:
    """Import the module of a command function and call it as the command line does; None where it is not found."""
    module = machine.run_module(entered.file)
    function = _attribute(machine, module, entered.function)
    item = function.value.value if function is not None and isinstance(function.value, Known) else None
    if function is None or not isinstance(item, Function):
        return None
    keywords: dict[str, Evaluated] = {}
    for name, value in entered.values:
        option = f"--{name.replace('_', '-')}"
        keywords[name] = replace(known(value), variables=(option,) if option in machine.options else ())
    machine.call(function, Arguments((), keywords, open=True), Frame(entered.file, _oid(module)))
    return None


def _start(
    machine: Machine,
    app: App,
    entry: _Entry,
    factory_args: tuple[Expr, ...],
    factory_keywords: tuple[Keyword, ...] = (),
    *,
    guessed: bool = False,
) -> int | None:
    """Import the target and call it when it is a factory; the heap number of the application. ``guessed``: with what it
    is called is not known."""
    if entry.path is None:
        return None
    module = machine.run_module(entry.path)
    frame = Frame(entry.path, _oid(module))
    served = _attribute(machine, module, entry.attribute)
    if served is None and entry.attribute != app.name:
        served = _attribute(machine, module, app.name)
    item = served.value.value if served is not None and isinstance(served.value, Known) else None
    if served is not None and isinstance(item, Function | Method) and not entry.script:
        args = tuple(machine.evaluate(arg, frame) for arg in factory_args)
        keywords = {
            word.name: machine.evaluate(word.value, frame) for word in factory_keywords if word.name is not None
        }
        served = machine.call(served, Arguments(args, keywords, guessed, app.span, f"{app.name}()"), frame)
        item = served.value.value if isinstance(served.value, Known) else None
    if isinstance(item, Ref) and item.kind == "app":
        return item.oid
    if isinstance(item, Made) and item.name.replace("()", "") in FACTORY_MAKERS:
        return None  # another distribution made it: none of the applications that the project makes beside it
    here = [oid for oid in machine.apps if oid in machine.heap]
    if not here and entry.script and entry.path != app.span.file and not app.required:
        own = _Entry(app.span.file, False, app.name)
        return _start(machine, app, own, factory_args, factory_keywords, guessed=guessed)
    if item is not None and isinstance(item, Ref) and item.kind == "instance":
        held = [cell.value.value for cell in machine.obj(item).cells.values() if isinstance(cell.value, Known)]
        inner = [value.oid for value in held if isinstance(value, Ref) and value.kind == "app"]
        here = inner or here
    placed = [oid for oid in here if machine.heap[oid].file == app.span.file]
    return (placed or here)[-1] if len(placed or here) == 1 else None


def _attribute(machine: Machine, module: Evaluated, name: str) -> Evaluated | None:
    current = module
    try:
        for part in name.split("."):
            current = machine.attribute(current, part)
    except RaisedError as raised:
        if raised.name == "AttributeError":
            return None
        raise
    return current


def _oid(module: Evaluated) -> int:
    item = module.value.value if isinstance(module.value, Known) else None
    return item.oid if isinstance(item, Ref) else 0


def _configuration(
    machine: Machine, app: App, launch: Launch | None, found: int | None, started: bool
) -> Configuration:
    oid = found
    if oid is None:
        left = [candidate for candidate in machine.apps if candidate in machine.heap]
        if started or len(left) != 1:
            return Configuration(app, launch, {}, complete=False)
        oid = left[0]
    config = machine.heap.get(machine.heap[oid].config) or Obj("config", open=True)
    cells = dict(config.cells)
    if launch is not None and launch.server is Server.FLASK_RUN:
        cells["DEBUG"] = _flask_run_debug(machine, launch)
    complete = started and not config.open and not machine.exhausted
    settings: dict[str, Setting] = {}
    for key, cell in cells.items():
        if isinstance(key, str) and key.isupper():
            settings[key] = _setting(machine, key, cell)
    return Configuration(app, launch, settings, complete, absent_env=_absent_env(machine, launch))


def _absent_env(machine: Machine, launch: Launch | None) -> str:
    """The ``.env`` file that the program loaded in vain and that may stand beside it where it runs: on a machine, or in an
    image that would copy it. A platform that builds from the repository has what the repository has."""
    if launch is None or launch.kind in SETS_PORT:
        return ""
    ignored = machine.modules.facts.dockerignore
    return next(
        (
            path
            for path in sorted(machine.missed - machine.writes.keys())
            if not launch.container or (is_copied(path, launch.layout) and not is_kept_out(path, ignored))
        ),
        "",
    )


def _flask_run_debug(machine: Machine, launch: Launch) -> Evaluated:
    """``flask run`` writes ``app.debug`` after loading the application."""
    refused = launch.setting("no-debug")
    if refused is not None:
        return Evaluated(Known(False, (Origin(refused[1], "--no-debug"),)), span=refused[1], expression="--no-debug")
    option = launch.setting("debug")
    if option is not None:
        origin = (Origin(option[1], "--debug"),)
        return Evaluated(
            Known(option[0].lower() not in ("false", "0", "no"), origin), span=option[1], expression="--debug"
        )
    found = debug_flag(machine)
    if found is not None:
        return replace(found, expression="FLASK_DEBUG")
    return known(False)


def _setting(machine: Machine, key: str, cell: Evaluated) -> Setting:
    cell = machine.with_elements(cell)
    value: Value[object] = plain_value(machine, cell)
    if machine.exhausted:
        value = Unknown("the program is too large to follow", value.origin)
    elif isinstance(cell.value, Unset):
        value = Unset(cell.value.origin)
    # A variable that is refused when it is missing only selects a constant: it does not protect it.
    names = () if is_literal(cell.expression) and not cell.absent else cell.variables
    guarded = (
        cell.guarded
        or key in machine.guarded_keys
        or any(name in machine.guarded_variables or name in machine.required for name in names)
    )
    deployed = _deployed(machine, cell)
    return Setting(
        key,
        value,
        span=cell.span,
        fallback=cell.fallback,
        variable=_option(machine, cell) or cell.variable,
        guarded=guarded,
        random=cell.random,
        expression=cell.expression,
        file=cell.files[0] if cell.files else "",
        expected=bool(cell.files) and cell.files[0] in machine.expected,
        installed_as=next(
            (place for place, origin in machine.placed.items() if cell.span and origin == cell.span.file), ""
        ),
        chosen_at=_chosen_at(machine, cell),
        either=cell.either if isinstance(value, Unknown) else (),
        in_project=below_project(machine, cell),
        deployed_at=deployed.span if deployed is not None else None,
        deploy_default=_default_of(machine, cell, deployed) if deployed is not None else "",
    )


def _chosen_at(machine: Machine, cell: Evaluated) -> Span | None:
    """Where the variable was read that selects a constant."""
    if not cell.absent or not is_literal(cell.expression):
        return None
    places = {**machine.read_at, **machine.selected_at}
    return next((places[name] for name in cell.absent if name in places), None)


def _deployed(machine: Machine, cell: Evaluated) -> Origin | None:
    """The line of the deploy files that sets the variable which the value is made of."""
    if cell.absent or not cell.variables or not isinstance(cell.value, Known):
        return None
    given = machine.env.get(cell.variable)
    if isinstance(given, Known):
        return given.origin[-1] if given.origin else None
    option = _option(machine, cell)
    if option:
        return machine.options[option]
    loaded = machine.obj(Ref(machine.environ, "environ")).cells.get(cell.variable)
    step = loaded.value.origin[0] if loaded is not None and loaded.value.origin else None
    own = (*machine.modules.facts.env_files.values(), *machine.written.values())
    places = {variable.span for file in own for variable in file.variables}
    return step if step is not None and step.span in places else None


def _option(machine: Machine, cell: Evaluated) -> str:
    """The option of the command line that decides the value, "" when none does."""
    return next((name for name in cell.variables if name in machine.options), "")


def _default_of(machine: Machine, cell: Evaluated, step: Origin) -> str:
    """The variable whose default a deploy file writes (``KEY=${NAME:-default}``), or that the program itself writes
    into its ``.env`` where that is missing; "" for a constant."""
    if any(variable.span == step.span for file in machine.written.values() for variable in file.variables):
        return cell.variable
    found = _DEFAULT.search(step.text)
    return found[1] if found else ""
