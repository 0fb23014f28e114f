"""Vectors on disk: embedded once, and right whatever happens to the file or to the program."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.embeddings import CachedEmbedder
from bot.embeddings.text import embeddable
from intents.embedding import EmbeddingError
from tests.fakes.hashed_embedder import HashedEmbedder
from tests.logs import logging_as

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

ROOT = Path(__file__).parent.parent
TEXTS = [f"câu hỏi {n}" for n in range(100)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "vectors.db"


def asked(path: Path, texts: Sequence[str] = TEXTS, model: HashedEmbedder | None = None) -> int:
    """Embed as after a restart, see that every row is right; returns how many were not kept."""
    model = model or HashedEmbedder()
    rows = CachedEmbedder(model, path).embed(texts)
    new = len(model.asked)
    right = HashedEmbedder(model.name, model.size).embed([embeddable(text) for text in texts])
    np.testing.assert_allclose(rows, right, atol=2e-3)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert rows.dtype == np.float32
    return new


def kept(path: Path) -> int:
    with closing(sqlite3.connect(path)) as database:
        (count,) = database.execute("SELECT count(*) FROM vectors").fetchone()
        return int(count)


def change(path: Path, sql: str) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(sql)


# Once


def test_only_what_is_new_is_embedded(path: Path) -> None:
    """A second start embeds nothing, an edited FAQ only its new texts."""
    assert asked(path) == 100
    assert asked(path) == 0
    model = HashedEmbedder()
    assert asked(path, ["mới", *TEXTS[50:], "mới nữa"], model) == 2
    assert model.asked == ["mới", "mới nữa"]


def test_rows_are_the_same_new_and_kept(path: Path) -> None:
    """To the last bit, so that what is fitted on them is the same too."""
    first = CachedEmbedder(HashedEmbedder(), path).embed(TEXTS)
    np.testing.assert_array_equal(CachedEmbedder(HashedEmbedder(), path).embed(TEXTS), first)


def test_the_same_text_is_embedded_once(path: Path) -> None:
    """Also when only its spaces or its Unicode form differ."""
    assert asked(path, ["căn  cước", "căn cước", "căn cước\n", "căn cước"]) == 1


def test_another_model_has_other_vectors(path: Path) -> None:
    """Both are kept: a site may go back."""
    assert asked(path, model=HashedEmbedder("một")) == 100
    assert asked(path, model=HashedEmbedder("hai", size=32)) == 100
    assert asked(path, model=HashedEmbedder("một")) == 0


def test_no_text_needs_no_file(path: Path) -> None:
    """Nor a folder."""
    assert len(CachedEmbedder(HashedEmbedder(), path).embed([])) == 0
    assert not path.parent.exists()


def test_the_name_is_the_models() -> None:
    """The cache changes nothing but the time."""
    assert CachedEmbedder(HashedEmbedder("một"), Path("x")).name == "một"


@settings(max_examples=30, deadline=None)
@given(texts=st.lists(st.text(st.characters(), max_size=300), max_size=20))
def test_any_texts_are_kept(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    """Every row is that of its text, new and kept."""
    path = tmp_path_factory.mktemp("any") / "vectors.db"
    if texts:
        assert asked(path, texts) == len({embeddable(text) for text in texts})
        assert asked(path, texts) == 0


def test_threads_share_one_file(path: Path) -> None:
    """Two programs, or a reload during the first fit."""
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda start: asked(path, TEXTS[start : start + 70]), (0, 10, 20, 30)))
    assert asked(path) == 0


# Progress


def test_progress_counts_what_is_new(path: Path) -> None:
    """From none to all, batch by batch; nothing is told when nothing is new."""
    asked(path, TEXTS[:30])
    heard: list[tuple[int, int]] = []
    embedder = CachedEmbedder(
        HashedEmbedder(), path, progress=lambda done, total: heard.append((done, total))
    )
    embedder.embed(TEXTS)
    assert heard == [(0, 70), (64, 70), (70, 70)]
    embedder.embed(TEXTS)
    assert len(heard) == 3


def test_progress_may_end_the_work(path: Path) -> None:
    """A program that stops loses nothing of what was done."""

    def stop(done: int, _total: int) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        CachedEmbedder(HashedEmbedder(), path, progress=stop).embed(TEXTS)
    assert asked(path) == 36


def test_a_model_that_fails_midway_loses_nothing(path: Path) -> None:
    """The next try goes on where it failed."""

    class Failing(HashedEmbedder):
        def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
            if self.asked:
                raise EmbeddingError("hỏng")
            return super().embed(texts)

    with pytest.raises(EmbeddingError, match="hỏng"):
        CachedEmbedder(Failing(), path).embed(TEXTS)
    assert asked(path) == 36


# Pruning


def test_the_longest_unused_go_when_there_are_too_many(path: Path) -> None:
    """What was used today stays, also above the limit."""
    asked(path, TEXTS[:40])
    change(path, "UPDATE vectors SET used = used - 9")
    asked(path, TEXTS[:10])  # used again
    asked(path, TEXTS[40:70])
    change(path, "UPDATE vectors SET used = used - 1")
    CachedEmbedder(HashedEmbedder(), path, most_kept=60).embed(TEXTS[70:80])
    assert kept(path) == 60
    assert asked(path, TEXTS[:10] + TEXTS[40:80]) == 0
    CachedEmbedder(HashedEmbedder(), path, most_kept=5).embed(["mới"])
    assert asked(path, [*TEXTS[:10], *TEXTS[40:80], "mới"]) == 0


def test_below_the_limit_nothing_goes(path: Path) -> None:
    """However long it was not used."""
    asked(path)
    change(path, "UPDATE vectors SET used = 1")
    CachedEmbedder(HashedEmbedder(), path, most_kept=101).embed(["mới"])
    assert kept(path) == 101


# Damage


@pytest.mark.parametrize(
    "content",
    [b"", b"x", b"rubbish " * 2000, b"SQLite format 3\0", b"SQLite format 3\0" + bytes(8000)],
    ids=["empty", "one byte", "rubbish", "a header", "a header and nothing"],
)
def test_a_file_that_is_no_database_is_begun_anew(path: Path, content: bytes) -> None:
    """The program goes on, and the next start has the vectors again."""
    path.parent.mkdir()
    path.write_bytes(content)
    assert asked(path) == 100
    assert asked(path) == 0


@pytest.mark.parametrize("seed", range(25))
def test_a_file_that_is_cut_short_gives_no_wrong_vector(path: Path, seed: int) -> None:
    """At any length; what is whole may be used."""
    asked(path)
    raw = path.read_bytes()
    path.write_bytes(raw[: np.random.default_rng(seed).integers(len(raw))])
    asked(path)
    assert asked(path) == 0


@pytest.mark.parametrize("seed", range(40))
def test_a_file_with_wrong_bytes_gives_no_wrong_vector(path: Path, seed: int) -> None:
    """One byte or a whole stretch, anywhere."""
    asked(path)
    dice = np.random.default_rng(seed)
    raw = bytearray(path.read_bytes())
    at, length = dice.integers(len(raw)), dice.choice([1, 1, 16, 5000])
    raw[at : at + length] = dice.bytes(len(raw[at : at + length]))
    path.write_bytes(raw)
    asked(path)
    asked(path)


def test_a_damaged_file_is_logged(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An operator sees why a start takes minutes again."""
    path.parent.mkdir()
    path.write_bytes(b"rubbish " * 2000)
    with logging_as("json", "warning"):
        asked(path)
    told = capsys.readouterr().err
    assert "vectors unreadable, embedding again" in told
    assert "SQLITE_NOTADB" in told
    assert "câu hỏi" not in told


