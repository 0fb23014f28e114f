"""The FAQ of this repository, loaded and fitted once for all tests that need it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from bot.faq import Faq, load_faq

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "faq"
QUESTIONS = Path(__file__).parent / "questions"
CACHE = ROOT / ".pytest_cache"  # what is fitted is kept with the test runner's other caches


@cache
def repository_faq() -> Faq:
    """Load the FAQ, fitted."""
    return load_faq(FOLDER, CACHE)
