"""The machine and its address: is the bot up, does the Internet reach it, clock, disk."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from bot.doctor.findings import bad, ok, warn
from bot.doctor.probe import NO_NAME, NO_TLS

if TYPE_CHECKING:
    from pathlib import Path

    from bot.config import Settings
    from bot.doctor.findings import Finding, Visit
    from bot.doctor.probe import Answer, Probe

_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # to look there, not to listen
_MB = 1024 * 1024
_LEAST_FREE, _LITTLE_FREE = 200 * _MB, 1024 * _MB
_MOST_SKEW, _MUCH_SKEW = 60.0, 600.0  # seconds

_MEND = {
    NO_NAME: "Kiểm tra tên miền trong public_url và bản ghi DNS (A, AAAA) trỏ về máy này.",
    NO_TLS: (
        "Cài chứng chỉ hợp lệ cho tên miền (ví dụ Let’s Encrypt) với đủ chuỗi chứng chỉ trung gian."
    ),
}
_NOT_OPEN = (
    "Kiểm tra máy chủ trung gian (nginx, Caddy…), cổng 443 và tường lửa. Nếu điện thoại dùng mạng "
    "khác mở được {url}/healthz thì chỉ là máy này không tự gọi được tên miền của mình."
)


async def is_running(settings: Settings, probe: Probe) -> bool:
    """Tell whether the bot of these settings answers on this machine."""
    if not settings.port or not settings.host:
        return False
    host = _EVERYWHERE.get(settings.host, settings.host)
    shown = f"[{host}]" if ":" in host else host
    answer = await probe.get(f"http://{shown}:{settings.port}/healthz")
    return answer.field("status") in {"ok", "starting"}


async def address(visit: Visit) -> list[Finding]:
    """Tell whether `public_url` is https, and leads to this bot."""
    url, check = visit.public_url, "address.public_url"
    if not url:
        return [_no_address(visit)]
    if not url.startswith("https://"):
        mend = "Sửa public_url thành https://… và cài chứng chỉ cho tên miền."
        return [bad(check, f"{url} không phải https: Telegram và Zalo không giao tin tới.", mend)]
    answer = await visit.probe.get(f"{url}/healthz")
    if answer.field("status") in {"ok", "starting"}:
        return [ok(check, f"{url} mở được bằng https và dẫn tới hoidap.")]
    return [_no_way(visit, answer)]


def _no_address(visit: Visit) -> Finding:
    if visit.settings.zalo_oa_app_id:
        what = "Chưa đặt public_url nên không thử được đường Zalo OA giao tin tới."
        mend = "Đặt public_url: https://tên-miền-của-bạn trong config.yaml."
        return warn("address.public_url", what, mend)
    what = "Chưa đặt public_url: bot tự hỏi tin ở Telegram và Zalo Bot, không cần địa chỉ."
    return ok("address.public_url", what)


def _no_way(visit: Visit, answer: Answer) -> Finding:
    """Say why an https address does not lead to the bot."""
    url, check = visit.public_url, "address.public_url"
    if answer.trouble:
        mend = _MEND.get(answer.trouble, _NOT_OPEN.format(url=url))
        return bad(check, f"Không mở được {url}: {answer.trouble}.", mend)
    if answer.status in {502, 503, 504} and not visit.running:
        what = f"{url} có máy chủ trả lời nhưng bot chưa chạy (HTTP {answer.status})."
        return warn(check, what, "Chạy bot (hoidap run) rồi chạy lại lệnh này.")
    what = f"{url}/healthz trả lời HTTP {answer.status}, không phải hoidap."
    mend = (
        "Cho máy chủ trung gian chuyển mọi đường dẫn tới "
        f"http://{visit.settings.host}:{visit.settings.port}, và kiểm tra bot đang chạy."
    )
    return bad(check, what, mend)


def open_data(settings: Settings) -> list[Finding]:
    """Tell that figures are public, where they are."""
    if not settings.open_data:
        return []
    what = (
        "Dữ liệu mở đang bật: ai cũng xem được số liệu theo tháng ở /du-lieu-mo, "
        f"mỗi dòng gộp từ ít nhất {settings.open_data_floor} người."
    )
    return [ok("address.open_data", what)]


def clock(probe: Probe) -> list[Finding]:
    """Compare the clock with those of the servers that were asked; the nearest one judges."""
    check = "machine.clock"
    if not probe.skews:
        return [ok(check, "Chưa có máy chủ nào trả lời để so đồng hồ.")]
    skew = min(probe.skews, key=abs)
    side = "nhanh" if skew > 0 else "chậm"
    mend = "Bật đồng bộ giờ: timedatectl set-ntp true."
    if abs(skew) >= _MUCH_SKEW:
        what = (
            f"Đồng hồ {side} {abs(skew) / 60:.0f} phút: hạn của mã truy cập, ngày hiệu lực của câu "
            "trả lời và chứng chỉ đều bị tính sai."
        )
        return [bad(check, what, mend)]
    if abs(skew) >= _MOST_SKEW:
        return [warn(check, f"Đồng hồ {side} {abs(skew):.0f} giây.", mend)]
    return [ok(check, "Đồng hồ khớp với các máy chủ.")]


def disk(settings: Settings) -> list[Finding]:
    """Look whether what is asked can still be written."""
    folder = settings.data_dir
    try:
        free = shutil.disk_usage(there(folder)).free
    except OSError as error:
        what = f"Không xem được đĩa ở {folder} ({error.strerror})."
        return [bad("machine.disk", what, "Kiểm tra data_dir.")]
    return [room(folder, free)]


def room(folder: Path, free: int) -> Finding:
    """Judge how many bytes are free."""
    check = "machine.disk"
    mend = "Giải phóng dung lượng, hoặc chuyển data_dir sang đĩa khác. Đầy đĩa thì bot ngừng nhận tin."
    if free < _LEAST_FREE:
        return bad(check, f"Đĩa của {folder} sắp đầy: còn {free // _MB} MB.", mend)
    if free < _LITTLE_FREE:
        return warn(check, f"Đĩa của {folder} còn {free // _MB} MB.", mend)
    return ok(check, f"Đĩa của {folder} còn {free / (1024 * _MB):.1f} GB.")


def there(folder: Path) -> Path:
    """Give the folder, or the nearest one above it that is there."""
    folder = folder.absolute()
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder
