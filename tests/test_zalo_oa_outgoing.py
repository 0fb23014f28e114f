"""Turns become messages that Zalo takes, with every fact in the text."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.zalo_oa.outgoing import to_payloads
from bot.channels.zalo_oa.split import LIMIT, split, units
from bot.messages import Choice, Link, Reply, Section, Status, Turn
from tests.fakes.zalo_oa_messages import Message, read_message


def turn(text: str = "Có.", **parts: Any) -> Turn:
    return Turn(12, Reply(Status.ANSWERED, text, **parts))


def read(message: dict[str, Any]) -> Message:
    """Read a payload as the strict fake does: what it refuses is an error."""
    return read_message({"recipient": {}, "message": message})


def last(reply: Turn) -> Message:
    return read(to_payloads(reply)[-1])


def titles(reply: Turn) -> list[str]:
    return [button.title for button in last(reply).buttons]


def choices(number: int) -> tuple[Choice, ...]:
    return tuple(Choice(f"e:muc_{n}", f"Mục {n}") for n in range(1, number + 1))


def test_a_plain_answer_is_one_text() -> None:
    """No attachment without buttons; bold marks are dropped, links stay readable."""
    reply = turn("Làm **trong ngày** ở [Cổng](https://dichvucong.gov.vn).")
    expected = "Làm trong ngày ở Cổng (https://dichvucong.gov.vn)."
    assert to_payloads(reply) == [{"text": expected}]


def test_choices_are_numbered_in_the_text_and_buttons_carry_the_numbers() -> None:
    """The payload of a button is "#" and the id of its choice."""
    (message,) = to_payloads(turn("Bạn hỏi về:", choices_title="Chọn:", choices=choices(2)))
    assert message == {
        "text": "Bạn hỏi về:\n\nChọn:\n1. Mục 1\n2. Mục 2",
        "attachment": {
            "type": "template",
            "payload": {
                "buttons": [
                    {"title": "1. Mục 1", "type": "oa.query.hide", "payload": "#e:muc_1"},
                    {"title": "2. Mục 2", "type": "oa.query.hide", "payload": "#e:muc_2"},
                ]
            },
        },
    }


def test_more_choices_than_buttons_are_typed_by_number() -> None:
    """Five buttons, all choices in the text, and a line that says how to take the others."""
    message = last(turn("Các chủ đề:", choices=choices(17)))
    assert [button.payload for button in message.buttons] == [f"#e:muc_{n}" for n in range(1, 6)]
    assert message.text.endswith("16. Mục 16\n17. Mục 17\n\nGõ số từ 1 đến 17 để chọn.")


def test_thumbs_are_buttons_where_two_are_free() -> None:
    """Three related questions and two thumbs make five."""
    reply = turn(choices=choices(3), asks_feedback=True)
    assert titles(reply)[3:] == ["👍 Có ích", "👎 Chưa đúng"]
    assert [button.payload for button in last(reply).buttons[3:]] == ["#fb:12:1", "#fb:12:0"]


def test_without_room_the_text_says_how_to_rate() -> None:
    """With four choices the thumbs can be typed."""
    message = last(turn(choices=choices(4), asks_feedback=True))
    assert len(message.buttons) == 4
    assert message.text.endswith(
        "\n\nCâu trả lời này có ích không? Nhắn #12+ nếu có ích, #12- nếu chưa đúng."
    )


ONLINE = Section(
    "online", "🌐", "Làm trực tuyến", ("Vào [Cổng](https://dichvucong.gov.vn/p?a=1).",)
)
HOTLINE = Section("hotline", "☎️", "Tổng đài", ("Gọi 1900 0368 hoặc 1022.",))
SOURCES = (Link("Luật", None), Link("Trang VNeID", "https://vneid.gov.vn"))


@pytest.mark.parametrize(
    ("parts", "buttons"),
    [
        (
            {"sections": (ONLINE, HOTLINE), "sources": SOURCES},
            [
                ("Mở trang làm trực tuyến", "oa.open.url", "https://dichvucong.gov.vn/p?a=1"),
                ("Gọi 1900 0368", "oa.open.phone", "19000368"),
            ],
        ),
        ({"sources": SOURCES}, [("Xem nguồn", "oa.open.url", "https://vneid.gov.vn")]),
        ({"sources": (Link("x", "javascript:alert(1)"), Link("y", "http://a.vn"))}, []),
        ({"sections": (Section("hotline", "", "Tổng đài", ("0123 456 789",)),)}, []),
    ],
)
def test_a_page_and_a_hotline_are_a_tap_away(
    parts: dict[str, Any], buttons: list[tuple[str, str, str]]
) -> None:
    """The page to do it online before the source's; only https, only known hotlines."""
    shown = [(b.title, b.kind, b.payload) for b in last(turn(**parts)).buttons]
    assert shown == buttons


def test_shortcuts_give_way_to_choices_and_thumbs() -> None:
    """They stand in the text already."""
    reply = turn(
        sections=(ONLINE, HOTLINE), sources=SOURCES, choices=choices(2), asks_feedback=True
    )
    shown = ["1. Mục 1", "2. Mục 2", "👍 Có ích", "👎 Chưa đúng", "Mở trang làm trực tuyến"]
    assert titles(reply) == shown
    assert "1900 0368" in last(reply).text


