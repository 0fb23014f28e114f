"""Updates that are asked for: stored before Telegram may forget them, whatever goes wrong."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.channels.telegram.addressed import Me
from bot.channels.telegram.connection import Connection
from bot.channels.telegram.receiving import Receiver
from tests.fakes.telegram_server import FakeTelegram
from tests.receptions import Ledger
from tests.telegram_desk import ScriptedDesk, answering, channel_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as fake:
        yield fake


async def test_an_update_is_forgotten_by_telegram_only_after_it_is_stored(
    fake: FakeTelegram, tmp_path: Path
) -> None:
    """The store fails: nothing is confirmed, the same is asked for again and stored once."""
    ledger, channel = Ledger(tmp_path / "messages.db"), channel_of(fake)
    ledger.broken = True
    await channel.start(ledger)
    fake.user(7).say("một")
    fake.user(7).say("hai")
    await fake.until(lambda: ledger.refused > 0)
    assert len(fake.updates) == 2
    ledger.broken = False
    await fake.until(lambda: not fake.updates)
    await channel.close()
    assert ledger.texts == ["một", "hai"]
    assert ledger.refused == 1


async def test_what_is_stored_already_does_not_come_again_because_the_next_was_not(
    fake: FakeTelegram, tmp_path: Path
) -> None:
    """The offset moves up to the first update that could not be stored."""

    class Full(Ledger):
        async def accept(self, incoming):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
            self.broken = incoming.text == "hai" and not self.refused
            return await Ledger.accept(self, incoming)

    ledger, channel = Full(tmp_path / "messages.db"), channel_of(fake)
    for text in ("một", "hai", "ba"):
        fake.user(7).say(text)
    await channel.start(ledger)
    await fake.until(lambda: not fake.updates)
    await channel.close()
    assert ledger.texts == ["một", "hai", "ba"]
    assert channel.counts["known"] == 0
    offsets = [call.get("offset") for call in fake.called("getUpdates")]
    assert offsets[0] is None
    assert int(offsets[1] or 0) == 700_000_002


async def test_an_update_that_comes_again_is_stored_and_answered_once(
    fake: FakeTelegram, tmp_path: Path
) -> None:
    """As after a crash between storing and confirming."""
    fake.user(7).say("alo")
    again = fake.updates[0]
    async with answering(fake, tmp_path) as bot:
        await fake.until(lambda: not fake.updates)
    fake.updates.append(again)
    async with answering(fake, tmp_path) as bot:
        await fake.until(lambda: not fake.updates)
        fake.user(7).say("xong")
        await fake.until(lambda: len(fake.user(7).messages) == 2)
        assert bot.channel.counts["known"] == 1
    assert [m.text for m in fake.user(7).messages] == ["Bạn nói: alo", "Bạn nói: xong"]


async def test_stop_confirms_what_is_stored_though_it_is_not_answered_yet(
    fake: FakeTelegram, tmp_path: Path
) -> None:
    """It is answered by the next run, from the store."""
    desk = ScriptedDesk()
    ledger, channel = Ledger(tmp_path / "messages.db"), channel_of(fake)
    await channel.start(ledger)
    fake.user(7).say("chậm")
    await fake.until(lambda: len(ledger.heard) == 1)
    await channel.stop()
    await channel.close()
    assert (fake.updates, fake.user(7).messages) == ([], [])
    async with answering(fake, tmp_path, desk):
        assert (await fake.user(7).next()).text == "Bạn nói: chậm"


@pytest.mark.parametrize("trouble", ["flood_once", "break_once", "drop_once", "garble_once"])
async def test_fetching_goes_on_after_trouble(
    fake: FakeTelegram, tmp_path: Path, trouble: str
) -> None:
    """A failed getUpdates loses nothing."""
    getattr(fake, trouble)("getUpdates")
    async with answering(fake, tmp_path):
        an = fake.user(7)
        an.say("một")
        an.say("hai")
        assert [(await an.next()).text for _ in range(2)] == ["Bạn nói: một", "Bạn nói: hai"]


async def test_too_many_requests_for_updates_are_waited_out(
    fake: FakeTelegram, tmp_path: Path
) -> None:
    """As long as Telegram says, which is longer than the first pause: it is asked once too often."""
    fake.flood("getUpdates", 2)
    fake.user(7).say("alo")
    async with answering(fake, tmp_path):
        assert (await fake.user(7).next()).text == "Bạn nói: alo"
    assert fake.impatient == 1


@pytest.mark.parametrize("answer", [{"ok": True, "result": {}}, {"ok": True}, [], "x"])
async def test_an_answer_that_is_no_list_of_updates_is_trouble_like_any_other(
    fake: FakeTelegram, tmp_path: Path, answer: object
) -> None:
    """JSON of any other shape is waited out."""
    fake.answer_once("getUpdates", answer)
    async with answering(fake, tmp_path):
        fake.user(7).say("alo")
        assert (await fake.user(7).next()).text == "Bạn nói: alo"


async def test_an_update_that_cannot_be_read_keeps_no_other_away(
    fake: FakeTelegram, tmp_path: Path
) -> None:
    """It is counted, confirmed and left out."""
    fake.put(message={"message_id": 1, "text": "no chat, no date"})
    fake.put(message="not even an object")
    fake.user(7).say("alo")
    async with answering(fake, tmp_path) as bot:
        assert (await fake.user(7).next()).text == "Bạn nói: alo"
        await fake.until(lambda: not fake.updates)
        assert bot.channel.counts["unreadable"] == 2


async def test_a_kind_of_message_that_another_version_writes_is_answered(
    fake: FakeTelegram, tmp_path: Path
) -> None:
    """A poll of an older server, a sticker of a newer one: their words and writers can be read."""
    fake.user(7).send(poll={"id": "1", "question": "Q"})
    fake.user(7).send(sticker={"emoji": "👍"}, caption="thế nào?")
    fake.user(7).edit(1, text="sửa", entities="?", quote=3)
    async with answering(fake, tmp_path) as bot:
        said = [(await fake.user(7).next()).text for _ in range(3)]
        assert bot.channel.counts["unreadable"] == 0
    assert said == [
        "Mình chỉ đọc được chữ.",
        "Mình chỉ đọc được chữ. thế nào?",
        "Bạn nói: sửa",
    ]


async def test_telegram_is_asked_for_what_the_bot_understands(
    fake: FakeTelegram, tmp_path: Path
) -> None:
    """No channel posts, no reactions: they are never sent."""
    async with answering(fake, tmp_path):
        await fake.until(lambda: bool(fake.called("getUpdates")))
    assert fake.allowed == {
        "message",
        "edited_message",
        "callback_query",
        "inline_query",
        "my_chat_member",
    }


NAMES = st.sampled_from(
    "message edited_message callback_query inline_query my_chat_member chat from id type text "
    "caption data entities offset length reply_to_message sender_chat date private group "
    "supergroup via_bot message_id is_bot first_name chat_instance query".split()
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | NAMES | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=8),
    max_leaves=30,
)
CHATS = st.fixed_dictionaries(
    {"id": st.integers() | JSON, "type": st.sampled_from(["private", "group", "channel"])}
)
MESSAGES = st.dictionaries(NAMES, JSON, max_size=6).map(
    lambda more: {"message_id": 1, "date": 0, "text": "x"} | more
)


@given(
    raw=JSON
    | st.builds(lambda m, c: {"update_id": 1, "message": m | {"chat": c}}, MESSAGES, CHATS)
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_whatever_json_comes_nothing_is_raised(tmp_path: Path, raw: object) -> None:
    """Every update is stored, ignored or counted; what is stored is made of strings."""
    ledger = Ledger(tmp_path / "messages.db")
    bot = Connection(FakeTelegram.token, "http://127.0.0.1:9", 1)
    counts: Counter[str] = Counter()
    receiver = Receiver(bot, Me(1, "hoidap_thu_bot"), ledger, None, counts)
    await receiver.take(raw)
    await receiver.settle(0)
    assert counts.total() >= 1
    for incoming in ledger.heard:
        assert isinstance(incoming.text, str)
        assert isinstance(incoming.choice, str | None)
