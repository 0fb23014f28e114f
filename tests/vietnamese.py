"""Vietnamese words as a careful writer types them, every one with at least one accent.

The frequent ones of administrative language, then rare shapes of syllables and both ways to
place a tone (hoà, hòa).
"""

from __future__ import annotations

WORDS = """
không thẻ công hoặc có thì và số được làm trên cấp giấy bạn cước nơi căn cổng người của xã vụ
nộp dịch điện đã lại nhận hồ đăng sơ đến ngày ở đổi mã từ hỏi là nếu để việc tờ mức nhập phải
ký khoản cơ trả định tiền tài tục máy gọi dùng gửi mở thông thủ trước dụng cần mất chính bị
ứng phí một hạn bản tự chọn còn mới chỉ quốc chưa hộ báo thoại khác dữ liệu vào bằng tử tại
tiếp khám rồi thể khẩu dân đúng mạng tên mật bệnh bộ ảnh tuổi về lý vẫn đủ nhân bấm cũ hẹn
đưa ví phường kết hết nhất nên cầu xác đi trú lệ đặt yêu nhà khóa tâm viện chứng tỉnh đó mục
đọc nước tổng trẻ trợ thường lấy đài lần phiếu quá nghị giờ nào chụp hành mình kiểm phần tính
gì trực này sửa nhật lời đóng vì cũng dưới đang cài gần miễn chuyển cập muốn mẫu đòi cư hợp
mặt tổ liên năm với hưởng bảo nhiều lỗi ngoài trình nhắn chữ thực cùng vân lúc giữ họ trường
đầu bưu dụ cứu thấy quét giá thử hình quả tải giúp hiện như lạ cả trị cán cách địa nhờ đồng
tìm phục viên diện lịch tuyến đề tế quầy hãy thêm chiếu đại hệ đơn chờ ngân hàng phản ánh gắn
riêng kèm quyết ủy việt lên quên màn tùy lừa nghèo đừng giải chức học tạm thuộc cá mỗi quyền
tháng hỗ lưu giảm luật chỗ đặc nằm tệp duyệt sở cứ dấu từng thiết thứ đây thống sự các gặp
phố nghiệp bất mẹ mà thời chủ kích hoạt đứng hiểm thành đình điểm đều bắt đường đảo biết cảnh
phạt khuôn xử pháp đâu rõ hỏng hơn điều kỳ câu động phòng án toán ít buộc mống mắt sử sẵn
tích biên tịch xuất tối đa gõ bảng thân nói hiệu mốc đối điền cửa cộng hội bỏ hướng dẫn kiến
hóa lương nhóm bổ kể thẳng giám hoàn toàn cháu những phút quản mượn phạm thôn kê thuốc áp
nhưng hủy lái thế luôn nữa thiếu huyện yếu xếp trừ thức thật vài xóa nối phép chuyên ngắt
nghệ viết nội hôn kế mời hưu bác sĩ tư cận thất rút chắc gói triển khớp khuyết tật sát sắp
trạng bên loại lâu mọi chuẩn vậy kiện bước sẽ đầy lưng hẳn tắt lớn cụ kẻ nêu tòa chấp đất ngã
ngõ ngắn nghĩa nghề giếng giỗ già mùa muỗi cuối tuần tuấn tuệ thuế thuê huệ quý quỹ quở quỳnh
quãng hoạch loạn xoá khoẻ khỏe hoà hòa thuỷ thủy thuý thúy hoè hòe ngoèo xoè uỷ khuỷu khuỷa
nguyễn nguyệt truyện tuyết khuyên rượu hươu bướu cưới muối buổi đuổi nuôi iếc ỉa ướt ường ưởn
đũa đĩa lửa mưa sữa hẻm khóm ấp bưởi chuối xoài ngoái khoáy quậy quẫn quẩn ngoặt hoẵng loắt
choắt xoắn oẳn khoắng ngoắc bíp kịp tốp ngập nghịch ghế ghét nhảy nhện trễ trẻo phở phích vở
vẽ rẽ rụng sụt sỏi tõm ối ổi ới ầm ấm ắp ăn ếch ô ơ ơn ừ ứ ý ỷ
""".split()
