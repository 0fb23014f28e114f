"""What stands behind `hoidap zalo …`: reading what an admin pastes, getting and keeping tokens.

No terminal here: everything wrong is a `ChannelError` with a Vietnamese sentence.
"""

from __future__ import annotations

import hmac
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from bot.channels.errors import ChannelError, TryLaterError
from bot.channels.zalo_oa.http import Http
from bot.channels.zalo_oa.oauth import OAuth, OAuthRefusedError, permission_page
from bot.channels.zalo_oa.pair import SECRET, Pair
from bot.channels.zalo_oa.signature import Verdict, check

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from bot.channels.channel import Vault
    from bot.channels.zalo_oa.oauth import Challenge

_CODE = re.compile(r"[A-Za-z0-9._~-]{1,2048}")

_NO_CODE = (
    "Không thấy mã cấp quyền trong phần vừa dán. Hãy dán trọn địa chỉ ở thanh địa chỉ của trình "
    "duyệt sau khi đồng ý (có “code=”)."
)
_DENIED = "Zalo không cấp quyền (mã lỗi {error}). Hãy mở lại liên kết và bấm đồng ý."
_BAD_REDIRECT = (
    "Zalo không nhận địa chỉ chuyển về (mã lỗi -14003). Địa chỉ phải trùng từng chữ với “Official "
    "Account Callback Url” của ứng dụng, và tên miền phải được xác thực."
)
_OTHER_ATTEMPT = (
    "Địa chỉ vừa dán là của một lần cấp quyền khác (state không khớp). Hãy chạy lại lệnh và chỉ "
    "dùng liên kết mới in ra."
)
_OTHER_OA = (
    "Bạn vừa cấp quyền cho một OA khác với OA trong cấu hình. Hãy chạy lại lệnh và chọn đúng OA, "
    "hoặc sửa zalo_oa_id."
)
_REFUSED = (
    "Zalo không đổi mã cấp quyền lấy mã truy cập (mã lỗi {code}). Mã cấp quyền chỉ dùng một lần, "
    "trong 10 phút: hãy chạy lại lệnh. Nếu vẫn bị, hãy kiểm tra HOIDAP_ZALO_OA_APP_SECRET."
)
_LATER = "Chưa hỏi được Zalo: {reason}. Hãy kiểm tra mạng rồi chạy lại lệnh."

WHY = {
    Verdict.OK: "Đúng: chữ ký khớp.",
    Verdict.OK_BY_HEADER_TIME: "Đúng: chữ ký khớp, theo thời điểm ở đầu mục X-ZEvent-Timestamp.",
    Verdict.NO_SECRET: (
        "Chưa có “OA Secret Key”: hãy đặt biến môi trường HOIDAP_ZALO_OA_WEBHOOK_SECRET."
    ),
    Verdict.NO_SIGNATURE: "Chữ ký trống: hãy chép giá trị của đầu mục X-ZEvent-Signature.",
    Verdict.UNREADABLE: "Tệp không phải một đối tượng JSON: hãy lưu đúng nội dung Zalo đã gửi.",
    Verdict.NO_APP: "Nội dung không có app_id hợp lệ, nên không tính được chữ ký.",
    Verdict.NO_TIMESTAMP: "Nội dung không có timestamp; nếu yêu cầu có đầu mục "
    "X-ZEvent-Timestamp, hãy thêm --timestamp.",
    Verdict.WRONG: (
        "Sai: chữ ký không khớp. Hãy kiểm tra “OA Secret Key” ở mục Webhook của ứng dụng, và chắc "
        "rằng tệp giữ nguyên từng byte Zalo đã gửi."
    ),
}
_LINE_END = "Sai, nhưng bỏ dấu xuống dòng ở cuối tệp thì khớp: trình soạn thảo đã thêm vào."
_OTHER_KEY = (
    "Sai, nhưng khớp với khóa bí mật của ứng dụng: HOIDAP_ZALO_OA_WEBHOOK_SECRET đang không phải "
    "khóa mà Zalo dùng để ký."
)


@dataclass(frozen=True, slots=True, repr=False)
class Setup:
    """What the commands need of the settings, and the way to the Vault."""

    app_id: str
    oa_id: str
    app_secret: str
    webhook_secret: str
    vault: Callable[[], AbstractAsyncContextManager[Vault]]
    oauth_base_url: str | None = None
    refresh_token: str = ""  # to begin with


def permission_url(setup: Setup, redirect: str, challenge: Challenge) -> str:
    """Name the page where an admin agrees."""
    return permission_page(redirect, challenge, app_id=setup.app_id, base_url=setup.oauth_base_url)


def read_pasted(pasted: str, challenge: Challenge, oa_id: str) -> str:
    """Find the code in the address where the browser landed, or take a bare code."""
    pasted = pasted.strip().strip("<>\"'")
    if _CODE.fullmatch(pasted):
        return pasted
    fields = parse_qs(_query(pasted))
    given = {name: values[0] for name, values in fields.items()}
    error = given.get("error") or given.get("error_code")
    if error == "-14003":
        raise ChannelError(_BAD_REDIRECT)
    if error:
        raise ChannelError(_DENIED.format(error=error[:20]))
    code = given.get("code", "")
    if not _CODE.fullmatch(code):
        raise ChannelError(_NO_CODE)
    if not hmac.compare_digest(given.get("state", "").encode(), challenge.state.encode()):
        raise ChannelError(_OTHER_ATTEMPT)
    if oa_id and given.get("oa_id", oa_id) != oa_id:
        raise ChannelError(_OTHER_OA)
    return code


async def try_vault(setup: Setup) -> bool:
    """Open the Vault before anybody is asked for anything; tell whether tokens are there."""
    async with setup.vault() as vault:
        return await vault.secret(SECRET) is not None


async def log_in(setup: Setup, code: str, verifier: str) -> Pair:
    """Exchange the code and keep the tokens; a running bot takes them over by itself.

    Meanwhile nobody renews: of two pairs made at once the one kept last may be the ended one.
    """
    async with setup.vault() as vault, vault.alone(SECRET), Http() as http:
        oauth = OAuth(
            http,
            app_id=setup.app_id,
            app_secret=setup.app_secret,
            base_url=setup.oauth_base_url,
        )
        try:
            grant = await oauth.exchange(code, verifier)
        except OAuthRefusedError as error:
            raise ChannelError(_REFUSED.format(code=error.code)) from None
        except TryLaterError as later:
            raise ChannelError(_LATER.format(reason=later.reason)) from None
        pair = Pair.of(grant, time.time())
        await vault.keep_secret(SECRET, pair.to_json())
        return pair


def judge(setup: Setup, raw: bytes, header: str, timestamp: str | None) -> tuple[bool, str]:
    """Say whether a signature fits a body, and what else would explain it."""
    verdict = check(raw, header, setup.webhook_secret, timestamp=timestamp)
    if verdict is Verdict.WRONG:
        bare = raw.rstrip(b"\r\n")
        if check(bare, header, setup.webhook_secret, timestamp=timestamp).fits:
            return False, _LINE_END
        if check(raw, header, setup.app_secret, timestamp=timestamp).fits:
            return False, _OTHER_KEY
    return verdict.fits, WHY[verdict]


def _query(pasted: str) -> str:
    try:
        return urlsplit(pasted).query
    except ValueError:
        return ""
