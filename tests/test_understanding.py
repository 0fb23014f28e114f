"""The meaning is looked at beside the event loop, and never waited for too long."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import signal
import sqlite3
import threading
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from bot.faq import knows_meaning, load_faq, with_meaning
from bot.fitting_beside import fit_beside
from bot.front_desk import FrontDesk
from bot.learning import Learning
from bot.messages import Content, Incoming
from bot.store import Store
from bot.understanding import Understanding
from intents.embedding import EmbeddingError
from tests.fakes.synonym_embedder import SynonymEmbedder
from tests.logs import logging_as
from tests.sample_faq import write

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from bot.faq import Faq

FOREIGN = "forgotten password vneid"
PASSWORD = "quên mật khẩu vneid thì làm sao"
LONG = 60.0  # seconds that no test waits


class Gated(SynonymEmbedder):
    """Waits, once it is shut, until it is opened."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.open.set()

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.open.wait(LONG)
        return super().embed(texts)


class Failing(SynonymEmbedder):
    """Fails once it is told to, with this error."""

    error: Exception | None = None

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if self.error:
            raise self.error
        return super().embed(texts)


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    with logging_as("json", "error"):
        yield


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Faq:
    home = tmp_path_factory.mktemp("plain")
    return load_faq(write(home / "faq"), home / "data")


async def test_what_the_words_doubt_the_meaning_decides(plain: Faq, tmp_path: Path) -> None:
    """As the matcher itself would, all at once."""
    faq = with_meaning(plain, tmp_path, SynonymEmbedder())
    understanding = Understanding(faq.matcher)
    reading = await understanding.read(FOREIGN)
    understanding.close()
    assert reading == faq.matcher.read(FOREIGN)
    assert reading.chosen[0].by_meaning


async def test_what_was_asked_in_the_same_words_is_not_thought_about_again(
    plain: Faq, tmp_path: Path
) -> None:
    """As long as it is short, and among the last ones."""
    matcher = with_meaning(plain, tmp_path, SynonymEmbedder()).matcher
    understanding = Understanding(matcher, patience=LONG, most_kept=3)
    once = await understanding.read(FOREIGN)
    assert once == matcher.read(FOREIGN)
    assert await understanding.read(FOREIGN) is once
    for number in range(3):
        await understanding.read(f"{PASSWORD} {number}")
    assert await understanding.read(FOREIGN) is not once
    long = f"{PASSWORD} {'x' * 200}"
    assert await understanding.read(long) is not await understanding.read(long)
    understanding.close()


async def test_a_model_that_is_late_leaves_it_to_the_words(plain: Faq, tmp_path: Path) -> None:
    """Everyone is answered in time, and nobody's question waits in line for ever."""
    gated = Gated()
    faq = with_meaning(plain, tmp_path, gated)
    understanding = Understanding(faq.matcher, patience=0.05)
    gated.open.clear()
    readings = await asyncio.gather(*(understanding.read(f"{FOREIGN} {n}") for n in range(20)))
    sure = await understanding.read(PASSWORD)  # needs no model, so it is not kept waiting
    gated.open.set()
    understanding.close()
    assert readings == [faq.matcher.glance(f"{FOREIGN} {n}") for n in range(20)]
    assert sure == faq.matcher.glance(PASSWORD)


async def test_a_model_that_fails_leaves_it_to_the_words(plain: Faq, tmp_path: Path) -> None:
    """And is asked again with the next question."""
    failing = Failing()
    faq = with_meaning(plain, tmp_path, failing)
    understanding = Understanding(faq.matcher)
    failing.error = EmbeddingError("máy chủ không trả lời")
    assert await understanding.read(FOREIGN) == faq.matcher.glance(FOREIGN)
    failing.error = None
    assert (await understanding.read(FOREIGN)).chosen[0].by_meaning
    understanding.close()


async def test_the_bot_answers_by_the_words_until_the_meaning_is_learned(
    plain: Faq, tmp_path: Path
) -> None:
    """Then by both, without a restart; the way to the verdict is in the stored turn."""
    gated = Gated()
    gated.open.clear()
    store = await Store.open(f"sqlite+aiosqlite:///{tmp_path / 'hoidap.db'}")
    desk = FrontDesk(plain, store, secret=b"mot khoa chi de thu nghiem")
    learning = Learning(plain, tmp_path, gated, desk.serve)
    learning.start()
    early = await desk.respond(Incoming("web", "lan", Content.TEXT, FOREIGN))
    gated.open.set()
    await asyncio.wait_for(learning.finished(), LONG)
    await desk.respond(Incoming("web", "lan", Content.TEXT, FOREIGN))
    desk.close()
    await store.close()
    turns = _stored(tmp_path / "hoidap.db")
    assert early.id == 1
    assert [turn["by_meaning"] for turn in turns] == [False, True]
    assert turns[1]["repaired"] == FOREIGN
    assert set(turns[1]["bands"]) == {"answer", "share", "clarify"}


