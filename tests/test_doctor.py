"""Everything an operator can have set wrongly is found, told in Vietnamese, and shows no secret."""

from __future__ import annotations

import asyncio
import json
import re
import sqlite3
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.channels.telegram.webhook import PATH as TELEGRAM
from bot.channels.zalo_bot.webhook import PATH as ZALO_BOT
from bot.channels.zalo_oa.pair import SECRET, UNFINISHED, Pair, Unfinished, mark
from bot.cipher import Cipher
from bot.config import Settings
from bot.doctor.examination import examine
from bot.doctor.findings import Finding, Level
from bot.doctor.place import room
from bot.messages import Content
from bot.store import Store, inbox, outbox
from bot.store.inbox import Received
from bot.store.outbox import Outgoing
from bot.vault import StoreVault
from tests.contract.on_telegram import TelegramPolling
from tests.contract.stage import SECRET as KEY
from tests.contract.stage import on_stage
from tests.fakes.loopback import serving
from tests.fakes.telegram_server import FakeTelegram
from tests.fakes.tls import before, certificate
from tests.fakes.zalo_bot_server import FakeZaloBot
from tests.fakes.zalo_oa_server import INFO, FakeZaloOA
from tests.program import begin
from tests.sample_faq import install, write

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

NOW = datetime.now(UTC)
NOWHERE = "http://127.0.0.1:9"
SECRETS = ("bi-mat", "made_up", "made-up", KEY)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    write(tmp_path / "faq")
    return tmp_path


