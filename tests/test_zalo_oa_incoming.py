"""What each of Zalo's events means; no JSON object makes the reading fail."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.zalo_oa.incoming import Follow, Nothing, Withdrawal, payload, read
from bot.feedback import opinion
from bot.messages import Content, Incoming

OA = "3662729599332560487"
USER = "6142494823000000001"
TO_USER = f'{{"user_id": "{USER}"}}'


def event(name: str = "user_send_text", **content: Any) -> dict[str, Any]:
    """An event as people cause it, with the fields given here in place of the usual ones."""
    usual = {
        "app_id": "360846524940903967",
        "sender": {"id": USER},
        "recipient": {"id": OA},
        "user_id_by_app": "979122185046046317",
        "event_name": name,
        "message": {"text": "Làm căn cước?", "msg_id": "cb31dff1"},
        "timestamp": "1794342937000",
    }
    return {key: value for key, value in (usual | content).items() if value is not None}


def said(text: str, **more: Any) -> dict[str, Any]:
    return event(message={"text": text, "msg_id": "m1", **more})


def incoming(content: Content, text: str = "", choice: str | None = None) -> Incoming:
    return Incoming("zalo_oa", USER, content, text, choice, "m1", TO_USER)


def test_a_text_is_passed_on_untouched() -> None:
    """With Zalo's own id of the message, and the recipient of an answer."""
    assert read(event(), oa_id=OA) == Incoming(
        "zalo_oa", USER, Content.TEXT, "Làm căn cước?", None, "cb31dff1", TO_USER
    )
    assert read(said("  hai\ndòng ", quote_msg_id="x")) == incoming(Content.TEXT, "  hai\ndòng ")


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("#e:can_cuoc_mat", "e:can_cuoc_mat"),
        ("#t:bhyt:2", "t:bhyt:2"),
        ("#none", "none"),
        (" #menu\n", "menu"),
        ("#e:đã-xoá", "e:đã-xoá"),
    ],
)
def test_a_tapped_button_is_a_choice(text: str, choice: str) -> None:
    """Its payload is what Zalo says on the citizen's behalf."""
    assert read(said(text)) == incoming(Content.CHOICE, choice=choice)


@pytest.mark.parametrize(
    "text", ["#", "# 1", "#VNeID", "#căncước lỗi", "a #menu", "#menu ơi", "#e:" + "x" * 63]
)
def test_a_typed_hashtag_is_text(text: str) -> None:
    """Only what an id of at most 64 bytes looks like is a choice."""
    assert read(said(text)) == incoming(Content.TEXT, text)


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("#fb:12:1", "fb:12:1"),
        ("#fb:12:0", "fb:12:0"),
        ("#fb:12:0:outdated", "fb:12:0:outdated"),
        ("#12+", "fb:12:1"),
        (" #12 - ", "fb:12:0"),
    ],
)
def test_thumbs_and_reasons_name_their_turn(text: str, choice: str) -> None:
    """Tapped, or typed as the hint under an answer says."""
    assert read(said(text)) == incoming(Content.CHOICE, choice=choice)
    assert opinion(choice)


@pytest.mark.parametrize(
    ("kind", "message", "caption"),
    [
        ("image", {"text": "lỗi gì đây", "attachments": [{"type": "image"}]}, "lỗi gì đây"),
        ("sticker", {"attachments": [{"type": "sticker"}]}, ""),
        ("location", {"attachments": [{"payload": {"coordinates": {"latitude": "21"}}}]}, ""),
        ("link", {"text": "https://a.vn"}, "https://a.vn"),
        *[
            (kind, {}, "")
            for kind in ("gif", "file", "audio", "video", "business_card", "hologram")
        ],
    ],
)
def test_what_is_not_text_is_other_with_its_caption(
    kind: str, message: dict[str, Any], caption: str
) -> None:
    """Also a kind that does not exist yet: never silence."""
    found = read(event(f"user_send_{kind}", message={"msg_id": "m1", **message}))
    assert found == incoming(Content.OTHER, caption)


def test_somebody_without_an_account_is_answered_in_their_conversation() -> None:
    """Their passing id is never mistaken for an account's."""
    message = {"text": "alo", "msg_id": "m1", "conversation_id": "c9"}
    assert read(event("anonymous_send_text", message=message)) == Incoming(
        "zalo_oa",
        f"anonymous:{USER}",
        Content.TEXT,
        "alo",
        None,
        "m1",
        f'{{"anonymous_id": "{USER}", "conversation_id": "c9"}}',
    )


def test_following_asks_for_a_greeting_and_counts_once() -> None:
    """No sender and no msg_id: the event's name, time and follower make its id."""
    found = read(
        event("follow", sender=None, recipient=None, message=None, follower={"id": USER}, oa_id=OA)
    )
    assert found == Follow(
        Incoming(
            "zalo_oa",
            USER,
            Content.TEXT,
            "/start",
            None,
            f"follow:1794342937000:{USER}",
            TO_USER,
        )
    )


