"""Telegram: the token, the webhook and its last error, and whether somebody else polls."""

from __future__ import annotations

import asyncio
import re
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.channels.errors import ChannelError
from bot.channels.telegram.connection import REFUSED, looks_like_a_token
from bot.channels.telegram.polling import CONFLICT
from bot.channels.telegram.webhook import PATH, Webhook
from bot.channels.zalo_bot.polling import host_of
from bot.doctor.findings import ago, bad, ok, printable, warn
from bot.doctor.place import is_running

if TYPE_CHECKING:
    from bot.doctor.findings import Finding, Visit
    from bot.doctor.probe import Answer

_SERVER = "https://api.telegram.org"
_MANY = 100  # updates that wait
_OLD = 24 * 3600  # seconds: an error of then is over
_BLOCKED = (
    "Kiểm tra mạng và tường lửa; nhiều nhà mạng Việt Nam chặn Telegram: thử đặt HTTPS_PROXY."
)
_OURS = "Bot đang chạy ở máy này; nếu có chương trình khác cùng hỏi tin, nhật ký ghi lỗi 409."
_CAUSES = (
    (r"\b403\b", "Mã bí mật của webhook đã đổi: khởi động lại bot để đặt lại webhook."),
    (r"\b404\b", f"Máy chủ trung gian chưa chuyển {PATH} tới bot."),
    (r"\b5\d\d\b", "Bot chưa chạy, hoặc máy chủ trung gian không tới được bot."),
    (r"ssl|certificate", "Chứng chỉ của tên miền không hợp lệ hoặc thiếu chuỗi trung gian."),
    (r"timed out|timeout", "Tường lửa chặn cổng 443, hoặc máy chủ quá chậm."),
    (r"refused|reset", "Không có gì lắng nghe ở cổng của public_url."),
    (r"resolve", "Tên miền trong public_url chưa trỏ tới máy nào."),
)


async def examine(visit: Visit) -> list[Finding]:
    token = visit.settings.telegram_token
    if not token or not token.get_secret_value():
        return []
    given = token.get_secret_value().strip()
    if not looks_like_a_token(given):
        return [bad("telegram.token", "Mã của bot không có dạng 123456789:AA….", REFUSED)]
    server = str(visit.settings.telegram_base_url or _SERVER).rstrip("/")
    root = f"{server}/bot{given}"
    me = await visit.probe.post(f"{root}/getMe", {})
    findings = [_token(me, server)]
    if me.field("ok") is not True:
        return findings
    findings += _secret(visit, given)
    info = await visit.probe.post(f"{root}/getWebhookInfo", {})
    findings += _webhook(visit, info)
    if not visit.public_url and not info.field("result", "url"):
        findings.append(await _rival(visit, root))
    return findings


def _token(me: Answer, server: str) -> Finding:
    check, name = "telegram.token", me.field("result", "username")
    if me.field("ok") is True and isinstance(name, str):
        return ok(check, f"Mã đúng: bot @{printable(name, 64)}.")
    if me.status in {401, 404} and me.field("ok") is False:
        return bad(check, "Telegram không nhận mã của bot.", REFUSED)
    if me.trouble:
        return bad(check, f"Không hỏi được {host_of(server)}: {me.trouble}.", _BLOCKED)
    what = f"{host_of(server)} trả lời không như Telegram (HTTP {me.status})."
    return bad(check, what, "Bỏ telegram_base_url để dùng máy chủ của Telegram, hoặc thử lại sau.")


def _secret(visit: Visit, token: str) -> list[Finding]:
    """Tell whether Telegram could use the secret that is set."""
    secret, check = visit.settings.telegram_webhook_secret, "telegram.secret"
    if not visit.public_url:
        return []
    given = secret.get_secret_value() if secret else None
    try:
        Webhook.at(visit.public_url, secret=given, key=b"any", token=token)
    except ChannelError as error:
        return [bad(check, "Không đặt được webhook với cấu hình này.", str(error))]
    how = "lấy từ biến môi trường" if given else "bot tự tạo từ khóa bí mật"
    return [ok(check, f"Mã bí mật của webhook: {how}.")]


