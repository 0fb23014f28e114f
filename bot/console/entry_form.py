"""The fields of the entry editor: what was sent → a draft, and the draft → rows of the form."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields, replace
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, Protocol

from bot.console.entry_list import KINDS
from bot.drafts.days import EXAMPLE, HOW, as_filed, as_shown
from bot.drafts.draft import (
    DATES,
    LABELS,
    MOST_SOURCES,
    MOST_TEXT,
    Draft,
    SourceRow,
    as_lines,
    lines,
    typed,
)
from bot.drafts.findings import About
from bot.replies import facet_labels
from intents.entry import Confidence, Facet

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from bot.drafts.findings import Looked
    from bot.drafts.written import Data, WrittenFaq

MOST_BYTES = 512 * 1024
"""A form with everything in it, and the entry as it was opened."""

_FACET_HINTS = {
    Facet.STEPS: "Mỗi bước một dòng, mỗi bước một việc.",
    Facet.DOCUMENTS: "Mỗi giấy tờ một dòng.",
    Facet.FEE: "Ví dụ: Không mất tiền.",
    Facet.DURATION: "Ví dụ: 3 ngày làm việc.",
    Facet.WHERE: "Nơi nộp hoặc nơi đến.",
    Facet.ONLINE: "Liên kết viết [tên trang](https://…).",
    Facet.LEGAL_BASIS: "Chỉ khi cần nói thêm ngoài phần Nguồn.",
    Facet.HOTLINE: "Dùng giá trị dùng chung, ví dụ {tong_dai_vneid}.",
    Facet.WARNING: "Điều dễ nhầm, dễ mất tiền.",
}


class Sent(Protocol):
    """The fields of a form as they arrived."""

    def get(self, name: str) -> str: ...

    def all(self, name: str) -> Sequence[str]: ...


@dataclass(frozen=True, slots=True)
class FacetField:
    """One part of the answer in the form."""

    name: str
    label: str
    hint: str
    text: str


def read_draft(sent: Sent, *, entry: str | None, topic: str, kind: str = "answer") -> Draft:
    """Read what was typed. `entry`, `topic` and `kind` are told of an entry that exists."""
    facets = {facet.value: lines(sent.get(f"facet_{facet}")[:MOST_TEXT]) for facet in Facet}
    return Draft(
        id=typed(sent.get("id")) if entry is None else entry,
        topic=typed(sent.get("topic")) if entry is None else topic,
        kind=typed(sent.get("kind") or "answer") if entry is None else kind,
        title=typed(sent.get("title")),
        phrasings=_unindented(sent.get("phrasings")),
        answer=typed(sent.get("answer")),
        facets={name: items for name, items in facets.items() if items},
        sources=tuple(row for row in _sources(sent) if row),
        **{name: as_filed(typed(sent.get(name))) for name in DATES},
        confidence=typed(sent.get("confidence")),
        related=_unindented("\n".join(sent.all("related"))),
        tags=_unindented(sent.get("tags")),
    )


def _sources(sent: Sent) -> list[SourceRow]:
    """The rows of sources as they stand on the page, empty ones too."""
    columns = [sent.all(f"source_{one.name}")[:MOST_SOURCES] for one in fields(SourceRow)]
    rows = [SourceRow(*map(typed, row)) for row in zip_longest(*columns, fillvalue="")]
    return [replace(row, date=as_filed(row.date)) for row in rows]


def _unindented(text: str) -> tuple[str, ...]:
    """One item a line, whatever it begins with; an item that stands twice counts once."""
    flat = "\n".join(line.strip() for line in text[: 10 * MOST_TEXT].splitlines())
    return tuple(dict.fromkeys(lines(flat)))


def facet_fields(draft: Draft) -> list[FacetField]:
    """The parts of an answer in the order citizens read them."""
    return [
        FacetField(
            facet.value,
            facet_labels([facet])[0],
            _FACET_HINTS[facet],
            as_lines(draft.facets.get(facet.value, ())),
        )
        for facet in Facet
    ]


def source_rows(draft: Draft) -> list[SourceRow]:
    """The sources, and an empty row for one more."""
    return [*draft.sources, SourceRow()][:MOST_SOURCES]


def related_rows(draft: Draft) -> list[str]:
    """The related ids, and two empty rows for more."""
    return [*draft.related, "", ""]


def choices(draft: Draft, faq: WrittenFaq, today: dt.date) -> dict[str, Any]:
    """What the form offers beside the draft's own text, by the names of its template."""
    known = faq.entries
    return {
        "topics": faq.topics,
        "topic": faq.topic_title(draft.topic),
        "kinds": KINDS,
        "facets": facet_fields(draft),
        "sources": source_rows(draft),
        "related": related_rows(draft),
        "titles": {name: known[name].entry.title for name in draft.related if name in known},
        "confidences": _confidences(draft),
        "as_shown": as_shown,
        "day_example": EXAMPLE,
        "day_hint": HOW[0].upper() + HOW[1:] + ".",
        "values": [(name, value.title, value.at(today)) for name, value in faq.values.items()],
    }


