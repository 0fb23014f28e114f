"""The pane to try questions: what it explains, what it masks, and what it keeps for the check of every change."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from bot.console.bench import style_of
from bot.console.entry_areas import entry_areas
from bot.console.office import Role
from bot.editing import AddGolden
from tests import officials

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.console.office import Office
    from bot.proposals import Proposal

FORGOT = "vneid_quen_mat_khau"
HOSTILE = "</textarea><script>alert(1)</script>\"'&{x}"


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with officials.opened(tmp_path) as made:
        yield made


async def client(office: Office, role: Role = Role.EDITOR) -> Any:
    return await officials.client(office, entry_areas(office), role)


async def proposed(office: Office) -> list[Proposal]:
    """Every proposal, the newest first."""
    return [await office.proposals.get(one["id"]) for one in await office.proposals.list()]


async def test_the_pane_explains_and_masks(office: Office) -> None:
    """What was read, what decided, and nothing personal."""
    officer = await client(office, Role.REVIEWER)
    page = (await officer.get("/quan-tri/thu?q=ko+nhan+dc+otp+vneid+so+0912345678")).text
    for said in ("Câu đã sửa", "Thuộc phạm vi FAQ", "vneid_khong_nhan_otp", "[số điện thoại]"):
        assert said in page
    assert "0912345678" not in page
    assert "Lưu làm câu hỏi kiểm tra" not in page


async def test_a_question_with_a_masked_part_is_not_kept(office: Office) -> None:
    """It must be taken out first, on the page and by whoever sends the form anyway."""
    officer = await client(office)
    page = (await officer.get("/quan-tri/thu?q=quen+mk+vneid+so+0912345678")).text
    assert "Câu còn chỗ đã che thông tin cá nhân ([số điện thoại])" in page
    assert 'action="/quan-tri/thu/luu"' not in page
    for text in ("quên mật khẩu, số 0912345678", "quên mật khẩu, số [số điện thoại]"):
        fields = {"text": text, "style": "plain", "entry": FORGOT}
        answer = await officer.post("/quan-tri/thu/luu", **fields)
        assert answer.status_code == 422
        assert "Chưa lưu được: câu còn chỗ đã che" in answer.text
    assert await proposed(office) == []


def test_the_style_is_guessed_from_what_the_citizen_wrote() -> None:
    """The accents of the words that stand for a number are not theirs."""
    assert style_of("quen mat khau vneid so [số điện thoại] thi sao") == "no_accents"
    assert style_of("quên mật khẩu vneid số [số điện thoại] thì sao") == "plain"
    assert style_of("so [số điện thoại]") == "short"


async def test_the_pane_speaks_vietnamese(office: Office) -> None:
    """What the bot is going to do, why in words, numbers with a comma."""
    officer = await client(office, Role.REVIEWER)
    page = (await officer.get("/quan-tri/thu?q=quen+mat+khau+vneid")).text
    assert "Bot sẽ: trả lời" in page
    assert re.search(r"<dd>\d,\d\d</dd>", page)
    assert not re.search(r">\s*\d\.\d\d\s*<", page)
    page = (await officer.get("/quan-tri/thu?q=hom+nay+gia+vang+len+hay+xuong+the")).text
    assert "Bot sẽ: báo " in page
    assert re.search(r"chưa biết \((ngoài phạm vi|chưa chắc)\)", page)


@pytest.mark.parametrize("text", ["", "   ", "/start", "1", "🙂", HOSTILE, "a" * 5000])
async def test_the_pane_takes_any_text(office: Office, text: str) -> None:
    """A page, never an error, and never a script."""
    officer = await client(office, Role.REVIEWER)
    page = await officer.get("/quan-tri/thu?" + urlencode({"q": text}))
    assert page.status_code == 200
    assert "<script>alert(1)" not in page.text


async def test_a_question_is_kept_for_its_right_entry(office: Office) -> None:
    """As a proposal; an entry that is none is told."""
    officer = await client(office)
    kept = {"text": "quen pass vneid", "style": "no_accents"}
    wrong = await officer.post("/quan-tri/thu/luu", **kept, entry="khong_co")
    assert wrong.status_code == 422
    assert "khong_co" in wrong.text
    assert (await officer.post("/quan-tri/thu/luu", **kept, entry=FORGOT)).status_code == 303
    (proposal,) = await proposed(office)
    assert list(proposal.edits) == [AddGolden(FORGOT, "quen pass vneid", "no_accents")]