@pytest.fixture
def pem(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A certificate that this machine trusts."""
    path = certificate(home)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    return path


async def look(home: Path, *, now: datetime = NOW, **given: Any) -> dict[str, Finding]:
    """Examine; gives the findings by their check. No secret is in any of them."""
    own = {"data_dir": home / "data", "faq_dir": home / "faq", "secret_key": KEY, "port": 0}
    settings = Settings.model_validate({**own, "embeddings": "off", **given})
    findings = await examine(settings, now=now, watch=0.6)
    for finding in findings:
        assert not [secret for secret in SECRETS if secret in f"{finding.what} {finding.mend}"]
        assert bool(finding.mend) is (finding.level is not Level.OK), finding
    assert len({finding.check for finding in findings}) == len(findings)
    return {finding.check: finding for finding in findings}


def told(finding: Finding) -> tuple[str, str]:
    return finding.level.value, f"{finding.what} → {finding.mend}"


# The whole


async def test_a_bot_that_is_well_has_nothing_to_mend(tmp_path: Path) -> None:
    """A running bot, looked at from beside it."""
    driver = TelegramPolling()
    async with on_stage(driver, tmp_path) as stage:
        write(tmp_path / "faq")
        lan = stage.newcomer()
        await lan.say("quên mật khẩu vneid thì làm sao")
        await lan.see()
        await stage.quiet()
        port = httpx.URL(stage.service.address).port
        given: dict[str, Any] = driver.settings()
        found = await look(tmp_path, port=port, **given)
        await lan.say("/chu_de")  # the bot goes on: nobody was sent away
        await lan.see()
    assert {check: finding.level for check, finding in found.items()} == dict.fromkeys(
        [
            *("database.opens", "database.schema", "database.key", "database.dead", "faq.loads"),
            *("machine.key", "machine.port", "machine.disk"),
            *("address.public_url", "telegram.token", "telegram.webhook", "telegram.rival"),
            "machine.clock",
        ],
        Level.OK,
    )
    assert "@hoidap_thu_bot" in found["telegram.token"].what


async def test_the_command_tells_people_and_programs_and_fails_on_a_fault(home: Path) -> None:
    """Exit code 1 for ✗ alone; every line has its sign, and what is to be mended its arrow."""
    install(home)
    well = await begin(home, "doctor")
    out, _ = await well.communicate()
    assert (well.returncode, out.decode().splitlines()[-1]) == (0, "Mọi thứ đều ổn.")
    token = {"telegram_token": "123:bi-mat", "telegram_base_url": NOWHERE}
    ill = await begin(home, "doctor", **token)
    out, err = await ill.communicate()
    assert ill.returncode == 1
    text = out.decode()
    assert re.search(
        r"^Telegram\n  ✗ Không hỏi được 127\.0\.0\.1:9: .+\n    → .+", text, re.MULTILINE
    )
    assert re.search(
        r"^Bộ câu hỏi\n  ✓ faq: 6 câu trả lời, 3 chủ đề, không có lỗi", text, re.MULTILINE
    )
    assert text.endswith("\n1 lỗi phải sửa.\n")
    assert "bi-mat" not in text + err.decode()
    machine = await begin(home, "doctor", "--json", **token)
    out, _ = await machine.communicate()
    found = json.loads(out)
    assert machine.returncode == 1
    assert [set(one) for one in found] == [{"check", "level", "what", "mend"}] * len(found)
    assert [one["check"] for one in found if one["level"] == "bad"] == ["telegram.token"]
    assert not (home / "data" / "hoidap.db").exists()  # it only looks


# Telegram


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as fake:
        yield fake


def on(fake: FakeTelegram, **more: Any) -> dict[str, Any]:
    return {"telegram_token": fake.token, "telegram_base_url": fake.url, **more}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"telegram_token": "khong-phai-ma"}, "không có dạng 123456789:AA….*@BotFather"),
        ({"telegram_token": "123:sai-bi-mat"}, "không nhận mã của bot.*@BotFather"),
        ({"telegram_base_url": NOWHERE}, "từ chối kết nối.*chặn Telegram"),
    ],
)
async def test_a_token_that_does_not_work(
    home: Path, telegram: FakeTelegram, changes: dict[str, str], words: str
) -> None:
    """Its shape, Telegram's refusal, no way to Telegram; nothing else is asked then."""
    found = await look(home, **on(telegram) | changes)
    level, text = told(found["telegram.token"])
    assert level == "bad"
    assert re.search(words, text)
    assert "telegram.webhook" not in found


async def test_a_server_that_is_not_telegram(home: Path) -> None:
    """A page of HTML, as of a proxy."""
    app = Starlette(routes=[Route("/{rest:path}", _page, methods=["GET", "POST"])])
    async with serving(app) as url:
        found = await look(home, telegram_token="1:a", telegram_base_url=url)
    assert told(found["telegram.token"])[0] == "bad"
    assert "không như Telegram (HTTP 200)" in found["telegram.token"].what


async def _page(_: object) -> Response:
    return Response("<h1>Xin chào</h1>", media_type="text/html")


async def test_a_rival_poller_is_found_and_no_message_is_taken(
    home: Path, telegram: FakeTelegram
) -> None:
    """Who polls comes back after every poll that was cut off."""
    assert told((await look(home, **on(telegram)))["telegram.rival"])[0] == "ok"
    telegram.user(7).say("đang chờ")
    assert told((await look(home, **on(telegram)))["telegram.rival"])[0] == "ok"
    assert len(telegram.updates) == 1
    telegram.updates.clear()

    async with polled(telegram):
        found = await look(home, **on(telegram))
    level, text = told(found["telegram.rival"])
    assert level == "bad"
    assert text == (
        "Một chương trình khác đang nhận tin nhắn bằng cùng mã Telegram này (lỗi 409). → "
        "Hãy tắt bản hoidap kia, hoặc tạo bot khác bằng @BotFather cho bản này."
    )


@asynccontextmanager
async def polled(telegram: FakeTelegram) -> AsyncIterator[None]:
    """Somebody asks for updates all the time."""

    async def poll() -> None:
        async with httpx.AsyncClient(timeout=30) as http:
            while True:
                url = f"{telegram.url}/bot{telegram.token}/getUpdates"
                await http.post(url, json={"timeout": 25})
                await asyncio.sleep(0.05)

    polling = asyncio.create_task(poll())
    try:
        yield
    finally:
        polling.cancel()
        await asyncio.wait([polling])


async def test_a_bot_that_is_just_starting_is_no_rival_of_its_own(
    home: Path, telegram: FakeTelegram
) -> None:
    """It did not answer when it was looked for; when it polls, it does."""
    refusals = iter([503])

    async def starting(request: object) -> Response:
        for status in refusals:
            return Response(status_code=status)
        return await _up(request)

    async with (
        serving(Starlette(routes=[Route("/healthz", starting)])) as url,
        polled(telegram),
    ):
        found = await look(home, **on(telegram, port=_port(url)))
    assert found["telegram.rival"].level is Level.OK


async def test_a_webhook_somewhere_else(home: Path, telegram: FakeTelegram) -> None:
    """A warning while the bot does not run; the place is named, its path is not."""
    telegram.set_webhook("https://khac.example/bi-mat", "s")
    found = await look(home, **on(telegram))
    level, text = told(found["telegram.webhook"])
    assert level == "warn"
    assert "nơi khác: khac.example." in text
    assert "telegram.rival" not in found


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("Wrong response from the webhook: 403 Forbidden", "Mã bí mật của webhook đã đổi"),
        ("Wrong response from the webhook: 404 Not Found", "chưa chuyển /webhook/telegram"),
        ("Wrong response from the webhook: 502 Bad Gateway", "Bot chưa chạy"),
        ("SSL error {error:0A000086}", "Chứng chỉ"),
        ("Connection timed out", "Tường lửa"),
        ("Connection refused", "lắng nghe"),
        ("Failed to resolve host: Name or service not known", "chưa trỏ"),
        ("Something new\x1b[31m", "nhật ký"),
    ],
)
async def test_the_last_error_of_a_webhook_is_explained(
    home: Path, telegram: FakeTelegram, pem: Path, message: str, words: str
) -> None:
    """What Telegram says, and what is behind it; an error of days ago is over."""
    async with before(9, pem) as public:
        for hours, expected in ((1, "warn"), (72, None)):
            result = {
                "url": public + TELEGRAM,
                "pending_update_count": 0,
                "last_error_date": int((NOW - timedelta(hours=hours)).timestamp()),
                "last_error_message": message,
            }
            telegram.answer_once("getWebhookInfo", {"ok": True, "result": result})
            found = await look(home, **on(telegram, public_url=public))
            assert found["telegram.webhook"].level is Level.OK
            if expected is None:
                assert "telegram.last_error" not in found
                continue
            level, text = told(found["telegram.last_error"])
            assert level == expected
            assert message.split("\x1b", maxsplit=1)[0] in text
            assert "\x1b" not in text
            assert words in text


