"""The pages of entries as officials use them: browse, read, change, try."""

from __future__ import annotations

import csv
import io
import json
import re
from html import unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest

from bot.console.entry_areas import entry_areas
from bot.console.office import Role
from bot.drafts.draft import DATES
from bot.editing import NewEntry, RemoveEntry, SetFields
from bot.front_desk import FrontDesk
from bot.messages import Content, Incoming
from bot.proposals import Files, Proposals
from bot.review.cluster import Filters
from bot.review.intake import Intake
from tests import officials
from tests.officials import KEY, clock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    import httpx

    from bot.console.office import Office
    from bot.proposals import Proposal

FORGOT = "vneid_quen_mat_khau"
EDIT = f"/quan-tri/muc/{FORGOT}/sua"
HOSTILE = "</textarea><script>alert(1)</script>\"'&{x}"


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    office = await officials.office(tmp_path)
    files = Files(office.settings.faq_dir, tmp_path / "golden.yaml")
    office.proposals = Proposals(office.store, files, tmp_path)
    yield office
    await office.store.close()


async def client(office: Office, role: Role = Role.EDITOR) -> Any:
    return await officials.client(office, entry_areas(office), role)


def fields_of(page: str) -> dict[str, list[str]]:
    """What a browser would send back of the form, untouched."""
    form = page[page.index("<form method") : page.index("</form>", page.index("<form method"))]
    sent: dict[str, list[str]] = {}
    inputs = re.finditer(r'<input[^>]* name="([^"]+)" value="([^"]*)"', form)
    areas = re.finditer(r'<textarea[^>]* name="([^"]+)"[^>]*>\n(.*?)</textarea>', form, re.DOTALL)
    for match in (*inputs, *areas):
        sent.setdefault(match[1], []).append(unescape(match[2]))
    for select in re.finditer(r'<select[^>]* name="([^"]+)".*?</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', select[0])
        sent[select[1]] = [unescape(chosen[1]) if chosen else ""]
    return {name: values for name, values in sent.items() if name != "csrf"}


async def proposed(office: Office) -> list[Proposal]:
    """Every proposal, the newest first."""
    return [await office.proposals.get(one["id"]) for one in await office.proposals.list()]


async def test_the_browser_lists_filters_and_counts(office: Office) -> None:
    """Every number leads to what it counts."""
    page = await (await client(office, Role.VIEWER)).get("/quan-tri/muc?q=mat+khau")
    assert page.status_code == 200
    assert "Quên mật khẩu VNeID" in page.text
    assert "Đổi thẻ căn cước" not in page.text
    assert 'href="/quan-tri/muc/moi' not in page.text
    assert "Thêm mục" in (await (await client(office)).get("/quan-tri/muc")).text


async def test_the_table_is_safe_for_spreadsheets(office: Office) -> None:
    """A title that begins like a formula stays text."""
    path = office.settings.faq_dir / "bhyt.yaml"
    text = path.read_text("utf-8").replace("title: Khám", 'title: "=1+1 Khám"  #')
    path.write_text(text, "utf-8")
    answer = await (await client(office)).get("/quan-tri/muc.csv?q=bhyt")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row[1] for row in rows if row[0] == "bhyt_kham_benh"] == ["'=1+1 Khám"]


async def test_a_page_shows_an_entry_on_every_channel(office: Office) -> None:
    """With its sources, dates, phrasings and related entries."""
    page = (await (await client(office, Role.VIEWER)).get(f"/quan-tri/muc/{FORGOT}")).text
    for said in ("Telegram", "Zalo OA", "Zalo Bot", "1900 0368", "69/2024/NĐ-CP", "quen mat khau"):
        assert said in page
    assert f"{FORGOT}/sua" not in page
    assert (await (await client(office)).get("/quan-tri/muc/khong_co")).status_code == 404


