"""Our fake Zalo Bot Platform under an independent client: python-zalo-bot reads it without trouble."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from tests.fakes.zalo_bot_methods import NOW
from tests.fakes.zalo_bot_server import FakeZaloBot
from tests.peers import ZALO_BOT_PYTHON, needs, zalo_bot_echo

_PATIENCE = 30.0


async def test_an_independent_client_understands_the_fake() -> None:
    """What it hears, what it sends, and each refusal as the error that it is on the platform."""
    needs(ZALO_BOT_PYTHON)
    async with FakeZaloBot() as fake:
        lan = fake.user("0a1b2c3d4e5f")
        lan.says("Làm căn cước ở đâu? 👩‍👩‍👧")
        lan.sends_image(caption="giấy tờ")
        lan.sends_sticker()
        told = await outcomes(fake.url, fake.token)
        assert [message.text for message in lan.messages] == [
            "echo: Làm căn cước ở đâu? 👩‍👩‍👧",
            "echo: None",
            "echo: None",
        ]
        assert len(fake.called("sendChatAction")) == zalo_bot_echo.ECHOES
    assert told[0] == ["me", "1459232241454765289", fake.account_name]
    assert [line[1:] for line in told if line[0] == "heard"] == [
        [lan.id, lan.id, "Làm căn cước ở đâu? 👩‍👩‍👧", None],
        [lan.id, lan.id, None, "https://photo.example/a.jpg"],
        [lan.id, lan.id, None, None],
    ]
    assert {line[1] for line in told if line[0] == "date"} == {NOW / 1000}
    assert all(line[1] for line in told if line[0] == "sent")
    assert [line[:2] for line in told if line[0] not in {"me", "heard", "date", "sent"}] == [
        ["idle", "NetworkError"],  # 408: it takes an idle poll for trouble
        ["too long", "BadRequest"],
        ["stranger", "BadRequest"],
        ["no webhook", "InvalidToken"],  # 404, as measured on the platform
        ["secret too short", "BadRequest"],
        ["set", True],
        ["hook", zalo_bot_echo.HOOK],
        ["poll beside it", "Conflict"],
        ["delete", True],
        ["wrong token", "InvalidToken"],
    ]


async def outcomes(url: str, token: str) -> list[list[Any]]:
    """Run the echo bot against a server; gives what it told."""
    script = Path(zalo_bot_echo.__file__)
    echo = await asyncio.create_subprocess_exec(
        str(ZALO_BOT_PYTHON), str(script), url, token, stdout=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(_PATIENCE):
            told, _ = await echo.communicate()
    finally:
        if echo.returncode is None:
            echo.kill()
            await echo.wait()
    return [json.loads(line) for line in told.splitlines()]
