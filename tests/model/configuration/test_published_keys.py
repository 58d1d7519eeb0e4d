"""Where a key is published that a file of the machine may replace."""

from __future__ import annotations

from flask_prodcheck.base import Known, Origin, Span
from flask_prodcheck.model.configuration.signing import published_key
from flask_prodcheck.model.project import App, Confidence, Configuration, Hop, Launch, Purpose, Server, Setting

APP = App("app:app", Span("app.py", 3), "app", "global", ".", "app")
HOP = Hop(Span("Dockerfile", 9), "CMD gunicorn app:app")
LAUNCH = Launch(
    (HOP,), Server.GUNICORN, Purpose.PRODUCTION, "", "file", HOP.text, "app:app", True, Confidence.HIGH, "dockerfile"
)
PLACE = Span("Dockerfile", 4)


def test_the_deploy_file_publishes_what_a_file_of_the_machine_may_replace() -> None:
    setting = Setting(
        "SECRET_KEY",
        Known("key-of-all", (Origin(PLACE, "SECRET_KEY=key-of-all"),)),
        Span("app.py", 4),
        expression="os.environ['K']",
        file="/etc/shop.cfg",
        expected=True,
        deployed_at=PLACE,
    )
    found = published_key(Configuration(APP, LAUNCH, {"SECRET_KEY": setting}), "SECRET_KEY")
    assert found is not None
    assert (found.at, found.variable, found.unsure) == (PLACE, "", True)
