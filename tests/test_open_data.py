"""Open data: nobody can be found in what is published, and what was published stays."""

from __future__ import annotations

import datetime as dt
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, insert, update

from bot.messages import Content, Status
from bot.open_data import publication
from bot.open_data.months import CHANNEL, NO_TOPIC, OTHERS, TOPIC, TOTAL, Tally
from bot.open_data.partition import Crowd, partition
from bot.open_data.publication import OpenData, Public
from bot.open_data.releases import ReleaseError, checked_title
from bot.store import Store, TurnRecord
from bot.store.open_data import Known, Numbers
from bot.store.review_schema import clusters, flagged, open_months, questions
from bot.store.trail import Wanted
from bot.trail import Trail
from tests.sample_faq import sample_faq

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence
    from pathlib import Path

FLOOR = 5
NOVEMBER = dt.datetime(2026, 11, 26, 5, 0, tzinfo=dt.UTC)
OCTOBER = dt.datetime(2026, 10, 10, 5, 0, tzinfo=dt.UTC)
OTP, LOST = "vneid_khong_nhan_otp", "vneid_quen_mat_khau"
TITLE = "Không nhận được mã OTP khi đăng nhập"

# --- cells: who could be told apart by somebody who knows every rule


def cells_of(counts: Sequence[int], floor: int) -> dict[str, Crowd]:
    """Cells in which every question was asked by somebody else: the easiest to see through."""
    made = {}
    for name, count in zip("abcdef", counts, strict=False):
        made[name] = Crowd()
        made[name].add(count, [f"{name}{n}" for n in range(count)], floor)
    return made


def told(counts: Sequence[int], floor: int) -> tuple[tuple[str, int], ...]:
    """What a reader sees of a table of one dimension."""
    cells = cells_of(counts, floor)
    parts = partition(cells, floor)
    if parts.is_empty:
        return ()
    rows = [(name, cells[name].weight) for name in parts.alone]
    return (*rows, (OTHERS, sum(cells[name].weight for name in parts.others)))


@pytest.mark.parametrize("floor", [3, 4, 5])
@pytest.mark.parametrize("size", [2, 3])
def test_no_small_cell_follows_from_what_is_published(floor: int, size: int) -> None:
    """Of all worlds that would be published alike, none agree on what a small cell holds.

    Whoever knows the rules, how many questions there were, and that each was another person's
    still cannot tell the number of a cell with fewer people than the floor.
    """
    worlds: dict[Any, list[tuple[int, ...]]] = {}
    for counts in product(range(10), repeat=size):
        worlds.setdefault(told(counts, floor), []).append(counts)
    looked = 0
    for seen, alike in worlds.items():
        for counts in alike if seen else ():
            for place, count in enumerate(counts):
                if 0 < count < floor:
                    assert len({other[place] for other in alike}) > 1, (seen, counts)
                    looked += 1
    assert looked > 20


def tables(rows: Sequence[int], columns: Sequence[int]) -> Iterator[tuple[tuple[int, ...], ...]]:
    """Every table of two rows with these sums."""
    for upper in product(*(range(total + 1) for total in columns)):
        lower = tuple(total - above for total, above in zip(columns, upper, strict=True))
        if (sum(upper), sum(lower)) == tuple(rows):
            yield (upper, lower)


@given(st.lists(st.lists(st.integers(0, 6), min_size=3, max_size=3), min_size=2, max_size=2))
def test_channels_and_topics_together_tell_of_no_small_cell(table: list[list[int]]) -> None:
    """Two published margins leave every small inner cell open: its number could be another."""
    floor = 4
    margins = [sum(row) for row in table], [sum(column) for column in zip(*table, strict=True)]
    seen = tuple(told(margin, floor) for margin in margins)
    if not all(seen):
        return
    rows = [(a, sum(margins[0]) - a) for a in range(sum(margins[0]) + 1)]
    alike = [
        other
        for row in rows
        if told(row, floor) == seen[0]
        for column in product(range(sum(margins[0]) + 1), repeat=3)
        if sum(column) == sum(row) and told(column, floor) == seen[1]
        for other in tables(row, column)
    ]
    for (r, row), c in product(enumerate(table), range(3)):
        if 0 < row[c] < floor:
            assert len({other[r][c] for other in alike}) > 1


class Event(NamedTuple):
    """Somebody asked, was shown an entry, and perhaps rated it."""

    channel: str
    person: int
    entry: str
    useful: bool | None

    def cell(self, group: str) -> str:
        """The cell of a table that it falls into."""
        return self.channel if group == CHANNEL else TOPICS.get(self.entry, NO_TOPIC)

    @property
    def key(self) -> str:
        """Who it was, on this channel."""
        return f"{self.channel}{self.person}"


