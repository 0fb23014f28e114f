"""Telegram updates, ordinary and odd, become what the desk hears, or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from bot.channels.telegram.address import Address
from bot.channels.telegram.incoming import Rating, to_incoming, to_rating
from bot.messages import Content, Incoming
from tests.telegram_updates import (
    A_BOT,
    AN,
    CHANGE,
    ME,
    PHOTO,
    PLACE,
    PRIVATE,
    VOICE,
    VOTE,
    message,
    tap,
    update,
)

if TYPE_CHECKING:
    from typing import Any

    from telegram import Update


def heard(content: Content, name: str = "1", **said: str) -> Incoming:
    return Incoming("telegram", "77", content, message_id=name, address=str(Address(77)), **said)


def text(words: str) -> Incoming:
    return heard(Content.TEXT, text=words)


def other(words: str = "") -> Incoming:
    return heard(Content.OTHER, text=words)


def choice(chosen: str) -> Incoming:
    return heard(Content.CHOICE, choice=chosen)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (update(message=message(text=" Làm căn cước ở đâu? ")), text(" Làm căn cước ở đâu? ")),
        (update(edited_message=message(text="sửa lại")), text("sửa lại")),
        (update(message=message(text="/start")), text("/start")),
        (update(message=message(text="/help")), text("/help")),
        (update(message=message(text="/help@hoidap_thu_bot")), text("/help")),
        (update(message=message(text="/chu_de vneid")), text("/chu_de vneid")),
        (update(message=message(text="/")), text("/")),
        (update(message=message(text="a@b.vn /start x")), text("a@b.vn /start x")),
        (update(message=message(text="/start f_vneid-kich-hoat")), choice("e:vneid-kich-hoat")),
        (update(message=message(text="/start vneid-kich-hoat")), choice("e:vneid-kich-hoat")),
        (update(message=message(text="/start@hoidap_thu_bot f_a")), choice("e:a")),
        (update(message=message(text="/start a b")), text("/start a b")),
        (update(message=message(text="/start e:a")), text("/start e:a")),
        (update(message=message(text="/start " + "a" * 61)), text("/start " + "a" * 61)),
        (update(message=message(text="/starting a")), text("/starting a")),
        (update(message=message(photo=PHOTO)), other()),
        (update(message=message(photo=PHOTO, caption="lỗi này là sao")), other("lỗi này là sao")),
        (update(edited_message=message(photo=PHOTO, caption="mới")), other("mới")),
        (update(message=message(voice=VOICE)), other()),
        (update(message=message(location=PLACE)), other()),
        (update(message=message(contact={"phone_number": "1", "first_name": "A"})), other()),
        (update(message=message()), other()),
        (update(message=message(something_new={"a": 1})), other()),
        (tap("e:bhyt"), choice("e:bhyt")),
        (tap("fb:x:1"), choice("fb:x:1")),
        (tap("e:a", message={"chat": PRIVATE, "message_id": 1, "date": 0}), choice("e:a")),
    ],
)
def test_what_a_citizen_sends_is_heard_untouched(given: Update, expected: Incoming) -> None:
    """Texts, captions, commands, deep links, taps and everything that is not text."""
    assert to_incoming(given, ME) == expected


FILE = {"file_id": "f", "file_unique_id": "f"}
FRAME = FILE | {"width": 9, "height": 9, "duration": 3}
KINDS: dict[str, Any] = {
    "animation": FRAME,
    "audio": FILE | {"duration": 3},
    "checklist": {"title": "Việc", "tasks": [{"id": 1, "text": "Nộp"}]},
    "contact": {"phone_number": "1", "first_name": "A"},
    "dice": {"emoji": "🎲", "value": 6},
    "document": FILE | {"file_name": "don.pdf"},
    "game": {"title": "G", "description": "g", "photo": PHOTO},
    "giveaway": {"chats": [PRIVATE], "winners_selection_date": 1, "winner_count": 1},
    "invoice": {"title": "H", "description": "h", "start_parameter": "", "currency": "VND"}
    | {"total_amount": 1},
    "location": PLACE,
    "paid_media": {"star_count": 1, "paid_media": [{"type": "photo", "photo": PHOTO}]},
    "photo": PHOTO,
    "poll": {"id": "1", "question": "Q", "options": [], "total_voter_count": 0, "type": "regular"}
    | {"is_closed": False, "is_anonymous": True, "allows_multiple_answers": False}
    | {"allows_revoting": False, "members_only": False},
    "sticker": FILE
    | {"type": "regular", "width": 9, "height": 9}
    | {"is_animated": False, "is_video": False},
    "story": {"chat": PRIVATE, "id": 1},
    "venue": {"location": PLACE, "title": "UBND xã", "address": "Thôn 1"},
    "video": FRAME,
    "video_note": FILE | {"length": 9, "duration": 3},
    "voice": VOICE,
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_that_is_no_text_is_heard_as_that(kind: str) -> None:
    """In Telegram's own shapes; a caption under it is kept, also when it is forwarded."""
    assert to_incoming(update(message=message(**{kind: KINDS[kind]})), ME) == other()
    forwarded = {"type": "hidden_user", "sender_user_name": "A", "date": 0}
    given = message(**{kind: KINDS[kind]}, caption="cái này?", forward_origin=forwarded)
    assert to_incoming(update(message=given), ME) == other("cái này?")