async def test_hostile_entries_are_text_on_every_page(office: Office) -> None:
    """Title, phrasings, answer, source and related ids of an entry that came from elsewhere."""
    bad = json.dumps(HOSTILE)
    path = office.settings.faq_dir / "vneid.yaml"
    text = path.read_text("utf-8").replace("title: Quên mật khẩu VNeID", f"title: {bad}")
    text = text.replace("- lấy lại mật khẩu vneid", f"- {bad}")
    path.write_text(text.replace("document: Nghị định", f"document: {bad}"), "utf-8")
    officer = await client(office)
    for page in ("muc", "muc?q=script", f"muc/{FORGOT}", f"muc/{FORGOT}/sua", "muc/tim?q=script"):
        answer = await officer.get(f"/quan-tri/{page}")
        assert answer.status_code == 200
        assert "alert(1)" in answer.text
        assert "<script>alert" not in answer.text
    for page in ("muc/%3Cscript%3E", "muc?q=%3Cscript%3E&chu_de=%22%3E&trang=0&ngay=x"):
        assert "<script>" not in (await officer.get(f"/quan-tri/{page}")).text


async def test_an_untouched_form_proposes_nothing(office: Office) -> None:
    """Nobody reviews a change that changes nothing."""
    officer = await client(office)
    sent = fields_of((await officer.get(EDIT)).text)
    answer = await officer.post(EDIT, **sent, act="save")
    assert answer.status_code == 422
    assert "Bạn chưa đổi gì" in answer.text
    assert await proposed(office) == []


async def test_saving_proposes_what_was_changed(office: Office) -> None:
    """The shared value in another part goes along as it is written."""
    officer = await client(office)
    sent = fields_of((await officer.get(EDIT)).text)
    sent["facet_fee"] = ["10.000 đồng"]
    answer = await officer.post(EDIT, **sent, act="save")
    assert (answer.status_code, answer.headers["location"].split("?")[0]) == (
        303,
        "/quan-tri/thay-doi/1",
    )
    (proposal,) = await proposed(office)
    (edit,) = proposal.edits
    assert isinstance(edit, SetFields)
    assert edit.fields["facets"]["fee"] == "10.000 đồng"
    assert edit.fields["facets"]["hotline"] == "{tong_dai_vneid}"
    assert proposal.title == "Sửa mục: Quên mật khẩu VNeID"


async def test_a_date_is_typed_as_the_pages_show_it(office: Office) -> None:
    """The form shows 22/11/2026, takes 7/1/2027, and the file goes on holding 2027-01-07."""
    officer = await client(office)
    page = (await officer.get(EDIT)).text
    assert "ví dụ 27/11/2026" in page
    sent = fields_of(page)
    assert not any(re.match(r"\d{4}-", one) for name in DATES for one in sent[name])
    sent["review_by"], sent["source_date"][0] = ["7/1/2027"], "1/9/2026"
    assert (await officer.post(EDIT, **sent, act="save")).status_code == 303
    ((edit,),) = [one.edits for one in await proposed(office)]
    assert isinstance(edit, SetFields)
    assert edit.fields["review_by"] == "2027-01-07"
    assert edit.fields["sources"][0]["date"] == "2026-09-01"


async def test_what_is_saved_again_leads_to_what_was_saved(office: Office) -> None:
    """Back and once more: one change, with the newer note; given up, it can be made anew."""
    officer = await client(office)
    sent = fields_of((await officer.get(EDIT)).text) | {"title": ["Tên khác hẳn"]}
    first = await officer.post(EDIT, **sent, act="save")
    again = await officer.post(EDIT, **(sent | {"note": ["theo luật mới"]}), act="save")
    assert _path(again) == _path(first) == "/quan-tri/thay-doi/1"
    assert "không tạo thêm" in unquote(str(again.headers))
    (proposal,) = await proposed(office)
    assert proposal.note == "theo luật mới"
    assert _path(
        await officer.post(EDIT, **(sent | {"title": ["Khác nữa"]}), act="save")
    ) != _path(first)
    other = await officials.client(office, entry_areas(office), Role.EDITOR, "khac")
    assert _path(await other.post(EDIT, **sent, act="save")) != _path(first)
    await office.proposals.withdraw(proposal.id, other)
    assert _path(await officer.post(EDIT, **sent, act="save")) != _path(first)


def _path(answer: httpx.Response) -> str:
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"]).split("?")[0]


async def test_typing_gets_findings_at_the_field_and_previews(office: Office) -> None:
    """As parts that htmx puts into the page."""
    officer = await client(office)
    sent = fields_of((await officer.get(EDIT)).text)
    sent["facet_fee"] = ["{le_phii}"]
    part = (await officer.post(f"{EDIT}/xem", **sent)).text
    at = part[part.index('id="at-facets-fee"') :]
    assert "le_phii" in at[: at.index("</ul>")]
    assert "<html" not in part.split("srcdoc")[0]