async def test_many_messages_that_wait_at_telegram(home: Path, telegram: FakeTelegram) -> None:
    """Nobody takes them."""
    result = {"url": "", "pending_update_count": 250}
    telegram.answer_once("getWebhookInfo", {"ok": True, "result": result})
    found = await look(home, **on(telegram))
    assert told(found["telegram.pending"])[0] == "warn"


async def test_a_webhook_secret_that_telegram_would_not_take(
    home: Path, telegram: FakeTelegram, pem: Path
) -> None:
    """Told before the bot is started; a secret of the bot's own is fine."""
    async with before(9, pem) as public:
        found = await look(home, **on(telegram, public_url=public))
        assert found["telegram.secret"].level is Level.OK
        assert found["telegram.webhook"].level is Level.WARN  # not set yet
        secret = {"telegram_webhook_secret": "bi-mat, có dấu"}
        found = await look(home, **on(telegram, public_url=public, **secret))
    level, text = told(found["telegram.secret"])
    assert level == "bad"
    assert "16–256 ký tự" in text


# Zalo Bot


@pytest.fixture
async def zalo_bot() -> AsyncIterator[FakeZaloBot]:
    async with FakeZaloBot() as fake:
        yield fake


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"zalo_bot_token": "khong phai ma"}, "không có dạng 123456789:abc….*Zalo Bot Manager"),
        ({"zalo_bot_token": "123:sai-bi-mat"}, "Zalo không nhận mã của bot.*Zalo Bot Manager"),
        ({"zalo_bot_base_url": NOWHERE}, "từ chối kết nối"),
    ],
)
async def test_a_zalo_bot_token_that_does_not_work(
    home: Path, zalo_bot: FakeZaloBot, changes: dict[str, str], words: str
) -> None:
    given: dict[str, Any] = {"zalo_bot_token": zalo_bot.token}
    given["zalo_bot_base_url"] = zalo_bot.url
    found = await look(home, **given | changes)
    level, text = told(found["zalo_bot.token"])
    assert level == "bad"
    assert re.search(words, text)


