"""The contract of every channel, played by one suite on the real bot.

What a platform does not have is stated in its driver (`cannot`) and proved there.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from bot.proposals import Published
from bot.review.intake import Intake
from bot.review.outcomes import Outcomes
from tests.contract.driver import Deed, Person, number_of
from tests.contract.on_telegram import TelegramPolling, TelegramWebhook
from tests.contract.on_the_web import Web
from tests.contract.on_zalo_bot import ZaloBotPolling, ZaloBotWebhook
from tests.contract.on_zalo_oa import ZaloOA
from tests.contract.stage import Stage, on_stage
from tests.logs import logging_as
from tests.sample_faq import asks_back, changed, sample_faq, with_bands

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from bot.faq import Faq

DRIVERS = (TelegramPolling, TelegramWebhook, ZaloOA, ZaloBotPolling, ZaloBotWebhook, Web)

PASSWORD = "quên mật khẩu vneid thì làm sao"
ANSWER = "Bạn tự đặt lại mật khẩu ngay trên ứng dụng."
OTP = "không nhận được mã otp vneid"
OTP_ANSWER = "Thường do sim bị khóa hoặc máy chặn tin nhắn lạ."
RIVER = "sông nào dài nhất việt nam"
UNKNOWN = "Mình chưa có câu trả lời cho câu này."
NO_TEXT = ("Mình chưa thấy nội dung.", "Mình chỉ đọc được chữ")
ASKS_BACK = "Bạn muốn hỏi điều nào dưới đây? Bấm chọn hoặc gõ số."
OFFER = "Báo cho tôi khi có câu trả lời"
NEWS = "Câu bạn hỏi nay đã có câu trả lời."
NEWEST_OPINION = "SELECT useful, reason FROM feedback ORDER BY id DESC LIMIT 1"
ERASED = "Mình đã xóa hết dữ liệu về bạn trên kênh này."

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(
    scope="module", loop_scope="module", params=DRIVERS, ids=[driver.name for driver in DRIVERS]
)
async def stage(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Stage]:
    async with on_stage(request.param(), tmp_path_factory.mktemp("home")) as stage:
        yield stage


@pytest.fixture
def lan(stage: Stage) -> Person:
    return stage.newcomer()


@contextmanager
def served(stage: Stage, faq: Faq) -> Iterator[None]:
    """Answer from another FAQ for a while."""
    stage.serve(faq)
    try:
        yield
    finally:
        stage.serve(sample_faq())


async def has(stage: Stage, deed: Deed, person: Person) -> bool:
    """Tell whether the platform has this; if not, it proves that it has not."""
    lack = stage.driver.cannot.get(deed)
    if lack:
        assert lack.why
        await lack.proof(person)
    return lack is None


async def test_what_platforms_cannot_do_is_known() -> None:
    """A new gap is written here on purpose, never found by a citizen."""
    assert {driver.name: set(driver.cannot) for driver in DRIVERS} == {
        "telegram-polling": set(),
        "telegram-webhook": set(),
        "zalo-oa": set(),
        "zalo-bot-polling": {Deed.TAP},
        "zalo-bot-webhook": {Deed.TAP},
        "web": {Deed.PICTURES, Deed.TWICE, Deed.SWAPPED, Deed.SENDING, Deed.NEWS},
    }


# A conversation


async def test_whoever_comes_is_greeted_and_shown_the_topics(lan: Person) -> None:
    """The bot says what it is for and what never to send, before anything is asked."""
    await lan.arrive()
    greeting = await lan.see()
    shown = " ".join((greeting.text, *greeting.buttons))
    assert "mình là trợ lý" in shown.lower()
    assert "mã OTP" in shown
    assert all(topic in shown for topic in ("Tài khoản VNeID", "Thẻ căn cước", "Bảo hiểm y tế"))


async def test_a_question_is_answered_with_every_fact(lan: Person) -> None:
    """Lead, steps in order, fee, hotline, both sources with the date; one answer."""
    await lan.say(PASSWORD)
    answers = await lan.answers()
    text = "\n".join(answer.text for answer in answers)
    assert text.startswith(ANSWER)
    assert text.index("1. Mở VNeID, bấm Quên mật khẩu.") < text.index("2. Nhập số căn cước")
    for fact in ("Không mất tiền.", "1900 0368", "69/2024/NĐ-CP", "Bộ Công an", "22/11/2026"):
        assert text.count(fact) == 1, fact


async def test_a_choice_is_made_by_its_number(stage: Stage, lan: Person) -> None:
    """Everywhere, buttons or not; what fits none is heard too."""
    with served(stage, asks_back()):
        await lan.say(PASSWORD)
        assert ASKS_BACK in (await lan.see()).text
        await lan.say("1")
        assert (await lan.see()).text.startswith(ANSWER)
        await lan.say(PASSWORD)
        offered = await lan.see()
        await lan.say("99")
        assert "số từ 1 đến" in (await lan.see()).text
        await lan.say("không đúng câu nào")
    assert ASKS_BACK in offered.text
    assert await lan.answers()


async def test_a_choice_is_made_by_tapping(stage: Stage, lan: Person) -> None:
    """The button's own entry is answered."""
    if not await has(stage, Deed.TAP, lan):
        return
    with served(stage, asks_back()):
        await lan.say(PASSWORD)
        offered = await lan.see()
        assert any("Quên mật khẩu VNeID" in button for button in offered.buttons)
        await lan.tap("Quên mật khẩu VNeID")
        assert (await lan.see()).text.startswith(ANSWER)
        await lan.say(PASSWORD)
        await lan.see()
        await lan.tap("Không đúng câu nào")
        told = await lan.see()
    assert not told.text.startswith(ANSWER)