async def test_findings_are_sent_only_to_places_that_the_page_has(office: Office) -> None:
    """A source below an empty row keeps its finding; no row is answered that was not sent."""
    officer = await client(office)
    page = (await officer.get(EDIT)).text
    sent = fields_of(page)
    part = (await officer.post(f"{EDIT}/xem", **sent)).text
    ids = re.compile(r'id="(at-[^"]+|count)"')
    assert set(ids.findall(part)) == set(ids.findall(page))
    for name, typed in {"document": ["", "Luật"], "url": ["", "http://a.vn"]}.items():
        sent[f"source_{name}"] = typed
    for name in ("number", "date", "article"):
        sent[f"source_{name}"] = ["", ""]
    part = (await officer.post(f"{EDIT}/xem", **sent)).text
    assert re.search(r'id="at-sources-0"[^>]*></ul>', part)
    assert "at-sources-2" not in part
    at = part[part.index('id="at-sources-1"') :]
    assert "http://a.vn" in at[: at.index("</ul>")]


async def test_the_form_works_without_scripts(office: Office) -> None:
    """A button previews; nothing is saved, nothing is lost."""
    officer = await client(office)
    sent = fields_of((await officer.get(EDIT)).text)
    sent["title"] = ["Tên khác hẳn"]
    page = await officer.post(EDIT, **sent, act="preview")
    assert page.status_code == 200
    assert fields_of(page.text)["title"] == ["Tên khác hẳn"]
    assert await proposed(office) == []


async def test_a_form_on_an_old_version_shows_both_and_loses_nothing(office: Office) -> None:
    """Saving again, after reading, goes through."""
    officer = await client(office)
    sent = fields_of((await officer.get(EDIT)).text)
    path = office.settings.faq_dir / "vneid.yaml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("Quên mật khẩu VNeID", "Lấy lại mật khẩu VNeID"), "utf-8")
    sent["title"] = ["Mật khẩu VNeID bị quên"]
    page = await officer.post(EDIT, **sent, act="save")
    assert page.status_code == 409
    assert "Lấy lại mật khẩu VNeID" in page.text
    again = fields_of(page.text)
    assert again["title"] == ["Mật khẩu VNeID bị quên"]
    assert (await officer.post(EDIT, **again, act="save")).status_code == 303
    (proposal,) = await proposed(office)
    was = {"title": "Lấy lại mật khẩu VNeID"}
    assert list(proposal.edits) == [SetFields(FORGOT, {"title": "Mật khẩu VNeID bị quên"}, was)]


async def test_taking_an_entry_away_is_a_proposal(office: Office) -> None:
    """What else was typed is no part of it."""
    officer = await client(office)
    sent = fields_of((await officer.get(EDIT)).text) | {"title": ["Gõ dở"]}
    assert (await officer.post(EDIT, **sent, act="remove")).status_code == 303
    (proposal,) = await proposed(office)
    assert list(proposal.edits) == [RemoveEntry(FORGOT)]


async def test_a_refused_proposal_brings_the_form_back(office: Office) -> None:
    """With the reason, and everything that was typed."""
    officer = await client(office)
    sent = fields_of((await officer.get(EDIT)).text)
    sent["answer"], sent["title"] = [HOSTILE], ["dài " * 7500]
    page = await officer.post(EDIT, **sent, act="save")
    assert page.status_code == 422
    assert "Chưa lưu được: tên câu hỏi dài quá. Rút ngắn ở chỗ đánh dấu" in page.text
    assert "20.000 ký tự đầu; phần sau đã bị cắt" in page.text
    assert "“Tên câu hỏi” dài quá 200 ký tự" in page.text
    assert "8000" not in page.text
    assert fields_of(page.text)["answer"] == [HOSTILE]
    assert "<script>alert(1)" not in page.text


