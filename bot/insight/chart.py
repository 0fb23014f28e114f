"""Columns of a chart as geometry: a template draws them as SVG, which also prints."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH, HEIGHT = 720, 220
_LEFT, _TOP, _BOTTOM = 52, 10, 24
_MOST_LABELS = 12


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the whole, and the part of it that is drawn over it from below."""

    x: float
    width: float
    y: float
    height: float
    part_y: float
    part_height: float
    middle: float
    label: str
    shown_label: bool
    value: int
    part: int


@dataclass(frozen=True, slots=True)
class Chart:
    """Columns, and the lines of the scale as (height, number)."""

    columns: tuple[Column, ...]
    lines: tuple[tuple[float, int], ...]


def chart(values: Sequence[tuple[str, int, int]]) -> Chart:
    """Lay out columns of (label, whole, part) between zero and a round number."""
    top = round_up(max((whole for _, whole, _ in values), default=0))
    bottom = HEIGHT - _BOTTOM
    scale = (bottom - _TOP) / top
    step = (WIDTH - _LEFT) / max(len(values), 1)
    every = -(-len(values) // _MOST_LABELS)
    columns = tuple(
        Column(
            x=round(_LEFT + n * step + step * 0.1, 1),
            width=round(step * 0.8, 1),
            y=round(bottom - whole * scale, 1),
            height=round(whole * scale, 1),
            part_y=round(bottom - part * scale, 1),
            part_height=round(part * scale, 1),
            middle=round(_LEFT + n * step + step / 2, 1),
            label=label,
            shown_label=n % every == 0,
            value=whole,
            part=part,
        )
        for n, (label, whole, part) in enumerate(values)
    )
    numbers = (0, top // 2, top)
    return Chart(columns, tuple((round(bottom - n * scale, 1), n) for n in numbers))


def round_up(number: int) -> int:
    """The least 1, 2, 4, 6 or 10 times a power of ten that is not below a number."""
    if number <= 2:
        return 2
    power = int(10 ** math.floor(math.log10(number)))
    return next(n * power for n in (1, 2, 4, 6, 10) if n * power >= number)
