"""One refresher; every new pair is kept before it is used; what only an operator can mend is told."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import TYPE_CHECKING, Any

import pytest

from bot.channels.errors import TryLaterError
from bot.channels.zalo_oa.http import Http
from bot.channels.zalo_oa.oauth import OAuth
from bot.channels.zalo_oa.pair import SECRET, UNFINISHED, Pair, Unfinished, mark
from bot.channels.zalo_oa.renewal import Renewal, TokensLostError, WrongAppError
from bot.channels.zalo_oa.tokens import Tokens
from tests.fakes.vault import FileVault
from tests.fakes.zalo_oa_server import TOKENS, FakeZaloOA

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

HOUR = 3600


class World:
    """The fake, a Vault in a file, and as many token keepers as a test wants."""

    def __init__(self, zalo: FakeZaloOA, vault: FileVault, http: Http) -> None:
        self.zalo = zalo
        self.vault = vault
        self.http = http

    def tokens(self, refresh_token: str | None = None, patience: float = 0.0) -> Tokens:
        """Begin as after a restart: nothing in memory."""
        renewal = self.renewal(refresh_token, patience)
        return Tokens(self.vault, renewal.renew, clock=lambda: self.zalo.now)

    def renewal(
        self,
        refresh_token: str | None = None,
        patience: float = 0.0,
        *,
        keeping: float = 60,
        base: str | None = None,
    ) -> Renewal:
        oauth = OAuth(
            self.http,
            app_id=self.zalo.app_id,
            app_secret=self.zalo.app_secret,
            base_url=base or self.zalo.url,
        )
        return Renewal(
            self.vault,
            oauth,
            first=refresh_token,
            clock=lambda: self.zalo.now,
            patience=patience,
            keeping=keeping,
        )

    def first(self) -> str:
        """Get a refresh token as an operator does by hand."""
        token: str = self.zalo.oauth.grant()["refresh_token"]
        return token

    async def unfinished(self) -> bool:
        """Tell whether a renewal with the kept refresh token is noted."""
        noted = Unfinished.from_json(await self.vault.secret(UNFINISHED))
        return noted is not None and noted.token == mark((await self.kept())["refresh"])

    async def kept(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(await self.vault.secret(SECRET) or "{}")
        return found

    @property
    def refreshes(self) -> int:
        return len(self.zalo.called(TOKENS))


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with FakeZaloOA() as zalo, Http(5) as http:
        yield World(zalo, FileVault(tmp_path / "vault.db"), http)


async def test_the_first_token_comes_from_the_refresh_token_that_was_set(world: World) -> None:
    """It is kept; after a restart nothing is asked."""
    first = world.first()
    token = await world.tokens(first).access()
    assert token == world.zalo.oauth.access == (await world.kept())["access"]
    assert await world.tokens(first).access() == token
    assert await world.tokens().access() == token
    assert world.refreshes == 1


async def test_a_token_is_renewed_at_80_percent_of_its_life(world: World) -> None:
    """Twenty of its twenty-five hours."""
    tokens = world.tokens(world.first())
    first = await tokens.access()
    world.zalo.now += 20 * HOUR - 1
    assert await tokens.access() == first
    world.zalo.now += 1
    second = await tokens.access()
    assert second != first
    assert second == world.zalo.oauth.access == (await world.kept())["access"]


async def test_all_who_send_share_one_refresh(world: World) -> None:
    """Thirty at once, some with a token that was refused, some at its age: one request."""
    tokens = world.tokens(world.first())
    old = await tokens.access()
    world.zalo.delay_next(TOKENS, 0.2)
    world.zalo.now += 21 * HOUR
    waiting = [tokens.renew(old) if n % 2 else tokens.access() for n in range(30)]
    assert set(await asyncio.gather(*waiting)) == {world.zalo.oauth.access}
    assert await tokens.renew(old) == world.zalo.oauth.access
    assert world.refreshes == 2


async def test_a_refresh_outlives_who_waits_for_it(world: World) -> None:
    """A sender that is cancelled does not take the only new pair with it."""
    tokens = world.tokens(world.first())
    world.zalo.delay_next(TOKENS, 0.3)
    sender = asyncio.create_task(tokens.access())
    await world.zalo.until(lambda: world.refreshes == 1)
    sender.cancel()
    await asyncio.wait([sender])
    assert sender.cancelled()
    await tokens.settle()
    assert (await world.kept())["access"] == world.zalo.oauth.access
    assert await world.tokens().access() == world.zalo.oauth.access


async def test_a_new_token_is_not_used_before_it_is_kept(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """While the Vault fails nobody gets it; it is kept when the Vault works, not asked anew."""
    tokens = world.tokens(world.first())
    old = await tokens.access()
    world.zalo.now += 20 * HOUR
    world.zalo.delay_next(TOKENS, 0.2)
    waiting = asyncio.create_task(tokens.access())
    await world.zalo.until(lambda: world.refreshes == 2)
    world.vault.broken = True
    async with asyncio.timeout(10):
        while "Đừng dừng tiến trình này" not in caplog.text:  # noqa: ASYNC110  # of a log
            await asyncio.sleep(0.01)
    await asyncio.wait([waiting], timeout=0.2)
    assert not waiting.done()
    assert (await world.kept())["access"] == old
    assert "bi-mat" not in caplog.text
    world.vault.broken = False
    assert await waiting == world.zalo.oauth.access == (await world.kept())["access"]
    assert world.refreshes == 2


async def test_no_tokens_are_asked_for_that_could_not_be_kept(world: World) -> None:
    """A full disk is found before Zalo is asked; until the end of the old token it serves on."""
    tokens = world.tokens(world.first())
    old = await tokens.access()
    world.vault.broken = True
    world.zalo.now += 20 * HOUR
    assert await tokens.access() == old
    world.zalo.now += 5 * HOUR
    with pytest.raises(TryLaterError, match="kho"):
        await tokens.access()
    assert world.refreshes == 1
    world.vault.broken = False
    world.zalo.now += 5
    assert await tokens.access() == world.zalo.oauth.access != old


async def test_a_pair_that_cannot_be_kept_for_hours_is_given_up(world: World) -> None:
    """Nobody gets it; what is asked with the token that is used up then tells of it."""
    await world.renewal(world.first()).renew()
    world.zalo.now += 20 * HOUR
    world.zalo.delay_next(TOKENS, 0.2)
    renewing = asyncio.create_task(world.renewal(keeping=0).renew())
    await world.zalo.until(lambda: world.refreshes == 2)
    world.vault.broken = True
    with pytest.raises(TryLaterError, match="kho"):
        await renewing
    world.vault.broken = False
    with pytest.raises(TokensLostError, match=r"^Lần đổi mã lúc .* hoidap zalo login$"):
        await world.renewal().renew()


async def test_a_restart_goes_on_with_the_kept_refresh_token(world: World) -> None:
    """The chain of single-use tokens goes on over five lives of the process."""
    first = world.first()
    seen = set()
    for _ in range(5):
        seen.add(await world.tokens(first).access())
        world.zalo.now += 24 * HOUR
    assert len(seen) == world.refreshes == 5


async def test_trouble_before_the_end_of_a_token_is_waited_out_with_it(world: World) -> None:
    """No network at 80 %: the old token serves on, and Zalo is not asked again at every send."""
    tokens = world.tokens(world.first())
    old = await tokens.access()
    world.zalo.now += 20 * HOUR
    world.zalo.answer_next(TOKENS, status=502)
    assert [await tokens.access() for _ in range(3)] == [old] * 3
    assert world.refreshes == 2
    world.zalo.now += 60
    assert await tokens.access() != old
    assert world.refreshes == 3


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, {}),
        (429, {}),
        (200, "<html>"),
        (200, {"error": -32, "message": "limit"}),
        (200, {"access_token": "a"}),
        (200, {"access_token": "có dấu", "refresh_token": "b"}),
        (200, {"access_token": "a\nb", "refresh_token": "b"}),
        (200, [1]),
    ],
)
async def test_an_answer_that_decides_nothing_is_tried_again_later(
    world: World, status: int, body: object
) -> None:
    """The refresh token is not given up for it."""
    tokens = world.tokens(world.first())
    world.zalo.answer_next(TOKENS, status=status, body=body)
    for _ in range(2):  # Zalo is not asked for every message that waits
        with pytest.raises(TryLaterError):
            await tokens.access()
    assert world.refreshes == 1
    world.zalo.now += 60
    assert await tokens.access() == world.zalo.oauth.access
    assert tokens.trouble == ""


async def test_as_long_as_zalo_asks_to_wait_nothing_is_asked(world: World) -> None:
    """`Retry-After` of the token server is for all who wait."""
    tokens = world.tokens(world.first())
    world.zalo.answer_next(TOKENS, status=429, headers={"Retry-After": "90"})
    with pytest.raises(TryLaterError):
        await tokens.access()
    world.zalo.now += 80
    with pytest.raises(TryLaterError) as caught:
        await tokens.access()
    assert caught.value.seconds == pytest.approx(10)
    world.zalo.now += 10
    assert await tokens.access() == world.zalo.oauth.access


async def test_a_broken_connection_is_tried_again_later(world: World) -> None:
    """Without the address or the secret in the words."""
    tokens = world.tokens(world.first())
    world.zalo.drop_next(TOKENS)
    with pytest.raises(TryLaterError) as caught:
        await tokens.access()
    assert str(caught.value) == "không kết nối được tới Zalo"
    assert caught.value.__suppress_context__


@pytest.mark.parametrize(
    ("breaks", "told"),
    [
        ("lose", True),  # the pair was made, the connection broke
        ("drop", True),  # nobody can know
        ("gateway", True),
        ("limit", False),
        ("nowhere", False),  # nothing was sent
        ("nothing", False),
    ],
)
async def test_a_lost_pair_is_told_as_what_it_is(world: World, breaks: str, *, told: bool) -> None:
    """Only where Zalo may have made one: otherwise the refused token has another reason."""
    await world.renewal(world.first()).renew()
    world.zalo.now += 20 * HOUR
    base = None
    match breaks:
        case "lose":
            world.zalo.lose_next(TOKENS)
        case "drop":
            world.zalo.drop_next(TOKENS)
        case "gateway":
            world.zalo.answer_next(TOKENS, status=504)
        case "limit":
            world.zalo.refuse_next(TOKENS, -32)
        case "nowhere":
            base = "http://127.0.0.1:9"
    if breaks != "nothing":
        with pytest.raises(TryLaterError):
            await world.renewal(base=base).renew()
    assert await world.unfinished() is told
    world.zalo.oauth._refresh.clear()
    for _ in range(2):  # also to the next who asks
        with pytest.raises(TokensLostError, match=r"hoidap zalo login$") as caught:
            await world.renewal().renew()
        assert ("Lần đổi mã lúc" in str(caught.value)) is told


async def test_what_was_lost_once_is_not_told_of_another_pair(world: World) -> None:
    """After a renewal that worked in the end, or a login."""
    await world.renewal(world.first()).renew()
    world.zalo.now += 20 * HOUR
    world.zalo.drop_next(TOKENS)
    with pytest.raises(TryLaterError):
        await world.renewal().renew()
    await world.renewal().renew()
    world.zalo.now += 20 * HOUR
    world.zalo.oauth._refresh.clear()
    with pytest.raises(TokensLostError) as caught:
        await world.renewal().renew()
    assert "Lần đổi mã lúc" not in str(caught.value)


async def test_a_refused_refresh_token_is_told_once_and_never_asked_with_again(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """The message names the command; sending waits for an operator."""
    tokens = world.tokens(world.first())
    old = await tokens.access()
    world.zalo.oauth._refresh.clear()
    world.zalo.now += 26 * HOUR
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            with pytest.raises(TokensLostError, match=r"-14014\)\. .*hoidap zalo login$"):
                await tokens.renew(old)
    assert len(caplog.records) == 1
    assert tokens.trouble.endswith("hoidap zalo login")
    # the one that was set at first, and gave this pair, is asked with too
    assert world.refreshes == 3


async def test_without_any_token_the_command_is_named(world: World) -> None:
    """Nothing in the Vault, nothing set."""
    with pytest.raises(TokensLostError, match=r"Chưa có mã truy cập.*hoidap zalo login"):
        await world.tokens().access()
    assert world.refreshes == 0


async def test_a_login_while_the_bot_runs_mends_it(world: World) -> None:
    """The pair that another process kept is taken over without a restart."""
    tokens = world.tokens(world.first())
    old = await tokens.access()
    world.zalo.oauth._refresh.clear()
    with pytest.raises(TokensLostError):
        await tokens.renew(old)
    grant = world.zalo.oauth.grant()
    pair = Pair(
        grant["access_token"], grant["refresh_token"], world.zalo.now + 9, world.zalo.now + 9
    )
    await world.vault.keep_secret(SECRET, pair.to_json())
    assert await tokens.renew(old) == grant["access_token"]
    assert tokens.trouble == ""


async def test_a_lost_chain_begins_anew_with_another_token_that_was_set(world: World) -> None:
    """The Vault's own comes first; when it is refused, the one that was set is used."""
    await world.tokens(world.first()).access()
    world.zalo.oauth._refresh.clear()
    world.zalo.now += 26 * HOUR
    tokens = world.tokens(world.first())
    assert await tokens.access() == world.zalo.oauth.access
    assert tokens.trouble == ""


