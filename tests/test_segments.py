"""Long messages come apart where people pause, and what asks is found in them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from intents.lexicon import Lexicon, LexiconFile
from intents.segments import Segment, asking_parts, segments, telling_parts
from intents.segments import parts as parts_beside
from intents.text import MAX_QUESTION, clean, tokens

BARE = Lexicon(LexiconFile(), [])
PIECES = (
    ". ? ! ; … , - • \n 1) 2. 3. (2) : … v.v. TP.HCM 35.000đ 30/6/2026 https://vneid.gov.vn/a?b=c. em@xa.vn "
    "mất thẻ căn cước, cho em hỏi ngoài ra còn con em thì sao mà nên nhưng làm sao ạ ko dc bn k ntn cccd lam o dau 🪪 hoà"
).split(" ")
ANY_TEXT = st.one_of(
    st.text(st.characters(exclude_categories=())),
    st.lists(st.sampled_from(PIECES), max_size=60).map(" ".join),
    st.lists(st.sampled_from(PIECES), max_size=60).map("".join),
)


FILE = LexiconFile.model_validate(
    yaml.safe_load(
        (Path(__file__).parents[1] / "faq" / "_lexicon.yaml").read_text(encoding="utf-8")
    )
)


@cache
def vietnamese() -> Lexicon:
    """The words of the repository's FAQ."""
    return Lexicon(FILE, [])


def cut(text: str, lexicon: Lexicon | None = None) -> list[str]:
    return [segment.text for segment in segments(text, lexicon or vietnamese())]


def parts(text: str) -> tuple[str, ...]:
    return asking_parts(segments(text, vietnamese()))


# Where a message is cut


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        (
            "Em bị mất ví. Làm lại thẻ ở đâu? Gấp quá!",
            "Em bị mất ví. | Làm lại thẻ ở đâu? | Gấp quá!",
        ),
        ("Mất thẻ; đổi số... giờ làm sao??", "Mất thẻ; | đổi số... | giờ làm sao??"),
        ("em mất thẻ\nlàm lại ở đâu\r\n\r\ncảm ơn", "em mất thẻ | làm lại ở đâu | cảm ơn"),
        ("em mất căn cước.giờ làm sao", "em mất căn cước. | giờ làm sao"),
        ("Họ nói “chưa được.” Vậy sao?", "Họ nói “chưa được.” | Vậy sao?"),
        ("Mất thẻ rồi. 😭 🙏\n🙏 Làm sao", "Mất thẻ rồi. 😭 🙏 | 🙏 Làm sao"),
        ("Mất thẻ rồi 😭😭. 🙏", "Mất thẻ rồi 😭😭. 🙏"),
        ("🙏 Mất thẻ", "🙏 Mất thẻ"),
        ("How much is it? And where. Thanks", "How much is it? | And where. | Thanks"),
    ],
)
def test_punctuation_cuts_in_every_language(text: str, pieces: str) -> None:
    """Marks stay with what they end, and what holds no word stays with its neighbour."""
    assert cut(text, BARE) == pieces.split(" | ")


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("1) mất thẻ 2) mất sim 3) đổi số", "1) mất thẻ | 2) mất sim | 3) đổi số"),
        ("em hỏi: 1. mất thẻ 2. mất sim", "em hỏi: | 1. mất thẻ | 2. mất sim"),
        ("1.Mất thẻ\n2.Mất sim", "1.Mất thẻ | 2.Mất sim"),
        ("hỏi (1) mất thẻ (2) mất sim", "hỏi | (1) mất thẻ | (2) mất sim"),
        ("Hỏi giúp - mất thẻ - mất sim", "Hỏi giúp | - mất thẻ | - mất sim"),
        ("- mất thẻ\n- mất sim", "- mất thẻ | - mất sim"),
        ("Có mức 2. Giờ sao", "Có mức 2. | Giờ sao"),
        ("ở quận 1. Em muốn đổi", "ở quận 1. | Em muốn đổi"),
    ],
)
def test_items_of_a_list_are_cut_in_front(text: str, pieces: str) -> None:
    """Numbers make a list when they count; "mức 2." only ends a sentence."""
    assert cut(text, BARE) == pieces.split(" | ")