async def test_the_webhook_of_a_zalo_bot(home: Path, zalo_bot: FakeZaloBot, pem: Path) -> None:
    """None wanted and none there; somebody else's; an old one; the right one; no event is taken."""
    given: dict[str, Any] = {"zalo_bot_token": zalo_bot.token}
    given["zalo_bot_base_url"] = zalo_bot.url
    zalo_bot.user("u1").says("đang chờ")
    found = await look(home, **given)
    assert told(found["zalo_bot.token"]) == ("ok", f"Mã đúng: {zalo_bot.account_name}. → ")
    assert found["zalo_bot.webhook"].level is Level.OK
    assert len(zalo_bot.events) == 1
    zalo_bot.webhook = "https://khac.example/bi-mat"
    level, text = told((await look(home, **given))["zalo_bot.webhook"])
    assert level == "bad"
    assert "khac.example" in text
    zalo_bot.webhook = f"https://cu.example{ZALO_BOT}"
    assert told((await look(home, **given))["zalo_bot.webhook"])[0] == "warn"
    async with before(9, pem) as public:
        given["public_url"] = public
        assert told((await look(home, **given))["zalo_bot.webhook"])[0] == "warn"
        zalo_bot.webhook = public + ZALO_BOT
        found = await look(home, **given)
        assert {found[f"zalo_bot.{name}"].level for name in ("webhook", "secret")} == {Level.OK}
        given["zalo_bot_webhook_secret"] = "bi-mat cách"
        assert told((await look(home, **given))["zalo_bot.secret"])[0] == "bad"


# Zalo OA


@pytest.fixture
async def zalo() -> AsyncIterator[FakeZaloOA]:
    async with FakeZaloOA() as fake:
        fake.now = NOW.timestamp()
        yield fake


def oa(fake: FakeZaloOA, **changes: Any) -> dict[str, Any]:
    settings = {
        "zalo_oa_app_id": fake.app_id,
        "zalo_oa_id": fake.oa_id,
        "zalo_oa_app_secret": fake.app_secret,
        "zalo_oa_webhook_secret": fake.oa_secret,
        "zalo_oa_base_url": fake.url,
        "zalo_oauth_base_url": fake.url,
    }
    return {key: value for key, value in (settings | changes).items() if value is not None}


async def keep(home: Path, fake: FakeZaloOA, key: str = KEY, *, days: float = 0) -> None:
    """Keep a pair of tokens that was given so many days ago."""
    (home / "data").mkdir(exist_ok=True)
    granted = fake.oauth.grant()
    end = fake.now + 90_000 - days * 86_400
    pair = Pair(granted["access_token"], granted["refresh_token"], end - 18_000, end)
    async with storing(home) as store:
        await StoreVault(store, Cipher(key.encode())).keep_secret(SECRET, pair.to_json())


@asynccontextmanager
async def storing(home: Path) -> AsyncIterator[Store]:
    store = await Store.open(f"sqlite+aiosqlite:///{home / 'data' / 'hoidap.db'}")
    try:
        yield store
    finally:
        await store.close()


@pytest.mark.parametrize(
    ("missing", "check", "words"),
    [
        ("zalo_oa_app_id", "zalo_oa.settings", "zalo_oa_app_id trong config.yaml"),
        ("zalo_oa_id", "zalo_oa.settings", "zalo_oa_id trong config.yaml"),
        ("zalo_oa_app_secret", "zalo_oa.settings", "HOIDAP_ZALO_OA_APP_SECRET"),
        ("zalo_oa_webhook_secret", "zalo_oa.secret", "HOIDAP_ZALO_OA_WEBHOOK_SECRET"),
    ],
)
async def test_a_setting_that_is_missing(
    home: Path, zalo: FakeZaloOA, missing: str, check: str, words: str
) -> None:
    found = await look(home, **oa(zalo, **{missing: None}))
    level, text = told(found[check])
    assert level == "bad"
    assert words in text