@pytest.mark.parametrize("error", [EmbeddingError("hỏng"), RuntimeError("hỏng hơn")])
async def test_a_meaning_that_cannot_be_learned_leaves_the_words(
    plain: Faq, tmp_path: Path, error: Exception
) -> None:
    """The bot goes on, whatever broke."""
    failing = Failing()
    failing.error = error
    served: list[Faq] = []
    learning = Learning(plain, tmp_path, failing, served.append)
    learning.start()
    await asyncio.wait_for(learning.finished(), LONG)
    assert served == []


async def test_the_fit_is_made_in_a_process_beside(
    plain: Faq, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fitting would hold Python while citizens wait: this process only reads what was fitted."""
    served: list[Faq] = []
    folder = write(tmp_path / "faq")
    assert load_faq(folder, tmp_path).catalog.digest == plain.catalog.digest
    beside = partial(fit_beside, folder, tmp_path, SynonymEmbedder.name)
    monkeypatch.setattr("intents.fitting.fit", None)
    learning = Learning(plain, tmp_path, SynonymEmbedder(), served.append, fit=beside)
    learning.start()
    await asyncio.wait_for(learning.finished(), LONG)
    assert [faq.matcher.semantic for faq in served] == [True]


async def test_a_process_beside_that_leaves_nothing_costs_nothing(
    plain: Faq, tmp_path: Path
) -> None:
    """Where it died, the fit is made here."""
    served: list[Faq] = []
    nothing = partial(fit_beside, tmp_path / "khong-co", tmp_path, SynonymEmbedder.name)
    learning = Learning(plain, tmp_path, SynonymEmbedder(), served.append, fit=nothing)
    learning.start()
    await asyncio.wait_for(learning.finished(), LONG)
    assert [faq.matcher.semantic for faq in served] == [True]


def test_a_fit_that_is_not_wanted_any_more_is_ended(tmp_path: Path) -> None:
    """A program that ends leaves no process behind, not even one that ignores to be ended."""
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        fit_beside(write(tmp_path / "faq"), tmp_path / "kho", stopping=lambda: True)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert multiprocessing.active_children() == []
    assert not list(tmp_path.glob("kho/*.npz"))


async def test_learning_that_is_ended_hands_nothing_over(plain: Faq, tmp_path: Path) -> None:
    """A program that ends does not wait for minutes of work."""
    gated = Gated()
    gated.open.clear()
    served: list[Faq] = []
    learning = Learning(plain, tmp_path, gated, served.append)
    learning.start()
    learning.stop()
    gated.open.set()
    await asyncio.sleep(0.3)
    assert served == []


def test_what_is_learned_already_is_known(plain: Faq, tmp_path: Path) -> None:
    """For commands that must not keep one waiting for minutes."""
    assert not knows_meaning(plain, tmp_path, SynonymEmbedder())
    with_meaning(plain, tmp_path, SynonymEmbedder())
    assert knows_meaning(plain, tmp_path, SynonymEmbedder())


def test_only_what_is_new_is_embedded_again(plain: Faq, tmp_path: Path) -> None:
    """After an edit; the progress tells how much."""
    told: list[tuple[int, int]] = []
    with_meaning(plain, tmp_path, SynonymEmbedder())
    folder = write(tmp_path / "faq")
    path = folder / "bhyt.yaml"
    path.write_text(path.read_text("utf-8").replace("đi viện chỉ có", "vào viện chỉ có"), "utf-8")
    edited = load_faq(folder, tmp_path / "data")
    with_meaning(edited, tmp_path, SynonymEmbedder(), lambda *done: told.append(done))
    assert told == [(0, 1), (1, 1)]


def _stored(path: Path) -> list[dict[str, Any]]:
    """How each stored turn came about, read past the store."""
    with closing(sqlite3.connect(path)) as database:
        rows = database.execute("SELECT verdict FROM turns ORDER BY id").fetchall()
    return [json.loads(verdict)["reading"] for (verdict,) in rows]
