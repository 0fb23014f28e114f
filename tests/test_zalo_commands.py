"""`hoidap zalo …` as an operator uses it: the words on the screen, the tokens in the Vault."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest
from typer.testing import CliRunner

from bot.channels.errors import ChannelError
from bot.channels.zalo_oa.oauth import new_challenge
from bot.channels.zalo_oa.pair import SECRET, Pair
from bot.zalo_commands import zalo_app
from bot.zalo_login import Setup, read_pasted
from tests.fakes.vault import FileVault
from tests.fakes.zalo_oa_server import TOKENS, FakeZaloOA

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

ROOT = Path(__file__).parent.parent
REDIRECT = "https://hoidap.example.vn/zalo"
BODY = '{"app_id":"36","timestamp":"1794342937000","event_name":"user_send_text"}'
# printf '%s%s%s%s' 36 "$BODY" 1794342937000 khoa-OA | sha256sum
MAC = "dcff5f85ee41587e0c3668ce30fd0edea34e33069ce4da2ef2ce7331371ecd16"

# A program as the command line will be: settings from the environment, a Vault in a file.
PROGRAM = """
import os, sys
from contextlib import asynccontextmanager
from pathlib import Path
from bot.channels.errors import ChannelError
from bot.zalo_commands import zalo_app
from bot.zalo_login import Setup
from tests.fakes.vault import FileVault

@asynccontextmanager
async def vault():
    yield FileVault(Path("vault.db"))

def setup(config):
    given = os.environ.get
    return Setup(
        app_id=given("APP_ID", ""), oa_id=given("OA_ID", ""), app_secret=given("APP_SECRET", ""),
        webhook_secret=given("OA_SECRET", ""), vault=vault, oauth_base_url=given("OAUTH"),
    )

try:
    zalo_app(setup)()
except ChannelError as error:
    sys.exit(str(error))
