"""The review queue's pages: what they show, what they decide, and what is kept when it fails."""

from __future__ import annotations

import asyncio
import re
import shutil
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.console import queue_words as words
from bot.console.office import Person, Role
from bot.console.queue import QueueArea
from bot.console.queue_search import EntrySearch
from bot.editing import AddPhrasings
from bot.proposals.proposal import Published
from bot.proposals.proposal import State as Proposed
from bot.review import showing
from bot.review.cluster import Progress, State
from bot.review.outcomes import Outcomes
from bot.store import subscriptions
from tests.officials import client, opened
from tests.queue_console import (
    EVIL,
    FIRST_WORDS,
    HOSTILE,
    LIKELY,
    NOW,
    OTHER_WORDS,
    OTP,
    OTP_WORDS,
    RESIDENCE,
    gather,
    lost,
    some_questions,
)
from tests.sample_faq import sample_faq

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    import httpx

    from bot.console.office import Office
    from bot.review.cluster import Cluster
    from tests.officials import Client

LIST = "/quan-tri/cau-hoi"
_VERSION = re.compile(r'name="version" value="(\d+)"')
_TO_CHOOSE = re.compile(r'name="chon" value="(\d+:\d+)"')


@pytest.fixture
async def empty(tmp_path: Path) -> AsyncIterator[Office]:
    async with opened(tmp_path, now=lambda: NOW) as made:
        yield made


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where an office with some questions is kept: each test works on a copy."""

    async def fill(home: Path) -> None:
        async with opened(home, now=lambda: NOW) as made:
            await some_questions(made)

    home = tmp_path_factory.mktemp("filled")
    asyncio.run(fill(home))
    return home


@pytest.fixture
async def made(filled: Path, tmp_path: Path) -> AsyncIterator[Office]:
    shutil.copytree(filled, tmp_path, dirs_exist_ok=True)
    async with opened(tmp_path, now=lambda: NOW) as made:
        yield made


async def official(made: Office, name: str = "lan", role: Role = Role.EDITOR) -> Client:
    return await client(made, [QueueArea(made, made.review)], role, name)


@pytest.fixture
async def lan(made: Office) -> Client:
    return await official(made)


@pytest.fixture
async def minh(made: Office) -> Client:
    return await official(made, "minh", Role.REVIEWER)


async def page(who: Client, path: str = "") -> str:
    answer = await who.get(LIST + path)
    assert answer.status_code == 200
    return answer.text


async def decide(who: Client, number: int, **fields: Any) -> httpx.Response:
    """Open a cluster's page and send its form."""
    (version, *_) = _VERSION.findall(await page(who, f"/{number}"))
    return await who.post(f"{LIST}/{number}", version=version, **fields)


async def cluster(made: Office, number: int) -> Cluster:
    found = await made.review.cluster(number)
    assert found
    return found


async def state(made: Office, number: int) -> State:
    return (await cluster(made, number)).row.state


async def test_the_list_tells_how_many_people_ask_and_the_likeliest_entry(lan: Client) -> None:
    """A row has the question, its people, its trend in words, channels and the nearest entry."""
    text = await page(lan)
    title = sample_faq().catalog.entries[LIKELY[0]].title
    for shown in (OTP_WORDS[0], ">41<", "mới", "3 giờ trước", "Zalo OA, Web", title, "0,42"):
        assert shown in text


async def test_an_entry_that_is_hardly_near_is_not_proposed(empty: Office) -> None:
    """One press must not put questions into an entry that has nothing to do with them."""
    await gather(empty, *lost("đặt tên shop otp cho hay", score=0.01))
    lan = await official(empty)
    listed, one = await page(lan), await page(lan, "/1")

    assert 'value="accept"' not in listed
    assert f'value="{LIKELY[0]}"' in one  # to be chosen on purpose
    assert not re.search(r'type="radio"[^>]* checked', one)


async def test_an_empty_queue_says_when_questions_come(empty: Office) -> None:
    """Nobody is left before a blank page; with filters the page says how to drop them."""
    lan = await official(empty)
    assert "sẽ hiện ở đây" in await page(lan)
    assert "bớt điều kiện" in await page(lan, "?q=abc")


