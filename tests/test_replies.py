"""What stands around the answers, and that every answer of the real FAQ can be shown everywhere."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from functools import cache

import pytest
from pydantic import ValidationError

from bot import privacy_replies, replies
from bot.channels.plain import to_text
from bot.channels.telegram.outgoing import to_payloads
from bot.conversation import Conversation, Message, Session
from bot.messages import Choice, Content, Reply, Status, Turn
from bot.web.pages import card
from intents.entry import Entry, Facet, Topic
from intents.values import Step, Value
from tests.dialog import TODAY
from tests.fakes import telegram_html
from tests.faq import repository_faq
from tests.sample_faq import sample_faq, with_long_topic

VIETNAM = dt.timezone(dt.timedelta(hours=7))
NOW = dt.datetime.now(VIETNAM).date()
ENTRIES = sorted(repository_faq().catalog.entries)


@cache
def shown(entry: str) -> Turn:
    """An entry of the real FAQ as a tap on its button shows it today."""
    faq = repository_faq()
    message = Message(Content.CHOICE, "", f"e:{entry}", holds_personal_data=False)
    return Turn(1, Conversation(faq.catalog, faq.matcher).respond(message, Session(), NOW).reply)


def every_reply() -> list[Reply]:
    """Each reply the bot has, over a FAQ with a long topic."""
    catalog = with_long_topic(9).catalog
    topics, entries = catalog.topics, list(catalog.entries.values())
    values = catalog.values
    return [
        replies.greeting(topics),
        replies.help_text(topics),
        replies.topic_menu(topics),
        replies.topic_page(topics[0], entries, Choice("t:dai:1", "Xem thêm 1 câu hỏi")),
        replies.answer(
            entries[0], Status.ANSWERED, related=entries[1:3], values=values, today=TODAY
        ),
        replies.small_talk(entries[-1], topics, values, TODAY),
        replies.signpost(entries[-1], values, TODAY),
        replies.clarify(entries[:4]),
        replies.not_known(Status.UNKNOWN_WEAK, topics, values, TODAY),
        replies.no_subject(topics),
        replies.empty(topics),
        replies.not_text(topics),
        replies.only_personal_data(topics),
        replies.none_fits(topics),
        replies.stale_choice(topics),
        replies.failed(),
        privacy_replies.privacy(),
        privacy_replies.privacy(open_data_floor=10),
        privacy_replies.erase_offer(),
        privacy_replies.not_erased(),
        privacy_replies.erased(),
        privacy_replies.erasing_failed(),
    ]


def test_every_status_has_a_label_of_its_own() -> None:
    """Reviewers read labels, so none is missing, empty or used twice."""
    assert set(replies.LABELS) == set(Status)
    assert all(label.strip() for label in replies.LABELS.values())
    assert len(set(replies.LABELS.values())) == len(Status)


def test_every_reply_says_something_on_every_channel() -> None:
    """No reply comes out blank, and none leaves a placeholder open."""
    for reply in every_reply():
        turn = Turn(1, reply)
        texts = [to_text(reply), card(turn), "".join(p["plain"] for p in to_payloads(turn))]
        assert all(len(text.strip()) > 20 for text in texts)
        assert not any("{" in text or "None" in text for text in texts)


def test_every_choice_fits_a_button() -> None:
    """An id is at most 64 bytes and a title is not blank."""
    for reply in every_reply():
        assert all(len(choice.id.encode()) <= 64 for choice in reply.choices)
        assert all(choice.title.strip() for choice in reply.choices)


@pytest.mark.parametrize("name", ["đ" * 32, "ổ" * 21, "a" * 61])
def test_an_id_that_would_not_fit_a_button_is_refused(name: str) -> None:
    """Bytes count, not characters: an accented id is longer than it looks."""
    with pytest.raises(ValidationError):
        Entry(id=name, title="Tên", phrasings=("hỏi",), answer="đáp")
    with pytest.raises(ValidationError):
        Topic(id=name, title="Tên")


@pytest.mark.parametrize("length", [57, 58, 60])
def test_the_longest_topic_id_that_is_taken_still_pages(length: int) -> None:
    """A topic's further pages add a number to its id, and the button must take that too."""
    faq = with_long_topic(100)
    try:
        topic = Topic(id="t" * length, title="Chủ đề dài")
    except ValidationError:
        return  # refused where the editor sees it: nothing is lost in silence
    catalog = replace(
        faq.catalog,
        topics=(topic,),
        topic_of=dict.fromkeys(faq.catalog.topic_of, topic.id),
    )
    conversation = Conversation(catalog, faq.matcher)
    press = Message(Content.CHOICE, "", f"t:{topic.id}:10", holds_personal_data=False)
    reply = conversation.respond(press, Session(), TODAY).reply
    assert [c.id for c in reply.choices if len(c.id.encode()) > 64] == []


def test_every_facet_is_shown_in_one_order() -> None:
    """No part of an answer is lost, however the editor ordered them."""
    entry = sample_faq().catalog.entries["can_cuoc_doi"]
    backwards = {facet: (f"phần {facet.value}",) for facet in reversed(Facet)}
    reply = replies.answer(
        entry.model_copy(update={"facets": backwards}),
        Status.ANSWERED,
        related=(),
        values=sample_faq().catalog.values,
        today=TODAY,
    )
    names = [section.name for section in reply.sections]
    assert sorted(names) == sorted(facet.value for facet in Facet)
    assert names[0] == "steps"
    assert all(section.icon and section.label for section in reply.sections)


