"""What happens to one message: masked, answered, stored once; and a sentence when all else fails."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

import pytest

from bot.channels.plain import to_text
from bot.front_desk import FrontDesk
from bot.messages import Content, Incoming, Status, Turn
from bot.store import Store, StoreError
from tests.asked_in_vain import asked_in_vain
from tests.logs import logging_as
from tests.sample_faq import asks_back, changed, sample_faq

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path

    from bot.faq import Faq

NOON = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)  # in Vietnam
SECRET = b"mot khoa chi de thu nghiem"
PASSWORD = "quên mật khẩu vneid thì làm sao"
ID_NUMBER = "001099012345"
PHONE = "0912345678"


@dataclass(slots=True)
class Counter:
    """A front desk with its store and its clock, and one person standing at it."""

    path: Path
    store: Store
    desk: FrontDesk
    now: list[datetime] = field(default_factory=lambda: [NOON])

    async def ask(self, text: str, user: str = "lan", channel: str = "web") -> Turn:
        return await self.desk.respond(Incoming(channel, user, Content.TEXT, text))

    async def tap(self, choice: str, user: str = "lan") -> Turn:
        return await self.desk.respond(Incoming("web", user, Content.CHOICE, choice=choice))

    def rows(self) -> list[dict[str, Any]]:
        """Every stored turn, read past the store."""
        with closing(sqlite3.connect(self.path)) as database:
            database.row_factory = sqlite3.Row
            return [dict(row) for row in database.execute("SELECT * FROM turns ORDER BY id")]

    def serve(self, faq: Faq) -> None:
        self.desk = FrontDesk(faq, self.store, secret=SECRET, now=lambda: self.now[0])


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    with logging_as("json", "error"):
        yield


@pytest.fixture
async def counter(tmp_path: Path) -> AsyncIterator[Counter]:
    path = tmp_path / "hoidap.db"
    store = await Store.open(f"sqlite+aiosqlite:///{path}", busy_seconds=0.1)
    now = [NOON]
    yield Counter(
        path, store, FrontDesk(sample_faq(), store, secret=SECRET, now=lambda: now[0]), now
    )
    await store.close()


# One message, one turn


async def test_a_message_is_one_turn_with_all_that_led_to_the_reply(counter: Counter) -> None:
    """What reviewers see later is what happened."""
    turn = await counter.ask(PASSWORD)
    (row,) = counter.rows()
    verdict = json.loads(row.pop("verdict"))
    assert verdict["kind"] == "answer"
    assert verdict["ranking"][0]["entry"] == "vneid_quen_mat_khau"
    assert row.pop("latency_ms") > 0
    assert json.loads(row.pop("offered"))[0] == {
        "id": "e:vneid_khong_nhan_otp",
        "title": "Không nhận được mã OTP của VNeID",
    }
    assert len(row.pop("user_key")) == 32
    assert row == {
        "id": turn.id,
        "at": "2026-11-22 05:00:00.000000",
        "channel": "web",
        "content": "text",
        "text": PASSWORD,
        "normalised": "quen mat khau vneid",
        "status": "answered",
        "entry": "vneid_quen_mat_khau",
        "choice": None,
    }


@pytest.mark.parametrize(
    "incoming",
    [
        Incoming("web", "lan", Content.TEXT, ""),
        Incoming("web", "lan", Content.TEXT, "/start"),
        Incoming("telegram", "7", Content.OTHER),
        Incoming("telegram", "7", Content.OTHER, PASSWORD),
        Incoming("telegram", "7", Content.CHOICE, choice="e:khong_co"),
        Incoming("console", "root", Content.TEXT, "sông nào dài nhất việt nam"),
        Incoming("web", "lan", Content.TEXT, "a\0b\ud83d"),
        Incoming("web", "lan", Content.TEXT, "🙂" * 10_000),
        Incoming("web", "\ud83d", Content.TEXT, "căn cước " * 100_000),
        Incoming("web", "lan", Content.CHOICE, choice="e:\0\ud83d"),
        Incoming("web", "lan", Content.CHOICE, choice="t:vneid:" + "9" * 5000),
    ],
    ids=lambda incoming: repr((incoming.text or incoming.choice or "")[:20]),
)
async def test_anything_is_answered_and_stored_once(counter: Counter, incoming: Incoming) -> None:
    """No message is lost, doubled or met with an apology for a fault of ours."""
    turn = await counter.desk.respond(incoming)
    assert turn.reply.status is not Status.FAILED
    assert turn.reply.text
    assert [row["id"] for row in counter.rows()] == [turn.id]
    assert all(len(row["text"]) <= 4000 for row in counter.rows())


async def test_messages_at_the_same_time_are_a_turn_each(counter: Counter) -> None:
    """Fifty people at once get fifty answers and fifty turns."""
    turns = await asyncio.gather(*(counter.ask(PASSWORD, f"p{n}") for n in range(50)))
    assert {turn.reply.status for turn in turns} == {Status.ANSWERED}
    assert sorted(turn.id for turn in turns) == [row["id"] for row in counter.rows()]
    assert len({row["user_key"] for row in counter.rows()}) == 50


async def test_a_message_with_two_questions_is_two_turns(counter: Counter) -> None:
    """Each has its answer, its feedback and its place among what officials review."""
    turn = await counter.ask(f"Mất thẻ căn cước làm lại ở đâu? Còn nữa, em {PASSWORD} ạ?")
    assert [one.reply.entry for one in turn.all] == ["can_cuoc_cap_lai", "vneid_quen_mat_khau"]
    assert [row["entry"] for row in counter.rows()] == ["can_cuoc_cap_lai", "vneid_quen_mat_khau"]
    assert [row["id"] for row in counter.rows()] == [one.id for one in turn.all]
    assert counter.rows()[0]["text"] == "Mất thẻ căn cước làm lại ở đâu?"


@pytest.mark.parametrize("text", ["\n" * 20_000, " " * 8001 + PASSWORD, "a" * 20_000])
async def test_a_message_without_a_word_to_cut_at_is_answered(counter: Counter, text: str) -> None:
    """Blanks alone, blanks first, no blank at all."""
    turn = await counter.ask(text)
    assert turn.reply.status is not Status.FAILED
    assert len(counter.rows()) == 1


# Privacy


async def test_personal_data_is_masked_before_it_is_stored(counter: Counter) -> None:
    """Neither the row nor any other byte of the files holds what was taken out."""
    turn = await counter.ask(f"{PASSWORD}, cccd {ID_NUMBER}, gọi {PHONE}, otp 482913")
    (row,) = counter.rows()
    assert row["text"] == (f"{PASSWORD}, cccd [số giấy tờ], gọi [số điện thoại], otp [mã bí mật]")
    assert turn.reply.caution is not None
    assert "Bạn vừa gửi thông tin cá nhân" in turn.reply.caution
    assert await left_behind(counter, ID_NUMBER, PHONE, "482913") == []


async def test_who_asked_is_stored_as_a_pseudonym(counter: Counter) -> None:
    """The channel's own id is nowhere in the files; one person on two channels is two."""
    await counter.ask(PASSWORD, "nguoi-dung-84912", "web")
    await counter.ask(PASSWORD, "nguoi-dung-84912", "telegram")
    await counter.ask(PASSWORD, "nguoi-dung-84912", "web")
    first, second, third = (row["user_key"] for row in counter.rows())
    assert first == third != second
    assert await left_behind(counter, "nguoi-dung-84912") == []


