"""The fake Zalo refuses what Zalo refuses: each rule bites."""

from __future__ import annotations

import asyncio
import hashlib
import json
from base64 import urlsafe_b64encode
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from tests.fakes.loopback import serving
from tests.fakes.zalo_oa_oauth import OAuthError
from tests.fakes.zalo_oa_server import SEND, TOKENS, FakeZaloOA

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request

Json = dict[str, Any]


class App:
    """Asks the fake with raw HTTP, and keeps what is posted to its webhook."""

    def __init__(self, zalo: FakeZaloOA, http: httpx.AsyncClient) -> None:
        self.zalo = zalo
        self.http = http
        self.token = zalo.oauth.grant()["access_token"]
        self.posted: list[tuple[Json, bytes, Any]] = []  # event, its bytes, headers
        self.statuses: list[int] = []  # what to answer next; 200 otherwise
        self.late: list[float] = []  # seconds before the next answers

    async def send(self, message: object, **recipient: object) -> Json:
        body = {"recipient": recipient or {"user_id": "7"}, "message": message}
        return await self.ask(json.dumps(body), access_token=self.token)

    async def ask(self, body: str, **headers: str) -> Json:
        sent = {"content-type": "application/json"} | headers
        answer = await self.http.post(f"{self.zalo.url}{SEND}", content=body, headers=sent)
        assert answer.status_code == 200
        found: Json = answer.json()
        assert ("data" in found) is (found["error"] == 0)
        return found

    async def tokens(self, secret: str | None = None, **form: str) -> Json:
        answer = await self.http.post(
            f"{self.zalo.url}{TOKENS}",
            data={"app_id": self.zalo.app_id} | form,
            headers={"secret_key": secret or self.zalo.app_secret},
        )
        found: Json = answer.json()
        return found

    async def hook(self, request: Request) -> Response:
        raw = await request.body()
        await asyncio.sleep(self.late.pop(0) if self.late else 0)
        self.posted.append((json.loads(raw), raw, request.headers))
        return Response(status_code=self.statuses.pop(0) if self.statuses else 200)


@pytest.fixture
async def app() -> AsyncIterator[App]:
    async with FakeZaloOA() as zalo, httpx.AsyncClient(timeout=5) as http:
        app = App(zalo, http)
        async with serving(Starlette(routes=[Route("/hook", app.hook, methods=["POST"])])) as url:
            zalo.hook = f"{url}/hook"
            await zalo.user("7").says("alo")
            yield app


def buttons(*given: object) -> Json:
    return {
        "text": "x",
        "attachment": {"type": "template", "payload": {"buttons": list(given)}},
    }


def button(title: object = "Xem", kind: str = "oa.query.hide", payload: object = "#a") -> Json:
    return {"title": title, "type": kind, "payload": payload}


async def test_a_message_within_all_limits_reaches_its_reader(app: App) -> None:
    """2,000 units, five buttons of every kind, 100 units of a title."""
    kinds = [
        button("ă" * 100),
        button(kind="oa.query.show", payload="x" * 1000),
        button(kind="oa.open.url", payload={"url": "https://a.vn"}),
        button(kind="oa.open.phone", payload={"phone_code": "1022"}),
        button(kind="oa.open.sms", payload={"content": "a", "phone_code": "1022"}),
    ]
    assert (await app.send(buttons(*kinds) | {"text": "ă" * 2000}))["error"] == 0
    (message,) = app.zalo.user("7").messages
    assert (len(message.text), len(message.buttons)) == (2000, 5)


@pytest.mark.parametrize(
    ("message", "error"),
    [
        ({"text": "ă" * 2001}, -210),
        ({"text": "😀" * 1001}, -210),
        ({"text": " "}, -201),
        ({}, -201),
        ("x", -201),
        ({"text": "x", "parse_mode": "HTML"}, -201),
        ({"text": "x", "attachment": {"type": "template"}}, -201),
        ({"text": "x", "attachment": {"type": "image", "payload": {}}}, -201),
        (buttons(), -201),
        (buttons(*[button()] * 6), -210),
        (buttons(button("ă" * 101)), -210),
        (buttons(button(" ")), -201),
        (buttons(button(5)), -201),
        (buttons(button(kind="oa.open.app")), -201),
        (buttons(button() | {"image": "x"}), -201),
        (buttons(button(payload="")), -201),
        (buttons(button(payload={"url": "https://a.vn"})), -201),
        (buttons(button(payload="x" * 1001)), -210),
        (buttons(button(kind="oa.open.url", payload="https://a.vn")), -201),
        (buttons(button(kind="oa.open.url", payload={"url": "ftp://a.vn"})), -201),
        (buttons(button(kind="oa.open.phone", payload={"phone": "1"})), -201),
        (buttons(button(kind="oa.open.phone", payload={"phone_code": "19 00"})), -201),
        (buttons(button(kind="oa.open.phone", payload={"phone_code": 113})), -201),
    ],
)
async def test_a_message_zalo_cannot_show_is_refused(
    app: App, message: object, error: int
) -> None:
    """Texts, buttons and payloads, in HTTP 200 with `error`."""
    assert (await app.send(message))["error"] == error


@pytest.mark.parametrize(
    "recipient",
    [
        {"user_id": "8"},
        {"user_id": 7},
        {"user_id": "7", "anonymous_id": "7"},
        {"anonymous_id": "7", "conversation_id": "c"},
        {"anonymous_id": "7"},
    ],
)
async def test_a_stranger_cannot_be_written_to(app: App, recipient: Json) -> None:
    """Unknown ids, numbers for ids, an account's id as somebody's without one."""
    assert (await app.send({"text": "x"}, **recipient))["error"] == -201


async def test_somebody_without_an_account_is_reached_by_their_conversation(app: App) -> None:
    """Their id alone is not enough."""
    an = app.zalo.user("9", conversation="c1")
    await an.says("alo")
    assert app.posted[-1][0]["event_name"] == "anonymous_send_text"
    assert app.posted[-1][0]["message"]["conversation_id"] == "c1"
    assert (await app.send({"text": "x"}, user_id="9"))["error"] == -201
    sent = await app.send({"text": "x"}, anonymous_id="9", conversation_id="c1")
    assert sent["error"] == 0


async def test_seven_days_after_the_last_act_nothing_is_taken(app: App) -> None:
    """After 48 hours it costs money. Having seen a message is no act; writing opens the window."""
    app.zalo.oauth.access_until += 10**9
    app.zalo.now += 48 * 3600
    assert (await app.send({"text": "x"}))["error"] == 0
    assert app.zalo.user("7").billed == 0
    app.zalo.now += 5 * 86_400
    assert (await app.send({"text": "x"}))["error"] == 0
    assert app.zalo.user("7").billed == 1
    app.zalo.now += 1
    await app.zalo.user("7").sees()
    assert (await app.send({"text": "x"}))["error"] == -230
    await app.zalo.user("7").says("alo")
    assert (await app.send({"text": "x"}))["error"] == 0
    app.zalo.user("7").blocked = True
    assert (await app.send({"text": "x"}))["error"] == -217


async def test_an_access_token_ends_by_age_and_by_its_successor(app: App) -> None:
    """-216 for what never was one, -220 for what is none any more."""
    body = '{"recipient":{"user_id":"7"},"message":{"text":"x"}}'
    assert (await app.ask(body))["error"] == -216
    assert (await app.ask(body, access_token="khac"))["error"] == -216
    app.zalo.now += 90_000
    assert (await app.ask(body, access_token=app.token))["error"] == -220
    app.zalo.now -= 90_000
    assert (await app.ask(body, access_token=app.token))["error"] == 0
    app.zalo.oauth.grant()
    assert (await app.ask(body, access_token=app.token))["error"] == -220


async def test_bodies_and_rates_have_limits(app: App) -> None:
    """JSON with its content type, so many requests a minute."""
    token = {"access_token": app.token}
    assert (await app.ask("{", **token))["error"] == -201
    assert (await app.ask("[]", **token))["error"] == -201
    typed = await app.ask("{}", **token, **{"content-type": "text/plain"})
    assert typed["error"] == -201
    app.zalo.per_minute = 4
    assert (await app.send({"text": "x"}))["error"] == 0
    assert (await app.send({"text": "x"}))["error"] == -32
    app.zalo.now += 61
    assert (await app.send({"text": "x"}))["error"] == 0


async def test_a_late_answer_comes_of_what_was_done_at_once(app: App) -> None:
    """The pair is valid before anybody is told."""
    first = app.zalo.oauth.grant()
    app.zalo.answer_late(TOKENS, 0.2)
    form = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    asking = asyncio.create_task(app.tokens(**form))
    await app.zalo.until(lambda: bool(app.zalo.calls))
    while not app.zalo.oauth.spent:  # noqa: ASYNC110  # at once
        await asyncio.sleep(0)
    assert not asking.done()
    made = app.zalo.oauth.access
    assert made != first["access_token"]
    assert (await asking)["access_token"] == made
    assert app.zalo.oauth.in_vain == 0
    assert (await app.tokens(**form))["error"] == -14014
    assert app.zalo.oauth.in_vain == 1


async def test_a_refresh_token_works_once(app: App) -> None:
    """It needs the app's secret, and ends after 90 days."""
    first = app.zalo.oauth.grant()["refresh_token"]
    grant = {"grant_type": "refresh_token", "refresh_token": first}
    assert (await app.tokens(secret="khac", **grant))["error"] == -14005
    assert (await app.tokens(**grant | {"app_id": "1"}))["error"] == -14001
    assert (await app.tokens(grant_type="password"))["error"] == -14006
    second = await app.tokens(**grant)
    assert second["expires_in"] == "90000"
    assert second["access_token"] == app.zalo.oauth.access
    assert (await app.tokens(**grant))["error"] == -14014
    app.zalo.now += 90 * 86_400
    aged = await app.tokens(grant_type="refresh_token", refresh_token=second["refresh_token"])
    assert aged["error"] == -14014


VERIFIER = "v" * 43
CHALLENGE = urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
REDIRECT = "https://hoidap.example.vn/zalo"


def agree(zalo: FakeZaloOA, **changes: str) -> str:
    asked = {"app_id": zalo.app_id, "redirect_uri": REDIRECT, "code_challenge": CHALLENGE}
    url = httpx.URL(f"{zalo.url}/v4/oa/permission", params=asked | {"state": "s"} | changes)
    return zalo.oauth.allow(str(url))


async def test_a_code_needs_its_verifier_and_works_once_for_ten_minutes(app: App) -> None:
    """PKCE S256; the browser lands with code, OA and state."""
    form = {"grant_type": "authorization_code", "code_verifier": VERIFIER}
    landed = httpx.URL(agree(app.zalo)).params
    assert (landed["oa_id"], landed["state"]) == (app.zalo.oa_id, "s")
    code = landed["code"]
    assert "access_token" in await app.tokens(**form, code=code)
    assert (await app.tokens(**form, code=code))["error"] == -14010
    wrong = httpx.URL(agree(app.zalo)).params["code"]
    refused = await app.tokens(**form | {"code": wrong, "code_verifier": "w" * 43})
    assert refused["error"] == -14011
    late = httpx.URL(agree(app.zalo)).params["code"]
    app.zalo.now += 600
    assert (await app.tokens(**form, code=late))["error"] == -14010


@pytest.mark.parametrize(
    "wrong",
    [{"app_id": "1"}, {"redirect_uri": "https://khac.vn"}, {"code_challenge": "x"}],
)
async def test_the_permission_page_checks_what_it_is_given(app: App, wrong: Json) -> None:
    """Another app, an address that is not registered, no challenge."""
    with pytest.raises(OAuthError):
        agree(app.zalo, **wrong)


async def test_events_are_signed_over_their_bytes(app: App) -> None:
    """The formula once more, by hand, for body time and header time."""
    app.zalo.header_time = True
    await app.zalo.user("7").says("ờ")
    for (event, raw, headers), when in zip(
        app.posted,
        (app.posted[0][0]["timestamp"], app.posted[1][2]["X-ZEvent-Timestamp"]),
        strict=True,
    ):
        content = event["app_id"].encode() + raw + when.encode() + app.zalo.oa_secret.encode()
        assert headers["X-ZEvent-Signature"] == f"mac={hashlib.sha256(content).hexdigest()}"


async def test_an_event_comes_again_until_it_is_taken_but_not_for_ever(app: App) -> None:
    """The same bytes, with `num_retry`; five times at most."""
    app.statuses = [503, 500]
    await app.zalo.user("7").says("một")
    assert app.zalo.answers[-3:] == [503, 500, 200]
    assert [headers.get("num_retry") for _, _, headers in app.posted[-3:]] == [None, "1", "2"]
    assert len({raw for _, raw, _ in app.posted[-3:]}) == 1
    app.statuses = [503] * 9
    await app.zalo.user("7").says("hai")
    assert app.statuses == [503] * 3
    app.statuses.clear()
    app.zalo.twice = True
    await app.zalo.user("7").says("ba")
    assert app.posted[-1][1] == app.posted[-2][1]


async def test_an_event_that_is_not_answered_in_time_comes_again(app: App) -> None:
    """Zalo waits for two seconds; a shorter time here."""
    assert app.zalo.patience == 2.0
    app.zalo.patience, app.late = 0.2, [5.0]
    await app.zalo.user("7").says("một")
    assert app.zalo.answers[-2:] == [0, 200]


async def test_events_can_come_out_of_order(app: App) -> None:
    """Held back, then delivered as the test says."""
    app.zalo.held = []
    await app.zalo.user("7").says("một")
    await app.zalo.user("7").says("hai")
    await app.zalo.release([1, 0])
    assert [event["message"]["text"] for event, _, _ in app.posted[-2:]] == ["hai", "một"]


async def test_every_act_has_its_own_shape(app: App) -> None:
    """Follow events have no sender; a click says the payload; echoes come from the OA."""
    an = app.zalo.user("7")
    app.zalo.echoes = True
    await app.send(
        buttons(
            button("Xem", payload="#e:a"), button("Gọi", "oa.open.phone", {"phone_code": "113"})
        )
    )
    assert [event["event_name"] for event, _, _ in app.posted[-2:]] == [
        "oa_send_text",
        "user_received_message",
    ]
    assert app.posted[-1][0]["sender"] == {"id": app.zalo.oa_id}
    clicked = await an.clicks("Xem")
    assert clicked
    assert (clicked["event_name"], clicked["message"]["text"]) == ("user_send_text", "#e:a")
    assert await an.clicks("Gọi") is None
    for act, name in ((an.follows, "follow"), (an.unfollows, "unfollow")):
        event = await act()
        assert event["event_name"] == name
        assert "sender" not in event
        assert event["follower"] == {"id": "7"}
    assert (await an.withdraws())["event_name"] == "user_withdraw"


async def test_ordered_failures_happen_once(app: App) -> None:
    """A code, a status, a broken connection, a late answer; then all is well again."""
    app.zalo.refuse_next(SEND, -32)
    app.zalo.drop_next(SEND)
    app.zalo.delay_next(SEND, 0.5)
    assert await app.ask("{}") == {"error": -32, "message": "refused on demand"}
    with pytest.raises(httpx.RemoteProtocolError):
        await app.send({"text": "x"})
    with pytest.raises(httpx.ReadTimeout):
        await app.http.post(f"{app.zalo.url}{SEND}", json={}, timeout=0.05)
    assert (await app.send({"text": "x"}))["error"] == 0


async def test_a_lost_answer_is_one_to_a_request_that_was_done(app: App) -> None:
    """The client cannot tell, the reader can; a stalled one is not done."""
    app.zalo.lose_next(SEND)
    app.zalo.stall_next(SEND)
    with pytest.raises(httpx.RemoteProtocolError):
        await app.send({"text": "x"})
    async with httpx.AsyncClient(timeout=0.3) as http:
        with pytest.raises(httpx.ReadTimeout):
            await http.post(f"{app.zalo.url}{SEND}", content="{}")
    assert [message.text for message in app.zalo.user("7").messages] == ["x"]
    assert [json.loads(body)["message"] for body in app.zalo.lost] == [{"text": "x"}]
