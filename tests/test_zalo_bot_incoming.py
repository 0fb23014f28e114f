"""Events of the Zalo Bot Platform are read in every shape that was seen, and in none that was not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.zalo_bot.incoming import chat_of, to_events, to_incoming
from bot.messages import Content, Incoming

Json = dict[str, Any]

CITIZEN = "6ede9afa66b88fe6d6a9"
GROUP = "c01d9afa66b88fe60000"
NAMES = ("Bot Phường Tân An", "bot.VDKyGxQvc")


def event(kind: str = "text", sender: Json | None = None, **fields: Any) -> Json:
    """Copy of the platform's own sample, with these fields over the message's."""
    message = {
        "from": sender or {"id": CITIZEN, "display_name": "Ted", "is_bot": False},
        "chat": {"id": CITIZEN, "chat_type": "PRIVATE"},
        "message_id": "2d758cb5e222177a4e35",
        "date": 1750316131602,
    }
    if kind == "text":
        message["text"] = "Xin chào"
    message |= fields
    return {
        "event_name": f"message.{kind}.received",
        "message": {key: value for key, value in message.items() if value is not None},
    }


def in_group(text: str) -> Json:
    return event(text=text, chat={"id": GROUP, "chat_type": "GROUP"})


def read(event: Json) -> Incoming | None:
    return to_incoming(event, NAMES)


def test_a_text_in_a_private_chat() -> None:
    """Whoever wrote, what, the platform's id of it, and where the answer goes."""
    assert read(event()) == Incoming(
        "zalo_bot",
        CITIZEN,
        Content.TEXT,
        "Xin chào",
        message_id="2d758cb5e222177a4e35",
        address=f'{{"chat_id": "{CITIZEN}"}}',
    )


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (event(), [event()]),
        ({"ok": True, "result": event()}, [event()]),
        ([event(), "x", event("sticker")], [event(), event("sticker")]),
        ({"ok": True, "result": [event()]}, [event()]),
        ({"ok": True}, []),
        ({"ok": True, "result": None}, []),
        ({}, []),
        ("event_name", []),
        (None, []),
        (7, []),
    ],
)
def test_the_event_is_found_in_every_shape_of_body(body: object, found: list[Json]) -> None:
    """Bare, as a result, and in a list, which nobody has seen yet."""
    assert to_events(body) == found


@pytest.mark.parametrize(
    ("given", "content", "text"),
    [
        (event("image", photo_url="https://a.example/b.jpg"), Content.OTHER, ""),
        (event("image", photo="https://a.example/b.jpg", caption="Đây"), Content.OTHER, "Đây"),
        (event("sticker", sticker="0e07"), Content.OTHER, ""),
        (event("voice", voice_url="https://a.example/b.aac"), Content.OTHER, ""),
        (event("unsupported"), Content.OTHER, ""),
        (event("link"), Content.OTHER, ""),
        (event(text=""), Content.TEXT, ""),
        (event(text=None), Content.TEXT, ""),
        (event(text={"a": 1}), Content.TEXT, ""),
    ],
)
def test_what_is_no_text_is_other_content(given: Json, content: Content, text: str) -> None:
    """A caption is kept: people ask in it. Kinds that come to be later are answered too."""
    incoming = read(given)
    assert incoming
    assert (incoming.content, incoming.text) == (content, text)


@pytest.mark.parametrize(
    "nothing",
    [
        {},
        {"event_name": "message.unsupported.received"},  # seen without a message
        {"event_name": "user.follow", "message": event()["message"]},
        {"event_name": "message.text.received", "message": "x"},
        {"event_name": 7, "message": event()["message"]},
        event(chat={}),
        event(chat={"id": "", "chat_type": "PRIVATE"}),
        event(chat={"id": "a b", "chat_type": "PRIVATE"}),
        event(chat={"id": "x" * 300, "chat_type": "PRIVATE"}),
        event(chat={"id": CITIZEN, "chat_type": "CHANNEL"}),
        event(chat={"id": GROUP}),
        event(sender={"id": CITIZEN, "is_bot": True}),
        event("unsupported", chat={"id": GROUP, "chat_type": "GROUP"}),
        event("sticker", chat={"id": GROUP, "chat_type": "GROUP"}),
        in_group("chào cả nhà"),
        in_group("gửi về bot@tanan.gov.vn"),
    ],
)
def test_nothing_to_answer(nothing: Json) -> None:
    """Bots, other chats, unknown events, groups where the bot is not named, broken ids."""
    assert read(nothing) is None


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("@Bot Phường Tân An làm căn cước", "làm căn cước"),
        ("làm căn cước @bot phường tân an", "làm căn cước"),
        ("@Bot Phu\u031bo\u031b\u0300ng Ta\u0302n An 2", "2"),  # accents apart
        ("@bot.VDKyGxQvc 2", "2"),
        ("@Bot làm căn cước", "làm căn cước"),
        ("@Bot Phường Tân An", ""),
    ],
)
def test_in_a_group_the_bot_is_asked_by_its_name(said: str, text: str) -> None:
    """The name is left out of the question; the answer goes to the group, for this member."""
    incoming = read(in_group(said))
    assert incoming
    assert (incoming.text, incoming.user) == (text, f"{GROUP}:{CITIZEN}")
    assert chat_of(incoming.address) == GROUP


def test_two_members_of_a_group_are_two_people() -> None:
    """A typed number must not choose from what somebody else was offered."""
    chat = {"id": GROUP, "chat_type": "GROUP"}
    others = {
        to_incoming(event(text="@Bot 1", chat=chat, sender={"id": member}))
        for member in ("a1", "b2")
    }
    assert {incoming.user for incoming in others if incoming} == {f"{GROUP}:a1", f"{GROUP}:b2"}


def test_a_chat_without_a_kind_is_private_if_it_is_the_senders_own() -> None:
    """Chat and citizen have one id in private chats; ids may be numbers."""
    incoming = read(event(chat={"id": CITIZEN}))
    assert incoming
    assert incoming.user == CITIZEN
    numbered = read(event(chat={"id": 12, "chat_type": "PRIVATE"}, sender={"id": 12}))
    assert numbered
    assert (numbered.user, chat_of(numbered.address)) == ("12", "12")


def test_a_message_without_an_id_gets_one_of_its_own() -> None:
    """The same at every delivery, another for another message."""
    ids = [
        incoming.message_id
        for when in (1, 1, 2)
        if (incoming := read(event(message_id=None, date=when)))
    ]
    assert ids[0] == ids[1] != ids[2]
    assert all(ids)


@pytest.mark.parametrize("address", ["", "{", "[]", "7", '{"chat_id": 0.5}', "[" * 100_000])
def test_what_is_no_address_leads_nowhere(address: str) -> None:
    """No exception for anything that could be stored."""
    assert chat_of(address) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(("event_name", "message", "result", "from", "chat", "id", "text")),
            inner,
            max_size=4,
        )
    ),
)


@given(JSON, st.fixed_dictionaries({"from": JSON, "chat": JSON, "text": JSON}))
def test_any_json_is_read_without_an_error(body: object, message: Json) -> None:
    """Whatever stands where: an `Incoming` that can be stored, or nothing."""
    found = to_events(body)
    for one in [*found, {"event_name": "message.text.received", "message": message}]:
        incoming = to_incoming(one, NAMES)
        if incoming:
            assert incoming.message_id
            assert chat_of(incoming.address)
            json.dumps([incoming.user, incoming.message_id])
