"""What others would use: each is built from phrasings and names the entry that comes first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bm25s
import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import SGDClassifier
from sklearn.pipeline import make_union

from intents.embedding import MAX_EMBEDDED
from intents.text import fold, tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from intents.embedding import Embedder

    Ask = Callable[[str], str]
    Phrasings = Mapping[str, str]  # text → id of its entry


def bm25(phrasings: Phrasings) -> Ask:
    """BM25 over every phrasing, accents taken off: better so, as many type none."""
    entries = list(phrasings.values())
    index = bm25s.BM25()
    index.index([tokens(fold(text)) for text in phrasings], show_progress=False)

    def ask(text: str) -> str:
        words = [tokens(fold(text)) or [""]]
        rows, _scores = index.retrieve(words, k=1, show_progress=False, n_threads=0)
        return entries[int(rows[0, 0])]

    return ask


def logistic_regression(phrasings: Phrasings) -> Ask:
    """tf-idf of words, pairs of words and characters, accents taken off → logistic regression.

    Fitted by stochastic gradient descent: the exact solver wants gigabytes for hundreds of labels.
    """
    folded = [fold(text) for text in phrasings]
    vectorizer = make_union(
        TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"(?u)\w+", sublinear_tf=True),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True, min_df=2),
    )
    rows = vectorizer.fit_transform(folded)
    model = SGDClassifier(loss="log_loss", alpha=1e-5, random_state=0)
    model.fit(rows, list(phrasings.values()))
    # What `predict` does, without turning all the weights around for every question.
    weights = np.ascontiguousarray(model.coef_.T, np.float32)
    bias = model.intercept_.astype(np.float32)

    def ask(text: str) -> str:
        row = vectorizer.transform([fold(text)]).astype(np.float32)
        return str(model.classes_[int((row @ weights + bias).argmax())])

    return ask


def nearest_meaning(phrasings: Phrasings, phrasing_embedder: Embedder, embedder: Embedder) -> Ask:
    """The phrasing whose vector lies nearest. The first embedder may remember, the second not."""
    entries = list(phrasings.values())
    vectors = phrasing_embedder.embed([text[:MAX_EMBEDDED] for text in phrasings])

    def ask(text: str) -> str:
        [vector] = embedder.embed([text])
        return entries[int((vectors @ vector).argmax())]

    return ask