async def test_what_the_bot_does_not_know_it_says(lan: Person) -> None:
    """With where to ask, and what it does know."""
    await lan.say(RIVER)
    unknown = await lan.see()
    assert unknown.text.startswith(UNKNOWN)
    assert "1900 0368" in unknown.text
    assert "Thẻ căn cước" in " ".join((unknown.text, *unknown.buttons))


# Whatever is sent


@pytest.mark.parametrize("kind", ["photo", "sticker", "voice"])
async def test_what_is_no_text_gets_a_helpful_answer(stage: Stage, lan: Person, kind: str) -> None:
    """One answer, and the warning about papers."""
    if not await has(stage, Deed.PICTURES, lan):
        return
    await lan.show(kind)
    (answer,) = await lan.answers()
    assert answer.text.startswith(NO_TEXT[1])
    assert "Đừng gửi ảnh giấy tờ" in answer.text


@pytest.mark.parametrize("text", ["", "  \n\t", "\u200b\u2060"])
async def test_an_empty_message_gets_a_helpful_answer(lan: Person, text: str) -> None:
    """Nothing, blanks, and what nobody can see."""
    await lan.say(text)
    (answer,) = await lan.answers()
    assert answer.text


@pytest.mark.parametrize(
    "piece", [f"{PASSWORD} ", "a", "ế", "👩‍👩‍👧 ", "\n", "1 ", "<b>", "e\u0301\u0323"]
)
async def test_twenty_thousand_characters_are_one_message(lan: Person, piece: str) -> None:
    """It is answered within the platform's limits, and so is what comes after it."""
    await lan.say((piece * 20_000)[:20_000])
    answers = await lan.answers()
    assert 1 <= len(answers) <= 4
    assert all(answer.text for answer in answers)
    await lan.say(PASSWORD)
    assert (await lan.see()).text.startswith(ANSWER)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script> <img src=x onerror=alert(1)> <b>quên",
        "*đậm* _nghiêng_ `mã` [bấm](https://evil.example) ||ẩn|| ~bỏ~ \\",
        "'; DROP TABLE turns; -- \" OR 1=1",
        "{le_phi} {0} %s %(x)s ${HOME} {{7*7}} {% raw %}",
        "\x1b[31mđỏ\x1b[0m \x07 \x08 \x7f \x85 \ufeff \ufffe",
        "\u202eđảo\u202c \u2066x\u2069 \u200d \u0300\u0301",
        "quên\0mật\0khẩu",
        "nửa chữ \ud83d hỏng",
        "/start@bot_khac; rm -rf /",
        "#e:vneid_quen_mat_khau #fb:1:1 #menu",
        '{"choice": "erase:yes"}',
    ],
)
async def test_hostile_text_is_only_text(stage: Stage, lan: Person, text: str) -> None:
    """It is answered, comes back in no message, and harms nothing that is kept."""
    turns = stage.rows("SELECT count(*) FROM turns")[0][0]
    await lan.say(text)
    answers = await lan.answers()
    assert answers
    for answer in answers:
        assert "evil.example" not in answer.text
        assert "alert(" not in answer.text
        assert "\x1b" not in answer.text
        assert "49" not in answer.text
    assert stage.rows("SELECT count(*) FROM turns")[0][0] > turns
    assert stage.rows("PRAGMA integrity_check") == [("ok",)]
    await lan.say(PASSWORD)
    assert (await lan.see()).text.startswith(ANSWER)


