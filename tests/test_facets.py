"""What a question asks for: cost, time, place, papers, steps, online, law, hotline."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from intents.entry import Facet
from intents.facets import asked_facets
from intents.lexicon import Lexicon, LexiconFile
from intents.text import fold

ANY_TEXT = st.text(st.characters(exclude_categories=()))
REAL: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parents[1] / "faq" / "_lexicon.yaml").read_text(encoding="utf-8")
)


@cache
def real_lexicon() -> Lexicon:
    return Lexicon(LexiconFile.model_validate(REAL), [])


def asked(question: str) -> str:
    """The names of the facets that a question asks for, as the repository's lexicon sees it."""
    lexicon = real_lexicon()
    return " ".join(facet.value for facet in asked_facets(lexicon.read(question), lexicon))


@pytest.mark.parametrize(
    ("question", "facets"),
    [
        # fee
        ("Đổi thẻ căn cước hết bao nhiêu tiền?", "fee"),
        ("lam lai cccd mat bn tien v", "fee"),
        ("cấp lại bằng lái có mất tiền không ạ", "fee"),
        ("lệ phí làm hộ chiếu lần đầu", "fee"),
        ("le phi doi gplx la bao nhieu", "fee"),
        ("trẻ em làm căn cước có được miễn phí không", "fee"),
        ("xin giấy độc thân tốn nhiêu tiền", "fee"),
        ("phí cấp lại sổ bhxh", "fee"),
        ("đăng ký tạm trú phải trả bao nhiêu", "fee"),
        ("làm passport phổ thông giá sao", "fee"),
        ("k đội mũ bảo hiểm phạt bao nhiêu tiền", "fee"),
        ("ng ta thu em mấy trăm, vậy có đúng ko", "fee"),
        ("dk ket hon co phai dong tien k", "fee"),
        # duration
        ("Cấp lại căn cước bao lâu thì xong", "duration"),
        ("lam bang lai mat bao nhieu ngay", "duration"),
        ("nộp hồ sơ rồi khi nào có kết quả", "duration"),
        ("bao giờ lấy được hộ chiếu", "duration"),
        ("mấy ngày mới nhận được thẻ", "duration"),
        ("xác nhận độc thân có lấy liền không", "duration"),
        ("chờ duyệt tài khoản mức 2 có lâu ko", "duration"),
        ("khai sinh cho bé làm trong ngày không", "duration"),
        ("dinh danh muc 2 may hom thi co", "duration"),
        # where
        ("Nộp hồ sơ làm hộ chiếu ở đâu", "where"),
        ("mat bang lai thi ra dau lam lai", "where"),
        ("xin xác nhận cư trú chỗ nào", "where"),
        ("đăng ký khai sinh ở phường hay tỉnh", "where"),
        ("cơ quan nào cấp phiếu lý lịch tư pháp", "where"),
        ("chốt sổ bảo hiểm nộp đâu", "where"),
        ("doi cccd o mo", "where"),
        ("chứng thực chữ ký thì tới phòng nào", "where"),
        # documents
        ("Đăng ký kết hôn cần giấy tờ gì", "documents"),
        ("hồ sơ gồm những gì để nhập khẩu cho con", "documents"),
        ("di lam can cuoc mang theo gi", "documents"),
        ("làm lại sổ đỏ phải chuẩn bị giấy tờ nào", "documents"),
        ("đi khám bhyt cần mang cái chi", "documents"),
        ("khai sinh cho con can nhung gi", "documents"),
        ("thành phần hồ sơ đổi giấy phép lái xe", "documents"),
        # steps
        ("Làm sao để kích hoạt VNeID", "steps"),
        ("đổi số điện thoại vneid ntn ạ", "steps"),
        ("cách lấy lại mật khẩu", "steps"),
        ("cach dang ky tam tru cho nguoi thue tro", "steps"),
        ("các bước tích hợp thẻ bảo hiểm y tế", "steps"),
        ("thủ tục tách khẩu", "steps"),
        ("quên mã khóa thì lm sao", "steps"),
        ("mất sim rồi phải làm gì bây giờ", "steps"),
        ("hướng dẫn cài vssid", "steps"),
        # online
        ("Xin lý lịch tư pháp qua mạng được không", "online"),
        ("doi bang lai online dc ko", "online"),
        ("trên vneid có nộp được hồ sơ cư trú không", "online"),
        ("ở nhà có làm được giấy khai sinh không", "online"),
        ("đăng ký tạm trú trên app đc k", "online"),
        ("có khai thuế trực tuyến được không", "online"),
        ("làm hộ chiếu không cần đến công an được không", "online"),
        # legal_basis
        ("Luật nào bắt phải đổi căn cước ở tuổi 25", "legal_basis"),
        ("không mang bằng lái phạt theo nghị định nào", "legal_basis"),
        ("căn cứ vào đâu mà đòi giấy này", "legal_basis"),
        ("mức hưởng 80% quy định ở đâu", "legal_basis"),
        ("dieu may noi ve tam tru", "legal_basis"),
        ("thong tu nao quy dinh le phi", "legal_basis fee"),
        # hotline
        ("vneid bị lỗi thì gọi số nào", "hotline"),
        ("tong dai bao hiem xa hoi", "hotline"),
        ("cho em xin số điện thoại hỗ trợ", "hotline"),
        ("hotline của cổng dịch vụ công", "hotline"),
        ("thẻ bị khóa thì gọi cho ai", "hotline"),
        # several: in the order asked, steps last
        ("đổi bằng lái ở đâu và hết bao nhiêu tiền", "where fee"),
        ("hết bao nhiêu tiền, đổi bằng lái ở đâu", "fee where"),
        ("thủ tục làm hộ chiếu cần giấy tờ gì, bao lâu có", "documents duration steps"),
        ("lam the nao, o dau, mat may ngay, co mat phi k", "where duration fee steps"),
        ("làm online thì phí bao nhiêu, phí có được giảm không", "online fee"),
        ("làm sao biết điều luật và số tổng đài", "legal_basis hotline steps"),
        # nothing in particular
        ("căn cước hết hạn", ""),
        ("có bắt buộc đổi sang thẻ mới không", ""),
        ("", ""),
        ("🪪?!", ""),
    ],
)
def test_a_question_asks_for(question: str, facets: str) -> None:
    """In every style people write: with and without accents, teencode, dialect."""
    assert asked(question) == facets


