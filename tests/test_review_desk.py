"""The reviewers' desk over a real store: what it shows, what it decides, and what an undo restores."""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.editing import AddPhrasings
from bot.messages import Content, Status
from bot.proposals.proposal import Published
from bot.proposals.proposal import State as Proposed
from bot.review.cluster import Filters, ReviewError, StaleError, State
from bot.review.intake import Intake
from bot.review.outcomes import Outcomes
from bot.review.recheck import Recheck
from bot.store import TurnRecord
from bot.store.review_schema import clusters, flagged, questions
from tests.officials import clock, close, office
from tests.sample_faq import asks_back, changed, sample_faq

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.console.office import Office
    from bot.faq import Faq
    from bot.review.desk import Desk

NOW = clock()
LOST = TurnRecord(
    at=NOW - timedelta(hours=2),
    channel="web",
    user_key="lan",
    content=Content.TEXT,
    text="quên pát cốt",
    normalised="quen pat cot",
    status=Status.UNKNOWN_WEAK,
)
ENTRY = "vneid_quen_mat_khau"


def asked(text: str, *people: str, **other: Any) -> list[TurnRecord]:
    return [replace(LOST, text=text, normalised=text, user_key=who, **other) for who in people]


@pytest.fixture
async def desk_office(tmp_path: Path) -> AsyncIterator[Office]:
    made = await office(tmp_path)
    await made.store.add_turns(
        [
            *asked("quên pát cốt", "lan", "minh", "hoa"),
            *asked("nhập sai pát cốt", "an", channel="zalo_oa"),
            *asked("chợ phiên họp ngày nào", "lan"),
        ]
    )
    await Intake(made.store).run(NOW)
    yield made
    await close(made)


@pytest.fixture
def desk(desk_office: Office) -> Desk:
    return desk_office.review


@pytest.fixture
def outcomes(desk_office: Office) -> Outcomes:
    return Outcomes(desk_office.store, clock)


def digested(faq: Faq, digest: str) -> Faq:
    """The same FAQ, known as another version of its files."""
    return replace(faq, catalog=replace(faq.catalog, digest=digest))


async def titles(desk: Desk, **filters: Any) -> list[str]:
    return [row.title for row in (await desk.queue(Filters(**filters))).rows]


async def test_the_queue_begins_with_what_most_people_ask(desk: Desk) -> None:
    """Distinct people count; filters narrow it; the number found is told."""
    page = await desk.queue(Filters())
    assert (page.rows[0].title, page.rows[0].people, page.found) == ("quên pát cốt", 3, 3)
    assert await titles(desk, channel="zalo_oa") == ["nhập sai pát cốt"]
    assert await titles(desk, words="CHỢ phien") == ["chợ phiên họp ngày nào"]
    assert await titles(desk, reason="feedback") == []
    assert await titles(desk, state="ignored") == []
    assert await titles(desk, topic="khong_co") == []
    assert await titles(desk, page=9) == []


async def test_a_cluster_tells_who_asked_how_and_why(desk: Desk) -> None:
    """Wordings with their people, reasons in words."""
    cluster = await desk.cluster(1)
    assert cluster
    assert [(one.text, one.people) for one in cluster.samples] == [("quên pát cốt", 3)]
    assert cluster.why == ["Không mục nào đủ gần."]
    assert await desk.cluster(99) is None


async def test_accepting_makes_a_proposal_of_masked_texts(desk: Desk, desk_office: Office) -> None:
    """What goes into the FAQ's files has no number of a citizen in it, nor a hole where it was."""
    await desk_office.store.add_turns(asked("cccd 001203004567 quên pát cốt", "bay"))
    await Intake(desk_office.store).run(NOW)
    number = next(
        row.id for row in (await desk.queue(Filters())).rows if row.title.startswith("cccd")
    )
    proposal = await desk.accept(number, 1, by="minh", entry=ENTRY, questions=())
    edits = (await desk_office.proposals.get(proposal)).edits
    assert edits == (AddPhrasings(ENTRY, ("cccd quên pát cốt",)),)
    cluster = await desk.cluster(number)
    assert cluster
    assert (cluster.row.state, cluster.entry, cluster.proposal) == (
        State.ACCEPTED,
        ENTRY,
        proposal,
    )


