"""Zalo OA: the settings, the tokens, the OA behind them, and the way events come.

No refresh token is used: it works once, and the running bot needs it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.channels.zalo_oa.codes import CODES, TOKEN_EXPIRED, TOKEN_INVALID, error_of
from bot.channels.zalo_oa.http import API
from bot.channels.zalo_oa.renewal import MISSING, NO_ANSWER, moment
from bot.channels.zalo_oa.webhook import PATH, verifier_code
from bot.doctor.findings import ago, bad, ok, printable, warn

if TYPE_CHECKING:
    from pydantic import SecretStr

    from bot.channels.zalo_oa.pair import Pair
    from bot.doctor.findings import Finding, Visit
    from bot.doctor.probe import Answer

# Public sources disagree about the version of this method; what is not there answers without code.
_OA_INFO = ("/v2.0/oa/getoa", "/v3.0/oa/getoa")
_REFRESH_DAYS = 85  # a refresh token lives three months
_LOGIN = "Nhờ quản trị viên của OA cấp quyền: hoidap zalo login."
_NEEDED = (
    ("zalo_oa_app_id", "mã ứng dụng (App ID)", "zalo_oa_app_id trong config.yaml"),
    ("zalo_oa_id", "mã OA (OA ID)", "zalo_oa_id trong config.yaml"),
    ("zalo_oa_app_secret", "khóa bí mật của ứng dụng", "HOIDAP_ZALO_OA_APP_SECRET"),
    ("zalo_oa_webhook_secret", "“OA Secret Key”", "HOIDAP_ZALO_OA_WEBHOOK_SECRET"),
)


async def examine(visit: Visit) -> list[Finding]:
    settings = visit.settings
    if not any(
        (settings.zalo_oa_app_id, settings.zalo_oa_id, _given(settings.zalo_oa_app_secret))
    ):
        return []
    findings = _settings(visit)
    findings += await _tokens(visit)
    findings += await _webhook(visit)
    return findings


def _settings(visit: Visit) -> list[Finding]:
    missing = [
        bad(
            "zalo_oa.secret" if name.endswith("webhook_secret") else "zalo_oa.settings",
            f"Thiếu {what}.",
            f"Lấy ở trang ứng dụng (developers.zalo.me), đặt vào {where}.",
        )
        for name, what, where in _NEEDED
        if not _given(getattr(visit.settings, name))
    ]
    return missing or [
        ok("zalo_oa.settings", f"Đủ mã và khóa của ứng dụng {visit.settings.zalo_oa_app_id}."),
        ok(
            "zalo_oa.secret",
            "Có “OA Secret Key” để kiểm tra chữ ký; thử bằng hoidap zalo verify-signature.",
        ),
    ]


async def _tokens(visit: Visit) -> list[Finding]:
    check, pair = "zalo_oa.token", visit.kept.tokens
    if visit.kept.tokens_unreadable:
        what = "Mã truy cập trong kho không đọc được: khóa bí mật của hoidap đã đổi."
        mend = (
            f"Đặt lại HOIDAP_SECRET_KEY (hoặc secret.key) như cũ. Không còn khóa cũ thì: {_LOGIN}"
        )
        return [bad(check, what, mend)]
    if pair is None:
        if _given(visit.settings.zalo_oa_refresh_token):
            return [ok(check, "Chưa có mã truy cập: bot đổi refresh token lấy mã ở lần chạy đầu.")]
        what, _, mend = MISSING.partition(". ")
        return [bad(check, f"{what}.", mend)]
    ended = datetime.fromtimestamp(min(pair.expires_at, 2.0**33), UTC)
    if (visit.now - ended).days >= _REFRESH_DAYS:
        return [
            bad(check, f"Mã truy cập hết hạn {ago(ended, visit.now)}, quá lâu để đổi.", _LOGIN)
        ]
    if visit.now >= ended:
        what = f"Mã truy cập hết hạn {ago(ended, visit.now)}: bot tự đổi khi chạy."
        mend = "Chạy bot (hoidap run). Để tắt quá 3 tháng thì phải cấp quyền lại."
        if told := _no_answer(visit):
            what, mend = what + told, f"{mend} Bot không đổi được: {_LOGIN}"
        return [warn(check, what, mend)]
    return [_oa(visit, await _info(visit, pair))]


async def _info(visit: Visit, pair: Pair) -> Answer:
    server = str(visit.settings.zalo_oa_base_url or API).rstrip("/")
    for path in _OA_INFO:
        answer = await visit.probe.get(f"{server}{path}", {"access_token": pair.access})
        if answer.trouble or error_of(answer.body) is not None:
            break
    return answer


def _oa(visit: Visit, answer: Answer) -> Finding:
    check, error = "zalo_oa.token", error_of(answer.body)
    if error == 0:
        return _which(visit, answer)
    if error in {TOKEN_INVALID, TOKEN_EXPIRED}:
        what = f"Zalo không nhận mã truy cập đang giữ (mã lỗi {error}).{_no_answer(visit)}"
        return bad(check, what, f"Bot đang chạy tự đổi mã một lần; nếu còn lỗi: {_LOGIN}")
    if error is not None:
        meaning = CODES[error].meaning if error in CODES else "mã lỗi chưa biết"
        mend = "Mở trang quản lý OA và trang ứng dụng Zalo để sửa."
        return bad(check, f"Zalo báo lỗi {error}: {meaning}.", mend)
    if answer.trouble:
        mend = "Kiểm tra mạng và tường lửa tới openapi.zalo.me."
        return bad(check, f"Không hỏi được Zalo: {answer.trouble}.", mend)
    what = f"Mã truy cập còn hạn, nhưng Zalo không cho xem thông tin OA (HTTP {answer.status})."
    return warn(check, what, "Gửi thử một tin tới OA để biết chắc.")


def _no_answer(visit: Visit) -> str:
    """Tell of a renewal that ended without an answer, if there is one."""
    at = visit.kept.renewing_since
    return f" {NO_ANSWER.format(when=moment(at))}" if at is not None else ""


def _which(visit: Visit, answer: Answer) -> Finding:
    check, found = "zalo_oa.token", answer.field("data", "oa_id")
    name = printable(answer.field("data", "name") or found, 80)
    if found and str(found) != visit.settings.zalo_oa_id:
        what = f"Mã truy cập là của OA khác: {name} ({printable(found, 40)})."
        return bad(check, what, "Sửa zalo_oa_id, hoặc chạy lại hoidap zalo login và chọn đúng OA.")
    return ok(check, f"Mã truy cập đúng: OA {name}.")


async def _webhook(visit: Visit) -> list[Finding]:
    findings: list[Finding] = []
    if visit.public_url.startswith("https://"):
        findings.append(await _route(visit))
        findings += await _verifier(visit)
    check, heard = "zalo_oa.heard", visit.kept.heard.get("zalo_oa")
    if heard:
        return [*findings, ok(check, f"Tin gần nhất qua Zalo OA: {ago(heard, visit.now)}.")]
    where = f"{visit.public_url or '<public_url>'}{PATH}"
    mend = (
        f"Khai {where} ở mục Webhook của ứng dụng, bật các sự kiện người dùng gửi tin, rồi gửi thử "
        "một tin tới OA. Webhook bị Zalo tắt thì bật lại ở đó."
    )
    return [*findings, warn(check, "Chưa có tin nào tới từ Zalo OA.", mend)]


async def _route(visit: Visit) -> Finding:
    """Do what Zalo does when the address is saved: post `{}` without a signature."""
    check, url = "zalo_oa.webhook", f"{visit.public_url}{PATH}"
    answer = await visit.probe.post(url, {})
    if answer.status == 200:
        return ok(check, f"{url} trả lời như Zalo cần.")
    if answer.status in {502, 503, 504}:
        what = f"{url} trả lời HTTP {answer.status}: bot chưa sẵn sàng nhận tin từ Zalo."
        return bad(check, what, "Chạy bot; nếu đang chạy, xem nhật ký vì sao Zalo OA chưa bật.")
    reason = answer.trouble or f"HTTP {answer.status}"
    what = f"{url} không trả lời như Zalo cần ({reason})."
    mend = (
        "Vừa khai Zalo OA thì khởi động lại bot. Vẫn vậy thì cho máy chủ trung gian chuyển "
        f"{PATH} (POST) tới bot."
    )
    return bad(check, what, mend)


async def _verifier(visit: Visit) -> list[Finding]:
    given, check = visit.settings.zalo_oa_verifier, "zalo_oa.verifier"
    if not given:
        return []
    code = verifier_code(given)
    if code is None:
        mend = "Ghi đúng tên tệp zalo_verifier….html mà Zalo cho tải về."
        return [bad(check, "zalo_oa_verifier không đúng dạng.", mend)]
    answer = await visit.probe.get(f"{visit.public_url}/zalo_verifier{code}.html")
    if answer.status == 200 and code in answer.text:
        return [ok(check, "Tệp xác thực tên miền mở được.")]
    what = f"Tệp xác thực tên miền không mở được ({answer.trouble or f'HTTP {answer.status}'})."
    return [warn(check, what, "Chạy bot và mở thử tệp đó bằng trình duyệt.")]


def _given(value: SecretStr | str | None) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return value.get_secret_value()
