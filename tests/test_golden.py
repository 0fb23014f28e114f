"""Golden questions: what citizens ask must keep finding its entry, and nothing else an answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import yaml

from bot.show import schema
from intents.entry import Kind
from intents.text import fold
from intents.verdict import Answer
from intents.yaml_source import read_yaml
from tests.faq import FOLDER, QUESTIONS, repository_faq

if TYPE_CHECKING:
    from pathlib import Path

PER_ENTRY = 3
LEAST_FIRST = 0.93
LEAST_ANSWERED = 0.7
MOST_OUT_OF_SCOPE_ANSWERED = 0.02
LEAST_OUT_OF_SCOPE = 300


def read(name: str) -> Any:
    return yaml.safe_load((QUESTIONS / name).read_text("utf-8"))


GOLDEN: dict[str, list[dict[str, Any]]] = read("golden.yaml")
CASES = [(entry, question) for entry, questions in GOLDEN.items() for question in questions]


@pytest.mark.parametrize(
    ("entry", "question"),
    CASES,
    ids=[f"{entry}: {question['text'][:60]}" for entry, question in CASES],
)
def test_golden_question_finds_its_entry(entry: str, question: dict[str, Any]) -> None:
    """A golden question's entry is among the three nearest, and no other entry answers it."""
    right = set(question.get("any_of", [entry]))

    verdict = repository_faq().matcher.match(question["text"])

    nearest = [candidate.entry for candidate in verdict.ranking[:3]]
    assert right & set(nearest), f"{entry} is not found; nearest: {nearest}"
    assert not isinstance(verdict, Answer) or verdict.entry in right


def test_most_golden_questions_are_answered() -> None:
    """The right entry comes first for nearly all; the thresholds leave some to asking back."""
    matcher = repository_faq().matcher
    first, answered = 0, 0
    for entry, question in CASES:
        right = set(question.get("any_of", [entry]))
        verdict = matcher.match(question["text"])
        first += bool(verdict.ranking) and verdict.ranking[0].entry in right
        answered += isinstance(verdict, Answer) and verdict.entry in right

    assert first >= LEAST_FIRST * len(CASES)
    assert answered >= LEAST_ANSWERED * len(CASES)


def test_every_answer_entry_has_golden_questions() -> None:
    """Each answer entry is covered by at least three golden questions."""
    entries = repository_faq().catalog.entries.values()

    bare = [
        e.id for e in entries if e.kind is Kind.ANSWER and len(GOLDEN.get(e.id, [])) < PER_ENTRY
    ]

    assert bare == []


def test_golden_questions_are_no_phrasings() -> None:
    """A golden question that stands in the FAQ would test memory only."""
    entries = repository_faq().catalog.entries.values()
    phrasings = {fold(text) for entry in entries for text in (entry.title, *entry.phrasings)}

    assert [q["text"] for _, q in CASES if fold(q["text"]) in phrasings] == []


def test_out_of_scope_questions_are_hardly_ever_answered() -> None:
    """Of the held-out out-of-scope questions, near and far, next to none gets an answer."""
    faq = repository_faq()
    questions = [item["text"] for item in read("out_of_scope.yaml")["questions"]]

    answered = [
        (text, verdict.entry)
        for text in questions
        if isinstance(verdict := faq.matcher.match(text), Answer)
        and faq.catalog.entries[verdict.entry].kind is Kind.ANSWER
    ]

    assert len(questions) >= LEAST_OUT_OF_SCOPE
    assert len(answered) <= MOST_OUT_OF_SCOPE_ANSWERED * len(questions), answered


def test_out_of_scope_questions_are_held_out() -> None:
    """The test questions take no part in fitting."""
    fitted_on = {fold(text) for text in repository_faq().catalog.out_of_scope}

    assert [
        q["text"] for q in read("out_of_scope.yaml")["questions"] if fold(q["text"]) in fitted_on
    ] == []


def test_topics_name_entries_that_exist() -> None:
    """The map of question topics holds no dead entry."""
    entries = repository_faq().catalog.entries

    named = [entry for ids in read("topics.yaml").values() for entry in ids]

    assert [entry for entry in named if entry not in entries] == []


def test_schema_for_editors_is_current() -> None:
    """`faq/schema.json` says what the models say; `hoidap faq schema` writes it."""
    assert (FOLDER / "schema.json").read_text("utf-8") == schema()


@pytest.mark.parametrize("path", sorted(FOLDER.glob("[a-z]*.yaml")), ids=lambda path: path.name)
def test_faq_files_satisfy_the_schema(path: Path) -> None:
    """What an editor's program underlines is what the checker refuses."""
    described = json.loads((FOLDER / "schema.json").read_text("utf-8"))

    jsonschema.validate(read_yaml(path, path.name).data, described)
