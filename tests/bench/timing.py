"""Milliseconds of processor time: what else runs on the machine hardly counts."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Timed:
    """How a method did on questions whose right entries are known."""

    top1: float
    ms: NDArray[np.float64]  # one per question

    @property
    def per_second(self) -> float:
        return 1000 / float(self.ms.mean())

    def percentiles(self) -> list[float]:
        """The 50th, 95th and 99th, in milliseconds."""
        found: list[float] = np.percentile(self.ms, (50, 95, 99)).tolist()
        return found


def time_questions(
    ask: Callable[[str], str], questions: Sequence[tuple[str, Sequence[str]]], *, rounds: int = 3
) -> Timed:
    """Ask every question; of several rounds the quickest counts, question by question."""
    for text, _ in questions[:20]:  # whatever is made at its first use
        ask(text)
    times = np.empty((rounds, len(questions)))
    right = 0
    gc.collect()
    for turn in range(rounds):
        for at, (text, entries) in enumerate(questions):
            started = time.thread_time()
            found = ask(text)
            times[turn, at] = (time.thread_time() - started) * 1000
            right += turn == 0 and found in entries
    return Timed(right / len(questions), times.min(axis=0))


def in_fresh_process(module: str, *arguments: str) -> dict[str, Any]:
    """What a module of this package prints as JSON, run as a program of its own."""
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    measured: dict[str, Any] = json.loads(done.stdout)
    return measured


def megabytes() -> dict[str, float]:
    """The memory of this process: now, and at its peak (Linux)."""
    with open("/proc/self/status", encoding="utf-8") as file:  # noqa: PTH123  # no path of ours
        status = dict(line.split(":", 1) for line in file)
    return {
        "now": int(status["VmRSS"].split()[0]) / 1024,
        "peak": int(status["VmHWM"].split()[0]) / 1024,
    }
