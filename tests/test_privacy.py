"""What `bot.privacy` promises: no personal data gets through, and nothing else is touched."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.privacy import _LABELS, PersonalData, mask, personal, placeholders, pseudonym
from intents.lint.masked import HOLES

PERSONAL = [
    ("số cccd 001190012345 ạ", "số cccd [số giấy tờ] ạ"),
    ("SỐ CCCD:001190012345.", "SỐ CCCD:[số giấy tờ]."),
    ("cccd001190012345", "cccd[số giấy tờ]"),
    ("cccd 001 190 012 345", "cccd [số giấy tờ]"),
    ("001.190.012.345", "[số giấy tờ]"),
    ("001-190-012345", "[số giấy tờ]"),
    ("cmnd 123456789 đóng tiền", "cmnd [số giấy tờ] đóng tiền"),
    ("CMND 123 456 789 và 012.345.678", "CMND [số giấy tờ] và [số giấy tờ]"),
    ("001190012345 001190054321", "[số giấy tờ] [số giấy tờ]"),
    ("001190012345 22.11.2026", "[số giấy tờ] 22.11.2026"),
    ("sđt 0912345678", "sđt [số điện thoại]"),
    ("gọi 0912 345 678 nhé", "gọi [số điện thoại] nhé"),
    ("0912.345.678", "[số điện thoại]"),
    ("0912-345-678", "[số điện thoại]"),
    ("0912,345,678", "[số điện thoại]"),
    ("0912/345/678", "[số điện thoại]"),
    ("24/0912 345 678", "24/[số điện thoại]"),
    ("+84 912 345 678", "[số điện thoại]"),
    ("+84912345678", "[số điện thoại]"),
    ("84912345678", "[số điện thoại]"),
    ("0084912345678", "[số điện thoại]"),
    ("(+84) 912.345.678", "[số điện thoại]"),
    ("(024) 3825 1234", "[số điện thoại]"),
    ("0912345678 25 tuổi", "[số điện thoại] 25 tuổi"),
    ("0912345678 1900 0368 1900 9068", "[số điện thoại] 1900 0368 1900 9068"),
    ("GD4797912345678", "[mã thẻ BHYT]"),
    ("thẻ gd 4 79 79 12345 678", "thẻ [mã thẻ BHYT]"),
    ("GD-479-7912345678", "[mã thẻ BHYT]"),
    ("mã bhxh 7912345678", "mã bhxh [mã thẻ BHYT]"),
    ("ma so BHXH 0912345678", "ma so BHXH [mã thẻ BHYT]"),
    ("bhxh 0123456789 sdt 0912345678", "bhxh [mã thẻ BHYT] sdt [số điện thoại]"),
    ("viết cho a.b+c@gmail.com.", "viết cho [email]."),
    ("nguyen.van.a@hanoi.gov.vn", "[email]"),
    ("0912345678@gmail.com", "[email]"),
    ("abc @gmail.com", "[email]"),
    ("thẻ 4111 1111 1111 1111", "thẻ [số thẻ ngân hàng]"),
    ("thẻ 4111111111 111111", "thẻ [số thẻ ngân hàng]"),
    ("stk 19035678901234", "stk [số thẻ ngân hàng]"),
    ("mã hồ sơ H29.12-251122-0034", "mã hồ sơ [mã hồ sơ]"),
    ("000.12.34.H29-251122-0034 nhé", "[mã hồ sơ] nhé"),
]

SECRETS = [
    ("otp là 123456", "otp là [mã bí mật]"),
    ("OTP: 482 913", "OTP: [mã bí mật]"),
    ("otp 4 8 2 9 1 3", "otp [mã bí mật]"),
    ("mã 482913", "mã [mã bí mật]"),
    ("MÃ XÁC THỰC CỦA EM LÀ 482913", "MÃ XÁC THỰC CỦA EM LÀ [mã bí mật]"),
    ("ma xac thuc gui ve 482913", "ma xac thuc gui ve [mã bí mật]"),
    ("mk: abc123", "mk: [mã bí mật]"),
    ("mat khau la Abc@123.", "mat khau la [mã bí mật]."),
    ("MẬT KHẨU VNeID Abc@123", "MẬT KHẨU VNeID [mã bí mật]"),
    ("mật khẩu là hoangtung", "mật khẩu là [mã bí mật]"),
    ("mã pin 1990", "mã pin [mã bí mật]"),
    ("passcode 445566", "passcode [mã bí mật]"),
    ("123456 là mã otp", "[mã bí mật] là mã otp"),
    ("otp 123456 0912345678", "otp [mã bí mật] [số điện thoại]"),
    ("otp 123456 09 12 345 678", "otp [mã bí mật] [số điện thoại]"),
]

DISGUISED = [
    ("０９１２３４５６７８", "[số điện thoại]"),
    ("٠٩١٢٣٤٥٦٧٨", "[số điện thoại]"),
    ("𝟎𝟗𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖", "[số điện thoại]"),
    ("⓪⑨①②③④⑤⑥⑦⑧", "[số điện thoại]"),
    ("09\u200b12\u200d34\ufeff56\u00ad78 nhé", "[số điện thoại] nhé"),
    ("0912\u00a0345\u2009678", "[số điện thoại]"),
    ("0912–345—678", "[số điện thoại]"),
    ("0️⃣9️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣8️⃣", "[số điện thoại]"),
    ("a\u200bbc@gm\u200bail.com", "[email]"),
    ("o\u200btp là ４８２９１３", "o\u200btp là [mã bí mật]"),
    (
        unicodedata.normalize("NFD", "mã xác thực 482913"),
        unicodedata.normalize("NFD", "mã xác thực ") + "[mã bí mật]",
    ),
]

HARMLESS = [
    "Gọi 1900 0368, 1900 9068, 18001096 hoặc 113/114/115/111/1022",
    "gọi 1900 0368 - 1900 9068 24/7",
    "gọi 1900.0368 1900.9068",
    "113 114 115 111",
    "Nghị định 69/2024/NĐ-CP, 188/2025, luật 41/2024/QH15",
    "Nghị định 69/2024 70/2024 123/2021",
    "ngày 22/11/2026 14:30, 22.11.2026 14:30, 22-11-2026, 2026-11-22 08:00",
    "từ 22.11.2026 - 25.11.2026",
    "từ 01/7/2025 500.000 đồng",
    "năm 2024,2025,2026 hay 2024-2025-2026 hay 2024 2025 2026",
    "2.530.000 đồng, 1.366.200đ, 500 triệu",
    "2.530.000 - 5.000.000 đồng, 1.366.200 – 956.340 – 819.720đ",
    "150.000.000 đồng, 150000000đ, 1.500.000.000 VNĐ",
    "con 14 tuổi, vợ 25 tuổi, bố mẹ 60, 65, 70 tuổi",
    "tờ khai CT07, mẫu TK01",
    "mã hồ sơ 1.004194, thủ tục 1.001193.000.00.00.H29, CT07 1.004194",
    "mã số: 1.004194 mã 1.004194 mã lỗi 1001",
    "không nhận được mã otp",
    "quên mật khẩu",
    "mã otp không về, mã otp có 6 số, nhập sai otp 5 lần, otp 120giây",
    "mật khẩu là gì? mật khẩu từ 8-20 ký tự, mật khẩu cấp 2, mật khẩu: không đúng",
    "quên mật khẩu 1900 0368",
    "mà 482913 người thì sao",
    "mã 2025, gọi mã 1022",
    "kich hoat vneid bi loi ko nhan dc ma otp",
    "theo dõi @chinhphu, trang dichvucong.gov.vn",
    "",
]


@pytest.mark.parametrize(("text", "masked"), PERSONAL + SECRETS + DISGUISED)
def test_personal_data_is_replaced_by_words(text: str, masked: str) -> None:
    """Numbers, codes, addresses and secrets go, however they are written; the rest stays."""
    assert mask(text).text == masked


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_nobodys_stays(text: str) -> None:
    """Hotlines, laws, dates, money and forms are what citizens ask about."""
    result = mask(text)
    assert result.text == text
    assert result.found == frozenset()


def test_what_was_found_is_named() -> None:
    """Each kind of personal data has its name, so that a reply can speak of it."""
    text = (
        "001190012345, 0912345678, GD4797912345678, a@b.vn, 4111111111111111, "
        "otp là 123456, H29.12-251122-0034"
    )
    assert mask(text).found == frozenset(PersonalData)
    assert sorted(PersonalData) == [
        "bank_card", "case_code", "email", "id_card", "insurance", "phone", "secret",
    ]  # fmt: skip


SPLITS = {
    9: [(9,), (3, 3, 3), (4, 5)],
    10: [(10,), (4, 3, 3), (4, 6), (3, 3, 4), (2, 2, 2, 2, 2)],
    12: [(12,), (3, 3, 3, 3), (3, 3, 6), (4, 4, 4), (6, 6), (3, 9)],
    16: [(16,), (4, 4, 4, 4)],
}
NUMBERS = st.one_of(
    st.from_regex(r"0[0-9]{11}", fullmatch=True),
    st.from_regex(r"[0-3][0-9]{7}[1-9]", fullmatch=True),  # …00 with "đ" after it is money
    st.from_regex(r"0[35789][0-9]{8}", fullmatch=True),
    st.from_regex(r"9704[0-9]{12}", fullmatch=True),
)
SURROUNDINGS = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ["cccd ", "sđt:", "mã ", "otp ", "tôi sinh 1990, ", " 1900 0368 ", "24/", "("]
    ),
)


@st.composite
def written_numbers(draw: st.DrawFn) -> tuple[str, str]:
    number = draw(NUMBERS)
    separator = draw(st.sampled_from(["", " ", ".", "-", " - ", "\u200b", "–"]))
    pieces, at = [], 0
    for size in draw(st.sampled_from(SPLITS[len(number)])):
        pieces.append(number[at : at + size])
        at += size
    return number, separator.join(pieces)


@given(SURROUNDINGS, written_numbers(), SURROUNDINGS)
def test_no_id_number_survives(before: str, written: tuple[str, str], after: str) -> None:
    """Whatever stands around it and however it is grouped, a number of a person is gone."""
    number, text = written
    result = mask(f"{before}{text}{after}")
    assert result.found
    assert number not in re.sub(r"[^0-9]", "", result.text)


FRAGMENTS = st.lists(
    st.one_of(
        st.sampled_from(
            [
                *" .-/:,@()[]+\n\u200b",
                *(
                    "otp",
                    "mã ",
                    "mà ",
                    "mk",
                    "mật khẩu",
                    "là",
                    "bhxh",
                    "sđt",
                    "gmail.com",
                    "a",
                    "đ",
                ),
                *("1900 0368", "22.11.2026", "0912345678", "001190012345", "1.004194", "GD4"),
                *("H29.12-251122-0034", "12345678", "[mã bí mật]", "[email]", "½", "⑫", "１"),
            ]
        ),
        st.integers(0, 10**13).map(str),
    ),
    max_size=14,
).map("".join)


@given(st.one_of(FRAGMENTS, st.text()))
def test_masking_twice_changes_nothing(text: str) -> None:
    """What was masked holds nothing more to mask."""
    once = mask(text)
    assert mask(once.text).text == once.text


@given(FRAGMENTS)
def test_no_long_run_of_digits_remains(text: str) -> None:
    """Nine digits in a row are never left, unless they are a round sum of money."""
    for run in re.findall(r"[0-9]{9,}+(?!\s?đ)", mask(text).text):
        assert run.endswith("00")


@given(st.text(st.characters(categories=["L", "M", "P", "Z"], exclude_characters="@")))
def test_text_without_personal_data_comes_back_unchanged(text: str) -> None:
    """Not a character is changed, not even an invisible one."""
    assert mask(text).text == text


@pytest.mark.parametrize(
    "unit",
    [
        *("1", "a", " ", "@", "a@", "a.", "a@1.", "1 ", "0912345678 ", "1900 0368 ", "1,000 - "),
        *("otp ", "mk:/", "H29.", "22.11.2026 ", "ệ"),
    ],
)
def test_a_megabyte_of_anything_is_masked_in_linear_time(unit: str) -> None:
    """A hostile message cannot stop the bot: quadratic work would take hours here."""
    mask(unit * (1_000_000 // len(unit)) + "5")


def test_what_was_taken_out_can_be_told_to_whoever_typed_it() -> None:
    """Each piece as it was typed, and none of a text that is nobody's."""
    text = "số tôi 0912.345.678, thư a@b.vn, cccd 079123456789"
    assert set(personal(text)) == {"0912.345.678", "a@b.vn", "079123456789"}
    assert personal("gọi 1900 0368 hỏi về mức 2") == ()
    assert set(_LABELS.values()) == set(HOLES)
    assert placeholders(mask(text).text) == ("[số điện thoại]", "[email]", "[số giấy tờ]")


def test_a_pseudonym_is_stable_and_secret() -> None:
    """The same person has the same name; another secret gives another."""
    assert pseudonym(b"khoa", "telegram", "42") == "df859b87c52eaee71d349bf1635af7bd"
    assert pseudonym(b"khac", "telegram", "42") != pseudonym(b"khoa", "telegram", "42")


def test_pseudonyms_of_different_people_differ() -> None:
    """Where the channel ends and the user begins cannot be confused."""
    people = [("a", "bc"), ("ab", "c"), ("", "abc"), ("abc", ""), ("a\0", "b"), ("a", "\0b")]
    assert len({pseudonym(b"khoa", channel, user) for channel, user in people}) == 6


@given(st.text(st.characters()), st.text(st.characters()))
def test_a_pseudonym_is_32_hex_digits(channel: str, user: str) -> None:
    """Any id a platform may send has a name."""
    assert re.fullmatch("[0-9a-f]{32}", pseudonym(b"khoa", channel, user))


def test_a_pseudonym_needs_a_secret() -> None:
    """Without a secret anybody could turn pseudonyms back by trying all user ids."""
    with pytest.raises(ValueError, match="Thiếu khóa bí mật"):
        pseudonym(b"", "web", "42")
