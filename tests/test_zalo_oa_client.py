"""What becomes of a message: taken, to be tried later, or given up – by Zalo's own code."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

import pytest

from bot.channels.errors import TryLaterError, UndeliverableError
from bot.channels.zalo_oa.codes import CODES, Action, error_of
from tests.fakes.vault import FileVault
from tests.fakes.zalo_oa_server import SEND, TOKENS, FakeZaloOA
from tests.zalo_oa import Inbox, started

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.channels.zalo_oa import ZaloOAChannel
    from tests.fakes.zalo_oa_users import User

QUESTION = "số căn cước 012345678901"


@pytest.fixture
async def zalo() -> AsyncIterator[FakeZaloOA]:
    async with FakeZaloOA() as zalo:
        yield zalo


@pytest.fixture
async def channel(zalo: FakeZaloOA, tmp_path: Path) -> AsyncIterator[ZaloOAChannel]:
    vault = FileVault(tmp_path / "vault.db")
    async with started(zalo, vault, Inbox(), seconds=0.5) as channel:
        await zalo.user().says("alo")
        yield channel


def address(user: User) -> str:
    return json.dumps({"user_id": user.id})


async def send(channel: ZaloOAChannel, zalo: FakeZaloOA, text: str = QUESTION) -> None:
    await channel.send(address(zalo.user()), {"text": text})


async def test_a_message_arrives_with_the_token_in_its_header(
    channel: ZaloOAChannel, zalo: FakeZaloOA
) -> None:
    """The address is the recipient; the payload is the message."""
    await send(channel, zalo)
    (call,) = zalo.called(SEND)
    assert call.headers["access_token"] == zalo.oauth.access
    assert json.loads(call.body) == {
        "recipient": {"user_id": zalo.user().id},
        "message": {"text": QUESTION},
    }
    assert [message.text for message in zalo.user().messages] == [QUESTION]


@pytest.mark.parametrize("code", [*sorted(CODES), -999])
async def test_each_error_code_ends_as_the_table_says(
    channel: ZaloOAChannel, zalo: FakeZaloOA, code: int
) -> None:
    """Dropped, tried later (a new code too), or – a bad token – sent once more with a new one."""
    zalo.refuse_next(SEND, code)
    action = CODES[code].action if code in CODES else Action.WAIT
    if action is Action.RENEW:
        await send(channel, zalo)
        assert len(zalo.called(SEND)) == len(zalo.called(TOKENS)) == 2
        assert len(zalo.user().messages) == 1
        return
    expected = UndeliverableError if action is Action.DROP else TryLaterError
    with pytest.raises(expected, match=f"^Zalo {code}: ") as caught:
        await send(channel, zalo)
    assert QUESTION not in str(caught.value)
    assert len(zalo.called(SEND)) == len(zalo.called(TOKENS)) == 1
    assert bool(channel.trouble) is (action is Action.MEND)


async def test_the_table_of_actions_is_the_documented_one() -> None:
    """Every code of the public table, by what is done about it."""
    by_action = {
        action: {code for code, entry in CODES.items() if entry.action is action}
        for action in Action
    }
    assert by_action == {
        Action.RENEW: {-216, -220},
        Action.WAIT: {-32, -200, -234},
        Action.MEND: {
            -204,
            -205,
            -209,
            -212,
            -219,
            -221,
            -223,
            -224,
            -235,
            -240,
            -242,
            -320,
            -321,
        },
        Action.DROP: {
            -100,
            -201,
            -210,
            -211,
            -213,
            -217,
            -218,
            -227,
            -230,
            -232,
            -233,
            -244,
            -248,
        },
    }


async def test_the_minutes_limit_is_waited_out(channel: ZaloOAChannel, zalo: FakeZaloOA) -> None:
    """-32 asks for a minute."""
    zalo.per_minute = 0
    with pytest.raises(TryLaterError) as caught:
        await send(channel, zalo)
    assert caught.value.seconds == 60


async def test_an_ended_token_is_renewed_once_and_the_message_sent_once_more(
    channel: ZaloOAChannel, zalo: FakeZaloOA
) -> None:
    """Somebody made a new pair elsewhere: -220, one refresh, one more request."""
    zalo.oauth.grant()
    await send(channel, zalo)
    assert len(zalo.user().messages) == 1
    assert len(zalo.called(SEND)) == len(zalo.called(TOKENS)) == 2


@pytest.mark.parametrize("code", [-216, -220])
async def test_a_new_token_that_is_refused_too_is_not_renewed_again(
    channel: ZaloOAChannel, zalo: FakeZaloOA, code: int
) -> None:
    """No loop: two requests, one refresh, and the outbox waits."""
    zalo.refuse_next(SEND, code)
    zalo.refuse_next(SEND, code)
    with pytest.raises(TryLaterError, match=f"Zalo {code}"):
        await send(channel, zalo)
    assert len(zalo.called(SEND)) == len(zalo.called(TOKENS)) == 2


async def test_lost_tokens_make_messages_wait_for_an_operator(
    channel: ZaloOAChannel, zalo: FakeZaloOA
) -> None:
    """Nothing is dropped; the reason names the command."""
    zalo.oauth._refresh.clear()
    zalo.oauth.grant()
    zalo.oauth._refresh.clear()
    with pytest.raises(TryLaterError, match="hoidap zalo login") as caught:
        await send(channel, zalo)
    assert caught.value.seconds == 300
    assert "hoidap zalo login" in channel.trouble


async def test_seven_days_of_silence_close_the_window(
    channel: ZaloOAChannel, zalo: FakeZaloOA
) -> None:
    """The fake's own rule, not an ordered failure."""
    zalo.now += 7 * 86_400 + 1
    with pytest.raises(UndeliverableError, match="-230"):
        await send(channel, zalo)


