"""What the bot says about what it keeps of a citizen, and the choices that go with it.

Every sentence here is a promise: whoever changes what is stored, masked or shown to officials
changes it here too. What is masked is in `personal_data`, what is stored in `store.schema`.
"""

from __future__ import annotations

from bot.messages import Choice, Reply, Section, Status

PRIVACY = Choice("privacy", "🔒 Quyền riêng tư")
ERASE = Choice("erase", "🗑️ Xóa dữ liệu của tôi")
ERASE_YES = Choice("erase:yes", "Có, xóa hết")
ERASE_NO = Choice("erase:no", "Không")

_KEPT = (
    "Câu bạn gõ (đã che như dưới đây), mục bạn chọn, câu trả lời đã hiện, ngày giờ và góp ý của bạn.",
    "Câu bạn nhờ báo khi có câu trả lời (chỉ khi bạn bấm nhờ), giữ 90 ngày; gõ “thôi báo” để bỏ.",
    "Kênh bạn dùng và một mã thay cho bạn. Câu hỏi không ghi kèm tên, ảnh hay tài khoản của bạn.",
    "Riêng Zalo, Telegram: nơi nhận câu trả lời của bạn, đã mã hóa, và lúc bạn nhắn gần nhất.",
)
_MASKED = (
    "Số giấy tờ, số điện thoại, mã bảo hiểm, email, số thẻ ngân hàng, mật khẩu, mã OTP, mã hồ sơ.",
    "Máy có thể che sót, và không nhận ra tên người hay địa chỉ. Bạn đừng gửi những thứ đó.",
)
_HOW_LONG = (
    "Mình không tự xóa theo thời hạn: dữ liệu được giữ đến khi bạn hoặc người vận hành xóa."
)
_SEEN_BY = (
    "Người vận hành và người biên soạn câu trả lời: họ xem câu đã che để bổ sung chỗ còn thiếu.",
    "Nếu người vận hành dùng một máy chủ khác để hiểu câu hỏi, máy chủ đó cũng nhận câu đã che.",
    "Zalo, Telegram giữ tin nhắn của bạn theo quy định riêng của họ.",
)
_HOW_TO_ERASE = "Gõ **/xoadulieu** hoặc “xóa dữ liệu của tôi”. Mình hỏi lại một lần rồi mới xóa."

_OFFER = (
    "**Bạn có chắc muốn xóa hết dữ liệu về bạn không?** Mình sẽ xóa các câu bạn đã hỏi, câu trả lời, "
    "lựa chọn, góp ý và các câu bạn nhờ báo. Xóa rồi không lấy lại được.\n\n"
    "- Chỉ xóa trên kênh bạn đang dùng; trên trang web, chỉ xóa cuộc trò chuyện đang mở.\n"
    "- Tin nhắn còn hiện trên màn hình, trên Zalo hay Telegram thì bạn tự xóa.\n"
    "- Bản sao lưu và bản trích đã lấy ra từ trước (nếu có) thì mình không xóa được."
)
_ERASED = (
    "**Mình đã xóa hết dữ liệu về bạn trên kênh này.** Bạn vẫn hỏi tiếp được; câu hỏi mới lại được "
    "lưu như trước."
)
_NOT_ERASED = "Mình giữ nguyên, không xóa gì cả. Bạn hỏi tiếp nhé."
_ERASING_FAILED = (
    "Xin lỗi, hệ thống đang trục trặc nên mình chưa xóa được gì. Bạn thử lại sau ít phút."
)


_OPEN_DATA = (
    "Ai cũng xem được trang Dữ liệu mở: số liệu các tháng đã hết, mỗi dòng gộp từ ít nhất {floor} người, "
    "và tiêu đề câu chưa trả lời được do cán bộ viết; không có câu bạn gõ. Số liệu đã công bố giữ nguyên, "
    "kể cả khi bạn xóa dữ liệu."
)


def privacy(more: tuple[Choice, ...] = (), *, open_data_floor: int | None = None) -> Reply:
    """What is kept, masked, for how long, who sees it, and how to erase it.

    `open_data_floor`: how many people a published number has behind it; None if none is published.
    """
    public = (_OPEN_DATA.format(floor=open_data_floor),) if open_data_floor else ()
    return Reply(
        Status.PRIVACY,
        "**Mình lưu lại câu hỏi để trả lời tiếp cho bạn và để bổ sung câu trả lời còn thiếu.**",
        sections=(
            Section("kept", "📝", "Lưu những gì", _KEPT),
            Section("masked", "🙈", "Che đi trước khi lưu", _MASKED),
            Section("how_long", "🕒", "Giữ bao lâu", (_HOW_LONG,)),
            Section("seen_by", "👀", "Ai xem được", (*_SEEN_BY, *public)),
            Section("erase", "🗑️", "Muốn xóa", (_HOW_TO_ERASE,)),
        ),
        choices=(ERASE, *more),
    )


def erase_offer() -> Reply:
    """What would be erased, and the question whether it shall be."""
    return Reply(
        Status.ERASE_OFFERED,
        _OFFER,
        choices_title="Bấm chọn, hoặc gõ “có” hay “không”:",
        choices=(ERASE_YES, ERASE_NO),
    )


def not_erased(more: tuple[Choice, ...] = ()) -> Reply:
    return Reply(Status.ERASE_DECLINED, _NOT_ERASED, choices=more)


def erased() -> Reply:
    """The confirmation. It offers nothing: it is not stored, so no number could choose from it."""
    return Reply(Status.ERASED, _ERASED)


def erasing_failed() -> Reply:
    return Reply(Status.FAILED, _ERASING_FAILED)