async def test_the_tokens_of_an_oa(home: Path, zalo: FakeZaloOA) -> None:
    """None; a first refresh token; valid; and it is never used up to find out."""
    found = await look(home, **oa(zalo))
    assert told(found["zalo_oa.token"]) == (
        "bad",
        "Chưa có mã truy cập Zalo OA. → Hãy lấy mã bằng lệnh: hoidap zalo login",
    )
    found = await look(home, **oa(zalo, zalo_oa_refresh_token="REFRESH-bi-mat"))
    assert found["zalo_oa.token"].level is Level.OK
    await keep(home, zalo)
    found = await look(home, **oa(zalo))
    assert told(found["zalo_oa.token"]) == ("ok", "Mã truy cập đúng: OA UBND phường thử. → ")
    assert {call.path for call in zalo.calls} == {INFO}


async def test_the_tokens_of_another_oa(home: Path, zalo: FakeZaloOA) -> None:
    """An admin chose the wrong one at the login."""
    await keep(home, zalo)
    level, text = told((await look(home, **oa(zalo, zalo_oa_id="77")))["zalo_oa.token"])
    assert level == "bad"
    assert "của OA khác" in text


@pytest.mark.parametrize(
    ("answers", "level", "words"),
    [
        ([{"error": -216}], "bad", "không nhận mã truy cập đang giữ"),
        ([{"error": -204}], "bad", "OA đã bị vô hiệu hóa"),
        ([{"error": -99_999}], "bad", "mã lỗi chưa biết"),
    ],
)
async def test_what_zalo_says_of_the_oa(
    home: Path, zalo: FakeZaloOA, answers: list[object], level: str, words: str
) -> None:
    """A token it does not take, an OA that is off, a code nobody knows."""
    await keep(home, zalo)
    for answer in answers:
        zalo.answer_next(INFO, body=answer)
    found = told((await look(home, **oa(zalo)))["zalo_oa.token"])
    assert found[0] == level
    assert words in found[1]


async def test_an_oa_that_cannot_be_looked_at(home: Path, zalo: FakeZaloOA) -> None:
    """Neither version of the method is there: no fault, but nothing is known either."""
    await keep(home, zalo)
    zalo.answer_next(INFO, 404, body="Not Found")
    assert told((await look(home, **oa(zalo)))["zalo_oa.token"])[0] == "warn"
    down = await look(home, **oa(zalo, zalo_oa_base_url=NOWHERE))
    assert told(down["zalo_oa.token"])[0] == "bad"


@pytest.mark.parametrize(
    ("days", "key", "level", "words"),
    [
        (3, KEY, "warn", "bot tự đổi khi chạy"),
        (100, KEY, "bad", "hoidap zalo login"),
        (0, "mot khoa khac de thu nghiem", "bad", "khóa bí mật của hoidap đã đổi"),
    ],
)
async def test_tokens_that_are_old_or_of_another_key(
    home: Path, zalo: FakeZaloOA, days: float, key: str, *, level: str, words: str
) -> None:
    await keep(home, zalo, key, days=days)
    found = told((await look(home, **oa(zalo)))["zalo_oa.token"])
    assert found[0] == level
    assert words in found[1]


@pytest.mark.parametrize("days", [0, 3])
async def test_a_renewal_whose_answer_was_lost(home: Path, zalo: FakeZaloOA, days: float) -> None:
    """Told while its tokens are the kept ones and do not work; not of other tokens."""
    await keep(home, zalo, days=days)
    async with storing(home) as store:
        vault = StoreVault(store, Cipher(KEY.encode()))
        pair = Pair.from_json(await vault.secret(SECRET))
        assert pair
        noted = Unfinished(mark(pair.refresh), zalo.now).to_json()
        await vault.keep_secret(UNFINISHED, noted)
    assert ("Lần đổi mã" in told((await look(home, **oa(zalo)))["zalo_oa.token"])[1]) is (days > 0)
    zalo.oauth.grant()
    text = told((await look(home, **oa(zalo)))["zalo_oa.token"])[1]
    assert re.search(r"Lần đổi mã lúc \d\d:\d\d ngày .* không nhận được .*hoidap zalo login", text)
    await keep(home, zalo, days=days)
    zalo.oauth.grant()
    assert "Lần đổi mã" not in told((await look(home, **oa(zalo)))["zalo_oa.token"])[1]


