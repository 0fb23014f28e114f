"""Replies become messages that the Zalo Bot Platform takes, with every fact in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.zalo_bot.outgoing import to_payloads
from bot.channels.zalo_bot.styled import BOLD, ITALIC, LIMIT, clean, cut, units
from bot.messages import Choice, Link, Reply, Section, Status, Turn

if TYPE_CHECKING:
    from bot.channels.channel import Payload

NASTY = "<b>x</b> *y* _z_ `c` ``` [a](javascript:b) \\* \ue000\ue001\0"


def turn(text: str = "Có.", status: Status = Status.ANSWERED, **parts: Any) -> Turn:
    return Turn(12, Reply(status=status, text=text, **parts))


def styled(payload: Payload, code: str) -> list[str]:
    """List what a payload shows in a style, by UTF-16 units as Zalo counts."""
    raw = payload["text"].encode("utf-16-le")
    return [
        raw[2 * run["start"] : 2 * (run["start"] + run["len"])].decode("utf-16-le")
        for run in payload.get("text_styles", ())
        if run["st"] == [code]
    ]


def test_all_parts_of_a_reply_are_written_in_their_order() -> None:
    """Caution, text, sections, sources with their date, numbered choices, how to rate it."""
    (message,) = to_payloads(
        turn(
            "Làm **trong ngày** 😀.",
            caution="Có thể **đã đổi**.",
            sections=(
                Section(
                    "steps", "👣", "Cách làm", ("Mở VNeID", "Chọn [mục](https://vneid.gov.vn)")
                ),
                Section("fee", "💵", "Chi phí", ("Miễn phí",)),
                Section("documents", "", "Giấy tờ", ("Căn cước", "Ảnh\nmột tấm")),
            ),
            sources=(Link("Luật 26", "https://a.gov.vn/?x=1"), Link("Công văn", None)),
            checked="kiểm tra ngày 01/11/2026",
            choices_title="Câu hỏi liên quan:",
            choices=(Choice("e:a", "Mất căn cước"), Choice("t:b", "Bảo hiểm  y tế")),
            asks_feedback=True,
        )
    )
    assert message["text"] == (
        "⚠️ Có thể đã đổi.\n\n"
        "Làm trong ngày 😀.\n\n"
        "👣 Cách làm\n1. Mở VNeID\n2. Chọn mục (https://vneid.gov.vn)\n\n"
        "💵 Chi phí\nMiễn phí\n\n"
        "Giấy tờ\n• Căn cước\n• Ảnh\n  một tấm\n\n"
        "Nguồn: Luật 26: https://a.gov.vn/?x=1\nNguồn: Công văn\nKiểm tra ngày 01/11/2026.\n\n"
        "Câu hỏi liên quan:\n1. Mất căn cước\n2. Bảo hiểm y tế\nBạn gõ số để chọn.\n\n"
        "Câu trả lời này có ích không? Gõ + nếu có ích, - nếu chưa đúng."
    )
    assert message.keys() == {"text", "text_styles"}
    assert styled(message, "b") == [
        "đã đổi",
        "trong ngày",
        "👣 Cách làm",
        "💵 Chi phí",
        "Giấy tờ",
    ]
    assert styled(message, "i") == [
        "Nguồn: Luật 26: https://a.gov.vn/?x=1",
        "Nguồn: Công văn",
        "Kiểm tra ngày 01/11/2026.",
    ]


def test_a_clarification_says_itself_that_a_number_can_be_typed() -> None:
    """The hint would be said twice."""
    reply = turn("Bạn hỏi điều nào?", Status.CLARIFIED, choices=(Choice("e:a", "A"),))
    assert to_payloads(reply) == [{"text": "Bạn hỏi điều nào?\n\n1. A"}]


def test_only_what_a_typed_number_means_is_numbered() -> None:
    """Two answers to one message: numbers choose from the last one's choices."""
    second = Turn(13, Reply(Status.ANSWERED, "Hai.", choices=(Choice("e:b", "B"),)))
    first = Turn(
        12, Reply(Status.ANSWERED, "Một.", choices=(Choice("e:a", "A"),)), following=(second,)
    )
    assert [payload["text"] for payload in to_payloads(first)] == [
        "Một.\n\n• A",
        "Hai.\n\n1. B\nBạn gõ số để chọn.",
    ]


