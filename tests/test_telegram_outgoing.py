"""Replies become messages that Telegram accepts, with every fact in them and nothing injected."""

from __future__ import annotations

import json
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import InlineKeyboardMarkup

from bot.channels.telegram.outgoing import chosen, to_payloads
from bot.channels.telegram.split import LIMIT, split, units
from bot.markup import to_telegram
from bot.messages import Choice, Link, Reply, Section, Status, Turn
from tests.fakes import telegram_html as markup

NASTY = '<b>x</b> & <script>alert("1")</script> </i> &lt; **đậm** [x](javascript:a) _k_ `c` < >'


def turn(text: str = "Có.", status: Status = Status.ANSWERED, **parts: object) -> Turn:
    return Turn(12, Reply(status=status, text=text, **parts))  # type: ignore[arg-type]  # any field


def rows(reply: Turn, topics: tuple[Choice, ...] = ()) -> list[list[tuple[str, str]]]:
    keyboard = to_payloads(reply, topics)[-1]["reply_markup"]["inline_keyboard"]
    return [[(b["text"], b["callback_data"]) for b in row] for row in keyboard]


def test_all_parts_of_a_reply_are_written_in_their_order() -> None:
    """Caution, text, sections, sources with their date, title of the choices."""
    (message,) = to_payloads(
        turn(
            "Làm **trong ngày**.",
            caution="Có thể đã thay đổi.",
            sections=(
                Section(
                    "steps", "🪜", "Các bước", ("Mở *VNeID*", "Chọn [mục](https://vneid.gov.vn)")
                ),
                Section("fee", "💰", "Lệ phí", ("Miễn phí",)),
                Section("documents", "", "Giấy tờ", ("Căn cước", "Ảnh")),
            ),
            sources=(Link("Luật 26 & 27", "https://a.gov.vn/?x=1&y=2"), Link("Công văn", None)),
            checked="kiểm tra ngày 01/11/2026",
            choices_title="Câu hỏi liên quan",
            choices=(Choice("e:a", "Mất căn cước"),),
        )
    )
    assert message["text"] == (
        "⚠️ Có thể đã thay đổi.\n\n"
        "Làm <b>trong ngày</b>.\n\n"
        "<b>🪜 Các bước</b>\n1. Mở VNeID\n"
        '2. Chọn <a href="https://vneid.gov.vn">mục</a>\n\n'
        "<b>💰 Lệ phí</b>\nMiễn phí\n\n"
        "<b>Giấy tờ</b>\n• Căn cước\n• Ảnh\n\n"
        '<i>Nguồn: <a href="https://a.gov.vn/?x=1&amp;y=2">Luật 26 &amp; 27</a></i>\n'
        "<i>Nguồn: Công văn</i>\n<i>Kiểm tra ngày 01/11/2026</i>\n\n"
        "Câu hỏi liên quan"
    )
    assert message["plain"].endswith(
        "Nguồn: Công văn\nKiểm tra ngày 01/11/2026\n\nCâu hỏi liên quan"
    )


def test_choices_are_buttons_one_a_row_and_thumbs_come_last() -> None:
    """The data of a button is the id of its choice, or the turn that is rated."""
    reply = turn(choices=(Choice("e:a", "Mất  thẻ"), Choice("t:b", "BHYT")), asks_feedback=True)
    assert rows(reply) == [
        [("Mất thẻ", "e:a")],
        [("BHYT", "t:b")],
        [("👍 Có ích", "fb:12:1"), ("👎 Chưa đúng", "fb:12:0")],
    ]


def test_choices_of_a_clarification_carry_the_number_to_type() -> None:
    """The text numbers them in full, the buttons carry the same numbers."""
    choices = (Choice("e:a", "Cấp <mới>"), Choice("e:b", "Cấp lại"))
    reply = turn("Bạn hỏi về:", Status.CLARIFIED, choices_title="Chọn một:", choices=choices)
    (message,) = to_payloads(reply)
    assert message["plain"] == "Bạn hỏi về:\n\nChọn một:\n1. Cấp <mới>\n2. Cấp lại"
    assert rows(reply) == [[("1. Cấp <mới>", "e:a")], [("2. Cấp lại", "e:b")]]


