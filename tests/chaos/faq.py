"""A FAQ whose answers tell which question they belong to: forty subjects that nobody mixes up."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.faq import load_faq

if TYPE_CHECKING:
    from pathlib import Path

SUBJECTS = (
    "xe máy|con trâu|quạt điện|sổ đỏ|giếng nước|tàu cá|máy cày|vườn cam|lò gạch|đàn ong|ao tôm"
    "|bến đò|quán phở|tiệm vàng|rạp phim|sân bóng|hồ bơi|lớp võ|xưởng gỗ|nhà thuốc|trạm xăng"
    "|kho lạnh|chợ đêm|lễ hội|biển hiệu|cột điện|mái tôn|hàng rào|cây cổ thụ|chó dữ|pháo hoa"
    "|máy bay không người lái|loa phường|thư viện|nhà trọ|xe đạp|bãi rác|vỉa hè|cầu treo|đèn đường"
).split("|")

_WAYS = (
    "xin giấy phép {} ở đâu",
    "thủ tục đăng ký {}",
    "{} cần giấy tờ gì",
    "muốn khai báo {} thì làm thế nào",
)
_ANSWER = "Đây là câu trả lời số {:02}."
_MARKER = re.compile(r"câu trả lời số (\d\d)\.")
_ENTRY = """\
  - id: {id}
    title: Giấy phép {subject}
    phrasings: [{phrasings}]
    answer: {answer}
    verified: 2026-11-22
"""


def entry(subject: int) -> str:
    """Name the entry of a subject."""
    return f"muc_{subject:02}"


def question(subject: int, way: int) -> str:
    """Ask about a subject in one of several ways."""
    return _WAYS[way % len(_WAYS)].format(SUBJECTS[subject])


def answered(text: str) -> int | None:
    """Tell which subject a text of the bot is about; None if it is not one of the answers."""
    found = _MARKER.search(text)
    return int(found[1]) if found else None


def install(home: Path) -> None:
    """Write the FAQ and what is learned of it, so that the program starts at once."""
    entries = [
        _ENTRY.format(
            id=entry(number),
            subject=subject,
            phrasings=", ".join(way.format(subject) for way in _WAYS),
            answer=_ANSWER.format(number),
        )
        for number, subject in enumerate(SUBJECTS)
    ]
    folder = home / "faq"
    folder.mkdir()
    topic = "topic: {id: giay_phep, title: Giấy phép, order: 1}\nentries:\n"
    (folder / "giay_phep.yaml").write_text(topic + "".join(entries), encoding="utf-8")
    load_faq(folder, home / "data")