async def test_trouble_of_the_servers_is_tried_later(
    channel: ZaloOAChannel, zalo: FakeZaloOA
) -> None:
    """5xx, 429 with its time, no JSON, JSON without `error`, a break, silence; no own retries."""
    zalo.answer_next(SEND, status=503)
    zalo.answer_next(SEND, status=429, headers={"Retry-After": "7"})
    zalo.answer_next(SEND, status=403, body="<html>")
    zalo.answer_next(SEND, body={"message": "?"})
    zalo.answer_next(SEND, body=[0])
    zalo.drop_next(SEND)
    zalo.delay_next(SEND, 0.8)
    reasons = []
    for _ in range(7):
        with pytest.raises(TryLaterError) as caught:
            await send(channel, zalo)
        error = caught.value  # what httpx raised shows the address
        assert error.__suppress_context__ or error.__context__ is None
        reasons.append((str(caught.value), caught.value.seconds))
    assert reasons == [
        ("Zalo đang trục trặc (HTTP 503)", None),
        ("Zalo đang trục trặc (HTTP 429)", 7),
        ("Zalo trả lời không phải JSON (HTTP 403)", None),
        ("Zalo trả lời không có mã lỗi (HTTP 200)", None),
        ("Zalo trả lời không có mã lỗi (HTTP 200)", None),
        ("không kết nối được tới Zalo", None),
        ("Zalo không trả lời kịp", None),
    ]
    assert len(zalo.called(SEND)) == 7


async def test_what_an_operator_must_mend_is_told_once_and_forgotten_when_it_works(
    channel: ZaloOAChannel, zalo: FakeZaloOA, caplog: pytest.LogCaptureFixture
) -> None:
    """One line in the log, not one for every message."""
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            zalo.refuse_next(SEND, -321)
            with pytest.raises(TryLaterError):
                await send(channel, zalo)
    assert len(caplog.records) == 1
    assert channel.trouble == "Zalo -321: Zalo Cloud Account hết tiền"
    await send(channel, zalo)
    assert channel.trouble == ""


@pytest.mark.parametrize(
    "wrong", ["", "7", "{", "[]", "{}", '{"user_id":7}', '{"user_id":""}', '{"phone":"09"}']
)
async def test_an_address_that_is_none_of_ours_is_given_up(
    channel: ZaloOAChannel, zalo: FakeZaloOA, wrong: str
) -> None:
    """Nothing is sent."""
    with pytest.raises(UndeliverableError):
        await channel.send(wrong, {"text": "x"})
    assert zalo.called(SEND) == []


async def test_neither_tokens_nor_words_are_logged(
    channel: ZaloOAChannel, zalo: FakeZaloOA, caplog: pytest.LogCaptureFixture
) -> None:
    """At the most talkative level, through success, refusals and breaks."""
    with caplog.at_level(logging.DEBUG):
        zalo.oauth.grant()
        await send(channel, zalo)
        zalo.refuse_next(SEND, -201)
        zalo.drop_next(SEND)
        for _ in range(2):
            with pytest.raises((TryLaterError, UndeliverableError)):
                await send(channel, zalo)
    for secret in ("bi-mat", QUESTION, zalo.user().id):
        assert secret not in caplog.text


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"error": 0}, 0),
        ({"error": "-32"}, -32),
        ({"error": "x"}, None),
        ({"error": True}, None),
        ({"error": None}, None),
        ({}, None),
        ([], None),
    ],
)
def test_an_error_is_a_number(body: object, error: int | None) -> None:
    """As a number or its digits; everything else is no answer of Zalo's."""
    assert error_of(body) == error
