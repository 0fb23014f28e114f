"""Zalo Bot: the token, the webhook and its secret.

Nobody asks for events here: Zalo forgets an event once it was given, so a look would lose it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.channels.zalo_bot.client import BASE_URL, is_token
from bot.channels.zalo_bot.polling import HOOKED, host_of
from bot.channels.zalo_bot.webhook import PATH, is_secret
from bot.doctor.findings import bad, ok, printable, warn

if TYPE_CHECKING:
    from bot.doctor.findings import Finding, Visit
    from bot.doctor.probe import Answer

_ASK_ANEW = (
    "Lấy lại mã trong Zalo Bot Creator (mở Zalo, tìm “Zalo Bot Manager”) và đặt vào biến môi "
    "trường HOIDAP_ZALO_BOT_TOKEN."
)


async def examine(visit: Visit) -> list[Finding]:
    token = visit.settings.zalo_bot_token
    if not token or not token.get_secret_value():
        return []
    given = token.get_secret_value().strip()
    if not is_token(given):
        return [bad("zalo_bot.token", "Mã của bot không có dạng 123456789:abc….", _ASK_ANEW)]
    server = str(visit.settings.zalo_bot_base_url or BASE_URL).rstrip("/")
    root = f"{server}/bot{given}"
    me = await visit.probe.post(f"{root}/getMe", {})
    findings = [_token(me, server)]
    if me.field("ok") is not True:
        return findings
    findings += _secret(visit)
    info = await visit.probe.post(f"{root}/getWebhookInfo", {})
    return [*findings, *_webhook(visit, info)]


def _token(me: Answer, server: str) -> Finding:
    check = "zalo_bot.token"
    if me.field("ok") is True and me.field("result", "id"):
        name = me.field("result", "account_name") or me.field("result", "id")
        return ok(check, f"Mã đúng: {printable(name, 64)}.")
    if me.status in {401, 404} or me.field("error_code") in {401, 404}:
        return bad(check, "Zalo không nhận mã của bot.", _ASK_ANEW)
    if me.trouble:
        what = f"Không hỏi được {host_of(server)}: {me.trouble}."
        return bad(check, what, "Kiểm tra mạng, tường lửa và máy chủ trung gian của máy này.")
    what = f"{host_of(server)} trả lời không như Zalo Bot (HTTP {me.status})."
    return bad(check, what, "Kiểm tra zalo_bot_base_url, hoặc thử lại sau.")


def _secret(visit: Visit) -> list[Finding]:
    if not visit.public_url:
        return []
    secret, check = visit.settings.zalo_bot_webhook_secret, "zalo_bot.secret"
    given = secret.get_secret_value() if secret else ""
    if given and not is_secret(given):
        what = "HOIDAP_ZALO_BOT_WEBHOOK_SECRET không dùng được."
        mend = "Đặt 8–256 chữ không dấu, số hoặc ký hiệu, không dấu cách; hoặc bỏ để bot tự tạo."
        return [bad(check, what, mend)]
    how = "lấy từ biến môi trường" if given else "bot tự tạo từ khóa bí mật"
    return [ok(check, f"Mã bí mật của webhook: {how}.")]


def _webhook(visit: Visit, info: Answer) -> list[Finding]:
    check, url = "zalo_bot.webhook", info.field("result", "url")
    if info.field("ok") is not True and info.status != 404:  # 404: a bot without a webhook
        what = "Không hỏi được Zalo về webhook."
        return [warn(check, what, "Chạy lại lệnh này sau ít phút.")]
    url = url if isinstance(url, str) else ""
    wanted = f"{visit.public_url}{PATH}" if visit.public_url else ""
    if url == wanted:
        return [_as_wanted(url)]
    if visit.running:
        return [_not_as_wanted(url)]
    host = printable(host_of(url))
    if url.endswith(PATH) and not wanted:
        return [warn(check, f"Webhook cũ ở {host} còn đó.", "Bot tự gỡ khi chạy: hoidap run.")]
    if not wanted:
        return [_not_as_wanted(url)]
    what = f"Webhook đang ở nơi khác: {host}." if url else "Webhook chưa được đặt."
    return [warn(check, what, "Bot tự đặt khi chạy: hoidap run. Nơi khác thì thôi nhận tin.")]


def _as_wanted(url: str) -> Finding:
    if url:
        what = f"Cách nhận tin: Zalo giao tin tới {printable(host_of(url))}."
    else:
        what = (
            "Cách nhận tin: bot hỏi tin. Có ai khác cùng hỏi không thì không thử được: thử là mất "
            "tin; nếu có, nhật ký của bot sẽ ghi."
        )
    return ok("zalo_bot.webhook", what)


def _not_as_wanted(url: str) -> Finding:
    """Tell of a webhook with which the bot gets nothing."""
    check = "zalo_bot.webhook"
    if not url:
        what = "Webhook chưa được đặt, Zalo không giao tin."
        return bad(check, what, "Khởi động lại bot để đặt lại.")
    what, _, mend = HOOKED.format(host=printable(host_of(url))).partition(". ")
    return bad(check, f"{what}.", mend)