@pytest.mark.parametrize(
    ("asked", "order"),
    [
        ((), "steps documents fee duration where online hotline warning legal_basis"),
        (("fee",), "fee steps documents duration where online hotline warning legal_basis"),
        (
            ("where", "legal_basis", "steps"),
            "where legal_basis steps documents fee duration online hotline warning",
        ),
    ],
)
def test_what_was_asked_for_stands_behind_the_lead(asked: tuple[str, ...], order: str) -> None:
    """On the web page, on Telegram and in plain text; the rest follows in its usual order."""
    entry = sample_faq().catalog.entries["can_cuoc_doi"]
    facets = {facet: (f"phần {facet.value}.",) for facet in Facet}
    reply = replies.answer(
        entry.model_copy(update={"answer": "phần lead.", "facets": facets}),
        Status.ANSWERED,
        related=(),
        values=sample_faq().catalog.values,
        today=TODAY,
        asked=asked,
    )
    turn = Turn(1, reply)
    telegram = "".join(payload["plain"] for payload in to_payloads(turn))
    for text in (card(turn), telegram, to_text(reply)):
        assert re.findall(r"phần (\w+)\.", text) == ["lead", *order.split()]


def test_what_was_asked_for_and_is_not_in_the_answer_changes_nothing() -> None:
    """A facet that the entry does not have, or a name from another time, is passed over."""
    entry = sample_faq().catalog.entries["can_cuoc_doi"]
    shown_for = [
        replies.answer(
            entry.model_copy(update={"facets": {Facet.FEE: ("25.000 đồng",)}}),
            Status.ANSWERED,
            related=(),
            values=sample_faq().catalog.values,
            today=TODAY,
            asked=asked,
        )
        for asked in ((), ("where", "hotline"), ("weather",))
    ]
    assert shown_for[0] == shown_for[1] == shown_for[2]


def test_cautions_are_joined() -> None:
    """Advice about personal data does not push out the warning about an old answer."""
    entry = sample_faq().catalog.entries["can_cuoc_doi"]
    answer = replies.answer(
        entry.model_copy(update={"review_by": dt.date(2020, 1, 1)}),
        Status.ANSWERED,
        related=(),
        values=sample_faq().catalog.values,
        today=TODAY,
    )
    reply = replies.warned(answer)
    assert reply.caution is not None
    assert "thông tin cá nhân" in reply.caution
    assert "có thể đã thay đổi" in reply.caution


@pytest.mark.parametrize("gone", ["lapsed", "not yet", "missing"])
def test_a_hotline_that_is_not_known_today_is_not_told(gone: str) -> None:
    """The honest sentence names no number rather than a wrong one."""
    old, new = dt.date(2020, 1, 1), dt.date(2999, 1, 1)
    step = (
        Step.model_validate({"from": old, "until": old, "value": "1900 0000"})
        if gone == "lapsed"
        else Step.model_validate({"from": new, "value": "1900 0000"})
    )
    catalog = sample_faq().catalog
    values = dict(catalog.values) | {"tong_dai_vneid": Value(title="Tổng đài", series=(step,))}
    if gone == "missing":
        del values["tong_dai_vneid"]
    reply = replies.not_known(Status.UNKNOWN_WEAK, catalog.topics, values, TODAY)
    assert "None" not in reply.text
    assert "1900 0000" not in reply.text
    assert "Trung tâm Phục vụ hành chính công cấp xã" in reply.text


# The real FAQ


@pytest.mark.parametrize("entry", ENTRIES)
def test_an_answer_of_the_faq_can_be_read_today(entry: str) -> None:
    """It says something as text and as a card, and no shared value is left unfilled."""
    turn = shown(entry)
    text, html = to_text(turn.reply), card(turn)
    assert len(text) > 20
    assert "{" not in text
    assert "{" not in html
    assert "**" not in text
    assert "đang chờ mức mới" not in text


@pytest.mark.parametrize("entry", ENTRIES)
def test_telegram_takes_every_answer_of_the_faq(entry: str) -> None:
    """Every part is well-formed, within the limit, and its buttons are taken."""
    for payload in to_payloads(shown(entry)):
        visible, _ = telegram_html.read(payload["text"])
        assert 0 < telegram_html.units(visible) <= 4096
        assert "{" not in visible
        rows = payload.get("reply_markup", {"inline_keyboard": []})["inline_keyboard"]
        data = [button["callback_data"] for row in rows for button in row]
        assert all(1 <= len(one.encode()) <= 64 for one in data)
        assert len(data) <= 100


def test_every_topic_of_the_faq_can_be_paged_through() -> None:
    """Each answer that is in force is found in its topic's pages, once."""
    faq = repository_faq()
    conversation = Conversation(faq.catalog, faq.matcher)
    found: list[str] = []
    waiting = [f"t:{topic.id}" for topic in conversation.topics]
    while waiting:
        press = Message(Content.CHOICE, "", waiting.pop(), holds_personal_data=False)
        reply = conversation.respond(press, Session(), NOW).reply
        assert reply.status is Status.MENU
        found += [c.id.removeprefix("e:") for c in reply.choices if c.id.startswith("e:")]
        waiting += [c.id for c in reply.choices if c.title.startswith("Xem thêm")]
    current = [
        entry.id
        for topic in conversation.topics
        for entry in faq.catalog.entries_of(topic.id)
        if entry.in_force(NOW)
    ]
    assert sorted(found) == sorted(current)
