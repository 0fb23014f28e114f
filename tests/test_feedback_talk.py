"""An opinion said in the conversation: by a sign or a button, then why; nothing else is one."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from bot.channels.console import chat
from bot.feedback import BY_SIGN, LABELS, Opinion, Why, opinion, sign
from bot.messages import Status
from tests import test_front_desk
from tests.sample_faq import asks_back
from tests.test_console import typed
from tests.test_front_desk import PASSWORD, Counter

if TYPE_CHECKING:
    from sqlalchemy import Connection

OUTDATED = "2"
counter = test_front_desk.counter  # the fixture


async def opinions(counter: Counter) -> list[tuple[int, bool, str | None]]:
    """What is kept: turn, useful, reason."""

    def read(connection: Connection) -> list[tuple[int, bool, str | None]]:
        found = connection.exec_driver_sql(
            "SELECT turn_id, useful, reason FROM feedback ORDER BY turn_id"
        )
        return [(turn, bool(useful), reason) for turn, useful, reason in found]

    return await counter.store.read(read)


async def test_a_dislike_and_its_reason_are_noted_on_the_answer(counter: Counter) -> None:
    """The sign is kept at once; the reason that is chosen by its number joins it."""
    answer = await counter.ask(PASSWORD)
    why = await counter.ask("-")
    assert why.reply.status is Status.ASKED_WHY
    assert [choice.title for choice in why.reply.choices] == list(LABELS.values())
    assert await opinions(counter) == [(answer.id, False, None)]
    noted = await counter.ask(OUTDATED)
    assert "“Đã cũ”" in noted.reply.text
    assert await opinions(counter) == [(answer.id, False, "outdated")]


async def test_after_a_like_the_numbers_on_the_screen_still_count(counter: Counter) -> None:
    """Thanking takes nothing away."""
    answer = await counter.ask(PASSWORD)
    thanks = await counter.ask("👍🏽")
    assert thanks.reply.choices == ()
    assert await opinions(counter) == [(answer.id, True, None)]
    chosen = await counter.ask("1")
    assert (chosen.reply.status, chosen.reply.entry) == (Status.CHOSEN, "vneid_khong_nhan_otp")


async def test_who_meant_the_other_sign_may_say_it(counter: Counter) -> None:
    """The newest opinion counts, with its reason or without."""
    answer = await counter.ask(PASSWORD)
    for said in ("+", "-", OUTDATED, "👍"):
        await counter.ask(said)
    assert await opinions(counter) == [(answer.id, True, None)]


async def test_a_number_is_a_reason_only_directly_after_it_was_asked_for(
    counter: Counter,
) -> None:
    """A new question ends the asking: its own choices are meant, and the 👎 stays as it was."""
    answer = await counter.ask(PASSWORD)
    await counter.ask("-")
    counter.serve(asks_back())
    clarified = await counter.ask(PASSWORD)
    assert clarified.reply.status is Status.CLARIFIED
    assert (await counter.ask("1")).reply.status is Status.CHOSEN
    assert await opinions(counter) == [(answer.id, False, None)]


async def test_a_late_number_is_no_reason(counter: Counter) -> None:
    """Half an hour later nobody knows any more what the numbers were; a button still says it."""
    answer = await counter.ask(PASSWORD)
    asked = await counter.ask("-")
    counter.now[0] += timedelta(minutes=31)
    await counter.ask(OUTDATED)
    assert await opinions(counter) == [(answer.id, False, None)]
    await counter.tap(asked.reply.choices[2].id)
    assert await opinions(counter) == [(answer.id, False, "unclear")]


async def test_a_reason_is_given_once(counter: Counter) -> None:
    """The number after it is a message like any other."""
    answer = await counter.ask(PASSWORD)
    for said in ("-", OUTDATED, "3"):
        await counter.ask(said)
    assert await opinions(counter) == [(answer.id, False, "outdated")]


async def test_a_number_that_is_no_reason_asks_again(counter: Counter) -> None:
    """As everywhere: the numbers there are, and nothing is kept."""
    answer = await counter.ask(PASSWORD)
    await counter.ask("-")
    assert "từ 1 đến 4" in (await counter.ask("7")).reply.text
    await counter.ask("4")
    assert await opinions(counter) == [(answer.id, False, "not_my_case")]


async def test_a_clarification_waits_while_an_older_answer_is_rated(counter: Counter) -> None:
    """The tap on an old button changes nothing of what is being asked."""
    answer = await counter.ask(PASSWORD)
    counter.serve(asks_back())
    await counter.ask("mất thẻ căn cước làm lại ở đâu")
    await counter.tap(Opinion(answer.id, useful=True).choice)
    chosen = await counter.ask("1")
    assert chosen.reply.status is Status.CHOSEN
    assert counter.rows()[-1]["text"] == "mất thẻ căn cước làm lại ở đâu"


@pytest.mark.parametrize("before", ["", "/start", "sông nào dài nhất việt nam"])
async def test_a_sign_without_an_answer_is_no_opinion(counter: Counter, before: str) -> None:
    """There is nothing to be rated."""
    if before:
        await counter.ask(before)
    turn = await counter.ask("-")
    assert turn.reply.status not in {Status.RATED, Status.ASKED_WHY}
    assert await opinions(counter) == []


@pytest.mark.parametrize("choice", ["fb:1:0", "fb:1:0:wrong", "fb:999:1", f"fb:{'9' * 18}:1"])
async def test_nobody_rates_the_answer_of_another(counter: Counter, choice: str) -> None:
    """Whatever turn a made-up button names."""
    await counter.ask(PASSWORD, user="minh")
    turn = await counter.tap(choice)
    assert (turn.reply.status, await opinions(counter)) == (Status.STALE_CHOICE, [])
    assert counter.rows()[-1]["choice"] is None


async def test_opinions_go_with_their_person(counter: Counter) -> None:
    """Erasing takes what was said of an answer, and that it was said."""
    for said in (PASSWORD, "-", OUTDATED):
        await counter.ask(said)
    await counter.desk.erase(channel="web", user="lan")
    assert (await opinions(counter), counter.rows()) == ([], [])


@pytest.mark.parametrize(
    ("text", "useful"),
    [
        ("+", True),
        (" 👍 ", True),
        ("-", False),
        ("–", False),
        ("👎🏿", False),
        ("👎\ufe0f", False),
    ],
)
def test_signs_are_whole_messages(text: str, *, useful: bool) -> None:
    """Phones make dashes longer and thumbs darker."""
    assert sign(text) is useful


@pytest.mark.parametrize("text", ["", "+1", "- 1", "--", "👍👎", "1-2", "có", "không", "113"])
def test_what_may_be_a_question_is_no_sign(text: str) -> None:
    """Numbers, ranges, words."""
    assert sign(text) is None


@pytest.mark.parametrize("why", [None, *Why])
def test_an_opinion_reads_back_as_it_was_written(why: Why | None) -> None:
    """Within what a button may hold, whatever the number of the turn."""
    said = Opinion(10**18 - 1, useful=False, why=why)
    assert opinion(said.choice) == said
    assert len(said.choice.encode()) <= 64


@pytest.mark.parametrize(
    "choice", [None, "", "fb:1:1:wrong", "fb:1:0:x", "fb::0", "fb:1:0:", "fb:²:1"]
)
def test_what_is_no_opinion_is_none(choice: str | None) -> None:
    """Only a dislike has a reason, and only one of the list."""
    assert opinion(choice) is None


async def test_the_terminal_takes_a_sign_and_a_number(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says which signs, under answers alone."""
    typed(monkeypatch, f"{PASSWORD}\n-\n{OUTDATED}\n".encode())
    screen = io.StringIO()
    await chat(counter.desk, Console(file=screen, width=200, highlight=False), user="an")
    said = screen.getvalue()
    assert said.count(BY_SIGN) == 1
    assert said.index("Bạn tự đặt lại") < said.index(BY_SIGN) < said.index("2. Đã cũ")
    assert [reason for _, _, reason in await opinions(counter)] == ["outdated"]
