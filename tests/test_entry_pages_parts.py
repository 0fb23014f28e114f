"""What the entry pages are made of: the list and its filters, figures, previews, history."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert

from bot.console.entry_figures import EntryFigures
from bot.console.entry_list import Care, Filters, Listing, Order
from bot.console.previews import Preview, previews
from bot.console.queue_search import EntrySearch
from bot.drafts.written import WrittenFaq, read_written
from bot.messages import Choice, Content, Link, Reply, Section, Status
from bot.store import Store, TurnRecord
from bot.store.entry_history import entry_history
from bot.store.entry_stats import EntryStats, near_clusters
from bot.store.office_schema import proposals
from bot.store.review_schema import clusters
from intents.catalog import load
from tests.sample_faq import write

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from sqlalchemy import Connection

NOW = dt.datetime(2026, 11, 26, 3, tzinfo=dt.UTC)
TODAY = NOW.date()
FORGOT, OTP = "vneid_quen_mat_khau", "vneid_khong_nhan_otp"
HOSTILE = '<script>alert("x")</script> & **đậm** [bấm](javascript:alert(1)) {x}'


@pytest.fixture(scope="module")
def listing(tmp_path_factory: pytest.TempPathFactory) -> Listing:
    folder = write(tmp_path_factory.mktemp("faq"))
    path = folder / "bhyt.yaml"
    dates = "    valid_until: 2026-12-05\n    review_by: 2026-11-01\n    confidence: low\n"
    path.write_text(path.read_text("utf-8") + dates, "utf-8")
    return Listing(read_written(folder))


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await Store.open(f"sqlite+aiosqlite:///{tmp_path / 'x.db'}")
    yield store
    await store.close()


def found(listing: Listing, **asked: str) -> list[str]:
    filters = Filters.read(lambda name: asked.get(name, ""))
    stats = {FORGOT: EntryStats(1, 9, 5, 1, 4), OTP: EntryStats(2, 20, 7, 8, 1)}
    return [row.written.entry.id for row in listing.rows(filters, stats, TODAY)]


def test_words_are_found_with_and_without_accents(listing: Listing) -> None:
    """In titles, ids, phrasings and answers; every word must be there."""
    assert found(listing, q="Mật Khẩu VNeID quên") == [FORGOT]
    assert found(listing, q="mat khau nhap sai") == [FORGOT]
    assert found(listing, q="bhyt_kham") == ["bhyt_kham_benh"]
    assert found(listing, q="quay tiep don") == ["bhyt_kham_benh"]
    assert found(listing, q="không có gì như vậy zzz") == []


def test_what_was_searched_for_stands_nearest_first(tmp_path: Path) -> None:
    """Title, then one phrasing, then words that stand anywhere, each in the order of the file."""
    entries = {
        "a": ("Cài ứng dụng", ["mất máy thì sao", "thẻ căn cước để đâu"]),
        "b": ("Khóa tài khoản", ["mat the can cuoc co bi khoa khong"]),
        "c": ("Xác minh bằng thẻ căn cước", ["quét thẻ", "xác minh mật khẩu"]),
        "d": ("Bị mất thẻ Căn cước", ["làm lại thẻ"]),
        "e": ("Mất căn cước gắn chip", ["rơi thẻ"]),
    }
    text = "topic: {id: t, title: T}\nentries:\n" + "".join(
        f"- {{id: {name}, title: {title}, phrasings: {json.dumps(asked)}, answer: Đáp.}}\n"
        for name, (title, asked) in entries.items()
    )
    (tmp_path / "t.yaml").write_text(text, "utf-8")
    made = Listing(read_written(tmp_path))
    assert found(made, q="mat can cuoc") == ["d", "e", "b", "a", "c"]
    assert found(made, q="mất căn cước", xep="chu-de") == ["d", "e", "b", "a", "c"]
    assert found(made, q="mat can cuoc", xep="ten") == ["d", "a", "b", "e", "c"]
    assert [one.entry.id for one in made.found("mat can cuoc", 4)] == ["d", "e", "b", "a"]
    search = EntrySearch(load(tmp_path))
    assert [one.id for one in search.find("mat can cuoc")] == ["d", "e", "b", "a", "c"]


def test_each_care_finds_what_needs_it(listing: Listing) -> None:
    """By its dates, its confidence, and what people thought of it."""
    assert found(listing, can_xem="sap-het-han") == ["bhyt_kham_benh"]
    assert found(listing, can_xem="sap-het-han", ngay="5") == []
    assert found(listing, can_xem="qua-han-ra-soat") == ["bhyt_kham_benh"]
    assert found(listing, can_xem="do-tin-cay-thap") == ["bhyt_kham_benh"]
    assert found(listing, can_xem="bi-che") == [FORGOT]
    assert FORGOT not in found(listing, can_xem="chua-ai-hoi")
    assert found(listing, loai="signpost") == ["khan_cap"]


def test_every_count_is_the_length_of_its_list(listing: Listing) -> None:
    """A number is a promise of what a click shows."""
    stats = {FORGOT: EntryStats(1, 9, 5, 1, 4)}
    counts = listing.counts(Filters(topic="vneid"), stats, TODAY)
    for care in Care:
        rows = listing.rows(Filters(topic="vneid", care=care), stats, TODAY)
        assert counts[care] == len(rows)


def test_the_list_is_sorted_as_asked(listing: Listing) -> None:
    """Most asked first, least liked first, soonest review first."""
    assert found(listing, xep="luot-hoi")[:2] == [OTP, FORGOT]
    assert found(listing, xep="hai-long")[:2] == [FORGOT, OTP]
    assert found(listing, xep="ra-soat")[0] == "bhyt_kham_benh"


def test_while_figures_are_counted_nothing_is_called_never_asked(listing: Listing) -> None:
    """What is not known yet is no zero."""
    assert listing.rows(Filters(care=Care.NEVER_HIT), None, TODAY) == []


def test_nonsense_in_an_address_asks_for_nothing() -> None:
    """Old bookmarks and typed addresses show the whole list."""
    nonsense = {"ngay": "-5", "trang": "²", "xep": "x", "loai": "y", "can_xem": "z"}
    assert Filters.read(lambda name: nonsense.get(name, "")) == Filters()


def test_filters_come_back_from_their_address() -> None:
    """So that a page of a filtered list can be sent to a colleague."""
    filters = Filters("vneid", "t", None, Care.ENDING, 60, Order.HITS, 3)
    assert Filters.read(lambda name: filters.query().get(name, "")) == filters


def test_entries_are_suggested_titles_first(listing: Listing) -> None:
    """What is named so comes before what only mentions it."""
    assert listing.found("mat khau", 5)[0].entry.id == FORGOT
    titled = {one.entry.id for one in listing.found("can cuoc", 3)}
    assert titled == {"bhyt_kham_benh", "can_cuoc_cap_lai", "can_cuoc_doi"}


async def test_figures_count_turns_people_and_opinions(store: Store) -> None:
    """Only of the last months, and only turns that were answered."""
    day = dt.timedelta(days=1)
    turns = [
        turn("a", NOW - day),
        turn("a", NOW - 40 * day),
        turn("b", NOW - 50 * day, Status.CHOSEN),
        turn("b", NOW - 100 * day),
        turn("c", NOW - day, Status.UNKNOWN_WEAK),
    ]
    ids = [await store.add_turn(one) for one in turns]
    await store.rate(ids[0], user_key="a", useful=True, at=NOW)
    await store.rate(ids[2], user_key="b", useful=False, at=NOW)
    figures = EntryFigures(store, lambda: NOW)
    assert await figures.of(FORGOT) == EntryStats(lately=1, hits=3, people=2, useful=1, useless=1)
    assert await figures.of("khac") == EntryStats()


async def test_figures_are_counted_anew_only_after_some_minutes(store: Store) -> None:
    """However many officials look."""
    now = NOW
    figures = EntryFigures(store, lambda: now)
    assert await figures.of(FORGOT) == EntryStats()
    await store.add_turn(turn("a", NOW))
    assert await figures.of(FORGOT) == EntryStats()
    now = NOW + dt.timedelta(minutes=6)
    await figures.all()  # begins to count, and does not wait for it
    await figures.settled()
    counted = await figures.of(FORGOT)
    assert counted is not None
    assert counted.hits == 1


async def test_a_store_that_fails_costs_the_figures_only(store: Store) -> None:
    """The pages are shown without them."""
    await store.close()
    assert await EntryFigures(store, lambda: NOW).all() is None


def turn(person: str, at: dt.datetime, status: Status = Status.ANSWERED) -> TurnRecord:
    return TurnRecord(
        at=at,
        channel="web",
        user_key=person,
        content=Content.TEXT,
        text="câu hỏi",
        status=status,
        entry=FORGOT,
    )


async def test_history_and_near_clusters_are_those_of_the_entry(store: Store) -> None:
    """New entries and edits of it; clusters that are open and to which it is the likeliest."""

    def put(connection: Connection) -> None:
        for edits in (
            [{"edit": "set_fields", "entry": FORGOT, "fields": {}}],
            [{"edit": "new_entry", "topic": "vneid", "entry": {"id": FORGOT}}],
            [{"edit": "set_fields", "entry": OTP, "fields": {}}],
            [{"edit": "add_out_of_scope", "questions": ["x"]}],
        ):
            connection.execute(insert(proposals).values(edits=edits, **PROPOSAL))
        for entry, closed in ((FORGOT, None), (OTP, None), (FORGOT, NOW)):
            likely = [{"entry": entry, "score": 0.4}]
            connection.execute(insert(clusters).values(likely=likely, closed_at=closed, **CLUSTER))

    await store.write(put)
    history = await store.read(lambda c: entry_history(c, FORGOT, limit=9), long=True)
    assert [one.id for one in history] == [2, 1]
    near = await store.read(lambda c: near_clusters(c, FORGOT, limit=9), long=True)
    assert [(one.id, one.score) for one in near] == [(1, 0.4)]


PROPOSAL = {
    "version": 1,
    "state": "draft",
    "title": "Sửa",
    "author": "lan",
    "created_at": NOW,
    "changed_at": NOW,
    "base": {},
    "clusters": [],
    "note": "",
}
CLUSTER = {
    "version": 1,
    "state": "open",
    "title": "hỏi gì đó",
    "turns": 3,
    "people": 2,
    "first_at": NOW,
    "last_at": NOW,
    "trend": 1.0,
    "rank": 1.0,
    "channels": {},
    "reasons": {},
}


def shown(reply: Reply) -> dict[str, Preview]:
    return {one.name: one for one in previews([reply])}


def text_of(preview: Preview) -> str:
    return "".join(run.text for bubble in preview.bubbles for run in bubble.runs)


def test_a_preview_says_what_the_channels_say() -> None:
    """Bold where the channel shows bold, the buttons it offers, links that it links."""
    reply = Reply(
        Status.ANSWERED,
        "**Được.** Làm ngay 😀 nhé.",
        sections=(Section("fee", "💵", "Chi phí", ("**Miễn phí**",)),),
        sources=(Link("Luật", "https://vanban.chinhphu.vn"),),
        choices=(Choice("e:x", "Câu khác"),),
        asks_feedback=True,
    )
    by = shown(reply)
    bold = [run.text for b in by["telegram"].bubbles for run in b.runs if run.bold]
    assert bold == ["Được.", "💵 Chi phí", "Miễn phí"]
    assert by["telegram"].bubbles[0].buttons == ("Câu khác", "👍 Có ích", "👎 Chưa đúng")
    assert [run.href for run in by["telegram"].bubbles[0].runs if run.href] == [
        "https://vanban.chinhphu.vn"
    ]
    bold = [run.text for b in by["zalo-bot"].bubbles for run in b.runs if run.bold]
    assert bold[0] == "Được."
    assert "Miễn phí" in bold
    assert "1. Câu khác" in by["zalo-oa"].bubbles[0].buttons
    assert "<strong>Được.</strong>" in str(by["web"].page)


def test_hostile_text_stays_text_in_every_preview() -> None:
    """Whatever an editor typed, no preview holds a script or a link that is none."""
    by = shown(Reply(Status.ANSWERED, HOSTILE))
    assert "<script>" not in str(by["web"].page)
    for name in ("telegram", "zalo-oa", "zalo-bot"):
        assert '<script>alert("x")</script> &' in text_of(by[name])
        assert not any(run.href for bubble in by[name].bubbles for run in bubble.runs)


def test_a_long_answer_shows_its_messages() -> None:
    """Cut as the channel cuts it, each within its limit."""
    by = shown(Reply(Status.ANSWERED, "Một câu khá dài để lặp lại. " * 200))
    assert len(by["zalo-oa"].bubbles) > 1
    assert all(b.units <= b.limit for one in by.values() for b in one.bubbles)


def test_an_unknown_topic_is_called_by_its_id(listing: Listing) -> None:
    """A topic without a name of its own still stands in the list."""
    faq: WrittenFaq = listing.faq
    assert faq.topic_title("la_lam") == "la_lam"