async def test_the_slower_reviewer_is_told_and_changes_nothing(
    desk: Desk, desk_office: Office
) -> None:
    """Two on the same version: the second hears who was first, and makes no proposal."""
    await desk.ignore(1, 1, by="lan")
    with pytest.raises(StaleError, match="lan vừa xử lý nhóm 1"):
        await desk.accept(1, 1, by="minh", entry=ENTRY, questions=())
    with pytest.raises(StaleError):
        await desk.case_data(1, 1, by="minh")
    assert await desk_office.proposals.list() == []
    assert await titles(desk, state="ignored") == ["quên pát cốt"]


async def test_an_undo_gives_up_what_was_not_published(desk: Desk, desk_office: Office) -> None:
    """The cluster waits again and its proposal is withdrawn."""
    proposal = await desk.accept(1, 1, by="lan", entry=ENTRY, questions=())
    last = await desk.last_of("lan")
    assert last
    assert await desk.undo(last.id, by="lan") == 1
    assert (await desk_office.proposals.get(proposal)).state is Proposed.WITHDRAWN
    cluster = await desk.cluster(1)
    assert cluster
    assert (cluster.row.state, cluster.entry, cluster.proposal) == (State.OPEN, None, None)
    with pytest.raises(ReviewError, match="hoàn tác"):
        await desk.undo(last.id, by="lan")


async def test_publishing_closes_and_rolling_back_opens(desk: Desk, outcomes: Outcomes) -> None:
    """The clusters that a proposal names follow it."""
    told = Published(7, "lan", (ENTRY,), (1,), ("vneid.yaml",))
    await outcomes.published(told)
    cluster = await desk.cluster(1)
    assert cluster
    assert (cluster.row.state, cluster.entry) == (State.CLOSED, ENTRY)
    await outcomes.rolled_back(told)
    assert "quên pát cốt" in await titles(desk)


async def test_what_is_dismissed_stays_so_and_what_was_closed_opens_again(
    desk: Desk, desk_office: Office, outcomes: Outcomes
) -> None:
    """New turns join an ignored cluster in silence; a closed one waits again."""
    await desk.ignore(1, 1, by="lan")
    await outcomes.published(Published(7, "lan", (ENTRY,), (2,), ()))
    later = {"at": clock() + timedelta(minutes=1)}
    await desk_office.store.add_turns(asked("quên pát cốt", "tam", **later))
    await desk_office.store.add_turns(asked("nhập sai pát cốt", "tam", **later))
    await Intake(desk_office.store).run(NOW + timedelta(hours=1))
    ignored, closed = await desk.cluster(1), await desk.cluster(2)
    assert ignored
    assert closed
    assert (ignored.row.state, ignored.row.people) == (State.IGNORED, 4)
    assert (closed.row.state, closed.history[0].account) == (State.OPEN, "hoidap")


async def test_what_the_faq_answers_by_now_closes_by_itself(
    desk: Desk, desk_office: Office
) -> None:
    """A question that has an answer is no work; one that was disliked stays."""
    known = "lấy lại mật khẩu vneid"
    disliked = replace(
        asked("đặt lại mật khẩu tài khoản định danh", "lan")[0], status=Status.ANSWERED
    )
    (turn,) = await desk_office.store.add_turns([disliked])
    await desk_office.store.rate(turn, user_key="lan", useful=False, at=NOW)
    await desk_office.store.add_turns(asked(known, "lan"))
    await Intake(desk_office.store).run(NOW)
    recheck = Recheck(desk_office.store, sample_faq, clock)
    assert (await recheck.run(), await recheck.run()) == (1, 0)
    assert await titles(desk, state="closed") == [known]


async def test_what_a_person_opened_again_stays_open(desk: Desk, desk_office: Office) -> None:
    """The recheck closes it once; a person knows better, whatever the FAQ becomes."""
    await desk_office.store.add_turns(asked("lấy lại mật khẩu vneid", "lan"))
    await Intake(desk_office.store).run(NOW)
    first, second = sample_faq(), changed(sample_faq(), "vneid_doi_so", title="Khác")
    faq = [first]
    recheck = Recheck(desk_office.store, lambda: faq[0], clock)
    assert await recheck.run() == 1
    (row,) = (await desk.queue(Filters(state="closed"))).rows
    await desk.reopen(row.id, row.version, by="lan")
    faq[0] = digested(second, "khác")
    assert await recheck.run() == 0


