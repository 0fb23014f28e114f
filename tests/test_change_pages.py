"""The pages of proposals as officials use them: what a change does, publishing it, taking it back."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from bot.console.changes import ChangesArea
from bot.console.office import Role
from bot.editing import AddPhrasings
from bot.proposals import State
from bot.proposals.proposal import OPEN
from tests import officials

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.console.office import Office

ENTRY = "vneid_quen_mat_khau"
PHRASING = "bí mật khẩu định danh thì bấm gì"
HOSTILE = "<script>alert(1)</script>"
HOME = "/quan-tri/thay-doi"
TURN = {"kind": "answer", "entries": [ENTRY]}
UNKNOWN = {"kind": "unknown", "entries": []}
NOTHING = {"asked": 0, "better": 0, "worse": 0, "other": 0, "changes": []}
CHANGED = {"text": HOSTILE, "before": UNKNOWN, "after": TURN, "trend": "better"}
TRIED = {
    "errors": 0,
    "diff": {"vneid.yaml": f"--- a\n+++ b\n@@ -1 +1 @@\n-cũ\n+{HOSTILE}\n"},
    "new": [],
    "gone": [],
    "effect": {
        "golden": {**NOTHING, "asked": 3, "better": 1, "changes": [CHANGED]},
        "out_of_scope": NOTHING,
        "recent": NOTHING,
    },
}


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with officials.opened(tmp_path) as office:
        yield office


async def client(office: Office, role: Role = Role.EDITOR, name: str | None = None) -> Any:
    return await officials.client(office, [ChangesArea(office)], role, name)


async def proposed(office: Office, *, author: str = "editor", **trial: object) -> int:
    """A proposal with the result of a trial put there, for a real one takes seconds."""
    number = await office.proposals.propose(
        [AddPhrasings(ENTRY, (PHRASING,))], author=author, title=f"Thêm {HOSTILE}", clusters=[7]
    )
    proposal = await office.proposals.get(number)
    await office.proposals.change(proposal, trial={**TRIED, **trial})
    return number


async def state(office: Office, number: int) -> State:
    return (await office.proposals.get(number)).state


def buttons(page: str) -> set[str]:
    return set(re.findall(r'name="act" value="(\w+)"', page))


def vneid(office: Office) -> Path:
    return office.settings.faq_dir / "vneid.yaml"


async def test_publishing_and_rolling_back_by_the_buttons(office: Office) -> None:
    """One click makes the file say it and one more puts every byte back; each is told once."""
    number = await proposed(office)
    editor = await client(office)
    before = vneid(office).read_bytes()
    here = f"{HOME}/{number}"
    assert buttons((await editor.get(here)).text) == {"publish", "try", "withdraw"}

    page = await editor.follow(await editor.post(here, act="publish"))

    assert "Đã công bố. Người dân" in page.text
    assert PHRASING in vneid(office).read_text("utf-8")
    assert buttons(page.text) == {"roll_back"}
    page = await editor.follow(await editor.post(here, act="roll_back"))
    assert "Đã hoàn tác" in page.text
    assert vneid(office).read_bytes() == before
    assert buttons(page.text) == set()


async def test_page_tells_what_the_change_does_and_runs_none_of_it(office: Office) -> None:
    """Counts lead to their questions, lines of the files are marked, hostile words stay words."""
    number = await proposed(office)

    page = (await (await client(office)).get(f"{HOME}/{number}")).text

    assert HOSTILE not in page
    assert '<a href="#golden">1</a>' in page
    assert '<details id="golden"' in page
    assert "không biết</td><td" in page
    assert "trả lời: Quên mật khẩu VNeID" in page
    assert '<span class="diff-del">-cũ' in page
    assert '<span class="diff-add">+&lt;script&gt;' in page
    assert f'href="/quan-tri/muc/{ENTRY}"' in page
    assert 'href="/quan-tri/cau-hoi/7"' in page


@pytest.mark.parametrize(
    ("role", "seen", "refused"),
    [
        (Role.VIEWER, set(), {"try", "ask", "withdraw", "approve", "publish", "roll_back"}),
        (Role.REVIEWER, {"try", "withdraw"}, {"approve", "publish", "roll_back"}),
        (Role.EDITOR, {"try", "withdraw", "publish"}, set()),
    ],
)
async def test_role_decides_what_is_offered_and_what_is_done(
    office: Office, role: Role, seen: set[str], refused: set[str]
) -> None:
    """Nobody is offered what they may not do, and a form sent all the same does nothing."""
    number = await proposed(office)
    person = await client(office, role)

    assert buttons((await person.get(f"{HOME}/{number}")).text) == seen

    for act in sorted(refused):
        assert (await person.post(f"{HOME}/{number}", act=act)).status_code == 403
    assert (await person.post(f"{HOME}/{number}", act="khac")).status_code == 403
    assert await state(office, number) is State.DRAFT


async def test_file_changed_meanwhile_shows_both_texts(office: Office) -> None:
    """Publishing over an editor's change on disk is refused with both texts; nothing is lost."""
    number = await proposed(office)
    editor = await client(office)
    path = vneid(office)
    path.write_text("# của tôi\n" + path.read_text("utf-8"), "utf-8")
    theirs = path.read_bytes()

    answer = await editor.post(f"{HOME}/{number}", act="publish")

    assert answer.status_code == 409
    assert "vneid.yaml hiện nay" in answer.text
    assert answer.text.count("# của tôi") == 2
    assert answer.text.count(PHRASING) == 1
    assert "try" in buttons(answer.text)
    assert path.read_bytes() == theirs
    assert await state(office, number) is State.DRAFT