@pytest.mark.parametrize(
    "text",
    [
        "lệ phí 35.000đ hay 1.200.000 đồng từ 30/6/2026",
        "em ở TP.HCM làm ở TT. Củ Chi, tp. Thủ Đức",
        "gặp ThS. Lan ở P. Bến Nghé, Q. 1",
        "giấy tờ, ảnh, v.v. để làm thẻ",
        "vào https://dichvucong.gov.vn/p/home?id=2;a.b!c rồi www.vneid.vn.",
        "gửi vào ho.tro@vneid.gov.vn hay dichvucong.gov.vn?",
        "nghị định số 69/2024/NĐ-CP năm 2024 - 2025",
        "phiên bản 2.1.6 trên Android 8.0",
    ],
)
def test_numbers_abbreviations_and_addresses_stay_whole(text: str) -> None:
    """A point inside them ends nothing."""
    assert cut(text) == [clean(text)]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        (
            "Em chào ad, cho em hỏi đổi bằng lái ở đâu",
            "Em chào ad, | cho em hỏi đổi bằng lái ở đâu",
        ),
        ("e chao ad, cho e hoi doi bang lai", "e chao ad, | cho e hoi doi bang lai"),
        (
            "đổi bằng lái ở đâu vậy ngoài ra cần mang giấy gì",
            "đổi bằng lái ở đâu vậy | ngoài ra cần mang giấy gì",
        ),
        (
            "doi bang lai o dau vay voi lai can mang giay gi",
            "doi bang lai o dau vay | voi lai can mang giay gi",
        ),
        (
            "thẻ của em thì đổi rồi còn thẻ của con em thì sao",
            "thẻ của em thì đổi rồi | còn thẻ của con em thì sao",
        ),
        (
            "đổi thẻ căn cước ở đâu và cho hỏi thêm lệ phí bao nhiêu",
            "đổi thẻ căn cước ở đâu | và cho hỏi thêm lệ phí bao nhiêu",
        ),
        (
            "em hỏi một là đổi thẻ, thứ hai là đổi bằng lái",
            "em hỏi một là đổi thẻ, | thứ hai là đổi bằng lái",
        ),
        (
            "câu 1: đổi thẻ ở đâu câu 2: lệ phí bao nhiêu",
            "câu 1: đổi thẻ ở đâu | câu 2: lệ phí bao nhiêu",
        ),
        (
            "em đăng nhập từ sáng mà nó không gửi mã",
            "em đăng nhập từ sáng | mà nó không gửi mã",
        ),
        (
            "nhà em ở xa quá, nên muốn làm qua mạng",
            "nhà em ở xa quá, | nên muốn làm qua mạng",
        ),
        (
            "em nop ho so tu hom qua nma chua thay bao gi",
            "em nop ho so tu hom qua | nma chua thay bao gi",
        ),
    ],
)
def test_a_clause_begins_at_a_connective(text: str, pieces: str) -> None:
    """With and without accents, and in teencode."""
    assert cut(text) == pieces.split(" | ")


@pytest.mark.parametrize(
    "text",
    [
        "em khong nhan duoc ma otp tu hom qua",
        "thẻ của em còn hạn sử dụng đến năm sau",
        "ngoài ra em còn hỏi",
        "có nên đổi thẻ mới không",
        "em mà đổi",
        "cho em hỏi đổi thẻ",
    ],
)
def test_what_only_looks_like_a_connective_cuts_nothing(text: str) -> None:
    """Unaccented "ma" may be mã, "còn" needs its "thì sao", and a clause has some length."""
    assert cut(text) == [text]


def test_without_connectives_only_punctuation_cuts() -> None:
    """A FAQ in another language has words of its own, or none."""
    text = "em đăng nhập từ sáng mà nó không gửi mã, cho em hỏi làm sao"
    assert cut(text, BARE) == [text]


def test_commas_cut_only_long_sentences_and_only_before_the_question() -> None:
    """Whoever writes a story without full stops pauses at commas."""
    story = (
        "hôm qua em đi chợ bị móc mất ví, trong ví có căn cước và bằng lái, em tìm khắp nơi không thấy, "
        "giờ làm lại căn cước thì cần giấy tờ gì, có phải về quê không"
    )
    assert cut(story) == [
        "hôm qua em đi chợ bị móc mất ví,",
        "trong ví có căn cước và bằng lái,",
        "em tìm khắp nơi không thấy,",
        "giờ làm lại căn cước thì cần giấy tờ gì, có phải về quê không",
    ]
    assert cut("mất ví, căn cước, bằng lái, giờ sao") == ["mất ví, căn cước, bằng lái, giờ sao"]


# What asks


