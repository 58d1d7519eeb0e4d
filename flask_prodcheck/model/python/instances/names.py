"""The simple names that may stand for an application in the files of a project, and for what makes one."""

from __future__ import annotations

from flask_prodcheck.model.python.foreign_apps import uses_an_app
from flask_prodcheck.model.python.instances.kinds import CLASSES, FACTORY_MAKERS, WITHOUT_APP, WSGI_KINDS
from flask_prodcheck.model.python.mentions import mentions_of
from flask_prodcheck.model.python.modules import Modules


def names_of_apps(modules: Modules) -> frozenset[str]:
    """The simple names of whatever may stand for an application, in any file: constructors, and all that is made with
    them. What an application is made of is spelled with one of these."""
    return mentions_of(modules).holding(names_of_makers(modules) | WITHOUT_APP)


def names_of_makers(modules: Modules) -> frozenset[str]:
    """The simple names, at home, of the classes and functions that make applications."""
    mentions = mentions_of(modules)
    makers = {name.rpartition(".")[2] for name, kind in CLASSES.items() if kind in WSGI_KINDS}
    makers |= {name.rpartition(".")[2] for name in FACTORY_MAKERS}
    return frozenset(makers | mentions.used_with("Flask"))


def names_of_foreign_apps(modules: Modules) -> frozenset[str]:
    """The names that may stand for an application which is known by its use alone: all that the files bind which call a
    method of one, and what is made with them."""
    mentions = mentions_of(modules)
    return mentions.holding(mentions.given_in([module for module in modules if uses_an_app(module)]))