async def test_marks_in_an_answer_are_shown_as_they_were_written(
    stage: Stage, lan: Person
) -> None:
    """What an editor writes with angle brackets is no mark-up of any platform."""
    strange = '**Mức 2 < 3 & "4" > 1.** Gõ <b>đậm</b>, 5 * 6, a_b_c, &amp; rồi </div>.'
    seen = 'Mức 2 < 3 & "4" > 1. Gõ <b>đậm</b>, 5 * 6, a_b_c, &amp; rồi </div>.'
    with served(stage, changed(sample_faq(), "vneid_quen_mat_khau", answer=strange)):
        await lan.say(PASSWORD)
        assert seen in (await lan.see()).text


# However it is delivered


async def test_a_message_that_is_delivered_twice_is_answered_once(
    stage: Stage, lan: Person
) -> None:
    """And makes one turn."""
    if not await has(stage, Deed.TWICE, lan):
        return
    turns = stage.rows("SELECT count(*) FROM turns")[0][0]
    await lan.say_twice(PASSWORD)
    (answer,) = await lan.answers()
    assert answer.text.startswith(ANSWER)
    assert stage.rows("SELECT count(*) FROM turns")[0][0] == turns + 2  # the menu is the other


async def test_messages_in_another_order_are_answered_once_each(stage: Stage, lan: Person) -> None:
    """In the order in which they came: nobody can know of the other one yet."""
    if not await has(stage, Deed.SWAPPED, lan):
        return
    await lan.say_swapped(PASSWORD, OTP)
    first, second = await lan.answers()
    assert first.text.startswith(OTP_ANSWER)
    assert second.text.startswith(ANSWER)


async def test_a_slow_platform_holds_up_nobody_else(stage: Stage, lan: Person) -> None:
    """Another citizen is answered meanwhile; the slow answer comes once."""
    if not await has(stage, Deed.SENDING, lan):
        return
    minh = stage.newcomer()
    stage.driver.hold_up(1.5)
    await lan.say(PASSWORD)
    await asyncio.sleep(0.3)  # until it is being sent
    await minh.say(OTP)
    assert (await minh.see()).text.startswith(OTP_ANSWER)
    (answer,) = await lan.answers()
    assert answer.text.startswith(ANSWER)


async def test_a_platform_in_trouble_gets_the_answer_once_it_is_well(
    stage: Stage, lan: Person
) -> None:
    """502, then 429, then well: one answer, none is lost and none is dead."""
    if not await has(stage, Deed.SENDING, lan):
        return
    stage.driver.refuse(502, 429)
    await lan.say(PASSWORD)
    (answer,) = await lan.answers()
    assert answer.text.startswith(ANSWER)
    await stage.quiet()
    assert stage.rows("SELECT count(*) FROM outbox") == [(0,)]


