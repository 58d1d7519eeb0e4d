"""PC311: gunicorn refuses some values at start-up; those that are certain are reported."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.rulekit import (
    Assign,
    BinOp,
    Call,
    Confidence,
    Const,
    Expr,
    FunctionDef,
    GunicornSetting,
    Hit,
    Import,
    Known,
    Launch,
    Name,
    Project,
    PyModule,
    Server,
    Span,
    argument_refusal,
    refusal,
    settings_table,
)

Found = tuple[Span, str, str, str]  # the place, what is set, the value as shown, why it is refused


def check(project: Project) -> Iterator[Hit]:
    seen: set[Span] = set()
    for launch in project.production:
        if launch.server is not Server.GUNICORN:
            continue
        module = project.facts.modules.get(launch.config_file or "")
        for span, what, value, reason in [
            *_environment(launch),
            *_options(launch),
            *(_file(launch, module) if module is not None else ()),
        ]:
            if span not in seen:
                seen.add(span)
                severity = "warning" if launch.confidence is Confidence.LOW else None
                facts = {"what": what, "value": value, "reason": reason}
                yield Hit(at=span, via=launch.hops, facts=facts, severity=severity)


def _environment(launch: Launch) -> Iterator[Found]:
    """WEB_CONCURRENCY is read before any configuration."""
    variable = launch.env.get("WEB_CONCURRENCY")
    if isinstance(variable, Known):
        reason = argument_refusal(settings_table()["workers"], variable.value)
        if reason is not None and variable.origin:
            yield variable.origin[-1].span, "WEB_CONCURRENCY", _shown(variable.value), reason


def _options(launch: Launch) -> Iterator[Found]:
    for name, (text, span) in launch.options.items():
        setting = settings_table().get(name)
        if setting is not None and span == launch.end.span and "$" not in text and "{" not in text:
            reason = argument_refusal(setting, text)
            if reason is not None:
                yield span, setting.flags[-1], _shown(text), reason


def _file(launch: Launch, module: PyModule) -> Iterator[Found]:
    for each in launch.config_settings:
        setting = settings_table().get(each.key)
        if setting is not None and isinstance(each.value, Known) and not each.fallback and each.span is not None:
            reason = refusal(setting, each.value.value)
            if reason is not None:
                yield each.span, each.key, _shown(each.value.value), reason
    for statement in module.body:
        if isinstance(statement, Assign) and isinstance(statement.targets[0], Name):
            setting = settings_table().get(statement.targets[0].id)
            whole = setting is not None and setting.check == "validate_pos_int"
            if (
                setting is not None
                and whole
                and _is_fraction(statement.value)
                and _last(module, setting.name, statement)
            ):
                yield statement.span, setting.name, "a fraction", "it must be a whole number"
        elif isinstance(statement, FunctionDef) and not statement.decorators:
            setting = settings_table().get(statement.name)
            if setting is not None and (wanted := _wanted_parameters(setting, statement)):
                yield statement.span, statement.name, f"a function of {_count(statement)}", wanted
        elif isinstance(statement, Import):
            for name, alias in statement.names:
                setting = settings_table().get(alias or name.split(".")[0])
                if setting is not None and not setting.hook and _last(module, setting.name, statement):
                    yield (
                        statement.span,
                        setting.name,
                        "a module",
                        "gunicorn takes every name of the file for a setting",
                    )


def _last(module: PyModule, name: str, statement: Assign | Import) -> bool:
    """Whether nothing else in the file binds ``name``."""
    others = [
        each
        for each in module.body
        if each is not statement
        and (
            (
                isinstance(each, Assign)
                and any(isinstance(target, Name) and target.id == name for target in each.targets)
            )
            or not isinstance(each, (Assign, FunctionDef, Import))
        )
    ]
    return not any(isinstance(each, Assign) for each in others) and not any(
        getattr(each, "body", ()) or getattr(each, "orelse", ()) for each in others
    )


def _is_fraction(expr: Expr) -> bool:
    """Whether ``expr`` is a float whatever its parts are."""
    if isinstance(expr, Const):
        return isinstance(expr.value, float)
    if isinstance(expr, BinOp):
        if expr.op == "/":
            return True
        return expr.op in ("+", "-", "*", "//") and (_is_fraction(expr.left) or _is_fraction(expr.right))
    return isinstance(expr, Call) and isinstance(expr.func, Name) and expr.func.id == "float"


def _count(function: FunctionDef) -> str:
    count = sum(each.kind == "positional" for each in function.params)
    return f"{count} parameter" if count == 1 else f"{count} parameters"


def _wanted_parameters(setting: GunicornSetting, function: FunctionDef) -> str:
    """Why gunicorn refuses ``function`` for a hook, by the number of its positional parameters; "" when it does not."""
    count = sum(each.kind == "positional" for each in function.params)
    if setting.check == "validate_post_request":
        return "" if count in (2, 3, 4) else "it must take 4"
    name, _, wanted = setting.check.partition(":")
    return f"it must take {wanted}" if name == "callable" and wanted not in ("-1", str(count)) else ""


def _shown(value: object) -> str:
    return "empty" if value == "" else repr(value)