def test_a_choice_unfit_for_a_button_is_left_out_and_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """65 bytes, an empty id, an empty title: no crash, and typed numbers still count the same."""
    choices = (
        Choice("ă" * 32 + "x", "Dài quá"),
        Choice("", "Không mã"),
        Choice("e:c", " "),
        Choice("ă" * 32, "Vừa đủ"),
    )
    with caplog.at_level(logging.ERROR):
        reply = turn(status=Status.CLARIFIED, choices=choices)
        assert rows(reply) == [[("4. Vừa đủ", "ă" * 32)]]
    assert len(caplog.records) == 3


def test_long_titles_are_cut_at_a_word() -> None:
    """A button shows at most 60 characters."""
    reply = turn(choices=(Choice("e:a", "đăng ký " * 20), Choice("e:b", "x" * 99)))
    assert rows(reply) == [
        [("đăng ký" + " đăng ký" * 6 + "…", "e:a")],
        [("x" * 59 + "…", "e:b")],
    ]


def test_topics_are_offered_by_a_menu_that_has_no_choices_of_its_own() -> None:
    """A reply's own choices are never mixed with topics, and an answer needs none."""
    topics = (Choice("t:bhyt", "BHYT"),)
    assert rows(turn(status=Status.MENU), topics) == [[("BHYT", "t:bhyt")]]
    own = turn(status=Status.MENU, choices=(Choice("e:a", "A"),))
    assert rows(own, topics) == [[("A", "e:a")]]
    assert "reply_markup" not in to_payloads(turn(), topics)[0]


def test_a_turn_and_those_that_follow_it_are_one_list_of_plain_json() -> None:
    """Each keeps its own buttons; what is stored and read back is the same."""
    second = Turn(13, Reply(Status.ANSWERED, "Hai.", asks_feedback=True))
    both = Turn(12, Reply(Status.ANSWERED, "Một.", asks_feedback=True), (second,))
    payloads = to_payloads(both)
    assert [payload["plain"] for payload in payloads] == ["Một.", "Hai."]
    thumbs = [payload["reply_markup"]["inline_keyboard"][0][0] for payload in payloads]
    assert [thumb["callback_data"] for thumb in thumbs] == ["fb:12:1", "fb:13:1"]
    assert json.loads(json.dumps(payloads)) == payloads


def test_a_reply_without_words_still_shows_its_buttons() -> None:
    """Telegram refuses empty texts, so a short one is put there; nothing at all is no message."""
    (message,) = to_payloads(turn("", choices=(Choice("e:a", "A"),)))
    assert message["plain"] == "Mời bạn chọn:"
    assert to_payloads(turn("")) == []


def test_accents_are_joined_before_lengths_are_counted() -> None:
    """Decomposed Vietnamese would count up to three times; a lone surrogate cannot be sent."""
    (message,) = to_payloads(turn("tiê\u0301ng Viê\u0323t \ud800"))
    assert message["text"] == "tiếng Việt"


def test_markup_from_outside_never_becomes_a_tag() -> None:
    """HTML in any field is shown as it was written, and only https links are links."""
    reply = turn(
        NASTY,
        caution=NASTY,
        sections=(Section("fee", "<i>", NASTY, (NASTY,)),),
        sources=(Link(NASTY, 'https://a.vn/"><b>'), Link("x", "javascript:alert(1)")),
        checked=NASTY,
        choices_title=NASTY,
        choices=(Choice("e:a", NASTY),),
    )
    (message,) = to_payloads(reply)
    text, entities = markup.read(message["text"])
    assert text == message["plain"]
    assert text.count('<b>x</b> & <script>alert("1")</script> </i> &lt; ') == 7
    assert {entity.type for entity in entities} == {"bold", "italic", "text_link"}
    assert [entity.url for entity in entities if entity.url] == ['https://a.vn/"><b>']