TOPICS = {OTP: "otp", LOST: "account"}
EVENTS = st.lists(
    st.builds(
        Event,
        st.sampled_from(["web", "zalo_oa", "telegram"]),
        st.integers(0, 12),
        st.sampled_from([OTP, LOST, "gone"]),
        st.sampled_from([None, True, False]),
    ),
    max_size=80,
)


@given(EVENTS, st.integers(1, 4))
def test_every_row_has_enough_people_and_the_rows_add_up(events: list[Event], days: int) -> None:
    """However a month is cut into days; a person counts once, and a share has enough raters."""
    tally = Tally(FLOOR, TOPICS)
    for day in range(days):
        tally.add(numbers(events[day::days], tally.known))
    rows = tally.rows()
    assert bool(rows) == (len({event.key for event in events}) >= FLOOR)
    for group in (CHANNEL, TOPIC):
        own = {row["id"]: row for row in rows if row["group"] == group}
        untold = set()
        for event in events:
            row = own.get(event.cell(group), own.get(OTHERS))
            if event.useful is not None and (row is None or row["satisfaction"] is None):
                untold.add(event.key)
        for name, row in own.items():
            inside = [
                e for e in events if (e.cell(group) if e.cell(group) in own else OTHERS) == name
            ]
            raters = {event.key for event in inside if event.useful is not None}
            assert len({event.key for event in inside}) >= FLOOR
            assert row["questions" if group == CHANNEL else "answers_shown"] == len(inside)
            assert row["satisfaction"] is None or len(raters) >= FLOOR
        # the share of the whole is told too: whoever is not in the other shares is in a crowd
        if rows and rows[0]["satisfaction"] is not None:
            assert not untold or len(untold) >= FLOOR
        assert not own or sum(_number(row) for row in own.values()) == len(events)


def test_a_share_that_is_not_told_does_not_follow_from_the_others() -> None:
    """Two rated on Telegram: the channel with the fewest ratings keeps its share back as well."""
    raters = {"web": 7, "zalo_oa": 6, "telegram": 2, "zalo_bot": 8}
    tally = Tally(FLOOR, TOPICS)
    events = [
        Event(channel, person, OTP, True if person < rated else None)
        for channel, rated in raters.items()
        for person in range(9)
    ]
    tally.add(numbers(events, tally.known))
    shares = {row["id"]: row["satisfaction"] for row in tally.rows() if row["group"] == CHANNEL}
    assert shares == {"web": 1.0, "zalo_oa": None, "telegram": None, "zalo_bot": 1.0}


def _number(row: dict[str, Any]) -> int:
    return int(row["answers_shown"] if row["group"] == TOPIC else row["questions"])


def numbers(events: Sequence[Event], known: Known) -> Numbers:
    """What the database would count of these events."""
    return Numbers(
        asked=[(event.channel, Status.ANSWERED.value, 1) for event in events],
        askers=[(e.channel, e.key) for e in events if e.channel not in known.channels],
        shown=[(event.entry, 1) for event in events],
        readers=[(e.entry, e.key) for e in events if e.entry not in known.entries],
        rated=[
            (e.channel, e.entry, e.key, int(e.useful), 1) for e in events if e.useful is not None
        ],
    )


# --- a month, from real turns


def turn(person: str, *, at: dt.datetime = OCTOBER, channel: str = "web", entry: str | None = OTP,
         status: Status = Status.ANSWERED) -> TurnRecord:  # fmt: skip
    return TurnRecord(at, channel, person, Content.TEXT, "hoi", "hoi", status, entry, latency_ms=9)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await Store.open(f"sqlite+aiosqlite:///{tmp_path / 'hoidap.db'}")
    yield store
    await store.close()


class Clock:
    """The time, for a test to move."""

    def __init__(self, now: dt.datetime = NOVEMBER) -> None:
        self.now = now

    def __call__(self) -> dt.datetime:
        return self.now


def open_data(store: Store, clock: Clock, floor: int = FLOOR) -> OpenData:
    catalog = sample_faq().catalog
    return OpenData(
        store, Trail(store, clock), lambda: catalog, clock, floor=floor, publisher="UBND xã"
    )


async def a_month(store: Store) -> None:
    """Six people on the web, five on Zalo, two on Telegram; one asked in vain; six rated."""
    web = await store.add_turns([turn(f"w{n}") for n in range(6)])
    await store.add_turns([turn(f"z{n}", channel="zalo_oa", entry=LOST) for n in range(5)])
    await store.add_turns(
        [
            turn("t0", channel="telegram"),
            turn("t1", channel="telegram", entry=None, status=Status.UNKNOWN_WEAK),
            turn("w0", at=NOVEMBER),
        ]
    )
    for number, turn_id in enumerate(web):
        await store.rate(turn_id, user_key=f"w{number}", useful=number > 0, at=OCTOBER)