async def test_the_way_from_zalo_to_the_bot(home: Path, zalo: FakeZaloOA, pem: Path) -> None:
    """Probed as Zalo does; a proxy that leads nowhere; a bot that is not ready; the domain file."""
    await keep(home, zalo)
    status = 200

    async def hook(_: object) -> Response:
        return Response(status_code=status)

    async def verifier(_: object) -> Response:
        return Response("<meta content='ABC123'>")

    routes = [
        Route("/healthz", _up),
        Route("/webhook/zalo-oa", hook, methods=["POST"]),
        Route("/zalo_verifierABC123.html", verifier),
    ]
    async with serving(Starlette(routes=routes)) as url, before(_port(url), pem) as public:
        given = oa(zalo, public_url=public, zalo_oa_verifier="zalo_verifierABC123.html")
        found = await look(home, **given)
        for check in ("zalo_oa.webhook", "zalo_oa.verifier", "address.public_url"):
            assert found[check].level is Level.OK, found[check]
        status = 404
        level, text = told((await look(home, **given))["zalo_oa.webhook"])
        assert (level, "chuyển /webhook/zalo-oa (POST)" in text) == ("bad", True)
        status = 503
        assert "chưa sẵn sàng" in (await look(home, **given))["zalo_oa.webhook"].what
        found = await look(home, **given | {"zalo_oa_verifier": "khac"})
        assert found["zalo_oa.verifier"].level is Level.WARN
        found = await look(home, **given | {"zalo_oa_verifier": "có dấu.html"})
        assert found["zalo_oa.verifier"].level is Level.BAD


async def test_whether_anything_came_from_zalo(home: Path, zalo: FakeZaloOA) -> None:
    """The webhook's address is set on Zalo's page: only a message shows that it is right."""
    await keep(home, zalo)
    found = await look(home, **oa(zalo))
    level, text = told(found["zalo_oa.heard"])
    assert level == "warn"
    assert "/webhook/zalo-oa ở mục Webhook" in text
    async with storing(home) as store:
        at = NOW - timedelta(hours=3)
        await store.write(lambda c: inbox.add(c, _message("zalo_oa"), at))
    found = await look(home, **oa(zalo))
    assert told(found["zalo_oa.heard"]) == ("ok", "Tin gần nhất qua Zalo OA: 3 giờ trước. → ")


async def _up(_: object) -> Response:
    return JSONResponse({"status": "ok"})


def _port(url: str) -> int:
    port = httpx.URL(url).port
    assert port
    return port


def _message(channel: str = "telegram") -> Received:
    return Received(
        channel=channel,
        message_id="m1",
        user_key="k1",
        content=Content.TEXT,
        text="một câu hỏi",
        holds_personal_data=False,
        choice=None,
        address="giấu kín",
    )


# The database


async def test_a_database_that_is_not_there_yet_is_left_alone(home: Path) -> None:
    """The bot makes it at its first start."""
    found = await look(home)
    assert told(found["database.opens"])[0] == "ok"
    assert not (home / "data").exists()


@pytest.mark.parametrize(
    ("spoil", "check", "level", "words"),
    [
        (lambda path: path.write_bytes(b"x" * 5000), "opens", "bad", "đã hỏng"),
        (lambda path: (path.unlink(), path.mkdir()), "opens", "bad", "không phải là tệp"),
        (lambda path: _run(path, "UPDATE alembic_version SET version_num = '9999'"), "opens",
         "bad", "phiên bản hoidap mới hơn"),
        (lambda path: _run(path, "UPDATE alembic_version SET version_num = '0001'"), "schema",
         "warn", "tự nâng cấp"),
        (lambda path: _run(path, "DELETE FROM alembic_version"), "schema", "warn", "tự nâng cấp"),
    ],
)  # fmt: skip
async def test_a_database_that_is_not_as_it_should_be(
    home: Path, spoil: Callable[[Path], object], check: str, level: str, words: str
) -> None:
    """Damaged, no file, of a newer program, of an older one; it is not changed."""
    async with storing(home):
        pass
    path = home / "data" / "hoidap.db"
    spoil(path)
    was = path.read_bytes() if path.is_file() else b""
    found = told((await look(home))[f"database.{check}"])
    assert found[0] == level
    assert words in found[1]
    assert (path.read_bytes() if path.is_file() else b"") == was


