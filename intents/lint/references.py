"""What an entry points to: related entries, shared values, links.

These are checked whenever a FAQ is loaded: an answer that leads nowhere, or to a stranger's
site, must not be served.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from intents.problems import Rule, nearest
from intents.values import names

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from intents.lint.located import Located
    from intents.problems import Problem

_LINK = re.compile(r"\]\(\s*([^)\s]*)|(\bhttps?://[^\s)\]]+)")


def check_related(entries: Sequence[Located]) -> Iterator[Problem]:
    """Each related id must be an entry's."""
    known = {one.entry.id for one in entries}
    for one in entries:
        for i, other in enumerate(one.entry.related):
            if other not in known:
                guess = nearest(other, known)
                mend = f"có phải bạn muốn viết “{guess}”?" if guess else "bỏ mã này"
                yield one.problem(
                    Rule.UNKNOWN_RELATED,
                    ("related", i),
                    f"không có mục nào mang mã “{other}”",
                    mend,
                )


def check_values(entries: Sequence[Located], known: Collection[str]) -> Iterator[Problem]:
    """Each {name} in a text must be a shared value's."""
    for one in entries:
        for place, text in one.texts():
            for name in names(text):
                if name not in known:
                    guess = nearest(name, known)
                    mend = f"có phải {{{guess}}}?" if guess else "khai báo nó trong _values.yaml"
                    yield one.problem(
                        Rule.UNKNOWN_VALUE, place, f"không có giá trị dùng chung “{name}”", mend
                    )


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
                    Rule.LINK,
                    place,
                    f"liên kết “{url}” che tên miền thật",
                    "viết địa chỉ không có @ và \\",
                )
            elif host is None:
                yield one.problem(
                    Rule.LINK, place, f"liên kết “{url}” không phải https", "viết đầy đủ https://…"
                )
            elif official is not None and not _is_within(host, official):
                yield one.problem(
                    Rule.LINK,
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
