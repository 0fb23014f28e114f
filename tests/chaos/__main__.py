"""Run it and print what happened: `python -m tests.chaos [--seed N]`."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path

from tests.chaos.judge import Judge, complaint, figures
from tests.chaos.plan import Plan, Size
from tests.chaos.program import ChaosError
from tests.chaos.run import Chaos

SEED = 20261126
LIMIT = 180.0  # seconds for all parts together
PARTS = (
    Size(people=15, questions=20, kills=4, webhooks=False, beside=True),
    Size(people=50, questions=40, kills=12),
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=chosen_seed())
    seed = parser.parse_args().seed
    give_up = time.monotonic() + LIMIT
    for size in PARTS:
        with tempfile.TemporaryDirectory(prefix="hoidap-chaos-") as home:
            told, faults = once(Path(home), Plan(seed, size), give_up - time.monotonic())
        print(f"{told}\n", flush=True)
        if faults:
            sys.exit(complaint(faults))


def chosen_seed() -> int:
    """Give the seed of the environment's CHAOS_SEED, or always the same."""
    return int(os.environ.get("CHAOS_SEED") or SEED)


def once(home: Path, plan: Plan, seconds: float) -> tuple[str, list[str]]:
    """Run a plan in a folder; gives the figures, and what is not as promised."""
    chaos = Chaos(home, plan)
    ended_badly: list[str] = []
    try:
        asyncio.run(chaos.run(seconds))
    except ChaosError as error:
        ended_badly = [str(error)]
    judge = Judge(chaos)
    faults = ended_badly + judge.faults()
    return figures(chaos, judge), faults


if __name__ == "__main__":
    main()
