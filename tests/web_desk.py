"""A scripted desk for tests of channels: realistic replies, and a record of what was asked.

It decides nothing: a few texts and choices lead to fixed replies, all else is "unknown".
"""

from __future__ import annotations

from dataclasses import dataclass, field

from bot import privacy_replies
from bot.feedback import FeedbackOffError
from bot.messages import Choice, Content, Incoming, Link, Reply, Section, Status, Turn

TOPICS = (
    Choice("t:vneid", "Tài khoản VNeID"),
    Choice("t:can_cuoc", "Thẻ căn cước"),
    Choice("t:bhyt", "Bảo hiểm y tế (BHYT)"),
    Choice("t:dich_vu_cong", "Cổng Dịch vụ công quốc gia"),
    Choice("t:ho_tich", "Khai sinh, kết hôn, hộ tịch"),
    Choice("t:cu_tru", "Thường trú, tạm trú"),
)

OTP = Reply(
    status=Status.ANSWERED,
    entry="vneid_khong_nhan_sms_otp",
    title="Không nhận được mã OTP của VNeID",
    text=(
        "**Thường do số điện thoại khai sai, sim bị khóa hoặc máy chặn tin nhắn.** Kiểm tra lần "
        "lượt các bước dưới đây; vẫn không được thì gọi tổng đài hoặc đến Công an cấp xã."
    ),
    sections=(
        Section(
            "steps",
            "📋",
            "Các bước",
            (
                "Xem lại số điện thoại nhập vào có đúng số đã đăng ký không.",
                "Kiểm tra máy còn sóng, hộp tin nhắn chưa đầy và không chặn tin lạ.",
                "Gọi thử một cuộc. Không gọi đi được thì hỏi nhà mạng xem sim có bị khóa không.",
                "Đợi vài phút rồi bấm **Gửi lại mã**; chỉ dùng mã mới nhất vì mã mau hết hạn.",
            ),
        ),
        Section("fee", "💰", "Lệ phí", ("Không mất tiền.",)),
        Section("where", "📍", "Nơi làm", ("Nhà mạng (nếu sim bị khóa) hoặc Công an cấp xã.",)),
        Section("hotline", "☎️", "Tổng đài", ("1900 0368",)),
        Section(
            "warning",
            "⚠️",
            "Lưu ý",
            ("Không đọc mã OTP cho bất kỳ ai, kể cả người tự xưng là công an.",),
        ),
    ),
    sources=(
        Link(
            "Thông tư về xác thực thông tin thuê bao di động 08/2026/TT-BKHCN, "
            "ngày 31/03/2026, Điều 8",
            "https://vanban.chinhphu.vn",
        ),
        Link("Hướng dẫn sử dụng VNeID của Bộ Công an", "https://vneid.gov.vn"),
    ),
    checked="kiểm tra ngày 22/11/2026",
    choices_title="Câu hỏi liên quan",
    choices=(
        Choice("e:vneid_doi_so_dien_thoai", "Đổi số điện thoại đăng ký VNeID"),
        Choice("e:vneid_kich_hoat", "Kích hoạt tài khoản VNeID"),
        Choice("e:vneid_hotline", "Tổng đài VNeID"),
    ),
    asks_feedback=True,
)

CARD_FEE = Reply(
    status=Status.CHOSEN,
    entry="can_cuoc_cap_doi",
    title="Đổi thẻ căn cước khi hết hạn hoặc hỏng",
    caution="Nội dung này đã quá ngày rà soát, **có thể đã thay đổi**.",
    text="Lệ phí cấp đổi thẻ căn cước là **25.000 đồng**; cấp lại là 35.000 đồng.",
    sections=(
        Section("fee", "💰", "Lệ phí", ("Cấp đổi: 25.000 đồng", "Cấp lại: 35.000 đồng")),
        Section("documents", "📄", "Giấy tờ", ("Thẻ căn cước cũ (nếu còn).",)),
        Section("duration", "⏱️", "Thời gian", ("Không quá **7 ngày** làm việc.",)),
        Section(
            "online",
            "🌐",
            "Làm trực tuyến",
            ("[Cổng dịch vụ công Bộ Công an](https://dichvucong.bocongan.gov.vn)",),
        ),
        Section("tip", "💡", "Mẹo", ("Đặt lịch trước để khỏi chờ.",)),
    ),
    sources=(Link("Thông tư 64/2025/TT-BTC", None),),
    checked="kiểm tra ngày 01/07/2025",
    asks_feedback=True,
)

CLARIFY = Reply(
    status=Status.CLARIFIED,
    text="Bạn muốn hỏi câu nào dưới đây?",
    choices_title="Chọn câu đúng ý bạn nhất:",
    choices=(
        Choice("e:can_cuoc_cap_doi", "Đổi thẻ căn cước khi hết hạn hoặc hỏng"),
        Choice("e:can_cuoc_cap_lai", "Cấp lại thẻ căn cước bị mất"),
        Choice("e:can_cuoc_lan_dau", "Làm thẻ căn cước lần đầu cho trẻ dưới 14 tuổi"),
        Choice("none", "Không đúng câu nào"),
    ),
)

UNKNOWN = Reply(
    status=Status.UNKNOWN_OUT_OF_SCOPE,
    text="Mình chưa có câu trả lời cho câu này. Bạn thử viết cách khác, hoặc chọn một chủ đề.",
    choices_title="Chủ đề",
    choices=TOPICS[:3],
)

EMPTY = Reply(status=Status.EMPTY, text="Bạn chưa viết gì. Bạn cần hỏi điều gì?")

ERASE_OFFER = privacy_replies.erase_offer()
ERASED = privacy_replies.erased()

_SCRIPT = {
    "khong nhan duoc ma otp vneid": OTP,
    "căn cước": CLARIFY,
    "e:can_cuoc_cap_doi": CARD_FEE,
    "": EMPTY,
    "privacy": privacy_replies.privacy(),
    "erase": ERASE_OFFER,
    "/xoadulieu": ERASE_OFFER,
    "erase:yes": ERASED,
}


_ANSWERS = {reply.entry: reply for reply in (OTP, CARD_FEE)}


def answer_of(entry: str) -> Reply | None:
    """What the script's entries say to nobody in particular."""
    return _ANSWERS.get(entry)


@dataclass(slots=True)
class ScriptedDesk:
    """Answers from the script; turns are numbered from 1."""

    heard: list[Incoming] = field(default_factory=list)
    rated: list[tuple[int, str, str, bool]] = field(default_factory=list)
    reasons: list[str | None] = field(default_factory=list)
    takes_feedback: bool = True

    async def respond(self, incoming: Incoming) -> Turn:
        self.heard.append(incoming)
        key = incoming.choice if incoming.content is Content.CHOICE else incoming.text
        return Turn(len(self.heard), _SCRIPT.get(key or "", UNKNOWN))

    async def rate(
        self, turn: int, *, channel: str, user: str, useful: bool, reason: str | None = None
    ) -> bool:
        if not self.takes_feedback:
            raise FeedbackOffError
        self.reasons.append(reason)
        self.rated.append((turn, channel, user, useful))
        return 1 <= turn <= len(self.heard) and self.heard[turn - 1].user == user