async def test_what_could_not_be_sent_is_sent_after_a_restart(stage: Stage, lan: Person) -> None:
    """The bot stops while the platform is down; the answer comes once, from the next run."""
    if not await has(stage, Deed.SENDING, lan):
        return
    stage.driver.refuse(*[503] * 20)
    await lan.say(PASSWORD)
    failed = "SELECT count(*) FROM outbox WHERE attempts > 0"
    await stage.until(lambda: stage.rows(failed) == [(1,)])
    await stage.down()
    stage.driver.forgive()
    await stage.up()
    (answer,) = await lan.answers()
    assert answer.text.startswith(ANSWER)
    await stage.quiet()
    assert stage.rows("SELECT count(*) FROM outbox") == [(0,)]


async def test_a_conversation_goes_on_after_a_restart(stage: Stage, lan: Person) -> None:
    """The number still means what was offered before."""
    with served(stage, asks_back()):
        await lan.say(PASSWORD)
        assert ASKS_BACK in (await lan.see()).text
        await stage.down()
        await stage.up()
    await lan.say("1")
    assert (await lan.see()).text.startswith(ANSWER)


# Opinions, and news


async def test_a_dislike_is_kept_with_its_reason(stage: Stage, lan: Person) -> None:
    """In the way of each channel; a question afterwards is answered as ever."""
    await lan.say(PASSWORD)
    await lan.see()
    await lan.dislike()
    await lan.give_reason("Đã cũ")
    await stage.until(lambda: stage.rows(NEWEST_OPINION) == [(0, "outdated")])
    await lan.say(OTP)
    assert OTP_ANSWER in " ".join(answer.text for answer in await lan.answers())


async def test_a_dislike_is_kept_without_a_reason(stage: Stage, lan: Person) -> None:
    """Who asks on gives none, and what they choose next is no reason either."""
    await lan.say(PASSWORD)
    await lan.see()
    await lan.dislike()
    with served(stage, asks_back()):
        await lan.say(OTP)
        offered = await lan.see()
        await lan.say("2")
        assert ASKS_BACK not in (await lan.see()).text
    assert ASKS_BACK in offered.text
    assert stage.rows(NEWEST_OPINION) == [(0, None)]


async def test_whoever_waits_is_told_once_there_is_an_answer(stage: Stage, lan: Person) -> None:
    """With the answer itself, and once."""
    if not await has(stage, Deed.NEWS, lan):
        return
    await wait_for_answer(stage, lan)
    await publish(stage)
    told = await lan.see()
    assert NEWS in told.text
    assert ANSWER in told.text
    await publish(stage)
    assert await lan.answers() == []


async def test_whoever_says_stop_is_not_told(stage: Stage, lan: Person) -> None:
    """In words, without accents too."""
    if not await has(stage, Deed.NEWS, lan):
        return
    await wait_for_answer(stage, lan)
    await lan.say("thoi bao nhe")
    assert "Mình sẽ không báo nữa" in (await lan.see()).text
    await publish(stage)
    assert await lan.answers() == []


async def wait_for_answer(stage: Stage, person: Person) -> None:
    """Ask what the bot does not know yet, and wish to be told."""
    with served(stage, with_bands(answer=1.5, clarify=1.4)):
        await person.say(PASSWORD)
        unknown = await person.see()
        if Deed.TAP in stage.driver.cannot:
            await person.say(number_of(OFFER, unknown.text))
        else:
            await person.tap(OFFER)
        assert "Mình sẽ báo cho bạn ở đây" in (await person.see()).text


