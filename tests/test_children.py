"""Processes begun beside: they end with the program, and print nothing that is read by programs."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress

from bot.children import settle
from tests.program import ROOT

PATIENCE = 20.0  # seconds that no test waits


def child() -> None:
    """Settle, tell the own number, and go on as long as fitting may take."""
    settle()
    print("không ai đọc dòng này", flush=True)
    print(os.getpid(), file=sys.stderr, flush=True)
    time.sleep(PATIENCE)


def parent() -> None:
    """Begin a child as a process does that is drained: it ignores to be ended."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    multiprocessing.get_context("spawn").Process(target=child, daemon=True).start()
    time.sleep(PATIENCE)


def test_a_child_ends_with_its_parent_and_holds_none_of_its_pipes() -> None:
    """Killed without a word, the parent leaves nobody who works on, or keeps its output open."""
    program = "from tests.test_children import parent; parent()"
    with subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stderr
        assert "không ai đọc" in process.stderr.readline()
        number = int(process.stderr.readline())
        process.kill()
        assert process.stdout.read() == ""
        assert ended(number)


def ended(number: int) -> bool:
    until = time.monotonic() + PATIENCE / 2
    while time.monotonic() < until:
        with suppress(ProcessLookupError):
            os.kill(number, 0)
            time.sleep(0.05)
            continue
        return True
    return False
