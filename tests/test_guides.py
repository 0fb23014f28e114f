"""The guides to Telegram and Zalo, followed literally: every command runs, and shows what they say."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from bot.channels.telegram.webhook import PATH as TELEGRAM
from bot.channels.zalo_bot.webhook import PATH as ZALO_BOT
from bot.channels.zalo_oa.webhook import PATH as ZALO_OA
from bot.doctor.findings import AREAS
from tests.contract.driver import PUBLIC
from tests.contract.on_zalo_oa import OnZaloOA
from tests.fakes.telegram_server import FakeTelegram
from tests.fakes.tls import before, certificate, internet
from tests.fakes.zalo_bot_server import FakeZaloBot
from tests.fakes.zalo_oa_server import FakeZaloOA
from tests.guide import Shell, blocks, missing, shell
from tests.program import ROOT
from tests.sample_faq import install

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.guide import Hands

PASSWORD = "quên mật khẩu vneid thì làm sao"
ANSWER = "Bạn tự đặt lại mật khẩu ngay trên ứng dụng."
GUIDES = ("ket-noi-telegram.md", "ket-noi-zalo.md")


class GuideOA(FakeZaloOA):
    """The OA that the guide names."""

    app_id = "1234567890123456789"
    oa_id = "9876543210987654321"


@asynccontextmanager
async def machine(home: Path, **settings: str) -> AsyncIterator[tuple[Shell, str]]:
    """A machine with a domain; gives its shell, and where the bot will listen."""
    install(home / "hoidap")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    pem = certificate(home)
    async with AsyncExitStack() as stack:
        public = await stack.enter_async_context(before(port, pem))
        proxy = await stack.enter_async_context(internet(public))
        with pytest.MonkeyPatch.context() as patch:
            for name in ("SSL_CERT_FILE", "CURL_CA_BUNDLE"):
                patch.setenv(name, str(pem))
            for name in ("HTTPS_PROXY", "https_proxy"):
                patch.setenv(name, proxy)
            for name in ("NO_PROXY", "no_proxy"):
                patch.setenv(name, "127.0.0.1")
            opened = await stack.enter_async_context(shell(home, port=str(port), **settings))
        yield opened, f"http://127.0.0.1:{port}"


async def follow(guide: str, opened: Shell, hands: Hands) -> None:
    """Do what the guide says, and see what it says one sees."""
    output = ""
    for language, text in blocks(guide):
        if language == "sh":
            output = await opened.paste(text, hands)
        elif language == "text":
            assert missing(text, output) == [], output


async def test_the_guide_to_telegram(tmp_path: Path) -> None:
    """From the token to the webhook; the poster's code opens its answer."""
    async with FakeTelegram() as telegram:
        lan = telegram.user(7)

        async def token(opened: Shell) -> None:
            opened.answer(telegram.token)

        async def try_it(opened: Shell) -> None:
            await opened.until("đang chạy. Ctrl-C để dừng.")
            await opened.until(f"@{telegram.username}")
            lan.say("/start")
            assert (await lan.next()).text.startswith("Chào bạn")
            lan.say("quen mat khau vneid")
            assert (await lan.next()).text.startswith(ANSWER)
            opened.interrupt()

        async def scan(_: Shell) -> None:
            lan.say("/start f_vneid_quen_mat_khau")
            assert (await lan.next()).text.startswith(ANSWER)

        hands: Hands = {"read -rs": token, "hoidap run": try_it, "segno": scan}
        async with machine(tmp_path, telegram_base_url=telegram.url) as (opened, place):
            telegram.hosts[PUBLIC] = place
            await follow("ket-noi-telegram.md", opened, hands)
        assert telegram.webhook == PUBLIC + TELEGRAM
        assert telegram.token not in opened.shown
    own = tmp_path / "hoidap"
    assert (own / ".env").stat().st_mode & 0o077 == 0
    assert (own / "qr-quen-mat-khau.png").read_bytes().startswith(b"\x89PNG")
    assert not [
        one for one in json.loads((own / "kham.json").read_text()) if one["level"] == "bad"
    ]


