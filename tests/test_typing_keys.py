"""Words typed as Telex or VNI keys are read as the words they were meant to be."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intents.text import fold, place_tones
from intents.typing_keys import decode, is_syllable
from tests.vietnamese import WORDS

TELEX = """
    kichs=kích hoatj=hoạt tafi=tài khoanr=khoản ddinhj=định ddieenj=điện tuwr=tử muwcs=mức
    ddawng=đăng kys=ký cawn=căn cuwowcs=cước coong=công daan=dân thoong=thông tin=tin
    baor=bảo hieemr=hiểm yees=yế tees=tế theer=thể ther=thẻ ddooir=đổi mats=mát maats=mất
    giaays=giấy towf=tờ nhuw=như thees=thế naof=nào owr=ở ddaau=đâu leej=lệ phis=phí
    nguwowif=người truwowngf=trường thuowngf=thường dduwowcj=được quoocs=quốc gia=gia
    chuyeenr=chuyển nguyeenx=nguyễn quys=quý hoaf=hòa khoer=khỏe thuys=thúy cuar=của mufa=mùa
    giuwax=giữa gif=gì nghiax=nghĩa hoawcj=hoặc ddoongf=đồng xas=xá xax=xã phuwowngf=phường
    tuooir=tuổi vieetj=việt yeeu=yêu caaus=cấu khuyur=khuỷu ruwowuj=rượu ow=ơ uwngs=ứng dungj=dụng
    thuowr=thuở huow=huơ dduwocj=được nuwocs=nước cuwosc=cước truwongf=trường
"""
TELEX_TONE_EARLY = """
    tafi=tài khoarn=khoản ddijnh=định ddieejn=điện muwsc=mức ngowfi=ngời
    hieerm=hiểm tusi=túi ddawsng=đắng hojc=học sawsc=sắc trasi=trái
"""
TELEX_MARK_LATE = """
    duongw=dương truongwf=trường nguoiwf=người dduocwj=được tuw=tư cuocws=cước thuongwf=thường
    dangd=đang ddienej=điện dienejd=điện vietej=việt tienef=tiền quocos=quốc dinhdj=định
    nhanaj=nhận ddongof=đồng
"""
VNI = """
    ki1ch=kích kich1=kích hoat5=hoạt d9inh5=định d9ie65n=điện d9ien65=điện dien965=điện
    tu73=tử mu71c=mức muc71=mức d9a8ng=đăng dang89=đăng ky1=ký ca8n=căn can8=căn cu7o71c=cước
    cuoc71=cước co6ng=công cong6=công da6n=dân dan6=dân ba3o=bảo hiem63=hiểm te61=tế the3=thẻ
    giay61=giấy to72=tờ nhu7=như the61=thế na2o=nào o73=ở d9a6u=đâu dau69=đâu le65=lệ phi1=phí
    nguoi72=người d9uoc75=được duoc975=được quoc61=quốc chuyen63=chuyển nguye64n=nguyễn quy1=quý
    hoa2=hòa khoe3=khỏe thuy1=thúy cua3=của mua2=mùa giua74=giữa gi2=gì nghia4=nghĩa hoac85=hoặc
    d9o62ng=đồng xa4=xã phuong72=phường tuoi63=tuổi vie65t=việt dang9=đang
"""
TELEX_OF = {"\u0301": "s", "\u0300": "f", "\u0309": "r", "\u0303": "x", "\u0323": "j"}
VNI_OF = {"\u0301": "1", "\u0300": "2", "\u0309": "3", "\u0303": "4", "\u0323": "5"}


def pairs(table: str) -> list[tuple[str, str]]:
    """Typed and meant, of every pair that differs."""
    split = [pair.partition("=") for pair in table.split()]
    return [(typed, meant) for typed, _, meant in split if typed != meant]


def telex(word: str) -> str:
    """Type a word as taught: marks behind their letter, the tone at the end."""
    keys, tone = "", ""
    for char in unicodedata.normalize("NFD", word.replace("đ", "dd")):
        match char:
            case "\u0302":
                keys += keys[-1]
            case "\u0306" | "\u031b":
                keys += "w"
            case _ if char in TELEX_OF:
                tone = TELEX_OF[char]
            case _:
                keys += char
    return keys + tone


def vni(word: str) -> str:
    """Type a word as taught: marks behind their letter, the tone at the end."""
    keys, tone = "", ""
    marks = {"\u0302": "6", "\u031b": "7", "\u0306": "8"}
    for char in unicodedata.normalize("NFD", word.replace("đ", "d9")):
        if char in VNI_OF:
            tone = VNI_OF[char]
        else:
            keys += marks.get(char, char)
    return keys + tone


@pytest.mark.parametrize(("typed", "meant"), pairs(TELEX + TELEX_TONE_EARLY))
def test_telex_keys_become_the_word(typed: str, meant: str) -> None:
    """Marks behind their letter; the tone at the end of the word or behind its vowel."""
    assert decode(typed) == meant


@pytest.mark.parametrize(("typed", "meant"), pairs(VNI))
def test_vni_keys_become_the_word(typed: str, meant: str) -> None:
    """Digits behind their letter or at the end of the word, in any order."""
    assert decode(typed) == meant


@pytest.mark.parametrize(("typed", "meant"), pairs(TELEX_MARK_LATE))
def test_telex_marks_may_come_at_the_end_of_the_word(typed: str, meant: str) -> None:
    """Input methods let w, d and the doubled vowel wait; so people type them late."""
    assert decode(typed) == meant


@pytest.mark.parametrize("word", WORDS)
def test_every_word_is_read_back_from_its_keys(word: str) -> None:
    """Typing a word as taught, in Telex or in VNI, and reading the keys gives the word."""
    assert decode(telex(word)) == place_tones(word)
    assert decode(vni(word)) == place_tones(word)


@pytest.mark.parametrize("word", WORDS)
def test_every_word_is_a_syllable_with_and_without_its_accents(word: str) -> None:
    """What is well typed, or only lacks its accents, has the shape of a syllable."""
    assert is_syllable(place_tones(word))
    assert is_syllable(fold(word))


@pytest.mark.parametrize(
    "word",
    [
        "kichs",
        "dang9",
        "vneid",
        "vssid",
        "otp",
        "facebook",
        "wifi",
        "cccd",
        "đkxt",
        "càc",
        "mặp2",
        "tồt",
        "ngươu9",
        "123",
        "",
    ],
)
def test_what_is_no_vietnamese_word_is_no_syllable(word: str) -> None:
    """Left-over keys, foreign words, abbreviations, numbers, and a tone that a stop cannot bear."""
    assert not is_syllable(word)


@pytest.mark.parametrize(
    "word",
    [
        "vneid",
        "vssid",
        "otp",
        "google",
        "facebook",
        "chrome",
        "android",
        "iphone",
        "chip",
        "cccd",
        "2026",
        "69",
        "30000d",
        "khong",
        "dang",
        "ky",
        "bhyt",
        "kích",
        "",
        "a" * 13,
    ],
)
def test_words_without_keys_are_left_alone(word: str) -> None:
    """Names, numbers, words without accents and words that have theirs are not keys."""
    assert decode(word) is None


@given(st.one_of(st.text(), st.text("abcdefghijklmnopqrstuvwxyz0123456789", max_size=12)))
def test_decoding_is_total_and_gives_syllables(word: str) -> None:
    """Any text; what comes out is a lower-case NFC syllable that is no longer keys."""
    decoded = decode(word)
    assert decoded is None or is_syllable(decoded)
    assert decoded is None or decoded == unicodedata.normalize("NFC", decoded).lower()
