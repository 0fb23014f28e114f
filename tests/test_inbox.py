"""A message that was taken is answered once, in order, whatever fails on the way."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.channels.errors import TryLaterError, UndeliverableError
from bot.cipher import Cipher
from bot.front_desk import FrontDesk
from bot.inbox import Inbox
from bot.messages import Content, Incoming, Status
from bot.outbox import Outbox
from bot.store import Store, StoreError
from tests.fakes.platform import Platform
from tests.logs import logging_as
from tests.sample_faq import sample_faq

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path

NOON = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
SECRET = b"mot khoa chi de thu nghiem"
PASSWORD = "quên mật khẩu vneid thì làm sao"
ANSWER = "Bạn tự đặt lại mật khẩu ngay trên ứng dụng."
FAILED = "Xin lỗi, hệ thống đang trục trặc nên mình chưa trả lời được."
ID_NUMBER = "001099012345"


@dataclass(slots=True)
class Clock:
    """A clock that runs, and can be moved on."""

    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass(slots=True)
class Post:
    """An inbox and an outbox at work between a platform and a real store."""

    path: Path
    platform: Platform
    store: Store
    desk: FrontDesk
    inbox: Inbox
    outbox: Outbox
    clock: Clock
    _numbers: Iterator[int] = field(default_factory=lambda: iter(range(1, 10**9)))

    async def say(self, text: str, user: str = "lan", message_id: str = "", **more: Any) -> bool:
        incoming = Incoming(
            self.platform.name,
            user,
            more.pop("content", Content.TEXT),
            text,
            message_id=message_id or f"m{next(self._numbers)}",
            address=f"chat-{user}",
            **more,
        )
        return await self.inbox.accept(incoming)

    async def until(self, happened: Callable[[], bool]) -> None:
        async with asyncio.timeout(30):
            while not happened():  # noqa: ASYNC110
                await asyncio.sleep(0.01)

    async def quiet(self) -> None:
        """Wait until nothing waits."""
        await self.until(lambda: self.counts("waiting") == (0, 0))

    def counts(self, state: str) -> tuple[int, int]:
        """How many messages in and out are so."""
        ((received,),) = self.rows(f"SELECT count(*) FROM inbox WHERE state = '{state}'")  # noqa: S608
        ((sending,),) = self.rows(f"SELECT count(*) FROM outbox WHERE state = '{state}'")  # noqa: S608
        return received, sending

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.path, timeout=20)) as database:
            return database.execute(query).fetchall()

    def raw(self) -> bytes:
        """Every byte of the database's files."""
        return b"".join(path.read_bytes() for path in self.path.parent.glob("hoidap.db*"))


@asynccontextmanager
async def at_work(path: Path, platform: Platform, **options: Any) -> AsyncIterator[Post]:
    store = await Store.open(f"sqlite+aiosqlite:///{path}", busy_seconds=0.2)
    clock = options.pop("clock", None) or Clock()
    desk = FrontDesk(sample_faq(), store, secret=SECRET, now=clock.now)
    cipher = Cipher(options.pop("key", SECRET))
    outbox = Outbox(store, cipher, [platform], now=clock.now)
    inbox = Inbox(store, desk, outbox, cipher, [platform], **options)
    await outbox.start()
    await inbox.start()
    try:
        yield Post(path, platform, store, desk, inbox, outbox, clock)
    finally:
        await inbox.drain(0)
        await outbox.drain(0)
        desk.close()
        await store.close()


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    with logging_as("json", "error"):
        yield


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "hoidap.db"


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
async def post(path: Path, platform: Platform) -> AsyncIterator[Post]:
    async with at_work(path, platform) as post:
        yield post


# Received, answered, sent


async def test_a_message_is_answered_and_only_its_turn_is_kept(post: Post) -> None:
    """The turn stays; of the message its pseudonym, of the reply nothing."""
    assert await post.say(PASSWORD, message_id="m1")
    await post.quiet()
    (said,) = post.platform.sent["chat-lan"]
    assert said.startswith(ANSWER)
    ((number, status),) = post.rows("SELECT id, status FROM turns")
    assert (post.platform.turns["chat-lan"], status) == ([number], "answered")
    assert post.rows("SELECT state, text, choice, address, attempts FROM inbox") == [
        ("done", None, None, None, 0)
    ]
    assert post.rows("SELECT * FROM outbox") == []


