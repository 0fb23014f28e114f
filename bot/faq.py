"""The FAQ that is being served: a catalog and the matcher fitted on it.

Fitting takes seconds, so what was learned is kept in the data folder, by hash of the FAQ.
"""

from __future__ import annotations

import hashlib
import os
import time
import zipfile
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import structlog

import intents
from bot.embeddings import CachedEmbedder
from intents.catalog import Catalog, load
from intents.fitted import Fitted
from intents.knowledge import Knowledge
from intents.matcher import Matcher
from intents.meaning import Semantic
from intents.prepared import Prepared
from intents.tables import Tables

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from intents.embedding import Embedder
    from intents.unseen import Solve

_Arrays = dict[str, "NDArray[Any]"]
_Restored = TypeVar("_Restored")

VECTORS = "vectors.db"
"""The file in the data folder that holds the vectors of what editors wrote or accepted."""
_KEPT = 8  # fits on disk, by words and by meaning: the FAQ of today, and a few that were tried

_LEFT_BEHIND = 3600.0  # seconds after which a part of a fit has nobody who writes it

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Faq:
    """A catalog with its matcher. `knowledge` is the catalog made ready for matching."""

    catalog: Catalog
    knowledge: Knowledge
    matcher: Matcher


def load_faq(
    folder: Path,
    cache: Path,
    *,
    fitting: Callable[[], None] = lambda: None,
    solve: Solve | None = None,
) -> Faq:
    """Load, check and fit a FAQ that is matched by its words.

    `fitting` is called before the seconds that a first fit takes; `solve` stands for the longest
    part of it, where its caller needs what is solved for something else too.

    Raises:
        CatalogError: when the FAQ has errors.
    """
    catalog = load(folder)
    path = _path(cache, catalog)
    recalled = _recall(path, lambda arrays: _restored(catalog, arrays))
    if recalled is not None:
        return recalled
    from intents.fitting import fit  # noqa: PLC0415  # and scipy's solvers: seldom needed

    fitting()
    knowledge = Knowledge.of(catalog)
    fitted = fit(knowledge, solve=solve) if solve else fit(knowledge)
    tables = catalog.lexicon.tables
    learned = tables.arrays() if tables else {}
    _keep(path, fitted.arrays() | knowledge.examples.prepared.arrays() | learned)
    return Faq(catalog, knowledge, Matcher(knowledge, fitted))


def is_fitted(catalog: Catalog, cache: Path) -> bool:
    """Whether `load_faq` finds what it would learn, so that loading is quick."""
    return _path(cache, catalog).is_file()


def _restored(catalog: Catalog, arrays: _Arrays) -> Faq:
    if "tables" in arrays:
        lexicon = catalog.lexicon.knowing(Tables.from_arrays(arrays))
        catalog = replace(catalog, lexicon=lexicon)
    knowledge = Knowledge.of(catalog, Prepared.from_arrays(arrays))
    return Faq(catalog, knowledge, Matcher(knowledge, Fitted.from_arrays(arrays)))


def with_meaning(
    faq: Faq,
    cache: Path,
    embedder: Embedder,
    progress: Callable[[int, int], None] | None = None,
    *,
    embedded: Callable[[], None] = lambda: None,
    solve: Solve | None = None,
) -> Faq:
    """The same FAQ, matched by its meaning too.

    A first time takes minutes: `progress` hears how many of how many texts are embedded, and may
    raise to end it. Later only what is new is embedded. `embedded` is called between that and the
    fit, unless one is kept; `solve` as in `load_faq`.

    Raises:
        EmbeddingError: when the model cannot be used.
    """
    kept = CachedEmbedder(embedder, cache / VECTORS, progress=progress or (lambda _d, _t: None))
    vectors = kept.embed(faq.knowledge.examples.meant)
    path = _path(cache, faq.catalog, embedder.name)
    if not path.is_file():
        embedded()
    fitted = _recall(path, Fitted.from_arrays)
    if fitted is None or fitted.meaning is None:
        from intents.fitting import fit  # noqa: PLC0415  # as above

        knowledge = faq.knowledge
        fitted = fit(knowledge, vectors, solve=solve) if solve else fit(knowledge, vectors)
        _keep(path, fitted.arrays())
    assert fitted.meaning is not None
    semantic = Semantic(fitted.meaning, vectors, embedder)
    return replace(faq, matcher=Matcher(faq.knowledge, fitted, semantic))


def knows_meaning(faq: Faq, cache: Path, embedder: Embedder) -> bool:
    """Whether `with_meaning` has nothing left to embed or to fit."""
    if not _path(cache, faq.catalog, embedder.name).is_file():
        return False
    return CachedEmbedder(embedder, cache / VECTORS).knows(faq.knowledge.examples.meant)


def _path(cache: Path, catalog: Catalog, model: str = "") -> Path:
    """Where the fit of a catalog is kept."""
    by = f"-{hashlib.sha256(model.encode()).hexdigest()[:8]}" if model else ""
    return cache / f"matcher-{_code_digest()}-{catalog.digest[:16]}{by}.npz"


def _code_digest() -> str:
    """Changes whenever the matcher's code does: numbers fitted by other code are no use."""
    digest = hashlib.sha256()
    for path in sorted(Path(intents.__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _recall(path: Path, restore: Callable[[_Arrays], _Restored]) -> _Restored | None:
    if not path.is_file():
        return None
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            restored = restore(dict(arrays))
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        log.warning(
            "fit cache unreadable, fitting again", path=str(path), error=type(error).__name__
        )
        return None
    with suppress(OSError):
        path.touch()  # what is used is not the oldest
    return restored


def _age(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _keep(path: Path, arrays: _Arrays) -> None:
    """Keep what was learned, and drop the oldest of what was kept before."""
    part = path.with_suffix(f".{os.getpid()}.part")  # another process may fit the same
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with part.open("wb") as file:
            np.savez(file, allow_pickle=False, **arrays)
        part.replace(path)
        newest_first = sorted(path.parent.glob("matcher-*.npz"), key=lambda p: -p.stat().st_mtime)
        left = (p for p in path.parent.glob("matcher-*.part") if _age(p) > _LEFT_BEHIND)
        for old in (*newest_first[_KEPT:], *left):
            old.unlink(missing_ok=True)
    except OSError as error:
        log.warning("fit cache not written", path=str(path), error=error.strerror)
        with suppress(OSError):  # the database needs the room more
            part.unlink()
