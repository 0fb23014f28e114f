"""The FAQ as its files hold it now: what an editor changes, not what is being served.

Values are raw: `{shared}` values stay as they are written, dates are text.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from intents.catalog import Loading
from intents.lint.terms import TermsFile
from intents.problems import CatalogError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from intents.entry import Entry, Topic
    from intents.lint.located import Located
    from intents.values import Value

Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Written:
    """One entry as its file holds it: where, and its raw data."""

    entry: Entry
    data: Data
    topic: str
    file: str
    line: int

    @property
    def digest(self) -> str:
        """Changes whenever what the entry says does; its layout and comments are no matter."""
        text = json.dumps(self.data, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class WrittenFaq:
    """Every entry of every file that could be read, and what the entries share.

    `official` is None where the FAQ has no list of official sites: it is strict only with one.
    """

    entries: Mapping[str, Written]
    topics: tuple[Topic, ...]
    values: Mapping[str, Value]
    official: tuple[str, ...] | None
    terms: TermsFile

    def topic_title(self, topic: str) -> str:
        """What a topic is called; its id where it has no name."""
        return next((one.title for one in self.topics if one.id == topic), topic)


def read_written(folder: Path) -> WrittenFaq:
    """Read a FAQ folder. A file that cannot be read is left out; never raises for its content."""
    loading = Loading(folder)
    try:
        loading.read()
    except CatalogError:
        return WrittenFaq({}, (), {}, None, TermsFile())
    _, terms = loading.shared("_terms.yaml", TermsFile)
    topics = sorted(loading.topics.values(), key=lambda topic: (topic.order, topic.id))
    return WrittenFaq(
        entries={
            name: _written(one, loading.topic_of[name], folder)
            for name, one in loading.entries.items()
        },
        topics=tuple(topics),
        values=loading.values,
        official=loading.sites.official if loading.sites else None,
        terms=terms or TermsFile(),
    )


def _written(one: Located, topic: str, folder: Path) -> Written:
    line, _ = one.source.place(("entries", one.index))
    data = one.source.data["entries"][one.index]
    file = Path(one.source.name).relative_to(folder).as_posix()
    return Written(one.entry, data, topic, file, line)


class Shelf:
    """Keeps what was read of a folder until one of its files changes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._seen: tuple[tuple[str, int, int], ...] | None = None
        self._faq: WrittenFaq | None = None
        self._lock = asyncio.Lock()

    async def faq(self) -> WrittenFaq:
        """The FAQ as it is written now. Read in a thread, by one caller at a time."""
        async with self._lock:
            seen = await asyncio.to_thread(_stamps, self.folder)
            if self._faq is None or seen != self._seen:
                self._faq = await asyncio.to_thread(read_written, self.folder)
                self._seen = seen
            return self._faq


def _stamps(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """What tells that a file was changed, without reading it."""
    stamps = []
    for path in sorted((*folder.glob("*.yaml"), *folder.glob("*/*.yaml"))):
        try:
            stat = path.stat()
        except OSError:  # gone between the listing and the look
            continue
        stamps.append((str(path), stat.st_mtime_ns, stat.st_size))
    return tuple(stamps)