def test_long_titles_are_cut_at_a_word() -> None:
    """At most 100 units with the number; a pair of surrogates counts two."""
    reply = turn(choices=(Choice("e:a", "đăng ký " * 30), Choice("e:b", "😀" * 80)))
    words, signs = titles(reply)
    assert words == f"1. {'đăng ký ' * 12}".rstrip() + "…"
    assert (signs, units(signs)) == (f"2. {'😀' * 48}…", 100)


def test_a_choice_unfit_for_a_button_is_left_out_and_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Typed numbers still count the same."""
    wrong = (Choice("e:" + "x" * 63, "Dài"), Choice("", "Không mã"), Choice("e:c", " "))
    with caplog.at_level(logging.ERROR):
        assert titles(turn(choices=(*wrong, Choice("e:d", "Vừa")))) == ["4. Vừa"]
    assert len(caplog.records) == 3


def test_turns_that_follow_have_their_own_messages_and_buttons() -> None:
    """A message with two questions is answered twice, in its order."""
    first = Turn(1, Reply(Status.ANSWERED, "Một.", asks_feedback=True))
    second = Turn(2, Reply(Status.ANSWERED, "Hai.", asks_feedback=True))
    messages = [read(one) for one in to_payloads(Turn(1, first.reply, (second,)))]
    assert [message.text for message in messages] == ["Một.", "Hai."]
    assert [message.buttons[0].payload for message in messages] == ["#fb:1:1", "#fb:2:1"]


def test_buttons_stand_under_the_last_part_of_a_long_answer() -> None:
    """Every part is within 2,000 units, cut between paragraphs."""
    text = "\n\n".join(f"Đoạn {n}. " + "chữ " * 150 for n in range(8))
    parts = [read(one) for one in to_payloads(turn(text, choices=choices(1)))]
    assert [part.text[:7] for part in parts] == ["Đoạn 0.", "Đoạn 3.", "Đoạn 6."]
    assert [len(part.buttons) for part in parts] == [0, 0, 1]


def test_accents_are_joined_and_broken_characters_dropped() -> None:
    """Decomposed Vietnamese would count up to three times."""
    assert to_payloads(turn("tiê\u0301ng Viê\u0323t \ud800"))[0]["text"] == "tiếng Việt"


def test_nothing_to_say_is_no_message() -> None:
    """Zalo refuses empty texts; with buttons a short one is put there."""
    assert to_payloads(turn(" ")) == []
    assert last(turn("", asks_feedback=True)).text == "Mời bạn chọn:"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("aaaa bbbb\ncc\n\ndddd", ["aaaa bbbb\ncc", "dddd"]),
        ("aaaa bbbb\ncccccccc", ["aaaa bbbb", "cccccccc"]),
        ("aaaa bbbb cccccccc", ["aaaa bbbb", "cccccccc"]),
        ("aaaaaaaaaaaaaa bb", ["aaaaaaaaaaaaaa", "bb"]),
        ("aaaaaaaaaabbbbbbbbbbbb", ["aaaaaaaaaabbbb", "bbbbbbbb"]),
        ("😀" * 8, ["😀" * 7, "😀"]),
        ("a\n\n" + " " * 30 + "b", ["a", "b"]),
        ("   ", []),
    ],
)
def test_cuts_prefer_paragraphs_then_lines_then_words(text: str, parts: list[str]) -> None:
    """With room for 14 units."""
    assert split(text, 14) == parts


@given(st.text() | st.text("ă😀 \n", min_size=50, max_size=400), st.integers(2, 60))
def test_no_part_is_too_long_and_only_white_space_is_lost(text: str, limit: int) -> None:
    """Whatever the text and the room."""
    parts = split(text, limit)
    assert all(1 <= units(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


ANY = st.text(max_size=300)
ANY_CHOICES = st.lists(st.builds(Choice, ANY | st.just("e:a"), ANY), max_size=20)
ANY_SECTIONS = st.lists(
    st.builds(
        Section,
        st.sampled_from(["steps", "online", "hotline"]),
        ANY,
        ANY,
        st.lists(
            ANY | st.sampled_from(["[a](https://b.vn/(c))", "gọi 113, 1800 1234", "https://"]),
            min_size=1,
        ).map(tuple),
    )
)


@given(ANY, ANY_CHOICES, ANY_SECTIONS, st.booleans(), ANY | st.just("https://a.vn/" + "x" * 999))
def test_whatever_the_reply_zalo_takes_every_message(
    text: str,
    offered: list[Choice],
    sections: list[Section],
    asks: bool,  # noqa: FBT001
    url: str,
) -> None:
    """The strict fake reads them all, and no message exceeds its limit."""
    reply = turn(
        text,
        choices=tuple(offered),
        sections=tuple(sections),
        sources=(Link("x", url),),
        asks_feedback=asks,
    )
    assert all(units(read(message).text) <= LIMIT for message in to_payloads(reply))