@pytest.mark.parametrize(
    "given",
    [
        update(),
        update(poll_answer=VOTE),
        update(channel_post=message({"id": -100, "type": "channel", "title": "K"}, text="tin")),
        update(message=message({"id": -1, "type": "group", "title": "G"}, text="alo")),
        update(message=message({"id": -2, "type": "supergroup", "title": "G"}, text="/start")),
        update(message=message(author=A_BOT, text="tôi là máy")),
        update(message=message(text="câu trả lời đã chia sẻ", via_bot=A_BOT | {"id": ME.id})),
        update(my_chat_member={"chat": PRIVATE, "from": AN, "date": 0} | CHANGE),
        update(inline_query={"id": "1", "from": AN, "query": "thẻ", "offset": ""}),
        update(message=message(pinned_message=message(text="x"))),
        update(message=message(new_chat_title="Tên mới")),
        update(edited_message=message(location=PLACE)),
        update(edited_message=message(photo=PHOTO)),
        tap(None),
        tap(None, game_short_name="g"),
        tap("done"),
        tap("fb:12:1"),
        update(callback_query={"id": "9", "from": AN, "chat_instance": "1", "data": "e:a"}),
    ],
)
def test_what_nobody_asked_is_not_heard(given: Update) -> None:
    """Groups, channels, bots, service messages, moving locations, taps that lead nowhere."""
    assert to_incoming(given, ME) is None


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (tap("fb:12:1"), Rating(12, "77", useful=True)),
        (tap("fb:12:0"), Rating(12, "77", useful=False)),
        (tap("fb:12:2"), None),
        (tap("fb:-1:1"), None),
        (tap("fb:١:1"), None),
        (tap("e:a"), None),
        (tap(None), None),
        (update(message=message(text="fb:12:1")), None),
    ],
)
def test_only_a_tap_on_the_thumbs_is_a_rating(given: Update, expected: Rating | None) -> None:
    """The turn is a plain number; text that looks like one is only text."""
    assert to_rating(given) == expected


def test_an_edit_is_another_message_than_what_was_edited() -> None:
    """Its name holds the time of the edit, and is the same when it comes again."""
    given = update(edited_message=message(text="sửa lại", edit_date=1_790_000_060))
    names = {incoming.message_id for _ in range(2) if (incoming := to_incoming(given, ME))}
    assert names == {"1:1790000060"}


@for_all(st.builds(Address, st.integers(), st.none() | st.integers(), st.none() | st.integers()))
def test_an_address_is_read_back_as_it_was_written(address: Address) -> None:
    """Whatever the numbers."""
    assert Address.read(str(address)) == address


@pytest.mark.parametrize(
    "written",
    [
        "",
        "null",
        "7",
        "[]",
        "{}",
        '{"chat": "7"}',
        '{"chat": true}',
        '{"chat": 7, "x": 1}',
        "[" * 9999,
    ],
)
def test_what_is_no_address_is_told_as_that(written: str) -> None:
    """Any text; the error does not repeat it."""
    with pytest.raises(ValueError, match="not an address of this channel"):
        Address.read(written)