"""


class Terminal:
    """Runs a command in a folder and talks with it."""

    def __init__(self, home: Path, **settings: str) -> None:
        self._home = home
        self._settings = settings
        self.shown = ""

    @asynccontextmanager
    async def running(self, *arguments: str) -> AsyncIterator[Terminal]:
        environment = os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "200"} | self._settings
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            PROGRAM,
            *arguments,
            cwd=self._home,
            env=environment,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            yield self
        finally:
            if self._process.returncode is None:
                self._process.kill()
                await self._process.communicate()

    async def read_until(self, words: str) -> None:
        assert self._process.stdout
        async with asyncio.timeout(30):
            while words not in self.shown:
                piece = await self._process.stdout.read(4096)
                assert piece, self.shown
                self.shown += piece.decode()

    async def end(self, typed: str = "") -> int:
        """Type something, and read to the end; gives the exit code."""
        async with asyncio.timeout(30):
            rest, _ = await self._process.communicate(typed.encode())
        self.shown += rest.decode()
        assert self._process.returncode is not None
        return self._process.returncode

    def link(self) -> str:
        """Find the permission page among what is shown."""
        return next(line for line in self.shown.splitlines() if "/v4/oa/permission?" in line)


def terminal(zalo: FakeZaloOA, home: Path, **changes: str) -> Terminal:
    settings = {
        "APP_ID": zalo.app_id,
        "OA_ID": zalo.oa_id,
        "APP_SECRET": zalo.app_secret,
        "OAUTH": zalo.url,
    }
    return Terminal(home, **settings | changes)


@pytest.fixture
async def zalo() -> AsyncIterator[FakeZaloOA]:
    async with FakeZaloOA() as zalo:
        yield zalo


async def test_an_admin_agrees_pastes_the_address_and_the_bot_can_send(
    zalo: FakeZaloOA, tmp_path: Path
) -> None:
    """The kept pair gives a valid access token; no secret is on the screen."""
    async with terminal(zalo, tmp_path).running("login", "--redirect", REDIRECT) as shell:
        await shell.read_until("Địa chỉ (hoặc mã)")
        assert await shell.end(zalo.oauth.allow(shell.link()) + "\n") == 0
    assert "Xong. Mã truy cập đã được giữ trong kho" in shell.shown
    assert "bi-mat" not in shell.shown
    vault = FileVault(tmp_path / "vault.db")
    pair = Pair.from_json(await vault.secret(SECRET))
    assert pair
    assert pair.access == zalo.oauth.access
    assert len(zalo.called(TOKENS)) == 1


async def test_the_address_is_asked_for_and_a_second_login_says_what_it_replaces(
    zalo: FakeZaloOA, tmp_path: Path
) -> None:
    """A bare code is taken too."""
    await FileVault(tmp_path / "vault.db").keep_secret(SECRET, "{}")
    async with terminal(zalo, tmp_path).running("login") as shell:
        assert shell._process.stdin
        await shell.read_until("Official Account Callback Url của ứng dụng")
        shell._process.stdin.write(f"{REDIRECT}\n".encode())
        await shell.read_until("Địa chỉ (hoặc mã)")
        assert "mã mới sẽ thay mã cũ" in shell.shown
        code = zalo.oauth.allow(shell.link()).split("code=")[1].split("&")[0]
        assert await shell.end(f" {code} \n") == 0
    kept = json.loads(await FileVault(tmp_path / "vault.db").secret(SECRET) or "")
    assert kept["access"] == zalo.oauth.access


@pytest.mark.parametrize(
    ("pasted", "words"),
    [
        ("CODE-999", "mã lỗi -14010"),
        (f"{REDIRECT}?code=CODE-1&state=khac", "state không khớp"),
        (f"{REDIRECT}?oa_id=1", "Không thấy mã cấp quyền"),
    ],
)
async def test_what_cannot_be_used_is_explained_and_nothing_is_kept(
    zalo: FakeZaloOA, tmp_path: Path, pasted: str, words: str
) -> None:
    """Exit code 1 and a sentence, no traceback."""
    async with terminal(zalo, tmp_path).running("login", "--redirect", REDIRECT) as shell:
        assert await shell.end(pasted + "\n") == 1
    assert words in shell.shown
    assert "Traceback" not in shell.shown
    assert await FileVault(tmp_path / "vault.db").secret(SECRET) is None


@pytest.mark.parametrize(
    ("changes", "redirect", "words"),
    [
        ({"APP_ID": ""}, REDIRECT, "zalo_oa_app_id trong config.yaml"),
        ({"APP_SECRET": ""}, REDIRECT, "HOIDAP_ZALO_OA_APP_SECRET"),
        ({}, "http://hoidap.vn", "https://"),
        ({"OAUTH": "http://127.0.0.1:9"}, REDIRECT, "không kết nối được tới Zalo"),
    ],
)
async def test_a_login_that_cannot_be_says_why(
    zalo: FakeZaloOA, tmp_path: Path, changes: dict[str, str], redirect: str, words: str
) -> None:
    """Missing settings before anything is asked; no network afterwards."""
    shell = terminal(zalo, tmp_path, **changes)
    async with shell.running("login", "--redirect", redirect):
        assert await shell.end("CODE-1\n") == 1
    assert words in shell.shown
    assert "Traceback" not in shell.shown


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "Không thấy mã"),
        ("?code=", "Không thấy mã"),
        ("?code=a%20b", "Không thấy mã"),
        ("?code=CODE-1", "state không khớp"),
        ("?code=CODE-1&state=của khác", "state không khớp"),
        ("?code=CODE-1&state={state}&oa_id=5", "một OA khác"),
        ("?error=-14003", "Official Account Callback Url"),
        ("?error=access_denied", "access_denied"),
    ],
)
def test_a_pasted_address_is_read_with_care(query: str, words: str) -> None:
    """No code, another attempt's, another OA's, a refusal."""
    challenge = new_challenge()
    with pytest.raises(ChannelError, match=words):
        read_pasted(REDIRECT + query.format(state=challenge.state), challenge, "7")


def test_a_pasted_address_gives_its_code() -> None:
    """Also in quotes, also where Zalo leaves out the OA."""
    challenge = new_challenge()
    end = f"?code=a-B_9&state={challenge.state}"
    assert read_pasted(f' "{REDIRECT}{end}&oa_id=7"\n', challenge, "7") == "a-B_9"
    assert read_pasted(REDIRECT + end, challenge, "7") == "a-B_9"
    with pytest.raises(ChannelError):
        read_pasted("http://[", challenge, "7")


def no_vault() -> NoReturn:
    """A signature is checked without the Vault."""
    raise AssertionError


@pytest.mark.parametrize(
    ("body", "settings", "header", "code", "words"),
    [
        (BODY, {"webhook_secret": "khoa-OA"}, f"mac={MAC}", 0, "Đúng: chữ ký khớp."),
        (BODY, {"webhook_secret": "khoa-khac"}, MAC, 1, "Sai: chữ ký không khớp."),
        (BODY + "\n", {"webhook_secret": "khoa-OA"}, MAC, 1, "bỏ dấu xuống dòng ở cuối tệp"),
        (
            BODY,
            {"webhook_secret": "khac", "app_secret": "khoa-OA"},
            MAC,
            1,
            "khóa bí mật của ứng dụng",
        ),
        (BODY, {}, MAC, 1, "HOIDAP_ZALO_OA_WEBHOOK_SECRET"),
        ("x", {"webhook_secret": "khoa-OA"}, MAC, 1, "JSON"),
        ('{"app_id":"1"}', {"webhook_secret": "khoa-OA"}, MAC, 1, "--timestamp"),
        (None, {"webhook_secret": "khoa-OA"}, MAC, 1, "Không đọc được tệp"),
    ],
)
def test_verify_signature_says_ok_or_why_not(
    tmp_path: Path,
    body: str | None,
    settings: dict[str, str],
    header: str,
    *,
    code: int,
    words: str,
) -> None:
    """Exit code 0 only if it fits; the secret is never shown."""
    path = tmp_path / "body.json"
    if body is not None:
        path.write_bytes(body.encode())
    given = {"app_id": "", "oa_id": "", "app_secret": "", "webhook_secret": ""} | settings
    app = zalo_app(lambda _config: Setup(**given, vault=no_vault))
    result = CliRunner().invoke(app, ["verify-signature", str(path), header])
    shown = result.output
    if result.exit_code and not isinstance(result.exception, SystemExit):
        assert isinstance(result.exception, ChannelError)  # which `hoidap` shows
        shown += str(result.exception)
    assert (result.exit_code, words in shown, "khoa-" in shown) == (code, True, False)
