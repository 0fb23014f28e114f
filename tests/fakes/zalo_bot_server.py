"""A strict stand-in for the Zalo Bot Platform: real HTTP on a loopback port, real limits.

Here are the server, its events on their way to the bot, and the failures a test may order. What
each method accepts and refuses is in `zalo_bot_methods`, who writes to the bot in `zalo_bot_people`.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qsl

import httpx
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.fakes import zalo_bot_methods as methods
from tests.fakes.broken import Dropped, Hanging, Lost
from tests.fakes.loopback import serving
from tests.fakes.zalo_bot_methods import ApiError
from tests.fakes.zalo_bot_people import User

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from starlette.requests import Request

Json = dict[str, Any]

PATIENCE = 10.0  # seconds a test waits for something that should happen at once


class FakeZaloBot:
    """One bot, its events and its chats. Use as `async with FakeZaloBot() as fake`."""

    token = "123456789:a-made-up_token"
    account_name = "bot.VDKyGxQvc"

    def __init__(self, *, port: int = 0) -> None:
        self.url = ""
        self.numbers = itertools.count(0x16F6366B3F02645A)
        self.users: dict[str, User] = {}
        self.calls: list[tuple[str, Json]] = []
        self.events: list[Json] = []  # not fetched
        self.webhook = ""
        self.secret = ""
        self.places: dict[str, str] = {}  # public address → where it is in truth
        self.trial_fails = False
        self.flat = False  # the shape of webhook bodies
        self.deliveries: list[tuple[Json, int]] = []  # event, status of the answer
        self.most_deliveries = 20  # of one event
        self.pause = 0.05  # seconds between them
        self.longest_poll = 30.0  # seconds; a test may shorten it
        self.swallows = False  # a poll whose client is gone still takes the next event
        self.failures: dict[str, list[Response]] = {}
        self.delays: dict[str, list[float]] = {}  # method → seconds before its next calls
        self.lost: list[Json] = []  # parameters of calls that were done and not answered
        self.polling = 0
        self._port = port
        self._changed = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False
        self._chats: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def __aenter__(self) -> Self:
        route = Route("/bot{token}/{method}", self._serve, methods=["GET", "POST"])
        self._stack = contextlib.AsyncExitStack()
        self.url = await self._stack.enter_async_context(
            serving(Starlette(routes=[route]), self._port)
        )
        self._http = await self._stack.enter_async_context(httpx.AsyncClient(timeout=5))
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing = True
        await self._notify()
        for task in self._tasks:
            task.cancel()
        await self._stack.aclose()

    def user(self, user_id: str) -> User:
        return self.users.setdefault(user_id, User(self, user_id))

    def group(self, chat_id: str) -> User:
        return self.users.setdefault(chat_id, User(self, chat_id, is_group=True))

    def put(self, event: Json) -> None:
        """Bring an event on its way: to the webhook if there is one, else it waits for a poll."""
        if self.webhook:
            self._beside(self._deliver(event))
        else:
            self.events.append(event)
            self._beside(self._notify())

    def fail_once(self, method: str, code: int, *, status: int | None = None, **more: Any) -> None:
        """Answer the next call of a method with a refusal; `status` is HTTP's if it differs."""
        body = {"ok": False, "description": "ordered by a test", "error_code": code} | more
        self.answer_once(method, JSONResponse(body, status_code=status or code))

    def drop_once(self, method: str) -> None:
        """Close the connection in the middle of the answer to the next call of a method."""
        self.answer_once(method, Dropped())

    def stall_once(self, method: str) -> None:
        """Never answer the next call of a method."""
        self.answer_once(method, Hanging())

    def lose_once(self, method: str) -> None:
        """Do what the next call of a method asks for, but close the connection then."""
        self.answer_once(method, Lost())

    def delay_once(self, method: str, seconds: float) -> None:
        """Answer the next call of a method as always, but late."""
        self.delays.setdefault(method, []).append(seconds)

    def answer_once(self, method: str, answer: Response) -> None:
        """Answer the next call of a method with this."""
        self.failures.setdefault(method, []).append(answer)

    def called(self, method: str) -> list[Json]:
        """List the parameters of every call of a method."""
        return [parameters for name, parameters in self.calls if name == method]

    async def until(self, happened: Callable[[], bool]) -> None:
        """Wait until something is so; it is looked at after every request and event."""
        async with asyncio.timeout(PATIENCE), self._changed:
            await self._changed.wait_for(happened)

    async def next_event(self, seconds: int, request: Request) -> Json:
        """Hold a poll until there is an event, and forget that: nothing is confirmed."""
        if self.polling:
            raise ApiError(409, "Conflict: another getUpdates is running")  # not documented
        self.polling += 1
        gone = asyncio.create_task(_gone(request))
        gone.add_done_callback(lambda _: self._beside(self._notify()))
        try:
            await self._notify()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(min(seconds, self.longest_poll)), self._changed:
                    await self._changed.wait_for(
                        lambda: self.events or self._closing or (gone.done() and not self.swallows)
                    )
            if not self.events or (gone.done() and not self.swallows):
                raise ApiError(408, "Request timeout")
            return self.events.pop(0)
        finally:
            self.polling -= 1
            gone.cancel()

    async def tries_webhook(self) -> bool:
        """Try a new webhook, as the platform does in a way that is not documented."""
        return not self.trial_fails

    async def _deliver(self, event: Json) -> None:
        message = event.get("message")
        chat = str(message.get("chat")) if isinstance(message, dict) else ""
        async with self._chats[chat]:  # what somebody says next is delivered next
            await self._deliver_now(event)

    async def _deliver_now(self, event: Json) -> None:
        body = event if self.flat else {"ok": True, "result": event}
        for _ in range(self.most_deliveries):
            status = await self.post(json.dumps(body).encode())
            self.deliveries.append((event, status))
            await self._notify()
            if 200 <= status < 300:
                return
            await asyncio.sleep(self.pause)

    async def post(self, body: bytes, secret: str | None = None) -> int:
        """Post a body to the webhook; gives the status, 0 if nobody was there."""
        url = self.webhook
        for public, real in self.places.items():
            url = url.replace(public, real)
        given = self.secret if secret is None else secret
        headers = {b"x-bot-api-secret-token": given.encode(), b"content-type": b"application/json"}
        try:
            return (await self._http.post(url, content=body, headers=headers)).status_code
        except httpx.HTTPError:
            return 0

    def _beside(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def _serve(self, request: Request) -> Response:
        token, method = request.path_params["token"], request.path_params["method"]
        parameters = await _parameters(request)
        self.calls.append((method, parameters))
        try:
            if token != self.token:
                raise ApiError(401, "Unauthorized") if ":" in token else ApiError(404, "Not Found")
            failure = self.failures[method].pop(0) if self.failures.get(method) else None
            if failure and not isinstance(failure, Lost):
                return failure
            if self.delays.get(method):
                await asyncio.sleep(self.delays[method].pop(0))
            answer = await methods.call(self, method, parameters, request)
            if failure:
                self.lost.append(parameters)
            return failure or Response(json.dumps(answer), media_type="application/json")
        except ApiError as error:
            body = {"ok": False, "description": error.description, "error_code": error.code}
            return JSONResponse(body, status_code=error.code)
        finally:
            await self._notify()


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _parameters(request: Request) -> Json:
    """Read parameters as Zalo does: query, form or JSON; a form's nested values are JSON."""
    body = await request.body()
    found: Json = dict(request.query_params)
    if request.headers.get("content-type", "").startswith("application/json"):
        given = json.loads(body or b"{}")
        return found | given if isinstance(given, dict) else found
    return found | dict(parse_qsl(body.decode(), keep_blank_values=True))
