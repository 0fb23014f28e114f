"""The picture of the curve is well-formed, labelled in Vietnamese, and shows what was measured."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.curve_svg import curve_svg
from intents.measures import Point

SVG = "{http://www.w3.org/2000/svg}"
LEFT, TOP, RIGHT, BOTTOM = 76.0, 64.0, 696.0, 416.0  # of the plot
CURVE = [Point(0.9, 0.25, 1.0, 0.0), Point(0.5, 0.75, 0.5, 0.25), Point(0.1, 1.0, 0.5, 1.0)]
shares = st.floats(0, 1)


def parsed(picture: str) -> ET.Element:
    return ET.fromstring(picture)  # noqa: S314  # drawn by ourselves


def drawn(picture: str) -> list[list[tuple[float, float]]]:
    """The points of the dashed line and of the solid one."""
    lines = parsed(picture).iter(f"{SVG}polyline")
    pairs = ([pair.split(",") for pair in line.attrib["points"].split()] for line in lines)
    return [[(float(x), float(y)) for x, y in line] for line in pairs]


def words(picture: str) -> list[str]:
    return [text.text or "" for text in parsed(picture).iter(f"{SVG}text")]


def test_both_lines_are_drawn_to_scale() -> None:
    """Coverage from left to right; nothing at the bottom, everything at the top."""
    outside, precision = drawn(curve_svg(CURVE, None, ""))
    assert precision == [(231.0, TOP), (541.0, 240.0), (RIGHT, 240.0)]
    assert outside == [(231.0, BOTTOM), (541.0, 328.0), (RIGHT, TOP)]


def test_axes_title_and_subject_are_told() -> None:
    """Whoever sees only the picture knows what it shows."""
    said = words(curve_svg(CURVE, CURVE[1], "1313 câu <hỏi> & đáp"))
    assert said[:2] == ["Độ bao phủ và độ chính xác", "1313 câu <hỏi> & đáp"]
    assert "Độ bao phủ: phần câu trong phạm vi được trả lời" in said
    assert "Độ chính xác: phần đúng trong số câu được trả lời" in said
    assert "Bot hiện nay: trả lời 75%, đúng 50%" in said
    assert {"0%", "20%", "100%"} <= set(said)


def test_without_an_answer_there_is_a_sentence_instead_of_a_line() -> None:
    """An empty plot would look like a fault."""
    picture = curve_svg([], None, "0 câu hỏi")
    assert drawn(picture) == []
    assert "Không có câu nào được trả lời" in words(picture)


@pytest.mark.parametrize("count", [1, 2, 199, 200, 201, 5000])
def test_the_picture_stays_small(count: int) -> None:
    """Thousands of points are thinned out; the last one is always there."""
    points = [Point(0, (i + 1) / count, 1 - i / (2 * count), 0) for i in range(count)]
    _, precision = drawn(curve_svg(points, None, ""))
    assert len(precision) <= 201
    assert precision[-1][0] == RIGHT


@given(st.lists(st.builds(Point, shares, shares, shares, shares)), st.text())
def test_everything_stays_inside_the_plot(points: list[Point], subject: str) -> None:
    """Any curve, any subject that XML can hold."""
    subject = "".join(char for char in subject if char.isprintable())
    for line in drawn(curve_svg(points, points[0] if points else None, subject)):
        assert all(LEFT <= x <= RIGHT and TOP <= y <= BOTTOM for x, y in line)
