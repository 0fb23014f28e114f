"""Checks across entries: related ids, shared values, links, titles.

What one entry must look like is in `entry`; here is what needs the others, or the list of
official sites.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from intents.problems import Severity, nearest
from intents.values import names

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from intents.entry import Entry
    from intents.problems import Problem
    from intents.yaml_source import Place, YamlSource

MAX_TITLE = 60

_LINK = re.compile(r"\]\(\s*([^)\s]*)|(\bhttps?://[^\s)\]]+)")


@dataclass(frozen=True, slots=True)
class Located:
    """An entry and where it was written: the file, and its index there."""

    entry: Entry
    source: YamlSource
    index: int

    def problem(self, place: Place, what: str, mend: str) -> Problem:
        """A problem at a place inside the entry."""
        return self.source.problem(("entries", self.index, *place), what, mend)

    def texts(self) -> Iterator[tuple[Place, str]]:
        """Every text of the answer with its place."""
        yield ("answer",), self.entry.answer
        for facet, texts in self.entry.facets.items():
            for i, text in enumerate(texts):
                yield ("facets", facet.value, i), text


def check_related(entries: Sequence[Located]) -> Iterator[Problem]:
    """Each related id must be an entry's."""
    known = {one.entry.id for one in entries}
    for one in entries:
        for i, other in enumerate(one.entry.related):
            if other not in known:
                guess = nearest(other, known)
                mend = f"có phải bạn muốn viết “{guess}”?" if guess else "bỏ mã này"
                yield one.problem(("related", i), f"không có mục nào mang mã “{other}”", mend)


def check_titles(entries: Sequence[Located]) -> Iterator[Problem]:
    """A title longer than a button is worth a look."""
    for one in entries:
        length = len(one.entry.title)
        if length > MAX_TITLE:
            what = f"tên câu hỏi dài {length} ký tự, nút bấm chỉ hiện {MAX_TITLE}"
            yield replace(one.problem(("title",), what, "rút ngắn lại"), severity=Severity.WARNING)


def check_values(entries: Sequence[Located], known: Collection[str]) -> Iterator[Problem]:
    """Each {name} in a text must be a shared value's."""
    for one in entries:
        for place, text in one.texts():
            for name in names(text):
                if name not in known:
                    guess = nearest(name, known)
                    mend = f"có phải {{{guess}}}?" if guess else "khai báo nó trong _values.yaml"
                    yield one.problem(place, f"không có giá trị dùng chung “{name}”", mend)


def check_links(entries: Sequence[Located], official: Sequence[str] | None) -> Iterator[Problem]:
    """Each link must be https and, where the FAQ has a list of official sites, lead to one."""
    for one in entries:
        links = [
            (place, marked or bare)
            for place, text in one.texts()
            for marked, bare in _LINK.findall(text)
        ]
        sources = enumerate(one.entry.sources)
        links += [(("sources", i, "url"), source.url) for i, source in sources if source.url]
        for place, url in links:
            host = _host(url)
            if "@" in url or "\\" in url:
                yield one.problem(
                    place, f"liên kết “{url}” che tên miền thật", "viết địa chỉ không có @ và \\"
                )
            elif host is None:
                yield one.problem(
                    place, f"liên kết “{url}” không phải https", "viết đầy đủ https://…"
                )
            elif official is not None and not _is_within(host, official):
                yield one.problem(
                    place,
                    f"“{host}” không phải trang chính thức",
                    "dùng trang của cơ quan nhà nước, hoặc thêm tên miền vào _sites.yaml",
                )


def _host(url: str) -> str | None:
    """Where an https link leads, None for whatever else."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return parts.hostname if parts.scheme == "https" else None


def _is_within(host: str, sites: Sequence[str]) -> bool:
    return any(host == site or host.endswith(f".{site}") for site in map(str.lower, sites))
