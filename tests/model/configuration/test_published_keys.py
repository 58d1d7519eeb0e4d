"""Which keys the project publishes: a variable that the image sets, what replaces it, what stays open."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flask_prodcheck.base import Known, Origin, Span, Unknown, Unset
from flask_prodcheck.model.configuration.signing import published_key, published_variable
from flask_prodcheck.model.project import App, Confidence, Configuration, Hop, Launch, Purpose, Server, Setting

APP = App("app:app", Span("app.py", 3), "app", "global", ".", "app")
HOP = Hop(Span("Dockerfile", 9), "CMD gunicorn app:app")
LAUNCH = Launch(
    (HOP,), Server.GUNICORN, Purpose.PRODUCTION, "", "file", HOP.text, "app:app", True, Confidence.HIGH, "dockerfile"
)
PLACE = Span("Dockerfile", 4)
GIVEN = Known("key-of-all", (Origin(PLACE, "SECRET_KEY=key-of-all"),))
OPEN = Setting("SECRET_KEY", Unknown("it is read elsewhere"), Span("app.py", 4))


@pytest.mark.parametrize(
    ("setting", "complete", "found"),
    [
        (OPEN, False, True),
        (Setting("SECRET_KEY", Unset()), False, True),
        (Setting("SECRET_KEY", Unset()), True, False),  # the application has no key
        (Setting("SECRET_KEY", Known("other"), Span("app.py", 4)), True, False),
        (replace(OPEN, variable="SECRET_KEY"), False, True),
        (replace(OPEN, variable="OTHER"), False, False),
        (replace(OPEN, guarded=True), False, False),
        (replace(OPEN, random=True), False, False),
    ],
)
def test_a_variable_of_the_image_counts_where_nothing_says_what_becomes_of_it(
    setting: Setting, complete: bool, found: bool
) -> None:
    launch = replace(LAUNCH, env={"SECRET_KEY": GIVEN})
    configuration = Configuration(APP, launch, {"SECRET_KEY": setting}, complete)
    published = published_variable(configuration, "SECRET_KEY")
    assert (published is not None) is found
    assert published is None or (published.at, published.unsure) == (PLACE, True)


@pytest.mark.parametrize("value", [Unknown("the host sets it"), Unset(), Known("")])
def test_a_variable_without_a_text_publishes_nothing(value: Known[str] | Unknown | Unset) -> None:
    configuration = Configuration(APP, replace(LAUNCH, env={"SECRET_KEY": value}), {"SECRET_KEY": OPEN}, complete=False)
    assert published_variable(configuration, "SECRET_KEY") is None


def test_the_deploy_file_publishes_what_a_file_of_the_machine_may_replace() -> None:
    setting = Setting(
        "SECRET_KEY", Known("key-of-all", GIVEN.origin), Span("app.py", 4), expression="os.environ['K']", file="/etc/shop.cfg", expected=True,
        deployed_at=PLACE,
    )  # fmt: skip
    found = published_key(Configuration(APP, LAUNCH, {"SECRET_KEY": setting}), "SECRET_KEY")
    assert found is not None
    assert (found.at, found.variable, found.unsure) == (PLACE, "", True)