def _run(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(statement)
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


async def test_messages_that_are_dead_or_wait_for_long(home: Path) -> None:
    """How many of which channel, and how to see them."""
    async with storing(home) as store:
        at = NOW - timedelta(minutes=20)
        number = await store.write(lambda c: inbox.add(c, _message(), at))
        assert number
        found = await look(home)
        assert told(found["database.waiting"])[0] == "warn"
        assert "1 tin đang chờ, lâu nhất từ 20 phút trước" in found["database.waiting"].what
        await store.write(lambda c: inbox.bury(c, number, "ValueError"))
        letter = Outgoing(
            inbox_id=number,
            turn_id=None,
            channel="zalo_bot",
            user_key="k1",
            address="giấu kín",
            payload={"text": "x"},
        )
        await store.write(lambda c: outbox.add(c, [letter], NOW))
        waiting = await store.read(lambda c: outbox.oldest(c, "k1"))
        assert waiting
        unsent, _ = waiting
        await store.write(lambda c: outbox.bury(c, unsent, "403"))
    level, text = told((await look(home))["database.dead"])
    assert level == "warn"
    assert "1 tin chưa trả lời được, 1 tin Zalo Bot chưa gửi được" in text
    assert "hoidap inbox list" in text


@pytest.mark.parametrize(
    "url", ["postgresql://ai:bi-mat@may/kho", "sqlite:///kho.db", "kho.db", "sqlite+aiosqlite://"]
)
async def test_an_address_of_no_database_that_the_bot_opens(home: Path, url: str) -> None:
    found = await look(home, database_url=url)
    level, text = told(found["database.opens"])
    assert level == "bad"
    assert "Hãy ghi dạng sqlite+aiosqlite:///đường/dẫn/tới/hoidap.db." in text


async def test_a_database_that_another_key_wrote(home: Path) -> None:
    """Nobody's address can be read: what waits would end as dead letters."""
    async with storing(home) as store:
        message = replace(_message(), address=Cipher(KEY.encode()).hide("chat-1"))
        await store.write(lambda c: inbox.add(c, message, NOW))
    assert told((await look(home))["database.key"])[0] == "ok"
    for given in ({"secret_key": f"{KEY} khac"}, {"secret_key": None}):
        level, text = told((await look(home, **given))["database.key"])
        assert level == "bad"
        assert "khóa bí mật khác" in text


# What keeps the bot from starting


async def test_a_key_with_which_the_bot_does_not_start(home: Path) -> None:
    """Too short, damaged, or not to be made; looking makes none."""
    found = await look(home, secret_key=None)
    assert told(found["machine.key"])[0] == "ok"
    assert not (home / "data").exists()
    for given, words in (
        ({"secret_key": "ngan"}, "HOIDAP_SECRET_KEY quá ngắn. → Đặt ít nhất 16"),
        ({"secret_key": None, "data_dir": home / "faq" / "bhyt.yaml"}, "không tạo được tệp"),
    ):
        level, text = told((await look(home, **given))["machine.key"])
        assert level == "bad"
        assert words in text
    (home / "data").mkdir()
    (home / "data" / "secret.key").write_text("abc", encoding="ascii")
    level, text = told((await look(home, secret_key=None))["machine.key"])
    assert level == "bad"
    assert "secret.key bị hỏng. → Phục hồi tệp này từ bản sao lưu" in text


async def test_a_port_that_another_program_has(home: Path) -> None:
    """It answers, but not as our bot does."""
    async with serving(Starlette()) as other:
        found = await look(home, port=httpx.URL(other).port)
    level, text = told(found["machine.port"])
    assert level == "bad"
    assert "HOIDAP_PORT" in text
    assert told((await look(home))["machine.port"])[0] == "ok"


# The FAQ, the machine, its address


async def test_a_faq_that_cannot_be_served(home: Path) -> None:
    """How many faults, and the command that shows them."""
    (home / "faq" / "bhyt.yaml").write_text("topic: {id: bhyt}\n", encoding="utf-8")
    level, text = told((await look(home))["faq.loads"])
    assert level == "bad"
    assert re.search(r"faq có [0-9]+ lỗi .* hoidap faq check", text)


async def test_entries_past_their_day(home: Path) -> None:
    """Over, soon over, to be reviewed, a value without a successor."""
    path = home / "faq" / "can_cuoc.yaml"
    text = path.read_text("utf-8")
    ends = "verified: 2026-11-22\n    valid_until: 2026-12-20\n    review_by: 2026-12-01"
    path.write_text(text.replace("verified: 2026-11-22", ends), encoding="utf-8")

    async def on_day(year: int, month: int, day: int) -> dict[str, str]:
        found = await look(home, now=datetime(year, month, day, 5, tzinfo=UTC))
        return {
            check: finding.what.partition(" ")[0]
            for check, finding in found.items()
            if check.startswith("faq.") and finding.level is Level.WARN
        }

    assert await on_day(2026, 11, 15) == {}
    assert await on_day(2026, 11, 30) == {"faq.expiring": "2"}
    assert await on_day(2026, 12, 5) == {
        "faq.expiring": "2",
        "faq.review": "2",
        "faq.values": "1",
    }
    assert await on_day(2027, 1, 5) == {"faq.expired": "2", "faq.review": "2"}


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://hoidap.example.vn", "không phải https"),
        ("https://khong-co-ten-nay.invalid", "không tìm thấy tên miền.*DNS"),
        ("https://localhost:9", "từ chối kết nối.*cổng 443"),
    ],
)
async def test_an_address_that_does_not_lead_here(home: Path, url: str, words: str) -> None:
    level, text = told((await look(home, public_url=url))["address.public_url"])
    assert level == "bad"
    assert re.search(words, text)


