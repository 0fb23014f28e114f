"""The coverage–precision curve as a small SVG picture, without a drawing library."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from intents.measures import Point

_WIDTH, _HEIGHT = 720, 480
_LEFT, _TOP, _RIGHT, _BOTTOM = 76, 64, 24, 64  # margins
_MOST_POINTS = 200
_LOOK = 'role="img" font-family="system-ui, sans-serif" font-size="13" fill="#111827"'
_PRECISION, _OUTSIDE = "#1d4ed8", "#b45309"
_TITLE = "Độ bao phủ và độ chính xác"


def curve_svg(points: Sequence[Point], here: Point | None, subject: str) -> str:
    """Draw a curve; `here` is marked as where the bot stands, `subject` says what was measured."""
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" {_LOOK}>',
            f"<title>{_TITLE}</title>",
            f"<desc>{_escaped(subject)}</desc>",
            f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>',
            f'<text x="{_LEFT}" y="26" font-size="18" font-weight="600">{_TITLE}</text>',
            f'<text x="{_LEFT}" y="47" fill="#4b5563">{_escaped(subject)}</text>',
            *_grid(),
            *_axes(),
            *_lines(points),
            *_mark(here),
            *_legend(),
            "</svg>\n",
        ]
    )


def _x(share: float) -> float:
    return round(_LEFT + share * (_WIDTH - _LEFT - _RIGHT), 1)


def _y(share: float) -> float:
    return round(_TOP + (1 - share) * (_HEIGHT - _TOP - _BOTTOM), 1)


def _grid() -> Iterator[str]:
    for tenths in range(11):
        share = tenths / 10
        yield (
            f'<path d="M{_x(0)} {_y(share)}H{_x(1)}M{_x(share)} {_y(0)}V{_y(1)}" '
            'stroke="#e5e7eb" fill="none"/>'
        )
        if tenths % 2 == 0:
            label = f"{share:.0%}"
            yield f'<text x="{_x(0) - 8}" y="{_y(share) + 4}" text-anchor="end">{label}</text>'
            yield f'<text x="{_x(share)}" y="{_y(0) + 20}" text-anchor="middle">{label}</text>'


def _axes() -> Iterator[str]:
    yield f'<path d="M{_x(0)} {_y(1)}V{_y(0)}H{_x(1)}" stroke="#111827" fill="none"/>'
    yield (
        f'<text x="{_x(0.5)}" y="{_y(0) + 46}" text-anchor="middle">'
        "Độ bao phủ: phần câu trong phạm vi được trả lời</text>"
    )
    yield (
        f'<text transform="translate(20 {_y(0.5)}) rotate(-90)" text-anchor="middle">'
        "Độ chính xác: phần đúng trong số câu được trả lời</text>"
    )


def _lines(points: Sequence[Point]) -> Iterator[str]:
    if not points:
        middle = f'x="{_x(0.5)}" y="{_y(0.5)}" text-anchor="middle"'
        yield f"<text {middle}>Không có câu nào được trả lời</text>"
        return
    every = -(-len(points) // _MOST_POINTS)
    drawn = [*points[:-1:every], points[-1]]
    precision = " ".join(f"{_x(p.coverage)},{_y(p.precision)}" for p in drawn)
    outside = " ".join(f"{_x(p.coverage)},{_y(p.outside)}" for p in drawn)
    shape = 'fill="none" stroke-width="2.5" stroke-linejoin="round"'
    yield (f'<polyline points="{outside}" stroke="{_OUTSIDE}" stroke-dasharray="7 5" {shape}/>')
    yield f'<polyline points="{precision}" stroke="{_PRECISION}" {shape}/>'


def _mark(here: Point | None) -> Iterator[str]:
    if here is None:
        return
    x, y = _x(here.coverage), _y(here.precision)
    anchor = "end" if here.coverage > 0.5 else "start"  # so that the words stay inside
    below = y + 26 if here.precision > 0.5 else y - 16
    yield f'<circle cx="{x}" cy="{y}" r="6" fill="#ffffff" stroke="{_PRECISION}" stroke-width="3"/>'
    yield (
        f'<text x="{x}" y="{below}" text-anchor="{anchor}">Bot hiện nay: trả lời '
        f"{here.coverage:.0%}, đúng {here.precision:.0%}</text>"
    )


def _legend() -> Iterator[str]:
    for row, (colour, dash, text) in enumerate(
        [
            (_PRECISION, "", "độ chính xác"),
            (_OUTSIDE, ' stroke-dasharray="7 5"', "câu ngoài phạm vi bị trả lời"),
        ]
    ):
        y = _y(0.42) + row * 22
        yield f'<path d="M{_LEFT + 16} {y}h34" stroke="{colour}" stroke-width="2.5"{dash}/>'
        yield f'<text x="{_LEFT + 60}" y="{y + 4}">{text}</text>'


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