async def test_a_close_that_is_taken_back_is_not_made_again(
    desk: Desk, desk_office: Office
) -> None:
    """To undo it is to say that the answer does not fit."""
    await desk_office.store.add_turns(asked("lấy lại mật khẩu vneid", "lan"))
    await Intake(desk_office.store).run(NOW)
    faq = [sample_faq()]
    recheck = Recheck(desk_office.store, lambda: faq[0], clock)
    assert await recheck.run() == 1
    (row,) = (await desk.queue(Filters(state="closed"))).rows
    found = await desk.cluster(row.id)
    assert found
    await desk.undo(found.history[0].id, by="lan")
    faq[0] = digested(changed(sample_faq(), "vneid_doi_so", title="Khác"), "khác")
    assert await recheck.run() == 0


async def test_a_search_needs_no_accents_and_no_capitals(desk: Desk) -> None:
    """As citizens' words are written in every way, so are the officials'."""
    found = [
        await desk.queue(Filters(words=words)) for words in ("quên pát", "QUEN PAT", "Pát CỘT")
    ]
    assert [page.found for page in found] == [1, 1, 2]


async def test_what_is_unticked_waits_on_in_a_cluster_of_its_own(desk: Desk) -> None:
    """Accepted or out of scope: only what was chosen goes, and the rest is asked for still."""
    await desk.merge(2, 1, by="lan", other=1)
    merged = await desk.cluster(1)
    assert merged
    chosen, other = (one.id for one in merged.samples)
    proposal = await desk.accept(
        1, merged.row.version, by="lan", entry=ENTRY, questions=[chosen], apart=[other]
    )
    assert proposal
    assert "nhập sai pát cốt" in await titles(desk, state="open")
    accepted = await desk.cluster(1)
    assert accepted
    assert [one.id for one in accepted.samples] == [chosen]


async def test_what_is_not_answered_any_more_waits_again(desk: Desk, desk_office: Office) -> None:
    """A change was taken back: what had closed because of it opens by itself."""
    await desk_office.store.add_turns(asked("lấy lại mật khẩu vneid", "lan"))
    await Intake(desk_office.store).run(NOW)
    faq = [sample_faq()]
    recheck = Recheck(desk_office.store, lambda: faq[0], clock)
    assert await recheck.run() == 1
    faq[0] = digested(asks_back(), "khác")
    assert await recheck.run() == 0
    assert "lấy lại mật khẩu vneid" in await titles(desk)


async def test_questions_are_split_moved_and_merged(desk: Desk) -> None:
    """Counts follow; what is empty is gone from the list until an undo."""
    await desk.merge(2, 1, by="lan", other=1)
    merged = await desk.cluster(1)
    assert merged
    assert (merged.row.people, await desk.cluster(2)) == (4, None)
    part = next(one.id for one in merged.samples if one.text.startswith("nhập"))
    made = await desk.split(1, merged.row.version, by="lan", questions=[part])
    split = await desk.cluster(made)
    assert split
    assert split.row.title == "nhập sai pát cốt"
    with pytest.raises(ReviewError, match="Không có nhóm 99"):
        await desk.move(made, 1, by="lan", questions=[part], other=99)
    with pytest.raises(ReviewError, match="ít nhất một câu"):
        await desk.split(made, 1, by="lan", questions=[])


async def test_open_clusters_that_may_ask_the_same_are_found(
    desk: Desk, desk_office: Office
) -> None:
    """The likest first; neither itself, nor what is unlike, nor what somebody dealt with."""
    near = await desk.near(1)
    assert [one.row.title for one in near] == ["nhập sai pát cốt"]
    assert 0.2 <= near[0].likeness < 1
    assert await desk.near(99) == []
    await desk.ignore(2, 1, by="minh")
    assert await desk.near(1) == []
    await desk_office.store.erase("an")
    assert await desk.near(2) == []


async def test_a_merge_is_told_and_taken_back_where_it_led(desk: Desk) -> None:
    """The cluster that took the questions in has the merge in its history."""
    await desk.merge(2, 1, by="minh", other=1)
    cluster = await desk.cluster(1)
    assert cluster
    (made,) = cluster.history
    assert (made.cluster, made.action, made.account) == (2, "merge", "minh")
    assert await desk.undo(made.id, by="lan") == 2
    cluster = await desk.cluster(1)
    assert cluster
    assert [one.text for one in cluster.samples] == ["quên pát cốt"]