async def test_the_guide_to_zalo(tmp_path: Path) -> None:
    """From the app to the OA's first answer, then a Zalo Bot."""
    async with GuideOA() as zalo, FakeZaloBot() as zalo_bot:
        settings = {
            "zalo_oa_base_url": zalo.url,
            "zalo_oauth_base_url": zalo.url,
            "zalo_bot_base_url": zalo_bot.url,
        }
        keys = iter([zalo.app_secret, zalo.oa_secret, zalo_bot.token])

        async def key(opened: Shell) -> None:
            opened.answer(next(keys))

        async def agree(opened: Shell) -> None:
            await opened.until("Địa chỉ (hoặc mã): ")
            link = re.search(r"^\S+/v4/oa/permission\?\S+$", opened.shown, re.MULTILINE)
            assert link
            opened.answer(zalo.oauth.allow(link[0]))
            await opened.until("Lần tự đổi mã tới: ")  # it would read what is typed after it

        async def first_message(opened: Shell) -> None:
            del opened
            minh = OnZaloOA(zalo.user())
            await minh.say(PASSWORD)
            assert (await minh.see()).text.startswith(ANSWER)

        hands: Hands = {
            "read -rs": key,
            "hoidap zalo login": agree,
            "hoidap zalo verify-signature": first_message,
        }
        async with machine(tmp_path, **settings) as (opened, place):
            zalo.hook = place + ZALO_OA
            zalo_bot.places[PUBLIC] = place
            (unit,) = (text for _, text in blocks("ket-noi-telegram.md") if "[Unit]" in text)
            await opened.paste(unit, {})
            await follow("ket-noi-zalo.md", opened, hands)
            hoa = zalo_bot.user("h1")
            hoa.says("quen mat khau vneid")
            assert (await hoa.next()).text.startswith(ANSWER)
        assert zalo_bot.webhook == PUBLIC + ZALO_BOT
        for secret in (zalo.app_secret, zalo.oa_secret, zalo_bot.token, "ACCESS-", "REFRESH-"):
            assert secret not in opened.shown


def test_the_unit_is_one_that_systemd_takes(tmp_path: Path) -> None:
    """As it is written in the guide."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("THE UNIT WAS NOT CHECKED BY SYSTEMD: systemd-analyze is not installed")
    (block,) = (text for _, text in blocks("ket-noi-telegram.md") if "[Unit]" in text)
    unit = block.partition("<<'EOF'\n")[2].partition("EOF\n")[0].replace("%h/hoidap", "/usr")
    path = tmp_path / "hoidap.service"
    path.write_text(unit.replace("/usr/.venv/bin/hoidap run", "/usr/bin/env true"), "utf-8")
    command = ["systemd-analyze", "verify", "--man=no", str(path)]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "hoidap.service" not in checked.stdout + checked.stderr


def test_the_proxy_of_the_guide_leads_to_the_default_port() -> None:
    """And hands on every path."""
    (nginx,) = (text for language, text in blocks("ket-noi-telegram.md") if language == "nginx")
    assert "location / {" in nginx
    assert "proxy_pass http://127.0.0.1:8080;" in nginx
    assert "server_name hoidap.example.vn;" in nginx


@pytest.mark.parametrize("guide", GUIDES)
def test_every_command_of_a_guide_is_in_a_block_that_is_tried(guide: str) -> None:
    """No shell prompt, no block of another language; links lead somewhere."""
    text = (ROOT / "docs" / guide).read_text(encoding="utf-8")
    assert {language for language, _ in blocks(guide)} <= {"sh", "text", "nginx"}
    assert text.count("```") == 2 * len(list(blocks(guide)))
    for link in re.findall(r"\]\(([a-z-]+\.md)", text):
        assert (ROOT / "docs" / link).is_file()


@pytest.mark.parametrize("guide", GUIDES)
def test_what_a_guide_quotes_of_the_program_is_what_it_says(guide: str) -> None:
    """Sentences in the tables of errors that begin with a sign stand in the doctor's source."""
    text = (ROOT / "docs" / guide).read_text(encoding="utf-8")
    source = "".join(path.read_text("utf-8") for path in (ROOT / "bot").rglob("*.py"))
    quoted = re.findall(r"^\| [✗⚠] ([^|…]{6,}?)(?:[:.…]|−204| \|| \()", text, re.MULTILINE)
    assert quoted
    said = " ".join(re.sub(r'"\s*\n\s*f?"|\{[^}]*\}', "", source).split())
    for words in quoted:
        start = re.split(r" api\b| …", words)[0].strip()
        assert start in said, start
    assert set(AREAS.values()) >= {"Telegram", "Zalo OA", "Zalo Bot"}