async def test_the_list_shows_how_far_gathering_came(made: Office, lan: Client) -> None:
    """While the intake works, its progress is told with numbers; later nothing is."""
    made.review.gather(Progress(12_300, 100_000))
    assert "12.300 / 100.000" in await page(lan)
    made.review.gather(None)
    assert "Đang xếp" not in await page(lan)


@pytest.mark.parametrize("query", ["trang=-3", "trang=" + "9" * 400, "trang_thai=x", "trang=²"])
async def test_nonsense_in_the_address_is_left_out(lan: Client, query: str) -> None:
    """An address that somebody mistyped still shows the list or says that nothing fits."""
    assert "Câu hỏi chưa được trả lời" in await page(lan, f"?{query}")


async def test_accepting_leads_to_the_proposal(made: Office, lan: Client) -> None:
    """The chosen questions go to the chosen entry, and the next page is the proposal's."""
    answer = await decide(lan, OTP, act="accept", entry=LIKELY[1], cau=[str(OTHER_WORDS)])
    proposal = await made.proposals.get(1)
    assert (answer.status_code, answer.headers["location"]) == (303, "/quan-tri/thay-doi/1")
    assert proposal.edits == (AddPhrasings(LIKELY[1], (OTP_WORDS[1],)),)
    assert (proposal.author, proposal.clusters) == ("lan", (OTP,))


async def test_accepted_from_the_list_and_taken_back(made: Office, lan: Client) -> None:
    """The list shows no questions, so its button means all of them; undo withdraws the proposal."""
    await decide(lan, OTP, act="accept", entry=LIKELY[1], tat_ca="1")
    (edit,) = (await made.proposals.get(1)).edits
    assert isinstance(edit, AddPhrasings)
    assert set(edit.phrasings) == set(OTP_WORDS)
    text = await page(lan, f"/{OTP}")
    assert "chờ công bố" in text
    assert "Sẽ được trả lời ở mục" in text
    assert "Nay được trả lời" not in text
    assert "bỏ đánh dấu" not in text
    assert 'type="radio"' not in text
    assert f'name="cau" value="{FIRST_WORDS}"' in text  # to be split off or moved
    assert OTP_WORDS[0] not in await page(lan)
    last = await made.review.last_of("lan")
    assert last
    await lan.post(f"{LIST}/hoan-tac", decision=str(last.id))
    assert (await made.proposals.get(1)).state is Proposed.WITHDRAWN
    assert OTP_WORDS[0] in await page(lan)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"act": "accept", "cau": [str(FIRST_WORDS)]}, "Chưa chọn mục nào"),
        ({"act": "accept", "entry": "xoa_roi", "cau": [str(FIRST_WORDS)]}, "Không còn mục"),
        ({"act": "accept", "entry": LIKELY[0]}, "Chưa chọn câu nào"),
        ({"act": "split"}, "Chưa chọn câu nào"),
        ({"act": "move", "cau": [str(FIRST_WORDS)], "other": str(OTP)}, "Chưa rõ nhóm kia"),
        ({"act": "merge", "other": "99"}, "Không có nhóm 99"),
        ({"act": "x"}, "Chưa làm gì"),
        ({}, "Chưa làm gì"),
    ],
)
async def test_what_cannot_be_done_is_told_and_changes_nothing(
    made: Office, lan: Client, fields: dict[str, Any], said: str
) -> None:
    """The page comes back, says what is missing, and the cluster is as it was."""
    before = await cluster(made, OTP)
    answer = await decide(lan, OTP, **fields)
    assert answer.status_code == 422
    assert said in answer.text
    assert await cluster(made, OTP) == before
    assert await made.proposals.list() == []


