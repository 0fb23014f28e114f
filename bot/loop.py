"""The event loop the program runs in, and what keeps it from waiting."""

from __future__ import annotations

import gc
import importlib.util
import sys
from typing import TYPE_CHECKING

try:
    from uvloop import new_event_loop as _new_fast_loop
except ImportError:  # Windows
    _new_fast_loop = None  # type: ignore[assignment]

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

_SWITCH_SECONDS = 0.001


def fast_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Give what makes the fastest loop there is: uvloop, or Python's own where that is missing."""
    # The loop's thread computes, those beside it flush files: they get their turn sooner.
    sys.setswitchinterval(_SWITCH_SECONDS)
    # What is loaded by now, the FAQ above all, stays: nobody need look again whether it is garbage.
    gc.freeze()
    if importlib.util.find_spec("sniffio") is None:
        # httpcore tries to import it in every request, and Python would search the disk each time.
        sys.modules["sniffio"] = None  # type: ignore[assignment]
    return _new_fast_loop
