"""A sample FAQ made up for tests of the bot, so that they stand still while the real FAQ grows.

Six answers in three topics, a signpost, small talk, shared values and a lexicon. What a test
needs otherwise (an expired entry, a long topic, other bands) it changes with the functions here.
The real FAQ is in `faq`, folders that are broken on purpose in `small_faq`.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.faq import Faq, load_faq
from intents.calibration import Bands
from intents.fitting import fit
from intents.matcher import Matcher

if TYPE_CHECKING:
    from intents.fitted import Fitted

_VNEID = """\
topic: {id: vneid, title: Tài khoản VNeID, emoji: "🪪", order: 1}
entries:
  - id: vneid_quen_mat_khau
    title: Quên mật khẩu VNeID
    phrasings:
      - quên mật khẩu vneid thì làm sao
      - lấy lại mật khẩu vneid
      - em quên mất mật khẩu tài khoản vneid rồi
      - không nhớ mật khẩu đăng nhập vneid
      - quen mat khau vneid
      - đặt lại mật khẩu tài khoản định danh
      - mật khẩu vneid nhập sai nhiều lần bị khóa
      - cách đổi mật khẩu vneid khi đã quên
    answer: |
      **Bạn tự đặt lại mật khẩu ngay trên ứng dụng.**
    facets:
      steps:
        - Mở VNeID, bấm **Quên mật khẩu**.
        - Nhập số căn cước, rồi xác thực khuôn mặt.
      fee: Không mất tiền.
      hotline: "{tong_dai_vneid}"
    sources:
      - document: Nghị định
        number: 69/2024/NĐ-CP
        date: 2024-06-25
        article: Điều 8
        url: "https://vanban.chinhphu.vn"
      - {document: Hướng dẫn của Bộ Công an}
    verified: 2026-11-22
    related: [vneid_khong_nhan_otp, vneid_doi_so]
  - id: vneid_khong_nhan_otp
    title: Không nhận được mã OTP của VNeID
    phrasings:
      - không nhận được mã otp vneid
      - vneid không gửi tin nhắn mã xác thực về máy
      - khong nhan duoc ma otp khi dang nhap vneid
      - chờ mãi không thấy mã otp vneid
      - mã otp vneid không về điện thoại
      - bấm gửi lại mã otp mà vẫn không có tin nhắn
      - otp vneid hết hạn trước khi kịp nhập
      - sao tin nhắn otp không tới
    answer: |
      **Thường do sim bị khóa hoặc máy chặn tin nhắn lạ.** Đợi vài phút rồi bấm gửi lại mã.
    verified: 2026-11-22
    related: [vneid_doi_so]
  - id: vneid_doi_so
    title: Đổi số điện thoại đăng ký VNeID
    phrasings:
      - đổi số điện thoại đăng ký vneid
      - mất sim rồi muốn đổi số trên vneid
      - vneid dùng số cũ giờ thay sim mới
      - doi so dien thoai vneid
      - cập nhật số điện thoại mới cho tài khoản định danh
      - số đăng ký vneid bị thu hồi thì đổi số thế nào
      - thay đổi sim đăng ký tài khoản vneid
      - chuyển vneid sang số điện thoại khác
    answer: |
      **Đổi ngay trên ứng dụng, hoặc ra Công an xã nơi gần nhất.**
    verified: 2026-11-22