async def test_a_made_up_button_stores_nothing_of_a_person(counter: Counter) -> None:
    """What a button holds comes from outside too, and is no way around the masking."""
    await counter.tap(f"e:{ID_NUMBER}")
    await counter.tap(PHONE)
    assert await left_behind(counter, ID_NUMBER, PHONE) == []


async def left_behind(counter: Counter, *words: str) -> list[str]:
    """Which of the words stand in the database's files."""
    await counter.store.close()
    data = b"".join(path.read_bytes() for path in counter.path.parent.iterdir())
    return [word for word in words if word.encode() in data]


# The conversation's memory


async def test_the_session_is_the_persons_own_last_turn(counter: Counter) -> None:
    """A number chooses from what this person was offered, whoever asked in between."""
    await counter.ask("/start", "lan")
    await counter.ask(PASSWORD, "minh")
    assert (await counter.ask("2", "lan")).reply.text.startswith("**Thẻ căn cước**")
    assert (await counter.ask("2", "minh")).reply.entry == "vneid_doi_so"


async def test_the_session_outlives_a_restart(counter: Counter) -> None:
    """Choices that were offered before a restart can be typed after it."""
    counter.serve(asks_back())
    await counter.ask(PASSWORD)
    await counter.store.close()
    counter.store = await Store.open(f"sqlite+aiosqlite:///{counter.path}")
    counter.serve(asks_back())
    turn = await counter.ask("1")
    await counter.store.close()
    assert (turn.reply.status, turn.reply.entry) == (Status.CHOSEN, "vneid_quen_mat_khau")


