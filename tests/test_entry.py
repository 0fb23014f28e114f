"""Entries know when they are in force, and sources how they are read."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from pydantic import ValidationError

from intents.entry import Confidence, Entry, Facet, Kind, Source, Topic

LEAST: dict[str, Any] = {"id": "a", "title": "A?", "phrasings": ["a"], "answer": "A."}
TODAY = dt.date(2026, 11, 22)


def entry(**more: object) -> Entry:
    """The least entry and what a test adds to it."""
    return Entry.model_validate({**LEAST, **more})


def test_the_least_entry_has_an_id_a_title_a_phrasing_and_an_answer() -> None:
    """Everything else has a plain default."""
    least = entry()
    assert (least.kind, least.confidence) == (Kind.ANSWER, Confidence.MEDIUM)
    assert (least.facets, least.sources, least.related, least.tags) == ({}, (), (), ())
    assert (least.verified, least.valid_from, least.valid_until, least.review_by) == (None,) * 4
    assert least.texts == ("A.",)
    assert least.in_force(dt.date.min)
    assert least.in_force(dt.date.max)
    assert not least.review_due(dt.date.max)


@pytest.mark.parametrize("key", ["id", "title", "phrasings", "answer"])
def test_nothing_of_the_least_entry_may_be_missing(key: str) -> None:
    """Nor empty."""
    with pytest.raises(ValidationError):
        Entry.model_validate({name: value for name, value in LEAST.items() if name != key})
    with pytest.raises(ValidationError):
        entry(**{key: "" if isinstance(LEAST[key], str) else []})


@pytest.mark.parametrize(
    ("day", "in_force"),
    [("2025-06-30", False), ("2025-07-01", True), ("2026-12-31", True), ("2027-01-01", False)],
)
def test_an_entry_is_in_force_from_its_first_to_its_last_day(day: str, *, in_force: bool) -> None:
    """Both days included."""
    dated = entry(valid_from="2025-07-01", valid_until="2026-12-31")
    assert dated.in_force(dt.date.fromisoformat(day)) is in_force


def test_one_date_bounds_one_side_only() -> None:
    """Without a first day the past is covered, without a last day the future."""
    assert entry(valid_until="2026-12-31").in_force(dt.date.min)
    assert not entry(valid_until="2026-12-31").in_force(dt.date.max)
    assert entry(valid_from="2026-12-31").in_force(dt.date.max)
    assert not entry(valid_from="2026-12-31").in_force(dt.date.min)


@pytest.mark.parametrize(
    ("day", "due"), [("2027-05-14", False), ("2027-05-15", False), ("2027-05-16", True)]
)
def test_a_review_is_due_once_its_day_has_passed(day: str, *, due: bool) -> None:
    """On the day itself there is still time."""
    assert entry(review_by="2027-05-15").review_due(dt.date.fromisoformat(day)) is due


def test_an_entry_that_is_never_in_force_is_refused() -> None:
    """The last day cannot lie before the first."""
    with pytest.raises(ValidationError):
        entry(valid_from="2026-12-31", valid_until="2026-01-01")


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ({"document": "Luật Căn cước"}, "Luật Căn cước"),
        (
            {"document": "Luật Căn cước", "number": "26/2023/QH15", "date": "2023-11-27"},
            "Luật Căn cước 26/2023/QH15, ngày 27/11/2023",
        ),
        (
            {
                "document": "Nghị định",
                "number": "69/2024/NĐ-CP",
                "date": "2024-06-25",
                "article": "Điều 5",
                "url": "https://vanban.chinhphu.vn",
            },
            "Nghị định 69/2024/NĐ-CP, ngày 25/06/2024, Điều 5",
        ),
        ({"document": "Trang VNeID", "article": "Mục 2"}, "Trang VNeID, Mục 2"),
    ],
)
def test_a_source_is_read_as_document_number_date_article(
    source: dict[str, str], name: str
) -> None:
    """What is missing leaves no gap."""
    assert Source.model_validate(source).name == name


@pytest.mark.parametrize("url", ["http://gov.vn", "gov.vn", "https://", "https://a b", "ftp://a"])
def test_a_source_links_only_to_https(url: str) -> None:
    """Anything else is refused."""
    with pytest.raises(ValidationError):
        Source.model_validate({"document": "A", "url": url})


def test_the_texts_of_an_answer_come_lead_first() -> None:
    """Then facet by facet as written; a facet of one text may be written without a list."""
    told = entry(facets={"steps": ["một", "hai"], "fee": "Không mất tiền."})
    assert told.facets == {Facet.STEPS: ("một", "hai"), Facet.FEE: ("Không mất tiền.",)}
    assert told.texts == ("A.", "một", "hai", "Không mất tiền.")


@pytest.mark.parametrize("bad", ["", "a b", "a:b", "a|b", "a\tb", "a" * 61])
def test_an_id_fits_a_button(bad: str) -> None:
    """No space, colon or bar, at most sixty characters."""
    with pytest.raises(ValidationError):
        entry(id=bad)


def test_an_id_fits_a_button_in_bytes() -> None:
    """Telegram counts bytes: sixty letters with accents would be far too many."""
    assert entry(id="cấp_lại_thẻ_căn_cước").id == "cấp_lại_thẻ_căn_cước"
    with pytest.raises(ValidationError):
        entry(id="ạ" * 60)


def test_titles_are_bounded() -> None:
    """200 characters for an entry (60 fit a button), 60 for a topic."""
    assert len(entry(title="a" * 200).title) == 200
    with pytest.raises(ValidationError):
        entry(title="a" * 201)
    with pytest.raises(ValidationError):
        Topic(id="a", title="a" * 61)


@pytest.mark.parametrize("number", [113, 69.5])
def test_a_number_is_accepted_where_text_is_meant(number: float) -> None:
    """A phrasing "113" or a document's number needs no quotes."""
    assert entry(phrasings=[number]).phrasings == (str(number),)


def test_an_entry_cannot_be_changed() -> None:
    """Whoever holds an entry holds what was checked."""
    with pytest.raises(ValidationError):
        entry().title = "B"  # type: ignore[misc]  # the point of the test