def row(public: Public, group: str, name: str = "") -> dict[str, Any]:
    (found,) = [each for each in public.of("2026-10", group) if each["id"] == name]
    return found


async def test_a_month_is_told_as_far_as_enough_people_are_behind_it(store: Store) -> None:
    """Two on Telegram are told together with five on Zalo; the running month is not told."""
    await a_month(store)
    public = await open_data(store, Clock()).public()
    assert public.months == ["2026-10"]
    total = row(public, TOTAL)
    assert (total["questions"], total["answered"], total["unknown"]) == (13, 12, 1)
    assert (total["answers_shown"], total["satisfaction"]) == (12, 0.83)
    assert {each["id"] for each in public.of("2026-10", CHANNEL)} == {"web", OTHERS}
    others = row(public, CHANNEL, OTHERS)
    assert (others["title"], others["questions"], others["unknown"]) == ("Các kênh khác", 7, 1)
    assert row(public, CHANNEL, "web")["satisfaction"] == 0.83
    assert [each["answers_shown"] for each in public.of("2026-10", TOPIC)] == [12]


async def test_a_month_with_too_few_people_is_not_told_at_all(store: Store) -> None:
    """Four people asked a hundred times: they are still four people."""
    await store.add_turns([turn(f"w{n % 4}") for n in range(100)])
    public = await open_data(store, Clock()).public()
    assert public.rows == []


async def test_what_was_published_stays(store: Store) -> None:
    """An erasure, a later rating and another floor change nothing: nobody can compare two versions."""
    await a_month(store)
    clock = Clock()
    before = await open_data(store, clock).public()
    await store.erase("w0")
    await store.add_turns([turn("late")])
    clock.now += dt.timedelta(days=3)
    after = await open_data(store, clock, floor=6).public()
    assert after.rows == before.rows