async def test_two_reviewers_at_once_decide_once_and_keep_what_was_chosen(
    made: Office, lan: Client, minh: Client
) -> None:
    """The slower one is told who was faster, sees the new state, and loses no choice."""
    (version, *_) = _VERSION.findall(await page(lan, f"/{OTP}"))
    await decide(minh, OTP, act="ignore")
    seen = {"version": version, "entry": LIKELY[1], "cau": str(OTHER_WORDS)}
    answer = await lan.post(f"{LIST}/{OTP}", act="accept", **seen)
    assert answer.status_code == 409
    assert f"minh vừa xử lý nhóm {OTP} trước bạn. Việc bạn yêu cầu chưa được làm." in answer.text
    assert "tình trạng hiện tại; nếu vẫn cần thì bấm lại" in answer.text
    assert "đã bỏ qua" in answer.text
    assert f'value="{LIKELY[1]}" checked' in answer.text
    assert f'name="cau" value="{OTHER_WORDS}" checked' in answer.text
    assert f'name="cau" value="{FIRST_WORDS}">' in answer.text
    assert await made.proposals.list() == []


async def test_ignored_by_mistake_comes_back_with_one_press(made: Office, lan: Client) -> None:
    """The list offers to take back what this person did last."""
    await decide(lan, RESIDENCE, act="ignore")
    offered = re.search(
        r'id="hoan-tac".*?name="decision" value="(\d+)"', await page(lan), re.DOTALL
    )
    assert offered
    await lan.post(f"{LIST}/hoan-tac", decision=offered[1])
    assert await state(made, RESIDENCE) is State.OPEN


async def test_a_batch_leaves_what_somebody_else_changed(
    made: Office, lan: Client, minh: Client
) -> None:
    """Of several clusters only those are ignored whose newest version was seen."""
    seen = _TO_CHOOSE.findall(await page(lan))
    await decide(minh, RESIDENCE, act="case_data")
    await lan.post(f"{LIST}/nhieu", act="ignore", chon=seen)
    states = [await state(made, number) for number in (OTP, RESIDENCE, EVIL)]
    assert states == [State.IGNORED, State.CASE_DATA, State.IGNORED]


async def test_a_batch_merges_into_the_first(made: Office, lan: Client) -> None:
    """The one that stands first keeps its number and gets the questions of the others."""
    seen = _TO_CHOOSE.findall(await page(lan))
    await lan.post(f"{LIST}/nhieu", act="merge", chon=seen[:2])
    texts = [one.text for one in (await cluster(made, OTP)).samples]
    assert sorted(texts) == sorted([*OTP_WORDS, "đăng ký tạm trú ở đâu"])
    assert await made.review.cluster(RESIDENCE) is None


async def test_near_clusters_are_merged_from_the_page_and_taken_back_there(
    made: Office, lan: Client
) -> None:
    """The page offers what may ask the same, takes in what is ticked, and undoes one by one."""
    await gather(made, *lost("otp bị mất thì sao", 3), *lost("mất mã otp rồi", 2))
    offered = _TO_CHOOSE.findall(await page(lan, f"/{OTP}/gan"))
    assert len(offered) == 2
    answer = await lan.post(f"{LIST}/{OTP}/gop", chon=offered)
    text = (await lan.follow(answer)).text
    assert "Đã gộp 2 nhóm vào nhóm này." in text
    assert "gộp nhóm 8 vào nhóm này" in text
    assert len((await cluster(made, OTP)).samples) == 4
    assert "Không có nhóm nào khác gần giống" in await page(lan, f"/{OTP}/gan")
    for left in (3, 2):
        shown = await page(lan, f"/{OTP}")
        made_last = re.search(r'id="hoan-tac".*?name="decision" value="(\d+)"', shown, re.DOTALL)
        assert made_last
        await lan.post(f"{LIST}/hoan-tac", decision=made_last[1], ve=str(OTP))
        assert len((await cluster(made, OTP)).samples) == left


async def test_nothing_is_merged_into_what_somebody_dealt_with(
    made: Office, lan: Client, minh: Client
) -> None:
    """Who chose nothing, or was slower than somebody else, is told so."""
    answer = await lan.post(f"{LIST}/{OTP}/gop")
    assert "đánh dấu ít nhất một nhóm" in (await lan.follow(answer)).text
    await decide(minh, OTP, act="ignore")
    answer = await lan.post(f"{LIST}/{OTP}/gop", chon=f"{RESIDENCE}:1")
    assert "vừa được người khác xử lý" in (await lan.follow(answer)).text
    assert await made.review.cluster(RESIDENCE)