def test_a_complaint_that_cannot_be_read_is_damage_too(path: Path) -> None:
    """SQLite quotes the broken definition of a table, and Python refuses what is not UTF-8."""
    asked(path)
    raw = path.read_bytes()
    assert raw.count(b"vector BLOB") == 1
    path.write_bytes(raw.replace(b"vector BLOB", b"vec\xfftor)LOB"))
    assert asked(path) == 100
    assert asked(path) == 0


@pytest.mark.parametrize(
    "sql",
    [
        "DROP TABLE vectors",
        "ALTER TABLE vectors DROP COLUMN checksum",
        "ALTER TABLE vectors RENAME COLUMN vector TO vectors",
        "PRAGMA user_version = 2",
        "UPDATE vectors SET vector = 'chữ'",
        "UPDATE vectors SET vector = 5, checksum = 'x'",
        "UPDATE vectors SET vector = substr(vector, 1, 7)",
        "UPDATE vectors SET checksum = checksum + 1",
        "UPDATE vectors SET used = 'hôm qua'",
        "ALTER TABLE vectors ADD COLUMN more NOT NULL DEFAULT 1",
    ],
)
def test_other_tables_and_values_do_no_harm(path: Path, sql: str) -> None:
    """A newer program or a curious person was at the file."""
    asked(path)
    change(path, sql)
    asked(path)
    assert asked(path) == 0


def test_a_model_that_changed_its_size_is_embedded_again(path: Path) -> None:
    """A server may have another model under the old name."""
    asked(path, TEXTS[:50])
    assert asked(path, model=HashedEmbedder(size=24)) == 100
    assert asked(path, model=HashedEmbedder(size=24)) == 0
    asked(path, TEXTS[:3], HashedEmbedder(size=24))


# No disk


def test_without_a_place_on_disk_all_is_embedded(tmp_path: Path) -> None:
    """A file stands where the folder should be, and a folder where the file should be."""
    (tmp_path / "data").write_text("x", "utf-8")
    assert asked(tmp_path / "data" / "vectors.db") == 100
    assert asked(tmp_path) == 100
    assert (tmp_path / "data").read_text("utf-8") == "x"


def test_what_is_kept_is_used_where_nothing_can_be_written(path: Path) -> None:
    """Another process holds the file to write."""
    asked(path)
    change(path, "UPDATE vectors SET used = 1")
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert asked(path) == 0
    assert kept(path) == 100


def test_a_program_that_is_killed_loses_only_its_last_batch(path: Path) -> None:
    """And leaves nothing that the next one could trip over."""
    code = f"""
from pathlib import Path
from bot.embeddings import CachedEmbedder
from tests.fakes.hashed_embedder import HashedEmbedder
def tell(done, total):
    print(done, flush=True)
texts = [f"câu hỏi {{n}}" for n in range(30_000)]
CachedEmbedder(HashedEmbedder(), Path({str(path)!r}), progress=tell).embed(texts)
"""
    for _ in range(3):
        with subprocess.Popen(
            [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True
        ) as program:
            assert program.stdout is not None
            done = [int(program.stdout.readline()) for _ in range(5)]
            program.send_signal(signal.SIGKILL)
        assert done[-1] == 256
        assert program.returncode == -signal.SIGKILL
    texts = [f"câu hỏi {n}" for n in range(3 * 256)]
    assert asked(path, texts) == 0
