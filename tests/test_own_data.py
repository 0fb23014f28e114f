"""What is kept of a citizen, and its erasing: dialogues; nothing goes without a yes to the question."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.plain import to_text
from bot.messages import Status
from tests.dialog import Photo, Press, Say, Talk, Tap, verify_dialog
from tests.sample_faq import asks_back, sample_faq

PASSWORD = "quên mật khẩu vneid thì làm sao"
OFFER = "Bạn có chắc muốn xóa hết dữ liệu về bạn không?"
DONE = "Mình đã xóa hết dữ liệu về bạn trên kênh này."


def erases(talk: Talk) -> bool:
    assert talk.decision is not None
    return talk.decision.erases


@pytest.mark.parametrize(
    "said",
    [
        "/riengtu",
        "/riengtu@hoidap_bot",
        "/RIENGTU xin",
        "/rieng_tu",
        "/riêng tư",
        "riêng tư",
        "quyen rieng tu",
        Press("privacy"),
        Photo("quyền riêng tư"),
    ],
)
def test_the_privacy_notice_is_a_command_a_word_and_a_menu_item(said: Say) -> None:
    """It tells all five: what is kept, what is masked, for how long, who sees it, how to erase."""
    talk = Talk(sample_faq())
    reply = talk.say(said)
    assert reply.status is Status.PRIVACY
    assert [section.label for section in reply.sections] == [
        "Lưu những gì",
        "Che đi trước khi lưu",
        "Giữ bao lâu",
        "Ai xem được",
        "Muốn xóa",
    ]
    assert "Gõ /xoadulieu" in to_text(reply)
    verify_dialog(talk, [("1", Status.ERASE_OFFERED, OFFER)])


@pytest.mark.parametrize(
    "said",
    [
        "/xoadulieu",
        "/xoadulieu@hoidap_bot",
        "/xoa_du_lieu",
        "/xóa dữ liệu",
        "xóa dữ liệu của tôi",
        "xoá dữ liệu",
        "xoa du lieu cua toi",
        Press("erase"),
    ],
)
@pytest.mark.parametrize("yes", ["có", "đồng ý", "dong y", "1", "số 1", Tap("Có, xóa hết")])
def test_erasing_is_asked_back_and_done_on_a_yes(said: Say, yes: Say) -> None:
    """The question comes first; the confirmation offers nothing, for it is not kept."""
    talk = Talk(sample_faq())
    verify_dialog(talk, [(said, Status.ERASE_OFFERED, OFFER)])
    assert not erases(talk)
    verify_dialog(talk, [(yes, Status.ERASED, DONE)])
    assert erases(talk)
    assert talk.session.offered == ()


def test_the_question_says_what_goes_and_what_stays() -> None:
    """Nobody says yes to more, or expects more, than is done."""
    text = to_text(Talk(sample_faq()).say("/xoadulieu"))
    for words in ("câu bạn đã hỏi", "góp ý", "không lấy lại được", "Bản sao lưu", "Chỉ xóa trên"):
        assert words in text


@pytest.mark.parametrize("no", ["không", "ko", "thôi", "2", Tap("Không"), Press("erase:no")])
def test_a_no_erases_nothing(no: Say) -> None:
    """And the bot says so; a yes after it is no yes to anything."""
    talk = Talk(sample_faq())
    talk.say("/xoadulieu")
    verify_dialog(talk, [(no, Status.ERASE_DECLINED, "không xóa gì cả")])
    assert not erases(talk)
    talk.say("có")
    assert not erases(talk)


def test_the_menu_ends_with_what_citizens_can_do_about_their_data() -> None:
    """So every channel with buttons or numbers shows both."""
    talk = Talk(sample_faq())
    last = "4. 🔒 Quyền riêng tư\n5. 🗑️ Xóa dữ liệu của tôi"
    verify_dialog(talk, [("/chu_de", Status.MENU, last), ("4", Status.PRIVACY, "Lưu những gì")])
    talk.say("/start")
    verify_dialog(talk, [("5", Status.ERASE_OFFERED, OFFER), ("1", Status.ERASED, DONE)])


@pytest.mark.parametrize("between", [PASSWORD, "/start", "/riengtu", "cảm ơn bạn", Photo()])
def test_a_yes_that_comes_later_asks_again(between: Say) -> None:
    """An old button, or a "có" about something else, never erases by itself."""
    talk = Talk(sample_faq())
    talk.say("/xoadulieu")
    talk.say(between)
    reply = talk.say("có")
    assert (reply.status is Status.ERASED, erases(talk)) == (False, False)
    talk.say(between)
    verify_dialog(talk, [(Press("erase:yes"), Status.ERASE_OFFERED, OFFER)])
    assert not erases(talk)
    verify_dialog(talk, [(Press("erase:yes"), Status.ERASED, DONE)])
    verify_dialog(talk, [(Press("erase:yes"), Status.ERASE_OFFERED, OFFER)])
    assert not erases(talk)


def test_the_offer_stands_after_a_wrong_number() -> None:
    """A slip of the finger is asked back, and the choices are still the same."""
    talk = Talk(sample_faq())
    talk.say("/xoadulieu")
    verify_dialog(talk, [("7", Status.STALE_CHOICE, "từ 1 đến 2"), ("có", Status.ERASED, DONE)])


def test_a_question_after_the_offer_is_answered() -> None:
    """Who goes on asking has changed their mind."""
    talk = Talk(sample_faq())
    talk.say("/xoadulieu")
    verify_dialog(talk, [(PASSWORD, Status.ANSWERED, "Bạn tự đặt lại mật khẩu")])
    assert not erases(talk)


def test_a_question_about_erasing_is_no_wish() -> None:
    """More than the wish itself is for the FAQ to answer."""
    talk = Talk(sample_faq())
    talk.say("yêu cầu xóa dữ liệu cá nhân của tôi ở đâu")
    assert talk.decision is not None
    assert talk.decision.explanation is not None


def test_what_needs_no_matching_is_not_asked_of_the_matcher() -> None:
    """Reading is the expensive step, and a wish or a yes needs none."""
    talk = Talk(asks_back())
    for said in ("xóa dữ liệu", "có", "riêng tư"):
        talk.say(said)
        assert talk.decision is not None
        assert talk.decision.explanation is None


SAYINGS: list[Say] = [
    *("/xoadulieu", "xóa dữ liệu", "có", "đồng ý", "không", "1", "2", "4", "5", "9", "/start"),
    *("/riengtu", "ok", "vneid", PASSWORD, "cảm ơn bạn", ""),
    *(Press(choice) for choice in ("erase", "erase:yes", "erase:no", "privacy", "menu", "none")),
    *(Press(choice) for choice in ("erase:", "erase:yes:1", "e:vneid_quen_mat_khau")),
    Photo(),
]


@given(st.lists(st.sampled_from(SAYINGS) | st.text(max_size=12), max_size=12))
def test_nothing_is_erased_unless_the_last_turn_asked(says: list[Say]) -> None:
    """In any conversation: erasing follows the question directly, and a confirmation says it."""
    talk = Talk(sample_faq())
    for said in says:
        offered = [choice.id for choice in talk.session.offered]
        reply = talk.say(said)
        assert erases(talk) == (reply.status is Status.ERASED)
        assert not erases(talk) or "erase:yes" in offered