def _webhook(visit: Visit, info: Answer) -> list[Finding]:
    check, url = "telegram.webhook", info.field("result", "url")
    if not isinstance(url, str):
        what = "Không hỏi được Telegram về webhook."
        return [warn(check, what, "Chạy lại lệnh này sau ít phút.")]
    wanted = f"{visit.public_url}{PATH}" if visit.public_url else ""
    if url == wanted:
        mode = f"giao tin tới {host_of(url)}" if url else "bot hỏi tin (không có webhook)"
        return [ok(check, f"Cách nhận tin: {mode}."), *_errors(visit, info)]
    if not url:
        what = "Webhook chưa được đặt."
        if visit.running:
            return [bad(check, f"{what} Telegram không giao tin.", "Khởi động lại bot.")]
        return [warn(check, what, "Bot tự đặt khi chạy: hoidap run.")]
    what = f"Telegram đang giao tin tới nơi khác: {printable(host_of(url))}."
    mend = (
        "Có chương trình khác dùng cùng mã? Nếu có, hãy tắt nó hoặc tạo bot khác; bot này khi chạy "
        "sẽ thay webhook đó."
    )
    return [bad(check, what, mend) if visit.running else warn(check, what, mend)]


def _errors(visit: Visit, info: Answer) -> list[Finding]:
    findings: list[Finding] = []
    message, since = info.field("result", "last_error_message"), _moment(info)
    if isinstance(message, str) and message and not (since and _is_old(since, visit)):
        when = f" ({ago(since, visit.now)})" if since else ""
        what = f"Lần giao tin gần đây bị lỗi{when}: {printable(message)}"
        causes = (mend for shape, mend in _CAUSES if re.search(shape, message, re.IGNORECASE))
        mend = next(causes, "Xem nhật ký của máy chủ trung gian và của bot.")
        findings.append(warn("telegram.last_error", what, mend))
    waiting = info.field("result", "pending_update_count")
    if isinstance(waiting, int) and waiting >= _MANY:
        what = f"{waiting} tin đang chờ ở Telegram."
        findings.append(warn("telegram.pending", what, "Kiểm tra bot đang chạy và nhận tin."))
    return findings


async def _rival(visit: Visit, root: str) -> Finding:
    """Ask for updates for a while: whoever else does is told so, and comes back (409).

    Nothing is confirmed, so no message goes. While our own bot runs it would be the rival.
    """
    check = "telegram.rival"
    ours = ok(check, _OURS)
    if visit.running:
        return ours
    end = time.monotonic() + visit.watch
    while (left := end - time.monotonic()) > 0:
        asked = {"timeout": max(1, round(left)), "limit": 1}
        answer = await visit.probe.post(f"{root}/getUpdates", asked, wait=left)
        if answer.status == 409 and await is_running(visit.settings, visit.probe):
            return ours  # it was started meanwhile
        if answer.status == 409:
            what, _, mend = CONFLICT.partition(". ")
            return bad(check, f"{what}.", mend)
        if answer.field("ok") is not True:
            what = "Không thử được có ai khác đang nhận tin không."
            return warn(check, what, "Chạy lại lệnh này sau ít phút.")
        await asyncio.sleep(min(0.3, visit.watch))
    return ok(check, "Không có chương trình khác nhận tin bằng mã này.")


def _moment(info: Answer) -> datetime | None:
    date = info.field("result", "last_error_date")
    if not isinstance(date, int) or not 0 < date < 2**33:
        return None
    return datetime.fromtimestamp(date, UTC)


def _is_old(since: datetime, visit: Visit) -> bool:
    return (visit.now - since).total_seconds() > _OLD
