"""The review queue's pages: what they show, what they decide, and what is kept when it fails."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.console.queue import QueueArea
from bot.console.queue_search import EntrySearch
from bot.review.cluster import Progress, State
from tests.fakes.review_desk import ReviewInMemory, cluster
from tests.queue_console import HOSTILE, LIKELY, official, some_review
from tests.sample_faq import sample_faq


async def post(desk: ReviewInMemory, path: str, *, name: str = "lan", **fields: Any) -> Any:
    async with official(desk, name) as client:
        return await client.post(path, data=fields)


async def page(desk: ReviewInMemory, path: str, role: str = "editor") -> str:
    async with official(desk, role=role) as client:
        response = await client.get(path)
        assert response.status_code == 200
        return response.text


async def test_the_list_tells_how_many_people_ask_and_the_likeliest_entry() -> None:
    """A row has the question, its people, its trend in words, channels and the nearest entry."""
    text = await page(some_review(), "/cau-hoi")
    title = sample_faq().catalog.entries["vneid_khong_nhan_otp"].title
    for shown in (
        "ko nhan dc ma otp",
        ">41<",
        "tăng",
        "3 giờ trước",
        "Zalo OA, Web",
        title,
        "0,42",
    ):
        assert shown in text


async def test_an_empty_queue_says_when_questions_come() -> None:
    """Nobody is left before a blank page; with filters the page says how to drop them."""
    assert "sẽ hiện ở đây" in await page(ReviewInMemory(), "/cau-hoi")
    assert "bớt điều kiện" in await page(ReviewInMemory(), "/cau-hoi?q=abc")


async def test_the_list_shows_how_far_gathering_came() -> None:
    """While the intake works, its progress is told with numbers; later nothing is."""
    desk = some_review()
    desk.gathered = Progress(12_300, 100_000)
    assert "12.300 / 100.000" in await page(desk, "/cau-hoi")
    desk.gathered = None
    assert "Đang xếp" not in await page(desk, "/cau-hoi")


@pytest.mark.parametrize("query", ["trang=-3", "trang=" + "9" * 400, "trang_thai=x", "trang=²"])
async def test_nonsense_in_the_address_is_left_out(query: str) -> None:
    """An address that somebody mistyped still shows the list or says that nothing fits."""
    assert "Câu hỏi chưa được trả lời" in await page(some_review(), f"/cau-hoi?{query}")


async def test_accepting_leads_to_the_proposal() -> None:
    """The chosen questions go to the chosen entry, and the next page is the proposal's."""
    desk = some_review()
    answer = await post(
        desk, "/cau-hoi/1", act="accept", version="1", entry=LIKELY[1].entry, cau=["100"]
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/quan-tri/thay-doi/7")
    assert desk.accepted == [(1, "vneid_quen_mat_khau", (100,))]


async def test_accepting_from_the_list_takes_all_questions() -> None:
    """The list shows no questions, so its button means the whole cluster."""
    desk = some_review()
    await post(desk, "/cau-hoi/1", act="accept", version="1", entry=LIKELY[0].entry, tat_ca="1")
    assert desk.accepted == [(1, "vneid_khong_nhan_otp", ())]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"act": "accept", "cau": ["100"]}, "Chưa chọn mục nào"),
        ({"act": "accept", "entry": "xoa_roi", "cau": ["100"]}, "Không còn mục"),
        ({"act": "accept", "entry": LIKELY[0].entry}, "Chưa chọn câu nào"),
        ({"act": "split"}, "Chưa chọn câu nào"),
        ({"act": "move", "cau": ["100"], "other": "1"}, "Chưa rõ nhóm kia"),
        ({"act": "merge", "other": "99"}, "Không có nhóm 99"),
        ({"act": "x"}, "Chưa làm gì"),
        ({}, "Chưa làm gì"),
    ],
)
async def test_what_cannot_be_done_is_told_and_changes_nothing(
    fields: dict[str, Any], said: str
) -> None:
    """The page comes back, says what is missing, and the cluster is as it was."""
    desk = some_review()
    before = dict(desk.clusters)
    answer = await post(desk, "/cau-hoi/1", version="1", **fields)
    assert answer.status_code == 422
    assert said in answer.text
    assert desk.clusters == before


async def test_two_reviewers_at_once_decide_once_and_keep_what_was_chosen() -> None:
    """The slower one is told who was faster, sees the new state, and loses no choice."""
    desk = some_review()
    await post(desk, "/cau-hoi/1", name="minh", act="ignore", version="1")
    answer = await post(
        desk, "/cau-hoi/1", act="accept", version="1", entry=LIKELY[1].entry, cau=["101"]
    )
    assert answer.status_code == 409
    assert "minh vừa xử lý nhóm này trước bạn" in answer.text
    assert "đã bỏ qua" in answer.text
    assert f'value="{LIKELY[1].entry}" checked' in answer.text
    assert 'value="101" checked' in answer.text
    assert 'value="100" checked' not in answer.text
    assert desk.accepted == []


async def test_ignored_by_mistake_comes_back_with_one_press() -> None:
    """The list offers to take back what this person did last."""
    desk = some_review()
    await post(desk, "/cau-hoi/2", act="ignore", version="1")
    assert 'id="hoan-tac"' in await page(desk, "/cau-hoi")
    await post(desk, "/cau-hoi/hoan-tac", decision="1")
    assert desk.clusters[2].row.state is State.OPEN


async def test_a_batch_leaves_what_somebody_else_changed() -> None:
    """Of several clusters only those are ignored whose newest version was seen."""
    desk = some_review()
    await post(desk, "/cau-hoi/2", name="minh", act="case_data", version="1")
    await post(desk, "/cau-hoi/nhieu", act="ignore", chon=["1:1", "2:1", "3:1"])
    states = [desk.clusters[number].row.state for number in (1, 2, 3)]
    assert states == [State.IGNORED, State.CASE_DATA, State.IGNORED]


