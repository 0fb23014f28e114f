"""An entry as a form holds it: every field is text, so nothing that was typed is lost.

Lists stand one item a line; further lines of an item are indented by two spaces.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Self

from bot.messages import readable
from intents.entry import Facet

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.drafts.written import Data

MOST_PHRASINGS = 2000
MOST_SOURCES = 100
MOST_TEXT = 20_000
"""Characters of one field that are read."""

DATES = ("verified", "review_by", "valid_from", "valid_until")
LABELS = {
    "id": "Mã mục",
    "topic": "Chủ đề",
    "kind": "Loại mục",
    "title": "Tên câu hỏi",
    "phrasings": "Cách hỏi",
    "answer": "Câu trả lời",
    "facets": "Các phần của câu trả lời",
    "sources": "Nguồn",
    "verified": "Ngày kiểm tra",
    "review_by": "Rà soát trước ngày",
    "valid_from": "Đúng từ ngày",
    "valid_until": "Ngày cuối còn đúng",
    "confidence": "Độ tin cậy",
    "related": "Mục liên quan",
    "tags": "Nhãn",
}
"""What the fields are called on pages."""

_NEW_LINE = re.compile("\r\n?|[\x85\u2028\u2029]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\ufeff]")


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source as it is typed."""

    document: str = ""
    number: str = ""
    article: str = ""
    date: str = ""
    url: str = ""

    def __bool__(self) -> bool:
        return any(getattr(self, one.name) for one in fields(self))


@dataclass(frozen=True, slots=True)
class Draft:
    """What an editor typed for an entry. `id`, `topic` and `kind` are chosen once, for a new one."""

    id: str = ""
    topic: str = ""
    kind: str = "answer"
    title: str = ""
    phrasings: tuple[str, ...] = ()
    answer: str = ""
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sources: tuple[SourceRow, ...] = ()
    verified: str = ""
    review_by: str = ""
    valid_from: str = ""
    valid_until: str = ""
    confidence: str = ""
    related: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    @classmethod
    def of(cls, data: Mapping[str, Any], topic: str = "") -> Self:
        """Read the raw data of an entry."""
        facets = data.get("facets") or {}
        return cls(
            id=typed(data.get("id")),
            topic=topic,
            kind=typed(data.get("kind")) or "answer",
            title=typed(data.get("title")),
            phrasings=_items(data.get("phrasings")),
            answer=typed(data.get("answer")),
            facets={facet.value: _items(facets[facet]) for facet in Facet if facet in facets},
            sources=tuple(
                SourceRow(*(typed(row.get(one.name)) for one in fields(SourceRow)))
                for row in data.get("sources") or ()
            ),
            **{name: typed(data.get(name)) for name in (*DATES, "confidence")},
            related=_items(data.get("related")),
            tags=_items(data.get("tags")),
        )

    def data(self, like: Mapping[str, Any] | None = None) -> Data:
        """Write it as the files do; what says the same as `like` is written as it is there."""
        like = like or {}
        old = Draft.of(like, self.topic)
        written: Data = {}
        for name in _KEYS:
            value = getattr(self, name)
            if name in like and value == getattr(old, name):
                written[name] = like[name]
            elif value and not (name == "kind" and value == "answer"):
                written[name] = self._written(name, like)
        return written

    def _written(self, name: str, like: Mapping[str, Any]) -> Any:  # noqa: ANN401  # YAML holds anything
        value = getattr(self, name)
        match name:
            case "answer":
                return f"{value}\n" if str(like.get("answer", "\n")).endswith("\n") else value
            case "facets":
                return {
                    facet.value: _one_or_many(value[facet], (like.get("facets") or {}).get(facet))
                    for facet in Facet
                    if value.get(facet)
                }
            case "sources":
                return [
                    {one.name: text for one in _SOURCE_FIELDS if (text := getattr(row, one.name))}
                    for row in value
                ]
            case _:
                return list(value) if isinstance(value, tuple) else value


_SOURCE_FIELDS = sorted(
    fields(SourceRow), key=lambda one: ("document number date article url").split().index(one.name)
)
_KEYS = [one.name for one in fields(Draft) if one.name != "topic"]


def typed(value: object) -> str:
    """A value as text: lines end in one way, nothing that no file may hold, no space around."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    text = readable(str(value)[:MOST_TEXT])
    return _CONTROL.sub("", _NEW_LINE.sub("\n", text)).strip()


def lines(text: str, most: int = MOST_PHRASINGS) -> tuple[str, ...]:
    """One item a line; an indented line goes on with the item above it."""
    items: list[str] = []
    for line in _NEW_LINE.sub("\n", text).split("\n"):
        if not line.strip():
            continue
        if items and line[0] in " \t":
            items[-1] += f"\n{line.strip()}"
        else:
            items.append(line.strip())
    return tuple(typed(item) for item in items[:most] if typed(item))


def as_lines(items: Iterable[str]) -> str:
    """The reverse of `lines`."""
    return "\n".join(item.replace("\n", "\n  ") for item in items)


def _items(value: object) -> tuple[str, ...]:
    """What a list holds, or the one item that stands for a list, as `lines` would read it back."""
    values = value if isinstance(value, list | tuple) else [value]
    return tuple(item for one in values for item in lines(as_lines([_flat(typed(one))])))


def _flat(text: str) -> str:
    """Without blank lines and without indentation inside: a form cannot show them apart."""
    return "\n".join(line.strip() for line in text.split("\n") if line.strip())


def _one_or_many(items: tuple[str, ...], like: object) -> str | list[str]:
    """A single item stands alone unless it stood in a list; what is unchanged stays as written."""
    if like is not None and _items(like) == items:
        return like  # type: ignore[return-value]  # text or a list of texts, as it was read
    if len(items) == 1 and not isinstance(like, list):
        return items[0]
    return list(items)