async def test_the_batch_goes_back_to_the_list_and_nowhere_else(lan: Client) -> None:
    """An address that a form carries is read for its filters, never followed."""
    answer = await lan.post(f"{LIST}/nhieu", act="ignore", ve="https://xau.example/?q=otp")
    assert answer.headers["location"] == f"{LIST}?q=otp"


async def test_a_new_entry_is_drafted_from_the_chosen_questions(lan: Client) -> None:
    """The editor opens on the cluster and the ticked questions; no words travel in the address."""
    answer = await decide(lan, OTP, act="draft", cau=[str(OTHER_WORDS)])
    address = urlsplit(answer.headers["location"])
    assert address.path == "/quan-tri/muc/moi"
    assert parse_qs(address.query) == {"nhom": [str(OTP)], "cau": [str(OTHER_WORDS)]}


async def test_a_viewer_sees_and_decides_nothing(made: Office) -> None:
    """A viewer's pages hold no form that posts, and a post is refused."""
    viewer = await official(made, "hoa", Role.VIEWER)
    for path in ("", f"/{OTP}"):
        assert 'method="post"' not in (await page(viewer, path)).partition("<main")[2]
    version = str((await cluster(made, OTP)).row.version)
    answer = await viewer.post(f"{LIST}/{OTP}", act="ignore", version=version)
    assert answer.status_code == 403
    assert await state(made, OTP) is State.OPEN


async def test_others_see_who_is_looking(lan: Client, minh: Client) -> None:
    """Somebody who opened a cluster is named in the list of the others, not in the own one."""
    await minh.post(f"{LIST}/{OTP}/xem")
    assert "đang xem" in await page(lan)
    await lan.post(f"{LIST}/{OTP}/xem")
    assert "đang xem" not in await page(lan)


async def test_citizens_words_stay_words(lan: Client) -> None:
    """No wording becomes markup, on either page."""
    for path in ("", f"/{EVIL}"):
        text = await page(lan, path)
        assert "<img" not in text
        assert HOSTILE[1] not in text
        assert "&lt;img src=x" in text


async def test_a_cluster_that_is_gone_says_where_it_is(made: Office, lan: Client) -> None:
    """A merged cluster's page leads to where its questions are now, through several merges."""
    version = (await cluster(made, OTP)).row.version
    await made.review.merge(OTP, version, by="hoa", other=RESIDENCE)
    answer = await lan.get(f"{LIST}/4")
    assert answer.status_code == 404
    assert "Nhóm 4 đã được gộp" in answer.text
    assert f'nay ở <a href="{LIST}/{RESIDENCE}">nhóm {RESIDENCE}</a>' in answer.text
    assert "Có thể nhóm đã được gộp" in (await lan.get(f"{LIST}/99")).text


@pytest.mark.parametrize("words", ["khong nhan otp", "vneid_khong_nhan_otp", "NHẬN OTP"])
def test_an_entry_is_found_by_its_words_with_or_without_accents(words: str) -> None:
    """Title, id and phrasings are searched, whatever the case and the accents."""
    found = EntrySearch(sample_faq().catalog).find(words)
    assert "vneid_khong_nhan_otp" in [entry.id for entry in found]


async def test_the_start_page_tells_what_waits(empty: Office) -> None:
    """Numbers of open clusters and of today's."""
    area = QueueArea(empty, empty.review)
    assert await area.summary() == "Không còn nhóm câu hỏi nào đang chờ."
    await gather(empty, *lost("một"), *lost("hai", at=NOW - timedelta(days=1)))
    assert await area.summary() == "2 nhóm đang chờ, 1 nhóm mới hôm nay."


async def test_filters_are_kept_from_page_to_page(empty: Office) -> None:
    """The next page, and the way back from a batch, keep what was filtered; more stays open."""
    await gather(empty, *(turn for number in range(31) for turn in lost(f"otp lần {number}")))
    lan = await official(empty)
    text = await page(lan, "?q=otp&kenh=web")
    assert 'href="/quan-tri/cau-hoi?kenh=web&amp;q=otp&amp;trang=2"' in text
    assert '<details class="more" open>' in text
    assert "Trang 2 / 2" in await page(lan, "?q=otp&kenh=web&trang=2")


