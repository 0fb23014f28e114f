"""Figures of two machines cannot be compared; the ratios of one run can."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console

PARTS = ("quality", "breadth", "growth", "hostile", "cold", "grouping", "review")


def main() -> None:
    """Measure and print, one table a part."""
    arguments = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    arguments.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(PARTS)}")
    arguments.add_argument(
        "--large",
        action="store_true",
        help="20,000 entries, 100 phrasings an entry: minutes, 1.5 GB",
    )
    arguments.add_argument(
        "--questions",
        type=Path,
        metavar="FILE",
        help="grouping: these instead of the golden questions, JSON lines of text and topic",
    )
    asked = arguments.parse_args()
    if unknown := set(asked.parts) - set(PARTS):
        arguments.error(f"no such part: {', '.join(sorted(unknown))}")
    parts = asked.parts or PARTS
    console = Console(width=130)
    # Each is imported when its turn comes: only the first needs what `make bench` installs.
    if "quality" in parts:
        from tests.bench import quality  # noqa: PLC0415

        quality.measure(console)
    if "breadth" in parts:
        from tests.bench import breadth  # noqa: PLC0415

        breadth.measure(console, large=asked.large)
    if "growth" in parts:
        from tests.bench import growth  # noqa: PLC0415

        growth.measure(console, large=asked.large)
    if "hostile" in parts:
        from tests.bench import hostile  # noqa: PLC0415

        hostile.measure(console)
    if "cold" in parts:
        from tests.bench import cold  # noqa: PLC0415

        cold.measure(console)
    if "grouping" in parts:
        from tests.bench import grouping  # noqa: PLC0415

        grouping.measure(console, questions=asked.questions)
    if "review" in parts:
        from tests.bench import review  # noqa: PLC0415

        review.measure(console)


if __name__ == "__main__":
    main()
