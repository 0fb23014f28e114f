"""A trial asks as citizens are answered: by the meaning too, once that is learned."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.editing import AddOutOfScope, AddPhrasings, NewEntry, apply
from bot.faq import load_faq, with_meaning
from bot.proposals.aim import Aim
from bot.proposals.effects import Job, tried
from bot.proposals.files import Files
from bot.proposals.meaning import Remembering, Vectors, key_of
from intents.embedding import EmbeddingError
from tests.fakes.synonym_embedder import SynonymEmbedder
from tests.sample_faq import install

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from typing import Any

    import numpy as np
    from numpy.typing import NDArray

    from bot.editing import Edit
    from bot.proposals.effects import Tried

ENTRY = "vneid_quen_mat_khau"
FOREIGN = "forgotten password vneid"
SLANG = "bí mật khẩu định danh thì bấm gì"


class Counting(SynonymEmbedder):
    """Counts what it embeds."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.texts += texts
        return super().embed(texts)


class Broken(SynonymEmbedder):
    """Fails for what is new, or for one question alone."""

    def __init__(self, question: str = "") -> None:
        self.question = question

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if not self.question or self.question in texts:
            raise EmbeddingError(f"máy chủ không trả lời {len(texts)} câu")
        return super().embed(texts)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    install(tmp_path)
    (tmp_path / "golden.yaml").write_text(f"{ENTRY}:\n  - {{text: {FOREIGN}}}\n", "utf-8")
    return tmp_path


def learn(home: Path) -> None:
    """What a running bot has done: the meaning of the FAQ is learned and kept."""
    with_meaning(load_faq(home / "faq", home / "data"), home / "data", SynonymEmbedder())


def run(home: Path, *edits: Edit, recent: Sequence[str] = (), **other: Any) -> Tried:
    old = Files(home / "faq", home / "golden.yaml").read()
    made = edits or (AddPhrasings(ENTRY, (SLANG,)),)
    job = Job(
        home / "golden.yaml", home / "data", old, apply(old, made), recent, edits=made, **other
    )
    folder = home / f"trial-{len([*home.iterdir()])}"
    return tried(job, folder, lambda _percent, _what: None)


def test_questions_are_asked_by_the_meaning_once_it_is_learned(home: Path) -> None:
    """As citizens' are; before that, and when the model fails, by the words, and the page says so."""
    assert run(home, embedder=SynonymEmbedder).result["by_words"]
    learn(home)
    by_meaning, by_words = run(home, embedder=SynonymEmbedder), run(home)
    assert not by_meaning.result["by_words"]
    assert not by_words.result["by_words"]  # there is no model
    said = [one.known[0].verdicts[key_of(FOREIGN)] for one in (by_meaning, by_words)]
    assert said[0] != said[1]
    assert run(home, AddPhrasings(ENTRY, ("mật mã quên béng",)), embedder=Broken).result[
        "by_words"
    ]


def test_a_model_that_fails_midway_decides_nothing(home: Path) -> None:
    """Half of the questions by the meaning and half by the words would show changes that are none."""
    learn(home)
    asked = "forgotten vneid"
    failed = run(home, recent=[asked], embedder=lambda: Broken(asked))
    words = run(home, recent=[asked])
    assert failed.result["by_words"]
    assert failed.result["effect"] == words.result["effect"]
    assert failed.known == words.known


def test_what_out_of_scope_takes_away_is_its_work(home: Path) -> None:
    """A question that is not answered any more counts, whichever entry it had."""
    aim = Aim.of([AddOutOfScope(("giá xăng",))])
    assert aim.refuses
    assert not Aim.of([AddPhrasings("a", ("một",))]).refuses
    questions = ("quên mật khẩu vneid rồi", "em quên mật khẩu vneid", "vneid quên mật khẩu")
    golden = "".join(f"  - {{text: {text}}}\n" for text in ("quên mật khẩu vneid", FOREIGN))
    (home / "golden.yaml").write_text(f"{ENTRY}:\n{golden}", "utf-8")
    told = run(home, AddOutOfScope(questions)).result["effect"]["golden"]
    lost = [one for one in told["changes"] if one["after"]["kind"] == "unknown"]
    assert all(one["aimed"] for one in lost)
    assert told["worse"] >= len(lost)


def test_what_was_said_by_the_words_is_not_taken_for_the_meaning(home: Path) -> None:
    """A bot that has learned since the last trial is asked anew."""
    words = run(home)
    learn(home)
    again = run(home, known=words.known, embedder=SynonymEmbedder)
    fresh = run(home, embedder=SynonymEmbedder)
    assert again.known[0].verdicts == fresh.known[0].verdicts


def test_a_question_is_embedded_once(home: Path) -> None:
    """For both versions, and for the next trial; a citizen's leaves no trace on the disk."""
    learn(home)
    model = Counting()
    asked = "forgotten vneid"
    first = run(home, recent=[asked], embedder=lambda: model)
    assert model.texts.count(asked) == 1
    assert model.texts.count(FOREIGN) == 1
    run(home, recent=[asked], embedder=lambda: model, vectors=first.vectors)
    assert model.texts.count(asked) == 1
    run(home, recent=[asked], embedder=lambda: model)  # after a restart
    assert model.texts.count(asked) == 2
    assert model.texts.count(FOREIGN) == 1


def test_own_questions_are_counted_as_better_and_others_apart(home: Path) -> None:
    """What a reviewer accepted is right now; what has nothing to do with the change is told apart."""
    slang = "pát cốt bay màu sao giờ"
    result = run(home, AddPhrasings(ENTRY, (slang,)), recent=[slang.upper(), "mưa hay nắng"])
    recent = result.result["effect"]["recent"]
    assert (recent["asked"], recent["better"], recent["elsewhere"]) == (2, 1, 0)
    (change,) = recent["changes"]
    assert (change["aimed"], change["trend"], change["right"]) == (True, "better", [ENTRY])


def test_the_aim_of_edits() -> None:
    """Entries that are touched, and questions with what is right for them."""
    new = NewEntry("vneid", {"id": "moi", "phrasings": ["câu  Mới"]})
    aim = Aim.of([AddPhrasings("a", ("một", "hai")), new, AddOutOfScope(("giá xăng",))])
    assert aim.concerns("khac", "moi")
    assert not aim.concerns("khac")
    assert not aim.concerns()
    assert aim.case("câu mới").right == {"moi"}
    assert aim.names("Giá xăng")
    assert aim.case("giá xăng").right == set()
    assert not aim.names("khác")
    assert aim.names("câu mới [số điện thoại]")  # as it is kept


def test_remembering_is_an_embedder(tmp_path: Path) -> None:
    """No text, one text twice: the same rows as the model's own."""
    model = Remembering(SynonymEmbedder(), tmp_path, Vectors())
    assert model.embed([]).shape[0] == 0
    twice = model.embed(["quên mật khẩu", "quên mật khẩu"])
    assert (twice == SynonymEmbedder().embed(["quên mật khẩu"])).all()