async def test_what_is_delivered_twice_is_answered_once(post: Post) -> None:
    """At the same moment, after the answer, and after a restart."""
    both = await asyncio.gather(*(post.say(PASSWORD, message_id="m1") for _ in range(8)))
    assert sorted(both) == [False] * 7 + [True]
    await post.quiet()
    assert not await post.say(PASSWORD, message_id="m1")
    async with at_work(post.path, post.platform) as again:
        assert not await again.say(PASSWORD, message_id="m1")
        assert await again.say(PASSWORD, message_id="m2")
        await again.quiet()
    assert len(post.platform.sent["chat-lan"]) == 2


async def test_a_message_that_cannot_be_read_is_answered_too(post: Post) -> None:
    """A refusal would bring it back for ever, and keep all others away."""
    unreadable: Any = 7  # what a channel must never give
    assert await post.say(unreadable, message_id="m1")
    assert await post.say(PASSWORD, message_id="m2")
    await post.quiet()
    sorry, answer = post.platform.sent["chat-lan"]
    assert sorry.startswith("Mình chưa thấy nội dung.")
    assert answer.startswith(ANSWER)


async def test_a_message_without_an_id_is_answered_all_the_same(post: Post) -> None:
    """Two of them are two messages."""
    for _ in range(2):
        incoming = Incoming("telegram", "lan", Content.TEXT, PASSWORD, address="chat-lan")
        assert await post.inbox.accept(incoming)
    await post.quiet()
    assert len(post.platform.sent["chat-lan"]) == 2


async def test_nothing_personal_is_kept_while_a_message_waits(
    path: Path, platform: Platform
) -> None:
    """Neither the words that are masked, nor who wrote, nor where, nor the message's own id."""
    platform.held = asyncio.Event()
    async with at_work(path, platform) as post:
        said = f"{PASSWORD} cccd {ID_NUMBER}"
        await post.say(said, "nguoi-84912", "follow:84912")
        await post.say("", "nguoi-84912", "tap", content=Content.CHOICE, choice=f"e:{ID_NUMBER}")
        await post.until(lambda: post.counts("waiting")[1] > 0)
        await post.store.close()
        assert [word for word in (ID_NUMBER, "84912") if word.encode() in post.raw()] == []
        assert post.rows("SELECT count(*) FROM contacts") == [(1,)]
    async with at_work(path, platform) as again:
        platform.held.set()
        await again.quiet()
    assert "Bạn vừa gửi thông tin cá nhân" in platform.sent["chat-nguoi-84912"][0]


async def test_old_memories_of_deliveries_go(path: Path, platform: Platform) -> None:
    """A week is longer than any platform tries."""
    async with at_work(path, platform) as post:
        await post.say(PASSWORD)
        await post.quiet()
    async with at_work(path, platform, clock=Clock(timedelta(days=6, hours=23))) as post:
        assert post.counts("done") == (1, 0)
    async with at_work(path, platform, clock=Clock(timedelta(days=7, minutes=1))) as post:
        assert post.counts("done") == (0, 0)
    assert len(post.rows("SELECT * FROM turns")) == 1


# Order


async def test_a_persons_messages_are_answered_in_order_and_people_at_once(
    path: Path, platform: Platform
) -> None:
    """A number chooses from what the answer before it offered; nobody waits for another."""
    platform.held = asyncio.Event()
    async with at_work(path, platform) as post:
        for number in range(20):
            await post.say("/start", f"p{number}")
            await post.say("2", f"p{number}")
        await post.until(lambda: platform.most_sending == 16)
        platform.held.set()
        await post.quiet()
        people = post.rows("SELECT user_key, group_concat(status) FROM turns GROUP BY user_key")
    assert {statuses for _, statuses in people} == {"menu,menu"}
    assert len(people) == 20
    for number in range(20):
        greeting, topic = platform.sent[f"chat-p{number}"]
        assert greeting.startswith("Chào bạn")
        assert topic.startswith("Thẻ căn cước")
        assert platform.turns[f"chat-p{number}"] == sorted(platform.turns[f"chat-p{number}"])