@pytest.mark.parametrize(
    "text",
    [
        "Thẻ hết hạn?",
        "quên mật khẩu thì làm sao",
        "quen mat khau thi lam sao",
        "kích hoạt ntn",
        "đổi thẻ ở đâu",
        "bao lâu có thẻ",
        "hết bn tiền",
        "làm qua mạng được không",
        "lam qua mang dc ko a",
        "làm online đc k",
        "đổi cần gì ạ",
        "có phải đổi thẻ",
        "khi nào có",
        "con em thì sao",
        "trễ hạn có bị phạt không",
        "giúp em đổi thẻ",
        "xin hỏi thủ tục tách khẩu",
        "em muốn đổi bằng lái",
        "nộp cho ai",
        "thẻ này dùng làm gì",
        "đổi bằng lái chỗ nào",
    ],
)
def test_a_question_or_a_wish_asks(text: str) -> None:
    """By its mark or by its words, in every way of typing."""
    assert [segment.asks for segment in segments(text, vietnamese())] == [True]


@pytest.mark.parametrize("phrase", FILE.asking)
def test_each_committed_phrase_asks(phrase: str) -> None:
    """At the end of a sentence, where even the strictest of them counts."""
    text = f"em bị mất thẻ {phrase.removesuffix(' .')}"
    assert segments(text, vietnamese())[-1].asks


@pytest.mark.parametrize(
    "text",
    [
        "em bị mất thẻ căn cước hôm qua",
        "Em chào anh chị ạ",
        "cho em hỏi chút ạ",
        "giúp em với",
        "mong anh chị giúp cháu",
        "em cảm ơn nhiều",
        "dạ?",
        "họ bảo phải về quê làm",
        "em co len phuong roi",
    ],
)
def test_a_story_or_a_greeting_does_not(text: str) -> None:
    """Politeness asks only for something that is named."""
    assert not any(segment.asks for segment in segments(text, vietnamese()))


# What is worth matching

