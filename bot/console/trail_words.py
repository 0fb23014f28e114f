"""What the trail's actions are called; one that is not listed is shown by its own name."""

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
}
