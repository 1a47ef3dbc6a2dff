"""What a person may set when triggering a flow, and how it meets the settings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from corrigenda.settings import Settings


def settings_for(*, db: Path | None, origin: str) -> Settings:
    """Return the environment's settings with a flow's parameters laid over them."""
    settings = Settings.from_env()
    if db is not None:
        settings = replace(settings, db=db)
    if origin:
        settings = replace(settings, origin=origin)
    return settings