async def test_a_choice_is_stored_with_the_question_that_was_asked(counter: Counter) -> None:
    """A number or a tap is a label on the question before, even after a slip of the finger."""
    counter.serve(asks_back())
    await counter.ask(PASSWORD)
    await counter.ask("99")
    await counter.ask("1")
    row = counter.rows()[-1]
    assert (row["choice"], row["text"], row["normalised"]) == (
        "e:vneid_quen_mat_khau",
        PASSWORD,
        "quen mat khau vneid",
    )


@pytest.mark.parametrize(
    ("said", "in_vain"),
    [
        (["1"], []),
        (["99", "1"], []),
        (["e:vneid_quen_mat_khau"], []),
        (["none"], [PASSWORD]),
        (["99", "none"], [PASSWORD]),
        (["cảm ơn bạn"], [PASSWORD]),
    ],
    ids=lambda value: " ".join(value) or "-",
)
async def test_a_question_asked_back_is_unanswered_once_unless_something_was_chosen(
    counter: Counter, said: list[str], in_vain: list[str]
) -> None:
    """Reviewers see what nobody found, in the words of the question, and nothing else."""
    counter.serve(asks_back())
    await counter.ask(PASSWORD)
    for one in said:
        await (counter.tap(one) if one == "none" or ":" in one else counter.ask(one))
    found = await asked_in_vain(counter.store, NOON + timedelta(minutes=35))
    assert [question for question, _ in found] == ["quen mat khau vneid" for _ in in_vain]


@pytest.mark.parametrize(
    ("now", "status"),
    [
        (datetime(2026, 12, 31, 16, 59, tzinfo=UTC), Status.ANSWERED),
        (datetime(2026, 12, 31, 17, 0, tzinfo=UTC), Status.EXPIRED),
    ],
)
async def test_a_day_ends_at_midnight_in_vietnam(
    counter: Counter, now: datetime, status: Status
) -> None:
    """An answer's last day is the day people live in, wherever the machine stands."""
    last = datetime(2026, 12, 31, tzinfo=UTC).date()
    counter.serve(changed(sample_faq(), "vneid_quen_mat_khau", valid_until=last))
    counter.now[0] = now
    assert (await counter.ask(PASSWORD)).reply.status is status


# Feedback


async def test_only_an_own_turn_can_be_rated(counter: Counter) -> None:
    """Neither somebody else's nor one that never was; the newest opinion counts."""
    turn = await counter.ask(PASSWORD)
    rate = counter.desk.rate
    assert await rate(turn.id, channel="web", user="lan", useful=True)
    assert await rate(turn.id, channel="web", user="lan", useful=False)
    assert not await rate(turn.id, channel="web", user="minh", useful=True)
    assert not await rate(turn.id, channel="telegram", user="lan", useful=True)
    assert not await rate(turn.id + 1, channel="web", user="lan", useful=True)
    assert not await rate(0, channel="web", user="lan", useful=True)
    assert not await rate(2**62, channel="web", user="lan", useful=True)
    with closing(sqlite3.connect(counter.path)) as database:
        rows = database.execute("SELECT turn_id, useful FROM feedback").fetchall()
    assert rows == [(turn.id, 0)]


async def test_a_thumb_down_on_a_chosen_answer_reaches_the_reviewer(counter: Counter) -> None:
    """An answer opened from a menu can be wrong too; the group says which entry it was."""
    turn = await counter.tap("e:vneid_quen_mat_khau")
    await counter.desk.rate(turn.id, channel="web", user="lan", useful=False)
    assert [reason for _, reason in await asked_in_vain(counter.store, NOON)] == ["feedback"]


# Erasing


