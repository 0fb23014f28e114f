"""A strict stand-in for Zalo's servers: OpenAPI, OAuth, and the webhooks of its users' acts.

Time is the fake's own (`now`, seconds; tests move it). What is taken and refused stands in
`zalo_oa_messages` and `zalo_oa_oauth`, what people do in `zalo_oa_users`.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import json
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qsl

import httpx
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.fakes.broken import Dropped, Hanging, Late, Lost
from tests.fakes.loopback import serving
from tests.fakes.zalo_oa_messages import ApiError, read_message, read_recipient
from tests.fakes.zalo_oa_oauth import OAuthDesk, OAuthError
from tests.fakes.zalo_oa_users import User

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.requests import Request

Json = dict[str, Any]

SEND = "/v3.0/oa/message/cs"
TOKENS = "/v4/oa/access_token"
INFO = "/v2.0/oa/getoa"

_PATIENCE = 10.0  # seconds a test waits for something that should happen at once
_FREE = 48 * 3600
_WEEK = 7 * 86_400


@dataclass(frozen=True, slots=True)
class Call:
    """A request that came in."""

    path: str
    headers: Mapping[str, str]
    body: bytes


class FakeZaloOA:
    """One app, one OA and its people. Use as `async with FakeZaloOA() as zalo`."""

    app_id = "360846524940903967"
    oa_id = "3662729599332560487"
    app_secret = "khoa-bi-mat-cua-ung-dung"
    oa_secret = "khoa-bi-mat-cua-OA"

    def __init__(self) -> None:
        self.now = 1_794_342_937.0
        self.url = ""
        self.hook = ""  # where events are posted
        self.users: dict[str, User] = {}
        self.calls: list[Call] = []
        self.answers: list[int] = []  # the status of every webhook request; 0: none in time
        self.held: list[Json] | None = None  # a list: events wait in it for `release`
        self.retries = 5  # Zalo's are 30 s, 5, 15, 30 min and 1 h apart
        self.pause = 0.0  # seconds between them here
        self.patience = 2.0  # seconds that Zalo waits for the webhook's answer
        self.twice = False  # every event is delivered once more than needed
        self.echoes = False  # the OA's own messages are told to the webhook, as on the real one
        self.header_time = False  # sign with the header's timestamp, as some deployments saw
        self.per_minute = 4000
        self.oauth = OAuthDesk(self.app_id, self.oa_id, self.app_secret, lambda: self.now)
        self._failures: dict[str, list[tuple[Response | None, float]]] = {}
        self.lost: list[bytes] = []  # bodies of requests that were done and not answered
        self._numbers = itertools.count(1)
        self._minute: list[float] = []
        self._changed = asyncio.Condition()

    async def __aenter__(self) -> Self:
        self._stack = AsyncExitStack()
        routes = [Route(path, self._serve, methods=["POST"]) for path in (SEND, TOKENS)]
        routes.append(Route(INFO, self._serve, methods=["GET"]))
        self.url = await self._stack.enter_async_context(serving(Starlette(routes=routes)))
        self._http = await self._stack.enter_async_context(httpx.AsyncClient())
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    def user(self, user_id: str = "6142494823000000001", conversation: str | None = None) -> User:
        return self.users.setdefault(user_id, User(self, user_id, conversation))

    def number(self) -> int:
        return next(self._numbers)

    def called(self, path: str) -> list[Call]:
        return [call for call in self.calls if call.path == path]

    def answer_next(self, path: str, status: int = 200, body: object = None, **more: Any) -> None:
        """Answer the next request to a path with this instead."""
        content = body if isinstance(body, str) else json.dumps(body or {})
        self._fail(path, Response(content, status, media_type="application/json", **more))

    def refuse_next(self, path: str, error: int) -> None:
        self.answer_next(path, body={"error": error, "message": "refused on demand"})

    def drop_next(self, path: str) -> None:
        """Break the connection in the middle of the next answer."""
        self._fail(path, Dropped())

    def lose_next(self, path: str) -> None:
        """Do what the next request to a path asks for, but break the connection then."""
        self._fail(path, Lost())

    def stall_next(self, path: str) -> None:
        """Never answer the next request to a path."""
        self._fail(path, Hanging())

    def delay_next(self, path: str, seconds: float) -> None:
        """Answer the next request as always, but late."""
        self._fail(path, None, seconds)

    def answer_late(self, path: str, seconds: float) -> None:
        """Do at once what the next request asks for, but answer late."""
        self._fail(path, Late(seconds))

    def event(self, name: str, **content: Any) -> Json:
        """Begin an event of Zalo's."""
        when = str(int(self.now * 1000) + self.number())
        return {"app_id": self.app_id, "event_name": name, "timestamp": when} | content

    async def deliver(self, event: Json) -> None:
        """Post an event, again while it is not taken; or hold it, while events are held."""
        if self.held is not None:
            self.held.append(event)
            return
        raw = _written(event)
        for attempt in range(1 + self.retries):
            if attempt:
                await asyncio.sleep(self.pause)
            if await self.post(raw, self.signed(raw, event), attempt) == 200:
                break
        if self.twice:
            await self.post(raw, self.signed(raw, event), 1)

    async def release(self, order: list[int] | None = None) -> None:
        """Deliver what was held, in this order."""
        events, self.held = self.held or [], None
        for number in order or range(len(events)):
            await self.deliver(events[number])

    def signed(self, raw: bytes, event: Json) -> dict[str, str]:
        """Make the headers. The formula is written out here once more, on purpose."""
        when, headers = str(event["timestamp"]), {}
        if self.header_time:
            when = headers["X-ZEvent-Timestamp"] = str(int(self.now * 1000) + 77)
        content = self.app_id.encode() + raw + when.encode() + self.oa_secret.encode()
        return headers | {"X-ZEvent-Signature": f"mac={hashlib.sha256(content).hexdigest()}"}

    async def post(self, raw: bytes, headers: Mapping[str, str], attempt: int = 0) -> int:
        """Post bytes to the webhook once; gives the status, 0 if there was none within 2 seconds."""
        retry = {"num_retry": str(attempt)} if attempt else {}
        sent = {"Content-Type": "application/json", **headers, **retry}
        try:
            answer = await self._http.post(
                self.hook, content=raw, headers=sent, timeout=self.patience
            )
            status = answer.status_code
        except httpx.TransportError:
            status = 0
        self.answers.append(status)
        return status

    async def until(self, happened: Callable[[], bool]) -> None:
        """Wait until something is so; it is looked at as requests come in."""
        async with asyncio.timeout(_PATIENCE), self._changed:
            await self._changed.wait_for(happened)

    def _fail(self, path: str, answer: Response | None, delay: float = 0) -> None:
        self._failures.setdefault(path, []).append((answer, delay))

    async def _serve(self, request: Request) -> Response:
        path, body = request.url.path, await request.body()
        self.calls.append(Call(path, request.headers, body))
        async with self._changed:
            self._changed.notify_all()
        failure: Response | None = None
        if self._failures.get(path):
            failure, delay = self._failures[path].pop(0)
            await asyncio.sleep(delay)
            if failure and not isinstance(failure, Lost | Late):
                return failure
        try:
            if path == TOKENS:
                form = dict(parse_qsl(body.decode()))
                found = self.oauth.tokens(form, request.headers.get("secret_key"))
            elif path == INFO:
                self._check_token(request.headers.get("access_token"))
                data = {"oa_id": self.oa_id, "name": "UBND phường thử", "oa_type": 4}
                found = {"data": data, "error": 0, "message": "Success"}
            else:
                found = await self._send(request, body)
            if isinstance(failure, Late):
                await asyncio.sleep(failure.seconds)
                return JSONResponse(found)
            if failure:
                self.lost.append(body)
            return failure or JSONResponse(found)
        except ApiError as error:
            return JSONResponse({"error": error.error, "message": error.message})
        except OAuthError as error:
            return JSONResponse(error.body)

    async def _send(self, request: Request, raw: bytes) -> Json:
        self._check_token(request.headers.get("access_token"))
        self._minute = [at for at in self._minute if at > self.now - 60]
        if len(self._minute) >= self.per_minute:
            raise ApiError(-32, "application reached limit call api per minute")
        self._minute.append(self.now)
        if not request.headers.get("content-type", "").startswith("application/json"):
            raise ApiError(-201, "content type is invalid")
        try:
            body = json.loads(raw)
        except ValueError:
            raise ApiError(-201, "body is invalid") from None
        user = self._receiver(*read_recipient(body))
        message = read_message(body)
        user.messages.append(message)
        assert user.last_act is not None
        user.billed += self.now - user.last_act > _FREE
        if self.echoes:
            await self._echo(user, message.text)
        data = {"message_id": f"{self.number():020x}", "user_id": user.id}
        return {"data": data, "error": 0, "message": "Success"}

    def _check_token(self, token: str | None) -> None:
        if token != self.oauth.access:
            known = bool(token and token.startswith("ACCESS-"))  # of an earlier pair
            raise ApiError(-220 if known else -216, "access token is invalid or removed")
        if self.now >= self.oauth.access_until:
            raise ApiError(-220, "access token has expired")

    def _receiver(self, user_id: str, conversation: str | None) -> User:
        user = self.users.get(user_id)
        if user is None or user.conversation != conversation:
            raise ApiError(-201, "user_id is invalid")
        if user.blocked:
            raise ApiError(-217, "user has blocked this OA")
        if user.last_act is None or self.now - user.last_act > _WEEK:
            raise ApiError(-230, "user has not interacted with the OA in the past 7 days")
        return user

    async def _echo(self, user: User, text: str) -> None:
        for name in ("oa_send_text", "user_received_message"):
            message = {"msg_id": f"{self.number():020x}"}
            message |= {"text": text} if name == "oa_send_text" else {}
            ends = {"sender": {"id": self.oa_id}, "recipient": {"id": user.id}}
            await self.deliver(self.event(name, message=message, **ends))


def _written(event: Json) -> bytes:
    try:
        return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:  # half a character can only be escaped
        return json.dumps(event, separators=(",", ":")).encode()
