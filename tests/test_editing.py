"""Edits of YAML files: what was meant comes out, and nothing else moves."""

from __future__ import annotations

import difflib
from functools import cache
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.editing import (
    GOLDEN,
    AddGolden,
    AddOutOfScope,
    AddPhrasings,
    Edit,
    EditError,
    NewEntry,
    RemoveEntry,
    RemovePhrasings,
    SetFields,
    apply,
    from_json,
    to_json,
)
from intents.yaml_source import parse_yaml
from tests.faq import FOLDER, QUESTIONS

PLAIN = """\
# head
topic: {id: a, title: Chủ đề A}
entries:
  # ---- first
  - id: one  # the first
    title: "Câu một"
    phrasings:
      - hỏi một  # kept
      - 'hỏi hai'
    answer: |
      **Một.**
    # facets:
    #   fee: none

  - id: two
    title: Câu hai
    phrasings: [hỏi ba, "hỏi: bốn"]
    answer: Hai.
    related: [one]
"""
SAME_COLUMN = """\
entries:
- id: one
  phrasings:
  - hỏi một
  -
    hỏi hai
  title: >-
    Câu
    một
  answer: |+
    Một.

- {id: two, title: Câu hai, phrasings: [hỏi ba,
    hỏi bốn], answer: 'Hai.'}
"""
LAYOUTS = {
    "plain": PLAIN,
    "same column": SAME_COLUMN,
    "windows": PLAIN.replace("\n", "\r\n"),
    "no final newline": PLAIN.rstrip("\n"),
    "byte order mark": "\ufeff" + PLAIN,
    "document marks": f"---\n{PLAIN}...\n",
    "in brackets": '{entries: [{id: one, phrasings: ["a"], title: x}, {id: two, phrasings: [b]}]}',
    "wide": "entries:\n    -   id: one\n        phrasings:\n            -   a\n    -   id: two\n        phrasings: [b]\n",
}
HOSTILE = [
    "mới: hỏi", "# không", "a # b", "- gạch", "? hỏi", "'", '"', '"a" b', "it's", "{x}", "[y]", "a, b", "&neo", "*neo",
    "!thẻ", "|", ">", "%", "@", "`", "no", "null", "~", "123", "1.5", "2026-11-22", "=", "<<", "a:", ":a", "---", "...",
    "tiền 😀", "\\n", "C:\\x", "tab\tở giữa", "0x1F", "1_000", "12:30", "đ\u200bược", "a\u00a0b",
]  # fmt: skip
ANY_TEXT = st.text(st.characters(codec="utf-8"), min_size=1, max_size=60) | st.sampled_from(
    HOSTILE
)


@cache
def real() -> dict[str, str]:
    files = {path.name: path.read_bytes().decode() for path in FOLDER.glob("*.yaml")}
    return files | {GOLDEN: (QUESTIONS / "golden.yaml").read_bytes().decode()}


def data(content: str) -> Any:
    source = parse_yaml(content.encode(), "x.yaml")
    assert source.problems == []
    return source.data


def entry(content: str, entry_id: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in data(content)["entries"] if one["id"] == entry_id)
    return found


def edited(content: str, *edits: Edit) -> str:
    return apply({"a.yaml": content}, edits)["a.yaml"]


def changes(old: str, new: str) -> list[str]:
    compared = difflib.ndiff(old.splitlines(keepends=True), new.splitlines(keepends=True))
    return [line.rstrip("\n") for line in compared if line[0] in "+-"]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("entry_id", ["one", "two"])
