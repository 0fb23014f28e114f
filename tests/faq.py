"""The FAQ of this repository, loaded and fitted once for all tests that need it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from bot.faq import Faq, load_faq

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "faq"
QUESTIONS = Path(__file__).parent / "questions"


@cache
def repository_faq() -> Faq:
    """Load the FAQ; what is fitted is kept with the test runner's other caches."""
    return load_faq(FOLDER, ROOT / ".pytest_cache")