async def test_somebody_whose_messages_are_not_taken_stops_nobody_else(post: Post) -> None:
    """Their own wait in order."""
    post.platform.fault = lambda address, _: (
        TryLaterError("429", 1.0) if address == "chat-lan" else None
    )
    await post.say(PASSWORD)
    await post.say("/start")
    for number in range(30):
        await post.say(PASSWORD, f"p{number}")
    await post.until(lambda: len(post.platform.sent) == 30)
    await post.until(lambda: post.counts("waiting") == (0, 2))
    post.platform.fault = lambda _address, _text: None
    await post.quiet()
    first, second = post.platform.sent["chat-lan"]
    assert first.startswith(ANSWER)
    assert second.startswith("Chào bạn")


# Failures on the way out


async def test_what_waits_for_a_channel_to_open_is_no_failed_attempt(post: Post) -> None:
    """It is answered meanwhile, and sent when the channel is open."""
    post.outbox.hold("telegram")
    await post.say(PASSWORD)
    await post.until(lambda: post.counts("waiting") == (0, 1))
    assert post.rows("SELECT attempts, error FROM outbox") == [(0, None)]
    assert not post.platform.sent
    await post.outbox.release("telegram")
    await post.quiet()
    assert len(post.platform.sent["chat-lan"]) == 1


async def test_the_platform_says_how_long_to_wait(post: Post) -> None:
    """Nothing is sent before."""
    asked: list[TryLaterError] = [TryLaterError("429", 1.0)]
    post.platform.fault = lambda _address, _text: asked.pop() if asked else None
    await post.say(PASSWORD)
    await post.until(lambda: not asked)
    begun = asyncio.get_running_loop().time()
    await post.quiet()
    assert asyncio.get_running_loop().time() - begun > 0.8
    assert len(post.platform.sent["chat-lan"]) == 1


async def test_no_platform_makes_an_answer_wait_for_ever(post: Post) -> None:
    """A number that is no sensible wait counts as a day, and is no error of ours."""
    asked: list[TryLaterError] = [TryLaterError("429", 1e15)]
    post.platform.fault = lambda _address, _text: asked.pop() if asked else None
    await post.say(PASSWORD)
    day = "julianday(next_at) - julianday(since)"
    await post.until(lambda: post.rows(f"SELECT attempts, round({day}) FROM outbox") == [(1, 1.0)])  # noqa: S608


async def test_what_will_never_be_taken_is_a_dead_letter_with_the_rest_of_its_reply(
    path: Path, platform: Platform
) -> None:
    """The next reply is tried; the operator sees why, and may try once more."""
    platform.parts = 3
    blocked = [UndeliverableError("blocked")]
    platform.fault = lambda _address, _text: blocked.pop() if blocked else None
    async with at_work(path, platform) as post:
        await post.say(PASSWORD)
        await post.say("/start")
        await post.quiet()
        dead = post.rows("SELECT inbox_id, state, error FROM outbox")
    assert dead == [(1, "dead", "blocked")] * 3
    assert [text[:8] for text in platform.sent["chat-lan"]] == ["Chào bạn"] * 3


async def test_a_message_that_alone_is_not_taken_is_given_up(post: Post) -> None:
    """When others go through, the fault is its own: what its citizen asks next must not wait long."""
    post.platform.fault = lambda _address, text: (
        TryLaterError("unknown code") if text.startswith(ANSWER) else None
    )
    await post.say(PASSWORD)
    await post.say("/start")
    for round_ in range(9):
        await post.say("/start", f"p{round_}")
        await post.until(lambda: post.counts("waiting") <= (0, 2))
        attempts = post.rows("SELECT attempts FROM outbox ORDER BY id")[0][0]
        if post.counts("dead")[1]:
            break
        post.clock.ahead += timedelta(minutes=5)
        post.outbox.wake("telegram", post.desk.pseudonym("telegram", "lan"))
        await post.until(
            lambda attempts=attempts: (  # type: ignore[misc]
                post.counts("dead")[1] > 0
                or post.rows("SELECT attempts FROM outbox ORDER BY id")[0][0] > attempts
            )
        )
    await post.until(lambda: bool(post.platform.sent["chat-lan"]))
    ((error,),) = post.rows("SELECT error FROM outbox WHERE state = 'dead'")
    assert "trong khi tin khác vẫn gửi được: unknown code" in error
    assert post.platform.sent["chat-lan"][0].startswith("Chào bạn")