async def test_change_elsewhere_asks_for_another_trial_alone(office: Office) -> None:
    """A change of another file shows no text: the page names the file, and offers the trial first."""
    number = await proposed(office)
    editor = await client(office)
    other = next(one for one in office.settings.faq_dir.glob("*.yaml") if one.stem != "vneid")
    other.write_text("# của tôi\n" + other.read_text("utf-8"), "utf-8")

    page = (await editor.get(f"{HOME}/{number}")).text
    refused = await editor.post(f"{HOME}/{number}", act="publish")

    assert await badges(editor, number) == {"đã thử trên bản cũ"}
    assert f"FAQ đã bị sửa ({other.name})" in page
    assert refused.status_code == 409
    assert f"ở chỗ khác từ lúc bạn thử ({other.name}). Thay đổi này vẫn khớp" in refused.text
    assert "# của tôi" not in refused.text
    assert "Không áp dụng được" not in refused.text
    for shown in (page, refused.text):
        assert re.findall(r'class="button ([\w-]*)" name="act" value="(\w+)"', shown) == [
            ("", "try"),
            ("button-quiet", "publish"),
            ("button-danger", "withdraw"),
        ]


async def test_second_person_must_approve(office: Office) -> None:
    """Where two are asked for the author is not offered it and is refused; the other's yes counts."""
    office.proposals.second_approval = True
    office.settings = office.settings.model_copy(update={"second_approval": True})
    number = await proposed(office, author="lan")
    here = f"{HOME}/{number}"
    lan, minh = await client(office, name="lan"), await client(office, name="minh")
    assert buttons((await lan.get(here)).text) == {"ask", "try", "withdraw"}

    own = await lan.post(here, act="approve")
    early = await lan.post(here, act="publish")

    assert (own.status_code, "tự duyệt" in own.text) == (422, True)
    assert (early.status_code, "người khác duyệt" in early.text) == (422, True)
    await lan.post(here, act="ask")
    assert "approve" in buttons((await minh.get(here)).text)
    await minh.post(here, act="approve")
    page = await lan.follow(await lan.post(here, act="publish"))
    assert "Người duyệt" in page.text
    assert await state(office, number) is State.PUBLISHED


async def test_change_with_errors_is_not_offered(office: Office) -> None:
    """An error of the checker takes the button away, and stops who sends the form."""
    problem = {
        "severity": "error",
        "what": f"sai {HOSTILE}",
        "mend": "sửa",
        "file": "vneid.yaml",
        "line": 3,
    }
    number = await proposed(office, errors=1, new=[problem], effect=None, why="vneid.yaml:3: sai")
    editor = await client(office)

    page = (await editor.get(f"{HOME}/{number}")).text
    answer = await editor.post(f"{HOME}/{number}", act="publish")

    assert buttons(page) == {"try", "withdraw"}
    assert "sai &lt;script&gt;" in page
    assert "FAQ không đọc được với thay đổi này: vneid.yaml:3: sai" in page
    assert (answer.status_code, "còn 1 lỗi" in answer.text) == (422, True)
    assert await state(office, number) is State.DRAFT


async def test_who_comes_second_is_told(office: Office) -> None:
    """A button of a page that is no longer true says so, and changes nothing."""
    number = await proposed(office)
    here = f"{HOME}/{number}"
    lan, minh = await client(office, name="lan"), await client(office, name="minh")
    await minh.get(here)
    await lan.post(here, act="withdraw")

    answer = await minh.post(here, act="publish")

    assert (answer.status_code, "không còn mở" in answer.text) == (422, True)
    assert buttons(answer.text) == set()
    assert await state(office, number) is State.WITHDRAWN
    assert (await minh.get(f"{HOME}/999")).status_code == 410


