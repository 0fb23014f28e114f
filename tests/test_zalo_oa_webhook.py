"""The whole channel between the strict fake of Zalo and a reception: what comes in, what goes out."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from bot.channels.zalo_oa.webhook import MOST_BYTES
from bot.messages import Choice, Content, Incoming, Reply, Status, Turn
from tests.fakes.vault import FileVault
from tests.fakes.zalo_oa_server import TOKENS, FakeZaloOA
from tests.zalo_oa import Inbox, started

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.channels.channel import Channel
    from bot.channels.zalo_oa import ZaloOAChannel

SECRET_WORDS = "số căn cước 012345678901"


@pytest.fixture
async def zalo() -> AsyncIterator[FakeZaloOA]:
    async with FakeZaloOA() as zalo:
        yield zalo


@pytest.fixture
def vault(tmp_path: Path) -> FileVault:
    return FileVault(tmp_path / "vault.db")


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
async def channel(
    zalo: FakeZaloOA, vault: FileVault, inbox: Inbox
) -> AsyncIterator[ZaloOAChannel]:
    async with started(zalo, vault, inbox) as channel:
        yield channel


async def test_it_is_a_channel(channel: ZaloOAChannel) -> None:
    """The type checker holds it to the protocol; two days are free."""
    promised: Channel = channel
    assert promised.name == "zalo_oa"
    assert promised.window is not None
    assert promised.window.days == 2
    await promised.show_typing("whatever")


async def test_a_question_is_stored_and_its_answer_reaches_the_citizen(
    channel: ZaloOAChannel, zalo: FakeZaloOA, inbox: Inbox
) -> None:
    """From the signed event to buttons, to the tap on one of them, to thumbs."""
    an = zalo.user()
    event = await an.says("Làm căn cước ở đâu?")
    (asked,) = inbox.taken
    assert asked.text == "Làm căn cước ở đâu?"
    assert asked.message_id == event["message"]["msg_id"]
    reply = Reply(
        Status.CLARIFIED,
        "Bạn hỏi về:",
        choices=(Choice("e:moi", "Cấp mới"), Choice("e:lai", "Cấp lại")),
        asks_feedback=True,
    )
    for payload in channel.render(Turn(5, reply)):
        stored = json.loads(json.dumps(payload))
        await channel.send(asked.address, stored)
    assert [message.text for message in an.messages] == ["Bạn hỏi về:\n\n1. Cấp mới\n2. Cấp lại"]
    await an.clicks("Cấp lại")
    assert (inbox.taken[1].content, inbox.taken[1].choice) == (Content.CHOICE, "e:lai")
    await an.clicks("👎")
    assert (inbox.taken[2].content, inbox.taken[2].choice) == (Content.CHOICE, "fb:5:0")
    assert zalo.answers == [200, 200, 200]


async def test_the_answer_to_somebody_without_an_account_goes_to_their_conversation(
    channel: ZaloOAChannel, zalo: FakeZaloOA, inbox: Inbox
) -> None:
    """The address holds both ids."""
    an = zalo.user("88", conversation="c1")
    await an.says("alo")
    await channel.send(inbox.taken[0].address, {"text": "chào"})
    assert [message.text for message in an.messages] == ["chào"]


async def test_every_event_is_taken_and_nothing_is_sent_meanwhile(
    channel: ZaloOAChannel, zalo: FakeZaloOA, inbox: Inbox
) -> None:
    """A photo, following, leaving, seeing, a wish to be forgotten, what nobody knows."""
    an = zalo.user()
    await an.sends("image", text="lỗi gì đây", attachments=[{"type": "image"}])
    await an.follows()
    await an.unfollows()
    await an.sees()
    await an.withdraws()
    await zalo.deliver(zalo.event("shop_has_order", user_id=an.id))
    assert zalo.answers == [200] * 6
    heard = [(one.content, one.text) for one in inbox.taken]
    assert heard == [(Content.OTHER, "lỗi gì đây"), (Content.TEXT, "/start")]
    assert inbox.erased == [an.id]
    assert channel.health.ignored == {"unfollow": 1, "user_seen_message": 1}
    assert channel.health.unknown == {"shop_has_order": 1}
    assert {call.path for call in zalo.calls} == {TOKENS}


async def test_the_oas_own_messages_are_not_answered(
    channel: ZaloOAChannel, zalo: FakeZaloOA, inbox: Inbox
) -> None:
    """Zalo tells the webhook of each; the bot would talk to itself."""
    zalo.echoes = True
    await zalo.user().says("alo")
    await channel.send(inbox.taken[0].address, {"text": "#menu"})
    assert len(inbox.taken) == 1
    assert channel.health.ignored == {"oa_send_text": 1, "user_received_message": 1}


async def test_followers_are_greeted_only_if_so_set(
    zalo: FakeZaloOA, vault: FileVault, inbox: Inbox
) -> None:
    """An OA may have a greeting of its own."""
    async with started(zalo, vault, inbox, greets_followers=False):
        await zalo.user().follows()
    assert (inbox.taken, zalo.answers) == ([], [200])


async def test_duplicates_and_disorder_lose_nothing(
    channel: ZaloOAChannel, zalo: FakeZaloOA, inbox: Inbox
) -> None:
    """Each message is accepted once, in whatever order it comes."""
    an, zalo.twice, zalo.held = zalo.user(), True, []
    await an.says("một")
    await an.says("hai")
    await an.follows()
    await zalo.release([2, 1, 0])
    assert [one.text for one in inbox.taken] == ["/start", "hai", "một"]
    assert zalo.answers == [200] * 6
    assert channel.health.known_already == channel.health.redelivered == 3


async def test_what_the_store_could_not_take_is_delivered_again(
    channel: ZaloOAChannel,
    zalo: FakeZaloOA,
    inbox: Inbox,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """503 until it can; the log quotes nobody."""
    an, inbox.broken = zalo.user(), 2
    await an.says(SECRET_WORDS)
    assert zalo.answers == [503, 503, 200]
    inbox.broken = 1
    await an.withdraws()
    inbox.broken = 1
    await an.says("#fb:3:1")
    assert zalo.answers[3:] == [503, 200, 503, 200]
    assert [one.choice for one in inbox.taken] == [None, "fb:3:1"]
    assert inbox.erased == [an.id]
    assert channel.health.store_failures == 4
    assert "012345678901" not in caplog.text


async def test_what_was_stored_too_late_for_zalo_comes_again_and_counts_once(
    channel: ZaloOAChannel, zalo: FakeZaloOA, inbox: Inbox
) -> None:
    """Zalo waits a short time only; what it gave up is stored all the same."""
    zalo.patience, zalo.retries, inbox.held = 0.1, 100, asyncio.Event()
    asyncio.get_running_loop().call_later(0.25, inbox.held.set)
    await zalo.user().says("căn cước")
    assert (zalo.answers[0], zalo.answers[-1]) == (0, 200)
    assert [one.text for one in inbox.taken] == ["căn cước"]
    assert channel.health.known_already > 0


async def test_a_wrong_signature_is_refused_counted_and_told_once(
    channel: ZaloOAChannel,
    zalo: FakeZaloOA,
    inbox: Inbox,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """401; nothing is stored; the log names the command that helps."""
    zalo.retries = 0
    right, zalo.oa_secret = zalo.oa_secret, "khoa-khac"
    for _ in range(3):
        await zalo.user().says(SECRET_WORDS)
    assert (zalo.answers, inbox.taken) == ([401] * 3, [])
    assert channel.health.signatures_failed == 3
    assert channel.health.last_signature_failed is not None
    assert channel.health.last_signature_ok is None
    assert caplog.text.count("hoidap zalo verify-signature") == 1
    zalo.oa_secret = right
    await zalo.user().says("alo")
    assert (zalo.answers[-1], channel.health.signatures_ok) == (200, 1)
    zalo.oa_secret = "khoa-khac"
    await zalo.user().says("alo")
    assert caplog.text.count("hoidap zalo verify-signature") == 2
    assert "012345678901" not in caplog.text


async def test_a_signature_with_the_headers_time_is_taken_and_counted(
    channel: ZaloOAChannel, zalo: FakeZaloOA, inbox: Inbox
) -> None:
    """The first real delivery will show which of the two is true."""
    zalo.header_time = True
    await zalo.user().says("alo")
    assert len(inbox.taken) == channel.health.signed_by_header_time == 1


async def test_zalos_probe_is_answered_without_effects(
    channel: ZaloOAChannel, zalo: FakeZaloOA, inbox: Inbox
) -> None:
    """Exactly `{}`, unsigned; anything near it is refused."""
    assert await zalo.post(b"{}", {}) == 200
    for near in (b"{} ", b"{ }", b"[]", b"", b'{"event_name":"follow"}'):
        assert await zalo.post(near, {}) == 401
    health = channel.health
    assert (inbox.taken, health.signatures_ok, health.signatures_failed) == ([], 0, 5)


async def test_a_body_over_the_limit_is_not_read(zalo: FakeZaloOA, channel: ZaloOAChannel) -> None:
    """256 KiB; the largest that fits is judged by its signature."""
    assert await zalo.post(b"x" * MOST_BYTES, {}) == 401
    assert await zalo.post(b"x" * (MOST_BYTES + 1), {}) == 413
    assert channel.health.signatures_failed == 1


@pytest.mark.usefixtures("channel")
async def test_only_posts_are_taken(zalo: FakeZaloOA) -> None:
    """A browser that looks at the address gets nothing."""
    async with httpx.AsyncClient() as http:
        assert (await http.get(zalo.hook)).status_code == 405


async def test_signed_nonsense_is_taken_and_says_nothing(
    channel: ZaloOAChannel, zalo: FakeZaloOA, inbox: Inbox
) -> None:
    """Zalo must not switch the webhook off because of one odd event."""
    odd: list[dict[str, Any]] = [
        {"event_name": 7},
        {"event_name": "user_send_text"},
        {"event_name": "user_send_text", "sender": [], "message": "x"},
        {"event_name": "follow", "follower": None},
        {},
    ]
    for content in odd:
        event = zalo.event("x") | {"event_name": None} | content
        await zalo.deliver(event)
    assert zalo.answers == [200] * 5
    assert inbox.taken == []
    assert channel.health.unknown.total() == 5


async def test_names_of_unknown_events_are_counted_within_bounds(
    channel: ZaloOAChannel, zalo: FakeZaloOA
) -> None:
    """A hundred names, then "other"."""
    for number in range(105):
        await zalo.deliver(zalo.event(f"new_{number}"))
    assert len(channel.health.unknown) == 101
    assert channel.health.unknown["other"] == 5


async def test_what_comes_in_is_not_logged(
    zalo: FakeZaloOA,
    vault: FileVault,
    inbox: Inbox,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """At the most talkative level: neither words nor ids nor secrets."""
    with caplog.at_level(logging.DEBUG):
        async with started(zalo, vault, inbox) as channel:
            await zalo.user().says(SECRET_WORDS)
            await channel.send(inbox.taken[0].address, {"text": SECRET_WORDS})
    own = "\n".join(
        record.getMessage() for record in caplog.records if record.name.startswith("bot")
    )
    for secret in ("012345678901", zalo.user().id, "bi-mat"):
        assert secret not in own
        assert secret not in caplog.text


async def test_the_message_is_what_the_reception_expects(
    channel: ZaloOAChannel, zalo: FakeZaloOA, inbox: Inbox
) -> None:
    """All fields at once."""
    del channel
    event = await zalo.user().says("alo")
    assert inbox.taken == [
        Incoming(
            "zalo_oa",
            zalo.user().id,
            Content.TEXT,
            "alo",
            None,
            event["message"]["msg_id"],
            json.dumps({"user_id": zalo.user().id}),
        )
    ]