async def test_an_outage_of_hours_loses_nothing_and_a_day_ends_it(post: Post) -> None:
    """Nobody gets through: no message is blamed. After a day the answer is a dead letter."""
    post.platform.fault = lambda _address, _text: TryLaterError("no network")
    await post.say(PASSWORD)
    await post.until(lambda: post.counts("waiting") == (0, 1))
    lan = post.desk.pseudonym("telegram", "lan")
    for attempt in range(1, 40):
        await post.until(
            lambda attempt=attempt: (  # type: ignore[misc]
                post.rows("SELECT attempts FROM outbox") >= [(attempt,)]
                or post.counts("dead") == (0, 1)
            )
        )
        post.clock.ahead += timedelta(minutes=40)
        post.outbox.wake("telegram", lan)
    ((error, attempts),) = post.rows("SELECT error, attempts FROM outbox WHERE state = 'dead'")
    assert error == "gửi không được suốt 24 giờ: no network"
    assert attempts > 30


async def test_what_breaks_in_a_channel_counts_as_not_taken(post: Post) -> None:
    """A fault nobody foresaw stops neither the lane nor the program."""
    faults: list[Exception] = [ValueError(ID_NUMBER)]
    post.platform.fault = lambda _address, _text: faults.pop() if faults else None
    await post.say(PASSWORD)
    await post.until(lambda: not faults)
    post.clock.ahead = timedelta(minutes=5)
    post.outbox.wake("telegram", post.desk.pseudonym("telegram", "lan"))
    await post.quiet()
    assert len(post.platform.sent["chat-lan"]) == 1


@pytest.mark.parametrize(
    ("window", "days", "sent"), [(7, 6.9, 1), (7, 7.1, 0), (2, 1.9, 1), (2, 2.1, 0)]
)
async def test_a_window_that_has_closed_is_not_knocked_at(
    path: Path, window: int, days: float, sent: int
) -> None:
    """The platform would refuse, or want money; the operator reads why."""
    platform = Platform(window=timedelta(days=window))
    platform.fault = lambda _address, _text: TryLaterError("no network")
    async with at_work(path, platform) as post:
        await post.say(PASSWORD)
        await post.until(lambda: post.counts("waiting") == (0, 1))
    platform.fault = lambda _address, _text: None
    async with at_work(path, platform, clock=Clock(timedelta(days=days))) as post:
        await post.quiet()
        dead = post.rows("SELECT error FROM outbox")
    assert len(platform.sent["chat-lan"]) == sent
    if not sent:
        assert dead == [(f"quá {window} ngày từ tin cuối của người dân: không gửi nữa",)]


async def test_another_key_is_told_as_such(path: Path, platform: Platform) -> None:
    """Who loses the key cannot send what waits, and reads so."""
    platform.fault = lambda _address, _text: TryLaterError("no network")
    async with at_work(path, platform) as post:
        await post.say(PASSWORD)
        await post.until(lambda: post.counts("waiting") == (0, 1))
    async with at_work(path, platform, key=b"mot khoa khac han", clock=Clock(timedelta(1 / 9))):
        pass
    async with at_work(
        path, platform, key=b"mot khoa khac han", clock=Clock(timedelta(1 / 8))
    ) as post:
        await post.quiet()
        assert post.rows("SELECT state, error FROM outbox") == [
            ("dead", "không đọc được địa chỉ: khóa bí mật của hoidap đã đổi")
        ]


# Failures within


async def test_an_internal_error_that_stays_becomes_a_sentence_and_a_dead_letter(
    path: Path, platform: Platform
) -> None:
    """Three attempts; then the citizen is told, the operator sees it, and the next one is answered."""
    broken = 0

    def unwritable(turn: Any) -> Exception | None:
        nonlocal broken
        if turn.reply.status == "answered":
            broken += 1
            return RuntimeError(ID_NUMBER)
        return None

    platform.unwritable = unwritable
    async with at_work(path, platform) as post:
        await post.say(PASSWORD)
        await post.say("/start")
        await post.quiet()
        assert post.rows("SELECT state, text, attempts, error FROM inbox ORDER BY id")[0] == (
            "dead",
            PASSWORD,
            3,
            "RuntimeError",
        )
        assert post.rows("SELECT status FROM turns") == [("menu",)]
    failed, greeting = platform.sent["chat-lan"]
    assert broken == 3
    assert failed.startswith(FAILED)
    assert greeting.startswith("Chào bạn")


