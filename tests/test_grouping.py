"""Questions that ask the same thing land in one group, and stay there."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intents.grouping import Grouping, Likely
from tests.sample_faq import sample_faq

Asked = tuple[str, Likely]
OTP: list[Asked] = [
    ("mất mã otp vneid", (("vneid_khong_nhan_otp", 0.4), ("vneid_doi_so", 0.1))),
    ("ko nhan dc ma OTP cua vneid", (("vneid_khong_nhan_otp", 0.5),)),
]
RICE: list[Asked] = [
    ("giấy phép bán rượu làm thế nào", (("can_cuoc_cap_lai", 0.001),)),
    ("xin giay phep ban ruou", ()),
]
HOSTILE = (
    "",
    "   ",
    "\x00\u202e",
    "a" * 4000,
    "ạ̣̣̣" * 500,
    "1 2 3 " * 600,
    "🙂" * 4000,
    "' OR 1=1; --",
)


def empty() -> Grouping:
    return Grouping.of(sample_faq().knowledge)


def fill(grouping: Grouping, asked: list[Asked], first: int = 1) -> list[int]:
    """Place and add questions as the review does; the group of each."""
    groups = []
    for number, (text, likely) in enumerate(asked, first):
        placed = grouping.place(text, likely)
        groups.append(number if placed.group is None else placed.group)
        grouping.add(f"q{number}", groups[-1], text, likely)
    return groups


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_well_separated_groups_do_not_depend_on_the_order(order: tuple[int, ...]) -> None:
    """Whichever question comes first, the same questions end up together."""
    asked = [*OTP, *RICE]
    groups = dict(zip(order, fill(empty(), [asked[at] for at in order]), strict=True))
    assert groups[0] == groups[1]
    assert groups[2] == groups[3]
    assert groups[0] != groups[2]


def test_accents_and_shorthand_do_not_separate() -> None:
    """The same words without accents and in shorthand are as like as can be."""
    grouping = empty()
    grouping.add("q", 7, "không được cấp lại giấy phép")
    ((group, likeness),) = grouping.place("ko dc cap lai giay phep").near
    assert group == 7
    assert likeness == pytest.approx(1.0, abs=1e-6)


def test_a_restored_grouping_places_alike() -> None:
    """What was stored and added again in its order places the next question just the same."""
    grown, restored = empty(), empty()
    asked = [*OTP, *RICE]
    for number, (group, (text, likely)) in enumerate(
        zip(fill(grown, asked), asked, strict=True), 1
    ):
        restored.add(f"q{number}", group, text, likely)
    for question in ("mã otp không về", "bán rượu cần gì", "chuyện khác hẳn"):
        assert grown.place(question) == restored.place(question)


def test_what_is_like_a_moved_question_follows_it() -> None:
    """After a reviewer put a question elsewhere, the next of its kind goes there too."""
    grouping = empty()
    grouping.add("q1", 1, "giấy phép bán rượu")
    grouping.add("q2", 1, "giấy phép bán thuốc lá")
    grouping.move("q2", 9)
    assert grouping.group_of("q2") == 9
    placed = grouping.place("xin giấy phép bán thuốc lá")
    assert (placed.group, placed.like) == (9, "q2")
    assert grouping.place("xin giấy phép bán rượu").group == 1


def test_what_was_removed_is_forgotten() -> None:
    """An erased question attracts nothing, and its group ends with it."""
    grouping = empty()
    grouping.add("q1", 1, "giấy phép bán rượu")
    grouping.remove("q1")
    grouping.remove("q1")
    assert (len(grouping), grouping.place("giấy phép bán rượu").near) == (0, ())


def test_moving_what_is_unknown_changes_nothing() -> None:
    """A question that is not remembered is moved without complaint."""
    grouping = empty()
    grouping.move("q1", 2)
    assert (len(grouping), grouping.group_of("q1")) == (0, None)


def test_the_nearest_groups_are_named_by_their_likest_members() -> None:
    """What the grouping kept apart is offered to a person: not itself, not what is wholly unlike."""
    grouping = empty()
    asked = {
        "rum": (1, "giấy phép bán rượu"),
        "beer": (2, "giấy phép bán bia và thuốc lá"),
        "coffee": (2, "mở quán cà phê"),
        "market": (3, "chợ phiên họp ngày nào"),
    }
    for key, (group, text) in asked.items():
        grouping.add(key, group, text)
    ((key, likeness),) = grouping.near(["rum", "khong_co"], 5)
    assert key == "beer"
    assert 0 < likeness < 1
    ((key, mean),) = grouping.near(["beer", "coffee"], 5)
    assert key == "rum"
    assert mean == pytest.approx(likeness)  # the average over both sides
    for keys, most in ((["rum"], 0), ([], 5), (["khong_co"], 5)):
        assert grouping.near(keys, most) == ()


def test_a_large_group_keeps_its_first_members() -> None:
    """Memory is bounded: of a thousand questions that are alike only some are compared with."""
    grouping = empty()
    for number in range(1000):
        grouping.add(f"q{number}", 1, f"giấy phép bán rượu số {number}")
    assert len(grouping) < 20
    assert grouping.place("giấy phép bán rượu").group == 1


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text_is_placed(text: str) -> None:
    """Nothing that can be typed breaks the grouping, also when it comes twice."""
    grouping = empty()
    grouping.add("q1", 1, text)
    placed = grouping.place(
        text, (("vneid_doi_so", 0.0), ("a", -1.0), ("b", float("nan")), ("c", 5e-324))
    )
    assert all(-1e-6 <= likeness <= 1 + 1e-6 for _, likeness in placed.near)
    assert placed.group in {None, 1}


LIKELY = st.lists(
    st.tuples(st.sampled_from(["vneid_doi_so", "can_cuoc_doi", "x"]), st.floats(0, 1)),
    max_size=3,
    unique_by=lambda one: one[0],
).map(tuple)


@given(st.lists(st.tuples(st.text("abc đă", max_size=12), LIKELY), max_size=12))
def test_it_is_deterministic_and_what_was_placed_stays(asked: list[Asked]) -> None:
    """Two runs give the same groups, and a later question never changes the group of one before."""
    one, two = empty(), empty()
    groups = fill(one, asked)
    assert fill(two, asked) == groups
    assert all(
        one.group_of(f"q{number}") in {None, group} for number, group in enumerate(groups, 1)
    )
    for text, likely in asked:
        placed = one.place(text, likely)
        assert placed == two.place(text, likely)
        likenesses = [likeness for _, likeness in placed.near]
        assert likenesses == sorted(likenesses, reverse=True)