STORIES = [
    # the question at the end
    (
        (
            "Em chào anh chị ạ. Em là sinh viên năm hai đang học ở TP.HCM, quê em ở Nghệ An. Hôm qua em đi xe buýt bị "
            "móc túi, mất hết giấy tờ trong đó có thẻ căn cước và bằng lái xe máy. Em có lên công an phường thì họ bảo "
            "phải về quê làm. Nhà em xa lắm, đi lại tốn 1.200.000đ. Vậy cho em hỏi em làm lại thẻ căn cước ở chỗ đang trọ "
            "có được không ạ? Em cảm ơn nhiều ạ."
        ),
        (
            "Vậy cho em hỏi em làm lại thẻ căn cước ở chỗ đang trọ có được không ạ?",
            (
                "Em có lên công an phường thì họ bảo phải về quê làm. Nhà em xa lắm, đi lại tốn 1.200.000đ. Vậy "
                "cho em hỏi em làm lại thẻ căn cước ở chỗ đang trọ có được không ạ?"
            ),
        ),
    ),
    # the same unaccented and in teencode, with commas for full stops
    (
        (
            "e chao ac a, e la sv nam 2 dang hoc o sai gon que e o nghe an, hom qua e di xe buyt bi moc tui mat het giay to, "
            "e co len phuong thi ngta bao phai ve que lm ma nha e xa lam, v cho e hoi e lm lai cccd o cho dang tro co dc ko a"
        ),
        (
            "v cho e hoi e lm lai cccd o cho dang tro co dc ko a",
            (
                "hom qua e di xe buyt bi moc tui mat het giay to, e co len phuong thi ngta bao phai ve que lm ma "
                "nha e xa lam, v cho e hoi e lm lai cccd o cho dang tro co dc ko a"
            ),
        ),
    ),
    # the question at the beginning
    (
        (
            "Thủ tục xin cấp lại giấy khai sinh bản gốc như thế nào ạ? Chuyện là nhà cháu hồi năm 2009 bị lụt, giấy tờ ướt "
            "hết cả. Bây giờ cháu sắp đi xuất khẩu lao động, người ta đòi giấy khai sinh có dấu đỏ. Bố mẹ cháu thì già rồi, "
            "không còn nhớ gì nhiều. Mong anh chị giúp cháu, cháu cảm ơn."
        ),
        (
            "Thủ tục xin cấp lại giấy khai sinh bản gốc như thế nào ạ?",
            (
                "Thủ tục xin cấp lại giấy khai sinh bản gốc như thế nào ạ? Chuyện là nhà cháu hồi năm 2009 bị "
                "lụt, giấy tờ ướt hết cả. Bây giờ cháu sắp đi xuất khẩu lao động, người ta đòi giấy khai sinh có "
                "dấu đỏ."
            ),
        ),
    ),
    # the question in the middle
    (
        (
            "Bố tôi năm nay 76 tuổi, trước giờ ở quê một mình, tháng trước mới lên ở với vợ chồng tôi. Ông bị tiểu đường phải "
            "khám hằng tháng. Cho tôi hỏi muốn chuyển nơi khám bảo hiểm y tế ban đầu lên gần nhà tôi thì làm thế nào? Ông đi lại "
            "yếu lắm, mỗi lần về quê khám mất cả ngày đường. Vợ chồng tôi thì đi làm suốt tuần."
        ),
        (
            "Cho tôi hỏi muốn chuyển nơi khám bảo hiểm y tế ban đầu lên gần nhà tôi thì làm thế nào?",
            (
                "trước giờ ở quê một mình, tháng trước mới lên ở với vợ chồng tôi. Ông bị tiểu đường phải khám "
                "hằng tháng. Cho tôi hỏi muốn chuyển nơi khám bảo hiểm y tế ban đầu lên gần nhà tôi thì làm thế "
                "nào?"
            ),
        ),
    ),
    # a question that points back takes what it points at along
    (
        (
            "Tôi vào cổng dịch vụ công nộp hồ sơ đổi giấy phép lái xe nhưng hệ thống báo không tìm thấy dữ liệu. Tôi đã thử ba "
            "lần vào ba ngày khác nhau. Trường hợp này thì phải làm thế nào ạ"
        ),
        (
            (
                "nhưng hệ thống báo không tìm thấy dữ liệu. Tôi đã thử ba lần vào ba ngày khác nhau. "
                "Trường hợp này thì phải làm thế nào ạ"
            ),
        ),
    ),
    # or what comes after it
    (
        "Giờ em phải làm sao đây ạ? Em chuyển nhà sang xã khác từ đầu năm, thẻ bảo hiểm y tế vẫn ghi nơi khám cũ.",
        (
            (
                "Giờ em phải làm sao đây ạ? Em chuyển nhà sang xã khác từ đầu năm, "
                "thẻ bảo hiểm y tế vẫn ghi nơi khám cũ."
            ),
        ),
    ),
    # two questions
    (
        "Cho em hỏi 2 câu: 1. mất sim đăng ký VNeID thì đổi số điện thoại thế nào 2. căn cước hết hạn có bị phạt không ạ",
        (
            "mất sim đăng ký VNeID thì đổi số điện thoại thế nào",
            "căn cước hết hạn có bị phạt không ạ",
        ),
    ),
    (
        "cho e hoi doi bang lai xe may sang the nhua o dau, voi lai bang lai cua ck e het han 2 thang r thi co phai thi lai ko",
        (
            "cho e hoi doi bang lai xe may sang the nhua o dau,",
            "voi lai bang lai cua ck e het han 2 thang r thi co phai thi lai ko",
        ),
    ),
    # several small questions about one thing
    (
        "Mẹ em 62 tuổi, có thẻ BHYT hộ gia đình đến 30/6/2026 là hết hạn. Vậy phải làm sao? Có mất phí không?",
        (
            "Mẹ em 62 tuổi, có thẻ BHYT hộ gia đình đến 30/6/2026 là hết hạn. Vậy phải làm sao?",
            "Mẹ em 62 tuổi, có thẻ BHYT hộ gia đình đến 30/6/2026 là hết hạn. Có mất phí không?",
        ),
    ),
    # 100 words and more: questions at the end, at the beginning, before the thanks
    (
        (
            "Chào các anh chị bên dịch vụ công. Chuyện là thế này, vợ chồng tôi trước làm công nhân trong Bình "
            "Dương, năm 2019 sinh cháu thứ hai ở bệnh viện trong đó, có giấy chứng sinh đàng hoàng. Hồi đó dịch "
            "bệnh rồi công ty giảm người nên hai vợ chồng dắt díu nhau về quê Thanh Hóa, bận bịu quá rồi quên "
            "luôn chuyện làm khai sinh cho cháu. Giờ cháu sắp vào lớp một, nhà trường yêu cầu nộp bản sao giấy "
            "khai sinh với mã số định danh. Tôi lục lại thì giấy chứng sinh đã bị mối ăn mất hơn một nửa, không "
            "đọc được số nữa. Cho tôi hỏi bây giờ đăng ký khai sinh muộn cho cháu thì phải làm những gì, nộp ở xã "
            "nơi tôi đang ở hay phải vào lại Bình Dương? Làm trễ như vậy có bị phạt không? Mong sớm nhận được trả "
            "lời, tôi xin cảm ơn."
        ),
        (
            (
                "Cho tôi hỏi bây giờ đăng ký khai sinh muộn cho cháu thì phải làm những gì, nộp ở xã nơi tôi "
                "đang ở hay phải vào lại Bình Dương?"
            ),
            (
                "Tôi lục lại thì giấy chứng sinh đã bị mối ăn mất hơn một nửa, không đọc được số nữa. Cho tôi "
                "hỏi bây giờ đăng ký khai sinh muộn cho cháu thì phải làm những gì, nộp ở xã nơi tôi đang ở hay "
                "phải vào lại Bình Dương?"
            ),
            (
                "Cho tôi hỏi bây giờ đăng ký khai sinh muộn cho cháu thì phải làm những gì, nộp ở xã nơi tôi "
                "đang ở hay phải vào lại Bình Dương? Làm trễ như vậy có bị phạt không?"
            ),
        ),
    ),
    (
        (
            "Đổi số điện thoại VNeID khi sim cũ đã bị khóa thì làm cách nào ạ. Em kể rõ để mọi người dễ hình "
            "dung: sim cũ em dùng từ hồi lớp 10, đứng tên bố em, sau bố em đổi sang mạng khác nên cắt luôn. Em "
            "vào ứng dụng thì nó đòi mã gửi về số đó. Em có gọi nhà mạng, họ nói số đã cấp cho người khác rồi. Em "
            "có ra công an phường một lần, đông quá đợi cả buổi sáng không tới lượt, em phải về đi làm. Bây giờ "
            "em đang cần gấp để nộp hồ sơ vay mua nhà ở xã hội, hạn là cuối tháng này. Công ty em cũng ở xa chỗ "
            "thường trú."
        ),
        (
            "Đổi số điện thoại VNeID khi sim cũ đã bị khóa thì làm cách nào ạ.",
            (
                "Đổi số điện thoại VNeID khi sim cũ đã bị khóa thì làm cách nào ạ. Em kể rõ để mọi người dễ hình "
                "dung: sim cũ em dùng từ hồi lớp 10,"
            ),
        ),
    ),
    (
        (
            "da chao anh chi, nha em co ba noi nam nay 83 tuoi, ba bi tai bien nam mot cho ba nam nay, khong di "
            "lai duoc. the can cuoc cua ba la loai cu het han tu lau, vua roi em di lam che do cho ba thi ngta "
            "noi phai co can cuoc moi thi moi chuyen tien vao tai khoan. em len xa hoi thi moi nguoi chi qua cong "
            "an, cong an thi ban di tap huan het. cho em hoi ba em nam mot cho thi co ai toi nha lam can cuoc cho "
            "ba duoc khong a, va neu duoc thi co mat tien khong. em cam on nhieu a"
        ),
        (
            (
                "cho em hoi ba em nam mot cho thi co ai toi nha lam can cuoc cho ba duoc khong a, va neu duoc "
                "thi co mat tien khong."
            ),
            (
                "vua roi em di lam che do cho ba thi ngta noi phai co can cuoc moi thi moi chuyen tien vao tai "
                "khoan. em len xa hoi thi moi nguoi chi qua cong an, cong an thi ban di tap huan het. cho em hoi "
                "ba em nam mot cho thi co ai toi nha lam can cuoc cho ba duoc khong a, va neu duoc thi co mat "
                "tien khong."
            ),
        ),
    ),
    # nothing asks: the whole
    (
        "Hôm qua em lên phường nộp hồ sơ. Cán bộ bảo thiếu ảnh. Em về chụp lại rồi mang lên thì hết giờ làm việc.",
        (
            (
                "Hôm qua em lên phường nộp hồ sơ. Cán bộ bảo thiếu ảnh. "
                "Em về chụp lại rồi mang lên thì hết giờ làm việc."
            ),
        ),
    ),
    # short: the whole
    (
        "Em chào ad. Mất căn cước. Làm lại ở đâu ạ?",
        ("Em chào ad. Mất căn cước. Làm lại ở đâu ạ?",),
    ),
    ("vneid là gì", ("vneid là gì",)),
    ("", ()),
    ("🪪 ?!", ()),
]


