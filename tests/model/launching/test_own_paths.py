"""Folders that a script works out from where it stands."""

from __future__ import annotations

import pytest

from flask_prodcheck.base import Span
from flask_prodcheck.facts.parse import parse
from flask_prodcheck.facts.shell import parse_command_line
from flask_prodcheck.facts.types import ShellCommand
from flask_prodcheck.model.launching.place import Place
from flask_prodcheck.model.launching.shell.own_paths import own_path
from flask_prodcheck.model.launching.shell.simple_commands import assigning, expanded
from flask_prodcheck.model.link import link
from flask_prodcheck.sources.discover import memory_tree

APP = "from flask import Flask\napp = Flask(__name__)\n"

WHERE = "#!/bin/bash\n{}\n"


@pytest.mark.parametrize(
    "start",
    [
        'cd "$(dirname "$0")/.."\ngunicorn site:app',
        'cd -- "`dirname -- "$0"`/.."\ngunicorn site:app',
        'cd "$(dirname "${BASH_SOURCE[0]}")"/.. || exit 1\ngunicorn site:app',
        'cd "$(dirname "${BASH_SOURCE[0]:-$0}")"/..\ngunicorn site:app',
        'cd "$(dirname "${BASH_SOURCE:-$0}")"/..\ngunicorn site:app',
        "cd ${0%/*}/..\ngunicorn site:app",
        'cd "${BASH_SOURCE%/*}/.."\ngunicorn site:app',
        'cd "$(dirname "${BASH_SOURCE[0]%/*}")"\ngunicorn site:app',
        'HERE=$(cd "$(dirname "$0")" && pwd)\ncd "$HERE/.."\ngunicorn site:app',
        'HERE="$( cd -- "$( dirname -- "${BASH_SOURCE[0]}" )" &> /dev/null && pwd -P )"\ncd "$HERE"\ncd "$HERE/.."\ngunicorn site:app',
        'HERE=$(dirname "$(readlink -f "$0")")\nROOT=$(realpath "$HERE/..")\nexport ROOT\ncd $ROOT\ngunicorn site:app',
        'readonly HERE=$(dirname $(realpath $0))\ngunicorn --chdir $HERE/.. site:app',
        'SCRIPT=$(readlink -f "$0")\nHERE=$(dirname "$SCRIPT")\ngunicorn --chdir="$HERE/.." site:app',
        'HERE=$(dirname "$0")\npushd "$HERE"\ncd "$(realpath ..)"\ngunicorn site:app',
        'source "$(dirname "$0")/go.sh"',
        '. "$(cd "$(dirname "$0")" && pwd)/go.sh"',
        'more=$OPTIONS\n"$(dirname "$0")/go.sh" $more',
    ],
)
@pytest.mark.parametrize("image", [False, True], ids=["on a host", "in a container"])
def test_folders_that_a_script_works_out_from_its_own_place(start: str, *, image: bool) -> None:
    """Each names the folder above the script's, which holds one of several modules of that name."""
    files = {
        "web/ops/start.sh": WHERE.format(start),
        "web/ops/go.sh": 'cd "$(dirname "${BASH_SOURCE[0]}")/.."\ngunicorn site:app\n',
        "go.sh": "gunicorn lost:app\n",
        **dict.fromkeys(("web/site.py", "site.py", "other/site.py"), APP),
        **({"Dockerfile": "FROM python:3.13\nCOPY web /srv/app\nCMD /srv/app/ops/start.sh\n"} if image else {}),
    }
    launches = link(parse(memory_tree(files)), name="site").launches
    passed = [each for each in launches if any(hop.span.file == "web/ops/start.sh" for hop in each.hops)] or launches
    assert {(each.cwd, each.module_file) for each in passed if each.resolves} == {("web", "web/site.py")}


@pytest.mark.parametrize(
    "start",
    [
        'cd "$(dirname "${BASH_SOURCE[1]}")/.."',
        'cd "$(dirname "$MINE")/.."',
        'cd "$(dirname "$0" "$1")/.."',
        'cd "$(readlink "$0")/.."',
        'cd "$(realpath --relative-to=/ "$0")/.."',
        'cd "$(cd .. && ls)"',
        'cd "$(dirname "$0")/../../.."',
        'A=$(dirname $A)\ncd "$A"',
        'A=$(cd web && pwd)\ncd web\ncd "$A/.."',
        'A=$B/x\nB=$A/x\ncd "$A/web"',
        'A=$(dirname $B)\nB=$(dirname $A)\ncd $A/web',
    ],
)
def test_folders_that_nobody_can_tell(start: str) -> None:
    script = parse_command_line(start, Span("web/ops/start.sh", 1))
    place = Place((), cwd="other", script="web/ops/start.sh")
    last = script[-1]
    for each in script[:-1]:
        assert isinstance(each, ShellCommand)
        place = assigning(each, expanded(each, place).assigned, place) if not each.words else place
    assert isinstance(last, ShellCommand)
    assert own_path(last.words[1], "web/ops/start.sh", place) is None


def test_a_name_cut_from_a_path_is_no_path() -> None:
    (command,) = parse_command_line('snub "${0##*/}" "$(basename "$0")"', Span("bin/api", 1))
    assert isinstance(command, ShellCommand)
    assert expanded(command, Place((), script="bin/api")).argv == ["snub", "api", '$(basename "$0")']
