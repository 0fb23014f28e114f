"""An entry as an answer on its own: which entries have one, and what it says."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from bot.channels.plain import to_text
from bot.messages import Status
from bot.web.answers import answer_of
from tests.sample_faq import changed, sample_faq

if TYPE_CHECKING:
    from bot.faq import Faq

DAY = date(2026, 11, 23)
PASSWORD = "vneid_quen_mat_khau"


def test_an_entry_says_what_it_says_in_the_chat() -> None:
    """Title, facets with the day's values, sources, related entries."""
    reply = answer_of(sample_faq().catalog, PASSWORD, DAY)
    assert reply is not None
    assert (reply.status, reply.entry, reply.title) == (
        Status.ANSWERED,
        PASSWORD,
        "Quên mật khẩu VNeID",
    )
    assert [section.name for section in reply.sections] == ["steps", "fee", "hotline"]
    assert "1900 0368" in to_text(reply)
    assert [choice.id for choice in reply.choices] == ["e:vneid_khong_nhan_otp", "e:vneid_doi_so"]


def test_an_emergency_number_can_be_shared_too() -> None:
    """A signpost has a title and a text, no more."""
    reply = answer_of(sample_faq().catalog, "khan_cap", DAY)
    assert reply is not None
    assert (reply.status, reply.choices) == (Status.SIGNPOSTED, ())
    assert "114 (chữa cháy)" in reply.text


@pytest.mark.parametrize(
    ("faq", "entry"),
    [
        (sample_faq(), "khong_co"),
        (sample_faq(), ""),
        (sample_faq(), "cam_on"),
        (changed(sample_faq(), PASSWORD, valid_until=date(2026, 11, 22)), PASSWORD),
        (changed(sample_faq(), PASSWORD, valid_from=date(2026, 11, 24)), PASSWORD),
    ],
    ids=["unknown", "no name", "small talk", "expired", "not yet"],
)
def test_what_is_no_answer_of_that_day_is_none(faq: Faq, entry: str) -> None:
    """Nobody is shown yesterday's law, or a page that says "you are welcome"."""
    assert answer_of(faq.catalog, entry, DAY) is None


def test_related_entries_that_expired_are_left_out() -> None:
    """A link leads to an answer that is in force."""
    faq = changed(sample_faq(), "vneid_doi_so", valid_until=date(2026, 1, 1))
    reply = answer_of(faq.catalog, PASSWORD, DAY)
    assert reply is not None
    assert [choice.id for choice in reply.choices] == ["e:vneid_khong_nhan_otp"]
