"""An echo bot on python-zalo-bot, run by that library's own Python: `zalo_bot_echo.py URL TOKEN`.

It does what a bot does and what it must not, and prints each outcome as a line of JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable

ECHOES = 3
STRANGER = "ffffffffffff"
HOOK = "https://hoidap.example.vn/webhook/zalo-bot"


async def main(url: str, token: str) -> None:
    library: Any = import_module("zalo_bot")  # not installed where the tests are
    async with library.Bot(token, base_url=url) as bot:
        me = await bot.get_me()
        tell("me", me.id, me.account_name)
        for _ in range(ECHOES):
            message = (await bot.get_update(timeout=10)).message
            tell("heard", message.from_user.id, message.chat.id, message.text, message.photo_url)
            tell("date", message.date.timestamp())
            await bot.send_chat_action(message.chat.id, "typing")
            sent = await bot.send_message(message.chat.id, f"echo: {message.text}")
            tell("sent", sent.message_id)
        await tried("idle", bot.get_update(timeout=1))
        await tried("too long", bot.send_message(message.chat.id, "ế" * 2001))
        await tried("stranger", bot.send_message(STRANGER, "Chào"))
        await tried("no webhook", bot._get_webhook_info_async())
        await tried("secret too short", bot._set_webhook_async(HOOK, "1234567"))
        await tried("set", bot._set_webhook_async(HOOK, "12345678"))
        tell("hook", (await bot._get_webhook_info_async()).url)
        await tried("poll beside it", bot.get_update(timeout=1))
        await tried("delete", bot._delete_webhook_async())
    await tried("wrong token", library.Bot(f"{token}x", base_url=url).initialize())


async def tried(what: str, doing: Awaitable[object]) -> None:
    """Tell what the library raises, or what it gives."""
    try:
        tell(what, await doing)
    except Exception as error:  # noqa: BLE001 - which one it is, is the outcome
        tell(what, type(error).__name__, str(error))


def tell(*outcome: object) -> None:
    print(json.dumps(outcome), flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
