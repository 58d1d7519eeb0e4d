"""What every test needs: answers that no other run has given."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

# No test depends on how fast the machine is.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(autouse=True)
def cache_folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of the test's own, also for the processes it starts."""
    folder = tmp_path_factory.mktemp("cache") / "prodcheck"
    monkeypatch.setenv("PRODCHECK_CACHE_DIR", str(folder))
    return folder
