"""What the program logs, as an operator sees it on standard error."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

import structlog

from bot.config import Settings
from bot.log import set_up_logging

if TYPE_CHECKING:
    from collections.abc import Iterator

_TALKATIVE = ("httpx", "httpcore", "alembic", "aiosqlite", "telegram", "uvicorn.error")


@contextmanager
def logging_as(form: Literal["text", "json"] = "text", level: str = "debug") -> Iterator[None]:
    """Log as the program does; afterwards everything is as it was before."""
    root = logging.getLogger()
    handlers, level_before = list(root.handlers), root.level
    levels = {name: logging.getLogger(name).level for name in _TALKATIVE}
    configured = structlog.get_config()
    set_up_logging(Settings.model_validate({"log_format": form, "log_level": level}))
    try:
        yield
    finally:
        structlog.configure(**configured)
        root.handlers[:] = handlers
        root.setLevel(level_before)
        for name, before in levels.items():
            logging.getLogger(name).setLevel(before)