async def test_the_trail_has_no_citizens_words(desk: Desk, desk_office: Office) -> None:
    """It stays when a citizen's data is erased."""
    await desk.accept(1, 1, by="lan", entry=ENTRY, questions=())
    await desk.ignore(3, 1, by="lan")
    notes = str(await desk_office.trail.notes(_all()))
    assert "review_accept" in notes
    assert "pát cốt" not in notes


def _all() -> Any:
    from bot.store.trail import Wanted  # noqa: PLC0415  # used here alone

    return Wanted()


ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(["ignore", "case_data", "reopen", "merge", "split", "move", "undo"]),
        st.integers(1, 6),
        st.integers(1, 6),
    ),
    max_size=12,
)


@settings(max_examples=15)
@given(ACTIONS)
def test_whatever_is_done_counts_are_right_and_undoing_it_all_restores(
    actions: list[tuple[str, int, int]],
) -> None:
    """After any actions and undos each question is in one cluster, counted as it is flagged.

    Then everything that stands is taken back, the newest first: all is as it was at first.
    """
    asyncio.run(_whatever(actions))


@pytest.mark.parametrize(
    "actions",
    [
        [("merge", 1, 2), ("merge", 2, 3), ("undo", 0, 1)],
        [("split", 3, 1), ("ignore", 5, 1), ("undo", 0, 1), ("undo", 0, 2)],
        [("split", 3, 1), ("merge", 5, 1), ("undo", 0, 1), ("undo", 0, 2), ("undo", 0, 1)],
    ],
)
def test_an_older_decision_is_kept_while_a_newer_one_rests_on_it(
    actions: list[tuple[str, int, int]],
) -> None:
    """No cluster comes back without questions; taken back in order, everything does."""
    asyncio.run(_whatever(actions))


async def _whatever(actions: list[tuple[str, int, int]]) -> None:
    with tempfile.TemporaryDirectory() as home:
        made = await office(Path(home))
        try:
            await made.store.add_turns(
                [turn for n in range(4) for turn in asked(f"câu {n}", *"abcde"[: n + 1])]
            )
            await Intake(made.store).run(NOW)
            before = await _seats(made)
            for action in actions:
                await _do(made.review, *action)
                await _check(made)
            while last := await made.review.last_of("lan"):
                await made.review.undo(last.id, by="minh")
                await _check(made)
            assert await _seats(made) == before
        finally:
            await close(made)


async def _do(desk: Any, action: str, number: int, other: int) -> None:
    cluster = await desk.cluster(number)
    try:
        if action == "undo":
            await desk.undo(other, by="lan")
        elif cluster:
            version, ids = cluster.row.version, [one.id for one in cluster.samples][:other]
            more: dict[str, dict[str, Any]] = {
                "merge": {"other": other},
                "move": {"questions": ids, "other": other},
                "split": {"questions": ids},
            }
            await getattr(desk, action)(number, version, by="lan", **more.get(action, {}))
    except ReviewError:
        pass


async def _seats(made: Office) -> list[tuple[Any, ...]]:
    """Which questions are in which clusters, and what those wait for."""
    query = (
        select(clusters.c.id, clusters.c.state, clusters.c.entry, questions.c.text)
        .join(questions, questions.c.cluster_id == clusters.c.id)
        .order_by(questions.c.id)
    )
    return await made.store.read(lambda connection: [*map(tuple, connection.execute(query))])


async def _check(made: Office) -> None:
    query = select(
        questions.c.cluster_id, flagged.c.user_key, flagged.c.channel, flagged.c.reason
    ).join(flagged, flagged.c.question_id == questions.c.id)

    def all_of(connection: Any) -> Any:
        return connection.execute(select(clusters)).all(), connection.execute(query).all()

    kept, rows = await made.store.read(all_of)
    assert len(rows) == 10  # 1 + 2 + 3 + 4
    assert {row.cluster_id for row in rows} == {one.id for one in kept if one.state != "merged"}
    for cluster in kept:
        own = [row for row in rows if row.cluster_id == cluster.id]
        if own:
            counted = (cluster.turns, cluster.people, cluster.channels, cluster.reasons)
            assert counted == (
                len(own),
                len({row.user_key for row in own}),
                Counter(row.channel for row in own),
                Counter(row.reason for row in own),
            )