def test_a_long_text_is_cut_between_paragraphs_with_its_marks_whole() -> None:
    """Bold that reaches over a cut is bold on both sides; no part is too long."""
    text = f"<b>{'a' * 3000}\n\n{'b' * 3000}</b> &amp;"
    first, second = split(text)
    assert first.html == f"<b>{'a' * 3000}</b>"
    assert second.html == f"<b>{'b' * 3000}</b> &amp;"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("aaaa bbbb\ncc\n\ndddd", ["aaaa bbbb\ncc", "dddd"]),
        ("aaaa bbbb\ncccccccc", ["aaaa bbbb", "cccccccc"]),
        ("aaaa bbbb cccccccc", ["aaaa bbbb", "cccccccc"]),
        ("aaaaaaaaaabbbbbbbbbbbb", ["aaaaaaaaaabbbb", "bbbbbbbb"]),
        ("😀😀😀😀😀😀😀😀", ["😀😀😀😀😀😀😀", "😀"]),
        ("a\n\n" + " " * 30 + "b", ["a", "b"]),
        ("   ", []),
    ],
)
def test_cuts_prefer_paragraphs_then_lines_then_words(text: str, parts: list[str]) -> None:
    """With room for 14 units; a pair of surrogates is never torn apart."""
    assert [part.plain for part in split(text, 14)] == parts


def test_only_the_last_part_carries_the_buttons() -> None:
    """A keyboard belongs under the end of the answer."""
    first, second = to_payloads(turn("dòng\n" * 1500, choices=(Choice("e:a", "A"),)))
    assert ("reply_markup" in first, "reply_markup" in second) == (False, True)


LINES = st.lists(
    st.sampled_from(
        ["**đậm** chữ ", "[a&b](https://a.vn/?b&c) ", "😀" * 40, "\n", "\n\n", "<x> & "]
    )
    | st.text(max_size=30),
    max_size=400,
)


@given(LINES, st.sampled_from([20, 100, LIMIT]))
def test_whatever_the_text_every_part_is_accepted_and_nothing_is_lost(
    pieces: list[str], limit: int
) -> None:
    """Parts are within the limit, well-formed, and together show the same characters."""
    whole = f"<b>{to_telegram(''.join(pieces))}</b>"
    shown = ""
    for part in split(whole, limit):
        text, _ = markup.read(part.html)
        assert 1 <= units(text) <= limit
        assert text == part.plain
        shown += text
    assert "".join(shown.split()) == "".join(markup.read(whole)[0].split())


def test_a_tapped_choice_stays_and_the_others_go() -> None:
    """The thumbs stay too: the answer above them can still be rated."""
    choices = (Choice("e:a", "A"), Choice("e:b", "B"))
    payload = to_payloads(turn(choices=choices, asks_feedback=True))[0]
    keyboard = InlineKeyboardMarkup.de_json(payload["reply_markup"])
    after = chosen(keyboard, "e:b")
    assert after
    assert [[(b.text, b.callback_data) for b in row] for row in after.inline_keyboard] == [
        [("✅ B", "done")],
        [("👍 Có ích", "fb:12:1"), ("👎 Chưa đúng", "fb:12:0")],
    ]
    rated = chosen(after, "fb:12:0")
    assert rated
    assert [[b.text for b in row] for row in rated.inline_keyboard] == [
        ["✅ B"],
        ["✅ 👎 Chưa đúng"],
        ["Sai"],
        ["Đã cũ"],
        ["Khó hiểu"],
        ["Không phải trường hợp của tôi"],
    ]
    explained = chosen(rated, "fb:12:0:outdated")
    assert explained
    assert [[b.text for b in row] for row in explained.inline_keyboard] == [
        ["✅ B"],
        ["✅ 👎 Chưa đúng"],
        ["✅ Đã cũ"],
    ]
    assert chosen(rated, "e:b") is None