"""

_CAN_CUOC = """\
topic: {id: can_cuoc, title: Thẻ căn cước, emoji: "💳", order: 2}
entries:
  - id: can_cuoc_cap_lai
    title: Làm lại thẻ căn cước bị mất
    phrasings:
      - mất thẻ căn cước làm lại ở đâu
      - tôi bị mất căn cước công dân giờ xin cấp lại
      - mat can cuoc lam lai
      - rơi ví mất luôn căn cước
      - cấp lại căn cước khi bị mất cần gì
      - đánh rơi thẻ căn cước thì báo ai
      - căn cước thất lạc xin cấp lại thế nào
      - thẻ căn cước bị trộm lấy mất
    answer: |
      **Đến Công an xã, phường nơi gần nhất để xin cấp lại.**
    facets:
      documents: [Số căn cước cũ, Ảnh chân dung nếu có]
      fee: Lệ phí cấp lại là {le_phi}.
      where: Công an cấp xã bất kỳ.
      online: "[Cổng Dịch vụ công](https://dichvucong.gov.vn)"
    sources:
      - {document: Luật Căn cước, number: 26/2023/QH15}
    verified: 2026-11-22
  - id: can_cuoc_doi
    title: Đổi thẻ căn cước hết hạn
    phrasings:
      - thẻ căn cước hết hạn đổi ở đâu
      - căn cước sắp hết hạn có phải đổi không
      - doi can cuoc het han
      - bao nhiêu tuổi phải đổi thẻ căn cước
      - đổi thẻ căn cước mới khi thẻ cũ quá hạn
      - căn cước quá hạn có bị phạt không
      - thẻ căn cước hạn đến năm nay thì đổi khi nào
      - gia hạn thẻ căn cước
    answer: |
      **Đổi thẻ khi đủ 14, 25, 40 và 60 tuổi.** Lệ phí: {le_phi}.
    verified: 2026-11-22
"""

_BHYT = """\
topic: {id: bhyt, title: Bảo hiểm y tế, emoji: "🏥", order: 3}
entries:
  - id: bhyt_kham_benh
    title: Khám bệnh BHYT bằng căn cước
    phrasings:
      - đi khám bệnh dùng căn cước thay thẻ bảo hiểm y tế được không
      - quên thẻ bảo hiểm y tế thì khám bằng gì
      - kham bhyt bang can cuoc gan chip
      - bệnh viện có nhận căn cước thay thẻ giấy không
      - không mang thẻ giấy bảo hiểm y tế đi khám
      - đi viện chỉ có căn cước có được hưởng bảo hiểm không
      - xuất trình gì khi khám bảo hiểm y tế
      - thẻ giấy bảo hiểm y tế mất rồi đi khám thế nào
    answer: |
      **Được. Đưa thẻ căn cước gắn chip cho quầy tiếp đón.**
    verified: 2026-11-22
"""

_TALK = """\
topic: {id: tro_chuyen, title: Trò chuyện, order: 99}
entries:
  - id: cam_on
    kind: small_talk
    title: Cảm ơn
    phrasings: [cảm ơn bạn, cảm ơn nhiều nhé, cám ơn, thank you, thanks bạn, xin cam on, cảm ơn ad]
    answer: Không có gì, mình giúp được là vui rồi.
  - id: khan_cap
    kind: signpost
    title: Gọi cấp cứu, công an, chữa cháy
    phrasings:
      - có cháy nhà gọi số nào
      - gọi xe cấp cứu số mấy
      - bị tai nạn giao thông cần cứu
      - nhà bên cạnh đang bốc cháy
      - gặp cướp phải báo ai
      - số điện thoại chữa cháy
      - có người ngất cần cấp cứu gấp
      - chay nha cuu voi
    answer: Việc khẩn cấp, gọi ngay 113 (công an), 114 (chữa cháy), 115 (cấp cứu).
"""

_VALUES = """\
values:
  tong_dai_vneid:
    title: Tổng đài VNeID
    series: [{from: 2020-01-01, value: "1900 0368"}]
  tong_dai_bhxh:
    title: Tổng đài Bảo hiểm xã hội
    series: [{from: 2020-01-01, value: "1900 9068"}]
  le_phi:
    title: Lệ phí thẻ căn cước
    unit: đồng
    series:
      - {from: 2024-10-21, value: 50000}
      - {from: 2025-07-01, value: 25000, until: 2026-12-31}
"""

_LEXICON = """\
teencode: {ko: không, k: không, dc: được, đc: được, mk: mật khẩu}
abbreviations: {cccd: căn cước công dân, bhyt: bảo hiểm y tế, sđt: số điện thoại}
filler:
  [cho em hỏi, cho tôi hỏi, dạ, ạ, anh chị, ơi, làm sao, làm thế nào, thế nào, với, thì]
