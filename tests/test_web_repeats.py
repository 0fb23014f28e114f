"""A message sent twice is one turn, and a session's messages are answered one after the other."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messages import Content, Incoming, Reply, Status, Turn
from bot.web.repeats import Repeats


def text(said: str, session: str = "lan") -> Incoming:
    return Incoming("web", session, Content.TEXT, said)


@dataclass(slots=True)
class Slow:
    """Answers when it is let go; tells how many questions of a session it had at the same time."""

    gate: asyncio.Event = field(default_factory=asyncio.Event)
    heard: list[str] = field(default_factory=list)
    working: Counter[str] = field(default_factory=Counter)
    most: int = 0
    statuses: dict[str, Status] = field(default_factory=dict)

    async def respond(self, incoming: Incoming) -> Turn:
        self.heard.append(incoming.text)
        self.working[incoming.user] += 1
        self.most = max(self.most, self.working[incoming.user])
        await self.gate.wait()
        self.working[incoming.user] -= 1
        if incoming.text == "nổ":
            raise LookupError(incoming.text)
        status = self.statuses.get(incoming.text, Status.ANSWERED)
        return Turn(len(self.heard), Reply(status, incoming.text))


@pytest.fixture
def desk() -> Slow:
    return Slow()


async def settled() -> None:
    """Let everything run that can."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_the_same_message_again_gets_the_same_turn(desk: Slow) -> None:
    """Sent while it is being answered, or after."""
    repeats = Repeats(desk.respond)
    first = asyncio.create_task(repeats.respond(text("a"), "1"))
    second = asyncio.create_task(repeats.respond(text("a"), "1"))
    await settled()
    desk.gate.set()
    turns = [await first, await second, await repeats.respond(text("a"), "1")]
    assert [turn.id for turn in turns] == [1, 1, 1]
    assert desk.heard == ["a"]


@pytest.mark.parametrize(
    ("incoming", "message"),
    [
        (text("a"), "2"),
        (text("b"), "1"),
        (text("a", "mai"), "1"),
        (text("a"), None),
        (Incoming("web", "lan", Content.CHOICE, choice="a"), "1"),
    ],
)
async def test_another_message_is_another_turn(
    desk: Slow, incoming: Incoming, message: str | None
) -> None:
    """Another id, other words, another session, no id, a tap: nobody's question is dropped."""
    desk.gate.set()
    repeats = Repeats(desk.respond)
    turns = [
        await repeats.respond(text("a"), "1"),
        await repeats.respond(incoming, message),
        await repeats.respond(incoming, None),
    ]
    assert [turn.id for turn in turns] == [1, 2, 3]


async def test_who_hangs_up_does_not_end_the_answer_of_who_waits(desk: Slow) -> None:
    """The first connection breaks, the second one gets the turn."""
    repeats = Repeats(desk.respond)
    first = asyncio.create_task(repeats.respond(text("a"), "1"))
    second = asyncio.create_task(repeats.respond(text("a"), "1"))
    await settled()
    first.cancel()
    await settled()
    desk.gate.set()
    assert (await second).id == 1
    assert desk.heard == ["a"]


async def test_an_answer_that_failed_is_made_again(desk: Slow) -> None:
    """A retry may succeed."""
    desk.gate.set()
    desk.statuses["a"] = Status.FAILED
    repeats = Repeats(desk.respond)
    await repeats.respond(text("a"), "1")
    desk.statuses.clear()
    assert (await repeats.respond(text("a"), "1")).reply.status is Status.ANSWERED
    with pytest.raises(LookupError):
        await repeats.respond(text("nổ"), "2")
    with pytest.raises(LookupError):
        await repeats.respond(text("nổ"), "2")
    assert desk.heard == ["a", "a", "nổ", "nổ"]


async def test_memory_is_bounded(desk: Slow) -> None:
    """The oldest message of a session, and the quietest session, are forgotten first."""
    desk.gate.set()
    repeats = Repeats(desk.respond, most_sessions=2, most_each=2)
    for number in "123":
        await repeats.respond(text(number), number)
    await repeats.respond(text("3"), "3")
    await repeats.respond(text("1"), "1")
    assert desk.heard == ["1", "2", "3", "1"]
    await repeats.respond(text("x", "mai"), "1")
    await repeats.respond(text("x", "hoa"), "1")
    await repeats.respond(text("1"), "1")
    assert desk.heard[-3:] == ["x", "x", "1"]


async def test_a_session_is_answered_in_order_and_waits_for_nobody_else(desk: Slow) -> None:
    """With an id or without one."""
    repeats = Repeats(desk.respond)
    tasks = [
        asyncio.create_task(repeats.respond(text("a"), "1")),
        asyncio.create_task(repeats.respond(text("b"), None)),
        asyncio.create_task(repeats.respond(text("c"), "2")),
        asyncio.create_task(repeats.respond(text("của mai", "mai"), "1")),
    ]
    await settled()
    assert desk.heard == ["a", "của mai"]
    desk.gate.set()
    await asyncio.gather(*tasks)
    assert [said for said in desk.heard if said != "của mai"] == ["a", "b", "c"]
    assert desk.most == 1


async def test_after_an_erasure_only_its_confirmation_can_be_asked_for_again(desk: Slow) -> None:
    """What was said before is gone from this memory as well."""
    desk.gate.set()
    desk.statuses["có"] = Status.ERASED
    repeats = Repeats(desk.respond)
    await repeats.respond(text("a"), "1")
    await repeats.respond(text("a", "mai"), "1")
    erased = await repeats.respond(text("có"), "2")
    assert (await repeats.respond(text("có"), "2")) is erased
    await repeats.respond(text("a", "mai"), "1")
    assert desk.heard == ["a", "a", "có"]
    await repeats.respond(text("a"), "1")
    assert desk.heard[3:] == ["a"]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["lan", "mai"]), st.sampled_from("ab"), st.sampled_from(["1", "2"])
        ),
        max_size=12,
    )
)
async def test_however_they_come_each_message_is_one_turn(
    sent: list[tuple[str, str, str]],
) -> None:
    """All at once, some of them twice: as many turns as there are messages, in order."""
    desk = Slow()
    repeats = Repeats(desk.respond, most_each=12)
    tasks = [
        asyncio.create_task(repeats.respond(text(said, session), message))
        for session, said, message in sent
    ]
    await settled()
    desk.gate.set()
    turns = await asyncio.gather(*tasks)
    assert len(desk.heard) == len(set(sent))
    assert [turn.reply.text for turn in turns] == [said for _, said, _ in sent]
    assert desk.most <= 1
