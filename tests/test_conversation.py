"""What the bot says, as dialogues over the sample FAQ: every outcome, and nobody met with silence."""

from __future__ import annotations

import datetime as dt
import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.channels.plain import to_text
from bot.conversation import Question
from bot.messages import Status
from intents.catalog import load
from intents.entry import Confidence
from intents.verdict import Answer, Reason, Unknown
from tests.dialog import TODAY, Photo, Press, Say, Talk, Tap, verify_dialog
from tests.sample_faq import (
    asks_back,
    changed,
    sample_faq,
    with_bands,
    with_long_topic,
    without,
    write,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bot.faq import Faq

PASSWORD = "quên mật khẩu vneid thì làm sao"
LOST = "mất thẻ căn cước làm lại ở đâu"
ID_NUMBER = "001099012345"
YESTERDAY = TODAY - dt.timedelta(days=1)
TOMORROW = TODAY + dt.timedelta(days=1)
TOPICS = ("t:vneid", "t:can_cuoc", "t:bhyt")


def ids(talk: Talk) -> tuple[str, ...]:
    return tuple(choice.id for choice in talk.session.offered)


def answers(**fields: object) -> Faq:
    """The sample FAQ with the entry about lost passwords changed."""
    return changed(sample_faq(), "vneid_quen_mat_khau", **fields)


def expired() -> Faq:
    return answers(valid_until=YESTERDAY)


def nearly_sure() -> Faq:
    """The sample FAQ with thresholds just above what PASSWORD reaches."""
    best = sample_faq().matcher.match(PASSWORD).ranking[0].score
    return with_bands(answer=2.0, clarify=best * 1.5)


# Commands and menus


def test_commands_greet_explain_and_show_the_topics() -> None:
    """Every command leads somewhere; one that does not exist explains how to ask."""
    verify_dialog(
        Talk(sample_faq()),
        [
            ("/start", Status.MENU, "Chào bạn, mình là trợ lý"),
            ("/start@hoidap_bot tu-quang-cao", Status.MENU, "Chào bạn, mình là trợ lý"),
            ("/START", Status.MENU, "Chào bạn, mình là trợ lý"),
            ("/help", Status.MENU, "Hỏi thế nào?"),
            ("/chu_de", Status.MENU, "Bạn quan tâm chủ đề nào?"),
            ("/khong_co_lenh_nay", Status.MENU, "Hỏi thế nào?"),
            ("/", Status.MENU, "Hỏi thế nào?"),
        ],
    )


@pytest.mark.parametrize(
    "said", ["/start", "/help", "/chu_de", "chủ đề", "xem cac chu de", "menu"]
)
def test_menus_offer_every_topic_that_has_answers(said: str) -> None:
    """Topics come in their order; the one that holds only small talk is left out.

    What citizens can do about their own data stands at the end.
    """
    talk = Talk(sample_faq())
    talk.say(said)
    assert ids(talk) == (*TOPICS, "privacy", "erase")


def test_the_bot_says_in_its_greeting_what_must_not_be_sent() -> None:
    """People are told before they type an ID number."""
    assert "Đừng gửi số căn cước, mật khẩu hay mã OTP" in Talk(sample_faq()).say("/start").text


@pytest.mark.parametrize("said", ["vneid", "VNeID", "Tài khoản VNeID", "cho em hỏi vneid ạ"])
def test_a_topics_name_alone_opens_its_page(said: str) -> None:
    """Who says only the subject gets its questions, not an answer picked by chance."""
    talk = Talk(sample_faq())
    verify_dialog(talk, [(said, Status.MENU, "Tài khoản VNeID: chọn câu hỏi")])
    assert ids(talk) == (
        "e:vneid_quen_mat_khau",
        "e:vneid_khong_nhan_otp",
        "e:vneid_doi_so",
        "menu",
    )


def test_a_topics_name_alone_opens_its_page_when_the_matcher_is_unsure() -> None:
    """The subject's page is better than a question back about some of its entries."""
    verify_dialog(Talk(asks_back()), [("vneid", Status.MENU, "Tài khoản VNeID: chọn câu hỏi")])


def test_filler_that_happens_to_name_a_topic_opens_no_page(tmp_path: Path) -> None:
    """A topic whose id is all filler words must not swallow every message of only filler."""
    folder = write(tmp_path)
    text = (folder / "bhyt.yaml").read_text("utf-8").replace("{id: bhyt,", "{id: lam_sao,")
    (folder / "bhyt.yaml").write_text(text, encoding="utf-8")
    faq = replace(sample_faq(), catalog=load(folder))
    assert Talk(faq).say("dạ cho em hỏi ạ").status is Status.UNKNOWN_NO_SUBJECT


def test_a_long_topic_is_shown_page_by_page() -> None:
    """Eight questions a page, each once, and a way on and back from every page."""
    talk = Talk(with_long_topic(20))
    verify_dialog(
        talk,
        [
            ("/chu_de", Status.MENU, "Chủ đề dài"),
            (Tap("Chủ đề dài"), Status.MENU, "9. Xem thêm 12 câu hỏi\n10. Xem các chủ đề"),
            ("9", Status.MENU, "8. câu hỏi 16\n9. Xem thêm 4 câu hỏi\n10. Xem các chủ đề"),
            (Tap("Xem thêm"), Status.MENU, "4. câu hỏi 20\n5. Xem các chủ đề"),
        ],
    )
    assert ids(talk) == ("e:dai_17", "e:dai_18", "e:dai_19", "e:dai_20", "menu")
    verify_dialog(talk, [(Tap("Xem các chủ đề"), Status.MENU, "Bạn quan tâm chủ đề nào?")])


@pytest.mark.parametrize(("count", "pages"), [(1, 1), (8, 1), (9, 2), (16, 2), (17, 3)])
def test_no_page_of_a_topic_is_empty(count: int, pages: int) -> None:
    """A full last page offers nothing more."""
    talk = Talk(with_long_topic(count))
    talk.say(Press("t:dai"))
    seen = 1
    while any(choice.title.startswith("Xem thêm") for choice in talk.session.offered):
        assert talk.say(Tap("Xem thêm")).status is Status.MENU
        seen += 1
    assert seen == pages


def test_a_topic_page_leaves_out_what_is_not_in_force() -> None:
    """A button for an answer that has expired would only lead to an apology."""
    talk = Talk(expired())
    talk.say(Press("t:vneid"))
    assert ids(talk) == ("e:vneid_khong_nhan_otp", "e:vneid_doi_so", "menu")


# Answers


def test_an_answer_holds_everything_the_entry_holds() -> None:
    """Lead, labelled parts, numbered steps, sources, the day it was checked, related questions."""
    reply = Talk(sample_faq()).say(PASSWORD)
    assert reply.asks_feedback
    assert reply.caution is None
    assert to_text(reply) == (
        "Bạn tự đặt lại mật khẩu ngay trên ứng dụng.\n\n"
        "👣 Cách làm:\n"
        "1. Mở VNeID, bấm Quên mật khẩu.\n"
        "2. Nhập số căn cước, rồi xác thực khuôn mặt.\n\n"
        "💵 Chi phí: Không mất tiền.\n\n"
        "☎️ Tổng đài: 1900 0368\n\n"
        "Nguồn:\n"
        "• Nghị định 69/2024/NĐ-CP, ngày 25/06/2024, Điều 8 (https://vanban.chinhphu.vn)\n"
        "• Hướng dẫn của Bộ Công an\n"
        "Kiểm tra ngày 22/11/2026.\n\n"
        "Câu hỏi liên quan:\n"
        "1. Không nhận được mã OTP của VNeID\n"
        "2. Đổi số điện thoại đăng ký VNeID"
    )


def test_what_is_said_differs_but_the_answer_is_the_same() -> None:
    """Accents, capitals, teencode and politeness do not change the answer."""
    verify_dialog(
        Talk(sample_faq()),
        [
            (said, Status.ANSWERED, "Bạn tự đặt lại mật khẩu")
            for said in (
                PASSWORD,
                PASSWORD.upper(),
                unicodedata.normalize("NFD", PASSWORD),
                "quen mat khau vneid",
                "  dạ cho em hỏi quên mk vneid làm thế nào ạ\n",
            )
        ],
    )


def test_the_conversation_goes_on_to_related_questions() -> None:
    """A related question is chosen by its number or by a tap."""
    verify_dialog(
        Talk(sample_faq()),
        [
            (PASSWORD, Status.ANSWERED, "2. Đổi số điện thoại đăng ký VNeID"),
            ("1", Status.CHOSEN, "Thường do sim bị khóa"),
            (Tap("Đổi số điện thoại"), Status.CHOSEN, "Đổi ngay trên ứng dụng"),
            ("1", Status.UNKNOWN_OUT_OF_SCOPE, "Mình chưa có câu trả lời"),
        ],
    )


@pytest.mark.parametrize(
    ("today", "fee"),
    [
        (dt.date(2025, 6, 30), "Lệ phí cấp lại là 50.000 đồng."),
        (dt.date(2025, 7, 1), "Lệ phí cấp lại là 25.000 đồng."),
        (dt.date(2026, 12, 31), "Lệ phí cấp lại là 25.000 đồng."),
        (dt.date(2027, 1, 1), "Lệ phí cấp lại là (đang chờ mức mới)."),
    ],
)
def test_amounts_are_those_of_the_day(today: dt.date, fee: str) -> None:
    """A fee changes on its day and a lapsed one is not shown as current."""
    verify_dialog(Talk(sample_faq(), today), [(LOST, Status.ANSWERED, fee)])


def test_small_talk_and_signposts_are_no_answers() -> None:
    """Thanks are met politely, an emergency is sent to the right number; neither is rated."""
    talk = Talk(sample_faq())
    verify_dialog(
        talk,
        [
            ("cảm ơn bạn", Status.SMALL_TALK, "Không có gì"),
            ("gọi xe cấp cứu số mấy", Status.SIGNPOSTED, "115 (cấp cứu)"),
        ],
    )
    assert talk.decision is not None
    assert not talk.decision.reply.asks_feedback


# Dates and confidence


def test_an_expired_answer_is_never_shown_as_current() -> None:
    """On the day after its last, an entry is neither answered, nor offered, nor opened by a tap."""
    faq = expired()
    doubtful = changed(asks_back(), "vneid_quen_mat_khau", valid_until=YESTERDAY)
    verify_dialog(Talk(faq), [(PASSWORD, Status.EXPIRED, "Mình chưa có câu trả lời")])
    verify_dialog(
        Talk(faq), [(Press("e:vneid_quen_mat_khau"), Status.STALE_CHOICE, "không còn nữa")]
    )
    assert all(
        "Quên mật khẩu VNeID" not in to_text(Talk(faq_).say(said))
        for faq_ in (faq, doubtful)
        for said in (PASSWORD, "vneid không nhận otp", LOST, "/chu_de")
    )


def test_an_answer_stands_through_its_last_day() -> None:
    """The last valid day still counts."""
    verify_dialog(Talk(answers(valid_until=TODAY)), [(PASSWORD, Status.ANSWERED, "đặt lại")])


def test_an_answer_that_is_not_in_force_yet_is_not_shown() -> None:
    """A law of tomorrow is no answer today, and is one tomorrow."""
    faq = answers(valid_from=TOMORROW)
    verify_dialog(Talk(faq), [(PASSWORD, Status.EXPIRED, "Mình chưa có câu trả lời")])
    verify_dialog(Talk(faq, TOMORROW), [(PASSWORD, Status.ANSWERED, "Bạn tự đặt lại")])


def test_an_expired_related_question_is_not_offered() -> None:
    """Neither is one that is not in force yet."""
    faq = changed(sample_faq(), "vneid_khong_nhan_otp", valid_until=YESTERDAY)
    talk = Talk(changed(faq, "vneid_doi_so", valid_from=TOMORROW))
    talk.say(PASSWORD)
    assert ids(talk) == ()


def test_an_answer_past_its_review_date_says_so() -> None:
    """A reader is told that it may have changed, from the day after."""
    warning = "có thể đã thay đổi: lẽ ra phải rà soát trước ngày 21/11/2026"
    verify_dialog(Talk(answers(review_by=YESTERDAY)), [(PASSWORD, Status.ANSWERED, warning)])
    assert Talk(answers(review_by=TODAY)).say(PASSWORD).caution is None


def test_an_answer_of_low_confidence_says_so() -> None:
    """What is not well sourced is not told as certain."""
    faq = answers(confidence=Confidence.LOW)
    verify_dialog(Talk(faq), [(PASSWORD, Status.ANSWERED, "⚠️ Nội dung này chưa đủ nguồn")])


# Asking back


@pytest.mark.parametrize(
    "said", ["1", "số 1", "Số 1", "so 1", "câu 1", "1.", "1)", " 1 ", "01", "１"]
)
def test_a_choice_can_be_typed_as_a_number(said: str) -> None:
    """Some channels have no buttons, and people write numbers in many ways."""
    talk = Talk(asks_back())
    verify_dialog(
        talk,
        [
            (PASSWORD, Status.CLARIFIED, "1. Quên mật khẩu VNeID"),
            (said, Status.CHOSEN, "Bạn tự đặt lại mật khẩu"),
        ],
    )
    assert talk.decision is not None
    assert talk.decision.choice == "e:vneid_quen_mat_khau"


def test_a_number_may_be_typed_in_decomposed_letters() -> None:
    """Some phones send each accent as a letter of its own."""
    talk = Talk(asks_back())
    talk.say(PASSWORD)
    assert talk.say(unicodedata.normalize("NFD", "số 1")).status is Status.CHOSEN


def test_a_choice_can_be_tapped() -> None:
    """A tap opens the entry whose title the button shows."""
    verify_dialog(
        Talk(asks_back()),
        [
            (PASSWORD, Status.CLARIFIED, "Bấm chọn hoặc gõ số"),
            (Tap("Quên mật khẩu"), Status.CHOSEN, "Bạn tự đặt lại mật khẩu"),
        ],
    )


def test_asking_back_offers_two_to_four_entries_and_a_way_out() -> None:
    """Nobody has to choose what does not fit."""
    talk = Talk(asks_back())
    talk.say(PASSWORD)
    *entries, last = ids(talk)
    assert 2 <= len(entries) <= 4
    assert all(entry.startswith("e:") for entry in entries)
    assert last == "none"


def test_none_of_the_choices_is_taken_as_said() -> None:
    """The last number is “none of these”; the topics are offered instead."""
    talk = Talk(asks_back())
    talk.say(PASSWORD)
    number = str(len(talk.session.offered))
    verify_dialog(talk, [(number, Status.NONE_FITS, "đã ghi lại câu hỏi")])
    assert ids(talk) == TOPICS


@pytest.mark.parametrize("said", ["0", "99", "số 42"])
def test_a_number_that_was_not_offered_is_asked_again(said: str) -> None:
    """The choices stay on offer, so that the next number works."""
    talk = Talk(asks_back())
    talk.say(PASSWORD)
    count = len(talk.session.offered)
    verify_dialog(
        talk,
        [
            (said, Status.STALE_CHOICE, f"gõ một số từ 1 đến {count}"),
            ("1", Status.CHOSEN, "Bạn tự đặt lại mật khẩu"),
        ],
    )


def test_a_number_is_only_a_choice_when_something_was_offered() -> None:
    """Out of nowhere it is a question like any other, and an unclear one."""
    verify_dialog(Talk(sample_faq()), [("2", Status.UNKNOWN_OUT_OF_SCOPE, "chưa có câu trả lời")])


def test_a_new_question_may_follow_instead_of_a_choice() -> None:
    """Nobody is held in a menu."""
    talk = Talk(asks_back())
    talk.say("/start")
    verify_dialog(talk, [("đổi số điện thoại sang số 2", Status.CLARIFIED, "Bạn muốn hỏi")])


def test_entries_that_expired_are_not_offered_when_asking_back() -> None:
    """With fewer than two left there is nothing to ask back."""
    faq = asks_back()
    for entry in faq.catalog.entries:
        if entry != "vneid_quen_mat_khau":
            faq = changed(faq, entry, valid_until=YESTERDAY)
    assert Talk(faq).say(PASSWORD).status is not Status.CLARIFIED


@pytest.mark.parametrize(
    "choice",
    [
        "e:vneid_doi_so",
        "e:",
        "e",
        "",
        ":",
        "t:khong_co",
        "t:",
        "t:vneid:9",
        "t:vneid:-1",
        "t:vneid:²",
        "t:vneid:0:0",
        f"t:vneid:{'9' * 50}",
        f"t:vneid:{'9' * 5000}",
        "fb:1:2",
        "none:x",
        "'; DROP TABLE turns; --",
        "e:\0",
        "e:\ud83d",
    ],
)
def test_a_button_that_leads_nowhere_offers_the_topics(choice: str) -> None:
    """Old, broken and made-up buttons get a sentence and a way on."""
    talk = Talk(without(sample_faq(), "vneid_doi_so"))
    verify_dialog(talk, [(Press(choice), Status.STALE_CHOICE, "Lựa chọn này không còn nữa")])
    assert ids(talk) == TOPICS


def test_an_entry_may_go_while_it_is_on_offer() -> None:
    """An editor removes an entry or lets it expire between the offer and the number."""
    for later in (
        without(asks_back(), "vneid_quen_mat_khau"),
        changed(asks_back(), "vneid_quen_mat_khau", valid_until=YESTERDAY),
    ):
        talk = Talk(asks_back())
        verify_dialog(talk, [(PASSWORD, Status.CLARIFIED, "1. Quên mật khẩu VNeID")])
        talk.faq = later
        verify_dialog(talk, [("1", Status.STALE_CHOICE, "nội dung đã được cập nhật")])


# Not knowing


def test_a_question_about_something_else_is_answered_honestly() -> None:
    """The bot says that it does not know, where to ask, and what it can answer."""
    talk = Talk(sample_faq())
    verify_dialog(
        talk,
        [
            ("sông nào dài nhất việt nam", Status.UNKNOWN_OUT_OF_SCOPE, "Mình chưa có câu trả"),
            ("giá vàng hôm nay", Status.UNKNOWN_OUT_OF_SCOPE, "gọi 1900 0368"),
            ("vay tiền ngân hàng", Status.UNKNOWN_OUT_OF_SCOPE, "bảo hiểm y tế gọi 1900 9068"),
        ],
    )
    assert ids(talk) == TOPICS


def test_a_question_that_is_near_but_not_near_enough_is_not_answered() -> None:
    """Weak is told apart from out of scope, for those who look at it later."""
    verify_dialog(
        Talk(nearly_sure()), [(PASSWORD, Status.UNKNOWN_WEAK, "Mình chưa có câu trả lời")]
    )


@pytest.mark.parametrize("said", ["dạ cho em hỏi ạ", "anh chị ơi", "cho tôi hỏi là", "làm sao"])
def test_only_filler_is_asked_what_it_is_about(said: str) -> None:
    """Polite words alone never get a random answer."""
    verify_dialog(
        Talk(sample_faq()), [(said, Status.UNKNOWN_NO_SUBJECT, "Bạn muốn hỏi về việc gì?")]
    )


@pytest.mark.parametrize("said", ["", " ", "\n\t \u3000"])
def test_an_empty_message_is_told_to_be_empty(said: str) -> None:
    """Silence is answered."""
    verify_dialog(Talk(sample_faq()), [(said, Status.EMPTY, "Mình chưa thấy nội dung")])


def test_a_photo_is_told_that_it_cannot_be_seen() -> None:
    """People learn not to send pictures of their papers."""
    verify_dialog(
        Talk(sample_faq()), [(Photo(), Status.NOT_TEXT, "Đừng gửi ảnh giấy tờ có thông tin")]
    )


def test_the_words_under_a_photo_are_a_question() -> None:
    """What can be read is answered."""
    verify_dialog(
        Talk(sample_faq()), [(Photo(PASSWORD), Status.ANSWERED, "Bạn tự đặt lại mật khẩu")]
    )


# Personal data


@pytest.mark.parametrize("said", [ID_NUMBER, f"số cccd của tôi là {ID_NUMBER}", "0912345678"])
def test_only_personal_data_is_answered_with_advice(said: str) -> None:
    """Nothing is looked up for anybody, and the message should be deleted."""
    reply = Talk(sample_faq()).say(said)
    text = to_text(reply)
    assert "Bạn vừa gửi thông tin cá nhân" in text
    assert "Bạn nên xóa tin nhắn đó" in text
    assert ID_NUMBER not in text


def test_a_bare_number_of_a_person_is_blocked() -> None:
    """An ID number alone has an outcome of its own."""
    verify_dialog(Talk(sample_faq()), [(ID_NUMBER, Status.PERSONAL_DATA, "không tra cứu được")])


def test_a_question_with_personal_data_gets_its_answer_and_a_caution() -> None:
    """The number neither hides the question nor goes without a word."""
    verify_dialog(
        Talk(sample_faq()),
        [
            (f"{PASSWORD} {ID_NUMBER}", Status.ANSWERED, "⚠️ Bạn vừa gửi thông tin cá nhân"),
            (f"{PASSWORD} {ID_NUMBER}", Status.ANSWERED, "Bạn tự đặt lại mật khẩu"),
        ],
    )


@pytest.mark.parametrize(
    ("faq", "said"),
    [
        (sample_faq, f"gọi xe cấp cứu số mấy {ID_NUMBER}"),
        (sample_faq, f"giá vàng hôm nay {ID_NUMBER}"),
        (sample_faq, f"cảm ơn bạn {ID_NUMBER}"),
        (asks_back, f"{PASSWORD} {ID_NUMBER}"),
        (asks_back, f"vneid {ID_NUMBER}"),
        (asks_back, f"chủ đề {ID_NUMBER}"),
        (expired, f"{PASSWORD} {ID_NUMBER}"),
    ],
    ids=["signpost", "unknown", "thanks", "clarify", "topic", "menu", "expired"],
)
def test_whoever_sends_personal_data_is_warned_whatever_else_they_say(
    faq: Callable[[], Faq], said: str
) -> None:
    """The advice to delete the message does not depend on what was asked beside it."""
    assert "Bạn vừa gửi thông tin cá nhân" in to_text(Talk(faq()).say(said))


@pytest.mark.parametrize(
    "said", ["mã otp của tôi là 123456", "otp 123456", "mật khẩu vneid của em là Hanoi@2026"]
)
def test_whoever_sends_a_secret_is_told_never_to_share_it(said: str) -> None:
    """A one-time password or a password must be deleted, and is not repeated."""
    text = to_text(Talk(sample_faq()).say(said))
    assert "đừng gửi mã OTP, mật khẩu hay ảnh giấy tờ cho bất kỳ ai" in text
    assert "123456" not in text
    assert "Hanoi@2026" not in text


# Whatever can be typed


@pytest.mark.parametrize(
    "said",
    [
        "<script>alert('x')</script><b>đậm",
        "**[bấm vào đây](javascript:alert(1))** _x_ `y` # z",
        "'; DROP TABLE turns; -- \" OR 1=1",
        "{tong_dai_vneid} {0} %s %(x)s ${x} {{x}} {",
        "\0",
        "a\0b",
        "\u202e\u200f\u200d\u2066",
        "\ufeff\u200b",
        "\ud83d",
        "mất căn cước \udc00\ud800",
        "[số giấy tờ]",
        "[]" * 1000,
        "\\" * 100,
        "🙂" * 10_000,
        "căn cước " * 120_000,
        "1" * 1_000_000,
        "a" * 1_000_000,
        "\u0301" * 5_000,
        "中文問題 العربية ภาษาไทย",
        "\x1b[31mđỏ\x07",
    ],
    ids=lambda said: repr(said[:20]),
)
def test_anything_gets_a_reply_that_says_something(said: str) -> None:
    """No text breaks the bot, none comes back unread, none is met with silence."""
    talk = Talk(sample_faq())
    reply = talk.say(said)
    assert len(reply.text.strip()) > 20
    assert "{" not in to_text(reply)
    assert "<script>" not in to_text(reply)
    assert talk.say("/start").status is Status.MENU


def test_what_led_to_a_reply_is_kept_with_it() -> None:
    """Reviewers see the question, how it was read, and the verdict."""
    talk = Talk(sample_faq())
    talk.say(f"DẠ cho em hỏi Quên mật khẩu VNeID {ID_NUMBER}")
    decision = talk.decision
    assert decision is not None
    assert decision.question == Question(
        "DẠ cho em hỏi Quên mật khẩu VNeID [số giấy tờ]", "quen mat khau vneid"
    )
    assert isinstance(decision.verdict, Answer)
    assert decision.choice is None
    talk.say("ạ")
    assert talk.decision is not None
    assert talk.decision.verdict == Unknown(Reason.NO_SUBJECT)


@pytest.mark.parametrize(
    ("question", "order"),
    [
        ("quên mật khẩu vneid", ["steps", "fee", "hotline"]),
        ("quen mk vneid dat lai co mat tien ko", ["fee", "steps", "hotline"]),
        ("quên mật khẩu vneid gọi số nào, hết bao nhiêu tiền", ["hotline", "fee", "steps"]),
    ],
)
@pytest.mark.parametrize("chosen", [False, True])
def test_an_answer_begins_with_what_was_asked_for(
    question: str, order: list[str], *, chosen: bool
) -> None:
    """At once, or after the bot has asked back which answer is meant."""
    talk = Talk(asks_back() if chosen else sample_faq())
    reply = talk.say(question)
    if chosen:
        reply = talk.say(Tap("Quên mật khẩu"))
    else:
        assert talk.decision is not None
        assert isinstance(talk.decision.verdict, Answer)
        assert [*talk.decision.verdict.asked] == [name for name in order if name != "steps"][
            : order.index("steps")
        ]
    assert [section.name for section in reply.sections] == order


def test_an_answer_from_the_menu_comes_in_the_usual_order() -> None:
    """Nothing was asked for, whatever was said before."""
    talk = Talk(sample_faq())
    for said in ("quên mật khẩu vneid có mất tiền không", "/chu_de", "1"):
        talk.say(said)
    reply = talk.say(Tap("Quên mật khẩu"))
    assert [section.name for section in reply.sections] == ["steps", "fee", "hotline"]


@pytest.mark.parametrize("said", ["1", Tap("Quên mật khẩu"), Tap("Không đúng câu nào")])
def test_a_choice_is_kept_with_the_question_it_answers(said: Say) -> None:
    """What people choose is labelled data: it belongs to what they had asked."""
    talk = Talk(asks_back())
    talk.say(PASSWORD)
    talk.say(said)
    assert talk.decision is not None
    assert talk.decision.question == Question(PASSWORD, "quen mat khau vneid")


def test_a_choice_from_a_menu_answers_no_question() -> None:
    """What was asked long before has nothing to do with it."""
    talk = Talk(sample_faq())
    for said in (PASSWORD, "/chu_de", "1", "2"):
        talk.say(said)
    assert talk.decision is not None
    assert talk.decision.choice == "e:vneid_khong_nhan_otp"
    assert talk.decision.question is None


DIALOGUES: dict[Status, tuple[Callable[[], Faq], list[Say]]] = {
    Status.ANSWERED: (sample_faq, [PASSWORD]),
    Status.CHOSEN: (sample_faq, [PASSWORD, "1"]),
    Status.CLARIFIED: (asks_back, [PASSWORD]),
    Status.SMALL_TALK: (sample_faq, ["cảm ơn bạn"]),
    Status.SIGNPOSTED: (sample_faq, ["gọi xe cấp cứu số mấy"]),
    Status.MENU: (sample_faq, ["/start"]),
    Status.PRIVACY: (sample_faq, ["/riengtu"]),
    Status.ERASE_OFFERED: (sample_faq, ["/xoadulieu"]),
    Status.ERASE_DECLINED: (sample_faq, ["/xoadulieu", "không"]),
    Status.ERASED: (sample_faq, ["/xoadulieu", "có"]),
    Status.SUBSCRIBED: (sample_faq, [Press("notify:0123456789abcdef")]),
    Status.UNSUBSCRIBED: (sample_faq, ["/thoibao"]),
    Status.RATED: (sample_faq, [PASSWORD, "+"]),
    Status.ASKED_WHY: (sample_faq, [PASSWORD, "👎"]),
    Status.UNKNOWN_WEAK: (nearly_sure, [PASSWORD]),
    Status.UNKNOWN_OUT_OF_SCOPE: (sample_faq, ["sông nào dài nhất việt nam"]),
    Status.UNKNOWN_NO_SUBJECT: (sample_faq, ["dạ cho em hỏi ạ"]),
    Status.NONE_FITS: (sample_faq, [Press("none")]),
    Status.EXPIRED: (expired, [PASSWORD]),
    Status.PERSONAL_DATA: (sample_faq, [ID_NUMBER]),
    Status.EMPTY: (sample_faq, [""]),
    Status.NOT_TEXT: (sample_faq, [Photo()]),
    Status.STALE_CHOICE: (sample_faq, [Press("e:x")]),
}


@pytest.mark.parametrize("status", DIALOGUES)
def test_every_status_can_come_about(status: Status) -> None:
    """Each outcome has a dialogue that leads to it."""
    faq, lines = DIALOGUES[status]
    talk = Talk(faq())
    assert [talk.say(said).status for said in lines][-1] is status


def test_the_list_of_statuses_is_closed() -> None:
    """An outcome without a dialogue is a gap; only the front desk can fail."""
    assert set(Status) == {*DIALOGUES, Status.FAILED}