@pytest.mark.parametrize("phrasing", HOSTILE)
def test_added_phrasing_is_read_back_as_written(layout: str, entry_id: str, phrasing: str) -> None:
    """Whatever its letters and however the file is laid out, the text arrives as it was meant."""
    old = LAYOUTS[layout]
    before = entry(old, entry_id)["phrasings"]

    new = edited(old, AddPhrasings(entry_id, (phrasing,)))

    meant = " ".join(phrasing.split())
    assert [str(one) for one in entry(new, entry_id)["phrasings"]] == [*before, meant]
    assert yaml.safe_load(new)  # by any YAML program


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(LAYOUTS)), st.lists(ANY_TEXT, min_size=1, max_size=4))
def test_any_text_is_written_or_refused(layout: str, phrasings: list[str]) -> None:
    """Any text at all is either read back as meant, or refused with a sentence; nothing third."""
    old = LAYOUTS[layout]
    try:
        new = edited(old, AddPhrasings("one", tuple(phrasings)))
    except EditError as error:
        assert error.what  # noqa: PT017  # either way is right
        assert error.mend  # noqa: PT017
        return
    added = entry(new, "one")["phrasings"][len(entry(old, "one")["phrasings"]) :]
    assert all(one.strip() == one and one for one in added)
    assert len(added) <= len(phrasings)
    assert entry(new, "two") == entry(old, "two")


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(HOSTILE), min_size=1, max_size=3, unique=True))
def test_real_file_only_gains_lines(phrasings: list[str]) -> None:
    """On the repository's FAQ a new phrasing is a new line: no other byte changes."""
    old = {"chung_thuc.yaml": real()["chung_thuc.yaml"]}
    entry_id = data(old["chung_thuc.yaml"])["entries"][2]["id"]

    new = apply(old, [AddPhrasings(entry_id, tuple(phrasings))])["chung_thuc.yaml"]

    changed = changes(old["chung_thuc.yaml"], new)
    assert len(changed) == len(phrasings)
    assert all(line.startswith("+       - ") for line in changed)


@pytest.mark.parametrize("name", sorted(name for name in real() if name[0] not in "_("))
def test_every_real_file_can_be_edited(name: str) -> None:
    """In every file of the FAQ a first and a last entry can be changed, each by its own lines only."""
    old = real()[name]
    first, last = data(old)["entries"][0], data(old)["entries"][-1]

    new = apply({name: old}, [SetFields(first["id"], {"title": "Tên: mới"}),
                              AddPhrasings(last["id"], ("hỏi mới",))])[name]  # fmt: skip

    assert entry(new, first["id"]) == first | {"title": "Tên: mới"}
    assert entry(new, last["id"])["phrasings"] == [*last["phrasings"], "hỏi mới"]
    assert [line[0] for line in changes(old, new) if line[0] != "?"] == ["-", "+", "+"]


def test_only_the_phrasing_goes() -> None:
    """A removed phrasing takes its own line with it; comments and quotes around it stay."""
    new = edited(PLAIN, RemovePhrasings("one", ("hỏi hai", "hỏi không có")))

    assert changes(PLAIN, new) == ["-       - 'hỏi hai'"]


def test_last_phrasing_stays() -> None:
    """An entry cannot lose every way to ask it."""
    with pytest.raises(EditError, match="giữ lại ít nhất một"):
        edited(PLAIN, RemovePhrasings("two", ("hỏi ba", "hỏi: bốn")))


def test_field_is_set_where_it_stands() -> None:
    """A new title changes its line; an answer in lines stays one, and a comment beside a value stays."""
    new = edited(
        PLAIN, SetFields("one", {"title": "Tên mới", "answer": "Dòng một.\n\n- dòng hai"})
    )

    assert changes(PLAIN, new) == [
        '-     title: "Câu một"',
        "+     title: Tên mới",
        "-       **Một.**",
        "+       Dòng một.",
        "+ ",
        "+       - dòng hai",
    ]


def test_new_fields_stand_where_entries_have_them() -> None:
    """A field that was missing comes to its usual place, one set to None goes."""
    new = edited(
        PLAIN,
        SetFields("two", {"facets": {"fee": "0 đồng", "steps": ["a", "b"]}, "related": None}),
    )

    assert changes(PLAIN, new) == [
        "-     related: [one]",
        "+     facets:",
        "+       steps:",
        "+         - a",
        "+         - b",
        "+       fee: 0 đồng",
    ]


def test_what_stays_the_same_is_not_touched() -> None:
    """A form that sends every field back changes only what differs."""
    assert (
        apply({"a.yaml": PLAIN}, [SetFields("one", {"title": "Câu một", "answer": "**Một.**"})])
        == {}
    )


