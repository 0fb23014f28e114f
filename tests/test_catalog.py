"""A folder of files becomes one checked, unchangeable FAQ, with its topics in order."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING

import pytest

from intents.catalog import load
from intents.entry import Topic
from tests.small_faq import ENTRY, SITES, topic, write

if TYPE_CHECKING:
    from pathlib import Path


def test_the_least_faq_is_one_entry(tmp_path: Path) -> None:
    """The topic is named after the file; nothing else is needed."""
    catalog = load(write(tmp_path, {"vneid.yaml": topic("a")}))
    assert list(catalog.entries) == ["a"]
    assert catalog.entries["a"].answer == "Trả lời a."
    assert catalog.topics == (Topic(id="vneid", title="vneid"),)
    assert catalog.topic_of == {"a": "vneid"}
    assert (catalog.values, catalog.out_of_scope, catalog.warnings) == ({}, (), ())


def test_a_topic_may_be_a_folder(tmp_path: Path) -> None:
    """Its files lie in one topic, whichever of them declares it."""
    files = {
        "bhyt/a.yaml": topic("a"),
        "bhyt/b.yaml": topic("b", head="topic: {id: bhyt, title: Bảo hiểm y tế}\n"),
        "bhyt/c.yaml": topic("c"),
    }
    catalog = load(write(tmp_path, files))
    assert catalog.topics == (Topic(id="bhyt", title="Bảo hiểm y tế"),)
    assert [entry.id for entry in catalog.entries_of("bhyt")] == ["a", "b", "c"]


def test_a_folder_without_a_declared_topic_gives_it_its_name(tmp_path: Path) -> None:
    """Not the name of whichever file comes first."""
    catalog = load(write(tmp_path, {"bhyt/a.yaml": topic("a"), "bhyt/b.yaml": topic("b")}))
    assert catalog.topics == (Topic(id="bhyt", title="bhyt"),)


def test_topics_and_entries_come_in_menu_order(tmp_path: Path) -> None:
    """By the topic's number, then by its id; entries as they stand in their file."""
    files = {
        "a.yaml": topic("z", "y", head="topic: {id: last, title: L}\n"),
        "b.yaml": topic("x", head="topic: {id: first, title: F, order: 1, emoji: 💳}\n"),
        "c.yaml": topic("w", head="topic: {id: middle, title: M}\n"),
    }
    catalog = load(write(tmp_path, files))
    assert [one.id for one in catalog.topics] == ["first", "last", "middle"]
    assert list(catalog.entries) == ["x", "z", "y", "w"]


def test_only_answers_are_listed_under_a_topic(tmp_path: Path) -> None:
    """Small talk and signposts are no questions to choose from."""
    more = "    kind: small_talk\n" + ENTRY.format(id="c") + "    kind: signpost\n"
    catalog = load(write(tmp_path, {"t.yaml": topic("a", "b", more=more)}))
    assert [entry.id for entry in catalog.entries_of("t")] == ["a"]
    assert list(catalog.entries) == ["a", "b", "c"]


def test_json_may_stand_in_a_yaml_file(tmp_path: Path) -> None:
    """As a program would write it."""
    entry = {"id": "a", "title": "Căn cước", "phrasings": ["hỏi"], "answer": "Đáp.", "tags": ["x"]}
    catalog = load(write(tmp_path, {"t.yaml": json.dumps({"entries": [entry]}, indent="\t")}))
    assert catalog.entries["a"].title == "Căn cước"


def test_shared_files_are_read(tmp_path: Path) -> None:
    """Values, words, out-of-scope questions, sites."""
    files = {
        "t.yaml": topic(
            "a", more="    facets: {fee: 'Phí {phi}, xem [Cổng](https://dvc.gov.vn/x)'}\n"
        ),
        "_values.yaml": "values: {phi: {title: Phí, series: [{from: 2025-07-01, value: 15000}]}}\n",
        "_lexicon.yaml": "teencode: {ko: không}\nstop_words: [là]\n",
        "_out_of_scope.yaml": "questions: [hôm nay trời mưa không]\n",
        "_sites.yaml": SITES,
    }
    catalog = load(write(tmp_path, files))
    assert list(catalog.values) == ["phi"]
    assert catalog.lexicon.read("ko").words == ("không",)
    assert catalog.out_of_scope == ("hôm nay trời mưa không",)


def test_hidden_and_other_files_are_left_alone(tmp_path: Path) -> None:
    """Editors leave swap files and notes behind; an unknown shared file holds no entries."""
    files = {"t.yaml": topic("a"), ".t.yaml": "a: [", "_ghi_chu.yaml": "a: [", "README.md": "# x"}
    assert list(load(write(tmp_path, files)).entries) == ["a"]


def test_a_catalog_cannot_be_changed(tmp_path: Path) -> None:
    """It is shared by everything that answers."""
    catalog = load(write(tmp_path, {"t.yaml": topic("a")}))
    with pytest.raises(dataclasses.FrozenInstanceError):
        catalog.digest = ""  # type: ignore[misc]  # the point of the test


def test_the_digest_tells_any_change(tmp_path: Path) -> None:
    """Content, a file's name, its folder, a shared file; and nothing else changes it."""
    base = {"x/t.yaml": topic("a"), "y/u.yaml": topic("b")}
    variants = [
        base,
        base | {"x/t.yaml": topic("a") + "# ghi chú\n"},
        {"x/v.yaml": topic("a"), "y/u.yaml": topic("b")},
        {"w/t.yaml": topic("a"), "y/u.yaml": topic("b")},
        base | {"_lexicon.yaml": "{}"},
        base | {"_sites.yaml": SITES},
    ]
    digests = []
    for number, files in enumerate(variants):
        for copy in ("first", "second"):
            folder = tmp_path / f"{number}-{copy}"
            folder.mkdir()
            digests.append(load(write(folder, files)).digest)
    assert digests[::2] == digests[1::2]
    assert len(set(digests)) == len(variants)