stop_words:
  [là, thì, mà, của, và, có, không, được, gì, này, đó, cái, tôi, em, mình, bạn, làm]
facets: {fee: [bao nhiêu tiền, mất tiền không], hotline: [gọi số nào]}
"""

_OUT_OF_SCOPE = """\
questions:
  - sông nào dài nhất việt nam
  - giá vàng hôm nay bao nhiêu
  - thủ tục ly hôn đơn phương ra tòa
  - vay tiền ngân hàng lãi suất mấy phần trăm
  - tối nay ăn gì
  - mua nhà trả góp cần điều kiện gì
  - con voi nặng mấy tấn
  - đăng ký kinh doanh hộ cá thể
  - thời tiết cuối tuần ở huế
  - tuyển sinh lớp 10 năm nay
"""

_FILES = {
    "vneid.yaml": _VNEID,
    "can_cuoc.yaml": _CAN_CUOC,
    "bhyt.yaml": _BHYT,
    "tro_chuyen.yaml": _TALK,
    "_values.yaml": _VALUES,
    "_lexicon.yaml": _LEXICON,
    "_out_of_scope.yaml": _OUT_OF_SCOPE,
}


def write(folder: Path) -> Path:
    """Write the FAQ's files into a folder; returns the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in _FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@cache
def _home() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="hoidap-sample-faq-")


@cache
def sample_faq() -> Faq:
    """Load the sample FAQ, fitted once for all tests."""
    home = Path(_home().name)
    return load_faq(write(home / "faq"), home / "fits")


def install(folder: Path) -> Path:
    """Write the FAQ to `folder`/faq, and what was fitted to `folder`/data: for a quick start."""
    sample_faq()
    shutil.copytree(Path(_home().name) / "fits", folder / "data", dirs_exist_ok=True)
    return write(folder / "faq")


@cache
def _fitted() -> Fitted:
    return fit(sample_faq().knowledge)


def with_bands(*, answer: float, clarify: float) -> Faq:
    """The sample FAQ with thresholds of one's own."""
    faq, fitted = sample_faq(), _fitted()
    judge = replace(fitted.judge, bands=Bands(answer=answer, share=0.0, clarify=clarify))
    return replace(faq, matcher=Matcher(faq.knowledge, replace(fitted, judge=judge)))


def asks_back() -> Faq:
    """The sample FAQ, so unsure that it asks back whatever it is asked."""
    return with_bands(answer=2.0, clarify=0.0)


def changed(faq: Faq, entry: str, **fields: Any) -> Faq:
    """The same FAQ with some fields of one entry changed after it was fitted."""
    entries = dict(faq.catalog.entries)
    entries[entry] = entries[entry].model_copy(update=fields)
    return replace(faq, catalog=replace(faq.catalog, entries=entries))


def without(faq: Faq, entry: str) -> Faq:
    """The same FAQ after an editor removed an entry."""
    entries = {
        key: one.model_copy(update={"related": tuple(r for r in one.related if r != entry)})
        for key, one in faq.catalog.entries.items()
        if key != entry
    }
    return replace(faq, catalog=replace(faq.catalog, entries=entries))


def with_long_topic(count: int) -> Faq:
    """The sample FAQ with so many more entries, câu hỏi 1 to `count`, alone in topic `dai`."""
    faq = sample_faq()
    catalog = faq.catalog
    like = catalog.entries["can_cuoc_doi"]
    more = {
        f"dai_{n}": like.model_copy(update={"id": f"dai_{n}", "title": f"câu hỏi {n}"})
        for n in range(1, count + 1)
    }
    topic = catalog.topics[0].model_copy(update={"id": "dai", "title": "Chủ đề dài", "emoji": ""})
    longer = replace(
        catalog,
        topics=(*catalog.topics, topic),
        entries={**catalog.entries, **more},
        topic_of={**catalog.topic_of, **dict.fromkeys(more, "dai")},
    )
    return replace(faq, catalog=longer)
