"""Software of others that speaks a platform's protocol, to check our own fakes against.

None of it is installed with the tests: `make peers` brings it to `.peers` (or to the folder that
`HOIDAP_PEERS` names), and without it these tests are skipped with that advice.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

FOLDER = Path(os.environ.get("HOIDAP_PEERS") or Path(__file__).parents[2] / ".peers")
NODE_MODULES = FOLDER / "node_modules"
ZALO_BOT_PYTHON = FOLDER / "zalo-bot" / "bin" / "python"

_MISSING = "{what} is not here: run `make peers`"


def needs(*places: Path, program: str = "") -> None:
    """Skip the test, and say why, unless these are here."""
    for place in places:
        if not place.exists():
            pytest.skip(_MISSING.format(what=place))
    if program and not shutil.which(program):
        pytest.skip(f"the program {program} is not installed")
