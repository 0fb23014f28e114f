"""Measure and print: `python -m tests.load [--rate N] [--seconds N] [--people N]`."""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from tests.load.measure import Figures, Load, of_bot, of_echo

if TYPE_CHECKING:
    from collections.abc import Mapping

WANTED_RATE = 400.0  # events a second, taken and answered
WANTED_P99 = 0.2  # seconds; Zalo waits for two


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    parser.add_argument("--rate", type=float, default=420, help="events a second")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--people", type=int, default=60)
    asked = parser.parse_args()
    load = Load(asked.rate, asked.seconds, asked.people)
    warm_up = Load(asked.rate / 4, 3, asked.people)
    measured = {}
    for name, new in (("questions again", False), ("each one new", True)):
        with tempfile.TemporaryDirectory(prefix="hoidap-load-") as home:
            measured[name] = of_bot(Path(home), replace(load, new=new), replace(warm_up, new=new))
    show(load, measured, of_echo(load, warm_up))
    for name, bot in measured.items():
        rate = min(bot.accepted_per_second, bot.answered_per_second)
        kept = rate >= WANTED_RATE and bot.p99 <= WANTED_P99
        print(
            f"Wanted: {WANTED_RATE:.0f}/s taken and answered, acknowledged in "
            f"{WANTED_P99 * 1000:.0f} ms (p99); {name}: {'reached' if kept else 'missed'}."
        )
    if wrong := sum(bot.wrong for bot in measured.values()):  # slow is a figure, wrong is a fault
        sys.exit(f"{wrong} answers are missing or wrong")


def show(load: Load, measured: Mapping[str, Figures], echo: Figures) -> None:
    """Print all, side by side."""
    bots, every = list(measured.values()), [*measured.values(), echo]
    table = Table("", *(f"hoidap, {name}" for name in measured), "a route that says 200", box=None)
    table.add_row("accepted /s", *(f"{one.accepted_per_second:.0f}" for one in every))
    table.add_row("answered /s", *(f"{one.answered_per_second:.0f}" for one in bots), "–")
    for name in ("p50", "p95", "p99", "slowest"):
        times = (f"{getattr(one, name) * 1000:.1f}" for one in every)
        table.add_row(f"ack {name}, ms", *times)
    table.add_row("last answer after the last ack, s", *(f"{one.behind:.2f}" for one in bots), "–")
    statuses = (", ".join(f"{n} × {s}" for s, n in one.statuses.items()) for one in every)
    table.add_row("statuses", *statuses)
    table.add_row("missing or wrong answers", *(str(one.wrong) for one in bots), "–")
    table.add_row("processor ms an event", *(_processor(one) for one in every))
    console = Console(width=110)
    console.rule(f"{load.events:,} signed events at {load.rate:.0f}/s of {load.people} people")
    console.print(table)


def _processor(figures: Figures) -> str:
    return "\n".join(f"{name} {one * 1000:.2f}" for name, one in figures.processor.items())


if __name__ == "__main__":
    main()
