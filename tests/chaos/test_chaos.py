"""Nothing is lost, whatever fails; `tests.chaos` says how that is tried. A minute or two."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.chaos.__main__ import LIMIT, PARTS, chosen_seed, once
from tests.chaos.judge import complaint
from tests.chaos.plan import Plan, Size

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def left() -> list[float]:
    """The seconds that are left for all parts together."""
    return [LIMIT]


@pytest.mark.parametrize("size", PARTS, ids=["polling", "webhooks"])
def test_every_message_is_answered_once_and_in_order(
    tmp_path: Path, size: Size, left: list[float], capsys: pytest.CaptureFixture[str]
) -> None:
    """While the program is killed and its platforms fail."""
    begun = time.monotonic()
    told, faults = once(tmp_path, Plan(chosen_seed(), size), left[0])
    left[0] -= time.monotonic() - begun
    with capsys.disabled():
        print(f"\n{told}")
    assert not faults, complaint(faults)
