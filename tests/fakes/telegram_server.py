"""A strict stand-in for the Telegram Bot API: real HTTP on a loopback port, real limits.

Here are the server, its queue of updates, and the failures a test may order. What each method
accepts and refuses is in `telegram_methods`, who writes to the bot in `telegram_people`, the
webhook in `telegram_delivery`.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import math
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.fakes import telegram_methods as methods
from tests.fakes.broken import Dropped, Hanging, Lost
from tests.fakes.loopback import serving
from tests.fakes.telegram_api import ApiError, Json
from tests.fakes.telegram_delivery import Delivery, deliver
from tests.fakes.telegram_people import Chat

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

PATIENCE = 10.0  # seconds a test waits for something that should happen at once
_DEFAULT_UPDATES = frozenset({"message", "edited_message", "channel_post", "callback_query"})


class FakeTelegram:
    """One bot, its updates and its chats. Use as `async with FakeTelegram() as fake`."""

    token = "123456:a-made-up_TOKEN-of-a-fake-bot"
    bot_id = 123456
    username = "hoidap_thu_bot"

    def __init__(self) -> None:
        self.url = ""
        self.numbers = itertools.count(1000)
        self.chats: dict[int, Chat] = {}
        self.queries: dict[str, str | None] = {}  # callback query id → what was answered
        self.inline: dict[str, methods.InlineAnswer | None] = {}  # inline query id → its answer
        self.calls: list[tuple[str, Json]] = []  # every request: method in lower case, parameters
        self.commands: dict[str, list[Json]] = {}  # by scope
        self.webhook = ""
        self.webhook_secret = ""
        self.hosts: dict[str, str] = {}  # public address → where it is on this machine
        self.deliveries: list[Delivery] = []
        self.pause = 0.02  # seconds before the same update is delivered again
        self.updates: list[Json] = []  # not confirmed
        self.allowed = _DEFAULT_UPDATES
        self.failures: dict[str, list[Response]] = {}
        self.delays: dict[str, list[float]] = {}  # method → seconds before its next calls
        self.floods: dict[str, float] = {}  # method → when it is taken again, on the loop's clock
        self.impatient = 0  # calls that came before that
        self.lost: list[Json] = []  # parameters of calls that were done and not answered
        self.pending = asyncio.Event()  # there is something to deliver
        self._ids = itertools.count(700_000_001)
        self._condition = asyncio.Condition()
        self._poll = 0  # the number of the newest getUpdates: older ones give way

    async def __aenter__(self) -> Self:
        route = Route("/bot{token}/{method}", self._serve, methods=["GET", "POST"])
        self._served = AsyncExitStack()
        self.url = await self._served.enter_async_context(serving(Starlette(routes=[route])))
        self._delivering = asyncio.create_task(deliver(self))
        return self

    async def __aexit__(self, *_: object) -> None:
        self._delivering.cancel()
        await asyncio.wait([self._delivering])
        self._poll += 1
        await self.changed()
        await self._served.aclose()

    @property
    def me(self) -> Json:
        """The bot as a user."""
        return {
            "id": self.bot_id,
            "is_bot": True,
            "first_name": "Hỏi đáp (thử)",
            "username": self.username,
        }

    def chat(self, chat_id: int) -> Chat:
        """A chat: of a person if the id is positive, else of a group."""
        return self.chats.setdefault(chat_id, Chat(self, chat_id))

    user = chat

    def person(self, user_id: int) -> Json:
        return {"id": abs(user_id), "is_bot": False, "first_name": "Người dùng thử"}

    def look_up(self, words: str, by: int = 7) -> str:
        """Type `@bot words` somewhere; returns the inline query's id. A client stops at 256."""
        query = f"{by}{next(self.numbers)}"
        self.inline[query] = None
        asked = {"id": query, "from": self.person(by), "query": words[:256], "offset": ""}
        self.put(inline_query=asked)
        return query

    def put(self, **update: Any) -> int:
        """Queue an update of one kind, as Telegram does when somebody acts; returns its id."""
        number = next(self._ids)
        (kind,) = update
        if kind in self.allowed:
            self.updates.append({"update_id": number} | update)
            asyncio.get_running_loop().create_task(self.changed()).add_done_callback(
                lambda task: task.exception()
            )
        return number

    def set_webhook(self, url: str, secret: str) -> None:
        self.webhook, self.webhook_secret = url, secret
        self._poll += bool(url)  # a poll that waits gives way to a webhook

    def flood_once(self, method: str, retry_after: int = 1) -> None:
        """Answer the next call of a method with 429."""
        words = f"Too Many Requests: retry after {retry_after}"
        self._fail(method, _failed(ApiError(429, words, {"retry_after": retry_after})))

    def flood(self, method: str, seconds: float) -> None:
        """Answer every call of a method with 429 for so long."""
        self.floods[method.lower()] = asyncio.get_running_loop().time() + seconds

    def break_once(self, method: str) -> None:
        """Answer the next call of a method with 500."""
        self._fail(method, _failed(ApiError(500, "Internal Server Error")))

    def drop_once(self, method: str) -> None:
        """Close the connection in the middle of the answer to the next call of a method."""
        self._fail(method, Dropped())

    def lose_once(self, method: str) -> None:
        """Do what the next call of a method asks for, but close the connection then."""
        self._fail(method, Lost())

    def hang_once(self, method: str) -> None:
        """Never answer the next call of a method."""
        self._fail(method, Hanging())

    def delay_once(self, method: str, seconds: float) -> None:
        """Answer the next call of a method as always, but late."""
        self.delays.setdefault(method.lower(), []).append(seconds)

    def refuse_once(self, method: str, description: str) -> None:
        """Answer the next call of a method with 400 and these words."""
        self._fail(method, _failed(ApiError(400, description)))

    def answer_once(self, method: str, body: object) -> None:
        """Answer the next call of a method with JSON that is not Telegram's."""
        self._fail(method, JSONResponse(body))

    def garble_once(self, method: str, status: int = 502) -> None:
        """Answer the next call of a method with the page of some proxy."""
        page = "<html><h1>Bad Gateway</h1></html>"
        self._fail(method, Response(page, status, media_type="text/html"))

    def called(self, method: str) -> list[Json]:
        """List the parameters of every call of a method."""
        return [parameters for name, parameters in self.calls if name == method.lower()]

    async def until(self, happened: Callable[[], bool]) -> None:
        """Wait until something is so; it is looked at after every request and update."""
        async with asyncio.timeout(PATIENCE), self._condition:
            await self._condition.wait_for(happened)

    async def poll(self, seconds: int, ready: Callable[[], bool]) -> None:
        """Wait for updates; give way with 409 when another getUpdates or a webhook comes."""
        self._poll += 1
        mine = self._poll
        await self.changed()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds), self._condition:
                await self._condition.wait_for(lambda: ready() or self._poll != mine)
        if self._poll != mine and self.webhook:
            raise ApiError(409, "Conflict: terminated by setWebhook request")
        if self._poll != mine:
            raise ApiError(
                409,
                "Conflict: terminated by other getUpdates request; "
                "make sure that only one bot instance is running",
            )

    async def changed(self) -> None:
        """Let whoever waits look again."""
        if self.webhook and self.updates:
            self.pending.set()
        else:
            self.pending.clear()
        async with self._condition:
            self._condition.notify_all()

    def _check_flood(self, method: str) -> None:
        left = self.floods.get(method, 0.0) - asyncio.get_running_loop().time()
        if left > 0:
            self.impatient += 1
            wait = math.ceil(left)
            words = f"Too Many Requests: retry after {wait}"
            raise ApiError(429, words, {"retry_after": wait})

    def _fail(self, method: str, answer: Response) -> None:
        self.failures.setdefault(method.lower(), []).append(answer)

    async def _serve(self, request: Request) -> Response:
        token, method = request.path_params["token"], request.path_params["method"].lower()
        parameters = await _parameters(request)
        self.calls.append((method, parameters))
        try:
            if token != self.token:
                raise ApiError(401, "Unauthorized") if ":" in token else ApiError(404, "Not Found")
            self._check_flood(method)
            failure = self.failures[method].pop(0) if self.failures.get(method) else None
            if failure and not isinstance(failure, Lost):
                return failure
            if self.delays.get(method):
                await asyncio.sleep(self.delays[method].pop(0))
            result = await methods.call(self, method, parameters)
            if failure:
                self.lost.append(parameters)
            return failure or _answer({"ok": True, "result": result})
        except ApiError as error:
            return _failed(error)
        finally:
            await self.changed()


def _answer(body: Json) -> Response:
    """Write JSON as Telegram does: whatever is not ASCII is escaped, half a character too."""
    return Response(json.dumps(body), media_type="application/json")


def _failed(error: ApiError) -> Response:
    body: Json = {"ok": False, "error_code": error.code, "description": error.description}
    if error.parameters:
        body["parameters"] = error.parameters
    return JSONResponse(body, status_code=error.code)


async def _parameters(request: Request) -> Json:
    """Read parameters as Telegram does: query, form or JSON; nested values are JSON strings."""
    body = await request.body()
    found: Json = dict(request.query_params)
    if request.headers.get("content-type", "").startswith("application/json"):
        found |= json.loads(body)
    else:
        found |= dict(parse_qsl(body.decode(), keep_blank_values=True))
    return found
