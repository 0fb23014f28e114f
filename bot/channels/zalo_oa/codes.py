"""What Zalo's error codes mean and what is done about each: the one place that knows them.

Zalo answers HTTP 200 and a body with `error`; 0 is success. The texts are for operators.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Action(Enum):
    """What to do with a message that was not taken."""

    RENEW = auto()  # the access token is not valid: get a new one, try once more
    WAIT = auto()  # later it may be taken as it is
    MEND = auto()  # it may be taken when an operator has mended something: wait long, be loud
    DROP = auto()  # it will never be taken


@dataclass(frozen=True, slots=True)
class Code:
    """One error code."""

    action: Action
    meaning: str
    seconds: float | None = None  # how long to wait


_MINUTE, _HOUR = 60.0, 3600.0
_WAIT, _DROP, _MEND = Action.WAIT, Action.DROP, Action.MEND

TOKEN_INVALID, TOKEN_EXPIRED, TOO_MANY = -216, -220, -32

CODES: Mapping[int, Code] = {
    TOKEN_INVALID: Code(Action.RENEW, "mã truy cập không hợp lệ"),
    TOKEN_EXPIRED: Code(Action.RENEW, "mã truy cập đã hết hạn hoặc bị thu hồi"),
    TOO_MANY: Code(_WAIT, "gọi quá số lần cho phép trong một phút", _MINUTE),
    -200: Code(_WAIT, "Zalo gửi không thành công"),
    -234: Code(_WAIT, "loại tin này không được gửi từ 22 giờ đến 6 giờ", _HOUR),
    -100: Code(_DROP, "tệp đính kèm đã hết hạn"),
    -201: Code(_DROP, "tham số không hợp lệ"),
    -210: Code(_DROP, "tham số vượt giới hạn (chẳng hạn tin dài quá 2.000 ký tự)"),
    -211: Code(_DROP, "OA đã hết hạn mức gửi tin"),
    -213: Code(_DROP, "người dùng chưa quan tâm OA"),
    -217: Code(_DROP, "người dùng đã chặn OA"),
    -218: Code(_DROP, "người dùng đã hết hạn mức nhận tin"),
    -227: Code(_DROP, "tài khoản người dùng bị khóa hoặc không hoạt động hơn 45 ngày"),
    -230: Code(_DROP, "đã quá 7 ngày từ lần tương tác cuối của người dùng"),
    -232: Code(_DROP, "đã quá hạn tương tác với người dùng"),
    -233: Code(_DROP, "loại tin không được hỗ trợ"),
    -244: Code(_DROP, "người dùng không nhận loại tin này"),
    -248: Code(_DROP, "tin vi phạm quy định của Zalo"),
    -204: Code(_MEND, "OA đã bị vô hiệu hóa", _HOUR),
    -205: Code(_MEND, "OA không tồn tại", _HOUR),
    -209: Code(_MEND, "ứng dụng chưa được kích hoạt", _HOUR),
    -212: Code(_MEND, "OA chưa đăng ký dùng API này", _HOUR),
    -219: Code(_MEND, "ứng dụng đã bị gỡ hoặc vô hiệu hóa", _HOUR),
    -221: Code(_MEND, "OA chưa xác thực", _HOUR),
    -223: Code(_MEND, "OA chưa được cấp quyền dùng API này", _HOUR),
    -224: Code(_MEND, "gói dịch vụ của OA không có API này", _HOUR),
    -235: Code(_MEND, "loại OA này không được dùng API này", _HOUR),
    -240: Code(_MEND, "API phiên bản cũ đã đóng", _HOUR),
    -242: Code(_MEND, "appsecret_proof không đúng", _HOUR),
    -320: Code(_MEND, "ứng dụng chưa liên kết Zalo Cloud Account", _HOUR),
    -321: Code(_MEND, "Zalo Cloud Account hết tiền", _HOUR),
}

# Nobody knows what a new code means: the outbox tries a few times and then keeps it for a look.
UNKNOWN = Code(_WAIT, "mã lỗi chưa biết")


def error_of(body: object) -> int | None:
    """Read `error` of an answer; None if it is no answer of Zalo's."""
    error = body.get("error") if isinstance(body, dict) else None
    if isinstance(error, str):
        try:
            error = int(error[:20])
        except ValueError:
            return None
    return error if isinstance(error, int) and not isinstance(error, bool) else None