async def test_what_was_done_is_told_on_the_page(made: Office, lan: Client) -> None:
    """A closed cluster names its entry, its change, and how many people were told."""
    await Outcomes(made.store, lambda: NOW).published(
        Published(7, "lan", (LIKELY[0],), (OTP,), ())
    )
    for turn in (1, 2):  # the first two of all turns ask this
        waits = partial(subscriptions.add, turn=turn, user_key=f"người {turn}", at=NOW)
        told = partial(subscriptions.told, number=turn, entry=LIKELY[0], at=NOW)
        assert await made.store.write(waits)
        assert await made.store.write(told)
    text = await page(lan, f"/{OTP}")
    assert 'href="/quan-tri/muc/vneid_khong_nhan_otp"' in text
    assert 'href="/quan-tri/thay-doi/7"' in text
    assert "Đã báo cho 2 người đăng ký" in text


async def test_undo_is_offered_only_where_it_can_be(made: Office, lan: Client) -> None:
    """Neither after publishing nor after rolling back: both are taken back on the change's page."""
    await decide(lan, OTP, act="accept", entry=LIKELY[1], tat_ca="1")
    assert 'id="hoan-tac"' in await page(lan, f"/{OTP}")
    number = (await cluster(made, OTP)).proposal
    assert number
    person = Person(0, "lan", Role.EDITOR)
    await made.proposals.trial(number)
    await made.proposals.publish(number, person)
    text = await page(lan, f"/{OTP}")
    assert f"đóng khi công bố thay đổi {number} (" in text
    assert "Nay được trả lời ở mục" in text
    assert 'id="hoan-tac"' not in text + await page(lan)
    await made.proposals.roll_back(number, person)
    assert 'id="hoan-tac"' not in await page(lan, f"/{OTP}") + await page(lan)
    assert await state(made, OTP) is State.OPEN


def test_a_trend_needs_a_week_to_compare_with() -> None:
    """A cluster that began in these seven days is new; later its trend is told."""
    stored: dict[str, Any] = {
        **dict.fromkeys(("claimed_at", "claimed_by")),
        **dict.fromkeys(("id", "version", "people", "turns"), 1),
        "state": "open",
        "title": "",
        "likely": [],
        "last_at": NOW,
        "channels": {},
    }
    told = [
        words.trend(showing.row({**stored, "first_at": NOW - timedelta(days=days)}, trend, NOW))
        for days, trend in ((6, 42.0), (8, 42.0), (8, 1.0), (8, 0.5))
    ]
    assert told == [("", "mới"), ("↑", "tăng"), ("→", "đều"), ("↓", "giảm")]


@pytest.mark.parametrize(
    ("reasons", "readings", "shown"),
    [
        ({"unknown:weak": 60}, 50, False),
        ({"unknown:weak": 1, "feedback": 2}, 3, False),
        ({"unknown:weak": 10, "feedback": 60}, 50, True),
        ({"unknown:weak": 1, "feedback": 1, "abandoned": 1, "unknown:expired": 1}, 4, True),
    ],
)
async def test_reasons_are_counted_where_the_sentences_tell_less(
    made: Office, reasons: dict[str, int], readings: int, *, shown: bool
) -> None:
    """What the sentences above say already is not said twice."""
    told = ["một câu"] * min(len(reasons), 3)
    one = replace(await cluster(made, OTP), reasons=reasons, why=told, readings=readings)
    assert words.counts(one) == (reasons if shown else {})


async def test_looking_at_what_is_gone_and_undoing_twice_end_in_words(
    made: Office, lan: Client
) -> None:
    """Neither a merged cluster nor a decision that was taken back before makes an error page."""
    assert (await lan.post(f"{LIST}/99/xem")).status_code == 204
    await decide(lan, RESIDENCE, act="ignore")
    last = await made.review.last_of("lan")
    assert last
    for said in ("Đã hoàn tác", "đã được hoàn tác"):
        answer = await lan.post(f"{LIST}/hoan-tac", decision=str(last.id))
        assert answer.headers["location"] == LIST
        assert said in await page(lan)
    assert await state(made, RESIDENCE) is State.OPEN
