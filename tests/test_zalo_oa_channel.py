"""The life of the channel: what the start checks, what the stop leaves, the domain's file."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import httpx
import pytest
from starlette.applications import Starlette

from bot.channels.composition import channels
from bot.channels.errors import ChannelError, TryLaterError, UnreachableError
from bot.channels.zalo_oa.pair import SECRET, Pair
from bot.channels.zalo_oa.webhook import PATH
from bot.config import Settings
from bot.zalo_child import RenewalProcess
from tests.fakes.loopback import serving
from tests.fakes.vault import FileVault
from tests.fakes.zalo_oa_server import TOKENS, FakeZaloOA
from tests.zalo_oa import Inbox, channel_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture
async def zalo() -> AsyncIterator[FakeZaloOA]:
    async with FakeZaloOA() as zalo:
        yield zalo


@pytest.fixture
def vault(tmp_path: Path) -> FileVault:
    return FileVault(tmp_path / "vault.db")


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


async def test_before_the_start_and_after_the_stop_nothing_is_taken(
    zalo: FakeZaloOA, vault: FileVault, inbox: Inbox
) -> None:
    """503, so Zalo delivers again; what is to be sent still goes out until the close."""
    zalo.retries = 0
    refresh = zalo.oauth.grant()["refresh_token"]
    channel = channel_of(zalo, vault, refresh_token=refresh)
    async with serving(Starlette(routes=list(channel.routes()))) as url:
        zalo.hook = f"{url}{PATH}"
        await zalo.user().says("sớm")
        await channel.start(inbox)
        await zalo.user().says("alo")
        await channel.stop()
        await zalo.user().says("muộn")
        assert zalo.answers == [503, 200, 503]
        await channel.send(inbox.taken[0].address, {"text": "chào"})
        assert len(zalo.user().messages) == 1
        await channel.close()
        await channel.close()


async def test_the_domain_is_verified_with_zalos_file(zalo: FakeZaloOA, vault: FileVault) -> None:
    """By the code or by the whole name of the file, also before the start."""
    for setting in ("Fy-Ab_12", "zalo_verifierFy-Ab_12.html"):
        channel = channel_of(zalo, vault, verifier=setting)
        async with (
            serving(Starlette(routes=list(channel.routes()))) as url,
            httpx.AsyncClient(base_url=url) as http,
        ):
            page = await http.get("/zalo_verifierFy-Ab_12.html")
            assert page.status_code == 200
            assert page.headers["content-type"].startswith("text/html")
            assert '<meta name="zalo-platform-site-verification" content="Fy-Ab_12">' in page.text
            assert (await http.get("/zalo_verifierkhac.html")).status_code == 404
        await channel.close()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"app_id": ""}, "HOIDAP_ZALO_OA_APP_ID"),
        ({"app_id": "abc"}, "HOIDAP_ZALO_OA_APP_ID"),
        ({"oa_id": " "}, "HOIDAP_ZALO_OA_ID"),
        ({"app_secret": ""}, "HOIDAP_ZALO_OA_APP_SECRET"),
        ({"webhook_secret": ""}, "HOIDAP_ZALO_OA_WEBHOOK_SECRET"),
        ({"webhook_secret": "có dấu"}, "HOIDAP_ZALO_OA_WEBHOOK_SECRET"),
        ({"verifier": "<script>"}, "zalo_oa_verifier"),
        ({"app_secret": "khoa-khac", "refresh_token": "REFRESH-cu"}, "ZALO_OA_APP_SECRET"),
        ({"app_id": "123", "refresh_token": "REFRESH-cu"}, "zalo_oa_app_id"),
    ],
)
async def test_a_wrong_setting_is_told_at_the_start(
    zalo: FakeZaloOA, vault: FileVault, inbox: Inbox, wrong: dict[str, str], words: str
) -> None:
    """By its name, with what to do; no secret is shown."""
    channel = channel_of(zalo, vault, **wrong)
    with pytest.raises(ChannelError, match=words) as caught:
        await channel.start(inbox)
    assert not isinstance(caught.value, UnreachableError)
    assert not [value for value in wrong.values() if value.strip() and value in str(caught.value)]
    await channel.close()


@pytest.mark.parametrize("refresh_token", [None, "REFRESH-cu"])
async def test_without_tokens_messages_are_taken_until_somebody_logs_in(
    zalo: FakeZaloOA, vault: FileVault, inbox: Inbox, refresh_token: str | None
) -> None:
    """Their answers wait; a login while the bot runs is enough, whatever the start said."""
    channel = channel_of(zalo, vault, refresh_token=refresh_token)
    async with serving(Starlette(routes=list(channel.routes()))) as url:
        zalo.hook = f"{url}{PATH}"
        with pytest.raises(UnreachableError, match="hoidap zalo login"):
            await channel.start(inbox)
        lan = zalo.user()
        await lan.says("căn cước")
        with pytest.raises(TryLaterError, match="hoidap zalo login"):
            await channel.send(inbox.taken[0].address, {"text": "Chào bạn."})
        grant = zalo.oauth.grant()
        pair = Pair(grant["access_token"], grant["refresh_token"], zalo.now + 60, zalo.now + 90)
        await vault.keep_secret(SECRET, pair.to_json())
        await channel.send(inbox.taken[0].address, {"text": "Chào bạn."})
        await channel.start(inbox)
        await channel.close()
    assert (zalo.answers, [message.text for message in lan.messages]) == ([200], ["Chào bạn."])


@pytest.mark.parametrize(("setting", "hours"), [({}, 48), ({"zalo_oa_window_days": 7}, 168)])
async def test_messages_that_zalo_bills_are_only_sent_if_so_set(
    zalo: FakeZaloOA, vault: FileVault, setting: dict[str, object], hours: int
) -> None:
    """Free are the 48 hours after somebody's last message; the outbox keeps to the window."""
    settings = Settings.model_validate({"zalo_oa_app_id": zalo.app_id, **setting})
    renew = RenewalProcess(settings)
    (channel,) = channels(settings, key=b"k", vault=vault, renew_zalo_oa=renew, topics=tuple)
    assert channel.window == timedelta(hours=hours)
    await channel.close()


async def test_a_start_without_network_may_work_later(
    zalo: FakeZaloOA, vault: FileVault, inbox: Inbox
) -> None:
    """Nothing is known to be set wrongly; the second start succeeds."""
    channel = channel_of(zalo, vault, refresh_token=zalo.oauth.grant()["refresh_token"])
    zalo.drop_next(TOKENS)
    with pytest.raises(UnreachableError, match="không kết nối được tới Zalo"):
        await channel.start(inbox)
    zalo.now += 5
    await channel.start(inbox)
    await channel.close()
