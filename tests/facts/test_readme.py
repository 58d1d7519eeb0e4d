"""What a README shows: headings, code and links in Markdown and reStructuredText, as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_prodcheck.facts.readme import read_readme


def shown(text: str, *, restructured: bool = False) -> list[str]:
    found = read_readme(text, restructured=restructured).shown
    return [f"{each.line} {' > '.join(each.headings)}: {each.code} ({each.said})" for each in found]


MARKDOWN = """\
Shop
====
A shop.

Development
-----------
Start it:

    make run

## Deployment ##
1. Copy `.env`
2. Run it

   ```console
   $ docker compose \\
       up -d
   # in another shell
   (venv) $ curl localhost
   ```

**Tests**
See [the file](ops/compose.test.yml).

```yaml
command: ./run.sh
```
| file | use |
|------|-----|
| `run.sh` | by hand |

# Notes
"""
RESTRUCTURED = """\
====
Shop
====

Hacking
-------
Start it::

  make run

Then stop.

.. code-block:: yaml

   command: ./run.sh

.. code-block:: bash

   ./serve.sh

Servers
~~~~~~~
Put ``shop.service`` there, see `the unit <ops/shop.service>`_.

Hosting
-------
.. code-block::

   ./host.sh
"""


def test_markdown() -> None:
    assert shown(MARKDOWN) == [
        "9 Shop > Development: make run (Start it:)",
        "12 Shop > Deployment: .env (1. Copy `.env`)",
        "16 Shop > Deployment: docker compose up -d (2. Run it)",
        "19 Shop > Deployment: curl localhost (in another shell)",
        "23 Shop > Deployment > Tests: ops/compose.test.yml (See [the file](ops/compose.test.yml).)",
        "30 Shop > Deployment > Tests: run.sh (| `run.sh` | by hand |)",
    ]


def test_restructured_text() -> None:
    assert shown(RESTRUCTURED, restructured=True) == [
        "9 Shop > Hacking: make run (Start it::)",
        "19 Shop > Hacking: ./serve.sh (Then stop.)",
        "23 Shop > Hacking > Servers: shop.service (Put ``shop.service`` there, see `the unit <ops/shop.service>`_.)",
        "23 Shop > Hacking > Servers: the unit <ops/shop.service> (Put ``shop.service`` there, see `the unit <ops/shop.service>`_.)",
        "23 Shop > Hacking > Servers: ops/shop.service (Put ``shop.service`` there, see `the unit <ops/shop.service>`_.)",
        "29 Shop > Hosting: ./host.sh ()",
    ]


@pytest.mark.parametrize(
    ("text", "title", "lead"),
    [
        ("# Shop\n\nSells things\nto people.\n\nMore.\n", "Shop", "Sells things to people."),
        ("[![badge](x)](y)\n\n# Shop\n\n![shot](z)\n\nSells.\n", "Shop", "Sells."),
        ("Sells.\n\n# Setup\n", "", "Sells."),
        ("<h1 align='center'>Shop</h1>\n\nSells.\n", "Shop", "Sells."),
        ("", "", ""),
    ],
)
def test_what_it_begins_with(text: str, title: str, lead: str) -> None:
    readme = read_readme(text)
    assert (readme.title, readme.lead) == (title, lead)


def test_the_lines_of_a_block_belong_together() -> None:
    found = read_readme("```\ncd ops\n\n./run.sh\n```\n`x`\n```\n./run.sh\n```\n").shown
    assert [each.block for each in found] == [1, 1, 0, 2]


def test_a_heading_shows_code_too() -> None:
    assert shown("## `compose.yml`, for [development](dev.md)\n") == [
        "1 `compose.yml`, for development: compose.yml (`compose.yml`, for development)",
        "1 `compose.yml`, for development: dev.md (`compose.yml`, for development)",
    ]


@given(st.text(st.sampled_from("#=-`~*_[]()<>|:.\\ \t\n1aB$"), max_size=200), st.booleans())
def test_nothing_stops_the_reader(text: str, restructured: bool) -> None:
    lines = text.splitlines()
    for each in read_readme(text, restructured=restructured).shown:
        assert 1 <= each.line <= len(lines)