async def test_untried_draft_is_tried_by_opening_it(office: Office) -> None:
    """Its page shows how far the trial is, asks again by itself, and reloads when it is done."""
    number = await office.proposals.propose(
        [AddPhrasings(ENTRY, (PHRASING,))], author="editor", title="Thêm cách hỏi"
    )
    viewer, editor = await client(office, Role.VIEWER), await client(office)
    await viewer.get(f"{HOME}/{number}")
    assert number not in office.proposals.trying  # who only reads starts nothing

    page = (await editor.get(f"{HOME}/{number}")).text

    assert "<progress" in page
    assert f'hx-get="{HOME}/{number}/tien-do"' in page
    assert "publish" not in buttons(page)
    await office.proposals.trials._tasks[number]
    done = await editor.get(f"{HOME}/{number}/tien-do")
    assert done.headers["hx-refresh"] == "true"
    page = (await editor.get(f"{HOME}/{number}")).text
    assert f"+      - {PHRASING}" in page
    assert "publish" in buttons(page)


async def test_changed_questions_for_the_check_are_named_in_words(office: Office) -> None:
    """The golden questions have no file name that an official knows."""
    number = await proposed(office)
    office.settings.golden.write_text("out_of_scope: []\n", "utf-8")
    editor = await client(office)
    assert "đã bị sửa (câu hỏi kiểm tra)" in (await editor.get(f"{HOME}/{number}")).text
    answer = await editor.post(f"{HOME}/{number}", act="publish")
    assert "từ lúc bạn thử (câu hỏi kiểm tra)" in answer.text


async def badges(who: Any, number: int) -> set[str]:
    """What a change's own page and its row of the list say of how far it came."""
    pages = [(await who.get(path)).text for path in (f"{HOME}/{number}", HOME)]
    found = [re.search(r'class="badge[^"]*">([^<]+)<', page) for page in pages]
    return {one[1] for one in found if one}


async def test_badge_of_a_draft_tells_what_is_known_of_it(office: Office) -> None:
    """Not tried, being tried, tried, tried with errors, could not be tried: each is told."""
    viewer = await client(office, Role.VIEWER)
    number = await office.proposals.propose(
        [AddPhrasings(ENTRY, (PHRASING,))], author="editor", title="Thêm cách hỏi"
    )
    assert await badges(viewer, number) == {"chưa thử"}
    text = vneid(office).read_text("utf-8")
    vneid(office).write_text(text.replace(ENTRY, "muc_khac"), "utf-8")
    trials = office.proposals.trials
    async with trials._one:  # another trial runs
        trials.start(number)
        assert await badges(viewer, number) == {"đang thử"}
        task = trials._tasks[number]
    await task
    assert await badges(viewer, number) == {"chưa thử được"}
    vneid(office).write_text(text, "utf-8")
    for errors, said in ((0, "đã thử"), (2, "đã thử, còn lỗi")):
        proposal = await office.proposals.get(number)
        await office.proposals.change(proposal, trial={**TRIED, "errors": errors})
        assert await badges(viewer, number) == {said}


async def test_list_is_filtered_by_how_far_changes_came(office: Office) -> None:
    """Each state is found under its filter; an unknown filter shows all; an empty list says why."""
    editor = await client(office)
    assert "Chưa có thay đổi nào" in (await editor.get(HOME)).text
    number = await proposed(office)
    assert await state(office, number) in OPEN

    async def found(query: str) -> bool:
        page = (await editor.get(f"{HOME}{query}")).text
        assert HOSTILE not in page
        return f'href="{HOME}/{number}"' in page

    asked = ("", "?xem=mo", "?xem=da-cong-bo", "?xem=da-dong", "?xem=khac")
    assert [await found(query) for query in asked] == [True, True, False, False, True]
    await editor.post(f"{HOME}/{number}", act="publish")
    assert [await found(query) for query in asked] == [True, False, True, False, True]


async def test_broken_files_are_told_to_officials_alone(office: Office) -> None:
    """Every page says what is wrong with the files, but nothing of it before the login."""
    editor = await client(office)
    office.reload = SimpleNamespace(problems=(f"/srv/faq/vneid.yaml:3: {HOSTILE}",))  # type: ignore[assignment]  # all that pages read of it

    page = (await editor.get(HOME)).text
    editor.http.cookies.clear()
    outside = [await editor.get(path) for path in ("/quan-tri/dang-nhap", "/quan-tri/khong-co")]

    assert "Tệp FAQ đang có lỗi" in page
    assert "/srv/faq/vneid.yaml:3: &lt;script&gt;" in page
    assert [answer.status_code for answer in outside] == [200, 404]
    assert not any("/srv/faq" in answer.text for answer in outside)
