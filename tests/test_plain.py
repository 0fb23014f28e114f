"""Plain text loses no fact of a reply."""

from __future__ import annotations

from bot.channels.plain import to_text
from bot.messages import Reply, Section, Status
from tests.web_desk import CARD_FEE, CLARIFY, OTP


def test_every_part_of_an_answer_is_written_in_order() -> None:
    """Lead, numbered steps, labelled rows, sources with date, numbered choices."""
    assert to_text(OTP) == (
        "Thường do số điện thoại khai sai, sim bị khóa hoặc máy chặn tin nhắn. "
        "Kiểm tra lần lượt các bước dưới đây; "
        "vẫn không được thì gọi tổng đài hoặc đến Công an cấp xã.\n\n"
        "📋 Các bước:\n"
        "1. Xem lại số điện thoại nhập vào có đúng số đã đăng ký không.\n"
        "2. Kiểm tra máy còn sóng, hộp tin nhắn chưa đầy và không chặn tin lạ.\n"
        "3. Gọi thử một cuộc. "
        "Không gọi đi được thì hỏi nhà mạng xem sim có bị khóa không.\n"
        "4. Đợi vài phút rồi bấm Gửi lại mã; chỉ dùng mã mới nhất vì mã mau hết hạn.\n\n"
        "💰 Lệ phí: Không mất tiền.\n\n"
        "📍 Nơi làm: Nhà mạng (nếu sim bị khóa) hoặc Công an cấp xã.\n\n"
        "☎️ Tổng đài: 1900 0368\n\n"
        "⚠️ Lưu ý: Không đọc mã OTP cho bất kỳ ai, kể cả người tự xưng là công an.\n\n"
        "Nguồn:\n"
        "• Thông tư về xác thực thông tin thuê bao di động 08/2026/TT-BKHCN, "
        "ngày 31/03/2026, Điều 8 (https://vanban.chinhphu.vn)\n"
        "• Hướng dẫn sử dụng VNeID của Bộ Công an (https://vneid.gov.vn)\n"
        "Kiểm tra ngày 22/11/2026.\n\n"
        "Câu hỏi liên quan\n"
        "1. Đổi số điện thoại đăng ký VNeID\n"
        "2. Kích hoạt tài khoản VNeID\n"
        "3. Tổng đài VNeID"
    )


def test_a_caution_comes_first_and_links_keep_their_address() -> None:
    """An outdated answer says so before anything else."""
    text = to_text(CARD_FEE)
    assert text.startswith("⚠️ Nội dung này đã quá ngày rà soát, có thể đã thay đổi.\n\nLệ phí cấp")
    assert "💰 Lệ phí:\n• Cấp đổi: 25.000 đồng\n• Cấp lại: 35.000 đồng\n\n" in text
    assert (
        "Làm trực tuyến: Cổng dịch vụ công Bộ Công an (https://dichvucong.bocongan.gov.vn)" in text
    )
    assert text.endswith("Nguồn: Thông tư 64/2025/TT-BTC\nKiểm tra ngày 01/07/2025.")


def test_choices_are_numbered_from_one() -> None:
    """Where there is no button, a number is what one types."""
    assert to_text(CLARIFY).endswith(
        "Chọn câu đúng ý bạn nhất:\n"
        "1. Đổi thẻ căn cước khi hết hạn hoặc hỏng\n"
        "2. Cấp lại thẻ căn cước bị mất\n"
        "3. Làm thẻ căn cước lần đầu cho trẻ dưới 14 tuổi\n"
        "4. Không đúng câu nào"
    )


def test_a_step_of_several_lines_stays_one_step() -> None:
    """Further lines of an item stand under its first word."""
    section = Section("steps", "", "Các bước", ("Mang theo:\n- thẻ cũ\n- sổ khám", "Nộp."))
    reply = Reply(Status.ANSWERED, "Làm lần lượt.", sections=(section,))
    assert to_text(reply) == (
        "Làm lần lượt.\n\nCác bước:\n1. Mang theo:\n   \n   • thẻ cũ\n   • sổ khám\n2. Nộp."
    )