@pytest.mark.parametrize(("text", "worth"), STORIES)
def test_the_parts_of_a_message_that_are_worth_matching(text: str, worth: tuple[str, ...]) -> None:
    """The question alone and, as room is left, with what was told just before it."""
    assert parts(text) == worth


def test_of_many_questions_those_with_a_mark_and_the_last_are_kept() -> None:
    """At most three, in the order they were asked."""
    asked = [
        "em muốn đổi thẻ căn cước hết hạn.",
        "Mất bằng lái xe làm lại ở đâu?",
        "em muốn chuyển hộ khẩu sang xã khác.",
        "Em muốn xin giấy khai sinh bản sao.",
        "Làm hộ chiếu cho trẻ em thế nào?",
    ]
    assert parts(" ".join(asked)) == (asked[1], asked[3], asked[4])


@given(ANY_TEXT)
def test_no_word_is_lost_or_moved(text: str) -> None:
    """The segments together are the cleaned message; each holds a word."""
    whole = clean(text)
    pieces = cut(text)
    assert tokens(" ".join(pieces)) == tokens(whole)
    assert all(map(tokens, pieces))
    if pieces:
        assert "".join(pieces).replace(" ", "") == whole.replace(" ", "")


@given(ANY_TEXT)
def test_there_are_at_most_three_parts_made_of_the_message(text: str) -> None:
    """Total and deterministic; a message with words has a part, and no part is said twice."""
    found = segments(text, vietnamese())
    worth = asking_parts(found)
    assert segments(text, vietnamese()) == found
    assert bool(found) <= len(worth) <= 3
    assert len(set(worth)) == len(worth)
    words = tokens(clean(text))
    assert all(set(tokens(part)) <= set(words) for part in worth)