def test_a_choice_keeps_its_number_whatever_its_title() -> None:
    """The conversation counts all of them."""
    choices = (Choice("e:a", " "), Choice("e:b", "B"))
    assert to_payloads(turn("x", Status.CLARIFIED, choices=choices))[0]["text"] == "x\n\n1. \n2. B"


def test_nothing_to_say_is_no_message() -> None:
    """Zalo takes no empty text."""
    assert to_payloads(turn("")) == []
    assert to_payloads(turn(" \n ")) == []


def test_marks_and_html_from_outside_stay_text() -> None:
    """No parse_mode is used, so nothing has to be escaped; marks of our own are dropped."""
    parts: dict[str, Any] = {
        "caution": NASTY,
        "choices_title": NASTY,
        "choices": (Choice("e:a", NASTY),),
    }
    (message,) = to_payloads(turn(NASTY, sections=(Section("fee", "", NASTY, (NASTY,)),), **parts))
    assert "parse_mode" not in message
    assert not set("\ue000\ue001\ue002\ue003\0") & set(message["text"])
    assert message["text"].count("<b>x</b>") == 6
    assert "javascript:b" in message["text"]
    assert [words[:3] for words in styled(message, "b")] == ["<b>"]  # the heading alone


def test_accents_are_joined_and_broken_surrogates_dropped() -> None:
    """Decomposed Vietnamese would count up to three times."""
    assert to_payloads(turn("tiê\u0301ng Viê\u0323t \ud800")) == [{"text": "tiếng Việt"}]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("aaaa bbbb\ncc\n\ndddd", ["aaaa bbbb\ncc", "dddd"]),
        ("aaaa bbbb\ncccccccc", ["aaaa bbbb", "cccccccc"]),
        ("aaaa bbbb cccccccc", ["aaaa bbbb", "cccccccc"]),
        ("aaaaaaaaaabbbbbbbbbbbb", ["aaaaaaaaaabbbb", "bbbbbbbb"]),
        ("aaaaaaaaaabbbb cc", ["aaaaaaaaaabbbb", "cc"]),
        ("😀😀😀😀😀😀😀😀", ["😀😀😀😀😀😀😀", "😀"]),
        ("a\n\n" + " " * 30 + "b", ["a", "b"]),
        ("   ", []),
    ],
)
def test_cuts_prefer_paragraphs_then_lines_then_words(text: str, parts: list[str]) -> None:
    """With room for 14 units; a pair of surrogates is never torn apart."""
    assert [part.text for part in cut(text, 14)] == parts


def test_bold_over_a_cut_is_bold_on_both_sides() -> None:
    """Offsets start anew in every message; bold in bold is bold once; what never ends is none."""
    first, second = cut(f"😀{BOLD[0]}aa {BOLD[0]}bb{BOLD[1]} cc{BOLD[1]} d{ITALIC[0]}", 8)
    assert [
        (part.text, [(s.start, s.length, s.code) for s in part.styles]) for part in (first, second)
    ] == [
        ("😀aa bb", [(2, 5, "b")]),
        ("cc d", [(0, 2, "b")]),
    ]


PIECES = st.lists(
    st.sampled_from(["**đậm** chữ ", "[a](https://a.vn/?b) ", "😀" * 40, "\n", "\n\n", "- x\n"])
    | st.text(max_size=30),
    max_size=300,
)


@given(PIECES, st.sampled_from(["", BOLD[0]]))
def test_whatever_the_text_every_message_is_accepted_and_nothing_is_lost(
    pieces: list[str], opening: str
) -> None:
    """1 to 2000 units, styles within them, and together the same letters."""
    text = "".join(pieces)
    marked = f"{opening}{clean(text)}{BOLD[1]}"
    shown = ""
    for part in cut(marked):
        assert 1 <= units(part.text) <= LIMIT
        assert part.text.strip()
        for style in part.styles:
            assert 0 <= style.start < style.start + style.length <= units(part.text)
        shown += part.text
    assert "".join(shown.split()) == "".join(clean(text).split())
    for payload in to_payloads(turn(text, sections=(Section("steps", "", "x", (text, text)),))):
        assert 1 <= units(payload["text"]) <= LIMIT
