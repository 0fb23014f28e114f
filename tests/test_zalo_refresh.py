"""`hoidap zalo refresh` as a process: whoever is killed meanwhile, the new pair is kept."""

from __future__ import annotations

import asyncio
import resource
import signal
import subprocess
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from bot.channels.errors import TryLaterError
from bot.channels.zalo_oa.pair import SECRET as TOKENS_KEPT
from bot.channels.zalo_oa.pair import Pair, mark
from bot.channels.zalo_oa.renewal import TokensLostError, WrongAppError
from bot.cipher import Cipher
from bot.config import Settings
from bot.store import Store
from bot.vault import StoreVault
from bot.zalo_child import RenewalProcess
from tests.fakes.zalo_oa_server import TOKENS, FakeZaloOA
from tests.program import PATIENCE, SECRET, begin, environment

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

# A bot, as far as the tokens see it.
BOT = """
import asyncio
from bot.config import Settings
from bot.zalo_child import RenewalProcess
asyncio.run(RenewalProcess(Settings())(""))
"""


class World:
    """The fake Zalo and a folder with the bot's data."""

    def __init__(self, zalo: FakeZaloOA, home: Path) -> None:
        self.zalo = zalo
        self.home = home
        self.first = zalo.oauth.grant()["refresh_token"]

    @property
    def refreshes(self) -> int:
        return len(self.zalo.called(TOKENS))

    def given(self, **changes: str) -> dict[str, str]:
        settings = {
            "data_dir": str(self.home / "data"),
            "secret_key": SECRET,
            "zalo_oa_app_id": self.zalo.app_id,
            "zalo_oa_app_secret": self.zalo.app_secret,
            "zalo_oa_refresh_token": self.first,
            "zalo_oauth_base_url": self.zalo.url,
        }
        return settings | changes

    def process(self, **changes: str) -> RenewalProcess:
        return RenewalProcess(Settings.model_validate(self.given(**changes)))

    async def by_hand(self, *arguments: str, **changes: str) -> tuple[int, str]:
        """Run the command to its end; gives the exit code and all it said."""
        return await said(await self.begin(*arguments, **changes))

    async def begin(self, *arguments: str, **changes: str) -> Process:
        return await begin(self.home, "zalo", "refresh", *arguments, **self.given(**changes))

    async def bot(self) -> Process:
        """Start what asks for a renewal, and can be killed without it."""
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-c", BOT),
            cwd=self.home,
            env=environment(**self.given()),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )

    async def asked(self, times: int = 1) -> None:
        """Wait until Zalo was asked so often."""
        await until(lambda: self.refreshes >= times)

    async def made(self) -> None:
        """Wait until Zalo has made a pair out of a refresh token."""
        await until(lambda: bool(self.zalo.oauth.spent))

    async def kept(self) -> Pair | None:
        async with self.vault() as vault:
            return Pair.from_json(await vault.secret(TOKENS_KEPT))

    @asynccontextmanager
    async def vault(self) -> AsyncIterator[StoreVault]:
        store = await Store.open(f"sqlite+aiosqlite:///{self.home / 'data' / 'hoidap.db'}")
        try:
            yield StoreVault(store, Cipher(SECRET.encode()))
        finally:
            await store.close()

    async def newest_is_kept(self) -> bool:
        pair = await self.kept()
        return pair is not None and pair.access == self.zalo.oauth.access


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with FakeZaloOA() as zalo:
        yield World(zalo, tmp_path)


async def until(so: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not so():  # noqa: ASYNC110  # of a process
            await asyncio.sleep(0.01)


async def said(process: Process) -> tuple[int, str]:
    async with asyncio.timeout(PATIENCE):
        out, err = await process.communicate()
    text = (out + err).decode()
    assert "bi-mat" not in text
    assert "Traceback" not in text
    assert process.returncode is not None
    return process.returncode, text


# By hand


async def test_by_hand_tokens_are_renewed_when_they_are_due(world: World) -> None:
    """Or when that is wanted; otherwise Zalo is not asked."""
    code, text = await world.by_hand()
    assert (code, text.startswith("Đã đổi mã truy cập Zalo OA")) == (0, True)
    assert await world.newest_is_kept()
    code, text = await world.by_hand()
    assert (code, text.startswith("Mã truy cập Zalo OA còn hạn")) == (0, True)
    assert world.refreshes == 1
    code, text = await world.by_hand("--now")
    assert (code, text.startswith("Đã đổi")) == (0, True)
    assert await world.newest_is_kept()
    assert world.refreshes == 2


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({"zalo_oa_refresh_token": ""}, 76, "Chưa có mã truy cập Zalo OA. Hãy lấy mã bằng lệnh"),
        ({"zalo_oa_refresh_token": "REFRESH-la"}, 76, "(mã lỗi -14014). Hãy nhờ quản trị viên"),
        ({"zalo_oa_app_secret": "khoa-sai"}, 78, "HOIDAP_ZALO_OA_APP_SECRET"),
        ({"zalo_oauth_base_url": "http://127.0.0.1:9"}, 75, "không kết nối được tới Zalo"),
        ({"zalo_oa_app_secret": ""}, 1, "Thiếu khóa bí mật của ứng dụng: hãy đặt"),
    ],
)
async def test_what_cannot_be_is_told_in_words_and_by_the_exit_code(
    world: World, changes: dict[str, str], code: int, words: str
) -> None:
    ended, text = await world.by_hand(**changes)
    assert ended == code
    assert words in text


# Killed