def as_opened(data: Data) -> str:
    """The entry as the form was opened on it, to travel with the form."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def opened(sent: Sent, topic: str) -> Draft | None:
    """Read it back; None when it was not sent, or not as it was given."""
    try:
        return Draft.of(json.loads(sent.get("opened")), topic)
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None


def places(sent: Sent, *, new: bool) -> list[tuple[str, str]]:
    """Where the page that was sent shows findings, and which field's: a place for each list.

    A row of sources that is empty is no source: those below it count without it.
    """
    once = ("id", "topic") if new else ()
    facets = [f"facets.{facet.value}" for facet in Facet]
    plain = [*once, "title", "phrasings", "answer", *DATES, "related", "tags", *facets]
    rows = _sources(sent)
    sources = [
        (f"sources.{place}", f"sources.{sum(map(bool, rows[:place]))}" if row else "")
        for place, row in enumerate(rows)
    ]
    return [*((name, name) for name in (*plain, "sources", "confidence")), *sources]


def _confidences(draft: Draft) -> dict[str, str]:
    """Each level once; an entry that says “medium” goes on saying so, others leave it unsaid."""
    medium = Confidence.MEDIUM.value
    return {
        Confidence.HIGH.value: "cao",
        medium if draft.confidence == medium else "": "trung bình",
        Confidence.LOW.value: "thấp",
    }


def counted(looked: Looked) -> tuple[int, int]:
    """How many findings must be mended, and how many are worth a look."""
    grave = sum(one.grave for one in looked.findings)
    return grave, len(looked.findings) - grave


def unnamed(draft: Draft, looked: Looked) -> str | None:
    """Why a new entry cannot be kept yet: what it is named by is missing, or is no good."""
    named = ("topic", "id", "title")
    missing = [_called(name) for name in named if not getattr(draft, name)]
    if missing:
        return f"Chưa lưu được: mục mới còn thiếu {_all_of(missing)}."
    wrong = [name for name in named[:2] if looked.at(name)]
    if wrong:
        return (
            f"Chưa lưu được: xem lại {_all_of([_called(name) for name in wrong])} ở chỗ đánh dấu."
        )
    return None


def overlong(looked: Looked, sent: Sent) -> str | None:
    """Which fields hold more than they may, in one sentence; None when none does."""
    found = [one.field.split(".") for one in looked.findings if one.about is About.LENGTH]
    names = dict.fromkeys(_called(name) for name, *_ in found)
    if not names:
        return None
    told = f"Chưa lưu được: {_all_of(list(names))} dài quá. Rút ngắn ở chỗ đánh dấu rồi lưu lại."
    plain = ("title", "answer", *(f"facet_{facet}" for facet in Facet))
    if any(len(sent.get(name)) > MOST_TEXT for name in plain):
        told += f" Mỗi ô chỉ giữ được {MOST_TEXT // 1000}.000 ký tự đầu; phần sau đã bị cắt."
    return told


def _called(name: str) -> str:
    label = LABELS[name]
    return label[0].lower() + label[1:]


def _all_of(names: Sequence[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} và {last}" if first else last