async def test_a_message_is_not_given_up_while_its_citizen_cannot_be_told(post: Post) -> None:
    """The dead letter and the sentence about it are written together, or neither is."""
    post.platform.unwritable = lambda turn: (
        RuntimeError("always") if turn.reply.status == "answered" else None
    )
    with closing(sqlite3.connect(post.path, timeout=20)) as other:
        full = "CREATE TRIGGER full BEFORE INSERT ON outbox BEGIN SELECT RAISE(ABORT, 'full'); END"
        other.execute(full)
        await post.say(PASSWORD)
        await post.until(lambda: post.rows("SELECT attempts FROM inbox") == [(2,)])
        await asyncio.sleep(3)
        assert post.rows("SELECT state, attempts FROM inbox") == [("waiting", 2)]
        other.execute("DROP TRIGGER full")
    await post.quiet()
    assert post.counts("dead") == (1, 0)
    assert [text.startswith(FAILED) for text in post.platform.sent["chat-lan"]] == [True]


async def test_an_internal_error_that_passes_costs_nothing(post: Post) -> None:
    """The second attempt answers; nothing of the first is stored."""
    faults: list[Exception] = [RuntimeError("once")]
    post.platform.unwritable = lambda _turn: faults.pop() if faults else None
    await post.say(PASSWORD)
    await post.quiet()
    assert [text.startswith(ANSWER) for text in post.platform.sent["chat-lan"]] == [True]
    assert len(post.rows("SELECT * FROM turns")) == 1


async def test_a_store_that_fails_takes_no_message_and_loses_none(post: Post) -> None:
    """The platform is not told "received"; what was taken before waits for the store."""
    await post.say(PASSWORD)
    with closing(sqlite3.connect(post.path)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError):
            await post.say(PASSWORD, "minh", "m-minh")
    assert await post.say(PASSWORD, "minh", "m-minh")
    await post.quiet()
    assert {who: len(texts) for who, texts in post.platform.sent.items()} == {
        "chat-lan": 1,
        "chat-minh": 1,
    }


async def test_what_was_sent_is_not_sent_again_because_it_could_not_be_noted(post: Post) -> None:
    """A lock of some seconds after sending repeats nothing."""
    post.platform.held = asyncio.Event()
    await post.say(PASSWORD)
    await post.until(lambda: post.platform.sending == 1)
    with closing(sqlite3.connect(post.path)) as other:
        other.execute("BEGIN IMMEDIATE")
        post.platform.held.set()
        await asyncio.sleep(1)
    await post.quiet()
    assert len(post.platform.sent["chat-lan"]) == 1


async def test_too_many_that_wait_are_not_taken(path: Path, platform: Platform) -> None:
    """The platform keeps them and delivers again; memory and disk stay bounded."""
    async with at_work(path, platform, most_waiting=3) as post:
        # One message of each person is being answered before the loop gets to the next.
        taken = await asyncio.gather(
            *(post.say(PASSWORD, f"p{n}", f"m{n}") for n in range(10)), return_exceptions=True
        )
        refused = [one for one in taken if isinstance(one, StoreError)]
        assert len(refused) == 7
        assert "tin nhắn chờ trả lời, chưa nhận thêm được" in str(refused[0])
        await post.quiet()
        assert await post.say(PASSWORD, "p9", "m9")
        await post.quiet()


# Ratings


async def test_a_rating_is_kept_at_once(post: Post) -> None:
    """By the one whose turn it is; a store that fails is told to the channel."""
    await post.say(PASSWORD)
    await post.quiet()
    (turn,) = post.platform.turns["chat-lan"]
    assert await post.inbox.rate(turn, channel="telegram", user="lan", useful=True)
    assert not await post.inbox.rate(turn, channel="telegram", user="minh", useful=True)
    await post.store.close()
    with pytest.raises(StoreError):
        await post.inbox.rate(turn, channel="telegram", user="lan", useful=True)


# Erasing