@pytest.mark.parametrize("moment", ["asked", "made"])
async def test_a_killed_bot_loses_no_pair_and_the_next_one_waits_for_it(
    world: World, moment: str
) -> None:
    """While Zalo works, and while its answer is under way. Nothing in the folder misleads it."""
    (world.home / "bot").mkdir()
    (world.home / "bot" / "__init__.py").write_text("raise SystemExit(9)", encoding="utf-8")
    (world.home / "config.yaml").write_text("khong: dung", encoding="utf-8")
    if moment == "asked":
        world.zalo.delay_next(TOKENS, 1.5)
    else:
        world.zalo.answer_late(TOKENS, 1.5)
    one = await world.bot()
    await (world.asked() if moment == "asked" else world.made())
    one.kill()
    another = await world.bot()
    code, text = await said(another)
    assert (code, text) == (0, "")
    assert await world.newest_is_kept()
    assert world.refreshes == 1
    assert (await one.communicate()) == (b"", b"")  # also the orphan's words to nobody


async def test_whoever_is_asked_to_end_keeps_the_pair_first(world: World) -> None:
    """A service that stops asks all its processes; so does a terminal that is closed."""
    world.zalo.answer_late(TOKENS, 1)
    process = await world.begin()
    await world.made()
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        process.send_signal(number)
    assert (await said(process))[0] == 0
    assert await world.newest_is_kept()


@pytest.mark.parametrize("made", [False, True])
async def test_a_renewal_that_is_killed_frees_its_lock_and_is_told_as_what_it_is(
    world: World, *, made: bool
) -> None:
    """Before Zalo made a pair the next one works; after that it is lost, and the words say so."""
    await world.process()("")
    if made:
        world.zalo.answer_late(TOKENS, PATIENCE)
    else:
        world.zalo.stall_next(TOKENS)
    process = await world.begin("--now")
    await world.asked(2)
    process.kill()
    await process.communicate()
    pair = await world.kept()
    assert pair
    if made:
        with pytest.raises(TokensLostError, match=r"^Lần đổi mã lúc .* hoidap zalo login$"):
            await world.process()(mark(pair.access))
        return
    await world.process()(mark(pair.access))
    assert await world.newest_is_kept()


@pytest.mark.skipif(sys.platform != "linux", reason="limits of another process")
async def test_a_pair_that_a_full_disk_does_not_take_is_kept_later(world: World) -> None:
    """The process stays with it, also when it is asked to end."""
    await world.process()("")
    world.zalo.answer_late(TOKENS, 1)
    process = await world.begin("--now")
    await world.asked(2)
    _, hard = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (0, hard))
    assert process.stderr
    told = b""
    async with asyncio.timeout(PATIENCE):
        while "Đừng dừng tiến trình này" not in told.decode():
            told = await process.stderr.readline()
    process.send_signal(signal.SIGTERM)
    assert not await world.newest_is_kept()
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (hard, hard))
    assert (await said(process))[0] == 0
    assert await world.newest_is_kept()


async def test_two_at_once_ask_once(world: World) -> None:
    """The second finds what the first kept, and asks nothing."""
    world.zalo.delay_next(TOKENS, 0.5)
    await asyncio.gather(world.process()(""), world.process()(""))
    assert await world.newest_is_kept()
    assert world.refreshes == 1


# What the bot is told


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"zalo_oa_refresh_token": "REFRESH-la"}, TokensLostError, "hoidap zalo login$"),
        ({"zalo_oa_app_secret": "khoa-sai"}, WrongAppError, "HOIDAP_ZALO_OA_APP_SECRET"),
        (
            {"zalo_oauth_base_url": "http://127.0.0.1:9"},
            TryLaterError,
            "^không kết nối được tới Zalo$",
        ),
        (
            {"database_url": "sqlite+aiosqlite:////proc/hoidap.db"},
            TryLaterError,
            r"hỏng giữa chừng \(mã thoát 1\), xem nhật ký$",
        ),
    ],
)
async def test_the_bot_is_told_why(
    world: World, changes: dict[str, str], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        await world.process(**changes)("")


async def test_the_bot_is_told_how_long_zalo_asks_to_wait(world: World) -> None:
    world.zalo.answer_next(TOKENS, 429, headers={"Retry-After": "77"})
    with pytest.raises(TryLaterError) as caught:
        await world.process()("")
    assert caught.value.seconds == 77


async def test_without_a_process_the_tokens_are_left_alone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be possible later; nothing was asked."""
    monkeypatch.setattr(sys, "executable", str(world.home / "khong-co"))
    with pytest.raises(TryLaterError, match="không chạy được tiến trình"):
        await world.process()("")
    assert world.refreshes == 0


async def test_no_secret_is_on_the_command_line(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The secrets are in the environment, and of a refused token only its mark is told."""
    spy = world.home / "python"
    spy.write_text('#!/bin/sh\necho "$@" > told\nenv > env\n', encoding="utf-8")
    spy.chmod(0o700)
    monkeypatch.chdir(world.home)
    monkeypatch.setattr(sys, "executable", str(spy))
    await world.process()(mark("ACCESS-7-bi-mat"))
    line = (world.home / "told").read_text(encoding="utf-8")
    assert line.startswith("-P -m bot zalo refresh --for-bot ")
    for secret in (SECRET, world.first, world.zalo.app_secret, "ACCESS-7-bi-mat"):
        assert secret not in line
    assert world.zalo.app_secret in (world.home / "env").read_text(encoding="utf-8")


def test_a_renewal_loads_nothing_of_the_rest_of_the_bot() -> None:
    """It begins in a second or two, and takes no memory for answers."""
    program = "import sys, bot.cli, bot.zalo_setup; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", program],
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    heavy = {"numpy", "scipy", "rapidfuzz", "telegram", "uvicorn", "bot.app"}
    assert not heavy & set(loaded.stdout.split())