async def test_an_address_with_something_else_behind_it(home: Path, tmp_path: Path) -> None:
    """A certificate nobody knows; another site; a proxy whose bot is not up."""
    status = 200

    async def other(_: object) -> Response:
        return Response("<h1>Trang khác</h1>", status_code=status)

    pem = certificate(tmp_path)
    app = Starlette(routes=[Route("/{rest:path}", other)])
    async with serving(app) as url, before(_port(url), pem) as public:
        found = await look(home, public_url=public)
        assert "chứng chỉ TLS không hợp lệ" in found["address.public_url"].what
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("SSL_CERT_FILE", str(pem))
            found = await look(home, public_url=public)
            assert "HTTP 200, không phải hoidap" in found["address.public_url"].what
            status = 502
            found = await look(home, public_url=public)
    assert told(found["address.public_url"])[0] == "warn"
    assert "bot chưa chạy (HTTP 502)" in found["address.public_url"].what


@pytest.mark.parametrize(
    ("seconds", "level", "words"),
    [(0, "ok", "khớp"), (120, "warn", "chậm 1"), (-120, "warn", "nhanh 1"), (7200, "bad", "phút")],
)
async def test_a_clock_that_is_wrong(home: Path, seconds: int, level: str, words: str) -> None:
    """Judged by the servers that were asked anyway."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        date = format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)
        writer.write(f"HTTP/1.1 404 x\r\nDate: {date}\r\nContent-Length: 0\r\n\r\n".encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        found = await look(home, telegram_token="1:a", telegram_base_url=url)
    assert found["machine.clock"].level == level
    assert words in found["machine.clock"].what


@pytest.mark.parametrize(
    ("megabytes", "level"),
    [(100, "bad"), (199, "bad"), (200, "warn"), (1023, "warn"), (1024, "ok")],
)
def test_room_on_the_disk(megabytes: int, level: str) -> None:
    assert room(Path("data"), megabytes * 1024 * 1024).level == level
