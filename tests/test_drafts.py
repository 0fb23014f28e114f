"""An entry in a form: nothing typed is lost, only what changed becomes an edit, faults stand at their field."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot import show
from bot.drafts import changes, days
from bot.drafts.draft import Draft, SourceRow, as_lines, lines
from bot.drafts.findings import About, Looked, look
from bot.drafts.written import Shelf, Written, WrittenFaq, read_written
from bot.editing import AddPhrasings, NewEntry, RemovePhrasings, SetFields, apply
from intents.lint.neighbours import Neighbours
from tests.sample_faq import sample_faq, write
from tests.small_faq import SITES

if TYPE_CHECKING:
    from collections.abc import Mapping

TODAY = dt.date(2026, 11, 26)
REAL = Path(__file__).parent.parent / "faq"
FORGOT = "vneid_quen_mat_khau"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> WrittenFaq:
    folder = write(tmp_path_factory.mktemp("faq"))
    (folder / "_sites.yaml").write_text(SITES, encoding="utf-8")
    return read_written(folder)


@pytest.fixture
def forgot(written: WrittenFaq) -> Written:
    return written.entries[FORGOT]


def looked(draft: Draft, faq: WrittenFaq, *, new: bool = False) -> Looked:
    served = sample_faq()
    near = Neighbours(served.knowledge.examples, served.catalog.lexicon)
    return look(
        draft,
        faq,
        TODAY,
        neighbours=near,
        written=lambda entry: show.as_message(served.catalog, entry, TODAY),
        new=new,
    )


def told(draft: Draft, faq: WrittenFaq, field: str, *, new: bool = False) -> list[str]:
    return [one.what for one in looked(draft, faq, new=new).at(field)]


def test_every_entry_of_the_real_faq_comes_back_as_it_was_written() -> None:
    """A form that was opened and sent back unchanged changes nothing."""
    faq = read_written(REAL)
    assert len(faq.entries) > 100
    for one in faq.entries.values():
        draft = Draft.of(one.data, one.topic)
        assert draft.data(one.data) == one.data
        assert changes.edits(one, draft, draft) == []


def test_only_the_fields_that_changed_become_an_edit(forgot: Written) -> None:
    """Shared values in other facets stay as they are written."""
    before = Draft.of(forgot.data, forgot.topic)
    after = replace(before, facets={**before.facets, "fee": ("10.000 đồng",)})
    (edit,) = changes.edits(forgot, before, after)
    assert isinstance(edit, SetFields)
    assert edit.fields.keys() == {"facets"}
    assert edit.fields["facets"]["fee"] == "10.000 đồng"
    assert edit.fields["facets"]["hotline"] == "{tong_dai_vneid}"


def test_phrasings_are_added_and_taken_away_one_by_one(forgot: Written) -> None:
    """Those that stay are no part of the change."""
    before = Draft.of(forgot.data, forgot.topic)
    after = replace(before, phrasings=(*before.phrasings[1:], "pass vneid quên sạch"))
    assert changes.edits(forgot, before, after) == [
        AddPhrasings(FORGOT, ("pass vneid quên sạch",)),
        RemovePhrasings(FORGOT, (before.phrasings[0],)),
    ]


def test_a_field_that_was_emptied_is_taken_away(forgot: Written) -> None:
    """None stands for a field that goes."""
    before = Draft.of(forgot.data, forgot.topic)
    after = replace(before, verified="", sources=before.sources[:1])
    (edit,) = changes.edits(forgot, before, after)
    assert isinstance(edit, SetFields)
    assert edit.fields == {"verified": None, "sources": [forgot.data["sources"][0]]}


def test_the_edits_change_the_file_and_nothing_else(tmp_path: Path, forgot: Written) -> None:
    """What is proposed reads back as what was typed."""
    folder = write(tmp_path / "faq")
    before = Draft.of(forgot.data, forgot.topic)
    after = replace(before, title="Quên: mật khẩu #VNeID", answer="Dòng một.\n- “Dòng” hai: x")
    files = {path.name: path.read_text("utf-8") for path in folder.glob("*.yaml")}
    changed: Mapping[str, str] = apply(files, changes.edits(forgot, before, after))
    assert list(changed) == ["vneid.yaml"]
    (folder / "vneid.yaml").write_text(changed["vneid.yaml"], "utf-8")
    again = read_written(folder).entries[FORGOT]
    assert Draft.of(again.data, again.topic) == after
    assert again.digest != forgot.digest


@pytest.mark.parametrize("items", [("một", "hai\nnối tiếp", "ba"), ("- gạch", "# thăng"), ()])
def test_a_list_comes_back_from_its_lines(items: tuple[str, ...]) -> None:
    """Also items of several lines."""
    assert lines(as_lines(items)) == items


def test_what_no_file_may_hold_is_dropped_and_the_rest_kept() -> None:
    """NUL and broken surrogates do not cost the editor a page of text."""
    draft = Draft.of({"title": "a\0b\ud800", "phrasings": "một", "answer": "x\r\ny\x07"})
    assert (draft.title, draft.phrasings, draft.answer) == ("ab?", ("một",), "x\ny")


def test_a_form_full_of_faults_tells_each_at_its_field(written: WrittenFaq) -> None:
    """The checker speaks where the editor types, and the rest is still shown."""
    draft = Draft(
        id="moi",
        topic="vneid",
        title="Quên mật khẩu VNeID",
        answer="Xem [trang](https://evil.example.com), gọi {tong_dai_vneidd}.",
        phrasings=("quen mat khau vneid", "đi chợ mua rau"),
        sources=(SourceRow(number="1/2026"), SourceRow(document="Luật", url="http://x")),
        verified="31/02/2026",
        review_by="tháng sau",
        valid_from="2027-01-01",
        valid_until="2026-01-01",
        related=("vneid_doi_soo", "moi"),
    )
    assert "trùng với mục" in told(draft, written, "title", new=True)[0]
    assert {text[:20] for text in told(draft, written, "answer", new=True)} == {
        "“evil.example.com” k",
        "Không có giá trị dùn",
    }
    assert "“vneid_quen_mat_khau”" in told(draft, written, "phrasings.0", new=True)[0]
    assert told(draft, written, "phrasings.1", new=True) == []
    assert told(draft, written, "sources.0", new=True) == ["Chưa có tên văn bản"]
    assert told(draft, written, "sources.1", new=True)
    assert "không phải là một ngày" in told(draft, written, "verified", new=True)[0]
    assert told(draft, written, "review_by", new=True) == [
        "“tháng sau” chưa phải cách viết một ngày"
    ]
    assert told(draft, written, "valid_until", new=True)
    assert told(draft, written, "related.0", new=True)
    assert told(draft, written, "related.1", new=True) == ["Mục này dẫn tới chính nó"]
    assert looked(draft, written, new=True).entry.answer == draft.answer


@pytest.mark.parametrize(
    ("text", "filed"),
    [
        ("27/11/2026", "2026-11-27"),
        ("7/1/2026", "2026-01-07"),
        (" 07 / 01 / 2026 ", "2026-01-07"),
        ("2026-11-27", "2026-11-27"),
        ("27-11-2026", "2026-11-27"),
        ("27.11.2026", "2026-11-27"),
        ("27/11-2026", "27/11-2026"),
        ("29/02/2024", "2024-02-29"),
        ("29/02/2026", "29/02/2026"),
        ("2026-02-30", "2026-02-30"),
        ("27/11/26", "27/11/26"),
        ("٢٧/11/2026", "٢٧/11/2026"),
        ("", ""),
    ],
)
def test_a_day_is_typed_as_pages_show_it_and_filed_as_the_files_hold_it(
    text: str, filed: str
) -> None:
    """What is no day stays as it was typed."""
    assert days.as_filed(text) == filed
    assert days.as_filed(days.as_shown(filed)) == filed


def test_only_a_day_that_the_calendar_lacks_is_called_unreal() -> None:
    """Whoever writes a day in another way is told how it is written here."""
    assert days.trouble("31/02/2026")[0] == "“31/02/2026” không phải là một ngày có thật"
    assert days.trouble("27/11/26") == (
        "“27/11/26” chưa phải cách viết một ngày",
        "viết ngày/tháng/năm, ví dụ 27/11/2026",
    )


def test_a_date_that_is_asked_for_is_asked_for_as_it_is_typed(
    written: WrittenFaq, forgot: Written
) -> None:
    """The checker of files speaks of 2026-11-27, the form of 27/11/2026."""
    draft = replace(
        Draft.of(forgot.data, forgot.topic), verified="2026-11-01", review_by="2029-01-01"
    )
    (one,) = looked(draft, written).at("review_by")
    assert re.search(r"muộn nhất là \d\d/\d\d/\d{4}$", one.mend)


def test_a_personal_number_in_a_wording_is_told(written: WrittenFaq, forgot: Written) -> None:
    """Which one, at its field, as a warning; answers may hold hotlines."""
    asked = "số tôi 0912345678 cccd 079123456789 sao chưa có thẻ"
    draft = replace(
        Draft.of(forgot.data, forgot.topic),
        title="Gọi 0912345678",
        phrasings=("quên mật khẩu", asked, "số tôi [số điện thoại] bị khóa"),
        answer="Gọi 0912345678.",
    )
    found = [one for one in looked(draft, written).findings if one.about is About.PERSONAL]
    assert [one.field for one in found] == ["phrasings.1", "phrasings.2", "title"]
    assert found[0].what.endswith("có thông tin cá nhân: 0912345678, 079123456789")
    assert found[1].what.startswith("Còn chỗ đã che “[số điện thoại]” trong “số tôi")
    assert found[2].what == "Tên câu hỏi có thông tin cá nhân: 0912345678"
    assert all(one.mend.startswith("bỏ ") for one in found)
    assert not any(one.grave for one in found)


def test_each_field_gets_the_hint_that_is_about_it(written: WrittenFaq) -> None:
    """Ids and addresses are wrong in different ways; what is wrong is not told as missing too."""
    draft = Draft(
        id="Niềng răng",
        topic="vneid",
        title="Niềng răng",
        answer="Được.",
        phrasings=("niềng răng", "x" * 2001),
        sources=(SourceRow(document="Trang", url="http://a.gov.vn"),),
        verified="hôm qua",
    )
    found = looked(draft, written, new=True)
    mends = {one.field: one.mend for one in found.findings}
    assert mends["id"] == "mã chỉ gồm chữ thường không dấu, số và gạch dưới"
    assert mends["sources.0.url"].startswith("địa chỉ phải bắt đầu bằng https://")
    assert len(found.at("verified")) == len(found.at("phrasings")) == 1
    assert not any("muc_moi" in one.what + one.mend for one in found.findings)


def test_an_empty_form_says_what_is_missing(written: WrittenFaq) -> None:
    """In the words of the form, not of the files."""
    found = looked(Draft(), written, new=True).findings
    assert {
        "Chưa có mã mục",
        "Chưa có tên câu hỏi",
        "Chưa có câu trả lời",
        "Chưa chọn chủ đề",
    } <= {one.what for one in found}
    assert not any("“sources”" in one.what + one.mend for one in found)


def test_a_new_entry_needs_an_id_of_its_own(written: WrittenFaq, forgot: Written) -> None:
    """An id that is taken is told; the entry itself may keep it."""
    draft = Draft.of(forgot.data, forgot.topic)
    assert told(draft, written, "id", new=True) == [f"Mã “{FORGOT}” đã dùng cho mục khác"]
    assert told(draft, written, "id") == []


def test_a_new_entry_becomes_one_edit() -> None:
    """With the fields that were filled in, and no others."""
    draft = Draft(id="moi", topic="vneid", title="Mới", phrasings=("hỏi",), answer="Đáp.")
    assert changes.new_entry(draft) == NewEntry(
        "vneid", {"id": "moi", "title": "Mới", "phrasings": ["hỏi"], "answer": "Đáp.\n"}
    )


def test_two_editors_of_different_fields_both_get_their_way(forgot: Written) -> None:
    """What only the other changed is taken over, phrasings of both are kept."""
    opened = Draft.of(forgot.data, forgot.topic)
    mine = replace(opened, title="Của tôi", phrasings=(*opened.phrasings, "thêm của tôi"))
    theirs = replace(
        opened, verified="2026-11-25", phrasings=(*opened.phrasings[1:], "thêm của họ")
    )
    assert changes.collisions(opened, mine, theirs) == []
    merged = changes.merged(opened, mine, theirs)
    assert (merged.title, merged.verified) == ("Của tôi", "2026-11-25")
    assert merged.phrasings == (*opened.phrasings[1:], "thêm của tôi", "thêm của họ")


def test_two_editors_of_one_field_see_both_texts(forgot: Written) -> None:
    """What was typed stays in the form, the other version is shown."""
    opened = Draft.of(forgot.data, forgot.topic)
    mine, theirs = replace(opened, title="Của tôi"), replace(opened, title="Của họ")
    (one,) = changes.collisions(opened, mine, theirs)
    assert (one.label, one.mine, one.theirs) == ("Tên câu hỏi", "Của tôi", "Của họ")
    assert changes.merged(opened, mine, theirs).title == "Của tôi"


async def test_the_shelf_follows_the_files(tmp_path: Path) -> None:
    """Nothing is read twice, and nothing that changed is missed."""
    folder = write(tmp_path / "faq")
    shelf = Shelf(folder)
    first = await shelf.faq()
    assert await shelf.faq() is first
    path = folder / "bhyt.yaml"
    path.write_text(path.read_text("utf-8").replace("Khám bệnh", "Đi khám bệnh"), "utf-8")
    assert (await shelf.faq()).entries["bhyt_kham_benh"].entry.title.startswith("Đi khám")
    path.write_text("entries: [", "utf-8")
    assert "bhyt_kham_benh" not in (await shelf.faq()).entries


async def test_a_folder_that_is_gone_is_an_empty_faq(tmp_path: Path) -> None:
    """The pages say that there is nothing; they do not break."""
    assert (await Shelf(tmp_path / "khong_co").faq()).entries == {}
