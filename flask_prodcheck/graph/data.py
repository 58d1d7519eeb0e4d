"""The launch graph and the configurations as JSON, in the words of the public report."""

from __future__ import annotations

import json

from flask_prodcheck.base import Span
from flask_prodcheck.graph.chains import Chain, Graph
from flask_prodcheck.graph.effective import EffectiveConfiguration, EffectiveSetting
from flask_prodcheck.reports.json_v1 import SCHEMA, launch_data, problem_data, run_site_data


def render_graph(graph: Graph) -> str:
    """One object with ``launches`` (as in the report, plus ``number`` and ``reaches``), ``unreached`` run sites (plus
    ``text`` and ``why``), ``unknown`` starts and ``problems``."""
    return _text(
        {
            "schema": SCHEMA,
            "launches": [_chain(chain) for chain in graph.chains],
            "unreached": [{**run_site_data(each.site), "text": each.text, "why": each.why} for each in graph.unreached],
            "unknown": [{**_place(hop.span), "text": hop.text} for hop in graph.unknown],
            "problems": [problem_data(each) for each in graph.problems],
        }
    )


def render_configurations(configurations: tuple[EffectiveConfiguration, ...]) -> str:
    """One object with ``configurations``: app, launch (null: as imported with an empty environment), settings."""
    return _text({"schema": SCHEMA, "configurations": [_configuration(each) for each in configurations]})


def _chain(chain: Chain) -> dict[str, object]:
    end = _place(chain.end) if chain.end is not None else {"file": None, "line": None}
    return {"number": chain.number, **launch_data(chain.launch), "reaches": {"text": chain.reaches, **end}}


def _configuration(each: EffectiveConfiguration) -> dict[str, object]:
    launch = each.launch
    return {
        "app": each.app.shown,
        "launch": None if launch is None else {"number": each.number, **launch_data(launch)},
        "complete": each.complete,
        "settings": [_setting(setting) for setting in each.settings],
    }


def _setting(setting: EffectiveSetting) -> dict[str, object]:
    return {
        "key": setting.key,
        "state": setting.state,
        "value": setting.shown,
        "notes": list(setting.notes),
        "origin": [{**_place(step.span), "text": step.text} for step in setting.origin],
    }


def _place(span: Span) -> dict[str, object]:
    return {"file": span.file, "line": span.line}


def _text(data: object) -> str:
    return json.dumps(data, indent=2, ensure_ascii=True) + "\n"