@pytest.mark.parametrize(
    ("question", "never"),
    [
        ("bao nhiêu tuổi thì được làm căn cước", "fee"),
        ("bao nhieu tuoi phai doi the", "fee"),
        ("thẻ căn cước có giá trị đến khi nào", "fee"),
        ("gia dinh em co 4 nguoi", "fee"),
        ("em bị lừa mất tiền qua vneid giả", "fee"),
        ("học phí của con em có được hỗ trợ không", "fee"),
        ("cho em hỏi phi công có cần lý lịch tư pháp", "fee"),
        ("khi nào phải đổi thẻ", "where"),
        ("khi nào phải đổi thẻ", "duration"),
        ("mấy hôm nay em không vào được", "duration"),
        ("em chờ bao lâu nay rồi mà chưa thấy", "duration"),
        ("không thấy thẻ đâu", "where"),
        ("đâu có ai báo cho em", "where"),
        ("theo quy định ở đâu thì được giảm", "where"),
        ("cách đây 2 năm em có làm thẻ", "steps"),
        ("nhà em cách nhà văn hóa 2km, là hộ cách ly", "steps"),
        ("thế nào là cư trú hợp pháp", "steps"),
        ("cổng dịch vụ công trực tuyến bị lỗi", "online"),
        ("căn cước của em sai ngày sinh", "legal_basis"),
        ("can cuoc cua em sai ngay sinh", "legal_basis"),
        ("đổi số điện thoại đăng ký vneid", "hotline"),
        ("mat so dien thoai dang ky vneid", "hotline"),
        ("em nhờ người gọi mà không ai nghe", "hotline"),
        ("vào bằng tài khoản nào", "legal_basis"),
        ("xã bảo không có căn cứ để làm", "legal_basis"),
        ("máy bị điều khiển từ xa sau khi cài ứng dụng", "online"),
        ("cong quoc gia lam giay to", "fee"),
        ("doanh thu bao nhiêu thì phải xuất hóa đơn", "fee"),
        ("nút quên mật khẩu nằm ở đâu", "where"),
        ("tiền bảo hiểm được mấy tháng lương", "duration"),
    ],
)
def test_what_only_looks_like_asking_for_it_does_not(question: str, never: str) -> None:
    """A word of a facet inside another thing is no request."""
    assert never not in asked(question).split()


@pytest.mark.parametrize(
    ("question", "facets"),
    [
        ("lẻ phi", ""),
        ("ớ đâu", ""),
        ("bao lầu", ""),
        ("lệ phi", "fee"),
        ("ở đau", ""),
        ("phi", ""),
        ("phí", "fee"),
    ],
)
def test_accents_that_are_typed_must_be_right(question: str, facets: str) -> None:
    """They may be missing; a phrase of one word needs them all."""
    assert asked(question) == facets


@pytest.mark.parametrize(
    ("facet", "phrase"),
    [(facet, phrase) for facet, phrases in REAL["facets"].items() for phrase in phrases],
)
def test_each_committed_phrase_asks_for_its_facet(facet: str, phrase: str) -> None:
    """No phrase is hidden by one of another facet; several words do without accents."""
    assert asked(phrase) == facet
    if " " in phrase:
        assert asked(fold(phrase)) == facet


@pytest.mark.parametrize("phrase", REAL["facet_exceptions"])
def test_each_committed_exception_asks_for_nothing(phrase: str) -> None:
    """The longer phrase hides the one it holds."""
    assert asked(phrase) == ""


def test_a_faq_without_phrases_asks_for_nothing() -> None:
    """A FAQ in another language brings its own, or has answers in the usual order."""
    english = Lexicon(LexiconFile(facets={Facet.FEE: ("how much",)}), [])
    assert asked_facets(english.read("How much is it, and where?"), english) == (Facet.FEE,)
    bare = Lexicon(LexiconFile(), [])
    assert asked_facets(bare.read("hết bao nhiêu tiền, ở đâu"), bare) == ()


@given(ANY_TEXT)
def test_any_text_asks_for_known_facets_once(text: str) -> None:
    """Total; no facet twice."""
    lexicon = real_lexicon()
    facets = asked_facets(lexicon.read(text), lexicon)
    assert len(set(facets)) == len(facets)
    assert Facet.WARNING not in facets