async def test_two_replicas_do_not_lose_the_chain(world: World) -> None:
    """Both refresh at the same moment: who comes second takes over what the first kept."""
    await world.tokens(world.first()).access()
    world.zalo.now += 20 * HOUR
    one, two = world.tokens(patience=2), world.tokens(patience=2)
    world.zalo.delay_next(TOKENS, 0.2)
    assert set(await asyncio.gather(one.access(), two.access())) == {world.zalo.oauth.access}
    assert world.refreshes == len(world.zalo.oauth.spent) == 2  # nobody asked in vain


async def test_a_wrong_secret_key_is_not_taken_for_lost_tokens(world: World) -> None:
    """The refresh token is still good: with the right key it goes on, after a pause."""
    await world.tokens(world.first()).access()
    world.zalo.now += 26 * HOUR
    tokens, right = world.tokens(), world.zalo.oauth.app_secret
    world.zalo.oauth.app_secret = "khoa-moi-cua-ung-dung"
    for _ in range(2):
        with pytest.raises(WrongAppError, match=r"-14005\)\. .*HOIDAP_ZALO_OA_APP_SECRET"):
            await tokens.access()
    assert world.refreshes == 2
    world.zalo.oauth.app_secret = right
    world.zalo.now += 5
    assert await tokens.access() == world.zalo.oauth.access
    assert tokens.trouble == ""


