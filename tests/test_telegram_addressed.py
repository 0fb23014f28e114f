"""In groups the bot hears what is said to it, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from bot.channels.telegram.address import Address
from bot.channels.telegram.incoming import Rating, to_incoming, to_rating
from bot.messages import Content, Incoming
from tests.fakes.telegram_people import marks
from tests.telegram_updates import (
    A_BOT,
    GROUP,
    ME,
    PHOTO,
    group,
    message,
    tap,
    update,
)

BOT_SAID = message(GROUP, A_BOT | {"id": ME.id}, text="Bạn hỏi về:")
TOPIC = {"forum_topic_created": {"name": "Hỏi đáp", "icon_color": 1}}
ADMIN = {"id": 1_087_968_824, "is_bot": True, "first_name": "Group"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (group("@hoidap_thu_bot mất căn cước"), "mất căn cước"),
        (group("@HoiDap_Thu_Bot, mất căn cước?"), "mất căn cước?"),
        (group("😀 chào @hoidap_thu_bot mất thẻ\n2 cái"), "😀 chào mất thẻ\n2 cái"),
        (group("mất thẻ @hoidap_thu_bot @hoidap_thu_bot"), "mất thẻ"),
        (group("@hoidap_thu_bot hỏi @an_nguyen đi"), "hỏi @an_nguyen đi"),
        (group("@hoidap_thu_bot"), ""),
        (group("thế còn lệ phí?", reply_to_message=BOT_SAID), "thế còn lệ phí?"),
        (group("/chu_de", reply_to_message=BOT_SAID), "/chu_de"),
        (group("/chu_de@hoidap_thu_bot"), "/chu_de"),
        (group("/chu_de@HOIDAP_THU_BOT vneid"), "/chu_de vneid"),
        (
            group(
                "Hỏi đáp mất thẻ",
                entities=[
                    {"type": "text_mention", "offset": 0, "length": 7, "user": A_BOT | {"id": 900}}
                ],
            ),
            "mất thẻ",
        ),
    ],
)
def test_in_a_group_the_bot_hears_what_is_said_to_it_without_its_name(
    given: dict[str, Any], said: str
) -> None:
    """A mention, a reply to its message, a command with its name; asked by this member here."""
    incoming = to_incoming(update(message=given), ME)
    address = str(Address(-5, reply_to=1))
    assert incoming == Incoming(
        "telegram", "-5:77", Content.TEXT, said, message_id="1", address=address
    )


@pytest.mark.parametrize(
    "given",
    [
        group("mất căn cước thì làm sao"),
        group("@hoidap_thu_bot2 mất thẻ"),
        group("@bot_khac mất thẻ"),
        group("/chu_de"),
        group("/chu_de@bot_khac", reply_to_message=BOT_SAID),
        group("cảm ơn", reply_to_message=message(GROUP, text="x")),
        group("bài mới", reply_to_message=BOT_SAID | TOPIC, is_topic_message=True),
        group("@hoidap_thu_bot", author=A_BOT),
        group("@hoidap_thu_bot", is_automatic_forward=True, sender_chat=GROUP),
        group("@hoidap_thu_bot", via_bot=A_BOT | {"id": ME.id}),
        group(photo=PHOTO),
        group(photo=PHOTO, caption="xem này"),
        group(new_chat_title="Tên mới"),
        group(new_chat_members=[A_BOT | {"id": ME.id}]),
        group(migrate_to_chat_id=-1_000_000_000_005),
    ],
)
def test_in_a_group_the_bot_does_not_hear_what_is_for_others(given: dict[str, Any]) -> None:
    """Talk among members, other bots' names, the start of a topic, copies of a channel."""
    assert to_incoming(update(message=given), ME) is None


def test_a_mention_under_a_picture_counts_and_is_removed() -> None:
    """A caption names the bot like a text does."""
    caption = "@hoidap_thu_bot lỗi gì"
    given = group(photo=PHOTO, caption=caption, caption_entities=marks(caption))
    incoming = to_incoming(update(message=given), ME)
    assert incoming
    assert (incoming.content, incoming.text) == (Content.OTHER, "lỗi gì")


def test_a_deep_link_works_in_a_group_too() -> None:
    """t.me/<bot>?startgroup=f_a sends a command with the bot's name."""
    incoming = to_incoming(update(message=group("/start@hoidap_thu_bot f_a")), ME)
    assert incoming
    assert (incoming.content, incoming.choice) == (Content.CHOICE, "e:a")


def test_an_administrator_who_stays_anonymous_is_heard_as_the_group() -> None:
    """Telegram shows the group in place of the person."""
    given = group("@hoidap_thu_bot mất thẻ", author=ADMIN, sender_chat=GROUP)
    incoming = to_incoming(update(message=given), ME)
    assert incoming
    assert incoming.user == "-5:-5"


def test_the_reply_goes_to_the_topic_that_asked_and_not_to_a_chain_of_replies() -> None:
    """Only in a forum a thread is a place to send to."""
    said = group("@hoidap_thu_bot mất thẻ", message_thread_id=3)
    topic, chain = (
        to_incoming(update(message=said | more), ME) for more in ({"is_topic_message": True}, {})
    )
    assert topic
    assert chain
    assert Address.read(topic.address) == Address(-5, thread=3, reply_to=1)
    assert Address.read(chain.address) == Address(-5, reply_to=1)


def test_a_tap_in_a_group_is_the_tappers_own_and_quotes_the_message_with_the_button() -> None:
    """Anybody there may tap; a member's turns are kept apart from those in other places."""
    given = tap("e:a", message=BOT_SAID | {"message_id": 8})
    assert to_incoming(given, ME) == Incoming(
        "telegram",
        "-5:77",
        Content.CHOICE,
        choice="e:a",
        message_id="1",
        address=str(Address(-5, reply_to=8)),
    )
    assert to_rating(tap("fb:12:1", message=BOT_SAID)) == Rating(12, "-5:77", useful=True)