async def test_a_yes_erases_all_that_is_kept_of_the_person(counter: Counter) -> None:
    """The wish and the confirmation leave no turn; others, and other channels, keep theirs."""
    rated = await counter.ask(PASSWORD)
    await counter.desk.rate(rated.id, channel="web", user="lan", useful=False)
    await counter.ask(PASSWORD, "minh")
    await counter.ask(PASSWORD, "lan", "telegram")
    offer = await counter.ask("/xoadulieu")
    assert (offer.id, offer.reply.status) == (counter.rows()[-1]["id"], Status.ERASE_OFFERED)
    turn = await counter.ask("có")
    assert (turn.id, turn.reply.status, turn.following) == (0, Status.ERASED, ())
    assert [row["id"] for row in counter.rows()] == [rated.id + 1, rated.id + 2]
    assert not await counter.desk.rate(rated.id, channel="web", user="lan", useful=True)
    assert await asked_in_vain(counter.store, NOON) == []


async def test_an_old_yes_asks_again(counter: Counter) -> None:
    """Only what the person's own last turn asked is done; a restart changes nothing of that."""
    await counter.ask("xóa dữ liệu của tôi")
    await counter.ask(PASSWORD)
    assert (await counter.tap("erase:yes")).reply.status is Status.ERASE_OFFERED
    counter.serve(asks_back())
    assert (await counter.tap("erase:yes", "minh")).reply.status is Status.ERASE_OFFERED
    assert (await counter.tap("erase:yes")).reply.status is Status.ERASED
    assert (await counter.tap("erase:yes")).reply.status is Status.ERASE_OFFERED
    assert (await counter.ask("1")).reply.status is Status.ERASED
    assert [row["status"] for row in counter.rows()] == ["erase:offered"]  # the other's


async def test_after_erasing_the_bot_answers_and_keeps_as_before(counter: Counter) -> None:
    """The confirmation says so; nothing of the time before comes back."""
    for said in ("/start", "/xoadulieu", "đồng ý"):
        await counter.ask(said)
    assert (await counter.ask("2")).reply.status is not Status.CHOSEN
    turn = await counter.ask(PASSWORD)
    assert (turn.reply.status, len(counter.rows())) == (Status.ANSWERED, 2)


async def test_a_platform_may_have_a_person_erased(counter: Counter) -> None:
    """Who withdraws at the platform is forgotten without a question; twice is no fault."""
    for user, channel in (("7", "zalo_oa"), ("7", "web"), ("8", "zalo_oa")):
        await counter.ask(PASSWORD, user, channel)
    await counter.desk.erase(channel="zalo_oa", user="7")
    await counter.desk.erase(channel="zalo_oa", user="7")
    assert [row["channel"] for row in counter.rows()] == ["web", "zalo_oa"]


async def test_an_erasing_that_fails_is_not_confirmed(counter: Counter) -> None:
    """The citizen reads that nothing was erased, the platform gets an error, a retry works."""
    await counter.ask(PASSWORD)
    await counter.ask("/xoadulieu")
    mend = lock_file(counter)
    turn = await counter.ask("có")
    with pytest.raises(StoreError):
        await counter.desk.erase(channel="web", user="lan")
    mend()
    assert (turn.id, turn.reply.status) == (0, Status.FAILED)
    assert "chưa xóa được gì" in turn.reply.text
    assert len(counter.rows()) == 2
    assert (await counter.ask("có")).reply.status is Status.ERASED
    assert counter.rows() == []


async def test_the_log_of_an_erasing_names_nobody(
    counter: Counter, capsys: pytest.CaptureFixture[str]
) -> None:
    """How many turns went, on which channel."""
    await counter.ask(PASSWORD, "nguoi-dung-84912")
    key = counter.rows()[0]["user_key"]
    with logging_as("json", "info"):
        await counter.desk.erase(channel="web", user="nguoi-dung-84912")
    told = capsys.readouterr().err
    assert '"event": "erased"' in told
    assert '"turns": 1' in told
    assert key not in told
    assert typed_in(told) == []


# When the store fails


def close_store(counter: Counter) -> Callable[[], None]:
    asyncio.get_running_loop().create_task(counter.store.close())
    return lambda: None


