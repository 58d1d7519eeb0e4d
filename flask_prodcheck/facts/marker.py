"""What every comment holds that silences a finding."""

from __future__ import annotations

MARKER = "prodcheck:"
