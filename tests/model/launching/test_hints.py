"""Words of names that say what something is for."""

from __future__ import annotations

import pytest

from flask_prodcheck.model.launching.hints import purpose_of_words, words_of


@pytest.mark.parametrize(
    ("name", "purpose"),
    [
        ("runtests.sh", "test"),
        ("runBrowserTests", "test"),
        ("runbrowsertests.sh", "test"),
        ("unittest", "test"),
        ("web-e2e", "test"),
        ("compose.e2etests.yml", "test"),
        ("smoketest.sh", "test"),
        ("shop-mocks-web.service", "test"),
        ("docker-compose.dev.yml", "development"),
        ("devservices/config.yml", "development"),
        (".devcontainer/compose.yaml", "development"),
        ("shop-devservers.yml", "development"),
        ("devenv.nix", "development"),
        ("devices.yml", None),
        ("devops/web.yml", None),
        ("deploy_live", "production"),
        ("docker-compose.override.yml", "development"),
        ("docker-compose-production.override.yml", "production"),
        ("docker-compose-override-dev.yml", "development"),
        ("contest.sh", None),
        ("latest", None),
        ("runlatest", None),
        ("runserver.sh", None),
    ],
)
def test_the_purpose_of_a_name(name: str, purpose: str | None) -> None:
    found = purpose_of_words(words_of(name))
    assert (found[0].value if found is not None else None) == purpose