def lock_file(counter: Counter) -> Callable[[], None]:
    other = sqlite3.connect(counter.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    return other.close


def drop_table(counter: Counter) -> Callable[[], None]:
    with closing(sqlite3.connect(counter.path)) as database:
        database.execute("DROP TABLE feedback")
        database.execute("DROP TABLE turns")
    return lambda: None


BREAK = pytest.mark.parametrize("break_store", [close_store, lock_file, drop_table])


@BREAK
async def test_a_store_that_fails_gives_the_citizen_a_sentence(
    counter: Counter, break_store: Callable[[Counter], Callable[[], None]]
) -> None:
    """Nothing is raised, no answer is given that was not stored, and feedback is not kept."""
    rated = await counter.ask(PASSWORD)
    mend = break_store(counter)
    await asyncio.sleep(0)
    turn = await counter.ask(PASSWORD)
    kept = await counter.desk.rate(rated.id, channel="web", user="lan", useful=True)
    mend()
    assert (turn.id, turn.reply.status, kept) == (0, Status.FAILED, False)
    assert to_text(turn.reply) == (
        "Xin lỗi, hệ thống đang trục trặc nên mình chưa trả lời được. "
        "Bạn gửi lại câu hỏi sau ít phút."
    )


async def test_the_desk_answers_again_when_the_store_does(counter: Counter) -> None:
    """A lock that goes away leaves nothing behind."""
    mend = lock_file(counter)
    assert (await counter.ask(PASSWORD)).reply.status is Status.FAILED
    mend()
    assert (await counter.ask(PASSWORD)).reply.status is Status.ANSWERED
    assert len(counter.rows()) == 1


# The log


@pytest.mark.parametrize("form", ["text", "json"])
async def test_the_log_tells_what_happened_and_nothing_that_was_typed(
    counter: Counter, form: Literal["text", "json"], capsys: pytest.CaptureFixture[str]
) -> None:
    """Ids, statuses and entries are logged; words and people never are, not even at debug."""
    with logging_as(form):
        await counter.ask(f"{PASSWORD} xinloi {ID_NUMBER}", "nguoi-dung-84912")
        await counter.ask("chuyenrieng khongaibiet", "nguoi-dung-84912")
        await counter.tap("e:chuyenrieng", "nguoi-dung-84912")
        await counter.desk.rate(1, channel="web", user="nguoi-dung-84912", useful=True)
    told = capsys.readouterr().err
    assert told.count("vneid_quen_mat_khau") == 1
    assert "stale_choice" in told
    assert typed_in(told) == []


@BREAK
@pytest.mark.parametrize("form", ["text", "json"])
async def test_the_log_of_a_failure_holds_nothing_that_was_typed(
    counter: Counter,
    break_store: Callable[[Counter], Callable[[], None]],
    form: Literal["text", "json"],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """One line each, however long it lasts: why, and what to do. No value that it broke on."""
    with logging_as(form):
        mend = break_store(counter)
        await asyncio.sleep(0)
        await counter.ask(f"{PASSWORD} xinloi {ID_NUMBER}", "nguoi-dung-84912")
        await counter.ask("chuyenrieng khongaibiet", "nguoi-dung-84912")
        await counter.desk.rate(1, channel="web", user="nguoi-dung-84912", useful=True)
        mend()
    told = capsys.readouterr().err
    assert told.count("turn failed") == 2
    assert told.count("feedback failed") == 1
    assert told.count("Kho dữ liệu ") == told.count("Hãy ") == len(told.splitlines()) == 3
    assert "Logging error" not in told
    assert typed_in(told) == []


def typed_in(log: str) -> list[str]:
    words = ("xinloi", ID_NUMBER, "chuyenrieng", "khongaibiet", "nguoi-dung-84912", PASSWORD)
    return [word for word in words if word in log]


async def test_log_lines_for_machines_are_json(
    counter: Counter, capsys: pytest.CaptureFixture[str]
) -> None:
    """One object a line, with time, level, and what happened."""
    with logging_as("json", "info"):
        turn = await counter.ask(PASSWORD)
        lock = lock_file(counter)
        await counter.ask(PASSWORD)
        lock()
    answered, failed = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert answered.pop("ms") > 0
    assert answered.pop("timestamp").endswith("Z")
    assert answered == {
        "event": "turn",
        "level": "info",
        "logger": "bot.decided",
        "turn": turn.id,
        "channel": "web",
        "status": "answered",
        "entry": "vneid_quen_mat_khau",
    }
    assert (failed["event"], failed["level"]) == ("turn failed", "error")


async def test_a_quiet_level_logs_no_turns(
    counter: Counter, capsys: pytest.CaptureFixture[str]
) -> None:
    """`log_level: warning` keeps ordinary turns out of the log."""
    with logging_as("text", "warning"):
        await counter.ask(PASSWORD)
    assert capsys.readouterr().err == ""
