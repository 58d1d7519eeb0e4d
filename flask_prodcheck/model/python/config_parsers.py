"""The classes of ``configparser``, by the names that programs call them.

Sources: https://docs.python.org/3/library/configparser.html, https://docs.python.org/2/library/configparser.html
"""

from __future__ import annotations

_NAMES = ("ConfigParser", "RawConfigParser", "SafeConfigParser")
CONFIG_PARSERS = frozenset(f"configparser.{name}" for name in _NAMES)
#: Those of Python 2, whose module was called differently.
OLD_CONFIG_PARSERS = frozenset(f"ConfigParser.{name}" for name in _NAMES)