async def test_a_new_entry_is_proposed_once_it_has_a_name(office: Office) -> None:
    """Until then the form comes back; `clusters` tells which questions it answers."""
    officer = await client(office)
    sent = fields_of((await officer.get("/quan-tri/muc/moi?chu_de=vneid&nhom=3,4")).text)
    assert sent["topic"] == ["vneid"]
    sent |= {"phrasings": ["hỏi mới"], "title": ["Mới"], "answer": ["Đáp."], "id": [FORGOT]}
    assert (await officer.post("/quan-tri/muc/moi", **sent, act="save")).status_code == 422
    sent["id"] = ["vneid_moi"]
    assert (await officer.post("/quan-tri/muc/moi", **sent, act="save")).status_code == 303
    (proposal,) = await proposed(office)
    (edit,) = proposal.edits
    assert isinstance(edit, NewEntry)
    assert (edit.topic, edit.entry["id"]) == ("vneid", "vneid_moi")
    assert list(proposal.clusters) == [3, 4]


async def test_a_new_entry_is_told_only_what_it_lacks(office: Office) -> None:
    """By name; an id that is no good is told as that, and never as the one that stands for it."""
    officer = await client(office)
    sent = fields_of((await officer.get("/quan-tri/muc/moi")).text)
    named = {"topic": ["vneid"], "id": ["Niềng răng"], "title": ["Niềng răng ở đâu"]}
    for given, said in (
        ({}, "còn thiếu chủ đề, mã mục và tên câu hỏi."),
        ({"topic": ["vneid"], "title": ["Mới"]}, "còn thiếu mã mục."),
        (named, "xem lại mã mục ở chỗ đánh dấu."),
    ):
        page = await officer.post("/quan-tri/muc/moi", **(sent | given), act="save")
        assert page.status_code == 422
        assert f"Chưa lưu được: {'' if given is named else 'mục mới '}{said}" in page.text
        assert "muc_moi" not in page.text


async def test_a_new_entry_begins_with_what_was_chosen_in_a_cluster(office: Office) -> None:
    """The address names the cluster and its questions, the words come from the store."""
    desk = FrontDesk(office.faq(), office.store, secret=KEY)
    said = "chợ phiên xã họp ngày nào, gọi mình 0912345678"
    for person in ("lan", "minh"):
        await desk.respond(Incoming("web", person, Content.TEXT, said))
    desk.close()
    await Intake(office.store).run(clock())
    (row,) = (await office.review.queue(Filters())).rows
    cluster = await office.review.cluster(row.id)
    assert cluster
    question = cluster.samples[0].id
    officer = await client(office)
    page = await officer.get(f"/quan-tri/muc/moi?nhom={row.id}&cau={question}")
    sent = fields_of(page.text)
    masked = "chợ phiên xã họp ngày nào, gọi mình [số điện thoại]"
    assert (sent["phrasings"], sent["title"]) == ([masked], [masked])
    assert page.text.count("Còn chỗ đã che “[số điện thoại]”") == 2
    assert "Chưa có mã mục" not in page.text
    other = fields_of((await officer.get(f"/quan-tri/muc/moi?nhom={row.id}&cau=99")).text)
    assert other["phrasings"] == [""]


async def test_an_entry_that_went_can_be_saved_as_a_new_one(office: Office) -> None:
    """What was typed outlives the entry it was typed for."""
    officer = await client(office)
    sent = fields_of((await officer.get(EDIT)).text)
    (office.settings.faq_dir / "vneid.yaml").write_text("entries: []\n", "utf-8")
    sent["title"] = ["Gõ dở"]
    page = await officer.post(EDIT, **sent, act="save")
    assert page.status_code == 422
    assert fields_of(page.text)["title"] == ["Gõ dở"]


async def test_each_level_of_trust_is_offered_once(office: Office) -> None:
    """An entry that says “medium” is not changed by a form that was only opened."""
    officer = await client(office)
    page = (await officer.get(EDIT)).text
    assert page.count(">trung bình</option>") == 1
    assert "(mặc định)" not in page
    path = office.settings.faq_dir / "vneid.yaml"
    text = path.read_text("utf-8").replace(
        f"id: {FORGOT}", f"id: {FORGOT}\n    confidence: medium"
    )
    path.write_text(text, "utf-8")
    sent = fields_of((await officer.get(EDIT)).text)
    assert sent["confidence"] == ["medium"]
    assert "chưa đổi gì" in (await officer.post(EDIT, **sent, act="save")).text