async def publish(stage: Stage) -> None:
    """Let everything that waits for a reviewer be answered by one entry, as the console does."""
    now = datetime.now(UTC)
    await Intake(stage.app.store).run(now)
    waiting = tuple(number for (number,) in stage.rows("SELECT id FROM clusters"))
    told = Published(1, "an", ("vneid_quen_mat_khau",), waiting, ())
    await Outcomes(stage.app.store, lambda: now).published(told)
    await stage.app.proposals.on_published[-1](told)  # the service's own: whoever waits is told


# What is kept


@pytest.mark.parametrize("way", ["/riengtu", "cho mình xem quyền riêng tư", "menu"])
async def test_a_citizen_is_told_what_is_kept(stage: Stage, lan: Person, way: str) -> None:
    """By the command, in words and from the menu; in full, also where messages are short."""
    await ask_for(stage, lan, way, "Quyền riêng tư")
    text = "\n".join(answer.text for answer in await lan.answers())
    for heading in ("Lưu những gì", "Che đi trước khi lưu", "Giữ bao lâu", "Ai xem được"):
        assert text.count(heading) == 1, heading
    assert "/xoadulieu" in text


@pytest.mark.parametrize("way", ["/xoadulieu", "xóa dữ liệu của tôi", "xoa du lieu", "menu"])
async def test_erasure_is_a_command_words_and_an_item_of_the_menu(
    stage: Stage, lan: Person, way: str
) -> None:
    """Each asks once more before anything is erased."""
    await ask_for(stage, lan, way, "Xóa dữ liệu của tôi")
    assert "Bạn có chắc muốn xóa hết dữ liệu" in (await lan.see()).text


async def ask_for(stage: Stage, person: Person, way: str, title: str) -> None:
    """Say it; or choose it from the menu of topics, by a tap where there are buttons."""
    if way != "menu":
        await person.say(way)
        return
    await person.say("/chu_de")
    menu = (await person.see()).text
    if Deed.TAP not in stage.driver.cannot:
        await person.tap(title)
        return
    await person.say(number_of(title, menu))


@pytest.mark.parametrize("way", ["word", "number", "tap"])
async def test_a_citizen_erases_everything(stage: Stage, lan: Person, way: str) -> None:
    """After a yes nothing of what they wrote is left, not even in the raw file."""
    if way == "tap" and not await has(stage, Deed.TAP, lan):
        return
    mark = f"dauvet{way}"
    await lan.say(f"{PASSWORD} {mark}")
    await lan.see()
    assert mark.encode() in stage.raw()
    await lan.say("/xoadulieu")
    offer = await lan.see()
    assert "Bạn có chắc muốn xóa hết dữ liệu" in offer.text
    if way == "tap":
        await lan.tap("Có, xóa hết")
    else:
        await lan.say({"word": "có", "number": "1"}[way])
    assert ERASED in (await lan.see()).text
    assert mark.encode() not in stage.raw()


async def test_a_citizen_who_says_no_keeps_everything(stage: Stage, lan: Person) -> None:
    """The bot confirms that too."""
    await lan.say(f"{PASSWORD} dauvetgiulai")
    await lan.see()
    await lan.say("/xoadulieu")
    await lan.see()
    await lan.say("không")
    assert "giữ nguyên" in (await lan.see()).text
    assert b"dauvetgiulai" in stage.raw()


async def test_nothing_secret_or_personal_is_in_the_log(
    stage: Stage, lan: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither tokens nor words, at the most talkative level, in trouble too."""
    with logging_as("json", "debug"):
        logging.getLogger(__name__).debug("listening")
        if Deed.SENDING not in stage.driver.cannot:
            stage.driver.refuse(500)
        await lan.say("số căn cước 001099012345 quên mật khẩu dauvetnhatky")
        await lan.answers()
        await stage.down()
        await stage.up()
    log = capsys.readouterr().err
    assert "listening" in log
    for secret in (*stage.driver.secrets, "dauvetnhatky", "001099012345"):
        assert secret not in log
