"""Our fake Telegram beside an independent server: the same words get the same messages from both."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tests.contract.on_telegram import OnTelegram, TelegramPolling
from tests.contract.stage import on_stage
from tests.peers import NODE_MODULES, needs
from tests.peers.telegram_test_api import OnTestApi, TelegramTestApi
from tests.sample_faq import asks_back

if TYPE_CHECKING:
    from pathlib import Path

    from tests.contract.driver import Driver
    from tests.fakes.telegram_api import Rows

Said = list[tuple[str, "Rows"]]

_PATIENCE = 10.0
PASSWORD = "quên mật khẩu vneid thì làm sao"
# What is done, and how many messages answer it. A "!" taps a button, a "?" sends a picture.
SCRIPT = (
    ("/start", 1),
    ("!Thẻ căn cước", 1),
    ("/start vneid_quen_mat_khau", 1),
    ("!👍", 0),
    ("/help", 1),
    ("không nhận được mã otp vneid", 1),
    ("!👎", 0),
    (f"{PASSWORD} <b>&amp;</b> *x* _y_ 👩‍👩‍👧", 1),
    ("sông nào dài nhất việt nam", 1),
    ("?photo", 1),
    ("", 1),
    ("/riengtu", 1),
    ("/xoadulieu", 1),
    ("!Có, xóa hết", 1),
)
TAPS = 5
ASKING_BACK = ((PASSWORD, 1), ("!Quên mật khẩu VNeID", 1), (PASSWORD, 1), ("1", 1))


async def test_the_bot_says_the_same_to_an_independent_server(tmp_path: Path) -> None:
    """Texts, buttons and their data, and what taps have changed: message by message."""
    needs(NODE_MODULES / "telegram-test-api", program="node")
    ours = await played(TelegramPolling(), tmp_path / "fake")
    theirs = await played(TelegramTestApi(), tmp_path / "peer")
    assert ours == theirs
    expected = sum(answers for _, answers in (*SCRIPT, *ASKING_BACK))
    assert len(ours) == expected
    assert sum(_marks(ours)) == TAPS


async def played(driver: Driver, home: Path) -> Said:
    """Play the script on a server; gives the chat as it looks in the end."""
    async with on_stage(driver, home) as stage:
        person = stage.newcomer()
        assert isinstance(person, OnTelegram | OnTestApi)
        for acts, faq in ((SCRIPT, None), (ASKING_BACK, asks_back())):
            if faq:
                stage.serve(faq)
            for act, answers in acts:
                await _do(person, act)
                for _ in range(answers):
                    await person.see()
                await stage.quiet()
        async with asyncio.timeout(_PATIENCE):
            while sum(_marks(await _chat(person))) < TAPS:  # noqa: ASYNC110  # it tells nobody
                await asyncio.sleep(0.02)
        assert stage.rows("SELECT count(*) FROM outbox") == [(0,)]  # none counts as not sent
        return await _chat(person)


async def _do(person: OnTelegram | OnTestApi, act: str) -> None:
    if act.startswith("!"):
        await person.tap(act[1:])
    elif act.startswith("?"):
        await person.show(act[1:])
    else:
        await person.say(act)


async def _chat(person: OnTelegram | OnTestApi) -> Said:
    if isinstance(person, OnTestApi):
        return await person.chat()
    return [(message.text, message.rows) for message in person.chat.messages]


def _marks(chat: Said) -> list[bool]:
    return [button.text.startswith("✅") for _, rows in chat for row in rows for button in row]
