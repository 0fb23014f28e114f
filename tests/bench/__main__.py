"""Figures of two machines cannot be compared; the ratios of one run can."""

from __future__ import annotations

import argparse

from rich.console import Console

from tests.bench import cold, growth, quality

PARTS = ("quality", "growth", "cold")


def main() -> None:
    """Measure and print, one table a part."""
    arguments = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    arguments.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(PARTS)}")
    arguments.add_argument(
        "--large", action="store_true", help="grow to 20,000 entries: minutes, 1.5 GB"
    )
    asked = arguments.parse_args()
    if unknown := set(asked.parts) - set(PARTS):
        arguments.error(f"no such part: {', '.join(sorted(unknown))}")
    parts = asked.parts or PARTS
    console = Console(width=130)
    if "quality" in parts:
        quality.measure(console)
    if "growth" in parts:
        growth.measure(console, large=asked.large)
    if "cold" in parts:
        cold.measure(console)


if __name__ == "__main__":
    main()