async def test_the_refresh_token_before_is_tried_when_the_new_one_never_worked(
    world: World,
) -> None:
    """Zalo may have given a pair that it does not know: the one before is kept as long."""
    await world.tokens(world.first()).access()
    kept = await world.kept()
    assert kept["previous"] in world.zalo.oauth.spent
    odd = Pair("ACCESS-la", "REFRESH-la", world.zalo.now, world.zalo.now, kept["refresh"])
    await world.vault.keep_secret(SECRET, odd.to_json())
    assert await world.tokens().access() == world.zalo.oauth.access
    assert (await world.kept())["previous"] == kept["refresh"]


async def test_a_quiet_bot_renews_too(world: World) -> None:
    """Nobody sends for a day; the refresh token must not age away."""
    tokens = world.tokens(world.first())
    await tokens.access()
    keeper = asyncio.create_task(tokens.keep_fresh(every=0.01))
    world.zalo.now += 20 * HOUR
    await world.zalo.until(lambda: world.refreshes == 2)
    keeper.cancel()
    await asyncio.wait([keeper])
    await tokens.settle()
    assert (await world.kept())["access"] == world.zalo.oauth.access


@pytest.mark.parametrize(
    "damaged",
    [
        "",
        "{",
        "[]",
        "7",
        '{"access":"a"}',
        '{"access":"à","refresh":"b","renew_at":1,"expires_at":2}',
    ],
)
async def test_a_damaged_pair_is_none(world: World, damaged: str) -> None:
    """The refresh token that was set helps out of it."""
    await world.vault.keep_secret(SECRET, damaged)
    assert await world.tokens(world.first()).access() == world.zalo.oauth.access


def test_tokens_are_not_shown_by_their_objects() -> None:
    """A traceback or a log that shows one shows no secret."""
    assert "bi-mat" not in repr(Pair("ACCESS-bi-mat", "REFRESH-bi-mat", 1, 2))