async def test_a_month_in_pieces_tells_the_same(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a month has many turns it is read day by day, and nobody counts twice."""
    for day in range(4):
        later = OCTOBER + dt.timedelta(days=day)
        await store.add_turns([turn(f"w{n}", at=later) for n in range(4)])
    monkeypatch.setattr(publication, "_AT_ONCE", 1)
    assert (await open_data(store, Clock()).public()).rows == []
    await store.add_turns([turn("w4", at=OCTOBER + dt.timedelta(days=5))])
    clock = Clock(NOVEMBER + dt.timedelta(days=1))
    await store.write(lambda connection: connection.execute(delete(open_months)))
    assert row(await open_data(store, clock).public(), TOTAL)["questions"] == 17


async def test_a_month_is_over_some_days_after_its_end(store: Store) -> None:
    """On the second of November October is not counted yet, on the third it is."""
    await a_month(store)
    clock = Clock(dt.datetime(2026, 11, 2, 16, 0, tzinfo=dt.UTC))
    data = open_data(store, clock)
    assert (await data.public()).months == []
    clock.now += dt.timedelta(hours=2)
    assert (await data.public()).months == ["2026-10"]


async def test_the_database_is_asked_once_an_hour(store: Store) -> None:
    """What was read is given again for an hour."""
    clock = Clock()
    data = open_data(store, clock)
    first = await data.public()
    clock.now += dt.timedelta(minutes=59)
    assert await data.public() is first
    clock.now += dt.timedelta(minutes=1)
    assert await data.public() is not first


# --- clusters that officials release


async def cluster(store: Store, people: int, *, at: dt.datetime = OCTOBER) -> int:
    """An open cluster that so many people asked."""
    ids = await store.add_turns([turn(f"p{n}", at=at) for n in range(people)])

    def write(connection: Any) -> int:
        values = {
            "version": 1, "state": "open", "title": "ko nhan dc ma otp", "turns": people,
            "people": people, "first_at": at, "last_at": at, "trend": 1, "rank": 1,
            "channels": {}, "reasons": {}, "likely": [],
        }  # fmt: skip
        made = connection.execute(insert(clusters).values(values).returning(clusters.c.id))
        number = int(made.scalar_one())
        asked = {"cluster_id": number, "key": f"k{number}", "text": "ko nhan dc ma otp"}
        rest = {"turns": people, "people": people, "last_at": at, "likely": [], "folded": ""}
        question = connection.execute(
            insert(questions).values(asked | rest).returning(questions.c.id)
        ).scalar_one()
        for place, turn_id in enumerate(ids):
            flag = {"turn_id": turn_id, "question_id": question, "user_key": f"p{place}"}
            more = {"channel": "web", "at": at, "reason": "unknown:weak"}
            connection.execute(insert(flagged).values(flag | more))
        return number

    return await store.write(write)


async def test_a_released_cluster_is_told_in_a_band(store: Store) -> None:
    """Title, the month it began, and how many people roughly; never an exact number."""
    number = await cluster(store, 12)
    data = open_data(store, Clock())
    assert (await data.public()).unanswered == []
    await data.releases.release(number, f"  {TITLE} ", by="lan")
    (asked,) = (await data.public()).unanswered
    assert (asked.title, asked.since, asked.people) == (TITLE, "2026-10", "10–19")
    await data.releases.take_back(number, by="lan")
    assert (await data.public()).unanswered == []


async def test_releasing_and_taking_back_are_in_the_trail(store: Store) -> None:
    """Who released which title, and who took it back."""
    number = await cluster(store, 12)
    data, trail = open_data(store, Clock()), Trail(store, Clock())
    await data.releases.release(number, TITLE, by="lan")
    await data.releases.take_back(number, by="minh")
    notes = [
        (n.account, n.action, n.object, n.before, n.after) for n in await trail.notes(Wanted())
    ]
    assert notes == [
        ("minh", "open_data_take_back", f"cluster:{number}", {"title": TITLE}, None),
        ("lan", "open_data_release", f"cluster:{number}", None, {"title": TITLE}),
    ]


@pytest.mark.parametrize(
    ("people", "at", "state"),
    [
        (FLOOR - 1, OCTOBER, "open"),
        (12, NOVEMBER, "open"),  # the month is not over
        (12, OCTOBER, "closed"),
        (12, OCTOBER, "ignored"),
        (12, OCTOBER, "case_data"),
        (12, OCTOBER, "out_of_scope"),
    ],
)
async def test_what_may_not_be_told_waits(
    store: Store, people: int, at: dt.datetime, state: str
) -> None:
    """Too few people, people of the running month, answered or set aside: officials see why."""
    number = await cluster(store, people, at=at)
    data = open_data(store, Clock())
    await data.releases.release(number, TITLE, by="lan")
    own = update(clusters).where(clusters.c.id == number).values(state=state)
    await store.write(lambda connection: connection.execute(own))
    public = await data.public()
    assert public.unanswered == []
    assert [waiting.cluster for waiting in public.waiting] == [number]


async def test_an_erasure_cannot_be_seen_in_a_band(store: Store) -> None:
    """Of twenty people one erases; what is told stays until the next month, and then too."""
    number = await cluster(store, 20)
    clock = Clock()
    data = open_data(store, clock)
    await data.releases.release(number, TITLE, by="lan")
    before = (await data.public()).unanswered
    await store.erase("p0")
    clock.now += dt.timedelta(days=40)
    assert [each.people for each in before] == ["20–49"]
    assert (await data.public()).unanswered == before


async def test_a_cluster_that_was_erased_takes_its_title_along(store: Store) -> None:
    """When nobody is left who asked, nothing is."""
    number = await cluster(store, 1)
    data = open_data(store, Clock())
    await data.releases.release(number, TITLE, by="lan")
    await store.erase("p0")
    assert await data.releases.title_of(number) is None


@pytest.mark.parametrize(
    ("title", "told"),
    [
        ("ngắn", "4 ký tự"),
        ("a" * 121, "121 ký tự"),
        ("hai dòng chữ\nxuống dòng", "một dòng"),
        ("chữ \u202eđảo ngược ở đây", "một dòng"),
        ("Ông A hỏi về số 0912345678 bị khóa", "[số điện thoại]"),
        ("Hồ sơ của người có CCCD 001099012345", "[số giấy tờ]"),
    ],
)
def test_a_title_that_may_not_be_published_is_refused(title: str, told: str) -> None:
    """The sentence says what is wrong."""
    with pytest.raises(ReleaseError) as refused:
        checked_title(title)
    assert told in str(refused.value)


async def test_a_citizens_own_words_are_no_title(store: Store) -> None:
    """Not even with other capitals or marks."""
    number = await cluster(store, 12)
    with pytest.raises(ReleaseError, match="lời của cơ quan"):
        await open_data(store, Clock()).releases.release(number, "Ko nhan  dc ma OTP!", by="lan")


async def test_a_cluster_that_is_not_there_or_answered_is_not_released(store: Store) -> None:
    """Officials are told which."""
    releases = open_data(store, Clock()).releases
    with pytest.raises(ReleaseError, match="Không có nhóm 99"):
        await releases.release(99, TITLE, by="lan")
    with pytest.raises(ReleaseError, match="chưa được công bố"):
        await releases.take_back(99, by="lan")
    number = await cluster(store, 12)
    await store.write(
        lambda connection: connection.execute(update(clusters).values(state="closed"))
    )
    with pytest.raises(ReleaseError, match="không còn chờ trả lời"):
        await releases.release(number, TITLE, by="lan")