@given(ANY_TEXT)
def test_only_long_messages_are_matched_in_parts_too(text: str) -> None:
    """A short one is matched as it stands."""
    is_short = len(tokens(clean(text))) <= 12
    asking = () if is_short else asking_parts(segments(text, vietnamese()))
    expected = () if asking == (clean(text),) else asking
    assert parts_beside(text, vietnamese()).asking == expected


def test_of_very_many_sentences_the_last_are_looked_at() -> None:
    """Stories come before questions; what stands before is matched with the whole."""
    story = [f"Hôm {number} tôi ở nhà." for number in range(60)]
    first, last = "Mất căn cước làm lại ở đâu?", "Làm hộ chiếu cho trẻ em thế nào?"
    found = parts_beside(" ".join([first, *story, last]), vietnamese()).asking
    assert last in found
    assert first not in found
    assert parts_beside(" ".join([first, *story[:30], last]), vietnamese()).asking[0] == first


@given(
    st.lists(st.builds(Segment, st.text("aà ?1.", max_size=9), st.booleans(), st.integers(0, 9)))
)
def test_parts_are_total_on_any_segments(made_up: list[Segment]) -> None:
    """Whatever the segments, at most three."""
    assert len(asking_parts(made_up)) <= 3
    assert len(telling_parts(made_up)) <= 3


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "Chào ad. Cấp lại giấy phép lái xe. Cảm ơn ad nhiều nhé, chúc ad vui vẻ.",
            "Cấp lại giấy phép lái xe.",
        ),
        ("Em chào anh chị ạ. Mất thẻ căn cước làm lại ở đâu?", None),
        ("Cấp lại giấy phép lái xe", None),
    ],
)
def test_what_tells_its_subject_and_asks_nothing(text: str, told: str | None) -> None:
    """The fullest of them; a message of one sentence has none, and a question is none."""
    found = telling_parts(segments(text, vietnamese()))
    assert told in found if told else not found


@pytest.mark.parametrize(
    "text",
    [
        "? " * 500_000,
        "a." * 500_000,
        "1. a " * 300_000,
        "còn " * 300_000,
        "mà em, " * 200_000,
        "@." * 500_000,
        "www.a.vn " * 200_000,
        "- " * 500_000,
        "\n" * 1_000_000 + "đổi thẻ ở đâu",
    ],
)
def test_a_megabyte_is_read_in_part(text: str) -> None:
    """Bounded work, whatever is repeated."""
    pieces = cut(text)
    assert sum(map(len, pieces)) <= MAX_QUESTION
