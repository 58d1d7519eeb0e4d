"""The classes that hold a project's settings, and which of them production would choose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_prodcheck.base import Known
from flask_prodcheck.model.evaluation.external_names import is_plain_base
from flask_prodcheck.model.evaluation.production_names import is_production_name
from flask_prodcheck.model.evaluation.running import RaisedError
from flask_prodcheck.model.evaluation.values import Evaluated, External, Ref, agree, known, ref_of
from flask_prodcheck.patterns import regex

if TYPE_CHECKING:
    from flask_prodcheck.model.evaluation.machine import Machine

_CONFIG_FILES = regex(r"(?:^|/)(?:config|configs|configuration|settings)(?:\.py|/[^/]+\.py)$")
_TEST_PATH = regex(r"(?:^|/)tests?/|(?:^|/)(?:test_[^/]*|conftest)\.py$")
_MANY_FILES = 20


def public_attributes(machine: Machine, owner: Ref) -> dict[str, Evaluated] | None:
    """The upper-case attributes of a class; None when a base class is not known."""
    cells: dict[str, Evaluated] = {}
    for base in reversed(machine.mro(known(owner))):
        item = base.value.value if isinstance(base.value, Known) else None
        if isinstance(item, Ref):
            attributes = machine.obj(item).cells.items()
            cells.update((key, cell) for key, cell in attributes if isinstance(key, str) and key.isupper())
        elif not (isinstance(item, External) and is_plain_base(item.name)):
            return None
    return cells


def whatever_is_chosen(machine: Machine) -> dict[str, Evaluated]:
    """What every configuration class says that an unknown name could mean: those for production if there are any, else
    all that are not for tests."""
    classes = _configuration_classes(machine)
    wanted = [each for each in classes if is_production_name(machine.obj(each).name)]
    wanted = wanted or [each for each in classes if "test" not in machine.obj(each).name.lower()]
    tables = [public_attributes(machine, each) for each in wanted]
    first = tables[0] if tables else None
    if first is None:
        return {}
    return {
        key: cell
        for key, cell in first.items()
        if all(other is not None and key in other and agree(other[key], cell) for other in tables[1:])
    }


def _configuration_classes(machine: Machine) -> list[Ref]:
    """The classes of the project's configuration modules."""
    paths = sorted(machine.modules.facts.modules)
    files = [path for path in paths if _CONFIG_FILES.search(path) and not _TEST_PATH.search(path)]
    classes: list[Ref] = []
    for path in files[:_MANY_FILES]:
        try:
            module = machine.run_module(path)
        except RaisedError as raised:
            if raised.cause.absent:
                raise  # a variable that production has to set
            return []
        for cell in machine.obj(ref_of(module)).cells.values():
            made = ref_of(cell)
            if made.kind == "class" and machine.obj(made).file == path:
                classes.append(made)
    return classes


def note_class_selector(machine: Machine, source: Evaluated, plain: object, target: Evaluated) -> None:
    """A class that a variable's default names: its neighbour for production is what the variable selects there."""
    if not isinstance(plain, str) or len(source.absent) != 1 or ref_of(target).kind != "class":
        return
    machine.note_selection(source)
    obj = machine.obj(ref_of(target))
    outer = plain.replace(":", ".").rpartition(".")[0]
    if is_production_name(obj.name) or not outer:
        return
    for _, other in machine.heap.objects():
        if other.kind == "class" and other.file == obj.file and is_production_name(other.name):
            machine.selectors.setdefault(source.absent[0], f"{outer}.{other.name}")
