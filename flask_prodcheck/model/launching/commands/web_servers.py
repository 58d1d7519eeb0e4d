"""Web servers as programs: the command lines with which they begin to serve what their configuration says.

Sources: https://httpd.apache.org/docs/2.4/programs/httpd.html and .../apachectl.html; ``httpd-foreground`` of the official
image, ``apache2-foreground`` of the images of PHP, ``run-httpd`` of those of Software Collections;
unitd(8) of NGINX Unit.
"""

from __future__ import annotations

from flask_prodcheck.model.launching.commands.options import Words, option_value
from flask_prodcheck.model.launching.steps import Nothing, Step, TaskRun

#: The runner whose processes are what the configuration of Apache serves.
APACHE = "apache"
#: The runner whose processes are what the configuration of NGINX Unit serves.
UNIT = "nginx-unit"
#: Options with which Apache says something of itself, or looks at its configuration, and ends.
_ASKS = frozenset({"-t", "-S", "-v", "-V", "-l", "-L", "-M", "-h"})
_ENDS = frozenset({"stop", "graceful-stop"})
#: What apachectl does by a word and not by the options of httpd.
_OTHER_WORDS = frozenset({"configtest", "status", "fullstatus", "help", *_ENDS})
_SERVICES = frozenset({"httpd", "apache2"})


def read_httpd(words: Words) -> Step:
    """``httpd -D FOREGROUND``, ``apache2 -k start``, ``apachectl start``."""
    if _ASKS & set(words) or _OTHER_WORDS & set(words[:1]) or option_value(words, ("-k",)) in _ENDS:
        return Nothing(APACHE)
    return TaskRun(APACHE, (), file=option_value(words, ("-f",)))


def read_unitd(words: Words) -> Step:
    """``unitd``, which keeps its configuration in a folder of its own."""
    return Nothing(UNIT) if {"--version", "--help", "-h"} & set(words) else TaskRun(UNIT, ())


def read_service(words: Words) -> Step:
    """``service apache2 start``; of any other service nothing is known."""
    starts = len(words) > 1 and words[0] in _SERVICES and words[1] in ("start", "restart")
    return TaskRun(APACHE, ()) if starts else Nothing("service")


#: The programs that are Apache, or end as Apache.
APACHE_PROGRAMS = (
    "httpd", "apache2", "apachectl", "apache2ctl", "httpd-foreground", "apache2-foreground", "run-httpd",
)  # fmt: skip
