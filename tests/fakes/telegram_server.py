"""A strict stand-in for the Telegram Bot API: real HTTP on a loopback port, real limits.

Here are the server, its queue of updates, the people who write to the bot, and the failures a
test may order. What each method accepts and refuses is in `telegram_methods`.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import socket
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qsl

import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.fakes import telegram_methods as methods
from tests.fakes.telegram_methods import ApiError, Message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send

Json = dict[str, Any]

PATIENCE = 10.0  # seconds a test waits for something that should happen at once
_DEFAULT_UPDATES = frozenset({"message", "edited_message", "channel_post", "callback_query"})


class _Dropped(Response):
    """An answer that breaks off: the connection is closed before the body."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del scope, receive
        await send(
            {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"9")]}
        )


class _Server(uvicorn.Server):
    """Serves inside the test's own loop, so signals stay pytest's."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@dataclass(slots=True)
class User:
    """A person with a private chat (or, with a negative id, a group) and the bot in it."""

    fake: FakeTelegram
    id: int
    messages: list[Message] = field(default_factory=list)  # what the bot sent, as it looks now
    blocked: bool = False
    _read: int = 0

    def say(self, text: str) -> int:
        """Send a text; returns the id of the message."""
        return self.send(text=text)

    def send_photo(self, caption: str | None = None) -> int:
        photo = {"file_id": "p", "file_unique_id": "p", "width": 90, "height": 90}
        return self.send(photo=[photo], **({"caption": caption} if caption else {}))

    def send(self, **content: Any) -> int:
        """Send a message with any content, in Telegram's own fields."""
        message = self.fake.message(self.id) | content
        self.fake.put(message=message)
        return int(message["message_id"])

    def edit(self, message_id: int, **content: Any) -> None:
        message = self.fake.message(self.id) | {"message_id": message_id, "edit_date": 1} | content
        self.fake.put(edited_message=message)

    def tap(self, title: str) -> str:
        """Tap the newest button whose text contains `title`; returns the callback query's id."""
        message, button = next(
            (message, button)
            for message in reversed(self.messages)
            for row in message.rows
            for button in row
            if title in button.text
        )
        return self.press(message, button.data)

    def press(self, message: Message, data: str) -> str:
        """Send a callback query about a message with any data."""
        query = f"{self.id}{next(self.fake.numbers)}"
        self.fake.queries[query] = None
        self.fake.put(
            callback_query={
                "id": query,
                "from": self.fake.person(self.id),
                "chat_instance": "1",
                "message": methods.to_json(self.fake, message),
                "data": data,
            }
        )
        return query

    async def next(self) -> Message:
        """Wait for the bot's next message that has not been read yet."""
        await self.fake.until(lambda: len(self.messages) > self._read)
        self._read += 1
        return self.messages[self._read - 1]


class FakeTelegram:
    """One bot, its updates and its chats. Use as `async with FakeTelegram() as fake`."""

    token = "123456:a-made-up_TOKEN-of-a-fake-bot"
    bot_id = 123456
    username = "hoidap_thu_bot"

    def __init__(self) -> None:
        self.url = ""
        self.numbers = itertools.count(1000)
        self.users: dict[int, User] = {}
        self.queries: dict[str, str | None] = {}  # callback query id → what was answered
        self.calls: list[tuple[str, Json]] = []  # every request: method in lower case, parameters
        self.commands: list[Json] = []
        self.webhook = ""
        self.updates: list[Json] = []  # not confirmed
        self.allowed = _DEFAULT_UPDATES
        self.failures: dict[str, list[Response]] = {}
        self._ids = itertools.count(700_000_001)
        self._changed = asyncio.Condition()
        self._poll = 0  # the number of the newest getUpdates: older ones give way

    async def __aenter__(self) -> Self:
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        route = Route("/bot{token}/{method}", self._serve, methods=["GET", "POST"])
        config = uvicorn.Config(
            Starlette(routes=[route]), lifespan="off", ws="none", log_level=100, loop="none"
        )
        config.timeout_graceful_shutdown = 1
        self._server = _Server(config)
        self._task = asyncio.create_task(self._server.serve(sockets=[listener]))
        await self._server.ready.wait()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._poll += 1
        await self._notify()
        self._server.should_exit = True
        await self._task

    def user(self, user_id: int) -> User:
        return self.users.setdefault(user_id, User(self, user_id))

    def person(self, user_id: int) -> Json:
        return {"id": abs(user_id), "is_bot": False, "first_name": "Người dùng thử"}

    def message(self, chat_id: int) -> Json:
        """Begin a message somebody sends in a chat."""
        kind = {"type": "private"} if chat_id > 0 else {"type": "group", "title": "Tổ dân phố"}
        return {
            "message_id": next(self.numbers),
            "date": 1_790_000_000,
            "chat": {"id": chat_id} | kind,
            "from": self.person(chat_id),
        }

    def put(self, **update: Any) -> int:
        """Queue an update of one kind, as Telegram does when somebody acts; returns its id."""
        number = next(self._ids)
        (kind,) = update
        if kind in self.allowed:
            self.updates.append({"update_id": number} | update)
            asyncio.get_running_loop().create_task(self._notify()).add_done_callback(
                lambda task: task.exception()
            )
        return number

    def flood_once(self, method: str, retry_after: int = 1) -> None:
        """Answer the next call of a method with 429."""
        words = f"Too Many Requests: retry after {retry_after}"
        self._fail(method, _failed(ApiError(429, words, {"retry_after": retry_after})))

    def break_once(self, method: str) -> None:
        """Answer the next call of a method with 500."""
        self._fail(method, _failed(ApiError(500, "Internal Server Error")))

    def drop_once(self, method: str) -> None:
        """Close the connection in the middle of the answer to the next call of a method."""
        self._fail(method, _Dropped())

    def refuse_once(self, method: str, description: str) -> None:
        """Answer the next call of a method with 400 and these words."""
        self._fail(method, _failed(ApiError(400, description)))

    def answer_once(self, method: str, body: Json) -> None:
        """Answer the next call of a method with JSON that is not Telegram's."""
        self._fail(method, JSONResponse(body))

    def called(self, method: str) -> list[Json]:
        """List the parameters of every call of a method."""
        return [parameters for name, parameters in self.calls if name == method.lower()]

    async def until(self, happened: Callable[[], bool]) -> None:
        """Wait until something is so; it is looked at after every request and update."""
        async with asyncio.timeout(PATIENCE), self._changed:
            await self._changed.wait_for(happened)

    async def poll(self, seconds: int, ready: Callable[[], bool]) -> None:
        """Wait for updates; give way with 409 when another getUpdates comes."""
        self._poll += 1
        mine = self._poll
        await self._notify()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds), self._changed:
                await self._changed.wait_for(lambda: ready() or self._poll != mine)
        if self._poll != mine:
            raise ApiError(
                409,
                "Conflict: terminated by other getUpdates request; "
                "make sure that only one bot instance is running",
            )

    def _fail(self, method: str, answer: Response) -> None:
        self.failures.setdefault(method.lower(), []).append(answer)

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def _serve(self, request: Request) -> Response:
        token, method = request.path_params["token"], request.path_params["method"].lower()
        parameters = await _parameters(request)
        self.calls.append((method, parameters))
        try:
            if token != self.token:
                raise ApiError(401, "Unauthorized") if ":" in token else ApiError(404, "Not Found")
            if self.failures.get(method):
                return self.failures[method].pop(0)
            result = await methods.call(self, method, parameters)
            return JSONResponse({"ok": True, "result": result})
        except ApiError as error:
            return _failed(error)
        finally:
            await self._notify()


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