async def test_a_batch_merges_into_the_first() -> None:
    """The one that stands first keeps its number and gets the questions of the others."""
    desk = some_review()
    await post(desk, "/cau-hoi/nhieu", act="merge", chon=["1:1", "2:1"])
    assert [one.text for one in desk.clusters[1].samples][-1] == "đăng ký tạm trú ở đâu"
    assert 2 not in desk.clusters


async def test_the_batch_goes_back_to_the_list_and_nowhere_else() -> None:
    """An address that a form carries is read for its filters, never followed."""
    answer = await post(
        some_review(), "/cau-hoi/nhieu", act="ignore", ve="https://xau.example/?q=otp"
    )
    assert answer.headers["location"] == "/quan-tri/cau-hoi?q=otp"


async def test_a_new_entry_is_drafted_from_the_chosen_questions() -> None:
    """The editor opens with the cluster, the likeliest topic, a title and the ticked wordings."""
    answer = await post(some_review(), "/cau-hoi/1", act="draft", version="1", cau=["101"])
    address = urlsplit(answer.headers["location"])
    assert address.path == "/quan-tri/muc/moi"
    assert parse_qs(address.query) == {
        "nhom": ["1"],
        "chu_de": ["vneid"],
        "ten": ["ko nhan dc ma otp"],
        "cach_hoi": ["otp mai không về"],
    }


async def test_a_viewer_sees_and_decides_nothing() -> None:
    """A viewer's pages hold no form that posts, and a post is refused."""
    desk = some_review()
    for path in ("/cau-hoi", "/cau-hoi/1"):
        assert 'method="post"' not in (await page(desk, path, "viewer")).partition("<main")[2]
    async with official(desk, role="viewer") as client:
        answer = await client.post("/cau-hoi/1", data={"act": "ignore", "version": "1"})
    assert answer.status_code == 403
    assert desk.clusters[1].row.state is State.OPEN


async def test_others_see_who_is_looking() -> None:
    """Somebody who opened a cluster is named in the list of the others, not in the own one."""
    desk = some_review()
    await post(desk, "/cau-hoi/1/xem", name="minh")
    assert "đang xem" in await page(desk, "/cau-hoi")
    await post(desk, "/cau-hoi/1/xem", name="lan")
    assert "đang xem" not in await page(desk, "/cau-hoi")


async def test_citizens_words_stay_words() -> None:
    """No wording becomes markup, on either page."""
    desk = some_review()
    for path in ("/cau-hoi", "/cau-hoi/3"):
        text = await page(desk, path)
        assert "<img" not in text
        assert HOSTILE[1] not in text
        assert "&lt;img src=x" in text


async def test_a_cluster_that_is_gone_says_where_it_may_be() -> None:
    """A link to a merged cluster ends in a sentence, not in an error."""
    async with official(some_review()) as client:
        answer = await client.get("/cau-hoi/99")
    assert answer.status_code == 404
    assert "được gộp" in answer.text


@pytest.mark.parametrize("words", ["khong nhan otp", "vneid_khong_nhan_otp", "NHẬN OTP"])
def test_an_entry_is_found_by_its_words_with_or_without_accents(words: str) -> None:
    """Title, id and phrasings are searched, whatever the case and the accents."""
    found = EntrySearch(sample_faq().catalog).find(words)
    assert "vneid_khong_nhan_otp" in [entry.id for entry in found]


async def test_the_start_page_tells_what_waits() -> None:
    """Numbers of open clusters and of today's."""
    desk = ReviewInMemory()
    area = QueueArea(None, desk)  # type: ignore[arg-type]  # a summary needs no office
    assert await area.summary() == "Không còn nhóm câu hỏi nào đang chờ."
    desk.put(cluster(1, "một"), cluster(2, "hai"))
    assert await area.summary() == "2 nhóm đang chờ, 1 nhóm mới hôm nay."


async def test_filters_are_kept_from_page_to_page() -> None:
    """The next page, and the way back from a batch, keep what was filtered; more stays open."""
    desk = ReviewInMemory()
    desk.put(*(cluster(number, f"otp lần {number}") for number in range(1, 31)))
    text = await page(desk, "/cau-hoi?q=otp&kenh=web")
    assert 'href="/quan-tri/cau-hoi?kenh=web&amp;q=otp&amp;trang=2"' in text
    assert '<details class="more" open>' in text
    assert "Trang 2 / 2" in await page(desk, "/cau-hoi?q=otp&kenh=web&trang=2")


async def test_what_was_done_is_told_on_the_page() -> None:
    """A closed cluster names its entry, its change, and how many people were told."""
    desk = some_review()
    desk.clusters[1] = replace(
        desk.clusters[1], entry="vneid_khong_nhan_otp", proposal=7, told=1200
    )
    text = await page(desk, "/cau-hoi/1")
    assert 'href="/quan-tri/muc/vneid_khong_nhan_otp"' in text
    assert 'href="/quan-tri/thay-doi/7"' in text
    assert "1.200 người đăng ký" in text


async def test_looking_at_what_is_gone_and_undoing_twice_end_in_words() -> None:
    """Neither a merged cluster nor a decision that was taken back before makes an error page."""
    desk = some_review()
    assert (await post(desk, "/cau-hoi/99/xem")).status_code == 204
    await post(desk, "/cau-hoi/2", act="ignore", version="1")
    for _ in range(2):
        answer = await post(desk, "/cau-hoi/hoan-tac", decision="1")
        assert answer.headers["location"] == "/quan-tri/cau-hoi"
    assert desk.clusters[2].row.state is State.OPEN