def test_a_withdrawal_names_who_is_to_be_forgotten() -> None:
    """Wherever the event holds the person."""
    assert read(event("user_withdraw", message=None)) == Withdrawal(USER)
    assert read(event("user_withdraw", sender=None, user_id=USER)) == Withdrawal(USER)


@pytest.mark.parametrize(
    "name",
    [
        "oa_send_text",
        "oa_send_image",
        "oa_send_list",
        "oa_send_anonymous_text",
        "oa_reacted_message",
        "user_received_message",
        "user_seen_message",
        "user_reacted_message",
        "anonymous_reacted_message",
        "unfollow",
        "user_click_chatnow",
        "user_submit_info",
    ],
)
def test_what_nobody_waits_for_is_nothing(name: str) -> None:
    """Above all the echo of what the OA itself sent."""
    assert read(event(name)) == Nothing(name, known=True)


def test_the_oas_own_words_are_never_answered() -> None:
    """Even under the name of a citizen's event; nor what was meant for another OA."""
    assert read(event(sender={"id": OA}), oa_id=OA) == Nothing("user_send_text", known=True)
    other = read(event(recipient={"id": "5"}), oa_id=OA)
    assert other == Nothing("user_send_text", known=True)
    followed = read(event("follow", recipient=None, oa_id="5"), oa_id=OA)
    assert followed == Nothing("follow", known=True)


@pytest.mark.parametrize("name", ["shop_has_order", "", None, 7, "user_send_", "x" * 500])
def test_an_unknown_event_is_nothing(name: object) -> None:
    """Its name is kept short, to be counted."""
    shown = name[:64] if isinstance(name, str) else ""
    assert read(event(event_name=name)) == Nothing(shown, known=False)


@pytest.mark.parametrize("sender", [None, {}, "x", {"id": None}, {"id": " "}, {"id": "ă"}, [1]])
def test_an_event_of_nobody_is_nothing(sender: object) -> None:
    """Without a usable id there is nobody to answer."""
    assert read(event(sender=sender)) == Nothing("user_send_text", known=False)


def test_odd_fields_do_not_keep_an_answer_away() -> None:
    """Numbers for ids, no message id, no message at all."""
    bare = event(sender={"id": 77}, message=None, timestamp=1794342937000)
    assert read(bare) == Incoming(
        "zalo_oa",
        "77",
        Content.TEXT,
        "",
        None,
        "user_send_text:1794342937000:77",
        '{"user_id": "77"}',
    )
    timeless = event(message={"text": "a"}, timestamp=None)
    found, again = read(timeless), read(json.loads(json.dumps(timeless)))
    assert isinstance(found, Incoming)
    assert found == again
    assert found != read(event(message={"text": "b"}, timestamp=None))


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ({"message": {"payload": "#menu", "msg_id": "m1"}}, incoming(Content.CHOICE, "", "menu")),
        (
            {"message": {"msg_id": "m1"}, "payload": "#fb:3:0"},
            incoming(Content.CHOICE, "", "fb:3:0"),
        ),
        ({"message": {"text": "Xem thêm"}}, Nothing("user_click_button", known=True)),
    ],
)
def test_a_click_event_is_read_if_it_ever_comes(content: dict[str, Any], found: object) -> None:
    """Nobody has seen an official one; without one of our payloads it says nothing."""
    assert read(event("user_click_button", **content)) == found


@given(st.text(max_size=70))
def test_a_payload_is_only_made_if_it_can_be_read_back(choice: str) -> None:
    """What is on a button comes back as the same choice."""
    query = payload(choice)
    if query is not None:
        assert read(said(query)) == incoming(Content.CHOICE, choice=choice)


@pytest.mark.parametrize("choice", ["1+", "", "e:", "e:a b", "E:a", "e:" + "x" * 63])
def test_an_id_that_would_be_misread_gets_no_payload(choice: str) -> None:
    """A typed rating, empty, white space, capitals, more than 64 bytes."""
    assert payload(choice) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=10,
)
NAMES = st.sampled_from(
    ["user_send_text", "anonymous_send_image", "follow", "user_withdraw", "user_click_button"]
)
FIELDS = st.sampled_from(["sender", "recipient", "message", "timestamp", "follower", "user_id"])


@given(NAMES | st.text(max_size=20), st.dictionaries(FIELDS, JSON), st.booleans())
def test_any_json_object_is_read(name: str, fields: dict[str, Any], usual: bool) -> None:  # noqa: FBT001
    """No exception; what is accepted has an id and an address that can be stored."""
    found = read((event() if usual else {}) | {"event_name": name} | fields, oa_id=OA)
    if isinstance(found, Follow):
        found = found.greeting
    if isinstance(found, Incoming):
        assert found.message_id
        assert found.message_id.isascii()
        assert json.loads(found.address).keys() <= {"user_id", "anonymous_id", "conversation_id"}
