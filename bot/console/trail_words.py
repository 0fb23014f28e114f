"""What the trail's actions and objects are called; what is not listed is shown by its own name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.console.queue_words import STATES
from bot.office import ROLES
from bot.proposals.files import called

if TYPE_CHECKING:
    from collections.abc import Iterable

ACTIONS = {
    "account_added": "thêm tài khoản",
    "role_changed": "đổi vai trò",
    "account_activated": "mở tài khoản",
    "account_deactivated": "khóa tài khoản",
    "password_changed": "đổi mật khẩu",
    "logins_ended": "thoát mọi nơi đăng nhập",
    "logged_in": "đăng nhập",
    "second_factor_on": "bật bảo mật hai lớp",
    "second_factor_off": "tắt bảo mật hai lớp",
    "propose": "đề nghị thay đổi",
    "revise": "sửa thay đổi",
    "ask_approval": "gửi duyệt",
    "approve": "duyệt",
    "withdraw": "rút lại thay đổi",
    "publish": "công bố",
    "roll_back": "hoàn tác thay đổi",
    "review_accept": "thêm nhóm vào mục",
    "review_out_of_scope": "đánh dấu nhóm ngoài phạm vi",
    "review_case_data": "đánh dấu nhóm cần hồ sơ cá nhân",
    "review_ignore": "bỏ qua nhóm",
    "review_reopen": "mở lại nhóm",
    "review_merge": "gộp nhóm",
    "review_split": "tách nhóm",
    "review_move": "chuyển câu sang nhóm khác",
    "review_undone": "hoàn tác việc với nhóm",
    "open_data_release": "công bố tiêu đề nhóm trong dữ liệu mở",
    "open_data_take_back": "gỡ tiêu đề nhóm khỏi dữ liệu mở",
}

FIELDS = {
    "active": "đang dùng",
    "entry": "mục",
    "files": "tệp",
    "other": "nhóm kia",
    "proposal_id": "thay đổi số",
    "role": "vai trò",
    "state": "trạng thái",
    "title": "tiêu đề",
}
_VALUES: dict[object, str] = {
    **{state.value: label for state, label in STATES.items()},
    **{role.value: label for role, label in ROLES.items()},
    True: "có",
    False: "không",
    None: "không có",
}
_KINDS = {"cluster": ("nhóm", "cau-hoi"), "proposal": ("thay đổi", "thay-doi")}


def value(name: str, told: object) -> object:
    """A value as officials read it; what is free text stays as it is."""
    if isinstance(told, list):
        return ", ".join(called(str(one)) for one in told)
    known = name in {"state", "role", "active"} and isinstance(told, str | bool | None)
    return _VALUES.get(told, told) if known else told


def named(thing: str) -> tuple[str, str]:
    """Name what something was done to, and where its page is below the console's; "" for none."""
    kind, _, number = thing.partition(":")
    if kind not in _KINDS or not number.isdecimal():
        return thing, ""
    label, area = _KINDS[kind]
    return f"{label} {number}", f"{area}/{number}"


def changes(things: Iterable[str]) -> dict[str, int]:
    """Those of the objects that are proposals, with their numbers."""
    split = {thing: thing.partition(":") for thing in things}
    return {
        thing: int(number)
        for thing, (kind, _, number) in split.items()
        if kind == "proposal" and number.isdecimal() and len(number) < 19
    }