async def test_a_yes_erases_everything_and_is_confirmed(path: Path, platform: Platform) -> None:
    """What waits to be sent goes too; the confirmation goes out, then nothing is left."""
    secret = "chuyện riêng của tôi kể cho bot"
    platform.fault = lambda _address, text: (
        TryLaterError("429", 600) if text.startswith(ANSWER) else None
    )
    async with at_work(path, platform) as post:
        await post.say(secret)
        await post.say("/xoadulieu")
        await post.quiet()
        await post.say(PASSWORD, "minh")
        await post.say(PASSWORD)
        await post.until(lambda: post.counts("waiting") == (0, 2))
        assert secret.encode() in post.raw()
        await post.say("/xoadulieu")
        await post.say("có")
        await post.say("/start")
        await post.until(lambda: post.counts("waiting") == (0, 1))
        lan = post.desk.pseudonym("telegram", "lan")
        left = {
            table: post.rows(f"SELECT count(*) FROM {table} WHERE user_key = '{lan}'")[0][0]  # noqa: S608
            for table in ("turns", "inbox", "outbox", "contacts")
        }
        raw = post.raw()
    texts = platform.sent["chat-lan"]
    assert "Mình đã xóa hết dữ liệu về bạn" in texts[-2]
    assert texts[-1].startswith("Chào bạn")
    contact = left.pop("contacts")
    assert left == {"turns": 1, "inbox": 1, "outbox": 0}  # of what came after
    assert contact <= 1  # there if it came when everything was erased already
    assert secret.encode() not in raw
    assert post.rows("SELECT count(*) FROM turns") == [(2,)]  # and the other's


async def test_a_confirmation_that_cannot_be_sent_leaves_nothing_either(post: Post) -> None:
    """Who asked to be forgotten and then blocked the bot is forgotten."""
    await post.say("/xoadulieu")
    await post.quiet()
    post.platform.fault = lambda _address, _text: UndeliverableError("blocked")
    await post.say("có")
    await post.quiet()
    for table in ("turns", "outbox", "contacts"):
        assert post.rows(f"SELECT * FROM {table}") == []  # noqa: S608
    assert post.rows("SELECT user_key, text FROM inbox") == [("", None)] * 2


async def test_a_platform_may_have_everything_of_a_person_erased(
    path: Path, platform: Platform
) -> None:
    """Messages that wait for their answer or to be sent go too, and are not answered again."""
    platform.fault = lambda _address, _text: TryLaterError("no network")
    async with at_work(path, platform) as post:
        await post.say(PASSWORD, message_id="m1")
        await post.until(lambda: post.counts("waiting") == (0, 1))
        await post.inbox.erase(channel="telegram", user="lan")
        assert post.counts("waiting") == (0, 0)
        assert not await post.say(PASSWORD, message_id="m1")
        assert PASSWORD.encode() not in post.raw()


# Chance


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    people=st.integers(1, 6),
    each=st.integers(1, 5),
    parts=st.integers(1, 3),
    seed=st.integers(0, 10**6),
)
def test_whatever_fails_each_message_is_answered_once_and_in_order(
    tmp_path_factory: pytest.TempPathFactory, people: int, each: int, parts: int, seed: int
) -> None:
    """Deliveries repeat, sending and writing fail, the program restarts in the middle."""
    chance = random.Random(seed)
    platform = Platform(parts=parts)

    def fault(address: str, text: str) -> Exception | None:
        del address, text
        return TryLaterError("chance", 0.001) if chance.random() < 0.3 else None

    platform.fault = fault
    platform.unwritable = lambda turn: (
        RuntimeError()
        if turn.reply.status is not Status.FAILED and chance.random() < 0.1
        else None
    )
    path = tmp_path_factory.mktemp("chance") / "hoidap.db"
    clock = Clock()

    async def run() -> None:
        wanted = [(f"p{n}", k) for k in range(each) for n in range(people)]
        for _ in range(4):
            async with at_work(path, platform, clock=clock) as post:
                for user, number in wanted:
                    text = f"câu thứ {number} của tôi"
                    await post.say(text, user, f"{user}-{number}")
                    if chance.random() < 0.5:
                        await asyncio.sleep(0.002)
            clock.ahead += timedelta(minutes=5)
        platform.fault = lambda _address, _text: None
        async with at_work(path, platform, clock=clock) as post:
            await post.quiet()

    asyncio.run(run())
    with closing(sqlite3.connect(path)) as database:
        turns = database.execute("SELECT user_key, text FROM turns ORDER BY id").fetchall()
        dead = database.execute("SELECT count(*) FROM inbox WHERE state = 'dead'").fetchone()[0]
    by_person: dict[str, list[str]] = {}
    for user_key, text in turns:
        by_person.setdefault(user_key, []).append(text)
    texts = [f"câu thứ {number} của tôi" for number in range(each)]
    assert len(turns) + dead == people * each
    for said in by_person.values():
        assert said == [text for text in texts if text in said]
    for person in range(people):
        numbers = platform.turns[f"chat-p{person}"]
        own = [number for number in numbers if number]
        assert own == sorted(own)
        assert len(numbers) == each * parts