def test_new_entry_comes_last_with_comments_of_others_intact() -> None:
    """A new entry stands at the end of its topic's file, apart as the others are."""
    made = {"id": "three", "answer": "Ba.", "title": "Câu ba", "phrasings": ["hỏi năm"]}

    new = edited(PLAIN, NewEntry("a", made))

    assert new == PLAIN + (
        "\n  - id: three\n    title: Câu ba\n    phrasings:\n      - hỏi năm\n    answer: |\n      Ba.\n"
    )


def test_new_topic_is_a_new_file() -> None:
    """A new topic needs a title, and begins a file of its own."""
    made = {"id": "x", "title": "X", "phrasings": ["x"], "answer": "X."}

    changed = apply({"a.yaml": PLAIN}, [NewEntry("moi", made, "Chủ đề mới")])

    assert data(changed["moi.yaml"])["topic"] == {"id": "moi", "title": "Chủ đề mới"}
    with pytest.raises(EditError, match="không có chủ đề"):
        apply({"a.yaml": PLAIN}, [NewEntry("moi", made)])


@pytest.mark.parametrize("layout", LAYOUTS)
def test_removed_entry_goes_from_what_is_related(layout: str) -> None:
    """No entry leads to one that is gone, however the file is laid out."""
    new = edited(LAYOUTS[layout], RemoveEntry("one"))

    (left,) = data(new)["entries"]
    assert left["id"] == "two"
    assert "related" not in left


def test_out_of_scope_and_golden_questions_are_added() -> None:
    """Both files gain one line, the golden question under its entry; without a file one is made."""
    edits: list[Edit] = [
        AddOutOfScope(("câu: lạ",)),
        AddGolden("vneid_la_gi", "vneid, là gì?", "short"),
    ]

    changed = apply(real(), edits)

    assert changes(real()["_out_of_scope.yaml"], changed["_out_of_scope.yaml"]) == [
        '+   - "câu: lạ"'
    ]
    assert changes(real()[GOLDEN], changed[GOLDEN]) == [
        '+   - {text: "vneid, là gì?", style: short}'
    ]
    made = apply({"a.yaml": PLAIN}, [AddOutOfScope(("câu lạ",)), AddGolden("one", "một")])
    assert made["_out_of_scope.yaml"] == "questions:\n  - câu lạ\n"
    assert made[GOLDEN] == "one:\n  - {text: một, style: plain}\n"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (PLAIN.replace("hỏi một", "&n hỏi một"), "neo YAML"),
        (PLAIN.replace("title:", "title"), "YAML viết sai"),
        (PLAIN.replace("id: one", "id: other"), "không có mục “one”"),
    ],
)
def test_unreadable_file_is_refused(content: str, told: str) -> None:
    """A file that the FAQ could not read, or that lost the entry, is not guessed at."""
    edits: list[Edit] = [AddPhrasings("one", ("x",))]
    if told != "không có mục “one”":
        edits = [AddOutOfScope(("x",))]
        files = {"_out_of_scope.yaml": content}
    else:
        files = {"a.yaml": content}
    with pytest.raises(EditError, match=told):
        apply(files, edits)


@pytest.mark.parametrize("bad", ["", "  ", "a\0b", "\x1b[31m", "\ud800", "x" * 9000])
def test_text_that_no_file_may_hold_is_refused(bad: str) -> None:
    """Empty, endless or with control characters: the editor is told what to mend."""
    with pytest.raises(EditError):
        edited(PLAIN, AddPhrasings("one", (bad,)))


def test_edits_are_stored_and_read_again() -> None:
    """Every edit survives the database; one of a newer version is refused."""
    edits: list[Edit] = [
        AddPhrasings("a", ("x", "y")),
        RemovePhrasings("a", ("x",)),
        SetFields("a", {"title": "T", "related": None}),
        NewEntry("t", {"id": "b"}, "T"),
        RemoveEntry("a"),
        AddOutOfScope(("q",)),
        AddGolden("a", "q", "short"),
    ]

    assert [from_json(to_json(edit)) for edit in edits] == edits
    with pytest.raises(EditError):
        from_json({"edit": "of tomorrow"})
